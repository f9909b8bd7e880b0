//! In which language an answer is, and that what was written in another says so.

mod endpoints;
mod harness;

use axum::{
    Router,
    body::Body,
    http::{Method, StatusCode, header},
    routing::get,
};
use chartkey_server::http::around;
use endpoints::{
    probe::filled,
    table::{Caller, Which},
    world::World,
};
use harness::{Answer, Browser, House, PASSWORD};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

async fn asks(browser: &mut Browser, path: &str, languages: &str) -> Answer {
    let request = browser.request(Method::GET, path).header(header::ACCEPT_LANGUAGE, languages);
    browser.send(request.body(Body::empty()).unwrap()).await
}

fn is_in(answer: &Answer, tag: &str, what: &str) {
    assert!(answer.body.contains(&format!("<html lang=\"{tag}\" dir=")), "{what}: {}", answer.body.get(..200).unwrap_or_default());
}

async fn chooses(browser: &mut Browser, form: &str) -> Answer {
    let answer = browser.post("/api/choose-language", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form}: {answer:?}");
    answer
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stranger_reads_the_language_of_their_browser_until_they_choose_another(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut stranger = house.browser();
    for page in ["/", "/sign-in", "/sign-up", "/welcome", "/clinicians", "/nothing"] {
        is_in(&asks(&mut stranger, page, "es-MX,es;q=0.9,en;q=0.8").await, "es", page);
        is_in(&asks(&mut stranger, page, "de,en;q=0.5").await, "en-GB", page);
    }
    assert!(asks(&mut stranger, "/", "es").await.body.contains("Toda su historia clínica."));

    let chosen = chooses(&mut stranger, "language=es&to=/sign-in%3Fto%3D/shared").await;
    assert_eq!(chosen.location(), "/sign-in?to=/shared", "back to the page");
    is_in(&asks(&mut stranger, "/sign-in", "en").await, "es", "what was chosen here is stronger than what the browser asks for");
    let elsewhere = chooses(&mut stranger, "language=es&to=//evil.example").await;
    assert_eq!(elsewhere.location(), "/");
    assert_eq!(chooses(&mut stranger, "language=tlh").await.location(), "/?problem=language");
    is_in(&asks(&mut stranger, "/", "en").await, "es", "what is not spoken here changes nothing");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_signed_in_reads_the_language_of_their_account(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut mara = house.signed_in("mara@example.org").await;
    is_in(&asks(&mut mara, "/account", "es").await, "en-GB", "her account says English");
    assert_eq!(chooses(&mut mara, "language=es").await.location(), "/account?done=language");
    is_in(&asks(&mut mara, "/account", "en").await, "es", "at once");
    let mut elsewhere = house.signs_in("mara@example.org", PASSWORD).await.unwrap();
    is_in(&asks(&mut elsewhere, "/account", "en").await, "es", "and wherever she signs in");
    assert!(mara.get("/account/devices").await.body.contains("Se cambió el idioma"), "it stands among what has happened");
    mara.post("/api/sign-out", "").await;
    is_in(&asks(&mut mara, "/sign-in", "en").await, "es", "where she chose it, the way in stays in it");
    is_in(&asks(&mut elsewhere, "/nothing", "en").await, "es", "what is not there, too");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_failed_says_so_in_the_language_of_its_reader(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut mara = house.signed_in("mara@example.org").await;
    chooses(&mut mara, "language=es").await;
    let unread = mara.post("/api/sign-in", "x=1").await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    is_in(&unread, "es", "a form that cannot be read");

    let mut stranger = house.browser();
    let foreign =
        stranger.request(Method::POST, "/api/sign-out").header("sec-fetch-site", "cross-site").header(header::ACCEPT_LANGUAGE, "es");
    let refused = stranger.send(foreign.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    is_in(&refused, "es", "a request of another site");

    let panics = Router::new().route(
        "/api/panic",
        get(|| async {
            if true {
                panic!("of the test")
            }
        }),
    );
    let request = axum::http::Request::get("/api/panic").header("sec-fetch-site", "same-origin").header(header::ACCEPT_LANGUAGE, "es");
    let answer = around(panics, &house.shared).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 65_536).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("<html lang=\"es\" dir=\"ltr\">"), "a panic");

    house.portal.pool().close().await;
    is_in(&asks(&mut stranger, "/", "es").await, "es", "a page that asks no database");
    let closed = asks(&mut mara, "/account", "es").await;
    assert_eq!(closed.status, StatusCode::SERVICE_UNAVAILABLE);
    is_in(&closed, "es", "a page without a database");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sentence_stays_in_the_language_in_which_it_was_confirmed_and_says_so(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut ada = world.browser(Caller::Patient).await;
    let names = world.names(Caller::Patient, Which::Own).await;
    chooses(&mut ada, "language=es").await;
    // Her page with the English sentence was open meanwhile.
    let given = ada.post("/api/give-grant", &filled("draft={draft}&seen={draft-seen}&mark={draft-mark}&language=en-GB", &names)).await;
    assert!(given.location().ends_with("?done=given"), "{}", given.location());
    let grant = ada.get(given.location()).await.body;
    assert!(grant.contains("<p lang=\"en-GB\" dir=\"ltr\" class=\"sentence\">"), "on its own page: {grant}");
    let list = ada.get("/sharing").await.body;
    assert!(list.contains("<p lang=\"en-GB\" dir=\"ltr\" class=\"sentence\">"), "in the list");
    let activity = ada.get("/activity").await.body;
    assert!(activity.contains("<span lang=\"en-GB\" dir=\"ltr\">"), "in the log");

    chooses(&mut ada, "language=en-GB").await;
    let grant = ada.get(given.location()).await.body;
    assert!(grant.contains("<p class=\"sentence\">"), "what is of the page's language has none of its own");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sentence_that_was_not_read_is_not_given_in_any_language(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut ada = world.browser(Caller::Patient).await;
    let names = world.names(Caller::Patient, Which::Own).await;
    let given = ada.post("/api/give-grant", &filled("draft={draft}&seen={draft-seen}&mark={draft-mark}&language=es", &names)).await;
    assert!(given.location().ends_with("problem=gone"), "{}", given.location());
}

#[sqlx::test(migrations = "../migrations")]
async fn the_test_locales_are_asked_for_as_languages_are(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut stranger = house.browser();
    let mirrored = asks(&mut stranger, "/", "ar-XB").await;
    assert!(mirrored.body.contains("<html lang=\"ar-XB\" dir=\"rtl\">"));
    let accented = asks(&mut stranger, "/", "en-XA").await;
    assert!(accented.body.contains("<html lang=\"en-XA\" dir=\"ltr\">") && !accented.body.contains("Your whole record"));
}
