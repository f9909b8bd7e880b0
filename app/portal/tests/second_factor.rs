//! A second factor: turning it on, signing in with it, losing it.

mod town;

use chartkey_portal::{
    Error,
    letters::LetterSubject,
    second_factor::SecondFactor,
    sign_in::{FirstStep, SignedIn},
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use town::{HERE, MARA, PASSWORD, Town, stale, visitor};

async fn step(town: &Town, half: &str, code: &str) -> Result<SignedIn, Error> {
    town.portal.sign_in_with_code(half, code, HERE).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_asks_for_nothing_before_its_first_code_and_for_a_code_afterwards(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    town.portal.begin_second_factor(&mara).await.unwrap();
    assert!(matches!(town.portal.confirm_second_factor(&mara, "000000").await, Err(Error::Invalid("wrong-code"))));
    town.sign_in().await;
    let (seed, codes) = town.second_factor(&mara).await;
    assert_eq!(codes.len(), 10);
    assert!(matches!(town.portal.begin_second_factor(&mara).await, Err(Error::Conflict(_))), "no other seed can be slipped in");
    let signed_in = step(&town, &town.half().await, &town.code(&seed).await).await.unwrap();
    assert_eq!(signed_in.signed_in_by, "password and code");
    assert_eq!(town.letters().await.iter().map(|letter| letter.subject).collect::<Vec<_>>(), [LetterSubject::FactorOn]);
    assert_eq!(town.actions(&mara).await, ["account-made", "signed-in", "signed-in", "second-factor-added", "signed-in"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_database_says_neither_the_seed_nor_a_recovery_code(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let (seed, codes) = town.second_factor(&mara).await;
    let dump: String = sqlx::query_scalar(
        "select (select string_agg(f::text, ' ') from second_factor f) || (select string_agg(r::text, ' ') from recovery_code r)",
    )
    .fetch_one(&town.superuser)
    .await
    .unwrap();
    let bytes = totp_rs::Secret::try_from_base32(&seed).unwrap();
    let hex: String = bytes.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let in_hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in codes.iter().flat_map(|code| [code.clone(), in_hex(code)]).chain([seed.clone(), hex, in_hex(&seed)]) {
        assert!(!dump.contains(&secret), "{secret}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_code_is_taken_once_also_when_two_try_it_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let (seed, codes) = town.second_factor(&mara).await;
    for code in [town.code(&seed).await, codes[0].clone()] {
        let (one, other) = (town.half().await, town.half().await);
        let both = tokio::join!(step(&town, &one, &code), step(&town, &other, &code));
        assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|is_in| **is_in).count(), 1, "{code}");
        assert!(matches!(step(&town, &town.half().await, &code).await, Err(Error::Invalid("wrong-code"))), "{code}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_half_sign_in_is_taken_once_bears_five_codes_and_ends(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let (seed, codes) = town.second_factor(&mara).await;
    let half = town.half().await;
    step(&town, &half, &codes[0]).await.unwrap();
    assert!(matches!(step(&town, &half, &codes[1]).await, Err(Error::NotFound)), "taken");
    let half = town.half().await;
    for _ in 0..5 {
        assert!(matches!(step(&town, &half, "nothing").await, Err(Error::Invalid("wrong-code"))));
    }
    assert!(matches!(step(&town, &half, &codes[1]).await, Err(Error::TooManyTries)));
    town.run("delete from sign_in_failure").await;
    assert!(matches!(step(&town, &half, &codes[1]).await, Err(Error::NotFound)), "five wrong codes");
    let half = town.half().await;
    town.run("update half_sign_in set ends_at = ends_at - interval '10 minutes'").await;
    assert!(matches!(step(&town, &half, &town.code(&seed).await).await, Err(Error::NotFound)), "after ten minutes");
    assert_eq!(town.portal.sweep_second_factors().await.unwrap(), 0);
    assert_eq!(town.count("half_sign_in").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_recovery_code_lets_in_once_however_it_is_typed_and_its_holder_is_told(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let (_, codes) = town.second_factor(&mara).await;
    town.letters().await;
    step(&town, &town.half().await, &format!(" {} ", codes[3].to_lowercase().replace('-', " "))).await.unwrap();
    assert_eq!(town.letters().await.iter().map(|letter| letter.subject).collect::<Vec<_>>(), [LetterSubject::CodeUsed]);
    assert!(matches!(town.portal.second_factor(&mara).await.unwrap(), SecondFactor::On { codes_left: 9, .. }));
    town.portal.put_codes_away(&mara).await.unwrap();
    assert!(matches!(town.portal.second_factor(&mara).await.unwrap(), SecondFactor::On { codes, .. } if codes.is_empty()));
    town.portal.new_recovery_codes(&mara).await.unwrap();
    let SecondFactor::On { codes: new, .. } = town.portal.second_factor(&mara).await.unwrap() else { panic!("ten new ones") };
    town.portal.new_recovery_codes(&mara).await.unwrap();
    assert!(matches!(town.portal.second_factor(&mara).await.unwrap(), SecondFactor::On { codes, .. } if codes == new), "a double click");
    assert!(matches!(step(&town, &town.half().await, &codes[4]).await, Err(Error::Invalid("wrong-code"))), "made before the new ones");
    let SecondFactor::On { codes, codes_left: 10, .. } = town.portal.second_factor(&mara).await.unwrap() else { panic!("ten new ones") };
    town.run("update second_factor set codes_until = now()").await;
    assert!(matches!(town.portal.second_factor(&mara).await.unwrap(), SecondFactor::On { codes, .. } if codes.is_empty()));
    step(&town, &town.half().await, &codes[0]).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_change_of_it_needs_a_fresh_sign_in(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let late = stale(&mara, 6);
    assert!(matches!(town.portal.begin_second_factor(&late).await, Err(Error::SignInAgain)));
    town.second_factor(&mara).await;
    assert!(matches!(town.portal.confirm_second_factor(&late, "000000").await, Err(Error::SignInAgain)));
    assert!(matches!(town.portal.new_recovery_codes(&late).await, Err(Error::SignInAgain)));
    assert!(matches!(town.portal.remove_second_factor(&late).await, Err(Error::SignInAgain)));
    town.portal.remove_second_factor(&mara).await.unwrap();
    town.sign_in().await;
    assert_eq!(town.count("recovery_code").await, 0);
    assert!(town.letters().await.iter().any(|letter| letter.subject == LetterSubject::FactorOff));
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_that_is_lost_goes_after_72_hours_and_its_holder_is_told_each_day(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    town.second_factor(&mara).await;
    town.begin("a device", &town_session(&town, &mara).await).await;
    town.letters().await;
    let half = town.half().await;
    let ready_at = town.portal.begin_loss(&half).await.unwrap();
    assert_eq!(town.portal.begin_loss(&half).await.unwrap(), ready_at, "saying it twice does not wait longer, nor shorter");
    assert_eq!(
        town.letters().await.iter().map(|letter| (letter.to.as_str(), letter.subject)).collect::<Vec<_>>(),
        [(MARA, LetterSubject::FactorLost)]
    );
    let session = town.portal.session(&chartkey_portal::sessions::SessionKey::of("a device")).await.unwrap().unwrap();
    assert_eq!(session.factor_ends_at, Some(ready_at), "every page of every device tells");
    for _ in 0..2 {
        assert_eq!(town.portal.tell_losses().await.unwrap(), 0, "told today");
        pass(&town, "24 hours").await;
        assert_eq!(town.portal.tell_losses().await.unwrap(), 1);
        assert_eq!(town.letters().await.len(), 1);
    }
    pass(&town, "23 hours 59 minutes").await;
    town.half().await;
    pass(&town, "1 minute").await;
    town.sign_in().await;
    assert!(matches!(town.portal.second_factor(&mara).await.unwrap(), SecondFactor::Off));
    assert!(town.letters().await.iter().any(|letter| letter.subject == LetterSubject::FactorOff));
    let actions = town.actions(&mara).await;
    assert!(actions.ends_with(&["second-factor-lost", "second-factor-removed", "signed-in"].map(str::to_owned)), "{actions:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_loss_ends_by_a_link_from_a_device_and_by_a_code(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    let (seed, _) = town.second_factor(&mara).await;
    for way in ["link", "device", "code", "again"] {
        town.letters().await;
        town.portal.begin_loss(&town.half().await).await.unwrap();
        let letter = town.letters().await.remove(0);
        town.half_a_minute_later().await;
        match way {
            "link" => town.portal.keep_factor_by_link(&letter.token).await.unwrap(),
            "device" => town.portal.keep_factor(&stale(&mara, 600)).await.unwrap(),
            "code" => drop(step(&town, &town.half().await, &town.code(&seed).await).await.unwrap()),
            _ => drop(town.portal.sign_in_again(&mara, PASSWORD.into(), &town.code(&seed).await, HERE).await.unwrap()),
        }
        pass(&town, "72 hours").await;
        town.half().await;
        assert_eq!(town.actions(&mara).await.iter().filter(|action| *action == "second-factor-kept").count(), 1, "{way}");
        town.run("delete from event where chain like 'account/%'").await;
    }
    assert!(matches!(town.portal.keep_factor_by_link("made-up").await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_loss_that_nobody_uses_ends_and_one_without_the_password_never_begins(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    town.second_factor(&mara).await;
    assert!(matches!(town.portal.begin_loss("made-up").await, Err(Error::NotFound)));
    let half = town.half().await;
    town.portal.begin_loss(&half).await.unwrap();
    pass(&town, "17 days").await;
    town.half().await;
    town.portal.sweep_second_factors().await.unwrap();
    assert_eq!(town.count("factor_loss").await, 0);
    let half = town.half().await;
    town.portal.end_every_session(&mara).await.unwrap();
    assert!(matches!(town.portal.begin_loss(&half).await, Err(Error::NotFound)), "the password was proven before all sessions were ended");
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_second_factor_and_no_half_sign_in_comes_of_a_wrong_password(_: PgPoolOptions, options: PgConnectOptions) {
    let town = Town::build(options).await;
    let mara = visitor(&town.sign_in().await);
    town.second_factor(&mara).await;
    assert!(matches!(town.try_password("wrong").await, Err(Error::NotFound)));
    assert_eq!(town.count("half_sign_in").await, 0);
    assert!(matches!(town.try_password(PASSWORD).await.unwrap(), FirstStep::Half(_)));
}

/// As if the loss had begun so much earlier.
async fn pass(town: &Town, time: &str) {
    town.run(&format!(
        "update factor_loss set begun_at = begun_at - t, ready_at = ready_at - t, ends_at = ends_at - t, told_at = told_at - t from (select interval '{time}' t) t"
    ))
    .await;
}

async fn town_session(town: &Town, visitor: &chartkey_domain::account::Visitor) -> SignedIn {
    SignedIn {
        actor: visitor.actor.clone(),
        name: visitor.name.clone(),
        organization_name: None,
        signed_in_by: visitor.signed_in_by.clone(),
        at: town.now().await,
        provider_session: None,
    }
}
