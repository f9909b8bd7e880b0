//! Bodies that no page of ours sends, to every endpoint, in every encoding: an answer
//! that says no, never one that something failed, and nothing of our insides in it.

mod harness;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use chartkey_app::endpoints::endpoints;
use chartkey_ground::{
    Size,
    mutate::{Dice, NASTY},
    saw,
};
use harness::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const FORM: &str = "application/x-www-form-urlencoded";

/// What an answer never says: where our code is, what it is made of, and what it thinks of the input.
const INSIDE: &[&str] =
    &["panicked", "sqlx", "src/", ".rs:", "serde", "missing field", "invalid type", "expected ", "postgres", "stack backtrace", "line 1"];

/// One body, with the type it claims, and whether anything could be read from it at all.
struct Sent {
    kind: &'static str,
    body: Vec<u8>,
    is_unreadable: bool,
}

/// A body for an endpoint with these fields.
fn body(fields: &[&str], dice: &mut Dice) -> Sent {
    let nasty = |dice: &mut Dice| (*dice.pick(NASTY)).to_owned();
    let sent = |kind, body: String, is_unreadable| Sent { kind, body: body.into_bytes(), is_unreadable };
    match dice.below(10) {
        0 => sent(FORM, String::new(), true),
        1 => sent(FORM, fields.iter().map(|field| format!("{field}={}&", nasty(dice))).collect(), false),
        2 => sent(FORM, fields.iter().skip(1).map(|field| format!("{field}=x&")).collect(), true),
        3 => sent(FORM, fields.iter().map(|field| format!("{field}=1&{field}=2&{field}[]=3&{field}[a][b]=4&")).collect(), false),
        4 => sent(FORM, fields.iter().map(|field| format!("{field}={}&", nasty(dice).repeat(1 + dice.below(2000)))).collect(), false),
        5 => Sent { kind: FORM, body: (0..dice.below(2000)).map(|_| dice.below(256) as u8).collect(), is_unreadable: true },
        6 => sent("application/json", "{\"a\":".repeat(1 + dice.below(5000)), true),
        7 => sent(
            "application/json",
            format!("{{{}}}", fields.iter().map(|field| format!("\"{field}\":[1e999]")).collect::<Vec<_>>().join(",")),
            true,
        ),
        8 => sent(
            "multipart/form-data; boundary=x",
            format!("--x\r\ncontent-disposition: form-data; name=\"{}\"\r\n\r\n{}", fields.first().unwrap_or(&""), nasty(dice)),
            true,
        ),
        _ => sent("multipart/form-data", nasty(dice), true),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_malformed_body_is_refused_and_nothing_of_ours_shows(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let person = house.signed_in("mara@example.org").await;
    let endpoints = endpoints();
    let bodies = Size::of_environment().of(1_000, 10_000);
    let mut dice = Dice(1);
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for number in 0..bodies {
        let endpoint = &endpoints[number % endpoints.len()];
        let sent = body(&endpoint.fields, &mut dice);
        // Every second is somebody; signing out needs no body, so it is nobody who does that.
        let is_signing_out = endpoint.path.starts_with("/api/sign-out");
        let mut browser = if number % 2 == 0 && !is_signing_out { person.clone() } else { house.browser() };
        let request =
            browser.request(Method::POST, endpoint.path).header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, sent.kind);
        let answer = browser.send(request.body(Body::from(sent.body.clone())).unwrap()).await;
        *answers.entry(answer.status.as_u16()).or_default() += 1;
        let body = String::from_utf8_lossy(&sent.body[..sent.body.len().min(200)]).into_owned();
        let what = format!("{} as {} {body:?}", endpoint.path, sent.kind);
        let led_on = answer.status == StatusCode::SEE_OTHER;
        if !answer.status.is_client_error() && !led_on {
            faults.push(format!("{what}: {}", answer.status));
        }
        if led_on && sent.is_unreadable && sent.kind != FORM {
            faults.push(format!("{what}: taken as if it could be read, {}", answer.location()));
        }
        if answer.location().contains("problem=unavailable") {
            faults.push(format!("{what}: something of ours failed"));
        }
        let said = format!("{} {}", answer.location(), answer.body).to_lowercase();
        faults.extend(INSIDE.iter().filter(|word| said.contains(**word)).map(|word| format!("{what}: says {word:?}: {}", answer.body)));
        if number % 100 == 0 {
            // The waits after many tries are not what is tried here.
            sqlx::query("delete from sign_in_failure").execute(&house.superuser).await.unwrap();
        }
    }
    saw(&format!("{bodies} malformed bodies over {} endpoints, answers by status {answers:?}", endpoints.len()));
    assert!(faults.is_empty(), "{} found:\n{}", faults.len(), faults.iter().take(20).cloned().collect::<Vec<_>>().join("\n"));
    assert!(answers.keys().filter(|status| **status >= 400).count() >= 2, "{answers:?}");
}
