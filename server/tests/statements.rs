//! How many statements PostgreSQL is asked for each page, counted on the wire. A page that asks
//! for more than its line says fails; of one that asks for fewer, the line has to be lowered.

mod endpoints;
mod harness;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chartkey_ground::Tap;
use chartkey_server::http::leptos_app;
use endpoints::{
    probe::filled,
    table::{Caller, Which},
    world::{World, draft},
};
use harness::{House, PASSWORD};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What a page of results may cost, whatever is said below: the patient's own, and a clinician's, for whom what is in
/// force has to be loaded and the decision told.
const RESULTS: [usize; 2] = [7, 8];

/// A page as the router knows it, an address of it, and how many statements it takes: nobody's who
/// is signed out, the patient's, and a clinician's with a grant. `None`: it is not shown to them.
struct Page(&'static str, &'static str, [Option<usize>; 3]);

/// The same of a sign-in with a password, from the form to the redirect.
const SIGN_IN: usize = 33;

const CALLERS: [Caller; 3] = [Caller::Anonymous, Caller::Patient, Caller::NarrowGrant];

#[rustfmt::skip]
const PAGES: &[Page] = &[
    Page("/", "/", [Some(0), None, None]),
    Page("/welcome", "/welcome", [Some(0), Some(1), Some(1)]),
    Page("/sign-in", "/sign-in", [Some(0), None, None]),
    Page("/sign-in/forgotten", "/sign-in/forgotten", [Some(0), Some(1), Some(1)]),
    Page("/sign-in/new-password", "/sign-in/new-password", [Some(0), Some(1), Some(1)]),
    Page("/sign-in/code", "/sign-in/code", [Some(0), Some(1), Some(1)]),
    Page("/sign-in/lost", "/sign-in/lost", [Some(0), Some(1), Some(1)]),
    Page("/sign-in/again", "/sign-in/again", [None, Some(2), Some(2)]),
    Page("/sign-up", "/sign-up", [Some(0), Some(1), Some(1)]),
    Page("/clinicians", "/clinicians", [Some(1), Some(2), Some(2)]),
    Page("/clinicians/missing", "/clinicians/missing", [Some(0), Some(1), Some(1)]),
    Page("/about/components", "/about/components", [Some(0), Some(1), Some(1)]),
    Page("/offline", "/offline", [Some(0), Some(1), Some(1)]),
    Page("/claim", "/claim", [None, Some(1), Some(1)]),
    Page("/account", "/account", [None, Some(2), Some(1)]),
    Page("/account/email", "/account/email", [None, Some(5), None]),
    Page("/account/email/confirm", "/account/email/confirm", [Some(0), Some(1), Some(1)]),
    Page("/account/email/undo", "/account/email/undo", [Some(0), Some(1), Some(1)]),
    Page("/account/password", "/account/password", [None, Some(5), None]),
    Page("/account/second-factor", "/account/second-factor", [None, Some(5), None]),
    Page("/account/second-factor/keep", "/account/second-factor/keep", [Some(0), Some(1), Some(1)]),
    Page("/account/messages", "/account/messages", [None, Some(2), None]),
    Page("/account/passkeys", "/account/passkeys", [None, Some(2), None]),
    Page("/account/passkeys/add", "/account/passkeys/add", [None, Some(5), None]),
    Page("/account/devices", "/account/devices", [None, Some(7), Some(7)]),
    Page("/waiting", "/waiting", [None, Some(8), None]),
    Page("/sources", "/sources", [None, Some(9), None]),
    Page("/sources/add", "/sources/add", [None, Some(1), None]),
    // How far it is comes first, then what became of it.
    Page("/sources/imports/{import}", "/sources/imports/{import}", [None, Some(15), None]),
    Page("/sources/imports/{import}", "/sources/imports/{asking}", [None, Some(6), None]),
    Page("/download", "/download", [None, Some(4), None]),
    Page("/download/card", "/download/card", [None, Some(9), None]),
    Page("/sharing", "/sharing", [None, Some(8), None]),
    Page("/sharing/new", "/sharing/new?draft={draft}&step=who", [None, Some(12), None]),
    Page("/sharing/new", "/sharing/new?draft={draft}&step=purpose", [None, Some(12), None]),
    Page("/sharing/new", "/sharing/new?draft={draft}&step=what", [None, Some(14), None]),
    Page("/sharing/new", "/sharing/new?draft={draft}&step=time", [None, Some(12), None]),
    Page("/sharing/new", "/sharing/new?draft={draft}&step=check", [None, Some(12), None]),
    Page("/sharing/codes", "/sharing/codes", [None, Some(7), None]),
    // Whether the sign-in is fresh.
    Page("/sharing/codes/{code}/paper", "/sharing/codes/{waiting-code}/paper", [None, Some(10), None]),
    // The summary with the eyes of a clinician and what else there is, and then, with the patient's own rights, that it was taken.
    Page("/sharing/codes/{code}/paper/print", "/sharing/codes/{waiting-code}/paper/print", [None, Some(21), None]),
    Page("/sharing/requests", "/sharing/requests", [None, Some(9), None]),
    Page("/sharing/requests", "/sharing/requests?why={request}", [None, Some(9), None]),
    Page("/shared/ask", "/shared/ask", [None, None, Some(7)]),
    Page("/shared/ask", "/shared/ask?again={grant}", [None, None, Some(7)]),
    Page("/shared/{grant}/pass-on", "/shared/{grant}/pass-on", [None, None, Some(15)]),
    Page("/sharing/blocked", "/sharing/blocked", [None, Some(7), None]),
    Page("/sharing/blocked", "/sharing/blocked?ask=block", [None, Some(8), None]),
    Page("/sharing/emergency", "/sharing/emergency", [None, Some(11), None]),
    Page("/sharing/prescribing", "/sharing/prescribing", [None, Some(7), None]),
    Page("/sharing/incapacity", "/sharing/incapacity", [None, Some(12), None]),
    Page("/emergency", "/emergency", [None, None, Some(11)]),
    Page("/sharing/{grant}", "/sharing/{grant}", [None, Some(10), None]),
    // With the newest signed root, and when the log was last checked.
    Page("/activity", "/activity", [None, Some(9), None]),
    Page("/sharing/carers", "/sharing/carers", [None, Some(8), None]),
    Page("/redeem", "/redeem", [None, Some(5), Some(5)]),
    Page("/shared", "/shared", [None, Some(7), Some(7)]),
    Page("/shared/print", "/shared/print", [None, None, Some(14)]),
    // Beside what the record says: what is new to the patient, which moves their mark, and which looks are unusual.
    Page("/home", "/home", [None, Some(9), None]),
    // Beside the entries the reactions to allergies and the care team; for a clinician what changed since they last looked.
    Page("/record/{patient}", "/record/{patient}", [None, Some(9), Some(10)]),
    // The summary, with the sources and without the keys.
    Page("/record/{patient}/print", "/record/{patient}/print", [None, Some(9), None]),
    Page("/record/{patient}/visits", "/record/{patient}/visits", [None, Some(8), Some(7)]),
    Page("/record/{patient}/results", "/record/{patient}/results", [None, Some(7), Some(8)]),
    Page("/record/{patient}/medicines", "/record/{patient}/medicines", [None, Some(8), Some(7)]),
    Page("/record/{patient}/problems", "/record/{patient}/problems", [None, Some(8), Some(7)]),
    // Everything that it can be filtered by is one statement.
    Page("/record/{patient}/timeline", "/record/{patient}/timeline", [None, Some(7), Some(9)]),
    Page("/record/{patient}/timeline", "/record/{patient}/timeline?person={results}&category=results&from_year=2001", [None, Some(7), Some(9)]),
    Page("/record/{patient}/search", "/record/{patient}/search", [None, Some(7), Some(9)]),
    // Whoever helps is none of these callers.
    Page("/record/{patient}/activity", "/record/{patient}/activity", [None, None, None]),
    Page("/record/{patient}/incapacity", "/record/{patient}/incapacity", [None, None, Some(13)]),
    Page("/record/{patient}/add", "/record/{patient}/add", [None, Some(5), None]),
    Page("/record/{patient}/add/{kind}", "/record/{patient}/add/medicine?draft={writing}", [None, Some(6), None]),
    Page("/record/{patient}/{category}/{item}/change", "/record/{patient}/medicines/{written}/change", [None, Some(7), None]),
    Page("/record/{patient}/{category}/{item}/take-back", "/record/{patient}/medicines/{written}/take-back", [None, Some(7), None]),
    Page("/record/{patient}/corrections", "/record/{patient}/corrections", [None, Some(7), None]),
    Page("/record/{patient}/corrections/{correction}", "/record/{patient}/corrections/{correction}", [None, Some(8), Some(10)]),
    Page("/record/{patient}/corrections/{correction}", "/record/{patient}/corrections/{correction}?ask=settled", [None, Some(8), Some(10)]),
    // With the words that wait to be sent.
    Page("/record/{patient}/corrections/{correction}", "/record/{patient}/corrections/{correction}?draft={worded}", [None, Some(9), Some(11)]),
    Page("/record/{patient}/{category}/{item}/wrong", "/record/{patient}/vitals/{vitals}/wrong?draft={worded}", [None, Some(7), None]),
    // Beside the thing what is in force around it, as the door loads it, and who that is.
    Page("/record/{patient}/{category}/{item}/who", "/record/{patient}/vitals/{vitals}/who", [None, Some(12), None]),
    // Beside what belongs to it, what was on its day in its place.
    Page("/record/{patient}/visits/{item}", "/record/{patient}/visits/{visits}", [None, Some(8), None]),
    Page("/record/{patient}/visits/{item}/about", "/record/{patient}/visits/{visits}/about", [None, Some(7), None]),
    // Those under it are read with it.
    Page("/record/{patient}/trends/{series}", "/record/{patient}/trends/{series}", [None, Some(7), Some(8)]),
    Page("/record/{patient}/trends/{series}", "/record/{patient}/trends/{series}?with={lonely-series}", [None, Some(7), Some(8)]),
    Page("/record/{patient}/{category}", "/record/{patient}/vaccines", [None, Some(7), Some(7)]),
    Page("/record/{patient}/{category}", "/record/{patient}/documents", [None, Some(7), Some(7)]),
    Page("/record/{patient}/{category}/{item}", "/record/{patient}/results/{results}", [None, Some(8), Some(9)]),
    Page("/record/{patient}/{category}/{item}", "/record/{patient}/documents/{documents}", [None, Some(7), None]),
    Page("/record/{patient}/documents/{item}/view/{part}", "/record/{patient}/documents/{documents}/view/1", [None, Some(7), None]),
    // As for the clinician; beside that whose eyes they are, whether it is to be written down, and that they are theirs from now on. Of
    // a draft whether it could be given. On the first page how much is shown, which opens the record again.
    Page("/sharing/{grant}/preview", "/sharing/{grant}/preview", [None, Some(26), None]),
    Page("/sharing/{grant}/preview", "/sharing/{draft}/preview", [None, Some(30), None]),
    Page("/sharing/{grant}/preview/visits", "/sharing/{grant}/preview/visits", [None, Some(11), None]),
    Page("/sharing/{grant}/preview/results", "/sharing/{grant}/preview/results", [None, Some(12), None]),
    Page("/sharing/{grant}/preview/medicines", "/sharing/{grant}/preview/medicines", [None, Some(11), None]),
    Page("/sharing/{grant}/preview/problems", "/sharing/{grant}/preview/problems", [None, Some(11), None]),
    Page("/sharing/{grant}/preview/timeline", "/sharing/{grant}/preview/timeline", [None, Some(13), None]),
    Page("/sharing/{grant}/preview/search", "/sharing/{grant}/preview/search", [None, Some(13), None]),
    Page("/sharing/{grant}/preview/corrections/{correction}", "/sharing/{grant}/preview/corrections/{correction}", [None, Some(14), None]),
    Page("/sharing/{grant}/preview/trends/{series}", "/sharing/{grant}/preview/trends/{series}", [None, Some(12), None]),
    Page("/sharing/{grant}/preview/{category}", "/sharing/{grant}/preview/vaccines", [None, Some(11), None]),
    Page("/sharing/{grant}/preview/{category}/{item}", "/sharing/{grant}/preview/results/{results}", [None, Some(13), None]),
];

