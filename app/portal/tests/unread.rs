//! A clinician's list of patients says where something new has come in, and nothing of what they may not see.

mod harness;
mod people;

use chartkey_domain::{account::Visitor, grant::Purpose, id::GrantId};
use chartkey_portal::news::Look;
use harness::Ground;
use people::{House, item, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

async fn new_to(house: &House, visitor: &Visitor) -> Vec<GrantId> {
    while house.portal.note_next_unread().await.unwrap() {}
    house.portal.shared_list(visitor).await.unwrap().open.into_iter().filter(|entry| entry.is_new).map(|entry| entry.grant).collect()
}

async fn look(house: &House, visitor: &Visitor) {
    house.portal.summary(visitor, house.patient, Look::Opened).await.unwrap();
}

fn result(id: &str) -> String {
    format!(
        r#"{{"resourceType": "Observation", "id": "{id}", "status": "final", "category": [{{"coding": [{{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}}]}}],
        "code": {{"text": "Ferritin {id}"}}, "effectiveDateTime": "2026-01-05", "valueQuantity": {{"value": 7, "unit": "ug/L"}}}}"#
    )
}

fn problem(id: &str) -> String {
    format!(r#"{{"resourceType": "Condition", "id": "{id}", "code": {{"text": "Something {id}"}}, "onsetDateTime": "2026-01-05"}}"#)
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_in_since_somebody_looked_stands_at_the_share_that_shows_it_until_they_look(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let grant = house.give(Purpose::Treatment).await;
    let other = house.give(Purpose::Coordination).await;
    house.tamper(&format!("update access_grant set categories = 0 where grant_id = '{other}'")).await;
    take(&house, &result("a")).await;
    assert_eq!(new_to(&house, &doctor).await, [], "nothing is new to whoever never looked");
    look(&house, &doctor).await;
    assert_eq!(new_to(&house, &doctor).await, []);
    take(&house, &problem("b")).await;
    assert_eq!(new_to(&house, &doctor).await, [], "of what they may not see nothing is said");
    take(&house, &result("c")).await;
    assert_eq!(new_to(&house, &doctor).await, [grant], "by the share that shows it, and no other");
    take(&house, &problem("d")).await;
    assert_eq!(new_to(&house, &doctor).await, [grant]);
    look(&house, &doctor).await;
    assert_eq!(new_to(&house, &doctor).await, []);
    assert_eq!(house.counted("select count(*) from news_due").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_kept_from_one_of_a_profession_is_new_to_the_others_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (doctor, nurse) = (house.doctor(Some(Purpose::Treatment)), house.nurse(Some(Purpose::Treatment)));
    let grant = house.give(Purpose::Treatment).await;
    house.tamper("update access_grant set grantee_account_id = null, professions = '{physician,nurse}'").await;
    look(&house, &doctor).await;
    look(&house, &nurse).await;
    take(&house, &result("a")).await;
    let kept = item(&house, "a").await;
    house
        .tamper(&format!(
            "insert into exclusion (patient_id, item_id, account_id) select '{}', '{kept}', account_id from account where display_name = 'Nurse Abel'",
            house.patient
        ))
        .await;
    assert_eq!(new_to(&house, &nurse).await, []);
    assert_eq!(new_to(&house, &doctor).await, [grant]);
}
