//! Import and export over a real PostgreSQL, as the runtime role, and over records
//! that none of us wrote.

mod harness;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use chartkey_domain::id::PatientId;
use chartkey_portal::{
    export,
    import::{self, Error, ImportOptions, ImportReport, Into},
};
use harness::Ground;
use sqlx::{
    PgConnection, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};

fn shared() -> PathBuf {
    let path = std::env::var_os("CHARTKEY_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    assert!(path.is_dir(), "the shared records are not at {}: set CHARTKEY_SHARED_DATA", path.display());
    path
}

/// Every FHIR file with its source: the first folder it lies in.
fn files() -> Vec<(String, PathBuf)> {
    let root = shared();
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "json" || end == "ndjson") {
                let source = path.strip_prefix(&root).unwrap().components().next().unwrap().as_os_str().to_string_lossy().into_owned();
                files.push((source, path));
            }
        }
    }
    files.sort();
    files
}

async fn take(connection: &mut PgConnection, source: &str, bytes: &[u8]) -> Result<ImportReport, Error> {
    import::run(connection, bytes, &ImportOptions::new(source, "test"), |_| {}).await
}

async fn export(connection: &mut PgConnection, patient: PatientId) -> String {
    let mut bytes = Vec::new();
    sqlx::query("begin").execute(&mut *connection).await.unwrap();
    sqlx::query("select set_config('chartkey.task', 'export', true), set_config('chartkey.patient', $1, true)")
        .bind(patient.to_string())
        .execute(&mut *connection)
        .await
        .unwrap();
    export::bundle(connection, patient, &mut bytes).await.unwrap();
    sqlx::query("commit").execute(&mut *connection).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The raw resources of a Bundle, sorted.
fn resources(bundle: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Bundle<'a> {
        #[serde(borrow)]
        entry: Vec<BundleEntry<'a>>,
    }
    #[derive(serde::Deserialize)]
    struct BundleEntry<'a> {
        #[serde(borrow)]
        resource: Option<&'a serde_json::value::RawValue>,
    }
    let bundle: Bundle<'_> = serde_json::from_str(bundle).unwrap();
    let mut resources: Vec<String> = bundle.entry.into_iter().filter_map(|entry| Some(entry.resource?.get().to_owned())).collect();
    resources.sort();
    resources
}

/// Everything in the record but when and by which import it came.
async fn fingerprint(ground: &Ground) -> Vec<(String, Option<String>)> {
    let mut prints = Vec::new();
    for (table, columns) in [
        ("patient", "patient_id, full_name, birth_date"),
        ("subject", "source_id, fhir_id, patient_id"),
        ("item", "patient_id, item_id, version_no, title, labels, own_labels, first_at, last_at, author, report_id, added_at"),
        ("attachment", "patient_id, item_id, version_no, title, own_labels, added_at"),
        ("item_version", "patient_id, item_id, version_no, sha256, import_id, added_at"),
        ("item_reference", "patient_id, item_id, ordinal, path, target_id, display"),
        ("unassigned", "source_id, resource_type, fhir_id, reason, sha256, import_id, added_at"),
        ("awaited", "source_id, resource_type, fhir_id, patient_id"),
    ] {
        let statement = format!("select md5(string_agg(t::text, '' order by t::text)) from (select {columns} from {table}) t");
        prints.push((table.to_owned(), sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&ground.superuser).await.unwrap()));
    }
    prints
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_shared_file_imports_and_twice_changes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let mut table: BTreeMap<String, (usize, usize, usize, BTreeSet<String>, usize, f64)> = BTreeMap::new();
    let mut refused = Vec::new();
    let mut exports: Vec<(PatientId, PathBuf)> = Vec::new();
    for (source, path) in files() {
        let options = ImportOptions::new(source.as_str(), path.file_name().unwrap().to_string_lossy());
        match import::run(&mut connection, std::fs::File::open(&path).unwrap(), &options, |_| {}).await {
            Ok(report) => {
                let row = table.entry(source.clone()).or_default();
                row.0 += 1;
                row.1 += report.resources;
                row.2 += report.not_understood.len();
                row.3.extend(report.not_understood.iter().map(|noted| format!("{}, {}: {}", path.display(), noted.position, noted.reason)));
                row.4 += report.unassigned.len();
                row.5 += report.seconds;
                if let [patient] = report.patients.as_slice()
                    && ["synthea", "synthea-generated"].contains(&source.as_str())
                    && report.created as usize == report.resources
                {
                    exports.push((*patient, path));
                }
            }
            Err(error) => refused.push((path, error)),
        }
    }
    println!("| source | files | resources | not understood | unassigned | seconds |\n|---|---|---|---|---|---|");
    for (source, (files, resources, count, notes, unassigned, seconds)) in &table {
        println!("| {source} | {files} | {resources} | {count} | {unassigned} | {seconds:.2} |");
        notes.iter().for_each(|note| println!("  {note}"));
    }
    for (path, error) in &refused {
        println!("refused: {}: {error}", path.display());
    }
    // Two Patients under one identifier of one source: as the rule of identity says.
    assert_eq!(
        refused.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect::<Vec<_>>(),
        ["bundle-references.json", "patient-examples-cypress-template.json"]
    );
    assert!(refused.iter().all(|(_, error)| matches!(error, Error::OtherPerson { .. })));

    let before = fingerprint(&ground).await;
    for (source, path) in files() {
        let options = ImportOptions::new(source.as_str(), "again");
        if let Ok(report) = import::run(&mut connection, std::fs::File::open(&path).unwrap(), &options, |_| {}).await {
            assert_eq!((report.created, report.updated, report.older, report.from_tray), (0, 0, 0, 0), "{}", path.display());
            assert_eq!(report.changed_without_version, 0, "{}", path.display());
        }
    }
    assert_eq!(fingerprint(&ground).await, before);

    println!("export: {} records", exports.len());
    assert!(exports.len() >= 5);
    for (patient, path) in exports {
        let came = resources(&std::fs::read_to_string(&path).unwrap());
        assert_eq!(resources(&export(&mut connection, patient).await), came, "{}", path.display());
    }
}
