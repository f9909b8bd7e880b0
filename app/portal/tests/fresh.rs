//! Signing in again, what needs it, and everything that may happen at the same moment.

mod harness;
mod people;
mod town;

use chartkey_domain::{account::Visitor, grant::Purpose};
use chartkey_ground::{Size, saw};
use chartkey_portal::{Error, sign_in::FirstStep};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use town::{HERE, PASSWORD, Town, password, stale, visitor};

/// How often each race is run.
fn races() -> usize {
    Size::of_environment().of(50, 500)
}

const OTHER: &str = "another long password";

#[sqlx::test(migrations = "../../migrations")]
async fn what_opens_a_record_needs_a_fresh_sign_in_and_what_closes_it_never_does(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, late) = (house.ines(), stale(&house.ines(), 6));
    let grant = house.give(Purpose::Treatment).await;
    let new = house.draft(Purpose::SecondOpinion).await;
    assert!(matches!(house.portal.give_grant(&late, new.clone()).await, Err(Error::SignInAgain)));
    assert!(matches!(house.portal.make_code(&late, new.draft, new.terms.clone(), sentence()).await, Err(Error::SignInAgain)));
    house.portal.give_grant(&stale(&ines, 4), new).await.unwrap();
    house.portal.pause_grant(&late, grant).await.unwrap();
    assert!(matches!(house.portal.resume_grant(&late, grant).await, Err(Error::SignInAgain)));
    house.portal.withdraw_grant(&late, grant).await.unwrap();
    let coded = house.draft(Purpose::Coordination).await;
    house.portal.make_code(&ines, coded.draft, coded.terms, sentence()).await.unwrap();
    let code = house.portal.codes(&ines).await.unwrap().view.remove(0);
    let doctor = house.doctor(None);
    let chartkey_portal::codes::CodeState::Waiting(typed) = &code.state else { panic!("{code:?}") };
    house.portal.redeem_code(&doctor, typed).await.unwrap();
    let confirmed = house.portal.confirm_code(&late, code.id, doctor.actor.account(), sentence()).await;
    assert!(matches!(confirmed, Err(Error::SignInAgain)));
    house.portal.refuse_code(&late, code.id).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn signing_in_again_makes_it_fresh_with_the_right_password_and_code(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let late = stale(&mara, 0);
    assert!(town.portal.require_fresh(&late).await.is_ok());
    let late = stale(&mara, 5);
    assert!(matches!(town.portal.require_fresh(&late).await, Err(Error::SignInAgain)));
    assert!(matches!(town.portal.sign_in_again(&late, "wrong".into(), "", HERE).await, Err(Error::NotFound)));
    let again = town.portal.sign_in_again(&late, PASSWORD.into(), "", HERE).await.unwrap();
    assert!(town.portal.require_fresh(&visitor(&again)).await.is_ok());
    let (seed, _) = town.second_factor(&mara).await;
    for code in ["", "000000"] {
        let refused = town.portal.sign_in_again(&late, PASSWORD.into(), code, HERE).await;
        assert!(matches!(refused, Err(Error::Invalid("wrong-code"))), "{code:?}");
    }
    let again = town.portal.sign_in_again(&late, PASSWORD.into(), &town.code(&seed).await, HERE).await.unwrap();
    assert!(town.portal.require_fresh(&visitor(&again)).await.is_ok());
    assert_eq!(town.actions(&mara).await.last().unwrap(), "signed-in-again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn wrong_passwords_in_a_session_wait_and_keep_nobody_from_signing_in(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    for _ in 0..5 {
        assert!(matches!(town.portal.sign_in_again(&mara, "wrong".into(), "", HERE).await, Err(Error::NotFound)));
    }
    assert!(matches!(town.portal.sign_in_again(&mara, PASSWORD.into(), "", HERE).await, Err(Error::TooManyTries)));
    town.sign_in().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_is_fresh_only_where_the_provider_said_so(_: PgPoolOptions, options: PgConnectOptions) {
    use chartkey_domain::id::OrganizationId;
    use chartkey_portal::sign_in::VerifiedClinician;
    let ground = Ground::lay(options).await;
    let organization = OrganizationId(ground.organization("north").await);
    let portal = chartkey_portal::Portal::new(ground.runtime.clone(), chartkey_portal::secrets::Pepper::new([7; 32])).unwrap();
    let lee = || VerifiedClinician {
        organization,
        organization_name: "North".into(),
        issuer: "https://id.example".into(),
        subject: "1".into(),
        name: "Dr Lee".into(),
        profession: "physician".into(),
        identifier: None,
        language: "en",
        session: None,
    };
    let silent = portal.sign_in_clinician(lee()).await.unwrap();
    assert!(matches!(portal.require_fresh(&visitor(&silent)).await, Err(Error::SignInAgain)));
    let proven = portal.sign_in_clinician(lee()).await.unwrap();
    portal.note_fresh_proof(&proven).await.unwrap();
    assert!(portal.require_fresh(&visitor(&proven)).await.is_ok());
    assert!(matches!(portal.require_fresh(&visitor(&silent)).await, Err(Error::SignInAgain)), "that of another session");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_changed_password_ends_every_other_session_and_every_link(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let signed_in = town.sign_in().await;
    let mara = visitor(&signed_in);
    for cookie in ["this", "other"] {
        assert!(town.begin(cookie, &signed_in).await);
    }
    let link = town.portal.begin_new_password(&town::email(town::MARA)).await.unwrap().unwrap();
    assert!(matches!(town.portal.change_password(&stale(&mara, 6), password(OTHER)).await, Err(Error::SignInAgain)));
    let goes_on = town.portal.change_password(&mara, password(OTHER)).await.unwrap();
    assert!(!town.is_alive("this").await && !town.is_alive("other").await);
    assert!(town.begin("new id", &goes_on).await && town.is_alive("new id").await);
    assert!(matches!(town.portal.choose_password(&link.token, password("a third long password")).await, Err(Error::NotFound)));
    assert!(matches!(town.try_password(PASSWORD).await, Err(Error::NotFound)));
    assert!(matches!(town.try_password(OTHER).await, Ok(FirstStep::In(_))));
    assert_eq!(town.letters().await.len(), 1);
}

/// What becomes of a session that somebody proves again while all sessions are ended.
#[sqlx::test(migrations = "../../migrations")]
async fn race_signing_in_again_against_signing_out_everywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for race in 0..races() {
        let mara = visitor(&town.sign_in().await);
        let cookie = format!("again {race}");
        let again = async {
            if let Ok(again) = town.portal.sign_in_again(&mara, PASSWORD.into(), "", HERE).await {
                town.begin(&cookie, &again).await;
                let _ = town.portal.begin_second_factor(&visitor(&again)).await;
            }
        };
        let (_, ended) = tokio::join!(again, town.portal.end_every_session(&mara));
        ended.unwrap();
        assert!(!town.is_alive(&cookie).await, "race {race}");
        assert!(town.portal.require_fresh(&mara).await.is_err(), "race {race}");
    }
    saw(&format!("{} races of signing in again against signing out everywhere: 0 alive", races()));
}

/// What a fresh sign-in may change is changed before all sessions are ended, or not at all.
#[sqlx::test(migrations = "../../migrations")]
async fn race_a_change_that_needs_a_fresh_sign_in_against_signing_out_everywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    for race in 0..races() {
        let mara = visitor(&town.sign_in().await);
        let (begun, ended) = tokio::join!(town.portal.begin_second_factor(&mara), town.portal.end_every_session(&mara));
        ended.unwrap();
        let made_at: Option<bool> =
            sqlx::query_scalar("select f.made_at < a.sessions_valid_after from second_factor f join account a using (account_id)")
                .fetch_optional(&town.superuser)
                .await
                .unwrap();
        assert_eq!(made_at, begun.is_ok().then_some(true), "race {race}: {begun:?}");
        assert!(matches!(town.portal.begin_second_factor(&mara).await, Err(Error::SignInAgain)), "race {race}");
        town.run("delete from second_factor").await;
    }
    saw(&format!("{} races of a change that needs a fresh sign-in against signing out everywhere: 0 made after it", races()));
}

