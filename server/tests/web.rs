//! What every answer carries, and which requests are not carried out.

mod harness;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use chartkey_server::http::{leptos_app, routes::ROUTES};
use harness::{Answer, HERE, House};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn carries_every_header(answer: &Answer, what: &str) {
    for name in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "strict-transport-security",
        "x-request-id",
    ] {
        assert!(answer.headers.contains_key(name), "{what} lacks {name}");
    }
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe-inline"), "{what}: {policy}");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{what}");
    assert!(!answer.headers.contains_key(header::ETAG), "{what}");
}

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_carries_every_header(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in("mara@example.org").await;
    let mut stranger = house.browser();
    let pages: Vec<String> = leptos_app::pages().iter().map(|page| page.path().to_owned()).collect();
    let patterns = pages.iter().map(String::as_str).chain(ROUTES.iter().map(|route| route.path)).chain([
        "/nothing",
        "/nothing.png",
        "/api/x",
        "/assets/x.js",
    ]);
    for path in patterns {
        let path = path.replace(['{', '}'], "").replace("patient", "00000000-0000-0000-0000-000000000001");
        if path == "/events" {
            continue;
        }
        carries_every_header(&browser.get(&path).await, &path);
        carries_every_header(&stranger.get(&path).await, &path);
    }
    let put =
        browser.request(Method::PUT, "/sign-in").header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "application/json");
    let put = browser.send(put.body(Body::empty()).unwrap()).await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
    carries_every_header(&put, "a method that is not allowed");
    let large = browser.post("/api/sign-up", &format!("email={}", "x".repeat(300_000))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    carries_every_header(&large, "a body that is too large");
}

