//! Known devices, which strangers cannot lock out, and the sessions of an account.

mod town;

use chartkey_domain::{
    device::{Browser, Device, System},
    id::SessionId,
};
use chartkey_portal::{Error, accounts::PersonName, sessions::SessionKey, sign_in::FirstStep};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use town::{HERE, MARA, PASSWORD, Town, email, from_device, password, visitor};

const ELSEWHERE: &str = "198.51.100.9";

/// A stranger who knows the address uses up its tries, here and at Mara's own address.
async fn lock_out(town: &Town) {
    for address in [ELSEWHERE, HERE] {
        for _ in 0..40 {
            let _ = town.portal.sign_in(MARA, "wrong".to_owned(), address).await;
            town.run("update sign_in_failure set failed_at = failed_at - interval '15 minutes'").await;
        }
    }
    for _ in 0..2 {
        let _ = town.portal.sign_in(MARA, "wrong".to_owned(), HERE).await;
    }
    assert!(
        matches!(town.portal.sign_in(MARA, PASSWORD.to_owned(), HERE).await, Err(Error::TooManyTries)),
        "a stranger's place has to wait"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_stranger_does_not_make_a_known_device_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = town.sign_in().await;
    let device = town.portal.know_device(&mara.actor, None, Device::default()).await.unwrap();
    lock_out(&town).await;
    let known = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&device, HERE)).await.unwrap();
    assert!(matches!(known, FirstStep::In(_)));
    let made_up = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device("made-up", HERE)).await;
    assert!(matches!(made_up, Err(Error::TooManyTries)), "a device that says it is known");
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_has_a_known_device_waits_as_everybody_does(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = town.sign_in().await;
    let device = town.portal.know_device(&mara.actor, None, Device::default()).await.unwrap();
    for _ in 0..5 {
        let tried = town.portal.sign_in(MARA, "wrong".to_owned(), from_device(&device, HERE)).await;
        assert!(matches!(tried, Err(Error::NotFound)));
    }
    let tried = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&device, ELSEWHERE)).await;
    assert!(matches!(tried, Err(Error::TooManyTries)), "also from another address");
    town.sign_in().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_device_is_known_for_the_accounts_that_signed_in_there_and_for_no_other(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    town.portal.make_person(&PersonName::parse("Noor").unwrap(), &email("noor@example.org"), password(PASSWORD)).await.unwrap();
    let FirstStep::In(noor) = town.portal.sign_in("noor@example.org", PASSWORD.to_owned(), ELSEWHERE).await.unwrap() else { panic!() };
    let mara = town.sign_in().await;
    let hers = town.portal.know_device(&noor.actor, None, Device::default()).await.unwrap();
    lock_out(&town).await;
    let tried = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&hers, HERE)).await;
    assert!(matches!(tried, Err(Error::TooManyTries)), "Noor's device says nothing of Mara");
    let both = town.portal.know_device(&mara.actor, Some(hers.clone()), Device::default()).await.unwrap();
    assert!(matches!(town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&both, HERE)).await, Ok(FirstStep::In(_))));
    assert_eq!(town.portal.devices(&visitor(&noor), None).await.unwrap().known.len(), 1, "and Noor is known there still");
    let old = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&hers, HERE)).await;
    assert!(matches!(old, Err(Error::TooManyTries)), "what the cookie held before the sign-in is worth nothing");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_forgotten_device_is_a_strangers_again(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = town.sign_in().await;
    let phone = Device { browser: Browser::Firefox, system: System::Android };
    let device = town.portal.know_device(&mara.actor, None, phone).await.unwrap();
    let known = town.portal.devices(&visitor(&mara), None).await.unwrap().known.remove(0);
    assert_eq!(known.device, phone);
    lock_out(&town).await;
    town.portal.forget_device(&visitor(&mara), known.id).await.unwrap();
    town.portal.forget_device(&visitor(&mara), known.id).await.unwrap();
    let tried = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&device, HERE)).await;
    assert!(matches!(tried, Err(Error::TooManyTries)));
    let again = town.portal.know_device(&mara.actor, Some(device), phone).await.unwrap();
    town.run("update known_device set ends_at = now()").await;
    let tried = town.portal.sign_in(MARA, PASSWORD.to_owned(), from_device(&again, HERE)).await;
    assert!(matches!(tried, Err(Error::TooManyTries)), "nobody has signed in there for long");
    town.run("update known_device set ends_at = now() - interval '1 second'").await;
    assert_eq!(town.portal.sweep_devices().await.unwrap(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_session_is_ended_and_the_others_go_on(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = town.sign_in().await;
    for cookie in ["phone", "desk"] {
        assert!(town.begin(cookie, &mara).await);
    }
    let sessions = town.portal.devices(&visitor(&mara), Some(&SessionKey::of("desk"))).await.unwrap().sessions;
    assert_eq!(sessions.iter().filter(|session| session.is_this).count(), 1);
    let phone = sessions.iter().find(|session| !session.is_this).unwrap().id;
    town.portal.make_person(&PersonName::parse("Noor").unwrap(), &email("noor@example.org"), password(PASSWORD)).await.unwrap();
    let FirstStep::In(noor) = town.portal.sign_in("noor@example.org", PASSWORD.to_owned(), HERE).await.unwrap() else { panic!() };
    town.portal.end_one_session(&visitor(&noor), phone).await.unwrap();
    assert!(town.is_alive("phone").await, "Mara's, not Noor's");
    for session in [phone, phone, SessionId(uuid::Uuid::nil())] {
        town.portal.end_one_session(&visitor(&mara), session).await.unwrap();
    }
    assert!(!town.is_alive("phone").await && town.is_alive("desk").await);
    let ended = town.actions(&visitor(&mara)).await.into_iter().filter(|action| action == "device-signed-out").count();
    assert_eq!(ended, 1);
    assert!(!town.actions(&visitor(&noor)).await.contains(&"device-signed-out".to_owned()));
}
