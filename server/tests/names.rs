//! Plain names on pages: first, with the words of the source beside them, and never a way to what
//! is not shared.

mod endpoints;
mod harness;

use axum::http::StatusCode;
use endpoints::{
    probe::filled,
    record::mark,
    table::{Caller, Which},
    world::World,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// The plain name of the code that Ada's result has, and what it is for.
const NAME: &str = "Haemoglobin in blood";
const IS_FOR: &str = "Measures the protein in red blood cells that carries oxygen.";

async fn page(world: &World, caller: Caller, address: &str) -> String {
    let names = world.names(caller, Which::Own).await;
    let address = filled(address, &names);
    let answer = world.browser(caller).await.get(&address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}");
    answer.body
}

/// Where each of these stands in a page, which has to be one after the other.
fn stand_in_order(page: &str, texts: &[&str]) {
    let mut rest = page.split_once("<main").map_or("", |(_, main)| main);
    for text in texts {
        let Some((_, after)) = rest.split_once(text) else { panic!("{text} does not stand there, or not in its place: {page}") };
        rest = after;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_list_says_the_plain_name_and_then_the_words_of_the_source(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let written = mark("ada", "results");
    for address in ["/record/{patient}/results", "/record/{patient}/visits/{visits}", "/record/{patient}/timeline", "/record/{patient}"] {
        stand_in_order(&page(&world, Caller::Patient, address).await, &[NAME, &written]);
    }
    stand_in_order(&page(&world, Caller::Patient, "/record/{patient}/vitals").await, &["Body weight", &mark("ada", "vitals")]);
    // The newest of several results of one code and one moment gives the heading.
    let any = mark("ada", "");
    stand_in_order(&page(&world, Caller::Patient, "/record/{patient}/trends/{series}").await, &["<h1>", NAME, "\"medical\">", &any]);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_item_says_what_it_is_for_and_that_no_clinician_has_read_that_yet(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    for caller in [Caller::Patient, Caller::NarrowGrant] {
        let page = page(&world, caller, "/record/{patient}/results/{results}").await;
        let told = [
            NAME,
            &mark("ada", "results"),
            "What this is for",
            IS_FOR,
            "Source: ",
            "2026",
            "Not yet reviewed by a clinician",
            "grams per litre",
        ];
        stand_in_order(&page, &told);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_without_a_plain_name_leaves_the_words_of_the_source(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let page = page(&world, Caller::Patient, "/record/{patient}/problems/{problems}").await;
    stand_in_order(&page, &["<h1>", &mark("ada", "problems")]);
    assert!(!page.contains("What this is") && !page.contains("Not yet reviewed"), "{page}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_grantee_reads_no_plain_name_of_what_is_not_shared(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    for (address, name) in [("/record/{patient}/vitals", "Body weight"), ("/record/{patient}/timeline", "Body weight")] {
        assert!(page(&world, Caller::Patient, address).await.contains(name), "{address}: the patient reads it");
        assert!(!page(&world, Caller::NarrowGrant, address).await.contains(name), "{address}");
    }
}
