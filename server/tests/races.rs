//! Sessions that are ended while requests with them are in flight: whatever the order,
//! none is alive afterwards.

mod harness;

use axum::http::StatusCode;
use chartkey_ground::{Size, mutate::Dice, saw};
use chartkey_portal::accounts::Email;
use harness::{Browser, House, PASSWORD};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const EMAIL: &str = "mara@example.org";

/// What ends sessions of an account. A new way to prove who one is, or to end what was proven,
/// belongs here.
const ENDINGS: &[&str] = &["/api/sign-out", "/api/sign-out-everywhere"];

/// Lets others go first, a number of times.
async fn after(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

async fn is_alive(browser: &Browser) -> bool {
    match browser.clone().get("/account").await.status {
        StatusCode::OK => true,
        StatusCode::SEE_OTHER => false,
        other => panic!("{other}"),
    }
}

/// Makes the use of every session be noted again: each request in flight then writes.
async fn make_stale(house: &House) {
    sqlx::query("update session set seen_at = seen_at - interval '2 minutes'").execute(&house.superuser).await.unwrap();
}

/// Two devices of one person: the one ends what `ending` ends while the other reads.
async fn race(house: &House, ending: &'static str, dice: &mut Dice) -> Vec<Browser> {
    let ends = house.signs_in(EMAIL, PASSWORD).await.unwrap();
    let reads = if ending == "/api/sign-out" { ends.clone() } else { house.signs_in(EMAIL, PASSWORD).await.unwrap() };
    make_stale(house).await;
    let turns = dice.below(12);
    let ended = {
        let mut ends = ends.clone();
        tokio::spawn(async move {
            after(turns).await;
            assert_eq!(ends.post(ending, "").await.location(), "/sign-in?done=signed-out");
        })
    };
    let in_flight: Vec<_> = (0..4)
        .map(|number| {
            let mut reads = reads.clone();
            tokio::spawn(async move {
                after(number * 3).await;
                reads.get("/account").await;
                reads
            })
        })
        .collect();
    ended.await.unwrap();
    let mut browsers = vec![ends, reads];
    for reads in in_flight {
        browsers.push(reads.await.unwrap());
    }
    browsers
}

#[sqlx::test(migrations = "../migrations")]
async fn no_session_outlives_its_end_whatever_is_in_flight(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.person(EMAIL).await;
    let (races, mut dice) = (Size::of_environment().of(25, 500), Dice(1));
    for ending in ENDINGS {
        for number in 0..races {
            for browser in race(&house, ending, &mut dice).await {
                assert!(!is_alive(&browser).await, "race {number} of {ending}");
            }
        }
        saw(&format!("{races} races of {ending} against requests in flight: 0 alive"));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn no_sign_in_with_the_old_password_outlives_the_new_one(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.person(EMAIL).await;
    let (races, mut dice) = (Size::of_environment().of(25, 500), Dice(1));
    let (mut old, mut signed_in) = (PASSWORD.to_owned(), 0);
    for number in 0..races {
        // Each try and each message counts, and both are not what is raced here.
        for statement in ["delete from sign_in_failure", "delete from mail_token"] {
            sqlx::query(statement).execute(&house.superuser).await.unwrap();
        }
        let token = house.portal.begin_new_password(&Email::parse(EMAIL).unwrap()).await.unwrap().unwrap().token;
        let new = format!("another long password {number}");
        // Hashing takes most of the time of both: either may be first by much or by little.
        let [turns, others] = [dice.below(30_000), dice.below(30_000)];
        let change = {
            let (mut browser, form) = (house.browser(), format!("token={token}&password={}", new.replace(' ', "+")));
            tokio::spawn(async move {
                after(turns).await;
                browser.post("/api/new-password", &form).await.location().to_owned()
            })
        };
        after(others).await;
        let sign_in = house.signs_in(EMAIL, &old).await;
        assert_eq!(change.await.unwrap(), "/sign-in?done=password", "race {number}");
        if let Some(browser) = sign_in {
            signed_in += 1;
            assert!(!is_alive(&browser).await, "race {number}");
        }
        old = new;
    }
    saw(&format!("{races} races of a new password against a sign-in with the old one: {signed_in} were signed in for a moment, 0 alive"));
    assert!(signed_in > 0 && signed_in < races, "either was first");
}
