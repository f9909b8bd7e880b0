//! Who may reach what: every page, server function and route, for every kind of
//! caller and identifier, against one table. An endpoint that is not in it fails.

mod endpoints;
mod harness;

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use axum::http::StatusCode;
use chartkey_ground::{Size, mutate::Dice, saw};
use chartkey_server::http::{leptos_app, routes::ROUTES};
use endpoints::{
    canary::Canaries,
    carers::{Beside, everything_shareable},
    probe::{Tally, ask, filled, from_elsewhere, normalised, probe},
    table::{Caller, Outcome, Row, Which, table},
    world::{World, draft},
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Every endpoint there is, as method and pattern.
fn endpoints_there_are() -> BTreeSet<(String, String)> {
    let of = |method: &str, path: &str| (method.to_owned(), if path.is_empty() { "/" } else { path }.to_owned());
    let pages = leptos_app::pages();
    let pages = pages.iter().map(|page| of("GET", page.path()));
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, method)| of(method.as_str(), path));
    pages.chain(functions).chain(ROUTES.iter().map(|route| of(route.method, route.path))).collect()
}

#[test]
fn the_table_has_every_endpoint_and_no_other() {
    let there_are = endpoints_there_are();
    let named: BTreeSet<_> = table().iter().map(|row| (row.method.to_owned(), row.pattern.to_owned())).collect();
    let missing: Vec<_> = there_are.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&there_are).collect();
    assert!(missing.is_empty(), "endpoints without a line in tests/endpoints/table.rs: {missing:?}");
    assert!(unknown.is_empty(), "lines of tests/endpoints/table.rs without an endpoint: {unknown:?}");
}

#[test]
fn the_command_line_prints_the_same_endpoints() {
    let printed = Command::new(env!("CARGO_BIN_EXE_chartkey")).args(["routes", "--json"]).output().unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let rows: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_slice(&printed.stdout).unwrap();
    let printed: BTreeSet<_> = rows
        .iter()
        .map(|row| {
            let path = row["path"].as_str().unwrap();
            (row["method"].as_str().unwrap().to_owned(), if path.is_empty() { "/" } else { path }.to_owned())
        })
        .collect();
    assert_eq!(rows.len(), printed.len(), "an endpoint is printed twice");
    assert_eq!(printed, endpoints_there_are());
}

#[sqlx::test(migrations = "../migrations")]
async fn every_endpoint_answers_every_caller_as_the_table_says(_: PgPoolOptions, options: PgConnectOptions) {
    let mut world = World::build(options).await;
    let (mut canaries, mut tally) = (Canaries::new(), Tally::default());
    let mut rows = table();
    // Each is some 9,000 probes.
    let rounds = Size::of_environment().of(1, 3);
    let mut dice = Dice(1);
    for round in 0..rounds {
        if round > 0 {
            // What somebody was told before changes nothing for the next.
            shuffle(&mut rows, &mut dice);
            world.think_of_others();
        }
        ask_everything(&mut world, &mut canaries, &mut tally, &rows).await;
    }
    let endpoints = rows.iter().map(|row| (row.method, row.pattern)).collect::<BTreeSet<_>>().len();
    saw(&format!(
        "{endpoints} endpoints × {} callers × {} kinds of identifier, {rounds} rounds: {} probes, {} leaks, {} other answers than the table's",
        Caller::ALL.len(),
        Which::ALL.len(),
        tally.probes,
        tally.leaks.len(),
        tally.faults.len()
    ));
    let found: Vec<&str> = tally.leaks.iter().chain(&tally.faults).map(String::as_str).collect();
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
    assert!(canaries.silent().is_empty(), "shown to nobody, so not looked for: {:?}", canaries.silent());
}

/// Whether a form that is answered so may have changed anything, be it how often somebody may try.
fn uses(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Welcome | Outcome::NotFound | Outcome::Ended | Outcome::SignedOut | Outcome::Unreadable => false,
        Outcome::To(path) => !path.ends_with("problem=not-found"),
        Outcome::Shown | Outcome::Says(_) => true,
    }
}

fn shuffle(rows: &mut [Row], dice: &mut Dice) {
    for place in (1..rows.len()).rev() {
        rows.swap(place, dice.below(place + 1));
    }
}

