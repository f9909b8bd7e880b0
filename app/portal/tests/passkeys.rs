//! Passkeys: adding one, signing in with it, and what is refused.

mod town;

use chartkey_domain::account::Visitor;
use chartkey_ground::Authenticator;
use chartkey_portal::{
    Error, Portal,
    accounts::PersonName,
    letters::LetterSubject,
    passkeys::PasskeyName,
    sessions::SessionKey,
    sign_in::{FirstStep, SignedIn},
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use town::{HERE, PASSWORD, Town, email, password, stale, visitor};

const AT: &str = "https://chartkey.example";

/// Mara's town, where there are passkeys, and Mara, who has just signed in.
async fn town(options: PgConnectOptions) -> (Town, Portal, Visitor) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let portal = town.portal.clone().with_passkeys(AT);
    (town, portal, mara)
}

fn session() -> SessionKey {
    SessionKey::of("a session")
}

fn name() -> PasskeyName {
    PasskeyName::parse("My phone").unwrap()
}

/// A device with a passkey of this visitor.
async fn device(portal: &Portal, visitor: &Visitor) -> Authenticator {
    let mut device = Authenticator::at(AT).unwrap();
    let made = device.make(&portal.begin_passkey(visitor, &session()).await.unwrap()).unwrap();
    portal.add_passkey(visitor, &session(), name(), &made).await.unwrap();
    device
}

