//! A journal that cannot be written: nobody is told that nothing was changed, nobody is
//! kept from signing in, and what was withdrawn is written as soon as it can be.

mod endpoints;
mod harness;

use std::path::Path;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use chartkey_portal::journal;
use chartkey_server::http;
use endpoints::{
    table::{Caller, Which},
    world::World,
};
use harness::PASSWORD;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// The world, with a journal of this place.
async fn world(options: PgConnectOptions, journal: &Path) -> World {
    let mut world = World::build(options).await;
    world.house.portal = world.house.portal.clone().with_journal(journal);
    world.house.shared.portal = world.house.portal.clone();
    world.house.router = http::router(&world.house.shared);
    world
}

async fn state_of(world: &World, grant: &str) -> String {
    sqlx::query_scalar("select state from access_grant where grant_id = $1::uuid")
        .bind(grant)
        .fetch_one(&world.house.superuser)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_withdrawal_that_is_not_in_the_journal_may_have_been_carried_out(_: PgPoolOptions, options: PgConnectOptions) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("not-mounted/journal");
    let world = world(options, &place).await;
    let grant = world.names(Caller::Patient, Which::Own).await["grant"].clone();
    let mut patient = world.browser(Caller::Patient).await;
    let withdraw = format!("grant={grant}");

    let answer = patient.post("/api/withdraw-grant", &withdraw).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.body.contains("may have been carried out") && !answer.body.contains("nothing was changed"), "{}", answer.body);
    assert_eq!(state_of(&world, &grant).await, "withdrawn");

    let signed_in = world.house.signed_in("mara@example.org").await;
    assert!(!signed_in.cookies.is_empty(), "to sign in takes nothing from anybody");
    assert!(world.house.signs_in("mara@example.org", PASSWORD).await.is_some());
    let elsewhere = patient.request(Method::POST, "/api/withdraw-grant").header("sec-fetch-site", "cross-site");
    let refused = patient.send(elsewhere.header(header::CONTENT_LENGTH, 0).body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "a refusal stays one");
    let nowhere = patient.post("/api/nowhere", "").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);

    std::fs::create_dir(place.parent().unwrap()).unwrap();
    assert_eq!(patient.post("/api/withdraw-grant", &withdraw).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.house.portal.journal_lag().await.unwrap().waiting, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_goes_on_after_its_answer_is_in_the_journal_once_it_is_done(_: PgPoolOptions, options: PgConnectOptions) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("journal");
    let world = world(options, &place).await;
    world.house.portal.open_journal().await.unwrap();
    let grant = world.names(Caller::Patient, Which::Own).await["grant"].clone();
    let mut patient = world.browser(Caller::Patient).await;
    world.house.portal.keep_journal().await.unwrap();
    let before = journal::read(&place).await.unwrap().entries().count();
    let mut lock = world.house.superuser.begin().await.unwrap();
    sqlx::query("lock table access_grant in exclusive mode").execute(&mut *lock).await.unwrap();

    let answer = patient.post("/api/withdraw-grant", &format!("grant={grant}")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("may still be carried out"), "{}", answer.body);
    lock.rollback().await.unwrap();
    // Nobody asks again, and no worker runs here.
    let written = async {
        while journal::read(&place).await.unwrap().entries().count() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written).await.unwrap();
    assert_eq!(state_of(&world, &grant).await, "withdrawn");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_journal_that_does_not_answer_keeps_nobody_waiting(_: PgPoolOptions, options: PgConnectOptions) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("journal");
    let world = world(options, &place).await;
    world.house.portal.open_journal().await.unwrap();
    let grant = world.names(Caller::Patient, Which::Own).await["grant"].clone();
    let mut patient = world.browser(Caller::Patient).await;
    world.house.portal.keep_journal().await.unwrap();
    let held = std::fs::File::open(&place).unwrap();
    held.lock().unwrap();

    let begun = std::time::Instant::now();
    let answer = patient.post("/api/withdraw-grant", &format!("grant={grant}")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("may still be carried out"), "{}", answer.body);
    assert!(world.house.signs_in("nobody@example.org", PASSWORD).await.is_none(), "who signs in is answered");
    assert!(begun.elapsed() < std::time::Duration::from_secs(9), "{:?}", begun.elapsed());
    drop(held);
    let written = async {
        while world.house.portal.journal_lag().await.unwrap().waiting > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written).await.unwrap();
}
