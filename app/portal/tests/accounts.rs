//! Signing up and in, and new passwords.

mod harness;

use chartkey_domain::account::{Actor, Visitor};
use chartkey_portal::{
    Error, Portal,
    accounts::{Email, NewPassword, PersonName},
    letters::LetterSubject,
    secrets::Pepper,
    sessions::{NewSession, SessionKey},
    sign_in::{FirstStep, SignedIn},
};
use harness::Ground;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

const PASSWORD: &str = "a long enough password";
const HERE: &str = "203.0.113.7";

struct Town {
    portal: Portal,
    ground: Ground,
}

impl Town {
    async fn build(options: PgConnectOptions) -> Self {
        let ground = Ground::lay(options).await;
        let portal = Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap();
        Self { portal, ground }
    }

    async fn with_mara(options: PgConnectOptions) -> Self {
        let town = Self::build(options).await;
        town.portal.make_person(&name("Mara"), &email("mara@example.org"), password(PASSWORD)).await.unwrap();
        town
    }

    async fn sign_in(&self, password: &str) -> Result<SignedIn, Error> {
        self.portal.sign_in("mara@example.org", password.to_owned(), HERE).await.map(signed_in)
    }

    /// As if all tries had been made so long ago.
    async fn wait(&self, seconds: i32) {
        sqlx::query("update sign_in_failure set failed_at = failed_at - make_interval(secs => $1)")
            .bind(f64::from(seconds))
            .execute(&self.ground.superuser)
            .await
            .unwrap();
    }

    /// As if every message had been asked for so long ago.
    async fn wait_for_mail(&self, seconds: i32) {
        sqlx::query("update mail_token set created_at = created_at - make_interval(secs => $1)")
            .bind(f64::from(seconds))
            .execute(&self.ground.superuser)
            .await
            .unwrap();
    }

    async fn actions(&self, signed_in: &SignedIn) -> Vec<String> {
        sqlx::query_scalar(
            "select convert_from(bytes, 'UTF8')::jsonb #>> '{what,action}' from event where chain = 'account/' || $1::text order by seq",
        )
        .bind(signed_in.actor.account().0)
        .fetch_all(&self.ground.superuser)
        .await
        .unwrap()
    }
}