/// A session that begins with the old password does not outlive the change.
#[sqlx::test(migrations = "../../migrations")]
async fn race_a_changed_password_against_signing_in_with_the_old_one(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let (mut now, mut next) = (PASSWORD, OTHER);
    for race in 0..races() {
        let mara = sign_in(&town, now).await;
        let cookie = format!("old {race}");
        let old = async {
            if let Ok(FirstStep::In(old)) = town.try_password(now).await {
                town.begin(&cookie, &old).await;
            }
        };
        let (_, changed) = tokio::join!(old, town.portal.change_password(&mara, password(next)));
        let goes_on = changed.unwrap();
        assert!(!town.is_alive(&cookie).await, "race {race}");
        assert!(town.begin(&format!("new {race}"), &goes_on).await, "race {race}");
        std::mem::swap(&mut now, &mut next);
        town.run("delete from sign_in_failure").await;
    }
    saw(&format!("{} races of a changed password against a sign-in with the old one: 0 alive", races()));
}

/// A half sign-in with the old password does not become a session after the change.
#[sqlx::test(migrations = "../../migrations")]
async fn race_the_second_step_against_a_changed_password(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mut mara = visitor(&town.sign_in().await);
    let (seed, _) = town.second_factor(&mara).await;
    let (mut now, mut next) = (PASSWORD, OTHER);
    for race in 0..races() {
        let Ok(FirstStep::Half(half)) = town.try_password(now).await else { panic!("race {race}") };
        let (cookie, code) = (format!("half {race}"), town.code(&seed).await);
        let step = async {
            if let Ok(signed_in) = town.portal.sign_in_with_code(&half, &code, HERE).await {
                town.begin(&cookie, &signed_in).await;
            }
        };
        let (_, changed) = tokio::join!(step, town.portal.change_password(&mara, password(next)));
        mara = visitor(&changed.unwrap());
        assert!(!town.is_alive(&cookie).await, "race {race}");
        assert!(town.portal.sign_in_with_code(&half, &code, HERE).await.is_err(), "race {race}");
        std::mem::swap(&mut now, &mut next);
        town.half_a_minute_later().await;
        town.run("delete from sign_in_failure").await;
    }
    saw(&format!("{} races of a code against a changed password: 0 alive", races()));
}

async fn sign_in(town: &Town, typed: &str) -> Visitor {
    match town.try_password(typed).await.unwrap() {
        FirstStep::In(signed_in) => visitor(&signed_in),
        FirstStep::Half(_) => panic!("a code was asked for"),
    }
}
