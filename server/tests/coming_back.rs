//! Coming back in, as a browser does: the second step, signing in again, known devices.

mod harness;

use axum::http::StatusCode;
use chartkey_domain::account::{Actor, Visitor};
use chartkey_portal::{second_factor::SecondFactor, sign_in::FirstStep};
use harness::{Browser, House, PASSWORD};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

const MARA: &str = "mara@example.org";

fn typed(text: &str) -> String {
    text.replace(' ', "+")
}

async fn sign_in(browser: &mut Browser, password: &str) -> String {
    browser.post("/api/sign-in", &format!("email={MARA}&password={}&to=/sharing", typed(password))).await.location().to_owned()
}

/// As if every session had begun ten minutes ago.
async fn ten_minutes_later(house: &House) {
    sqlx::query(
        "update session set signed_in_at = signed_in_at - interval '10 minutes',
            data = jsonb_set(data, '{signed_in,at}', to_jsonb((data #>> '{signed_in,at}')::timestamptz - interval '10 minutes'))",
    )
    .execute(&house.superuser)
    .await
    .unwrap();
}

/// Turns Mara's second factor on. Returns her recovery codes: they need no clock.
async fn second_factor(house: &House) -> Vec<String> {
    let FirstStep::In(signed_in) = house.portal.sign_in(MARA, PASSWORD.into(), "203.0.113.1").await.unwrap() else { panic!() };
    let mara = Visitor {
        actor: signed_in.actor,
        name: signed_in.name,
        organization_name: None,
        signed_in_by: signed_in.signed_in_by,
        signed_in_at: signed_in.at,
        session_ends_at: signed_in.at + Duration::hours(1),
        purposes: Default::default(),
    };
    assert!(matches!(mara.actor, Actor::Person { .. }));
    house.portal.begin_second_factor(&mara).await.unwrap();
    // The first code is the app's; what follows is about the recovery codes.
    sqlx::query("update second_factor set confirmed_at = now()").execute(&house.superuser).await.unwrap();
    house.portal.new_recovery_codes(&mara).await.unwrap();
    let SecondFactor::On { codes, .. } = house.portal.second_factor(&mara).await.unwrap() else { panic!("it is on") };
    codes
}

#[sqlx::test(migrations = "../migrations")]
async fn a_right_password_alone_is_no_session_and_its_code_leads_on(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.person(MARA).await;
    let codes = second_factor(&house).await;
    let mut browser = house.browser();
    assert_eq!(sign_in(&mut browser, PASSWORD).await, "/sign-in/code?to=/sharing");
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-chartkey-half"]);
    assert_eq!(browser.get("/account").await.location(), "/welcome?to=/account");
    let mut other = house.browser();
    let elsewhere = other.post("/api/sign-in-code", &format!("code={}", codes[0])).await;
    assert_eq!(elsewhere.location(), "/sign-in?problem=half-ended", "the password was proven in another browser");
    let wrong = browser.post("/api/sign-in-code", "code=123456&to=/sharing").await;
    assert_eq!(wrong.location(), "/sign-in/code?to=/sharing&problem=wrong-code");
    let right = browser.post("/api/sign-in-code", &format!("code={}&to=/sharing", codes[0])).await;
    assert_eq!(right.location(), "/sharing");
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-chartkey", "__Host-chartkey-device"]);
    let away = browser.post("/api/sign-in-code", &format!("code={}&to=//evil.example", codes[1])).await;
    assert_eq!(away.location(), "/sign-in?problem=half-ended");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stale_session_is_led_to_sign_in_again_and_back_to_the_page_and_nothing_is_done(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in(MARA).await;
    ten_minutes_later(&house).await;
    for page in ["/account/email", "/account/password"] {
        assert_eq!(browser.get(page).await.location(), format!("/sign-in/again?to={page}"));
    }
    let refused = browser.post("/api/change-password", "password=a+password+of+a+thief").await;
    assert_eq!(refused.location(), "/sign-in/again?to=/account/password");
    let wrong = browser.post("/api/sign-in-again", "password=wrong&to=/account/password").await;
    assert_eq!(wrong.location(), "/sign-in/again?to=/account/password&problem=wrong-own-password");
    let before = browser.cookies["__Host-chartkey"].clone();
    let again = browser.post("/api/sign-in-again", &format!("password={}&to=/account/password", typed(PASSWORD))).await;
    assert_eq!(again.location(), "/account/password");
    assert_ne!(browser.cookies["__Host-chartkey"], before);
    let mut copy = house.browser();
    copy.cookies.insert("__Host-chartkey".into(), before);
    assert_eq!(copy.get("/account").await.status, StatusCode::SEE_OTHER, "whoever has seen the id before has nothing now");
    assert_eq!(browser.get("/account/password").await.status, StatusCode::OK);
    let mut device = house.browser();
    assert_eq!(sign_in(&mut device, PASSWORD).await, "/sharing", "the refused post was not carried out afterwards");
    let changed = browser.post("/api/change-password", "password=another+long+password").await;
    assert_eq!(changed.location(), "/account?done=password");
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "this device stays signed in");
    assert_eq!(device.get("/account").await.status, StatusCode::SEE_OTHER, "and the other does not");
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_in_again_leads_nowhere_else(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in(MARA).await;
    for to in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
        let page = browser.get(&format!("/sign-in/again?to={to}")).await;
        assert!(!page.body.contains("evil"), "{to}");
        let again = browser.post("/api/sign-in-again", &format!("password={}&to={to}", typed(PASSWORD))).await;
        assert_eq!(again.location(), "/account", "{to}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_device_stays_known_over_signing_out_and_does_not_wait_for_a_stranger(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in(MARA).await;
    browser.post("/api/sign-out", "").await;
    let mut stranger = house.browser();
    for _ in 0..6 {
        sign_in(&mut stranger, "wrong").await;
    }
    assert_eq!(sign_in(&mut stranger, PASSWORD).await, "/sign-in?to=/sharing&problem=too-many");
    assert_eq!(sign_in(&mut browser, PASSWORD).await, "/sharing");
    let mut copy = browser.clone();
    assert_eq!(copy.get("/account/devices").await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_page_tells_of_a_loss_that_somebody_began(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = house.signed_in(MARA).await;
    second_factor(&house).await;
    let mut somebody = house.browser();
    sign_in(&mut somebody, PASSWORD).await;
    assert_eq!(somebody.post("/api/second-factor-lost", "").await.location(), "/sign-in/lost?done=begun");
    let tells = "Somebody says that your second step is lost";
    for page in ["/home", "/account", "/sharing", "/account/second-factor"] {
        assert!(browser.get(page).await.body.contains(tells), "{page}");
    }
    assert!(!somebody.get("/sign-in").await.body.contains(tells));
    assert_eq!(browser.post("/api/not-lost", "").await.location(), "/account/second-factor?done=kept");
    assert!(!browser.get("/home").await.body.contains(tells));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_shared_device_is_left_after_five_minutes_and_nothing_stays_on_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.person(MARA).await;
    let codes = second_factor(&house).await;
    let mut browser = house.browser();
    let form = format!("email={MARA}&password={}&to=/sharing&shared=1", typed(PASSWORD));
    let asks = browser.post("/api/sign-in", &form).await.location().to_owned();
    assert_eq!(asks, "/sign-in/code?to=/sharing&shared=1");
    assert!(browser.get(&asks).await.body.contains(r#"name="shared" value="1""#), "the second step forgets whose the device is");
    let refused = browser.post("/api/sign-in-code", "code=none&to=/sharing&shared=1").await;
    assert!(refused.location().starts_with(&asks), "{}", refused.location());
    let answer = browser.post("/api/sign-in-code", &format!("code={}&to=/sharing&shared=1", typed(&codes[0]))).await;
    assert_eq!(answer.location(), "/sharing");
    assert!(!browser.cookies.keys().any(|name| name.contains("device")), "the device is known from now on: {:?}", browser.cookies);
    let left = || async {
        let left =
            sqlx::query_scalar("select extract(epoch from max(idle_until) - now())::float8 from session").fetch_one(&house.superuser).await;
        let left: f64 = left.unwrap();
        left
    };
    assert!((290.0..=300.0).contains(&left().await), "{}", left().await);
    assert!(browser.get("/account").await.body.contains(r#"<noscript><meta http-equiv="refresh" content="301;url=/welcome"></noscript>"#));

    // The page that it leads to makes the session no longer; any other does.
    let change = |change: &'static str| sqlx::query(change).execute(&house.superuser);
    change("update session set seen_at = seen_at - interval '4 minutes', idle_until = idle_until - interval '4 minutes'").await.unwrap();
    assert!(!browser.get("/welcome").await.headers.contains_key("clear-site-data"));
    assert!(left().await < 61.0);
    browser.get("/account").await;
    assert!(left().await > 290.0);
    change("update session set idle_until = now()").await.unwrap();
    assert!(browser.get("/welcome").await.headers.contains_key("clear-site-data"), "what the device kept of the pages stays");
}
