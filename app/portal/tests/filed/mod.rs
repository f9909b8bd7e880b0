//! Files that a patient adds, and a record that is compared with what it was.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::io::{Seek, Write};

use chartkey_domain::{grant::Purpose, id::ImportId};
use chartkey_portal::uploads::State;
use sqlx::postgres::PgConnectOptions;

use crate::{harness::Ground, people::House};

pub const INES: &str = r#"{"resourceType":"Patient","id":"p","name":[{"text":"Ines"}],"birthDate":"1961-03-14","gender":"female"}"#;
pub const PRACTITIONER: &str = r#"{"resourceType":"Practitioner","id":"d","name":[{"text":"Dr Aalto"}]}"#;

pub fn sodium(id: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"laboratory"}}]}}],"subject":{{"reference":"Patient/p"}},"performer":[{{"reference":"Practitioner/d"}}],"code":{{"text":"Sodium"}},"effectiveDateTime":"2024-05-06","valueQuantity":{{"value":{value},"unit":"mmol/L"}}}}"#
    )
}

pub fn bundle(resources: &[&str]) -> Vec<u8> {
    let entries: Vec<String> = resources.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(",")).into_bytes()
}

pub async fn keep(house: &House, name: &str, bytes: &[u8]) -> ImportId {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    house.portal.keep_upload(&house.ines(), house.patient, name, file, bytes.len() as u64).await.unwrap()
}

pub async fn state(house: &House, import: ImportId) -> State {
    house.portal.upload(&house.ines(), import).await.unwrap().state
}

/// Adds a file and has it read.
pub async fn add(house: &House, name: &str, bytes: &[u8]) -> (ImportId, State) {
    let import = keep(house, name, bytes).await;
    assert_eq!(state(house, import).await, State::Waiting);
    assert_eq!(house.portal.import_next().await.unwrap(), Some(import));
    (import, state(house, import).await)
}

/// Everything of the record that anybody is shown or decided by.
pub async fn fingerprint(house: &House) -> Vec<String> {
    let mut prints = Vec::new();
    for statement in [
        "select coalesce(string_agg((to_jsonb(i) - 'sort_at')::text, E'\\n' order by item_id), '') from item i where patient_id = $1",
        "select coalesce(string_agg(a::text, E'\\n' order by item_id), '') from attachment a where patient_id = $1",
        "select coalesce(string_agg(r::text, E'\\n' order by item_id, ordinal), '') from item_reference r where patient_id = $1",
        "select coalesce(string_agg(p::text, E'\\n' order by phrase_id), '') from phrase p where patient_id = $1",
        "select coalesce(string_agg(t::text, E'\\n' order by category), '') from item_total t where patient_id = $1 and items + negations <> 0",
        "select coalesce(string_agg(v.item_id || ' ' || v.version_no || encode(v.sha256, 'hex'), E'\\n' order by v.item_id, v.version_no), '')
         from item_version v where patient_id = $1 and withdrawn_at is null",
    ] {
        prints.push(sqlx::query_scalar(statement).bind(house.patient.0).fetch_one(&house.superuser).await.unwrap());
    }
    prints
}

/// That two fingerprints are the same, with no more of them than what differs.
pub fn assert_same(now: &[String], then: &[String], says: &str) {
    for (now, then) in now.iter().zip(then) {
        let only = |one: &str, other: &str| {
            one.lines().filter(|line| !other.lines().any(|other| other == *line)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((only(now, then), only(then, now)), (Vec::new(), Vec::new()), "{says}");
    }
}

pub async fn count(house: &House, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&house.superuser).await.unwrap()
}

pub async fn doctor_sees(house: &House) -> Vec<String> {
    let opened = house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    let mut values: Vec<String> =
        opened.view.reports.iter().flat_map(|report| &report.results).filter_map(|entry| entry.value.text.clone()).collect();
    values.sort();
    values
}

pub async fn house(options: PgConnectOptions) -> House {
    let house = House::build(Ground::lay(options).await).await;
    // Its words are read once, as the worker does it.
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    house
}
