//! What several sources tell of: found in records that none of us wrote, and nothing joined that differs.

mod files;
mod harness;
mod people;

use std::{
    collections::{BTreeMap, HashSet},
    fs,
};

use chartkey_domain::id::PatientId;
use chartkey_portal::import::{self, ImportOptions, Into};
use files::shared;
use harness::Ground;
use people::House;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

async fn take(house: &House, patient: PatientId, source: &str, bytes: &str) {
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let options = ImportOptions { into: Into::Patient(patient), ..ImportOptions::new(source, "test") };
    import::run(&mut connection, bytes.as_bytes(), &options, |_| {}).await.unwrap();
}

/// What the ids of the second system begin with.
const MARK: &str = "other-";

/// The same file as another system would have it: every resource has another id.
fn elsewhere(file: &str) -> String {
    let parsed: Value = serde_json::from_str(file).unwrap();
    let resources = parsed["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    let ids: HashSet<&str> = resources.filter_map(|resource| resource["id"].as_str()).collect();
    let is_of_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let mut out = String::with_capacity(file.len());
    let mut rest = file;
    while let Some(start) = rest.find(is_of_id) {
        let (before, at) = rest.split_at(start);
        out.push_str(before);
        let end = at.find(|letter| !is_of_id(letter)).unwrap_or(at.len());
        let (token, after) = at.split_at(end);
        if ids.contains(token) {
            out.push_str(MARK);
        }
        out.push_str(token);
        rest = after;
    }
    out + rest
}

/// Every moment a minute later, every day another one.
fn later(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(later),
        Value::Object(fields) => fields.values_mut().for_each(later),
        Value::String(text) => {
            let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
            let is_date = digits(0..4).is_some() && text.get(4..5) == Some("-") && digits(5..7).is_some();
            if is_date && text.get(13..14) == Some(":") {
                let minute = (digits(14..16).unwrap() + 1) % 60;
                text.replace_range(14..16, &format!("{minute:02}"));
            } else if is_date && text.len() == 10 {
                let day = digits(8..10).unwrap() % 28 + 1;
                text.replace_range(8..10, &format!("{day:02}"));
            } else if is_date && text.len() == 7 {
                let month = digits(5..7).unwrap() % 12 + 1;
                text.replace_range(5..7, &format!("{month:02}"));
            }
        }
        _ => {}
    }
}

/// Every quantity one more.
fn more(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(more),
        Value::Object(fields) => {
            for (key, field) in fields {
                if key == "valueQuantity" && field["value"].is_number() {
                    field["value"] = json!(field["value"].as_f64().unwrap() + 1.0);
                } else {
                    more(field);
                }
            }
        }
        _ => {}
    }
}

fn changed(file: &str, change: fn(&mut Value)) -> String {
    let mut parsed: Value = serde_json::from_str(file).unwrap();
    change(&mut parsed);
    parsed.to_string()
}

#[derive(sqlx::FromRow)]
struct Row {
    fhir_id: String,
    resource_type: String,
    value_num: Option<f64>,
    alike: Option<Uuid>,
    twin: Option<Uuid>,
}

async fn rows(house: &House, patient: PatientId) -> Vec<Row> {
    sqlx::query_as("select fhir_id, resource_type, value_num, alike, twin from item where patient_id = $1")
        .bind(patient.0)
        .fetch_all(&house.superuser)
        .await
        .unwrap()
}

/// How the records of two sources turned out.
#[derive(Debug, Default)]
struct Outcome {
    right: usize,
    wrong: usize,
    apart_of_itself: usize,
    without_key: usize,
    missed: usize,
}

fn judge(rows: &[Row]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut twins: BTreeMap<Uuid, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if let Some(twin) = row.twin {
            twins.entry(twin).or_default().push(row);
        }
    }
    for of_one in twins.values() {
        let ids: HashSet<&str> = of_one.iter().map(|row| row.fhir_id.strip_prefix(MARK).unwrap_or(&row.fhir_id)).collect();
        if ids.len() == 1 { outcome.right += 1 } else { outcome.wrong += 1 }
    }
    let first = rows.iter().filter(|row| !row.fhir_id.starts_with(MARK) && row.twin.is_none());
    for row in first {
        match row.alike {
            None => outcome.without_key += 1,
            Some(key) if rows.iter().filter(|other| other.alike == Some(key)).count() > 2 => outcome.apart_of_itself += 1,
            Some(_) => outcome.missed += 1,
        }
    }
    outcome
}

