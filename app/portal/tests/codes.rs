//! Codes open nothing by themselves, and die of wrong tries.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    grant::Purpose,
    id::{CodeId, PreviewId},
};
use chartkey_portal::{
    Error, Standing,
    codes::{Code, CodeState},
};
use harness::Ground;
use people::{House, nothing, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

async fn made(house: &House) -> (Code, String) {
    let new = house.draft(Purpose::Treatment).await;
    let id = house.portal.make_code(&house.ines(), new.draft, new.terms, sentence()).await.unwrap();
    let code = only(house).await;
    assert_eq!(code.id, id);
    let CodeState::Waiting(typed) = code.state.clone() else { panic!("{code:?}") };
    (code, typed)
}

async fn only(house: &House) -> Code {
    house.portal.codes(&house.ines()).await.unwrap().view.pop().unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_code_opens_the_record_only_after_the_patient_has_confirmed_who_redeemed_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (code, typed) = made(&house).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    house.portal.redeem_code(&doctor, &typed.to_lowercase()).await.unwrap();
    assert_eq!(house.portal.standing(&doctor, house.patient).await.unwrap(), Standing::Closed);
    assert!(house.portal.shared_list(&doctor).await.unwrap().open.is_empty());

    let CodeState::Redeemed(redeemer) = only(&house).await.state else { panic!() };
    assert_eq!((redeemer.name.as_str(), redeemer.profession.as_str()), ("Dr Lindqvist", "physician"));
    assert_eq!(redeemer.organization, house.organization);
    let other = house.nurse(None).actor.account();
    assert!(matches!(house.portal.confirm_code(&house.ines(), code.id, other, sentence()).await, Err(Error::Conflict(_))));
    house.portal.confirm_code(&house.ines(), code.id, redeemer.account, sentence()).await.unwrap();
    assert!(matches!(house.portal.standing(&doctor, house.patient).await.unwrap(), Standing::Open { .. }));
    assert!(matches!(house.portal.confirm_code(&house.ines(), code.id, redeemer.account, sentence()).await, Err(Error::NotFound)));

    let actions: Vec<_> = house.events().await.into_iter().map(|event| event.what.action).filter(|action| action != "read").collect();
    assert_eq!(actions, ["code-made", "code-redeemed", "grant-given"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_code_is_redeemed_once(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (_, typed) = made(&house).await;
    let (doctor, nurse) = (house.doctor(None), house.nurse(None));
    let both = tokio::join!(house.portal.redeem_code(&doctor, &typed), house.portal.redeem_code(&nurse, &typed));
    assert_eq!([&both.0, &both.1].iter().filter(|answer| answer.is_ok()).count(), 1, "{both:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refused_redeemer_gets_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (code, typed) = made(&house).await;
    house.portal.redeem_code(&house.doctor(None), &typed).await.unwrap();
    house.portal.refuse_code(&house.ines(), code.id).await.unwrap();
    assert!(house.portal.codes(&house.ines()).await.unwrap().view.is_empty());
    assert!(matches!(house.portal.redeem_code(&house.doctor(None), &typed).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_wrong_tries_end_a_code(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (_, typed) = made(&house).await;
    let wrong = format!("{}AAAAAAA", &typed[..4]);
    assert_ne!(wrong, typed.replace('-', ""));
    for _ in 0..5 {
        assert!(matches!(house.portal.redeem_code(&house.doctor(None), &wrong).await, Err(Error::NotFound)));
    }
    assert!(matches!(house.portal.redeem_code(&house.doctor(None), &typed).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_who_guesses_has_to_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for _ in 0..10 {
        assert!(matches!(house.portal.redeem_code(&house.doctor(None), "ZZZZ").await, Err(Error::NotFound)));
    }
    assert!(matches!(house.portal.redeem_code(&house.doctor(None), "ZZZZ").await, Err(Error::TooManyTries)));
    assert!(matches!(house.portal.redeem_code(&house.nurse(None), "ZZZZ").await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_old_code_and_a_blocked_clinician_are_refused_alike(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (_, typed) = made(&house).await;
    house
        .tamper(
            "insert into block (patient_id, organization_id) select p.patient_id, o.organization_id from patient_holder p, organization o",
        )
        .await;
    assert!(matches!(house.portal.redeem_code(&house.doctor(None), &typed).await, Err(Error::NotFound)));
    house.tamper("delete from block").await;
    house.tamper("update grant_code set ends_at = now()").await;
    assert!(matches!(house.portal.redeem_code(&house.doctor(None), &typed).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.redeem_code(&house.ines(), &typed).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_database_does_not_hold_the_code(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (_, typed) = made(&house).await;
    let row: String = sqlx::query_scalar("select grant_code::text from grant_code").fetch_one(&house.superuser).await.unwrap();
    assert!(!row.contains(&typed) && !row.contains(&typed.replace('-', "")[4..]), "{row}");
}

/// A result of a category outside the code, one with a label, one that is private and one that is kept from everybody.
async fn hidden(house: &House) {
    let like = |title: &str, labels: i16, is_private: bool| {
        format!(
            "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision,
                title, added_at, labels, own_labels, is_private)
            select patient_id, gen_random_uuid(), source_id, resource_type, '{title}', category, version_no, labelled_by, first_at, last_at, precision,
                '{title}', added_at, {labels}, {labels}, {is_private} from item where title = 'Ferritin'"
        )
    };
    for statement in [
        like("Labelled result", 8, false),
        like("Private result", 0, true),
        like("Kept result", 0, false),
        "insert into exclusion (patient_id, item_id) select patient_id, item_id from item where title = 'Kept result'".to_owned(),
    ] {
        house.tamper(&statement).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn paper_in_the_place_of_a_code_holds_what_the_code_would_show_and_is_noted_as_taken(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    hidden(&house).await;
    let (code, _) = made(&house).await;
    assert!(code.is_worded);
    let ines = house.ines();
    let before = house.events().await.len();
    let paper = house.portal.take_code_paper(&ines, house.patient, code.id).await.unwrap();
    assert!(!paper.whose.is_own());
    let mut on_paper: Vec<_> = paper.view.others.iter().map(|entry| entry.title.clone()).collect();
    assert!(paper.view.problems.is_empty() && paper.view.team.is_empty(), "{paper:?}");
    let list =
        house.portal.clone().previewing(PreviewId(code.id.0)).list(&ines, house.patient, Category::Results, None, false).await.unwrap();
    let mut previewed: Vec<_> = list.view.entries.iter().map(|entry| entry.title.clone()).collect();
    on_paper.sort_unstable();
    previewed.sort_unstable();
    assert_eq!(on_paper, previewed);
    assert_eq!(on_paper, ["Ferritin", "Haemoglobin"]);

    let written = house.events().await.split_off(before);
    let taken: Vec<_> = written.iter().filter(|event| event.what.action == "exported").collect();
    let [event] = &taken[..] else { panic!("{written:?}") };
    assert_eq!(
        (event.what.page.as_deref(), event.what.text.as_deref(), event.what.items),
        (Some("code-paper"), Some(sentence().text.as_str()), 2)
    );
    assert_eq!(event.what.categories, ["results"]);

    // Nobody else's, no other code, and none that is over; nor without a fresh sign-in.
    let stranger = house.stranger().await;
    assert!(matches!(house.portal.take_code_paper(&stranger, house.patient, code.id).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.take_code_paper(&ines, house.patient, CodeId(nothing())).await, Err(Error::NotFound)));
    let late = Visitor { signed_in_at: ines.signed_in_at - Duration::minutes(6), ..ines.clone() };
    assert!(matches!(house.portal.take_code_paper(&late, house.patient, code.id).await, Err(Error::SignInAgain)));
    house.portal.refuse_code(&ines, code.id).await.unwrap();
    assert!(matches!(house.portal.take_code_paper(&ines, house.patient, code.id).await, Err(Error::NotFound)));
    assert_eq!(house.events().await.iter().filter(|event| event.what.action == "exported").count(), 1);
}