/// Every row, for every caller and kind of identifier.
async fn ask_everything(world: &mut World, canaries: &mut Canaries, tally: &mut Tally, rows: &[Row]) {
    let mut is_used = true;
    // What is said of a share that has ended, once for every page of its record.
    let mut ended: Option<String> = None;
    for row in rows {
        // As the page is now: what was changed by the row before may stand on every page of a caller.
        let mut absent = BTreeMap::new();
        for caller in Caller::ALL {
            let answer = world.browser(caller).await.get("/nothing-is-here").await;
            absent.insert(caller, normalised(&answer, &BTreeMap::new()));
        }
        let mut of_nothing: BTreeMap<Caller, (Outcome, String)> = BTreeMap::new();
        for which in Which::ALL {
            let Some((_, columns)) = row.outcomes.iter().find(|(of, _)| *of == which) else { continue };
            for (caller, outcome) in Caller::ALL.into_iter().zip(*columns) {
                // Only a probe of one's own uses anything up, or needs what another one has used.
                if row.method == "POST" && (which == Which::Own || caller == Caller::Anonymous) && is_used {
                    world.refresh().await;
                    is_used = false;
                }
                is_used |= row.method == "POST" && uses(outcome);
                let answer = probe(world, canaries, tally, row, caller, which, outcome).await;
                let is_page = outcome == Outcome::NotFound && row.pattern != "/events" && !row.pattern.contains("/files/");
                if is_page && answer != absent[&caller] {
                    tally.faults.push(format!("{caller:?} {which:?} {}: not the answer for what never was", row.address));
                }
                if outcome == Outcome::Ended && ended.get_or_insert_with(|| answer.clone()) != &answer {
                    tally.faults.push(format!("{caller:?} {which:?} {}: another answer than the rest of the record's", row.address));
                }
                match of_nothing.get(&caller) {
                    None if which == Which::Random => drop(of_nothing.insert(caller, (outcome, answer))),
                    Some((same, random))
                        if *same == outcome && outcome != Outcome::Shown && outcome != Outcome::Welcome && answer != *random =>
                    {
                        tally.faults.push(format!("{caller:?} {which:?} {}: not the answer for a random identifier", row.address));
                    }
                    _ => {}
                }
            }
        }
        if row.method == "POST" {
            if is_used {
                world.refresh().await;
                is_used = false;
            }
            from_elsewhere(world, tally, row).await;
        }
    }
}

/// Whoever helped once and does so no more gets from everything, with every identifier of the record, what anybody gets who never did.
#[sqlx::test(migrations = "../migrations")]
async fn whoever_helped_once_is_anybody(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let people = [world.person().await, world.person().await];
    let [(carer, _), _] = &people;
    let grant = world.let_help(carer, everything_shareable()).await;
    let record = format!("/record/{}", world.ada.patient);
    assert_eq!(world.browser_of(carer, None).await.get(&record).await.status, StatusCode::OK, "they helped");
    world.house.portal.withdraw_grant(&world.ada.visitor(), grant).await.unwrap();
    world.forget_carer_codes().await;
    let Beside { compared, different, .. } = world.beside_anybody(&people, &table(), |_, _| false).await;
    saw(&format!("{compared} answers to somebody whose share to help has ended, {} other than anybody's", different.len()));
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(compared > 300, "{compared}");
}

/// Whoever helps with what the table's reader may see gets the pages of the record that this reader gets, and of everything else, with
/// every identifier of the record, what anybody gets.
#[sqlx::test(migrations = "../migrations")]
async fn whoever_helps_sees_their_share_and_is_otherwise_anybody(_: PgPoolOptions, options: PgConnectOptions) {
    const CLINICIANS_ALONE: &str = "/record/{patient}/incapacity";
    const LOG: &str = "/record/{patient}/activity";
    let world = World::build(options).await;
    let people = [world.person().await, world.person().await];
    world.let_help(&people[0].0, draft(world.ada.owner)).await;
    world.forget_carer_codes().await;
    // Whom they help stands on one page, which has nothing of a record but a name and a birth date.
    let rows: Vec<Row> = table().into_iter().filter(|row| row.pattern != "/shared").collect();
    let is_open = |row: &Row, which: Which| {
        let of_reader = row.outcomes.iter().find(|(of, _)| *of == which).map(|(_, columns)| columns[Caller::NarrowGrant as usize]);
        match row.pattern {
            CLINICIANS_ALONE => false,
            LOG => which == Which::Own,
            pattern => row.method == "GET" && pattern.starts_with("/record/{patient}") && of_reader == Some(Outcome::Shown),
        }
    };
    let Beside { compared, open, different } = world.beside_anybody(&people, &rows, is_open).await;
    saw(&format!("{compared} answers to somebody who helps, {open} of them of the record, {} other than they should be", different.len()));
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(compared > 300 && open > 30, "{compared}, {open}");
}