/// Records that none of us wrote, from a second system under other ids; the same with other times, and
/// with other values.
#[sqlx::test(migrations = "../../migrations")]
async fn the_same_from_another_system_is_one_and_what_differs_is_not(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let files = [
        "synthea/small-luigi.json",
        "synthea/paediatric-allergies-botsford.json",
        "synthea/typical-adult-sanford.json",
        "synthea/utf8-name-ordonez.json",
        "synthea-generated/paediatric-infant.json",
        "uscore-patients/uscore_bundle_patient_85.json",
        "uscore-patients/uscore_bundle_patient_client_test.json",
        "uscore-patients/us_quality_core_bundle_patient.json",
    ];
    let mut patients = Vec::new();
    for file in files {
        patients.push((file, [ground.patient(file).await, ground.patient(file).await, ground.patient(file).await].map(PatientId)));
    }
    let house = House::build(ground).await;
    println!(
        "{:55} {:>6} {:>6} {:>11} {:>12} {:>7} {:>12} {:>12}",
        "record", "right", "wrong", "twice there", "not compared", "missed", "other times", "other values"
    );
    let (mut right, mut ever) = (0, 0);
    for (file, [same, times, values]) in patients {
        let text = fs::read_to_string(shared().join(file)).unwrap();
        let other = elsewhere(&text);
        // Whose a patient of a source is, is known for good: each record has sources of its own.
        for (patient, other) in [(same, other.clone()), (times, changed(&other, later)), (values, changed(&other, more))] {
            take(&house, patient, &format!("clinic of {patient}"), &text).await;
            take(&house, patient, &format!("hospital of {patient}"), &other).await;
        }
        let outcome = judge(&rows(&house, same).await);
        let late = rows(&house, times).await.iter().filter(|row| row.twin.is_some()).count();
        let is_number = |row: &&Row| row.twin.is_some() && row.resource_type == "Observation" && row.value_num.is_some();
        let other_values = rows(&house, values).await.iter().filter(is_number).count();
        println!(
            "{file:55} {:>6} {:>6} {:>11} {:>12} {:>7} {late:>12} {other_values:>12}",
            outcome.right, outcome.wrong, outcome.apart_of_itself, outcome.without_key, outcome.missed
        );
        assert_eq!((outcome.wrong, outcome.missed, late, other_values), (0, 0, 0, 0), "{file}");
        right += outcome.right;
        ever += outcome.right + outcome.apart_of_itself;
    }
    // What a source tells twice itself stays apart: which of the two is another's, cannot be said.
    assert!(right * 100 > ever * 90, "{right} of {ever} that could be compared");
}

/// What two sources tell as one.
#[derive(sqlx::FromRow)]
struct Pair {
    resource_type: String,
    titles: Vec<String>,
    texts: Vec<Option<String>>,
    times: i64,
}

/// Two published records of one person, with ids and some content of their own.
#[sqlx::test(migrations = "../../migrations")]
async fn two_records_of_one_person_are_joined_where_they_say_the_same(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for (source, file) in [("clinic", "uscore_bundle_patient_85.json"), ("hospital", "uscore_bundle_patient_client_test.json")] {
        let text = fs::read_to_string(shared().join("uscore-patients").join(file)).unwrap();
        take(&house, house.patient, source, &text).await;
    }
    let pairs: Vec<Pair> = sqlx::query_as(
        "select resource_type, array_agg(title) as titles, array_agg(value_text) as texts, count(distinct first_at) as times from item
         where patient_id = $1 and twin is not null group by resource_type, twin order by 1, 2",
    )
    .bind(house.patient.0)
    .fetch_all(&house.superuser)
    .await
    .unwrap();
    assert!(!pairs.is_empty());
    for Pair { resource_type, titles, texts, times } in &pairs {
        println!("{resource_type:20} {titles:?} {texts:?}");
        assert_eq!((titles.len(), *times), (2, 1));
        assert_eq!(texts[0], texts[1]);
    }
}

