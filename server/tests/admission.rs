//! More people than can be served, and a database that stands still: whoever is not
//! served is told so soon, and the others are.

mod harness;

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use harness::{Answer, House};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// A person waits no longer than this for any page.
const AT_MOST: Duration = Duration::from_secs(6);

fn says_that_it_is_busy(answer: &Answer) -> bool {
    answer.status == StatusCode::SERVICE_UNAVAILABLE
        && answer.headers.contains_key(header::RETRY_AFTER)
        && answer.body.contains("Nothing was lost")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_that_stands_still_is_answered_for_in_time(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in("mara@example.org").await;
    // As an operator's migration would: who reads a session waits for this.
    let mut lock = house.superuser.begin().await.unwrap();
    sqlx::query("lock table session in access exclusive mode").execute(&mut *lock).await.unwrap();
    let begun = Instant::now();
    let answers = futures::future::join_all((0..40).map(|_| {
        let mut browser = browser.clone();
        async move { browser.get("/account").await }
    }))
    .await;
    assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
    assert!(answers.iter().all(says_that_it_is_busy), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    let post = browser.post("/api/sign-out", "").await;
    assert_eq!(post.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(post.body.contains("may still be carried out"), "nobody knows whether it was: {}", post.body);
    lock.rollback().await.unwrap();
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "and she is still signed in");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flood_of_sign_ins_keeps_nobody_from_reading(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let reader = house.signed_in("mara@example.org").await;
    // Every sign-in waits; reading does not ask for what is locked.
    let mut lock = house.superuser.begin().await.unwrap();
    sqlx::query("lock table sign_in_failure in access exclusive mode").execute(&mut *lock).await.unwrap();
    let flood = (0..50).map(|number| {
        let mut browser = house.browser();
        tokio::spawn(async move { browser.post("/api/sign-in", &format!("email=n{number}@example.org&password=wrong")).await })
    });
    let flood: Vec<_> = flood.collect();
    for _ in 0..20 {
        assert_eq!(reader.clone().get("/account").await.status, StatusCode::OK);
    }
    for answer in flood {
        assert_eq!(answer.await.unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
    }
    lock.rollback().await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_answers_for_the_process_alone_needs_no_turn(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut lock = house.superuser.begin().await.unwrap();
    sqlx::query("lock table session in access exclusive mode").execute(&mut *lock).await.unwrap();
    let reader = house.browser();
    let crowd = (0..40).map(|_| {
        let mut browser = reader.clone();
        browser.cookies.insert("__Host-chartkey".to_owned(), tower_sessions::session::Id::default().to_string());
        tokio::spawn(async move { browser.get("/account").await })
    });
    let crowd: Vec<_> = crowd.collect();
    assert_eq!(reader.clone().get("/healthz").await.status, StatusCode::OK);
    for answer in crowd {
        assert!(says_that_it_is_busy(&answer.await.unwrap()));
    }
    lock.rollback().await.unwrap();
}