/// How the addresses of pages begin that show something of a record, or of its sharing.
const OF_A_RECORD: [&str; 8] =
    ["/record/{patient}", "/sharing", "/shared/print", "/home", "/activity", "/waiting", "/sources", "/download/card"];
/// A page to add a file has nothing on it, and a file that waits to be confirmed is of nobody's record yet.
const OF_NONE: [&str; 2] = ["/sources/add", "/sources/imports/{asking}"];
/// Pages that are looked at before it turns out that what was asked for is not on them: an event means that something was read for
/// somebody, not that it has come to them.
const LOOKED_INTO: [&str; 3] = ["/record/{patient}/documents/{item}/view/{part}", "/sharing/codes/{code}/paper", "/sharing/requests"];

/// Pages are asked for at random: each that was shown of a record has one event, of whoever looked, and each event had one page.
#[sqlx::test(migrations = "../migrations")]
async fn every_look_has_one_event_and_every_event_one_look(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut dice = Dice(9);
    let rows: Vec<Row> = table().into_iter().filter(|row| row.method == "GET" && row.pattern != "/events").collect();
    let (requests, mut looks, mut empty, mut wrong) = (Size::of_environment().of(400, 10_000), 0, 0, Vec::new());
    // What a patient sees with somebody's eyes is one event an hour.
    let mut previewed = BTreeSet::new();
    for _ in 0..requests {
        let row = &rows[dice.below(rows.len())];
        let caller = Caller::ALL[dice.below(Caller::ALL.len())];
        // Of what is there more often than of anything else.
        let (any, own) = (row.outcomes[dice.below(row.outcomes.len())].0, dice.below(2) == 0);
        let which = if own { Which::Own } else { any };
        let names = world.names(caller, which).await;
        let before = world.logs().await;
        let answer = ask(&mut world.browser(caller).await, row, &names).await;
        let new = world.events_since(&before).await;
        let is_shown = answer.status == StatusCode::OK
            && !OF_NONE.contains(&row.address.as_str())
            && OF_A_RECORD.iter().any(|of| row.pattern.starts_with(of));
        let address = filled(&row.address, &names);
        let expected = match address.split_once("/preview") {
            Some((of, _)) if is_shown => previewed.insert((caller, of.to_owned())),
            // Whoever has nothing to print is shown nobody's record.
            _ if row.pattern == "/shared/print" => is_shown && caller == Caller::NarrowGrant,
            _ => is_shown,
        };
        let is_right = new.len() == usize::from(expected) || (new.len() == 1 && LOOKED_INTO.contains(&row.pattern));
        if !is_right || new.iter().any(|event| event.who.account != world.account(caller)) {
            wrong.push(format!("{caller:?} {which:?} {}: {} with {new:?}", row.address, answer.status));
        }
        looks += usize::from(is_shown);
        empty += usize::from(!is_shown && new.is_empty());
    }
    saw(&format!(
        "{requests} pages asked for at random: {looks} shown of a record, {empty} others without an event, {} with more or fewer events than one look has",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looks > requests / 10, "{looks}");
}

/// What is still done after a death was reported, and by whom: what is open is closed, whoever asks for something learns nothing of it, an
/// emergency is one, and what is wrong is undone.
const GOES_ON: [(&str, Caller); 23] = [
    ("/api/ask-again", Caller::NarrowGrant),
    ("/api/ask-patient", Caller::NoGrant),
    ("/api/ask-patient", Caller::NarrowGrant),
    ("/api/block", Caller::Patient),
    ("/api/discard-upload", Caller::Patient),
    ("/api/not-recognised", Caller::Patient),
    ("/api/open-emergency", Caller::NoGrant),
    ("/api/open-emergency", Caller::NarrowGrant),
    ("/api/pause-grant", Caller::Patient),
    ("/api/read-emergency", Caller::Patient),
    ("/api/redeem-code", Caller::NoGrant),
    ("/api/redeem-code", Caller::NarrowGrant),
    ("/api/refuse-code", Caller::Patient),
    ("/api/refuse-request", Caller::Patient),
    ("/api/remove-share-name", Caller::Patient),
    ("/api/review-emergency", Caller::NoGrant),
    ("/api/review-emergency", Caller::NarrowGrant),
    ("/api/stop-sharing", Caller::Patient),
    ("/api/take-back-share", Caller::NarrowGrant),
    ("/api/undo-death-report", Caller::Patient),
    ("/api/withdraw-grant", Caller::Patient),
    ("/api/withdraw-request", Caller::NarrowGrant),
    ("/api/write-to-request", Caller::NarrowGrant),
];
/// What is refused for it.
const READ_ONLY: [(&str, Caller); 21] = [
    ("/api/add-writing", Caller::Patient),
    ("/api/ask-before-prescribing", Caller::Patient),
    ("/api/choose-waiting", Caller::Patient),
    ("/api/confirm-code", Caller::Patient),
    ("/api/confirm-upload", Caller::Patient),
    ("/api/decide-emergency", Caller::Patient),
    ("/api/give-grant", Caller::Patient),
    ("/api/keep-from", Caller::Patient),
    ("/api/new-emergency-code", Caller::Patient),
    ("/api/new-share-name", Caller::Patient),
    ("/api/open-correction", Caller::Patient),
    ("/api/pass-on", Caller::NarrowGrant),
    ("/api/resolve-correction", Caller::Patient),
    ("/api/resume-grant", Caller::Patient),
    ("/api/show-import", Caller::Patient),
    ("/api/take-back-writing", Caller::Patient),
    ("/api/undo-import", Caller::Patient),
    ("/api/withdraw-correction", Caller::Patient),
    ("/api/write-to-correction", Caller::NarrowGrant),
    ("/api/write-to-correction", Caller::Patient),
    ("/api/write-to-request", Caller::Patient),
];

/// Of every form, none changes a record of which a death was reported, but for those.
#[sqlx::test(migrations = "../migrations")]
async fn after_a_reported_death_no_other_form_changes_the_record(_: PgPoolOptions, options: PgConnectOptions) {
    let mut world = World::build(options).await;
    let (mut asked, mut refused, mut changed, mut is_used) = (0, BTreeSet::new(), BTreeSet::new(), true);
    for row in table().into_iter().filter(|row| row.method == "POST") {
        for caller in [Caller::Patient, Caller::NarrowGrant, Caller::NoGrant] {
            if is_used {
                // Nothing was reported in the beginning, nor after the form that says so.
                drop(world.house.portal.undo_death_report(world.ada.patient, "it was somebody else").await);
                world.refresh().await;
                world.house.portal.report_death(world.ada.patient, "their family").await.unwrap();
            }
            let (names, before) = (world.names(caller, Which::Own).await, world.changes().await);
            let answer = ask(&mut world.browser(caller).await, &row, &names).await;
            asked += 1;
            if answer.location().contains("problem=death-reported") {
                refused.insert((row.pattern, caller));
            }
            let after = world.changes().await;
            is_used = after != before;
            if after.of_records != before.of_records {
                changed.insert((row.pattern, caller));
            }
        }
    }
    saw(&format!(
        "{asked} forms sent after a death was reported: {} kinds refused for it, {} changed something",
        refused.len(),
        changed.len()
    ));
    assert_eq!((changed, refused), (GOES_ON.into(), READ_ONLY.into()));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_endpoint_is_not_found(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    for caller in Caller::ALL {
        let mut browser = world.browser(caller).await;
        for path in ["/api/x", "/api/sign-in/more", "/api/../home"] {
            let answer = browser.post(path, "x=1").await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "{\"error\":\"not-found\"}"), "{caller:?} {path}");
        }
    }
}
