//! What a summary says of what matters now, and to whom.

mod harness;
mod people;

use std::collections::BTreeSet;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
};
use chartkey_portal::{news::Look, summary::Summary};
use harness::Ground;
use people::{House, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

async fn summary(house: &House, visitor: &Visitor) -> Summary {
    house.portal.summary(visitor, house.patient, Look::Opened).await.unwrap().view
}

/// The doctor, who may see these.
async fn doctor_of(house: &House, categories: &[Category]) -> Visitor {
    let mut new = house.draft(Purpose::Treatment).await;
    new.terms.categories = categories.iter().copied().fold(Categories::NONE, Categories::with);
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    house.doctor(Some(Purpose::Treatment))
}

#[sqlx::test(migrations = "../../migrations")]
async fn none_known_is_told_from_not_recorded_and_an_allergy_names_its_reactions(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = doctor_of(&house, &[Category::Allergies]).await;
    let ines = house.ines();
    let allergy = |id: &str, rest: &str| {
        format!(r#"{{"resourceType":"AllergyIntolerance","id":"{id}","patient":{{"reference":"Patient/a"}},{rest}}}"#)
    };
    let nothing = summary(&house, &ines).await;
    assert!(nothing.allergies.is_empty() && !nothing.none_known);

    take(&house, &allergy("none", r#""code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}],"text":"None"}"#)).await;
    assert!(summary(&house, &ines).await.none_known);

    take(&house, &allergy("nuts", r#""code":{"text":"Nuts"},"reaction":[{"manifestation":[{"text":"Hives"},{"text":"Wheezing"}]}]"#)).await;
    take(&house, &allergy("bees", r#""code":{"text":"Bees"}"#)).await;
    for visitor in [&ines, &doctor] {
        let told = summary(&house, visitor).await;
        assert!(!told.none_known);
        let reactions = |title: &str| told.reactions[&told.allergies.iter().find(|allergy| allergy.title == title).unwrap().id].join(", ");
        assert_eq!((reactions("Nuts").as_str(), reactions("Bees").as_str()), ("Hives, Wheezing", ""), "{}", visitor.name);
    }
    house.tamper("update item set is_private = true where title = 'Nuts'").await;
    assert!(!format!("{:?}", summary(&house, &doctor).await).contains("Hives"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_result_out_of_range_stays_in_sight_until_a_newer_one_of_its_series(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = doctor_of(&house, &[Category::Results]).await;
    let result = |id: &str, name: &str, value: i32, day: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/a"}},
                "code":{{"coding":[{{"system":"http://example.org","code":"{name}"}}],"text":"{name}"}},"effectiveDateTime":"{day}",
                "category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],
                "valueQuantity":{{"value":{value},"unit":"mmol/L"}},"referenceRange":[{{"low":{{"value":135}},"high":{{"value":145}}}}]}}"#
        )
    };
    take(&house, &result("old", "Sodium", 150, "2019-01-01")).await;
    for number in 0..6 {
        take(&house, &result(&number.to_string(), &format!("Other {number}"), 140, &format!("2020-01-0{}", number + 1))).await;
    }
    let listed =
        async |visitor: &Visitor| summary(&house, visitor).await.results.into_iter().map(|result| result.title).collect::<Vec<_>>();
    let with = ["Other 5", "Other 4", "Other 3", "Other 2", "Other 1", "Sodium"];
    assert_eq!(listed(&house.ines()).await, with);
    assert_eq!(listed(&doctor).await, with);
    take(&house, &result("new", "Sodium", 140, "2019-06-01")).await;
    assert_eq!(listed(&house.ines()).await, with[..5]);
    house.tamper("update item set is_private = true where fhir_id = 'new'").await;
    assert_eq!(listed(&house.ines()).await, with[..5]);
    assert_eq!(listed(&doctor).await, with, "what is kept from them hides nothing that they may see");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_care_team_is_named_with_its_source_and_to_a_grantee_whom_the_record_holds(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = doctor_of(&house, &[Category::Plans, Category::Visits]).await;
    let narrow = Visitor { purposes: [(house.patient, Purpose::Coordination)].into(), ..doctor.clone() };
    house.give(Purpose::Coordination).await;
    let entries = [
        r#"{"resourceType":"Practitioner","id":"lee","name":[{"family":"Lee","given":["Ana"]}]}"#,
        r#"{"resourceType":"Practitioner","id":"roe","name":[{"family":"Roe","given":["Ben"]}]}"#,
        r#"{"resourceType":"CareTeam","id":"t","status":"active","subject":{"reference":"Patient/a"},"participant":[
            {"member":{"reference":"Practitioner/lee"}},{"member":{"display":"A neighbour"}},{"member":{"reference":"Practitioner/gone","display":"Dr Gone"}}]}"#,
        r#"{"resourceType":"CareTeam","id":"over","status":"inactive","subject":{"reference":"Patient/a"},"participant":[{"member":{"display":"Before"}}]}"#,
        r#"{"resourceType":"Encounter","id":"1","status":"finished","subject":{"reference":"Patient/a"},"period":{"start":"2024-02-03","end":"2024-02-03"},
            "participant":[{"individual":{"reference":"Practitioner/roe"}}]}"#,
        r#"{"resourceType":"Encounter","id":"2","status":"finished","subject":{"reference":"Patient/a"},"period":{"start":"2024-03-04","end":"2024-03-04"},
            "participant":[{"individual":{"reference":"Practitioner/lee"}}]}"#,
    ];
    let entries: Vec<_> = entries.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    take(&house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))).await;

    let own = summary(&house, &house.ines()).await.team;
    let names: BTreeSet<_> = own.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Ana Lee", "A neighbour", "Dr Gone", "Ben Roe"].into());
    let of = |name: &str| own.iter().find(|member| member.name == name).unwrap();
    assert!(of("Ana Lee").is_in_team && of("Ana Lee").seen.is_some() && of("Ana Lee").source == "clinic");
    assert_eq!((of("Ben Roe").is_in_team, of("Ben Roe").category), (false, Category::Visits));
    assert_eq!(of("A neighbour").category, Category::Plans);

    let shared: Vec<_> = summary(&house, &doctor).await.team.into_iter().map(|member| member.name).collect();
    assert_eq!(shared, ["Ana Lee", "Ben Roe"], "a name without somebody behind it is the patient's only");
    assert!(summary(&house, &narrow).await.team.is_empty(), "of whom only results are shared with them");
}
