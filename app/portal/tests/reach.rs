//! Who can see one thing, and keeping it from one of them, or from everybody.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    grant::{Grantee, Purpose},
    id::{AccountId, ItemId},
    policy::Whom,
};
use chartkey_portal::{Error, items::Original, reach::Access};
use harness::Ground;
use people::{House, item, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const RESULT: &str = r#"{"resourceType":"Observation","id":"n","status":"final","subject":{"reference":"Patient/a"},"code":{"text":"Sodium"},
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
    "effectiveDateTime":"2025-01-01","valueQuantity":{"value":140,"unit":"mmol/L"}}"#;

async fn sees(house: &House, visitor: &Visitor, result: ItemId) -> bool {
    match house.portal.item(visitor, house.patient, Category::Results, result, Original::Leave).await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

/// What the patient is told of each person and place.
async fn told(house: &House, result: ItemId) -> Vec<(Whom, Access)> {
    let reach = house.portal.reach(&house.ines(), house.patient, Category::Results, result).await.unwrap().view;
    reach.holders.into_iter().map(|holder| (holder.whom, holder.access)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_kept_from_one_reader_is_closed_to_them_alone_until_it_is_shown_again(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, RESULT).await;
    let result = item(&house, "n").await;
    assert_eq!(told(&house, result).await, [], "nobody has a share");
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let whom = Whom::Account(doctor.actor.account());
    assert_eq!(told(&house, result).await, [(whom, Access::Sees)]);
    assert!(sees(&house, &doctor, result).await);

    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let before = portal.standing(&doctor, patient).await.unwrap();
    assert_eq!(portal.keep_from(&ines, patient, result, whom).await.unwrap(), Category::Results);
    portal.keep_from(&ines, patient, result, whom).await.unwrap();
    assert_eq!(told(&house, result).await, [(whom, Access::Kept)]);
    assert!(!sees(&house, &doctor, result).await);
    assert_ne!(portal.standing(&doctor, patient).await.unwrap(), before, "an open page of theirs is told that it no longer stands");

    // A share that is withdrawn and given again opens nothing that is kept from them.
    house.tamper("update access_grant set state = 'withdrawn', ended_at = now()").await;
    assert_eq!(told(&house, result).await, [(whom, Access::Kept)], "what is kept can be shown again without a share");
    house.give(Purpose::Treatment).await;
    assert!(!sees(&house, &doctor, result).await);

    portal.show_again(&ines, patient, result, whom).await.unwrap();
    assert_eq!(told(&house, result).await, [(whom, Access::Sees)]);
    assert!(sees(&house, &doctor, result).await);
    let done: Vec<_> =
        house.events().await.into_iter().map(|event| event.what).filter(|what| what.page.as_deref() == Some("who")).collect();
    let changes: Vec<_> =
        done.iter().filter(|what| what.action != "read").map(|what| (what.action.as_str(), what.text.as_deref(), what.items)).collect();
    let name = Some("Dr Lindqvist, northfield");
    assert_eq!(changes, [("kept-from", name, 1), ("shown-again", name, 1)], "to ask twice is one change");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_kept_from_a_place_is_kept_from_everybody_there(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, RESULT).await;
    let result = item(&house, "n").await;
    house.give(Purpose::Treatment).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let doctor = house.doctor(Some(Purpose::Treatment));
    let (person, place) = (Whom::Account(doctor.actor.account()), Whom::Organization(house.organization));
    portal.keep_from(&ines, patient, result, place).await.unwrap();
    assert_eq!(told(&house, result).await, [(person, Access::KeptFromAll), (place, Access::Kept)]);
    assert!(!sees(&house, &doctor, result).await);
    // What another source tells of the same is kept with it; that is shown with the twins' own tests.
    portal.show_again(&ines, patient, result, place).await.unwrap();
    assert!(sees(&house, &doctor, result).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_patient_keeps_to_themselves_reaches_nobody_whatever_is_given(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, RESULT).await;
    let result = item(&house, "n").await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    // Before anybody has a share, and for whoever gets one later.
    portal.keep_from(&ines, patient, result, Whom::Everybody).await.unwrap();
    portal.keep_from(&ines, patient, result, Whom::Everybody).await.unwrap();
    house.give(Purpose::Treatment).await;
    let (doctor, nurse) = (house.doctor(Some(Purpose::Treatment)), house.nurse(Some(Purpose::Treatment)));
    let whom = Whom::Account(doctor.actor.account());
    assert_eq!(told(&house, result).await, [(whom, Access::Closed)]);
    assert!(!sees(&house, &doctor, result).await && !sees(&house, &nurse, result).await && sees(&house, &ines, result).await);
    let reach = portal.reach(&ines, patient, Category::Results, result).await.unwrap().view;
    assert!(reach.is_kept && reach.entry.is_private);
    // What is kept from one of them, too, stays so.
    portal.keep_from(&ines, patient, result, whom).await.unwrap();
    let mut earlier = house.ines();
    earlier.signed_in_at -= time::Duration::hours(2);
    assert!(matches!(portal.show_again(&earlier, patient, result, Whom::Everybody).await, Err(Error::SignInAgain)));
    portal.show_again(&ines, patient, result, Whom::Everybody).await.unwrap();
    assert_eq!(told(&house, result).await, [(whom, Access::Kept)]);
    portal.show_again(&ines, patient, result, whom).await.unwrap();
    assert!(sees(&house, &doctor, result).await);
    let done = house.events().await.into_iter().map(|event| event.what).filter(|what| what.page.as_deref() == Some("who"));
    let changes: Vec<_> = done.filter(|what| what.action != "read").map(|what| what.action).collect();
    assert_eq!(changes, ["kept-to-oneself", "kept-from", "left-to-shares", "shown-again"], "to ask twice is one change");
    for visitor in [doctor, house.stranger().await] {
        assert!(matches!(portal.keep_from(&visitor, patient, result, Whom::Everybody).await, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_but_the_patient_asks_and_nobody_unknown_is_kept_out(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, RESULT).await;
    let result = item(&house, "n").await;
    house.give(Purpose::Treatment).await;
    let (portal, patient) = (&house.portal, house.patient);
    let doctor = house.doctor(Some(Purpose::Treatment));
    let whom = Whom::Account(doctor.actor.account());
    for visitor in [doctor, house.stranger().await] {
        assert!(matches!(portal.reach(&visitor, patient, Category::Results, result).await, Err(Error::NotFound)));
        assert!(matches!(portal.keep_from(&visitor, patient, result, whom).await, Err(Error::NotFound)));
        assert!(matches!(portal.show_again(&visitor, patient, result, whom).await, Err(Error::NotFound)));
    }
    let ines = house.ines();
    let nobody = Whom::Account(AccountId(people::nothing()));
    assert!(matches!(portal.keep_from(&ines, patient, result, nobody).await, Err(Error::NotFound)));
    let nothing = ItemId(people::nothing());
    assert!(matches!(portal.keep_from(&ines, patient, nothing, whom).await, Err(Error::NotFound)));
    assert!(matches!(portal.reach(&ines, patient, Category::Vitals, result).await, Err(Error::NotFound)), "the address names its category");
    // What opens needs a fresh sign-in; what closes never does.
    let mut earlier = house.ines();
    earlier.signed_in_at -= time::Duration::hours(2);
    portal.keep_from(&earlier, patient, result, whom).await.unwrap();
    assert!(matches!(portal.show_again(&earlier, patient, result, whom).await, Err(Error::SignInAgain)));
    assert_eq!(told(&house, result).await, [(whom, Access::Kept)]);
}

/// Otherwise an open page would tell its reader that something became of what they do not see.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_kept_from_others_and_what_becomes_of_what_is_kept_close_no_open_page(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, RESULT).await;
    house.give(Purpose::Treatment).await;
    let (doctor, nurse) = (house.doctor(Some(Purpose::Treatment)), house.nurse(Some(Purpose::Treatment)));
    let mut new = house.draft(Purpose::Treatment).await;
    new.grantee = Grantee::Clinician { account: nurse.actor.account(), organization: house.organization };
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let before = portal.standing(&doctor, patient).await.unwrap();
    portal.keep_from(&ines, patient, item(&house, "n").await, Whom::Account(nurse.actor.account())).await.unwrap();
    assert_eq!(portal.standing(&doctor, patient).await.unwrap(), before, "it is kept from somebody else");
    // What becomes of something that they are kept from is nothing to them either.
    portal.keep_from(&ines, patient, item(&house, "n").await, Whom::Account(doctor.actor.account())).await.unwrap();
    let kept = portal.standing(&doctor, patient).await.unwrap();
    assert_ne!(kept, before);
    house.tamper("update item set labels = 1, own_labels = 1, is_private = true, first_at = '1990-01-01' where fhir_id = 'n'").await;
    assert_eq!(portal.standing(&doctor, patient).await.unwrap(), kept);
}
