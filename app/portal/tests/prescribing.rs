//! "Ask the patient before prescribing": who is told, and what it counts.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
};
use chartkey_portal::Error;
use harness::Ground;
use people::{House, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

/// Whether this reader of the record is told to ask first.
async fn is_told(house: &House, visitor: &Visitor) -> bool {
    house.portal.results(visitor, house.patient, None, false).await.unwrap().whose.asks_first
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_kept_from_anything_is_told_to_ask_and_nobody_else(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines) = (&house.portal, house.ines());
    house.give(Purpose::Treatment).await;
    let all = Categories::NONE.with(Category::Results).with(Category::Problems).with(Category::Medicines).with(Category::Allergies);
    let mut wide = house.draft(Purpose::Coordination).await;
    wide.terms.categories = all;
    portal.give_grant(&ines, wide).await.unwrap();
    let (narrow, wide) = (house.doctor(Some(Purpose::Treatment)), house.doctor(Some(Purpose::Coordination)));
    assert!(!is_told(&house, &narrow).await, "off until it is chosen");

    portal.choose_asks_first(&ines, true).await.unwrap();
    assert!(portal.asks_first(&ines).await.unwrap().view);
    assert!(is_told(&house, &narrow).await, "a problem is kept from them");
    assert!(!is_told(&house, &wide).await && !is_told(&house, &ines).await);

    let allergy = |id: &str, code: &str| {
        format!(r#"{{"resourceType":"AllergyIntolerance","id":"{id}","patient":{{"reference":"Patient/a"}},"code":{code}}}"#)
    };
    take(&house, &allergy("none", r#"{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}],"text":"None"}"#)).await;
    take(&house, &allergy("nuts", r#"{"text":"Nuts"}"#)).await;
    house.tamper("update item set is_private = true where is_negation").await;
    assert!(!is_told(&house, &wide).await, "that there is none is nothing to ask about");
    house.tamper("update item set is_private = true where title = 'Nuts'").await;
    assert!(is_told(&house, &wide).await);
    house.tamper("update item set is_error = true where title = 'Nuts'").await;
    assert!(!is_told(&house, &wide).await, "nor is what was entered in error");
    house.tamper("update item set is_private = true where category = 6").await;
    assert!(!is_told(&house, &wide).await, "nor a result");
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_is_chosen_freshly_and_given_up_at_once_and_each_is_one_event(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines) = (&house.portal, house.ines());
    let long_ago = Visitor { signed_in_at: ines.signed_in_at - Duration::hours(2), ..ines.clone() };
    assert!(matches!(portal.choose_asks_first(&long_ago, true).await, Err(Error::SignInAgain)));
    assert!(!portal.asks_first(&ines).await.unwrap().view);
    for is_chosen in [true, true, false, false] {
        let by = if is_chosen { &ines } else { &long_ago };
        portal.choose_asks_first(by, is_chosen).await.unwrap();
        assert_eq!(portal.asks_first(&ines).await.unwrap().view, is_chosen);
    }
    let stranger = house.stranger().await;
    assert!(matches!(portal.choose_asks_first(&stranger, false).await, Err(Error::NotFound)));
    assert!(matches!(portal.choose_asks_first(&house.doctor(None), true).await, Err(Error::NotFound)));
    let events = house.events().await;
    let done: Vec<_> = events.iter().map(|event| event.what.action.as_str()).filter(|action| action.starts_with("asks")).collect();
    assert_eq!(done, ["asks-first", "asks-first-no-more"]);
}