async fn signs_in(portal: &Portal, device: &mut Authenticator) -> Result<SignedIn, Error> {
    let (options, token) = portal.ask_for_passkey().await.unwrap();
    portal.sign_in_with_passkey(&token, &device.sign(&options).unwrap(), HERE).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_passkey_alone_signs_in_and_proves_again_also_where_a_code_is_asked_for(_: PgPoolOptions, options: PgConnectOptions) {
    let (town, portal, mara) = town(options).await;
    town.second_factor(&mara).await;
    let mut device = device(&portal, &mara).await;

    let signed_in = signs_in(&portal, &mut device).await.unwrap();
    assert_eq!((signed_in.actor.account(), signed_in.signed_in_by.as_str()), (mara.actor.account(), "passkey"));

    let old = stale(&mara, 10);
    assert!(matches!(portal.require_fresh(&old).await, Err(Error::SignInAgain)));
    let asked = portal.ask_for_own_passkey(&old, &session()).await.unwrap();
    let again = portal.sign_in_again_with_passkey(&old, &session(), &device.sign(&asked).unwrap(), HERE).await.unwrap();
    portal.require_fresh(&visitor(&again)).await.unwrap();

    let told: Vec<_> = town.letters().await.iter().map(|letter| letter.subject).collect();
    assert!(told.contains(&LetterSubject::PasskeyAdded), "{told:?}");
    let actions = town.actions(&mara).await;
    assert_eq!(actions[actions.len() - 3..], ["passkey-added", "signed-in", "signed-in-again"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_answer_is_taken_once_in_the_browser_that_was_asked_and_within_minutes(_: PgPoolOptions, options: PgConnectOptions) {
    let (town, portal, mara) = town(options).await;
    let mut device = device(&portal, &mara).await;
    let ended = |tried: &Result<SignedIn, Error>| matches!(tried, Err(Error::Invalid("passkey-ended")));

    let (options, token) = portal.ask_for_passkey().await.unwrap();
    let answer = device.sign(&options).unwrap();
    let (_, other) = portal.ask_for_passkey().await.unwrap();
    assert!(matches!(portal.sign_in_with_passkey(&other, &answer, HERE).await, Err(Error::NotFound)), "another question's");
    assert!(ended(&portal.sign_in_with_passkey("none", &answer, HERE).await), "a browser that was not asked");
    portal.sign_in_with_passkey(&token, &answer, HERE).await.unwrap();
    assert!(ended(&portal.sign_in_with_passkey(&token, &answer, HERE).await), "replayed");

    let (options, token) = portal.ask_for_passkey().await.unwrap();
    town.run("update passkey_question set ends_at = now() - interval '1 second'").await;
    assert!(ended(&portal.sign_in_with_passkey(&token, &device.sign(&options).unwrap(), HERE).await), "too late");

    let asked = portal.ask_for_own_passkey(&mara, &session()).await.unwrap();
    let answer = device.sign(&asked).unwrap();
    let elsewhere = SessionKey::of("another session");
    assert!(ended(&portal.sign_in_again_with_passkey(&mara, &elsewhere, &answer, HERE).await), "another session");
    portal.sign_in_again_with_passkey(&mara, &session(), &answer, HERE).await.unwrap();
    assert!(ended(&portal.sign_in_again_with_passkey(&mara, &session(), &answer, HERE).await), "replayed");
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_origin_an_unknown_key_and_nobody_recognised_open_nothing_and_look_alike(_: PgPoolOptions, options: PgConnectOptions) {
    let (town, portal, mara) = town(options).await;
    let mut device = device(&portal, &mara).await;
    let refused = |tried: Result<SignedIn, Error>| assert!(matches!(tried, Err(Error::NotFound)), "{tried:?}");

    AT.clone_into(&mut device.origin);
    device.origin.push_str(".evil.example");
    refused(signs_in(&portal, &mut device).await);
    AT.clone_into(&mut device.origin);
    device.flags = 0b0000_0001;
    refused(signs_in(&portal, &mut device).await);
    device.flags = 0b0000_0101;
    device.user = vec![7; 16];
    refused(signs_in(&portal, &mut device).await);
    device.user = mara.actor.account().0.as_bytes().to_vec();
    signs_in(&portal, &mut device).await.unwrap();
    let mut stranger = Authenticator::at(AT).unwrap();
    stranger.user = device.user.clone();
    refused(signs_in(&portal, &mut stranger).await);
    assert!(town.actions(&mara).await.contains(&"passkey-failed".to_owned()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_counter_that_goes_back_stops_the_passkey_and_is_told(_: PgPoolOptions, options: PgConnectOptions) {
    let (town, portal, mara) = town(options).await;
    let mut device = device(&portal, &mara).await;
    device.counter = 9;
    signs_in(&portal, &mut device).await.unwrap();
    town.letters().await;

    device.counter = 4;
    let stopped = |tried: Result<SignedIn, Error>| assert!(matches!(tried, Err(Error::Invalid("passkey-stopped"))), "{tried:?}");
    stopped(signs_in(&portal, &mut device).await);
    let told: Vec<_> = town.letters().await.iter().map(|letter| letter.subject).collect();
    assert_eq!(told, [LetterSubject::PasskeyStopped]);
    // From then on neither of the two opens anything.
    device.counter = 20;
    stopped(signs_in(&portal, &mut device).await);
    assert!(portal.passkeys(&mara).await.unwrap()[0].stopped_at.is_some());
    assert!(town.actions(&mara).await.contains(&"passkey-stopped".to_owned()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_passkey_of_another_account_proves_nobody_else(_: PgPoolOptions, options: PgConnectOptions) {
    let (town, portal, mara) = town(options).await;
    town.portal.make_person(&PersonName::parse("Noor").unwrap(), &email("noor@example.org"), password(PASSWORD)).await.unwrap();
    let FirstStep::In(noor) = portal.sign_in("noor@example.org", PASSWORD.to_owned(), HERE).await.unwrap() else { panic!() };
    let noor = visitor(&noor);
    let mut device = device(&portal, &noor).await;
    assert_eq!(signs_in(&portal, &mut device).await.unwrap().actor.account(), noor.actor.account());

    let asked = portal.ask_for_own_passkey(&mara, &session()).await.unwrap();
    let answer = device.sign(&asked).unwrap();
    assert!(matches!(portal.sign_in_again_with_passkey(&mara, &session(), &answer, HERE).await, Err(Error::NotFound)));
    // What was put to one of them is not answered by the other.
    let asked = portal.begin_passkey(&mara, &session()).await.unwrap();
    let made = Authenticator::at(AT).unwrap().make(&asked).unwrap();
    assert!(matches!(portal.add_passkey(&noor, &session(), name(), &made).await, Err(Error::Invalid("passkey-ended"))));
    // Nor does either take the other's away.
    let of_noor = portal.passkeys(&noor).await.unwrap()[0].id;
    portal.remove_passkey(&mara, of_noor).await.unwrap();
    assert_eq!(portal.passkeys(&noor).await.unwrap().len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn adding_and_removing_need_a_fresh_sign_in_and_the_password_stays(_: PgPoolOptions, options: PgConnectOptions) {
    let (town, portal, mara) = town(options).await;
    let mut device = device(&portal, &mara).await;
    let old = stale(&mara, 10);
    let id = portal.passkeys(&mara).await.unwrap()[0].id;
    assert!(matches!(portal.begin_passkey(&old, &session()).await, Err(Error::SignInAgain)));
    assert!(matches!(portal.add_passkey(&old, &session(), name(), "").await, Err(Error::SignInAgain)));
    assert!(matches!(portal.remove_passkey(&old, id).await, Err(Error::SignInAgain)));

    town.letters().await;
    portal.remove_passkey(&mara, id).await.unwrap();
    portal.remove_passkey(&mara, id).await.unwrap();
    let told: Vec<_> = town.letters().await.iter().map(|letter| letter.subject).collect();
    assert_eq!(told, [LetterSubject::PasskeyRemoved]);
    assert!(matches!(signs_in(&portal, &mut device).await, Err(Error::NotFound)));
    town.sign_in().await;
}
