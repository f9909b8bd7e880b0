//! Providers that lie, and browsers that are not the one that began: each ends
//! without a session, without an account, and on a page that says what to do.

mod harness;
mod provider;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chartkey_portal::{
    admissions::NewAdmission,
    organizations::{NewOrganization, Proof},
};
use harness::{Answer, Browser, House};
use provider::{CLIENT, Lies, Provider, SECRET, Signature, TokenAnswer};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

struct Town {
    house: House,
    provider: Provider,
}

impl Town {
    async fn build(options: PgConnectOptions) -> Self {
        let town = Self { house: House::build(options).await, provider: Provider::start().await };
        town.register("north", &town.provider.issuer).await;
        town
    }

    async fn register(&self, slug: &str, issuer: &str) {
        self.register_with(slug, issuer, Proof::default()).await;
    }

    async fn register_with(&self, slug: &str, issuer: &str, proof: Proof) {
        let new = NewOrganization {
            name: "North Clinic".into(),
            slug: slug.into(),
            issuer: issuer.into(),
            client_id: CLIENT.into(),
            client_secret: Some(SECRET.into()),
            profession_claim: "profession".into(),
            identifier_claim: Some("npi".into()),
            professions: BTreeMap::from([("doctor".to_owned(), "physician".to_owned())]),
            proof,
        };
        self.house.portal.add_organization(new).await.unwrap();
    }

    /// What a provider sends by itself: no cookie, no origin, no page of ours.
    async fn logout(&self, slug: &str, token: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/auth/{slug}/logout"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("logout_token={token}")));
        self.house.browser().send(request.unwrap()).await
    }

    async fn is_in(&self, browser: &Browser) -> bool {
        browser.clone().get("/account").await.status == StatusCode::OK
    }

    /// Begins, signs in at the provider, and is about to come back: with what.
    async fn begun(&self, browser: &mut Browser) -> (String, String) {
        let start = browser.get("/auth/north/start?to=/record/1").await;
        assert!(start.location().starts_with(&format!("{}/authorize?", self.provider.issuer)), "{start:?}");
        self.provider.sign_in(start.location())
    }

    async fn comes_back(&self, browser: &mut Browser, state: &str, code: &str) -> Answer {
        browser.get(&self.back(state, code)).await
    }

    fn back(&self, state: &str, code: &str) -> String {
        format!("/auth/north/callback?state={state}&code={code}&iss={}", self.provider.issuer)
    }

    async fn sign_in(&self, browser: &mut Browser) -> Answer {
        let (state, code) = self.begun(browser).await;
        self.comes_back(browser, &state, &code).await
    }

    async fn count(&self, table: &'static str) -> i64 {
        let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(statement).fetch_one(&self.house.superuser).await.unwrap()
    }