/// A thing, and how another differs from it in one thing.
type OtherThan = (&'static str, Value, fn(&mut Value));

fn coded(system: &str, code: &str, text: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": text}], "text": text})
}

/// Pairs that differ in no more than one thing that is compared.
fn pairs() -> Vec<OtherThan> {
    const AT: &str = "2024-03-01T08:00:00Z";
    let (loinc, snomed, rxnorm) = ("http://loinc.org", "http://snomed.info/sct", "http://www.nlm.nih.gov/research/umls/rxnorm");
    let culture = json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": AT, "code": coded(loinc, "600-7", "Culture"), "valueString": "No growth"});
    let sugar = json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": AT, "code": coded(loinc, "4548-4", "A1c"),
        "valueQuantity": {"value": 5.4, "unit": "%"}});
    let order = json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": AT,
        "medicationCodeableConcept": {"coding": [{"system": rxnorm, "code": "1191"}, {"system": rxnorm, "code": "243670"}], "text": "Aspirin"},
        "dosageInstruction": [{"text": "1 a day"}]});
    let knee = json!({"resourceType": "Procedure", "status": "completed", "performedDateTime": AT, "code": coded(snomed, "609588000", "Replacement"),
        "bodySite": [{"coding": [{"system": snomed, "code": "72696002", "display": "Knee"}], "text": "left"}]});
    let fracture = json!({"resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "remission"}]}, "onsetDateTime": "2024-03-01",
        "code": {"coding": [{"system": snomed, "code": "125605004", "display": "Fracture of bone"}], "text": "left wrist"}});
    let report = json!({"resourceType": "DiagnosticReport", "status": "final", "effectiveDateTime": AT, "code": coded(loinc, "24627-2", "CT"), "conclusion": "Nothing"});
    vec![
        ("status of a result", culture.clone(), |other| other["status"] = json!("preliminary")),
        ("specimen", culture.clone(), |other| other["specimen"] = json!({"display": "Wound"})),
        ("value", culture.clone(), |other| other["valueString"] = json!("Growth")),
        ("text", culture, |other| other["code"]["text"] = json!("Wound culture")),
        ("kind of percent", sugar.clone(), |other| other["code"]["coding"][0]["code"] = json!("59261-8")),
        ("unit", sugar, |other| other["valueQuantity"]["unit"] = json!("mmol/mol")),
        ("status of an order", order.clone(), |other| other["status"] = json!("on-hold")),
        ("strength", order.clone(), |other| other["medicationCodeableConcept"]["coding"][1]["code"] = json!("308416")),
        ("dose", order, |other| other["dosageInstruction"][0]["text"] = json!("2 a day")),
        ("side", knee.clone(), |other| other["bodySite"][0]["text"] = json!("right")),
        ("side in an extension", knee.clone(), |other| {
            other["bodySite"][0]["extension"] = json!([{"url": "urn:side", "valueCode": "right"}])
        }),
        ("text of a part", knee.clone(), |other| other["bodySite"][0]["text"] = json!("left, the outer half")),
        ("day for a moment", knee, |other| other["performedDateTime"] = json!("2024-03-01")),
        ("status of a problem", fracture.clone(), |other| other["clinicalStatus"]["coding"][0]["code"] = json!("resolved")),
        ("place of a fracture", fracture, |other| other["code"]["text"] = json!("right ankle")),
        ("conclusion", report.clone(), |other| other["conclusion"] = json!("A shadow")),
        ("a form elsewhere", report, |other| other["presentedForm"] = json!([{"url": "https://example.org/1"}])),
    ]
}

/// What differs in one thing is another thing; what differs in none is one.
#[sqlx::test(migrations = "../../migrations")]
async fn what_differs_in_one_thing_stays_apart(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut patients = Vec::new();
    for (what, one, change) in pairs() {
        patients.push((what, one, change, [ground.patient(what).await, ground.patient(what).await].map(PatientId)));
    }
    let house = House::build(ground).await;
    for (what, one, change, [same, differs]) in patients {
        let named = |of: &Value, id: &str| {
            let mut of = of.clone();
            of["id"] = json!(id);
            of.to_string()
        };
        let mut other = one.clone();
        change(&mut other);
        for (patient, other) in [(same, &one), (differs, &other)] {
            take(&house, patient, &format!("clinic of {patient}"), &named(&one, "1")).await;
            take(&house, patient, &format!("hospital of {patient}"), &named(other, "2")).await;
        }
        let twins = async |patient| rows(&house, patient).await.iter().filter(|row| row.twin.is_some()).count();
        assert_eq!((twins(same).await, twins(differs).await), (2, 0), "{what}");
    }
}