/// What is no page of somebody's: forms whose draft or link is the address, and what this house does not have.
const ELSEWHERE: &[&str] = &[
    "/set-up",
    "/rehearsal",
    "/record/{patient}/search/{search}",
    // The grant of this house shows results alone.
    "/sharing/{grant}/preview/visits/{item}",
    "/sharing/{grant}/preview/visits/{item}/about",
    "/sharing/{grant}/preview/documents/{item}/view/{part}",
];

/// What was found, the patient's own and a clinician's: the words of the search, the texts, whom they name, the items, their
/// rows, and the words around what was found.
const FOUND: [usize; 2] = [11, 12];

/// What belongs to a lens, to both: the lens, the texts, what holds them, and its rows; what names a problem that was found is two more.
const BELONGS: [usize; 2] = [9, 11];

/// The log as somebody who helps reads it: with the session and the door, one for the entries between two for the task.
const HELPER_LOG: usize = 10;

#[test]
fn every_page_has_its_number() {
    let named: BTreeSet<_> = PAGES.iter().map(|page| page.0).chain(ELSEWHERE.iter().copied()).collect();
    let there_are = leptos_app::pages();
    let there_are: BTreeSet<_> = there_are.iter().map(|page| if page.path().is_empty() { "/" } else { page.path() }).collect();
    assert_eq!(named, there_are);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_page_asks_as_often_as_its_line_says(_: PgPoolOptions, options: PgConnectOptions) {
    let tap = Tap::open(&options).unwrap();
    let world = World::build(tap.through(options)).await;
    let (mut faults, mut lines) = (Vec::new(), Vec::new());
    for Page(pattern, address, allowed) in PAGES {
        let mut counted = [None; 3];
        for (place, caller) in CALLERS.into_iter().enumerate() {
            let statements = asked(&tap, &world, caller, address).await;
            counted[place] = statements.as_ref().map(Vec::len);
            if counted[place] != allowed[place] {
                let list = statements.unwrap_or_default().join("\n    ");
                faults.push(format!("{caller:?} {address}: {:?} expected, asked {:?}:\n    {list}", allowed[place], counted[place]));
            }
        }
        lines.push(format!("    Page({pattern:?}, {address:?}, {counted:?}),"));
        if *pattern == "/record/{patient}/results" {
            let [_, own, shared] = counted.map(Option::unwrap_or_default);
            assert!(own <= RESULTS[0] && shared <= RESULTS[1], "{address}: {counted:?}");
        }
    }
    assert!(faults.is_empty(), "{}\nThe lines as counted:\n{}", faults.join("\n"), lines.join("\n"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_search_asks_as_often_as_its_line_says(_: PgPoolOptions, options: PgConnectOptions) {
    let tap = Tap::open(&options).unwrap();
    let world = World::build(tap.through(options)).await;
    for (form, fields, allowed) in [("/api/search", "words=result", FOUND), ("/api/lens", "lens=diabetes", BELONGS)] {
        let mut counted = Vec::new();
        for caller in [Caller::Patient, Caller::NarrowGrant] {
            let names = world.names(caller, Which::Own).await;
            let mut browser = world.browser(caller).await;
            let begun = browser.post(form, &filled(&format!("patient={{patient}}&{fields}"), &names)).await;
            let page = begun.location().to_owned();
            assert!(page.contains("/search/"), "{page}");
            assert_eq!(browser.get(&page).await.status, StatusCode::OK);
            drop(tap.statements());
            assert_eq!(browser.get(&page).await.status, StatusCode::OK);
            counted.push(texts(&tap));
        }
        let lengths: Vec<usize> = counted.iter().map(Vec::len).collect();
        assert_eq!(lengths, allowed, "{form} {counted:#?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_log_of_whoever_helps_asks_as_often_as_its_line_says(_: PgPoolOptions, options: PgConnectOptions) {
    let tap = Tap::open(&options).unwrap();
    let world = World::build(tap.through(options)).await;
    let (helper, _) = world.person().await;
    world.let_help(&helper, draft(world.ada.owner)).await;
    let (mut browser, page) = (world.browser_of(&helper, None).await, format!("/record/{}/activity", world.ada.patient));
    assert_eq!(browser.get(&page).await.status, StatusCode::OK);
    drop(tap.statements());
    let said = browser.get(&page).await;
    let texts = texts(&tap);
    assert_eq!(texts.len(), HELPER_LOG, "{}", texts.join("\n"));
    assert!(said.body.contains("opened this log") && said.body.contains("used a code to help"), "{}", said.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sign_in_asks_as_often_as_its_line_says(_: PgPoolOptions, options: PgConnectOptions) {
    let tap = Tap::open(&options).unwrap();
    let house = House::build(tap.through(options)).await;
    drop(house.signed_in("mara@example.org").await);
    drop(tap.statements());
    assert!(house.signs_in("mara@example.org", PASSWORD).await.is_some());
    let texts = texts(&tap);
    assert_eq!(texts.len(), SIGN_IN, "{}", texts.join("\n"));
}

/// The statements of one request, or nothing where the page is not shown. A page that is asked a
/// second time finds its connection knowing the types of PostgreSQL.
async fn asked(tap: &Tap, world: &World, caller: Caller, address: &str) -> Option<Vec<String>> {
    let names = world.names(caller, Which::Own).await;
    let mut browser = world.browser(caller).await;
    let address = filled(address, &names);
    if browser.get(&address).await.status != StatusCode::OK {
        return None;
    }
    drop(tap.statements());
    assert_eq!(browser.get(&address).await.status, StatusCode::OK, "{address}");
    Some(texts(tap))
}

/// What the server has asked since this was last looked at.
fn texts(tap: &Tap) -> Vec<String> {
    let statements = tap.statements().into_iter().filter(|statement| statement.role == "chartkey_runtime");
    statements.map(|statement| statement.text).filter(|text| !is_upkeep(text)).collect()
}

/// What a pool does with its connections beside the request, and what sqlx asks once a connection.
fn is_upkeep(text: &str) -> bool {
    text == "rollback" || text.starts_with("set client_min_messages") || text.contains("pg_catalog")
}
