//! What several sources tell of: what its tests are made of.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::io::{Seek, Write};

use chartkey_domain::{
    account::Visitor,
    category::Category,
    grant::Purpose,
    id::{ImportId, ItemId, PatientId},
};
use chartkey_portal::{
    LABEL_TABLE_VERSION,
    entry::{Disputed, Entry},
    import::{self, ImportOptions, Into},
};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;

use crate::{harness::Ground, people::House};

pub async fn take(house: &House, patient: PatientId, source: &str, bytes: &str) {
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let options = ImportOptions { into: Into::Patient(patient), ..ImportOptions::new(source, "test") };
    import::run(&mut connection, bytes.as_bytes(), &options, |_| {}).await.unwrap();
}

pub fn measured(id: &str, value: f64, unit: &str, at: &str) -> String {
    json!({
        "resourceType": "Observation", "id": id, "status": "final", "effectiveDateTime": at,
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": "Glucose", "coding": [{"system": "http://loinc.org", "code": "2345-7"}]},
        "valueQuantity": {"value": value, "unit": unit}
    })
    .to_string()
}

pub const AT: &str = "2024-03-01T08:00:00Z";

/// What a reader is shown under results, with those who say the same.
pub async fn shown(house: &House, visitor: &Visitor) -> Vec<Entry> {
    let results = house.portal.results(visitor, house.patient, None, false).await.unwrap().view;
    let mut entries: Vec<Entry> = results.reports.into_iter().flat_map(|report| report.results).collect();
    entries.retain(|entry| entry.title == "Glucose");
    entries
}

pub async fn item(house: &House, fhir_id: &str) -> ItemId {
    let id = sqlx::query_scalar("select item_id from item where patient_id = $1 and fhir_id = $2").bind(house.patient.0).bind(fhir_id);
    ItemId(id.fetch_one(&house.superuser).await.unwrap())
}

pub async fn total(house: &House) -> i64 {
    let list = house.portal.list(&house.ines(), house.patient, Category::Results, None, false).await.unwrap().view;
    assert_eq!(i64::try_from(list.entries.len()).unwrap(), list.aside.as_ref().unwrap().total, "the count is that of the rows");
    list.aside.unwrap().total
}

pub async fn tell(house: &House, statement: &'static str, item: ItemId) {
    sqlx::query(statement).bind(house.patient.0).bind(item.0).execute(&house.superuser).await.unwrap();
}

/// Ines, of whose glucose two sources tell, and a doctor who may see her results.
pub async fn two(options: PgConnectOptions) -> House {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    take(&house, house.patient, "hospital", &measured("there", 1.1, "g/L", "2024-03-01T09:00:00+01:00")).await;
    house.give(Purpose::Treatment).await;
    house
}

/// Adds a file of the patient's own and has it read.
pub async fn add(house: &House, bytes: &str) -> ImportId {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes.as_bytes()).unwrap();
    file.rewind().unwrap();
    let import = house.portal.keep_upload(&house.ines(), house.patient, "export.json", file, bytes.len() as u64).await.unwrap();
    assert_eq!(house.portal.import_next().await.unwrap(), Some(import));
    import
}

pub async fn state(house: &House) -> String {
    let rows = "select string_agg((to_jsonb(i) - 'sort_at')::text, E'\\n' order by item_id) from item i where patient_id = $1";
    let totals = "select string_agg(t::text, E'\\n' order by category) from item_total t where patient_id = $1 and items <> 0";
    let mut state = String::new();
    for statement in [rows, totals] {
        state += &sqlx::query_scalar::<_, String>(statement).bind(house.patient.0).fetch_one(&house.superuser).await.unwrap();
    }
    state
}

/// What is said of a row, line by line; it is one thing, whichever of the two it was said of.
pub fn words(disputed: Option<Disputed>) -> Option<String> {
    let statements = disputed?.statements;
    assert!(statements.iter().all(|statement| statement.of.is_none()), "{statements:?}");
    Some(statements.into_iter().map(|statement| statement.words.unwrap_or_default()).collect::<Vec<_>>().join("\n"))
}

/// The same as somebody tells it who says more or less of it.
pub fn with(resource: &str, more: serde_json::Value) -> String {
    let mut resource: serde_json::Value = serde_json::from_str(resource).unwrap();
    for (key, value) in more.as_object().unwrap() {
        resource[key] = value.clone();
    }
    resource.to_string()
}

pub async fn says(house: &House, item: ItemId, words: &str) {
    let draft = house.portal.keep_statement(&house.ines(), house.patient, item, words).await.unwrap();
    house.portal.open_correction(&house.ines(), house.patient, item, draft).await.unwrap();
}

pub async fn said(house: &House, visitor: &Visitor) -> Vec<Option<String>> {
    shown(house, visitor).await.into_iter().map(|entry| words(entry.disputed)).collect()
}

/// That an item is not theirs, as its patient said of that very one of several that are one.
pub async fn stands(house: &House, item: ItemId) {
    sqlx::query(
        "with said as (insert into correction (patient_id, item_id, version_no) values ($1, $2, 1) returning patient_id, correction_id)
        insert into correction_statement (patient_id, correction_id, words, labels, labelled_by)
        select patient_id, correction_id, 'Not mine', 0, $3 from said",
    )
    .bind(house.patient.0)
    .bind(item.0)
    .bind(LABEL_TABLE_VERSION)
    .execute(&house.superuser)
    .await
    .unwrap();
}