/// Mara has no second factor.
fn signed_in(step: FirstStep) -> SignedIn {
    let FirstStep::In(signed_in) = step else { panic!("a code was asked for") };
    signed_in
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn password(text: &str) -> NewPassword {
    NewPassword::parse(text.to_owned()).unwrap()
}

fn session(signed_in: &SignedIn) -> NewSession {
    NewSession {
        account: signed_in.actor.account(),
        signed_in_at: signed_in.at,
        data: json!({}),
        device: Default::default(),
        idle: Duration::minutes(30),
        absolute: Duration::hours(12),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_signs_up_can_sign_in_and_the_link_works_once(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let letter = town.portal.begin_sign_up(&email(" Mara@Example.org ")).await.unwrap().unwrap();
    assert_eq!((letter.to.as_str(), letter.subject), ("mara@example.org", LetterSubject::FinishSignUp));
    let signed_in = town.portal.finish_sign_up(&letter.token, name("Mara"), password(PASSWORD), "en").await.unwrap();
    assert_eq!(signed_in.name, "Mara");
    let again = town.portal.finish_sign_up(&letter.token, name("Mallory"), password(PASSWORD), "en").await;
    assert!(matches!(again, Err(Error::NotFound)));
    assert_eq!(town.sign_in(PASSWORD).await.unwrap().actor, signed_in.actor);
    assert_eq!(town.actions(&signed_in).await, ["account-made", "signed-in", "signed-in"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_known_address_gets_a_message_where_a_new_one_gets_a_link(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let letter = town.portal.begin_sign_up(&email("mara@example.org")).await.unwrap().unwrap();
    assert_eq!(letter.subject, LetterSubject::AlreadyHere);
    assert!(matches!(town.portal.finish_sign_up(&letter.token, name("Mallory"), password(PASSWORD), "en").await, Err(Error::NotFound)));
    assert!(town.portal.begin_new_password(&email("nobody@example.org")).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_gets_five_messages_an_hour_at_most(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    for _ in 0..5 {
        assert!(town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().is_some());
        town.wait_for_mail(11).await;
    }
    assert!(town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().is_none());
    assert!(town.portal.begin_sign_up(&email("mara@example.org")).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_double_click_sends_one_message(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    assert!(town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().is_some());
    assert!(town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().is_none());
    town.wait_for_mail(11).await;
    assert!(town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_double_click_makes_one_account_and_signs_in(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let letter = town.portal.begin_sign_up(&email("mara@example.org")).await.unwrap().unwrap();
    let finish = || town.portal.finish_sign_up(&letter.token, name("Mara"), password(PASSWORD), "en");
    let (first, second) = futures::future::join(finish(), finish()).await;
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.actor, second.actor);
    assert_eq!(town.actions(&first).await, ["account-made", "signed-in", "signed-in"]);
    let other = town.portal.finish_sign_up(&letter.token, name("Mara"), password("another long password"), "en").await;
    assert!(matches!(other, Err(Error::NotFound)));
    sqlx::query("update mail_token set used_at = used_at - interval '61 seconds'").execute(&town.ground.superuser).await.unwrap();
    assert!(matches!(finish().await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_double_click_changes_a_password_once(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let letter = town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().unwrap();
    let choose = |text: &str| town.portal.choose_password(&letter.token, password(text));
    let (first, second) = futures::future::join(choose("another long password"), choose("another long password")).await;
    first.unwrap();
    second.unwrap();
    assert!(matches!(choose("a third long password").await, Err(Error::NotFound)));
    let signed_in = town.sign_in("another long password").await.unwrap();
    assert_eq!(town.actions(&signed_in).await.iter().filter(|action| *action == "password-changed").count(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_link_of_more_than_an_hour_ago_changes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let letter = town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().unwrap();
    sqlx::query("update mail_token set ends_at = ends_at - interval '61 minutes'").execute(&town.ground.superuser).await.unwrap();
    let late = town.portal.choose_password(&letter.token, password("another long password")).await;
    assert!(matches!(late, Err(Error::NotFound)));
    assert!(town.sign_in(PASSWORD).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_password_ends_every_session_and_every_other_link(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let signed_in = town.sign_in(PASSWORD).await.unwrap();
    let key = SessionKey::of("a cookie");
    assert!(town.portal.begin_session(key.clone(), session(&signed_in)).await.unwrap());
    let first = town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().unwrap();
    town.wait_for_mail(11).await;
    let second = town.portal.begin_new_password(&email("mara@example.org")).await.unwrap().unwrap();
    town.portal.choose_password(&second.token, password("another long password")).await.unwrap();
    assert!(town.portal.session(&key).await.unwrap().is_none());
    assert!(matches!(town.portal.choose_password(&first.token, password("a third long password")).await, Err(Error::NotFound)));
    assert!(matches!(town.portal.choose_password(&second.token, password("a third long password")).await, Err(Error::NotFound)));
    assert!(matches!(town.sign_in(PASSWORD).await, Err(Error::NotFound)));
    assert!(town.sign_in("another long password").await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn waits_grow_for_a_known_and_for_an_unknown_account_alike(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    for address in ["mara@example.org", "nobody@example.org"] {
        let tried = async || town.portal.sign_in(address, "wrong".to_owned(), HERE).await;
        for _ in 0..5 {
            assert!(matches!(tried().await, Err(Error::NotFound)), "{address}");
        }
        assert!(matches!(tried().await, Err(Error::TooManyTries)), "{address}");
        town.wait(2).await;
        assert!(matches!(tried().await, Err(Error::NotFound)), "{address}");
        town.wait(1).await;
        assert!(matches!(tried().await, Err(Error::TooManyTries)), "{address}");
    }
    assert!(matches!(town.sign_in("wrong").await, Err(Error::NotFound)));
    assert!(matches!(town.sign_in(PASSWORD).await, Err(Error::TooManyTries)), "the right one has to wait, too");
    town.wait(900).await;
    assert!(town.sign_in(PASSWORD).await.is_ok());
    assert!(matches!(town.sign_in("wrong").await, Err(Error::NotFound)), "a right password forgives the tries before it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn many_tries_at_once_do_not_pass_the_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let tries = futures::future::join_all((0..12).map(|_| town.sign_in("wrong"))).await;
    assert_eq!(tries.iter().filter(|answer| matches!(answer, Err(Error::NotFound))).count(), 5, "{tries:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_is_known_by_organization_issuer_and_subject_alone(_: PgPoolOptions, options: PgConnectOptions) {
    use chartkey_domain::id::OrganizationId;
    use chartkey_portal::sign_in::VerifiedClinician;
    let town = Town::build(options).await;
    let [north, south] = [town.ground.organization("north").await, town.ground.organization("south").await].map(OrganizationId);
    let lee = |organization, subject: &str| VerifiedClinician {
        organization,
        organization_name: "North".into(),
        issuer: "https://id.example".into(),
        subject: subject.into(),
        name: "Dr Lee".into(),
        profession: "physician".into(),
        identifier: None,
        language: "en",
        session: None,
    };
    let both = tokio::join!(town.portal.sign_in_clinician(lee(north, "1")), town.portal.sign_in_clinician(lee(north, "1")));
    let first = both.0.unwrap();
    assert_eq!(first.actor.account(), both.1.unwrap().actor.account(), "two first sign-ins at once make one account");
    for other in [lee(south, "1"), lee(north, "2")] {
        assert_ne!(town.portal.sign_in_clinician(other).await.unwrap().actor.account(), first.actor.account());
    }
    let nurse = VerifiedClinician { profession: "nurse".into(), ..lee(north, "1") };
    let Actor::Clinician { account, profession, .. } = town.portal.sign_in_clinician(nurse).await.unwrap().actor else { panic!() };
    assert_eq!((account, profession.as_str()), (first.actor.account(), "nurse"), "the profession is that of this sign-in");
}

#[sqlx::test(migrations = "../../migrations")]
async fn ending_every_session_is_an_event_of_the_account(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let signed_in = town.sign_in(PASSWORD).await.unwrap();
    let visitor = Visitor {
        actor: signed_in.actor.clone(),
        name: signed_in.name.clone(),
        organization_name: None,
        signed_in_by: signed_in.signed_in_by.clone(),
        signed_in_at: signed_in.at,
        session_ends_at: signed_in.at + Duration::hours(1),
        purposes: Default::default(),
    };
    town.portal.end_every_session(&visitor).await.unwrap();
    assert_eq!(town.actions(&signed_in).await, ["account-made", "signed-in", "sessions-ended"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_old_password_is_not_right_while_it_is_being_changed(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::with_mara(options).await;
    let mut change = town.ground.superuser.begin().await.unwrap();
    sqlx::query("update account set password_hash = 'another', sessions_valid_after = clock_timestamp() where email = 'mara@example.org'")
        .execute(&mut *change)
        .await
        .unwrap();
    // It finds the old password, after the moment before which all sessions are over.
    let portal = town.portal.clone();
    let tried = tokio::spawn(async move { portal.sign_in("mara@example.org", PASSWORD.to_owned(), HERE).await });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&town.ground.superuser).await.unwrap() == 0 {
        assert!(!tried.is_finished(), "signed in while the password was changed");
        tokio::task::yield_now().await;
    }
    change.commit().await.unwrap();
    assert!(matches!(tried.await.unwrap(), Err(Error::NotFound)));
}
