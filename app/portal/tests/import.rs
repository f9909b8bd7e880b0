//! Import and export over a real PostgreSQL, as the runtime role, and over records
//! that none of us wrote.

mod files;
mod harness;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use chartkey_domain::id::PatientId;
use chartkey_portal::{
    export,
    import::{self, Error, ImportOptions},
};
use files::{ANA, bundle, one, shared, take};
use harness::Ground;
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Every FHIR file with its source: the first folder it lies in.
fn all_files() -> Vec<(String, PathBuf)> {
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

/// What one folder of shared records came to.
#[derive(Default)]
struct Tally {
    files: usize,
    resources: usize,
    not_understood: usize,
    notes: BTreeSet<String>,
    unassigned: usize,
    seconds: f64,
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_shared_file_imports_and_twice_changes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
    let mut refused = Vec::new();
    let mut exports: Vec<(PatientId, PathBuf)> = Vec::new();
    for (source, path) in all_files() {
        let options = ImportOptions::new(source.as_str(), path.file_name().unwrap().to_string_lossy());
        match import::run(&mut connection, std::fs::File::open(&path).unwrap(), &options, |_| {}).await {
            Ok(report) => {
                let again = import::run(&mut connection, std::fs::File::open(&path).unwrap(), &options, |_| {}).await.unwrap();
                let changes = (again.created, again.updated, again.changed_without_version, again.older, again.from_tray);
                assert_eq!(changes, (0, 0, 0, 0, 0), "{}", path.display());
                let row = table.entry(source.clone()).or_default();
                row.files += 1;
                row.resources += report.resources;
                row.not_understood += report.not_understood.len();
                row.notes
                    .extend(report.not_understood.iter().map(|noted| format!("{}, {}: {}", path.display(), noted.position, noted.reason)));
                row.unassigned += report.unassigned.len();
                row.seconds += report.seconds;
                if let [patient] = report.patients.as_slice()
                    && ["synthea", "synthea-generated"].contains(&source.as_str())
                {
                    exports.push((*patient, path));
                }
            }
            Err(error) => refused.push((path, error)),
        }
    }
    println!("| source | files | resources | not understood | unassigned | seconds |\n|---|---|---|---|---|---|");
    for (source, Tally { files, resources, not_understood, notes, unassigned, seconds }) in &table {
        println!("| {source} | {files} | {resources} | {not_understood} | {unassigned} | {seconds:.2} |");
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

    // All of it once more, in the same order: files that speak of one thing do not take turns in changing it.
    for (source, path) in all_files() {
        let options = ImportOptions::new(source.as_str(), path.file_name().unwrap().to_string_lossy());
        let again = import::run(&mut connection, std::fs::File::open(&path).unwrap(), &options, |_| {}).await;
        if refused.iter().any(|(before, _)| *before == path) {
            assert!(again.is_err(), "{}", path.display());
            continue;
        }
        let again = again.unwrap();
        let changes = (again.created, again.updated, again.changed_without_version, again.older);
        assert_eq!(changes, (0, 0, 0, 0), "{}", path.display());
    }

    let tray: Vec<(String, i64)> = sqlx::query_as(
        "select s.name || ' ' || u.resource_type, count(*) from unassigned u join source s using (source_id) group by 1 order by 1",
    )
    .fetch_all(&ground.superuser)
    .await
    .unwrap();
    println!("in the tray at the end: {tray:?}");

    // A record of two files is in neither of them alone.
    let mut of = BTreeMap::<PatientId, Vec<PathBuf>>::new();
    exports.into_iter().for_each(|(patient, path)| of.entry(patient).or_default().push(path));
    let exports: Vec<(PatientId, PathBuf)> =
        of.into_iter().filter_map(|(patient, paths)| Some((patient, paths.first().filter(|_| paths.len() == 1)?.clone()))).collect();
    println!("export: {} records", exports.len());
    assert!(exports.len() >= 5);
    for (patient, path) in exports {
        let came = resources(&std::fs::read_to_string(&path).unwrap());
        assert_eq!(resources(&export(&mut connection, patient).await), came, "{}", path.display());
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn known_bad_resources_come_out_as_they_came(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let bad = [
        ANA,
        r#"{"resourceType":"Observation","id":"1","subject":{"reference":"Patient/ana"},"effectivePeriod":{"start":"2018","stop":"2019"},"valueQuantity":{"value":1.50e2}}"#,
        r#"{"resourceType":"Media","id":"2","subject":{"reference":"Patient/ana"},"content":{"link":{"x":[1.0,  2]}}}"#,
        r#"{"resourceType":"Observation","id":"3","subject":{"reference":"Patient/ana"},"id":"3","code":"no concept","component":7,"valueString":"a\u0000b"}"#,
        r#"{"resourceType":"Observation","id":"4","subject":[{"reference":"Patient/ana"}],"text":{"div":"\ud83d\ude00"}}"#,
        r#"{"resourceType":"Rocket","id":"5","subject":{"reference":"https://example.org/fhir/Patient/ana"}}"#,
        "[1, 2]",
        r#"{"no":"type"}"#,
    ];
    let report = take(&mut connection, "s", bundle(&bad).as_bytes()).await.unwrap();
    assert_eq!(report.not_understood.iter().map(|noted| noted.position.as_str()).collect::<Vec<_>>(), ["entry 7", "entry 8"]);
    assert!(report.unassigned.is_empty());
    let mut came: Vec<String> = bad.iter().map(|raw| (*raw).to_owned()).collect();
    came.sort();
    assert_eq!(resources(&export(&mut connection, report.patients[0]).await), came);
    assert_eq!(one::<i64>(&ground, "select count(*) from item where category = 16 and resource_type in ('Rocket', 'Unknown')").await, 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_is_refused_changes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    take(&mut connection, "s", ANA.as_bytes()).await.unwrap();
    let before = fingerprint(&ground).await;

    let renamed = ANA.replace("Ana", "Eve");
    let other = r#"{"resourceType":"Observation","id":"1","subject":{"reference":"Patient/ana"}}"#;
    let refused = take(&mut connection, "s", bundle(&[other, &renamed]).as_bytes()).await;
    assert!(matches!(refused, Err(Error::OtherPerson { what: "name", .. })));
    let born = ANA.replace("1970-02-03", "1970-02-04");
    assert!(matches!(take(&mut connection, "s", born.as_bytes()).await, Err(Error::OtherPerson { what: "birth date", .. })));
    let cut = bundle(&[other]);
    assert!(matches!(take(&mut connection, "s", &cut.as_bytes()[..cut.len() - 3]).await, Err(Error::Truncated { .. })));
    assert!(matches!(take(&mut connection, "s", b"<Patient/>").await, Err(Error::NotFhir(_))));
    let deep = format!(r#"{{"resourceType":"Basic","extension":{}{}}}"#, "[".repeat(70), "]".repeat(70));
    assert!(matches!(take(&mut connection, "s", deep.as_bytes()).await, Err(Error::TooDeep { .. })));
    let small = ImportOptions { limit: 10, ..ImportOptions::new("s", "test") };
    assert!(matches!(import::run(&mut connection, ANA.as_bytes(), &small, |_| {}).await, Err(Error::TooLarge { limit: 10 })));
    assert_eq!(fingerprint(&ground).await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_import_that_dies_leaves_nothing_and_the_next_completes(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let path = shared().join("synthea/small-luigi.json");
    let bytes = std::fs::read(path).unwrap();
    let before = fingerprint(&ground).await;
    // Dropped at its first and at its last suspension points, as a killed process leaves it.
    for steps in [3_u32, 10, 20, 40] {
        let mut connection = ground.runtime.acquire().await.unwrap().detach();
        let options = ImportOptions::new("s", "test");
        let mut import = Box::pin(import::run(&mut connection, bytes.as_slice(), &options, |_| {}));
        for _ in 0..steps {
            if futures::poll!(import.as_mut()).is_ready() {
                panic!("it ended before it could be stopped");
            }
            tokio::task::yield_now().await;
        }
        drop(import);
        drop(connection);
        assert_eq!(fingerprint(&ground).await, before, "after {steps} steps");
    }
    let mut connection = ground.runtime.acquire().await.unwrap();
    assert_eq!(take(&mut connection, "s", &bytes).await.unwrap().created, 61);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_newer_version_is_in_force_and_the_older_is_kept(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let version = |version: &str, value: &str| {
        bundle(&[
            ANA,
            &format!(
                r#"{{"resourceType":"Observation","id":"o","meta":{{{version}}},"subject":{{"reference":"Patient/ana"}},"code":{{"text":"A"}},"valueString":"{value}"}}"#
            ),
        ])
    };
    for (meta, value, outcome, shown) in [
        (r#""versionId":"9""#, "nine", "created", "nine"),
        (r#""versionId":"10""#, "ten", "updated", "ten"),
        (r#""versionId":"2""#, "two", "older", "ten"),
        (r#""versionId":"2""#, "two", "unchanged", "ten"),
        (r#""versionId":"10""#, "other ten", "changed", "other ten"),
        (r#""lastUpdated":"2020-01-01T00:00:00Z""#, "dated", "changed", "dated"),
        (r#""lastUpdated":"2019-01-01T00:00:00Z""#, "earlier", "older", "dated"),
        (r#""lastUpdated":"2021-01-01T00:00:00Z""#, "later", "updated", "later"),
        ("", "later without", "changed", "later without"),
    ] {
        let report = take(&mut connection, "s", version(meta, value).as_bytes()).await.unwrap();
        let new = u64::from(outcome == "created");
        let counted = (report.created.saturating_sub(new), report.updated, report.older, report.changed_without_version);
        let expected = [("updated", (0, 1, 0, 0)), ("older", (0, 0, 1, 0)), ("changed", (0, 0, 0, 1))];
        let expected = expected.iter().find(|(name, _)| *name == outcome).map_or((new, 0, 0, 0), |(_, counts)| *counts);
        assert_eq!(counted, expected, "{meta} {value}");
        assert_eq!(one::<String>(&ground, "select value_text from item where fhir_id = 'o'").await, shown, "{meta} {value}");
    }
}

/// Rows that statements have read of the tables of the record, in this database.
async fn read_so_far(ground: &Ground) -> i64 {
    let others = "select count(*) from pg_stat_activity where datname = current_database() and usename = 'chartkey_runtime'";
    while one::<i64>(ground, others).await > 0 {
        tokio::task::yield_now().await;
    }
    one(
        ground,
        "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables where schemaname = 'public'",
    )
    .await
}

/// As when `autovacuum` counts a table while its first file is still on its way in: it finds pages and no rows, and PostgreSQL
/// takes the table for empty however long it grows.
#[sqlx::test(migrations = "../../migrations")]
async fn tables_that_were_counted_too_early_are_not_read_over_and_over(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options.clone()).await;
    ground.runtime.close().await;
    let bytes = std::fs::read(shared().join("synthea-generated/es-patient-summary.json")).unwrap();
    for (round, source) in ["a", "a", "b"].into_iter().enumerate() {
        sqlx::query(
            "update pg_class set relpages = 1, reltuples = 0 where relnamespace = 'public'::regnamespace and relkind = 'r'
             and relname in ('item', 'item_version', 'item_reference', 'attachment', 'phrase')",
        )
        .execute(&ground.superuser)
        .await
        .unwrap();
        let before = read_so_far(&ground).await;
        let mut connection = options.clone().username("chartkey_runtime").connect().await.unwrap();
        let report = take(&mut connection, source, &bytes).await.unwrap();
        connection.close().await.unwrap();
        let read = read_so_far(&ground).await - before;
        chartkey_ground::saw(&format!("round {round}: {} resources, {read} rows read", report.resources));
        // It reads what it compares with, a few times.
        assert!(read < 40 * i64::try_from(report.resources).unwrap(), "round {round}: {read} rows");
    }
}

/// Whoever works as the server does not become the owner by putting something of theirs where a function looks that has the owner's
/// rights.
#[sqlx::test(migrations = "../../migrations")]
async fn nothing_with_the_owners_rights_looks_into_temporary_schemas_first(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    for statement in [
        "create temp table became (who text)",
        "grant insert on became to public",
        "create function pg_temp.note() returns name language plpgsql as $$ begin insert into became values (current_user); return 'item'; end $$",
        "create temp view pg_class as select pg_temp.note() as relname, 'public'::regnamespace::oid as relnamespace, 1 as relpages,
            0::real as reltuples, 'pg_catalog.pg_proc'::regclass::oid as oid",
        "select relname from pg_temp.pg_class",
        "select gate.recount()",
    ] {
        sqlx::query(statement).execute(&mut *connection).await.unwrap();
    }
    let became: Vec<String> = sqlx::query_scalar("select distinct who from became").fetch_all(&mut *connection).await.unwrap();
    assert_eq!(became, ["chartkey_runtime"], "the trap works, and recount does not step into it");
    let open = "select count(*) from pg_proc p where prosecdef and not exists (
        select from unnest(proconfig) setting where setting like 'search_path=%, pg_temp')";
    assert_eq!(one::<i64>(&ground, open).await, 0);
}
