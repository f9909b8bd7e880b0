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
    PgConnection,
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
    for (source, path) in files() {
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
    for (source, path) in files() {
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

/// A Bundle of these resources.
fn bundle(resources: &[&str]) -> String {
    let entries: Vec<String> = resources.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
}

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Roe","given":["Ana"]}],"birthDate":"1970-02-03"}"#;
const BEN: &str = r#"{"resourceType":"Patient","id":"ben","name":[{"family":"Roe","given":["Ben"]}]}"#;

async fn one<T>(ground: &Ground, query: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(query).fetch_one(&ground.superuser).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_id_at_another_source_is_another_patient(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let root = shared();
    let paths = [
        "r4-examples/patient-example.json",
        "r4-examples/bundle-response-medsallergies.json",
        "r4-examples/bundle-response-simplesummary.json",
        "uscore-examples-610/Patient-example.json",
    ];
    for path in paths {
        take(&mut connection, path, &std::fs::read(root.join(path)).unwrap()).await.unwrap();
    }
    let (subjects, patients): (i64, i64) =
        sqlx::query_as("select count(*), count(distinct patient_id) from subject where fhir_id = 'example'")
            .fetch_one(&ground.superuser)
            .await
            .unwrap();
    assert_eq!((subjects, patients), (4, 4));
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

#[sqlx::test(migrations = "../../migrations")]
async fn what_belongs_to_nobody_waits_for_its_patient(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let observation =
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/ana"},"performer":[{"reference":"Practitioner/lee"}]}"#;
    let lee = r#"{"resourceType":"Practitioner","id":"lee","name":[{"family":"Lee","given":["Mo"]}]}"#;

    assert_eq!(take(&mut connection, "s", observation.as_bytes()).await.unwrap().unassigned.len(), 1);
    assert_eq!(take(&mut connection, "other", ANA.as_bytes()).await.unwrap().from_tray, 0);
    let report = take(&mut connection, "s", bundle(&[ANA, BEN]).as_bytes()).await.unwrap();
    assert_eq!((report.from_tray, report.created), (1, 3));
    assert_eq!(one::<i64>(&ground, "select count(*) from unassigned").await, 0);

    // The person who is named comes later, and finds who named them.
    let report = take(&mut connection, "s", lee.as_bytes()).await.unwrap();
    assert_eq!((report.created, report.unassigned.len()), (1, 0));
    assert_eq!(one::<String>(&ground, "select author from item where fhir_id = 'o'").await, "Mo Lee");

    // Another patient's items find them in turn.
    let other = observation.replace("ana", "ben").replace("\"o\"", "\"p\"");
    let report = take(&mut connection, "s", other.as_bytes()).await.unwrap();
    assert_eq!((report.from_tray, report.created), (1, 2));
    assert_eq!(one::<i64>(&ground, "select count(distinct patient_id) from attachment where fhir_id = 'lee'").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_label_reaches_everything_that_names_it_but_not_through_the_patient(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let file = bundle(&[
        ANA,
        r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/ana"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"F32.9"}]}}"#,
        r#"{"resourceType":"Encounter","id":"e","subject":{"reference":"Patient/ana"},"diagnosis":[{"condition":{"reference":"Condition/c"}}]}"#,
        r#"{"resourceType":"MedicationRequest","id":"m","subject":{"reference":"Patient/ana"},"encounter":{"reference":"Encounter/e"}}"#,
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/ana"}}"#,
    ]);
    take(&mut connection, "s", file.as_bytes()).await.unwrap();
    let labelled: Vec<String> =
        sqlx::query_scalar("select fhir_id from item where labels = 1 order by 1").fetch_all(&ground.superuser).await.unwrap();
    assert_eq!(labelled, ["c", "e", "m"]);
    assert_eq!(one::<i64>(&ground, "select count(*) from item where fhir_id in ('ana', 'o') and labels = 0").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_record_can_be_named_for_a_file_about_one_person(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let first = take(&mut connection, "a", ANA.as_bytes()).await.unwrap().patients[0];
    let into = |source: &str, into| ImportOptions { into, ..ImportOptions::new(source, "test") };
    let elsewhere = ANA.replace("\"ana\"", "\"a-2\"");

    let both = bundle(&[ANA, BEN]);
    let refused = import::run(&mut connection, both.as_bytes(), &into("b", Into::Patient(first)), |_| {}).await;
    assert!(matches!(refused, Err(Error::SeveralPeople { count: 2 })));
    let nobody = import::run(&mut connection, ANA.as_bytes(), &into("b", Into::Patient(PatientId(uuid::Uuid::nil()))), |_| {}).await;
    assert!(matches!(nobody, Err(Error::NoSuchPatient(_))));
    let joined = import::run(&mut connection, elsewhere.as_bytes(), &into("b", Into::Patient(first)), |_| {}).await.unwrap();
    assert_eq!(joined.patients, [first]);
    let parted = import::run(&mut connection, elsewhere.as_bytes(), &into("b", Into::New), |_| {}).await;
    assert!(matches!(parted, Ok(report) if report.patients == [first]), "what is one record stays one");
    let loose = r#"{"resourceType":"Observation","id":"1","code":{"text":"A"}}"#;
    let new = import::run(&mut connection, loose.as_bytes(), &into("c", Into::New), |_| {}).await.unwrap();
    assert_eq!((new.patients.len(), new.created), (1, 1));
    assert_ne!(new.patients, [first]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_says_that_it_is_somebody_elses_is_not_given_to_the_only_patient(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    for (number, subject) in [
        r#"{"reference":"Patient?identifier=mrn|B"}"#,
        r#"{"identifier":{"system":"mrn","value":"B"}}"#,
        r#"{"display":"Bob"}"#,
        r##"{"reference":"#bob"}"##,
        r#"{"reference":"Group/1"}"#,
        r#"{"reference":"Patient/b\u0000"}"#,
        r#"[{"identifier":{"value":"B"}}]"#,
    ]
    .into_iter()
    .enumerate()
    {
        let source = format!("s{number}");
        let other = format!(r#"{{"resourceType":"Observation","id":"o","subject":{subject}}}"#);
        let open = r#"{"resourceType":"Observation","id":"p"}"#;
        let report = take(&mut connection, &source, bundle(&[ANA, &other, open]).as_bytes()).await.unwrap();
        assert_eq!(report.unassigned.iter().filter(|noted| noted.position == "entry 2").count(), 1, "{subject}");
        let given = if number == 5 { 0 } else { 1 };
        let here: i64 =
            sqlx::query_scalar("select count(*) from item join source using (source_id) where name = $1 and fhir_id in ('o', 'p')")
                .bind(&source)
                .fetch_one(&ground.superuser)
                .await
                .unwrap();
        assert_eq!(here, given, "what leaves it open goes to the only patient, unless a second one is spoken of: {subject}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_specimen_or_a_file_of_one_patient_never_goes_to_another(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let bens = [
        BEN,
        r#"{"resourceType":"Specimen","id":"5","subject":{"reference":"Patient/ben"}}"#,
        r#"{"resourceType":"Binary","id":"1","securityContext":{"reference":"Patient/ben"},"contentType":"text/plain","data":"eA=="}"#,
        r#"{"resourceType":"Binary","id":"2","contentType":"text/plain","data":"eA=="}"#,
        r#"{"resourceType":"DocumentReference","id":"d","subject":{"reference":"Patient/ben"},"content":[{"attachment":{"url":"Binary/2"}}]}"#,
    ];
    take(&mut connection, "s", bundle(&bens).as_bytes()).await.unwrap();
    let anas = [
        ANA,
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/ana"},"specimen":{"reference":"Specimen/5"}}"#,
        r#"{"resourceType":"DocumentReference","id":"e","subject":{"reference":"Patient/ana"},"content":[{"attachment":{"url":"Binary/1"}},{"attachment":{"url":"Binary/2"}}]}"#,
    ];
    take(&mut connection, "s", bundle(&anas).as_bytes()).await.unwrap();
    let owners =
        one::<i64>(&ground, "select count(*) from attachment join patient using (patient_id) where family = 'Roe' and given = 'Ana'").await;
    assert_eq!(owners, 0);
    assert_eq!(one::<i64>(&ground, "select count(*) from attachment").await, 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_older_patient_does_not_change_whose_record_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let ana = |version: u8, birth: &str| {
        format!(
            r#"{{"resourceType":"Patient","id":"ana","meta":{{"versionId":"{version}"}},"name":[{{"family":"Roe","given":["Ana"]}}],"gender":"female"{birth}}}"#
        )
    };
    let born = async || one::<Option<String>>(&ground, "select birth_date from patient where family = 'Roe'").await;
    take(&mut connection, "s", ana(2, r#","birthDate":"1970-02-03""#).as_bytes()).await.unwrap();
    for older in [ana(1, ""), ana(1, r#","birthDate":"1970""#)] {
        assert_eq!(take(&mut connection, "s", older.as_bytes()).await.unwrap().older, 1);
        assert_eq!(born().await.as_deref(), Some("1970-02-03"));
    }
    let newer = ana(3, r#","birthDate":"1970-02-03""#).replace("female", "other");
    take(&mut connection, "s", newer.as_bytes()).await.unwrap();
    assert_eq!(one::<String>(&ground, "select sex from patient where family = 'Roe'").await, "other");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_keeps_its_id_and_its_versions(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    // Its id stands in the URL of its entry alone.
    let nameless = r#"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:6c1f7c0e-2a5c-4a0c-9a3e-000000000001",
        "resource":{"resourceType":"Observation","subject":{"reference":"Patient/ana"},"code":{"text":"Sodium"}}}]}"#;
    let old =
        r#"{"resourceType":"Condition","id":"c","meta":{"versionId":"1"},"subject":{"reference":"Patient/ana"},"code":{"text":"Old"}}"#;
    let new = old.replace("\"1\"", "\"2\"").replace("Old", "New");
    for file in [nameless, old] {
        assert_eq!(take(&mut connection, "s", file.as_bytes()).await.unwrap().unassigned.len(), 1);
    }
    let report = take(&mut connection, "s", bundle(&[ANA, &new]).as_bytes()).await.unwrap();
    assert_eq!((report.from_tray, report.resources), (2, 2));
    assert_eq!(one::<i64>(&ground, "select count(*) from item where fhir_id = '6c1f7c0e-2a5c-4a0c-9a3e-000000000001'").await, 1);
    assert_eq!(one::<String>(&ground, "select title from item where fhir_id = 'c'").await, "New");
    assert_eq!(one::<i64>(&ground, "select count(*) from item_version join item using (patient_id, item_id) where fhir_id = 'c'").await, 2);
    let again = take(&mut connection, "s", nameless.as_bytes()).await.unwrap();
    assert_eq!((again.created, again.unchanged), (0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_about_one_person_is_not_refused_for_what_waits_for_them(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let mut connection = ground.runtime.acquire().await.unwrap();
    let both = r#"{"resourceType":"Appointment","id":"x","participant":[{"actor":{"reference":"Patient/ana"}},{"actor":{"reference":"Patient/ben"}}]}"#;
    assert_eq!(take(&mut connection, "s", both.as_bytes()).await.unwrap().unassigned.len(), 1);
    let options = ImportOptions { into: Into::New, ..ImportOptions::new("s", "test") };
    let report = import::run(&mut connection, ANA.as_bytes(), &options, |_| {}).await.unwrap();
    assert_eq!((report.patients.len(), report.from_tray), (1, 1));
}