#[sqlx::test(migrations = "../migrations")]
async fn scripts_of_a_page_carry_the_nonce_of_its_policy_and_each_answer_has_its_own(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.browser();
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..5 {
        let page = browser.get("/sign-in").await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let scripts = page.body.matches("<script").count();
        assert_eq!(page.body.matches(&format!("nonce=\"{nonce}\"")).count(), scripts);
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 5);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_another_site_sends_is_not_carried_out(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let browser = house.signed_in("mara@example.org").await;
    let form = "application/x-www-form-urlencoded";
    for (what, sent, status) in [
        ("from another site", vec![("sec-fetch-site", "cross-site"), ("content-type", form)], StatusCode::FORBIDDEN),
        ("from a site beside ours", vec![("sec-fetch-site", "same-site"), ("content-type", form)], StatusCode::FORBIDDEN),
        ("typed by nobody", vec![("sec-fetch-site", "none"), ("content-type", form)], StatusCode::FORBIDDEN),
        ("that says neither", vec![("content-type", form)], StatusCode::FORBIDDEN),
        ("of an old browser elsewhere", vec![("origin", "https://evil.example"), ("content-type", form)], StatusCode::FORBIDDEN),
        ("of a page without an origin", vec![("origin", "null"), ("content-type", form)], StatusCode::FORBIDDEN),
        (
            "that lies about its origin",
            vec![("sec-fetch-site", "cross-site"), ("origin", HERE), ("content-type", form)],
            StatusCode::FORBIDDEN,
        ),
        ("as plain text", vec![("sec-fetch-site", "same-origin"), ("content-type", "text/plain")], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("of no type", vec![("sec-fetch-site", "same-origin")], StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        for (method, path) in [(Method::POST, "/api/sign-out"), (Method::POST, "/sign-in"), (Method::DELETE, "/home")] {
            let mut browser = browser.clone();
            let request = sent.iter().fold(browser.request(method, path), |request, (name, value)| request.header(*name, *value));
            let answer = browser.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, status, "{what}: {path}");
            carries_every_header(&answer, what);
        }
    }
    let mut same = browser.clone();
    assert_eq!(same.get("/account").await.status, StatusCode::OK, "she is still signed in");
    let request = same.request(Method::GET, "/api/sign-out").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    assert_eq!(same.send(request).await.status, StatusCode::FORBIDDEN, "reading under /api counts as well");
    let request =
        same.request(Method::POST, "/api/sign-out").header("origin", HERE).header("content-type", form).body(Body::empty()).unwrap();
    assert_eq!(same.send(request).await.location(), "/sign-in?done=signed-out", "an old browser on our page is let through");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_foreign_referer_is_never_where_a_failed_form_leads(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.browser();
    for referer in ["https://evil.example/", "https://chartkey.example.evil.example/sign-in"] {
        // Not a form that the endpoint understands, so its own page is never reached.
        let request = browser
            .request(Method::POST, "/api/sign-in")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("referer", referer)
            .body(Body::from("nonsense=1"));
        let answer = browser.send(request.unwrap()).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert_eq!(answer.location(), "");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_not_signed_in_is_led_to_both_doors_from_every_page_that_is_not_public(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut stranger = house.browser();
    for page in leptos_app::pages() {
        let path = page.path().replace(['{', '}'], "");
        let answer = stranger.get(&path).await;
        if chartkey_app::routes::PUBLIC.contains(&path.trim_end_matches('/')) {
            // Nobody here is invented, so there is nothing to rehearse.
            let status = if path == "/rehearsal" { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(answer.status, status, "{path}");
        } else {
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, format!("/welcome?to={path}").as_str()));
        }
    }
    let with_query = stranger.get("/account?x=1&y=2").await;
    assert_eq!(with_query.location(), "/welcome?to=/account%3Fx%3D1%26y%3D2");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_there_is_not_found_whatever_it_looks_like(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.browser();
    for path in
        ["/nothing", "/nothing.png", "/favicon.ico", "/assets/nothing.js", "/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml", "/.env"]
    {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let unknown = browser.post("/api/nothing", "x=1").await;
    assert_eq!((unknown.status, unknown.body.as_str()), (StatusCode::NOT_FOUND, "{\"error\":\"not-found\"}"));
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_in_gives_a_new_id_in_a_cookie_that_scripts_cannot_read(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in("mara@example.org").await;
    let first = browser.cookies["__Host-chartkey"].clone();
    let again = browser.post("/api/sign-in", &format!("email=mara@example.org&password={}", harness::PASSWORD.replace(' ', "+"))).await;
    let cookies: Vec<&str> = again.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "the session's and the device's: {cookies:?}");
    for cookie in &cookies {
        for attribute in ["__Host-chartkey", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert_ne!(browser.cookies["__Host-chartkey"], first);
    let mut old = house.browser();
    old.cookies.insert("__Host-chartkey".into(), first);
    assert_eq!(old.get("/account").await.status, StatusCode::SEE_OTHER, "the id before is dead");
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_out_ends_the_session_and_clears_the_device(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in("mara@example.org").await;
    let mut copy = browser.clone();
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    let answer = browser.post("/api/sign-out", "").await;
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(
        browser.cookies.keys().collect::<Vec<_>>(),
        ["__Host-chartkey-device"],
        "by which the device is known, and which opens nothing"
    );
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(copy.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_known_and_an_unknown_address_get_the_same_answers(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.person("mara@example.org").await;
    for (path, form) in
        [("/api/sign-up", "email=ADDRESS"), ("/api/forgotten-password", "email=ADDRESS"), ("/api/sign-in", "email=ADDRESS&password=wrong")]
    {
        let mut answers = Vec::new();
        for address in ["mara@example.org", "nobody@example.org"] {
            let mut browser = house.browser();
            let posted = browser.post(path, &form.replace("ADDRESS", address)).await;
            let page = browser.get(posted.location()).await;
            let nonce = page.headers["content-security-policy"].to_str().unwrap().split("'nonce-").nth(1).unwrap()[..22].to_owned();
            answers.push((
                posted.status,
                posted.location().to_owned(),
                posted.body,
                page.status,
                page.body.replace(&nonce, "").replace(address, "ADDRESS"),
            ));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn on_this_machine_http_is_enough_and_the_cookie_has_a_plain_name(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build_at(options, "http://127.0.0.1:3000").await;
    let browser = house.signed_in("mara@example.org").await;
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["chartkey", "chartkey-device"]);
    let answer = browser.clone().get("/account").await;
    assert!(!answer.headers.contains_key("strict-transport-security"));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_empty_installation_says_what_is_missing_until_somebody_holds_a_record(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let done = |page: &str| page.matches("class=\"done\"").count();
    let page = house.browser().get("/set-up").await;
    assert_eq!((page.status, done(&page.body)), (StatusCode::OK, 2), "the database, and an https address: {}", page.body);
    house.person("mara@example.org").await;
    assert_eq!(done(&house.browser().get("/set-up").await.body), 3);
    sqlx::query(
        "with p as (insert into patient (patient_id, full_name) values (gen_random_uuid(), 'Mara') returning patient_id)
        insert into patient_holder (patient_id, account_id) select patient_id, account_id from p, account",
    )
    .execute(&house.superuser)
    .await
    .unwrap();
    assert_eq!(house.browser().get("/set-up").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.browser().get("/rehearsal").await.status, StatusCode::NOT_FOUND, "nobody here is invented");
}

#[sqlx::test(migrations = "../migrations")]
async fn ready_tells_the_truth(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut machine = house.browser();
    sqlx::query("grant select on _sqlx_migrations to chartkey_runtime").execute(&house.superuser).await.unwrap();
    assert_eq!(machine.get("/readyz").await.status, StatusCode::OK);
    sqlx::query("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .execute(&house.superuser)
        .await
        .unwrap();
    assert_eq!(machine.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(machine.get("/healthz").await.status, StatusCode::OK);
}
