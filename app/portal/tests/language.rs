//! In which language an account is addressed, and a grant was confirmed.

mod harness;
mod people;
mod town;

use chartkey_domain::grant::Purpose;
use chartkey_portal::{
    accounts::PersonName,
    sharing::{NewGrant, Sentence},
};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use town::{MARA, PASSWORD, Town, email, password, visitor};

const NEW: &str = "mara@elsewhere.example";

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_has_the_language_in_which_it_was_made_until_another_is_chosen(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let letter = town.portal.begin_sign_up(&email(NEW)).await.unwrap().unwrap();
    assert_eq!(letter.language, None, "there is no account yet");
    let name = PersonName::parse("Mara").unwrap();
    let signed_in = town.portal.finish_sign_up(&letter.token, name, password(PASSWORD), "es").await.unwrap();
    assert!(town.begin("hers", &signed_in).await);
    assert_eq!(town.language_of("hers").await, "es");
    let mara = visitor(&signed_in);
    for _ in 0..2 {
        town.portal.choose_language(&mara, "en-GB").await.unwrap();
    }
    assert_eq!(town.language_of("hers").await, "en-GB");
    let actions = town.actions(&mara).await;
    assert_eq!(actions.iter().filter(|action| *action == "language-changed").count(), 1, "{actions:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_message_is_in_the_language_of_the_account_that_it_is_for(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    town.portal.choose_language(&mara, "es").await.unwrap();
    town.portal.make_person(&PersonName::parse("Noor").unwrap(), &email("noor@example.org"), password(PASSWORD)).await.unwrap();
    let spanish = Some("es".to_owned());
    assert_eq!(town.portal.begin_sign_up(&email(MARA)).await.unwrap().unwrap().language, spanish, "somebody signs up with hers");
    town.run("delete from mail_token").await;
    assert_eq!(town.portal.begin_new_password(&email(MARA)).await.unwrap().unwrap().language, spanish);

    // Her own address, one that is to be hers, and one that was.
    town.portal.begin_email_change(&mara, &email(NEW)).await.unwrap();
    let asked = town.letters().await.remove(0);
    assert_eq!((asked.to.as_str(), &asked.language), (NEW, &spanish));
    town.portal.confirm_email(&asked.token).await.unwrap();
    let told = town.letters().await.remove(0);
    assert_eq!((told.to.as_str(), &told.language), (MARA, &spanish));

    // She wants an address that is somebody else's: the message is for them.
    town.portal.begin_email_change(&mara, &email("noor@example.org")).await.unwrap();
    let for_noor = town.letters().await.remove(0);
    assert_eq!((for_noor.to.as_str(), for_noor.language.as_deref()), ("noor@example.org", Some("en")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_story_of_a_grant_keeps_the_language_in_which_it_was_confirmed(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let english = house.give(Purpose::Treatment).await;
    let words = Sentence { text: "**Dr Lindqvist** puede ver sus **resultados**.".into(), language: "es".into(), ..sentence() };
    let new = NewGrant { sentence: words, ..house.draft(Purpose::Treatment).await };
    let spanish = house.portal.give_grant(&house.ines(), new).await.unwrap();
    house.portal.withdraw_grant(&house.ines(), spanish).await.unwrap();
    let told: Vec<(uuid::Uuid, String, String)> =
        sqlx::query_as("select grant_id, kind, language from grant_event order by at, event_no").fetch_all(&house.superuser).await.unwrap();
    let of = |grant: chartkey_domain::id::GrantId| {
        told.iter().filter(|(id, ..)| *id == grant.0).map(|(_, kind, language)| (kind.as_str(), language.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(of(english), [("given", "en"), ("replaced", "en")], "it was replaced by one in Spanish, and was not one");
    assert_eq!(of(spanish), [("given", "es"), ("withdrawn", "es")]);
}
