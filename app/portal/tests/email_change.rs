//! Another e-mail address, and the way back.

mod town;

use chartkey_portal::{
    Error,
    accounts::PersonName,
    letters::{Letter, LetterSubject},
    sign_in::FirstStep,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use town::{HERE, MARA, PASSWORD, Town, email, password, stale, visitor};

const NEW: &str = "mara@elsewhere.example";

async fn opens(town: &Town, address: &str) -> bool {
    matches!(town.portal.sign_in(address, PASSWORD.to_owned(), HERE).await, Ok(FirstStep::In(_)))
}

/// Asks for the change, and answers with the message to the new address.
async fn asked(town: &Town, visitor: &chartkey_domain::account::Visitor, new: &str) -> Letter {
    town.portal.begin_email_change(visitor, &email(new)).await.unwrap();
    let mut letters = town.letters().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    letters.remove(0)
}

/// As if every link had been used, and made, when nobody double-clicks any more.
async fn a_moment_later(town: &Town) {
    town.run("update mail_token set used_at = used_at - interval '10 seconds', created_at = created_at - interval '10 seconds'").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_changes_with_the_link_that_went_there_and_not_before(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    assert!(matches!(town.portal.begin_email_change(&stale(&mara, 6), &email(NEW)).await, Err(Error::SignInAgain)));
    let letter = asked(&town, &mara, NEW).await;
    assert_eq!((letter.to.as_str(), letter.subject), (NEW, LetterSubject::ConfirmEmail));
    assert!(opens(&town, MARA).await && !opens(&town, NEW).await);
    town.portal.confirm_email(&letter.token).await.unwrap();
    assert!(opens(&town, NEW).await && !opens(&town, MARA).await);
    town.portal.confirm_email(&letter.token).await.unwrap();
    a_moment_later(&town).await;
    assert!(matches!(town.portal.confirm_email(&letter.token).await, Err(Error::NotFound)), "it works once");
    let told = town.letters().await;
    assert_eq!(told.iter().map(|letter| (letter.to.as_str(), letter.subject)).collect::<Vec<_>>(), [(MARA, LetterSubject::EmailChanged)]);
    let actions = town.actions(&mara).await;
    assert!(actions.contains(&"email-change-begun".to_owned()) && actions.contains(&"email-changed".to_owned()), "{actions:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_that_is_somebodys_gets_a_message_and_no_link(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    town.portal.make_person(&PersonName::parse("Noor").unwrap(), &email("noor@example.org"), password(PASSWORD)).await.unwrap();
    let mara = visitor(&town.sign_in().await);
    let letter = asked(&town, &mara, "noor@example.org").await;
    assert_eq!((letter.subject, letter.token.as_str()), (LetterSubject::AddressInUse, ""));
    let letter = asked(&town, &mara, NEW).await;
    town.portal.make_person(&PersonName::parse("Somebody").unwrap(), &email(NEW), password(PASSWORD)).await.unwrap();
    assert!(matches!(town.portal.confirm_email(&letter.token).await, Err(Error::NotFound)), "it became somebody's meanwhile");
    assert!(opens(&town, MARA).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_address_before_takes_it_back_and_signs_everybody_out(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let thief = town.sign_in().await;
    assert!(town.begin("the thief's", &thief).await);
    // Made before the address changed, and it would open the account alone.
    town.run("insert into passkey (account_id, credential_id, name, credential) select account_id, 'a key', 'Phone', '{}' from account")
        .await;
    let letter = asked(&town, &visitor(&thief), "thief@example.org").await;
    town.portal.confirm_email(&letter.token).await.unwrap();
    let undo = town.letters().await.remove(0);
    // A second change does not take the first address's way back, and neither does a new password.
    let letter = asked(&town, &visitor(&thief), "thief-too@example.org").await;
    town.portal.confirm_email(&letter.token).await.unwrap();
    let theirs = town.letters().await.remove(0);
    assert_eq!(theirs.to, "thief@example.org");
    town.portal.change_password(&visitor(&thief), password("the thief's own password")).await.unwrap();
    let told: Vec<String> = town.letters().await.into_iter().map(|letter| letter.to).collect();
    assert!(told.contains(&MARA.to_owned()), "every address that may be hers is told: {told:?}");
    town.portal.undo_email(&theirs.token).await.unwrap();
    town.run("delete from letter").await;
    town.run("insert into second_factor (account_id, sealed_seed, confirmed_at) select account_id, 'a seed', now() from account").await;
    town.portal.undo_email(&undo.token).await.unwrap();
    let factors: i64 = sqlx::query_scalar("select count(*) from second_factor").fetch_one(&town.superuser).await.unwrap();
    assert_eq!(factors, 0, "a second factor of the thief's is none");
    let passkeys: i64 = sqlx::query_scalar("select count(*) from passkey").fetch_one(&town.superuser).await.unwrap();
    assert_eq!(passkeys, 0, "nor is a passkey");
    assert!(town.try_password("the thief's own password").await.is_err(), "nor is their password");
    let way_in = town.letters().await;
    assert_eq!(way_in.iter().map(|letter| (letter.to.as_str(), letter.subject)).collect::<Vec<_>>(), [(MARA, LetterSubject::NewPassword)]);
    town.portal.choose_password(&way_in[0].token, password(PASSWORD)).await.unwrap();
    assert!(town.try_password(PASSWORD).await.is_ok());
    let back: String = sqlx::query_scalar("select email from account").fetch_one(&town.superuser).await.unwrap();
    assert_eq!(back, MARA);
    assert!(!town.is_alive("the thief's").await);
    a_moment_later(&town).await;
    assert!(matches!(town.portal.undo_email(&undo.token).await, Err(Error::NotFound)), "it works once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn links_end_with_their_time_and_with_every_session(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let letter = asked(&town, &mara, NEW).await;
    town.run("update mail_token set ends_at = now()").await;
    assert!(matches!(town.portal.confirm_email(&letter.token).await, Err(Error::NotFound)));
    a_moment_later(&town).await;
    let letter = asked(&town, &mara, NEW).await;
    town.portal.end_every_session(&mara).await.unwrap();
    assert!(matches!(town.portal.confirm_email(&letter.token).await, Err(Error::NotFound)), "whoever signs out everywhere stops it");
    let mara = visitor(&town.sign_in().await);
    let password_link = town.portal.begin_new_password(&email(MARA)).await.unwrap().unwrap();
    let letter = asked(&town, &mara, NEW).await;
    town.portal.confirm_email(&letter.token).await.unwrap();
    let late = town.portal.choose_password(&password_link.token, password("a third long password")).await;
    assert!(matches!(late, Err(Error::NotFound)), "what went to the address before opens nothing");
    let undo = town.letters().await.remove(0);
    town.run("update mail_token set ends_at = ends_at - interval '7 days'").await;
    assert!(matches!(town.portal.undo_email(&undo.token).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn few_messages_are_sent_and_the_answer_stays_the_same(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    for number in 0..8 {
        town.portal.begin_email_change(&mara, &email(&format!("{number}@example.org"))).await.unwrap();
    }
    assert_eq!(town.letters().await.len(), 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_message_that_was_not_sent_is_due_again_and_the_database_opens_no_link(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    town.portal.begin_email_change(&mara, &email(NEW)).await.unwrap();
    let first = town.portal.due_letters().await.unwrap().remove(0);
    assert!(town.portal.due_letters().await.unwrap().is_empty(), "it is being sent");
    town.run("update letter set not_before = not_before - interval '5 minutes'").await;
    let again = town.portal.due_letters().await.unwrap().remove(0);
    assert_eq!(again, first);
    let dump: String =
        sqlx::query_scalar("select (select string_agg(l::text, ' ') from letter l) || (select string_agg(m::text, ' ') from mail_token m)")
            .fetch_one(&town.superuser)
            .await
            .unwrap();
    assert!(!dump.contains(&first.letter.token));
    town.run("update letter set made_at = made_at - interval '3 days'").await;
    assert_eq!(town.portal.sweep_letters().await.unwrap(), 1, "given up");
}