    async fn nobody_is_signed_in(&self, browser: &mut Browser, answer: &Answer, what: &str, problem: &str) {
        assert_eq!(answer.location(), format!("/clinicians?problem={problem}"), "{what}");
        assert!(!browser.cookies.contains_key("__Host-chartkey"), "{what}");
        assert_eq!((self.count("session").await, self.count("account").await), (0, 0), "{what}");
        let page = browser.get(answer.location()).await;
        assert!(page.body.contains("There is a problem") && page.body.contains("North Clinic"), "{what}: {}", page.body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_clinician_of_an_honest_provider_is_signed_in_as_the_same_one_each_time(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for _ in 0..2 {
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        assert_eq!(answer.location(), "/record/1");
        assert!(browser.cookies.contains_key("__Host-chartkey"));
        assert!(!browser.cookies.contains_key("__Host-chartkey-attempt"), "the attempt is over");
        let account = browser.get("/account").await;
        assert!(account.body.contains("Dr Lee") && account.body.contains("North Clinic") && account.body.contains("physician"));
    }
    assert_eq!((town.count("account").await, town.count("sign_in_attempt").await), (1, 0));
    let identifier: String = sqlx::query_scalar("select identifier from clinician").fetch_one(&town.house.superuser).await.unwrap();
    assert_eq!(identifier, "1234567893");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_that_lies_proves_nobody(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let past = provider::now() - 60;
    let claims = |claims: Vec<(&'static str, Value)>| Lies { claims, ..Lies::default() };
    let signature = |signature| Lies { signature, ..Lies::default() };
    for (what, lies) in [
        ("another issuer", claims(vec![("iss", json!("https://id.example"))])),
        ("the issuer with a slash", claims(vec![("iss", json!(format!("{}/", town.provider.issuer)))])),
        ("no issuer", claims(vec![("iss", Value::Null)])),
        ("another audience", claims(vec![("aud", json!("somebody"))])),
        ("two audiences", claims(vec![("aud", json!([CLIENT, "somebody"]))])),
        ("two audiences for us", claims(vec![("aud", json!([CLIENT, "somebody"])), ("azp", json!(CLIENT))])),
        ("no audience", claims(vec![("aud", Value::Null)])),
        ("another party", claims(vec![("azp", json!("somebody"))])),
        ("another nonce", claims(vec![("nonce", json!("x"))])),
        ("no nonce", claims(vec![("nonce", Value::Null)])),
        ("expired", claims(vec![("exp", json!(past))])),
        ("no expiry", claims(vec![("exp", Value::Null)])),
        ("no subject", claims(vec![("sub", Value::Null)])),
        ("an empty subject", claims(vec![("sub", json!(""))])),
        ("a subject of more than 255 letters", claims(vec![("sub", json!("x".repeat(256)))])),
        ("a subject that is a number", claims(vec![("sub", json!(7))])),
        ("several issuers", claims(vec![("iss", json!([town.provider.issuer]))])),
        ("several nonces", claims(vec![("nonce", json!(["x", "y"]))])),
        ("an expiry in words", claims(vec![("exp", json!("never"))])),
        ("no time of issue", claims(vec![("iat", Value::Null)])),
        ("alg none", signature(Signature::None)),
        ("HS256 with the public key", signature(Signature::PublicKeyAsSecret)),
        ("HS256 with the client's secret", signature(Signature::ClientSecret)),
        ("another key under the same name", signature(Signature::OtherKey)),
        ("a key that nobody published", signature(Signature::UnknownName)),
        ("changed after it was signed", signature(Signature::Tampered)),
    ] {
        town.provider.lie(lies);
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        let problem = answer.location().rsplit('=').next().unwrap().to_owned();
        assert!(["sign-in-failed", "unavailable"].contains(&problem.as_str()), "{what}: {problem}");
        town.nobody_is_signed_in(&mut browser, &answer, what, &problem).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_endpoint_that_misbehaves_ends_the_sign_in(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for answer in [TokenAnswer::Redirect, TokenAnswer::Huge, TokenAnswer::Refusal, TokenAnswer::NoIdToken, TokenAnswer::Rubbish] {
        let what = format!("{answer:?}");
        town.provider.lie(Lies { answer, ..Lies::default() });
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        town.nobody_is_signed_in(&mut browser, &answer, &what, "unavailable").await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_discovery_document_that_lies_is_not_used(_: PgPoolOptions, options: PgConnectOptions) {
    for (what, lie) in [
        ("another issuer", ("issuer", json!("https://id.example"))),
        ("no keys", ("jwks_uri", Value::Null)),
        ("keys elsewhere without https", ("jwks_uri", json!("http://192.0.2.1/jwks"))),
    ] {
        let town = Town { house: House::build(options.clone()).await, provider: Provider::start().await };
        sqlx::query("delete from organization").execute(&town.house.superuser).await.unwrap();
        town.register("north", &town.provider.issuer).await;
        town.provider.lie(Lies { discovery: vec![lie], ..Lies::default() });
        let mut browser = town.house.browser();
        let answer = browser.get("/auth/north/start").await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "unavailable").await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_that_another_provider_may_have_sent_is_refused_before_the_code_is_spent(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for (what, issuer) in [("no iss, though promised", ""), ("another iss", "&iss=https://id.example")] {
        let mut browser = town.house.browser();
        let (state, code) = town.begun(&mut browser).await;
        let answer = browser.get(&format!("/auth/north/callback?state={state}&code={code}{issuer}")).await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "sign-in-failed").await;
    }
    let other = Provider::start().await;
    town.register("south", &other.issuer).await;
    let mut browser = town.house.browser();
    let (state, code) = town.begun(&mut browser).await;
    let answer = browser.get(&format!("/auth/south/callback?state={state}&code={code}&iss={}", other.issuer)).await;
    town.nobody_is_signed_in(&mut browser, &answer, "the attempt of another organization", "sign-in-failed").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_attempt_is_one_browsers_and_taken_once(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mut victim = town.house.browser();
    let (state, code) = town.begun(&mut victim).await;
    let mut other = town.house.browser();
    let answer = town.comes_back(&mut other, &state, &code).await;
    town.nobody_is_signed_in(&mut other, &answer, "a browser without a cookie", "sign-in-failed").await;
    town.begun(&mut other).await;
    let answer = town.comes_back(&mut other, &state, &code).await;
    town.nobody_is_signed_in(&mut other, &answer, "a browser with its own cookie", "sign-in-failed").await;
    let answer = town.comes_back(&mut other, "made-up", &code).await;
    town.nobody_is_signed_in(&mut other, &answer, "a made-up state", "sign-in-failed").await;
    let answer = other.get("/auth/north/callback").await;
    town.nobody_is_signed_in(&mut other, &answer, "nothing at all", "sign-in-failed").await;
    let denied = {
        let (state, _) = town.begun(&mut other).await;
        other.get(&format!("/auth/north/callback?state={state}&error=access_denied&iss={}", town.provider.issuer)).await
    };
    town.nobody_is_signed_in(&mut other, &denied, "the provider said no", "sign-in-failed").await;
    let late = town.begun(&mut other).await;
    sqlx::query("update sign_in_attempt set started_at = started_at - interval '10 minutes'").execute(&town.house.superuser).await.unwrap();
    let answer = town.comes_back(&mut other, &late.0, &late.1).await;
    town.nobody_is_signed_in(&mut other, &answer, "after ten minutes", "sign-in-failed").await;

    let (state, code) = town.begun(&mut victim).await;
    assert_eq!(town.comes_back(&mut victim.clone(), &state, &code).await.location(), "/record/1");
    let replayed = town.comes_back(&mut victim, &state, &code).await;
    assert_eq!(replayed.location(), "/clinicians?problem=sign-in-failed", "a replayed answer");
    assert!(!victim.cookies.contains_key("__Host-chartkey"));
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_without_a_mapped_profession_gets_no_account(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for (what, profession) in [
        ("another", json!("receptionist")),
        ("none", Value::Null),
        ("a list without it", json!(["clerk"])),
        ("not text", json!({"doctor": true})),
    ] {
        town.provider.lie(Lies { claims: vec![("profession", profession)], ..Lies::default() });
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "not-admitted").await;
    }
    town.provider.lie(Lies { claims: vec![("profession", json!(["clerk", "doctor"]))], ..Lies::default() });
    assert_eq!(town.sign_in(&mut town.house.browser()).await.location(), "/record/1");
}

#[sqlx::test(migrations = "../migrations")]
async fn where_the_operator_admits_each_nothing_that_the_provider_says_lets_anybody_in(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    sqlx::query("update organization set professions = '{}'").execute(&town.house.superuser).await.unwrap();
    for (what, claims) in [
        ("a profession", vec![("profession", json!("doctor"))]),
        ("every profession", vec![("profession", json!(["doctor", "physician", ""]))]),
        ("none", vec![("profession", Value::Null)]),
        ("that they are admitted", vec![("admitted", json!(true))]),
    ] {
        town.provider.lie(Lies { claims, ..Lies::default() });
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "not-admitted").await;
        let page = browser.get(answer.location()).await;
        assert!(page.body.contains("/clinicians/missing"), "{what}: it leads to what to do");
    }
    let new = NewAdmission {
        slug: "north".into(),
        subject: "lee".into(),
        name: "Dr Grace Lee".into(),
        profession: "midwife".into(),
        identifier: None,
        checked: "Passport and register.".into(),
    };
    town.house.portal.admit(new).await.unwrap();
    for (what, claims) in [
        ("another subject", vec![("sub", json!("lee2"))]),
        ("the subject in capitals", vec![("sub", json!("LEE"))]),
        ("the subject with a blank", vec![("sub", json!("lee "))]),
        ("the admitted name", vec![("sub", json!("other")), ("name", json!("Dr Grace Lee"))]),
    ] {
        town.provider.lie(Lies { claims, ..Lies::default() });
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "not-admitted").await;
    }
    town.provider.lie(Lies { claims: vec![("name", json!("The Great Healer")), ("profession", json!("doctor"))], ..Lies::default() });
    let mut browser = town.house.browser();
    assert_eq!(town.sign_in(&mut browser).await.location(), "/record/1");
    let account = browser.get("/account").await;
    assert!(
        account.body.contains("Dr Grace Lee") && account.body.contains("midwife") && !account.body.contains("Healer"),
        "{}",
        account.body
    );

    town.house.portal.dismiss("north", "lee", "licence ended").await.unwrap();
    assert_eq!(browser.get("/account").await.location(), "/welcome?to=/account", "their session is over");
    assert_eq!(town.sign_in(&mut browser).await.location(), "/clinicians?problem=not-admitted");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_key_of_the_provider_is_asked_for_once(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    assert_eq!(town.sign_in(&mut town.house.browser()).await.location(), "/record/1");
    town.provider.lie(Lies { signature: Signature::Rotated, ..Lies::default() });
    assert_eq!(town.sign_in(&mut town.house.browser()).await.location(), "/record/1");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_email_address_never_makes_a_clinician_somebody_else(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    town.house.person("lee@example.org").await;
    let mut browser = town.house.browser();
    town.sign_in(&mut browser).await;
    let page = browser.get("/account").await;
    assert!(page.body.contains("physician") && !page.body.contains("lee@example.org"));
    assert_eq!(town.count("account").await, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_way_back_never_leaves_the_site(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for to in ["//evil.example", "https://evil.example", "/%5Cevil.example", "/%09/evil.example"] {
        let mut browser = town.house.browser();
        let start = browser.get(&format!("/auth/north/start?to={to}")).await;
        let (state, code) = town.provider.sign_in(start.location());
        assert_eq!(town.comes_back(&mut browser, &state, &code).await.location(), "/shared", "{to}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_organization_leads_back_to_the_list(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mut browser = town.house.browser();
    for path in ["/auth/nowhere/start", "/auth/nowhere/callback?state=x&code=y"] {
        assert_eq!(browser.get(path).await.location(), "/clinicians?problem=not-found", "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_clinician_proves_themselves_again_only_where_the_provider_says_that_they_did(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mut browser = town.house.browser();
    town.sign_in(&mut browser).await;
    let before = browser.cookies["__Host-chartkey"].clone();
    let again = "/auth/north/start?to=/account&again=true";
    let now = provider::now();
    for (what, said) in [
        ("nothing", Value::Null),
        ("an hour ago", json!(now - 3600)),
        ("before this was asked for", json!(now - 120)),
        ("no time", json!("now")),
    ] {
        town.provider.lie(Lies { claims: vec![("auth_time", said)], ..Lies::default() });
        let start = browser.get(again).await;
        let asked = start.location().to_owned();
        assert!(asked.contains("prompt=login") && asked.contains("max_age=0"), "{asked}");
        let (state, code) = town.provider.sign_in(&asked);
        let answer = town.comes_back(&mut browser, &state, &code).await;
        assert!(answer.location().starts_with("/clinicians?problem="), "{what}: {}", answer.location());
        assert_eq!(browser.cookies["__Host-chartkey"], before, "{what}");
    }
    town.provider.lie(Lies { claims: vec![("auth_time", json!(provider::now()))], ..Lies::default() });
    let start = browser.get(again).await;
    let (state, code) = town.provider.sign_in(start.location());
    assert_eq!(town.comes_back(&mut browser, &state, &code).await.location(), "/account");
    assert_ne!(browser.cookies["__Host-chartkey"], before, "under a new id");
    let proven: bool = sqlx::query_scalar("select proven_at is not null from clinician").fetch_one(&town.house.superuser).await.unwrap();
    assert!(proven);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_logout_token_that_lies_ends_no_session(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mut browser = town.house.browser();
    town.sign_in(&mut browser).await;
    let now = provider::now();
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let honest = Signature::Honest;
    let other = Provider::start().await;
    let token = |claims: &[(&'static str, Value)]| town.provider.logout_token(claims, &honest, "logout+jwt");
    let signed = |signature| town.provider.logout_token(&[], &signature, "logout+jwt");
    let lies = [
        ("nothing", String::new()),
        ("rubbish", "x.y.z".to_owned()),
        ("nothing but letters", "x".repeat(15_000)),
        ("another issuer", token(&[("iss", json!("https://id.example"))])),
        ("another issuer's, in our issuer's name", other.logout_token(&[("iss", json!(town.provider.issuer))], &honest, "logout+jwt")),
        ("another issuer's about our subject", other.logout_token(&[], &honest, "logout+jwt")),
        ("another audience", token(&[("aud", json!("somebody"))])),
        ("audiences without us", token(&[("aud", json!(["somebody", "else"]))])),
        ("no audience", token(&[("aud", Value::Null)])),
        ("expired", token(&[("exp", json!(now - 120))])),
        ("no expiry", token(&[("exp", Value::Null)])),
        ("made in the future", token(&[("iat", json!(now + 600))])),
        ("made an hour ago, and valid still", token(&[("iat", json!(now - 3600)), ("exp", json!(now + 3600))])),
        ("no time", token(&[("iat", Value::Null)])),
        ("no identifier", token(&[("jti", Value::Null)])),
        ("an empty identifier", token(&[("jti", json!(""))])),
        ("no events: an ID token", token(&[("events", Value::Null)])),
        ("another event", token(&[("events", json!({"http://schemas.example/other": {}}))])),
        ("an event that is no object", token(&[("events", json!({event: true}))])),
        ("a nonce, as an ID token has", token(&[("nonce", json!("x"))])),
        ("nobody", token(&[("sub", Value::Null)])),
        ("an empty subject", token(&[("sub", json!(""))])),
        ("a subject that is a number", token(&[("sub", json!(7))])),
        ("an access token by its head", town.provider.logout_token(&[], &honest, "at+jwt")),
        ("alg none", signed(Signature::None)),
        ("HS256 with the public key", signed(Signature::PublicKeyAsSecret)),
        ("HS256 with the client's secret", signed(Signature::ClientSecret)),
        ("another key under the same name", signed(Signature::OtherKey)),
        ("a key that nobody published", signed(Signature::UnknownName)),
        ("changed after it was signed", signed(Signature::Tampered)),
    ];
    for (what, lie) in &lies {
        let answer = town.logout("north", lie).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::BAD_REQUEST, r#"{"error":"invalid_request"}"#), "{what}");
        assert!(town.is_in(&browser).await, "{what}");
    }
    assert_eq!(town.logout("nowhere", &signed(Signature::Honest)).await.status, StatusCode::BAD_REQUEST);
    town.register("south", &other.issuer).await;
    assert_eq!(town.logout("south", &signed(Signature::Honest)).await.status, StatusCode::BAD_REQUEST, "at another organization");
    assert!(town.is_in(&browser).await);
    assert_eq!(town.count("logout_token").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_organization_ends_the_sessions_that_have_ended_there_and_no_others(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let other = Provider::start().await;
    town.register("south", &other.issuer).await;
    let sign_in = async |session: &str| {
        town.provider.lie(Lies { claims: vec![("sid", json!(session))], ..Lies::default() });
        let mut browser = town.house.browser();
        town.sign_in(&mut browser).await;
        browser
    };
    let (ward, home) = (sign_in("ward").await, sign_in("home").await);
    let mut elsewhere = town.house.browser();
    let start = elsewhere.get("/auth/south/start").await;
    let (state, code) = other.sign_in(start.location());
    elsewhere.get(&format!("/auth/south/callback?state={state}&code={code}&iss={}", other.issuer)).await;
    let stored: String =
        sqlx::query_scalar("select string_agg(data::text, '') from session").fetch_one(&town.house.superuser).await.unwrap();
    assert!(!stored.contains("ward"), "whoever reads the database cannot name a session to its provider");

    let token = |claims: &[(&'static str, Value)]| town.provider.logout_token(claims, &Signature::Honest, "logout+jwt");
    // Somebody who was never here, and a session that began nothing here, answer as the others do.
    for unknown in [token(&[("sub", json!("nobody"))]), token(&[("sid", json!("nowhere")), ("sub", Value::Null)])] {
        let answer = town.logout("north", &unknown).await;
        assert_eq!((answer.status, answer.headers[header::CACHE_CONTROL].to_str().unwrap()), (StatusCode::OK, "no-store"));
    }
    assert!(town.is_in(&ward).await && town.is_in(&home).await && town.is_in(&elsewhere).await);

    let one = token(&[("sid", json!("ward"))]);
    assert_eq!(town.logout("north", &one).await.status, StatusCode::OK);
    assert!(!town.is_in(&ward).await && town.is_in(&home).await && town.is_in(&elsewhere).await, "the session on the ward alone");
    let (ward, home) = (sign_in("ward").await, home);
    assert_eq!(town.logout("north", &one).await.status, StatusCode::BAD_REQUEST, "a token counts once");
    assert!(town.is_in(&ward).await);

    assert_eq!(town.logout("north", &token(&[])).await.status, StatusCode::OK);
    assert!(
        !town.is_in(&ward).await && !town.is_in(&home).await && town.is_in(&elsewhere).await,
        "theirs at this organization, all of them"
    );
    let told = "event where chain like 'account/%' and convert_from(bytes, 'UTF8') like '%signed-out-by-organization%'";
    assert_eq!(town.count(told).await, 2);
    // Of a session that began before sessions were told apart nobody knows which it was: whoever names its person ends it, too.
    let (old, home) = (sign_in("ward").await, sign_in("home").await);
    sqlx::query("update session set data = data #- '{signed_in,provider_session}' where session_id = (select session_id from session where data #>> '{signed_in,provider_session}' is not null order by created_at limit 1)")
        .execute(&town.house.superuser)
        .await
        .unwrap();
    assert_eq!(town.logout("north", &token(&[("sid", json!("ward")), ("sub", Value::Null)])).await.status, StatusCode::OK);
    assert!(town.is_in(&old).await && town.is_in(&home).await, "nobody is named");
    assert_eq!(town.logout("north", &token(&[("sid", json!("ward"))])).await.status, StatusCode::OK);
    assert!(!town.is_in(&old).await && town.is_in(&home).await && town.is_in(&elsewhere).await);
    assert_eq!(town.logout("north", &token(&[])).await.status, StatusCode::OK);
    // They sign in again as ever, and a provider may have a new key by then.
    town.provider.lie(Lies { signature: Signature::Rotated, ..Lies::default() });
    let mut again = town.house.browser();
    town.sign_in(&mut again).await;
    let rotated = town.provider.logout_token(&[], &Signature::Rotated, "JWT");
    assert_eq!(town.logout("north", &rotated).await.status, StatusCode::OK);
    assert!(!town.is_in(&again).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sign_in_that_is_weaker_or_older_than_demanded_makes_no_session(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town { house: House::build(options).await, provider: Provider::start().await };
    let proof = Proof { acr: vec!["urn:example:strong".to_owned(), "urn:example:card".to_owned()], max_age: Some(900) };
    town.register_with("north", &town.provider.issuer, proof).await;
    let now = provider::now();
    let strong = ("acr", json!("urn:example:card"));
    for (what, claims) in [
        ("no class", vec![("auth_time", json!(now))]),
        ("a weaker class", vec![("acr", json!("urn:example:password")), ("auth_time", json!(now))]),
        ("an empty class", vec![("acr", json!("")), ("auth_time", json!(now))]),
        ("both classes as one text", vec![("acr", json!("urn:example:strong urn:example:card")), ("auth_time", json!(now))]),
        ("no time", vec![strong.clone()]),
        ("an hour ago", vec![strong.clone(), ("auth_time", json!(now - 3600))]),
    ] {
        town.provider.lie(Lies { claims, ..Lies::default() });
        let mut browser = town.house.browser();
        let start = browser.get("/auth/north/start").await;
        assert!(start.location().contains("acr_values=urn%3Aexample%3Astrong+urn%3Aexample%3Acard"), "{}", start.location());
        assert!(start.location().contains("max_age=900"));
        let (state, code) = town.provider.sign_in(start.location());
        let answer = town.comes_back(&mut browser, &state, &code).await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "weak-proof").await;
    }
    for (what, acr) in [("several classes", json!(["urn:example:card"])), ("a class that is a number", json!(2))] {
        town.provider.lie(Lies { claims: vec![("acr", acr), ("auth_time", json!(now))], ..Lies::default() });
        let mut browser = town.house.browser();
        let answer = town.sign_in(&mut browser).await;
        town.nobody_is_signed_in(&mut browser, &answer, what, "unavailable").await;
    }
    town.provider.lie(Lies { claims: vec![strong, ("auth_time", json!(now - 600))], ..Lies::default() });
    assert_eq!(town.sign_in(&mut town.house.browser()).await.location(), "/record/1");
}
