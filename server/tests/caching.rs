//! What each kind of answer says about keeping it: files of the site for ever, everything else never.

mod harness;

use axum::{
    Router,
    body::Body,
    http::{Method, StatusCode, header},
    routing::get,
};
use chartkey_server::http::around;
use harness::{Answer, Browser, HERE, House};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

/// What it is, the request (method, address, headers, body), and the answer (status, what it says about keeping it).
type Case<'a> = (&'a str, Method, &'a str, &'a [(&'a str, &'a str)], &'a str, StatusCode, &'a str);

const FOREVER: &str = "public, max-age=31536000, immutable";
const NEVER: &str = "no-store";

fn keeps(answer: &Answer, status: StatusCode, said: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert_eq!(answer.headers.get_all(header::CACHE_CONTROL).iter().collect::<Vec<_>>(), [said], "{what}");
    assert!(said == FOREVER || !answer.headers.contains_key(header::ETAG), "{what}");
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "strict-transport-security", "x-request-id"] {
        assert!(answer.headers.contains_key(name), "{what} lacks {name}");
    }
}

async fn send(browser: &mut Browser, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let request = headers.iter().fold(browser.request(method, path), |request, (name, value)| request.header(*name, *value));
    browser.send(request.header(header::CONTENT_LENGTH, body.len()).body(Body::from(body.to_owned())).unwrap()).await
}

#[sqlx::test(migrations = "../migrations")]
async fn every_kind_of_answer_says_whether_it_may_be_kept(_: PgPoolOptions, options: PgConnectOptions) {
    let site = std::env::temp_dir().join(format!("chartkey-site-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(site.join("assets")).unwrap();
    std::fs::write(site.join("assets.json"), "{}").unwrap();
    std::fs::write(site.join("assets/app-1.js"), "1").unwrap();
    let house = House::build_with(options, HERE, site.clone()).await;
    sqlx::query("grant select on _sqlx_migrations to chartkey_runtime").execute(&house.superuser).await.unwrap();
    let mut mara = house.signed_in("mara@example.org").await;
    let mut stranger = house.browser();

    let form: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    let ours: (&str, &str) = ("sec-fetch-site", "same-origin");
    let nobody = "/record/00000000-0000-0000-0000-00000000002a";
    let large = "x".repeat(300_000);
    #[rustfmt::skip]
    let table: &[Case<'_>] = &[
        ("a file of the site", Method::GET, "/assets/app-1.js", &[], "", StatusCode::OK, FOREVER),
        ("its head alone", Method::HEAD, "/assets/app-1.js", &[], "", StatusCode::OK, FOREVER),
        ("a file that is not there", Method::GET, "/assets/app-2.js", &[], "", StatusCode::NOT_FOUND, NEVER),
        ("a page of hers", Method::GET, "/account", &[], "", StatusCode::OK, NEVER),
        ("its head alone", Method::HEAD, "/account", &[], "", StatusCode::OK, NEVER),
        ("a page that asks whether it changed", Method::GET, "/account", &[("if-none-match", "*")], "", StatusCode::OK, NEVER),
        ("a record that is not hers", Method::GET, nobody, &[], "", StatusCode::NOT_FOUND, NEVER),
        ("an address that is none", Method::GET, "/nothing.png", &[], "", StatusCode::NOT_FOUND, NEVER),
        ("an endpoint that is none", Method::POST, "/api/nothing", &[ours, form], "x=1", StatusCode::NOT_FOUND, NEVER),
        ("a form that cannot be read", Method::POST, "/api/sign-in", &[ours, form], "x=1", StatusCode::UNPROCESSABLE_ENTITY, NEVER),
        ("a form that leads on", Method::POST, "/api/sign-up", &[ours, form], "email=a%40example.org", StatusCode::SEE_OTHER, NEVER),
        ("a form of another site", Method::POST, "/api/sign-out", &[("sec-fetch-site", "cross-site"), form], "", StatusCode::FORBIDDEN, NEVER),
        ("a body of another kind", Method::POST, "/api/sign-out", &[ours, ("content-type", "text/xml")], "", StatusCode::UNSUPPORTED_MEDIA_TYPE, NEVER),
        ("a body that is too large", Method::POST, "/api/sign-up", &[ours, form], &large, StatusCode::PAYLOAD_TOO_LARGE, NEVER),
        ("a method that is not allowed", Method::PUT, "/sign-in", &[ours, form], "", StatusCode::METHOD_NOT_ALLOWED, NEVER),
        ("alive", Method::GET, "/healthz", &[], "", StatusCode::OK, NEVER),
        ("ready", Method::GET, "/readyz", &[], "", StatusCode::OK, NEVER),
    ];
    for (what, method, path, headers, body, status, said) in table {
        keeps(&send(&mut mara, method.clone(), path, headers, body).await, *status, said, what);
    }
    keeps(&stranger.get("/sign-in").await, StatusCode::OK, NEVER, "a public page");
    keeps(&stranger.get("/account").await, StatusCode::SEE_OTHER, NEVER, "a page for whom nobody is known");

    let stream = mara.first(&format!("/events?patient={}&mark=own", &nobody[8..])).await;
    assert!(stream.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/event-stream"));
    assert_eq!(stream.headers[header::CACHE_CONTROL], NEVER, "a stream of events");

    house.stop.send(true).unwrap();
    keeps(&stranger.get("/readyz").await, StatusCode::SERVICE_UNAVAILABLE, NEVER, "stopping");
    house.portal.pool().close().await;
    keeps(&mara.get("/account").await, StatusCode::SERVICE_UNAVAILABLE, NEVER, "a page without a database");
    std::fs::remove_dir_all(site).unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn after_a_panic_nothing_may_be_kept_either(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let panics = Router::new().route(
        "/api/panic",
        get(|| async {
            if true {
                panic!("of the test")
            }
        }),
    );
    let request = axum::http::Request::get("/api/panic").header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap();
    let (parts, body) = around(panics, &house.shared).oneshot(request).await.unwrap().into_parts();
    let body = String::from_utf8(axum::body::to_bytes(body, 65_536).await.unwrap().to_vec()).unwrap();
    assert!(!body.contains("of the test"), "{body}");
    keeps(
        &Answer { status: parts.status, headers: parts.headers, body, bytes: Vec::new() },
        StatusCode::INTERNAL_SERVER_ERROR,
        NEVER,
        "a panic",
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_device_whose_session_has_ended_forgets_its_pages(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut mara = house.signed_in("mara@example.org").await;
    assert!(!mara.get("/account").await.headers.contains_key("clear-site-data"));
    let mut elsewhere = mara.clone();
    elsewhere.post("/api/sign-out", "").await;
    let public = mara.clone().get("/sign-in").await;
    assert!(!public.headers.contains_key("clear-site-data"), "where she signs in anew nothing is cleared");
    let answer = mara.get("/account").await;
    assert_eq!(answer.location(), "/welcome?to=/account");
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"storage\"");
    let stranger = house.browser().get("/account").await;
    assert!(!stranger.headers.contains_key("clear-site-data"), "whoever had no session has nothing to forget");
}
