//! What a summary says of what matters now, and to whom.

mod harness;
mod people;

use std::collections::BTreeSet;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
};
use chartkey_portal::{allergies::Allergies, news::Look, paper::LISTED, summary::Summary};
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
    assert!(nothing.allergies.entries.is_empty() && !nothing.allergies.none_known);

    take(&house, &allergy("none", r#""code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}],"text":"None"}"#)).await;
    assert!(summary(&house, &ines).await.allergies.none_known);

    take(&house, &allergy("nuts", r#""code":{"text":"Nuts"},"reaction":[{"manifestation":[{"text":"Hives"},{"text":"Wheezing"}]}]"#)).await;
    take(&house, &allergy("bees", r#""code":{"text":"Bees"}"#)).await;
    for visitor in [&ines, &doctor] {
        let told = summary(&house, visitor).await.allergies;
        assert!(!told.none_known);
        let reactions =
            |title: &str| told.reactions[&told.entries.iter().find(|allergy| allergy.title == title).unwrap().id].named.join(", ");
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

/// A resource of a kind that is listed, of one code without words, or of words alone.
fn coded(of_type: &str, id: &str, what: &str, day: &str, rest: &str) -> String {
    let (whose, code, date) = match of_type {
        "AllergyIntolerance" => ("patient", "code", "recordedDate"),
        "MedicationRequest" => ("subject", "medicationCodeableConcept", "authoredOn"),
        "Condition" => ("subject", "code", "recordedDate"),
        other => panic!("{other}"),
    };
    format!(r#"{{"resourceType":"{of_type}","id":"{id}","{whose}":{{"reference":"Patient/a"}},"{code}":{what},"{date}":"{day}"{rest}}}"#)
}

/// Everything that shows once what means the same: what it tells of allergies, and how many medicines and problems there are.
async fn lists_of(house: &House, doctor: &Visitor) -> Vec<(&'static str, Allergies, [usize; 2])> {
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let own = summary(house, &ines).await;
    let shared = summary(house, doctor).await;
    let paper = portal.paper(&ines, patient).await.unwrap().view;
    let card = portal.card(&ines, patient).await.unwrap().view.summary;
    let pack = portal.take_pack(&ines, patient).await.unwrap().view.overview;
    let printed = portal.printed_summaries(doctor).await.unwrap().patients.remove(0).view;
    vec![
        ("summary", own.allergies, [own.medicines.len(), own.problems.len()]),
        ("shared", shared.allergies, [shared.medicines.len(), shared.problems.len()]),
        ("paper", paper.allergies, [paper.medicines.len(), paper.problems.len()]),
        ("card", card.allergies, [card.medicines.len(), card.problems.len()]),
        ("pack", pack.allergies, [pack.medicines.len(), pack.problems.len()]),
        ("printed", printed.allergies, [printed.medicines.len(), printed.problems.len()]),
    ]
}

/// How many rows of these kinds each has.
async fn rows_of(house: &House, doctor: &Visitor) -> Vec<(&'static str, [usize; 3])> {
    let lists = lists_of(house, doctor).await;
    lists.into_iter().map(|(place, allergies, [medicines, problems])| (place, [allergies.entries.len(), medicines, problems])).collect()
}

async fn allergies_of(house: &House, doctor: &Visitor) -> Vec<(&'static str, Allergies)> {
    lists_of(house, doctor).await.into_iter().map(|(place, allergies, _)| (place, allergies)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_known_by_code_alone_is_told_apart_and_one_substance_has_all_its_reactions(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.tamper("delete from item where category = 3").await;
    let doctor = doctor_of(&house, &[Category::Allergies, Category::Medicines, Category::Problems]).await;
    let by_code = |code: &str| format!(r#"{{"coding":[{{"system":"http://example.org/codes","code":"{code}"}}]}}"#);
    let hurts =
        |name: &str, criticality: &str| format!(r#","criticality":"{criticality}","reaction":[{{"manifestation":[{{"text":"{name}"}}]}}]"#);
    for (of_type, rest) in [("MedicationRequest", r#","status":"active","intent":"order""#), ("Condition", "")] {
        for (id, code) in [("1", "p"), ("2", "q"), ("3", "q")] {
            take(&house, &coded(of_type, &format!("{of_type}{id}"), &by_code(code), &format!("202{id}-01-01"), rest)).await;
        }
        // Neither a code nor a name: nobody knows that they are one.
        for id in ["4", "5"] {
            take(&house, &coded(of_type, &format!("{of_type}{id}"), "{}", "2020-01-01", rest)).await;
        }
    }
    take(&house, &coded("AllergyIntolerance", "p1", &by_code("p"), "2021-01-01", &hurts("Shock", "high"))).await;
    take(&house, &coded("AllergyIntolerance", "p2", &by_code("p"), "2022-01-01", &hurts("Hives", "low"))).await;
    take(&house, &coded("AllergyIntolerance", "q1", &by_code("q"), "2023-01-01", &hurts("Wheezing", "low"))).await;
    // One name and two codes: a source that calls everything by the kind of thing that it is.
    let named = |code: &str| format!(r#"{{"coding":[{{"system":"http://example.org/codes","code":"{code}"}}],"text":"Allergy"}}"#);
    take(&house, &coded("AllergyIntolerance", "r1", &named("r"), "2019-01-01", &hurts("Cough", "low"))).await;
    take(&house, &coded("AllergyIntolerance", "s1", &named("s"), "2019-02-01", "")).await;

    for (place, rows) in rows_of(&house, &doctor).await {
        assert_eq!(rows, [4, 4, 4], "{place}");
    }
    for (place, told) in allergies_of(&house, &doctor).await {
        let reactions: Vec<_> = told.entries.iter().map(|allergy| &told.reactions[&allergy.id]).collect();
        let said: Vec<_> = reactions.iter().map(|told| (told.named.join(", "), told.is_high)).collect();
        let of = |named: &str, is_high| (named.to_owned(), is_high);
        assert_eq!(said, [of("Wheezing", false), of("Hives, Shock", true), of("", false), of("Cough", false)], "{place}");
    }
    // What a reader may not see adds nothing to what they may.
    house.tamper("update item set is_private = true where fhir_id = 'p1'").await;
    for (place, told) in allergies_of(&house, &doctor).await.into_iter().filter(|(place, _)| matches!(*place, "shared" | "printed")) {
        let told = format!("{:?}", told.reactions);
        assert!(told.contains("Hives") && !told.contains("Shock") && !told.contains("is_high: true"), "{place}: {told}");
    }
}

/// An allergy that somebody has refuted hides none that goes on, and gives it no reactions; nor is one taken for another
/// because both have the code of any allergy first.
#[sqlx::test(migrations = "../../migrations")]
async fn an_allergy_that_goes_on_is_hidden_by_none(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let coding = |code: &str| format!(r#"{{"system":"http://example.org/codes","code":"{code}"}}"#);
    let code = |codes: &[&str], name: &str| {
        let codings: Vec<String> = codes.iter().map(|code| coding(code)).collect();
        format!(r#"{{"coding":[{}],"text":"{name}"}}"#, codings.join(","))
    };
    let hurts = |how: &str, rest: &str| format!(r#","reaction":[{{"manifestation":[{{"text":"{how}"}}]}}]{rest}"#);
    let refuted = r#","verificationStatus":{"coding":[{"code":"refuted"}]}"#;
    for (id, codes, name, when, rest) in [
        ("active", vec!["penicillin"], "Penicillin", "2021-01-01", hurts("Shock", r#","criticality":"high""#)),
        ("refuted", vec!["penicillin"], "Penicillin", "2023-01-01", hurts("Rash", refuted)),
        ("amoxicillin", vec!["drug", "amoxicillin"], "Drug allergy", "2020-01-01", hurts("Hives", "")),
        ("ibuprofen", vec!["drug", "ibuprofen"], "Drug allergy", "2019-01-01", hurts("Wheezing", "")),
    ] {
        take(&house, &coded("AllergyIntolerance", id, &code(&codes, name), when, &rest)).await;
    }
    let told = summary(&house, &house.ines()).await.allergies;
    let rows: Vec<_> =
        told.entries.iter().map(|allergy| (told.reactions[&allergy.id].named.join(", "), told.reactions[&allergy.id].is_high)).collect();
    assert_eq!(
        rows,
        [("Rash", false), ("Shock", true), ("Hives", false), ("Wheezing", false)].map(|(how, is_high)| (how.to_owned(), is_high))
    );
    let paper = house.portal.paper(&house.ines(), house.patient).await.unwrap().view;
    assert_eq!(paper.allergies.entries.len(), 4);
}

#[sqlx::test(migrations = "../../migrations")]
async fn however_many_there_are_none_is_left_out_unsaid(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.tamper("delete from item where category = 3").await;
    let doctor = doctor_of(&house, &[Category::Allergies, Category::Medicines, Category::Problems]).await;
    let kinds = [("AllergyIntolerance", ""), ("MedicationRequest", r#","status":"active","intent":"order""#), ("Condition", "")];
    let bundle = async |ids: std::ops::Range<usize>| {
        let all = kinds.into_iter().flat_map(|(of_type, rest)| {
            let one = move |id| coded(of_type, &format!("{of_type}{id}"), &format!(r#"{{"text":"{of_type} {id}"}}"#), "2020-01-01", rest);
            ids.clone().map(move |id| format!(r#"{{"resource":{}}}"#, one(id)))
        });
        let all: Vec<_> = all.collect();
        take(&house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, all.join(","))).await;
    };
    bundle(0..LISTED).await;
    for (place, rows) in rows_of(&house, &doctor).await {
        assert_eq!(rows, [LISTED; 3], "{place}");
    }
    // One more than is listed, by which each page says that there are more.
    bundle(LISTED..LISTED + 5).await;
    for (place, rows) in rows_of(&house, &doctor).await {
        assert_eq!(rows, [LISTED + 1; 3], "{place}");
    }
}
