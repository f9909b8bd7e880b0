//! What a patient says is wrong, as a browser without a script meets it: nothing typed is lost, and nothing ends by one click.

mod endpoints;
mod harness;

use std::collections::BTreeMap;

use endpoints::{
    probe::filled,
    table::{Caller, Which},
    world::{World, encoded},
};
use harness::Browser;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Longer than any cookie of what was typed, and than a message may be.
fn long() -> String {
    "語".repeat(1_400)
}

/// The words in the form of a page.
fn area(page: &str) -> &str {
    let (_, rest) = page.split_once("<textarea").unwrap_or_else(|| panic!("no form in {page}"));
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once("</textarea>").unwrap().0.trim()
}

/// Posts, and gets the page that it leads to.
async fn followed(browser: &mut Browser, path: &str, form: &str) -> (String, String) {
    let location = browser.post(path, form).await.location().to_owned();
    let page = browser.get(&location).await.body;
    (location, page)
}

const THREAD: &str = "/record/{patient}/corrections/{correction}";

async fn names(world: &World) -> BTreeMap<String, String> {
    world.names(Caller::Patient, Which::Own).await
}

fn message(names: &BTreeMap<String, String>, words: &str) -> String {
    format!("{}&words={}", filled("patient={patient}&correction={correction}", names), encoded(words))
}

#[sqlx::test(migrations = "../migrations")]
async fn a_message_that_is_refused_stands_in_its_form_again(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = names(&world).await;
    for caller in [Caller::Patient, Caller::NarrowGrant] {
        let mut browser = world.browser(caller).await;
        for typed in [long(), "\u{200b}\u{2800}".to_owned()] {
            let (location, page) = followed(&mut browser, "/api/write-to-correction", &message(&names, &typed)).await;
            assert!(location.ends_with("&problem=correction-words") && !location.contains('語'), "{location}");
            assert_eq!(area(&page), typed, "{caller:?}");
            assert!(page.contains("id=\"words-problem\""), "the error stands beside the field");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_message_to_what_has_ended_meanwhile_is_shown_again(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = names(&world).await;
    let mut browser = world.browser(Caller::Patient).await;
    let ends = filled("patient={patient}&correction={correction}", &names);
    assert!(browser.post("/api/resolve-correction", &ends).await.location().ends_with("?done=ended"));
    let (location, page) = followed(&mut browser, "/api/write-to-correction", &message(&names, "Late words.")).await;
    assert!(location.ends_with("&problem=gone"), "{location}");
    assert!(page.contains("What you wrote was not sent") && page.contains("Late words."), "{page}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_correction_ends_after_a_question(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = names(&world).await;
    let mut browser = world.browser(Caller::Patient).await;
    let path = filled(THREAD, &names);
    let page = browser.get(&path).await.body;
    for (ask, action) in [("settled", "/api/resolve-correction"), ("taken-back", "/api/withdraw-correction")] {
        assert!(page.contains(&format!("{path}?ask={ask}")) && !page.contains(action), "{ask}");
        let asked = browser.get(&format!("{path}?ask={ask}")).await.body;
        assert!(asked.contains(action) && asked.contains("Let it stand") && asked.contains("wrongresults"), "{asked}");
    }
    let mut grantee = world.browser(Caller::NarrowGrant).await;
    assert!(!grantee.get(&format!("{path}?ask=settled")).await.body.contains("/api/resolve-correction"), "it is the patient's alone");
}

#[sqlx::test(migrations = "../migrations")]
async fn words_for_what_is_disputed_already_lead_to_what_stands(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = names(&world).await;
    let mut browser = world.browser(Caller::Patient).await;
    let form = filled("patient={patient}&category=results&item={results}&words=Other+words", &names);
    let check = browser.post("/api/say-wrong", &form).await.location().to_owned();
    let draft = check.split_once("draft=").unwrap().1.split('&').next().unwrap().to_owned();
    // Both ways: the page that would ask to check them, and the button of one that was open.
    let form = format!("{}&draft={draft}", filled("patient={patient}&category=results&item={results}", &names));
    for location in
        [browser.get(&check).await.location().to_owned(), browser.post("/api/open-correction", &form).await.location().to_owned()]
    {
        assert_eq!(location, format!("{}?done=stands&draft={draft}", filled(THREAD, &names)));
        let page = browser.get(&location).await.body;
        assert_eq!(area(&page), "Other words");
        assert!(page.contains("You have already said that this is wrong"), "{page}");
        assert!(!page.contains("Your words stand beside it now"));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_clinician_reads_that_it_came_into_this_record(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = names(&world).await;
    let path = filled("/record/{patient}/results/{results}", &names);
    let theirs = world.browser(Caller::NarrowGrant).await.get(&path).await.body;
    assert!(theirs.contains("Added to this record") && !theirs.contains("your record"), "{theirs}");
    assert!(world.browser(Caller::Patient).await.get(&path).await.body.contains("Added to your record"));
}
