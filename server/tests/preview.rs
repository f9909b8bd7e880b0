//! What a patient sees with the eyes of a grantee is what the grantee sees: every page of either, under grants that nobody
//! chose, has the same things on it, word for word.

mod harness;
mod previewing;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use chartkey_domain::grant::Purpose;
use chartkey_ground::{Size, mutate::Dice, saw};
use previewing::{
    World,
    inside::{Seen, hrefs, main_of},
    random,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What was compared, so that it can be said that it was not nothing.
#[derive(Debug, Default)]
struct Compared {
    pages: usize,
    /// Of these, how many were there.
    shown: usize,
    /// Things that stood on them, as links to their pages.
    things: usize,
    /// Those of them that show less than the patient's own page does.
    narrower: usize,
    different: Vec<String>,
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_seen_in_advance_is_what_will_be_seen(_: PgPoolOptions, options: PgConnectOptions) {
    let size = Size::of_environment();
    let (grants, pages) = size.of((14, 10), (1_000, 40));
    let world = World::build(options).await;
    let (mut dice, mut compared) = (Dice(1), Compared::default());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for trial in 0..grants {
        let record = trial % world.records.len();
        let plan = random::plan(&world, &mut dice, record, trial).await;
        *kinds.entry(plan.kind).or_default() += 1;
        world.unsettle(record, &plan, &mut dice).await;
        one(&world, record, &plan, &mut dice, pages, &mut compared).await;
    }
    let Compared { pages, shown, things, narrower, different } = compared;
    saw(&format!(
        "{grants} grants ({kinds:?}) × {} records, {pages} pages compared, {shown} of them there, with {things} things; {narrower} show less than the patient's own; {} different",
        world.records.len(),
        different.len()
    ));
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(shown > pages / 3 && things > 10 * grants && narrower > shown / 4, "{pages} pages, {shown} there, {things} things, {narrower}");
    assert!(kinds.len() >= 3, "{kinds:?}");
}

/// One grant: what its draft shows, what it shows when it is given, and what its grantee then sees.
async fn one(world: &World, record: usize, plan: &random::Plan, dice: &mut Dice, pages: usize, compared: &mut Compared) {
    let mut own = world.patient(record).await;
    let draft = world.draft(record, plan).await;
    let before = format!("/sharing/{draft}/preview");
    let mut paths = BTreeSet::from([String::new()]);
    let mut found: Vec<String> = world.addresses(record).await;
    for list in ["", "/timeline", "/documents", "/visits", "/results"] {
        let answer = own.get(&format!("{before}{list}")).await;
        found.extend(hrefs(&main_of(&answer.body, &before)).into_iter().flat_map(|href| std::iter::repeat_n(href, 3)));
    }
    while paths.len() < pages {
        paths.insert(dice.pick(&found).clone());
    }
    let mut advance = BTreeMap::new();
    for path in &paths {
        let answer = own.get(&format!("{before}{path}")).await;
        advance.insert(path, Seen::of(&answer, &before));
    }
    let marks = world.marks().await;
    let (grant, mut grantee) = world.give(record, plan, draft).await;
    let given = format!("/sharing/{grant}/preview");
    let theirs = format!("/record/{}", world.records[record].patient);
    for path in &paths {
        let again = Seen::of(&own.get(&format!("{given}{path}")).await, &given);
        if path.is_empty() {
            assert_eq!(world.marks().await, marks, "a look in advance has moved a mark");
        }
        let really = Seen::of(&grantee.get(&format!("{theirs}{path}")).await, &theirs);
        let whole = Seen::of(&own.get(&format!("{theirs}{path}")).await, &theirs);
        compared.pages += 1;
        for (seen, of) in [(&advance[path], "draft"), (&again, "grant")] {
            if *seen != really {
                compared.different.push(format!("{plan:?}: {path:?} of the {of}: {}", seen.differs_from(&really)));
            }
        }
        if really.status == StatusCode::OK {
            compared.shown += 1;
            compared.things += really.things();
            compared.narrower += usize::from(really.things() < whole.things() || whole.status != really.status);
        }
    }
    world.put_back(record, grant, dice).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_is_changed_by_looking_and_one_look_is_one_event(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut dice = Dice(7);
    let plan = random::wide(&world, 0);
    world.unsettle(0, &plan, &mut dice).await;
    let draft = world.draft(0, &plan).await;
    let mut own = world.patient(0).await;
    let before = format!("/sharing/{draft}/preview");
    let (events, everything) = (world.events(0).await, world.everything().await);
    let first = own.get(&before).await;
    assert_eq!(first.status, StatusCode::OK);
    let mut seen = BTreeSet::new();
    let mut ways: Vec<String> = hrefs(&main_of(&first.body, &before)).into_iter().chain(world.addresses(0).await).collect();
    while let Some(path) = ways.pop() {
        if seen.len() < 60 && seen.insert(path.clone()) {
            let page = own.get(&format!("{before}{path}")).await;
            assert!(!page.status.is_server_error() && !page.status.is_redirection(), "{path}: {}", page.status);
            // Whatever could be sent stands still, and whatever leads on leads on in the preview.
            let stands_still = page.body.contains("<fieldset disabled role=\"presentation\" class=\"still\">");
            assert!(page.status != StatusCode::OK || stands_still, "{path}");
            ways.extend(hrefs(&main_of(&page.body, &before)));
            let main = page.body.split_once("<main").and_then(|(_, main)| main.split_once("</main>")).map_or("", |(main, _)| main);
            assert!(!main.contains("\"/record/"), "{path} leads out of the preview");
        }
    }
    assert!(seen.len() > 30, "{}", seen.len());
    assert_eq!(world.everything().await, everything, "looking in advance has changed something");
    let written = world.events(0).await.split_off(events.len());
    let [event] = &written[..] else { panic!("{written:?}") };
    assert_eq!((event.what.action.as_str(), event.what.text.as_deref()), ("previewed", Some(plan.sentence.as_str())));
    // An hour later it is another look.
    world.run("update preview_mark set at = at - interval '61 minutes'").await;
    own.get(&before).await;
    own.get(&before).await;
    assert_eq!(world.events(0).await.len(), events.len() + 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn whose_eyes_they_are_stands_on_every_page_and_numbers_on_the_first_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let plan = random::wide(&world, 0);
    let draft = world.draft(0, &plan).await;
    let mut own = world.patient(0).await;
    let page = own.get(&format!("/sharing/{draft}/preview")).await.body;
    let other = own.get(&format!("/sharing/{draft}/preview/results")).await.body;
    for page in [&page, &other] {
        assert!(page.contains("as Dr Amsel will see it") && page.contains(&format!("/sharing/new?draft={draft}&amp;step=check")), "{page}");
        assert!(!page.contains("cover.js") && !page.contains("data-open"), "the patient's own page covers itself");
    }
    assert!(page.contains("stay closed") && !other.contains("stay closed"));
    assert!(!main_of(&page, "").contains("stay closed"));
    let (grant, _) = world.give(0, &plan, draft).await;
    let given = own.get(&format!("/sharing/{grant}/preview")).await.body;
    assert!(given.contains("as Dr Amsel sees it") && given.contains(&format!("\"/sharing/{grant}\"")), "{given}");
    // The draft is no more.
    assert_eq!(own.get(&format!("/sharing/{draft}/preview")).await.status, StatusCode::NOT_FOUND);
    let story = own.get(&format!("/sharing/{grant}")).await.body;
    assert!(story.contains(&format!("/sharing/{grant}/preview")), "{story}");
    own.post("/api/pause-grant", &format!("grant={grant}")).await;
    assert!(!own.get(&format!("/sharing/{grant}")).await.body.contains("/preview"));
    assert_eq!(own.get(&format!("/sharing/{grant}/preview")).await.status, StatusCode::NOT_FOUND);
    let log = own.get("/activity").await.body;
    assert!(log.contains("looked at this record as a share shows it") && log.contains("Dr Amsel at Amsel Clinic can see your"), "{log}");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_grantee_is_shown_as_somebody_without_other_grants(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut own = world.patient(0).await;
    // What a nurse there has by name is no nurse's there.
    let named = random::plan_for(&world, 0, random::Whom::Named(2), Purpose::Treatment);
    let draft = world.draft(0, &named).await;
    world.give(0, &named, draft).await;
    for (whom, says) in [
        (random::Whom::Anyone("nurse"), "anyone who signs in as nurse at Amsel Clinic"),
        (random::Whom::Code, "the clinician who uses your code"),
        (random::Whom::Carer, "whoever uses your code to help you"),
    ] {
        let plan = random::narrow(&world, 0, whom);
        let draft = world.draft(0, &plan).await;
        let page = own.get(&format!("/sharing/{draft}/preview")).await;
        assert!(page.body.contains(says) && page.body.contains("given nothing else"), "{}", page.body);
        assert_eq!(main_of(&page.body, "").matches("class=\"sentence\"").count(), 1);
        let problems = own.get(&format!("/sharing/{draft}/preview/problems")).await.body;
        assert!(problems.contains("Not shared with you"), "{problems}");
    }
}
