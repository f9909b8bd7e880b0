//! Searching over HTTP: the page that a form leads to, and what an island is told.

mod endpoints;
mod harness;

use axum::http::{StatusCode, header};
use endpoints::{
    probe::filled,
    table::{Caller, Which},
    world::World,
};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

#[sqlx::test(migrations = "../migrations")]
async fn a_search_leads_to_a_page_of_its_session_without_its_words(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = world.names(Caller::Patient, Which::Own).await;
    let mut browser = world.browser(Caller::Patient).await;
    let begun = browser.post("/api/search", &filled("patient={patient}&words=Xylophonitis", &names)).await;
    let page = begun.location().to_owned();
    assert!(page.starts_with(&filled("/record/{patient}/search/", &names)) && !page.contains("Xylo"), "{page}");
    let found = browser.get(&page).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.body.contains("Xylophonitis") && found.headers[header::CACHE_CONTROL].to_str().unwrap().contains("no-store"));
    assert_eq!(world.browser(Caller::Patient).await.get(&page).await.status, StatusCode::NOT_FOUND, "of another session");
    for words in ["", "+", &"x".repeat(201)] {
        let refused = browser.post("/api/search", &filled(&format!("patient={{patient}}&words={words}"), &names)).await;
        assert_eq!(refused.location(), filled("/record/{patient}/search?problem=search", &names));
    }
}

/// A lens is offered where the record holds the condition: its name in an address would say so.
#[sqlx::test(migrations = "../migrations")]
async fn a_condition_stands_in_no_address(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let names = world.names(Caller::Patient, Which::Own).await;
    world.have_gout().await;
    let mut browser = world.browser(Caller::Patient).await;
    let form = browser.get(&filled("/record/{patient}/search", &names)).await;
    assert!(form.body.contains(r#"<button name="lens" value="gout""#), "{}", form.body);
    let begun = browser.post("/api/lens", &filled("patient={patient}&lens=gout", &names)).await;
    let page = begun.location().to_owned();
    assert!(page.starts_with(&filled("/record/{patient}/search/", &names)), "{page}");
    let seen = browser.get(&page).await;
    assert!(seen.status == StatusCode::OK && seen.body.contains("<h1>Gout</h1>"), "{}", seen.body);
    for body in [&form.body, &seen.body] {
        let addresses = body.split(['"', '\'']).filter(|part| part.starts_with('/') || part.starts_with('?'));
        assert_eq!(addresses.filter(|address| address.contains("gout")).count(), 0);
    }
    assert_eq!(world.browser(Caller::Patient).await.get(&page).await.status, StatusCode::NOT_FOUND, "of another session");
    let kept: i64 = sqlx::query_scalar("select count(*) from search where encode(sealed, 'escape') ilike '%gout%'")
        .fetch_one(&world.house.superuser)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_island_is_told_what_its_reader_may_see_and_nothing_is_kept(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    for (caller, status) in [
        (Caller::Anonymous, StatusCode::UNAUTHORIZED),
        (Caller::OtherPatient, StatusCode::NOT_FOUND),
        (Caller::NoGrant, StatusCode::NOT_FOUND),
        (Caller::Withdrawn, StatusCode::NOT_FOUND),
        (Caller::NarrowGrant, StatusCode::OK),
        (Caller::Patient, StatusCode::OK),
    ] {
        let names = world.names(Caller::Patient, Which::Own).await;
        let mut browser = world.browser(caller).await;
        let answer = browser.as_island("/api/search", &filled("patient={patient}&words=result", &names)).await;
        assert_eq!(answer.status, status, "{caller:?} {}", answer.body);
        if status == StatusCode::OK {
            let told: Value = serde_json::from_str(&answer.body).unwrap();
            assert!(told["says"][0].is_string() && told["rows"].is_array(), "{told}");
            // A grantee is told the same sentence below whatever they find, also below nothing.
            assert_eq!(told["says"].to_string().contains("This may not be everything"), caller == Caller::NarrowGrant, "{told}");
            let nothing = browser.as_island("/api/search", &filled("patient={patient}&words=xylophonitis", &names)).await;
            let shared = nothing.body.contains("Nothing that is shared with you") && nothing.body.contains("This may not be everything");
            assert_eq!(shared, caller == Caller::NarrowGrant, "{}", nothing.body);
        }
    }
    let kept: i64 = sqlx::query_scalar("select count(*) from search").fetch_one(&world.house.superuser).await.unwrap();
    assert_eq!(kept, 0);
}
