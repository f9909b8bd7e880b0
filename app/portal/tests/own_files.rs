//! Files that a patient adds to their own record: what they may be, whose they are, who sees
//! what they bring, and taking them back.

mod harness;
mod people;

use std::io::{Seek, Write};

use chartkey_domain::{
    category::Category,
    grant::Purpose,
    id::{ImportId, ItemId},
    waiting::ResultKind,
};
use chartkey_portal::{
    Error,
    uploads::{Refusal, State},
};
use flate2::{Compression, write::GzEncoder};
use harness::Ground;
use people::{House, item};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use zip::{ZipWriter, write::SimpleFileOptions};

const INES: &str = r#"{"resourceType":"Patient","id":"p","name":[{"text":"Ines"}],"birthDate":"1961-03-14","gender":"female"}"#;
const PRACTITIONER: &str = r#"{"resourceType":"Practitioner","id":"d","name":[{"text":"Dr Aalto"}]}"#;

fn sodium(id: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"laboratory"}}]}}],"subject":{{"reference":"Patient/p"}},"performer":[{{"reference":"Practitioner/d"}}],"code":{{"text":"Sodium"}},"effectiveDateTime":"2024-05-06","valueQuantity":{{"value":{value},"unit":"mmol/L"}}}}"#
    )
}

fn bundle(resources: &[&str]) -> Vec<u8> {
    let entries: Vec<String> = resources.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(",")).into_bytes()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn keep(house: &House, name: &str, bytes: &[u8]) -> ImportId {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    house.portal.keep_upload(&house.ines(), house.patient, name, file, bytes.len() as u64).await.unwrap()
}

async fn state(house: &House, import: ImportId) -> State {
    house.portal.upload(&house.ines(), import).await.unwrap().state
}

/// Adds a file and has it read.
async fn add(house: &House, name: &str, bytes: &[u8]) -> (ImportId, State) {
    let import = keep(house, name, bytes).await;
    assert_eq!(state(house, import).await, State::Waiting);
    assert_eq!(house.portal.import_next().await.unwrap(), Some(import));
    (import, state(house, import).await)
}

/// Everything of the record that anybody is shown or decided by.
async fn fingerprint(house: &House) -> Vec<String> {
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
fn assert_same(now: &[String], then: &[String], says: &str) {
    for (now, then) in now.iter().zip(then) {
        let only = |one: &str, other: &str| {
            one.lines().filter(|line| !other.lines().any(|other| other == *line)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((only(now, then), only(then, now)), (Vec::new(), Vec::new()), "{says}");
    }
}

async fn count(house: &House, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&house.superuser).await.unwrap()
}

async fn doctor_sees(house: &House) -> Vec<String> {
    let opened = house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    let mut values: Vec<String> =
        opened.view.reports.iter().flat_map(|report| &report.results).filter_map(|entry| entry.value.text.clone()).collect();
    values.sort();
    values
}

async fn house(options: PgConnectOptions) -> House {
    let house = House::build(Ground::lay(options).await).await;
    // Its words are read once, as the worker does it.
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    house
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_kind_of_file_comes_in_and_stays_private(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let lines = format!("{INES}\n{}\n{{broken}}\n{{\"resourceType\":\"A\\u0000\"}}\n", sodium("line", "141"));
    let (plain, inside) = (sodium("single", "142"), bundle(&[INES, &sodium("bundled", "143")]));
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("lines.ndjson", lines.clone().into_bytes()),
        ("single.json", plain.clone().into_bytes()),
        ("bundle.json.gz", gzipped(&inside)),
        ("lines.ndjson.gz", gzipped(sodium("zipped-line", "144").as_bytes())),
        (
            "all.zip",
            zipped(&[
                ("folder/one.json", &bundle(&[&sodium("in-zip", "145")])),
                ("two.ndjson.gz", &gzipped(sodium("in-both", "146").as_bytes())),
                ("read-me.txt", b"Hello"),
                ("__MACOSX/._one.json", b"\0\x05"),
            ]),
        ),
        ("letter.pdf", b"%PDF-1.4 a letter".to_vec()),
        ("photo.jpg", b"\xff\xd8\xff\xe0 a photo".to_vec()),
    ];
    for (name, bytes) in &files {
        let (_, state) = add(&house, name, bytes).await;
        assert_eq!(state, State::Done, "{name}");
    }
    let own = "from item where source_id = (select source_id from source where name like 'upload/%')";
    let of = |what: &str| format!("select count(*) {own} and {what}");
    for (what, expected) in [("value_num between 141 and 146", 6), ("category = 10", 2), ("not is_private", 0)] {
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(of(what))).fetch_one(&house.superuser).await.unwrap();
        assert_eq!(found, expected, "{what}");
    }
    assert_eq!(count(&house, "select count(*) from upload_piece").await, 0, "what was read is not kept twice");
    assert_eq!(count(&house, "select count(*) from unassigned").await, 0, "the operator is shown nothing of it");
    let sources = house.portal.sources(&house.ines()).await.unwrap().view;
    let notes: Vec<_> = sources.deliveries.iter().map(|delivery| delivery.not_understood).collect();
    assert_eq!(sources.deliveries.len(), files.len());
    assert_eq!(notes.iter().sum::<i32>(), 0, "what is no JSON is in no record");
    let first = sources.deliveries.last().unwrap().import;
    let report = house.portal.import_report(&house.ines(), first).await.unwrap().view;
    assert_eq!(report.notes.iter().map(|note| note.position.as_str()).collect::<Vec<_>>(), ["line 3", "line 3"][..report.notes.len()]);
    assert!(!report.notes.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_cannot_be_says_why_and_leaves_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let before = fingerprint(&house).await;
    let bomb = vec![b' '; (128 << 20) + 1];
    let refused = |code: &str, part: Option<&str>, line, number| {
        State::Failed(Refusal { code: code.to_owned(), part: part.map(str::to_owned), line, number })
    };
    let several = bundle(&[INES, r#"{"resourceType":"Patient","id":"q"}"#]);
    let many = format!(r#"{{"resourceType":"Bundle","entry":[{}7]}}"#, "7,".repeat(200_000));
    let wide = format!(r#"{{"resourceType":"Basic","id":"w","extension":[{}7]}}"#, "7,".repeat(5_000_001));
    let changing: String = (0..52).map(|value| format!("{}\n", sodium("same", &value.to_string()))).collect();
    let no_text = vec![0xff; 70 << 20];
    for (name, bytes, expected) in [
        ("changing.ndjson", changing.into_bytes(), refused("too-much", None, None, Some(200_000))),
        ("no-text.zip", zipped(&[("a.bin", &no_text), ("b.bin", &no_text)]), refused("too-large", None, None, Some(128 << 20))),
        ("many.json.gz", gzipped(many.as_bytes()), refused("too-much", None, None, Some(200_000))),
        ("many.zip", zipped(&[("a.json", many.as_bytes())]), refused("too-much", None, None, Some(200_000))),
        ("wide.json.gz", gzipped(wide.as_bytes()), refused("too-much", None, None, Some(5_000_000))),
        ("bomb.zip", zipped(&[("a.json", &bomb)]), refused("too-large", None, None, Some(128 << 20))),
        ("bomb.gz", gzipped(&bomb), refused("too-large", None, None, Some(128 << 20))),
        ("cut.json", b"{\"resourceType\":\"Bundle\",\n\"entry\":[{".to_vec(), refused("truncated", None, Some(2), None)),
        ("wrong.json", b"{\n\n!}".to_vec(), refused("not-json", None, Some(3), None)),
        ("cut.zip", zipped(&[("a.json", b"{\"resourceType\":\"Bundle\",")]), refused("truncated", Some("a.json"), Some(1), None)),
        ("words.txt", b"Dear doctor".to_vec(), refused("not-fhir", None, None, None)),
        ("words.zip", zipped(&[("a.txt", b"Dear doctor")]), refused("not-fhir", None, None, None)),
        ("half.zip", zipped(&[("a.json", b"{}")])[..30].to_vec(), refused("damaged", None, None, None)),
        ("empty.json", b"{\"resourceType\":\"Bundle\",\"entry\":[]}".to_vec(), refused("empty", None, None, None)),
        ("several.json", several, refused("several-people", None, None, Some(2))),
    ] {
        assert_eq!(add(&house, name, &bytes).await.1, expected, "{name}");
    }
    assert_same(&fingerprint(&house).await, &before, "as it was");
    assert_eq!(count(&house, "select count(*) from upload_piece").await, 0);
    assert_eq!(count(&house, "select count(*) from delivery where is_own").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_file_again_brings_nothing_and_says_so(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let file = bundle(&[INES, PRACTITIONER, &sodium("a", "140")]);
    add(&house, "one.json", &file).await;
    let before = fingerprint(&house).await;
    let (again, state) = add(&house, "one.json", &file).await;
    assert_eq!(state, State::Done);
    assert_same(&fingerprint(&house).await, &before, "as it was");
    let delivery = house.portal.import_report(&house.ines(), again).await.unwrap().view.delivery;
    assert_eq!((delivery.added, delivery.changed, delivery.unchanged), (0, 0, 3));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_about_somebody_else_waits_for_an_answer(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let before = fingerprint(&house).await;
    let ana = r#"{"resourceType":"Patient","id":"ana","name":[{"text":"Ana Roe"}],"birthDate":"1960-05-02","gender":"female"}"#;
    let (first, asked) = add(&house, "ana.json", &bundle(&[ana])).await;
    let State::Asking(whom) = asked else { panic!("{asked:?}") };
    assert_eq!(
        (whom.name.as_deref(), whom.birth_date.as_deref(), whom.sex.as_deref()),
        (Some("Ana Roe"), Some("1960-05-02"), Some("female"))
    );
    assert_same(&fingerprint(&house).await, &before, "as it was");
    assert_eq!(house.portal.import_next().await.unwrap(), None, "it waits for the answer");
    let stranger = house.stranger().await;
    assert!(matches!(house.portal.confirm_upload(&stranger, first).await, Err(Error::NotFound)));
    for _ in 0..2 {
        house.portal.discard_upload(&house.ines(), first).await.unwrap();
    }
    assert_eq!(state(&house, first).await, State::Discarded);
    assert_eq!(count(&house, "select count(*) from upload_piece").await, 0);

    let (second, _) = add(&house, "ana.json", &bundle(&[ana])).await;
    house.portal.confirm_upload(&house.ines(), second).await.unwrap();
    assert_eq!(house.portal.import_next().await.unwrap(), Some(second));
    assert_eq!(state(&house, second).await, State::Done);
    assert_eq!(count(&house, "select count(*) from item where fhir_id = 'ana' and is_private").await, 1);
    let head: String = sqlx::query_scalar("select full_name from patient where patient_id = $1")
        .bind(house.patient.0)
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    assert_eq!(head, "Ines", "the record keeps its name");
    let actions: Vec<_> = house.events().await.into_iter().map(|event| event.what.action).collect();
    assert_eq!(actions, ["uploaded", "upload-discarded", "uploaded", "upload-confirmed", "imported"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_sees_nothing_of_a_file_until_it_is_shown_and_nothing_once_it_is_taken_back(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let house = house(options).await;
    house.give(Purpose::Treatment).await;
    let before = doctor_sees(&house).await;
    let file = bundle(&[INES, PRACTITIONER, &sodium("a", "140")]);
    let (import, _) = add(&house, "one.json", &file).await;
    assert_eq!(doctor_sees(&house).await, before);
    for _ in 0..2 {
        house.portal.show_import(&house.ines(), import).await.unwrap();
    }
    assert_eq!(doctor_sees(&house).await, [before.clone(), vec!["140".to_owned()]].concat());

    // A newer version is private again, and does not open with what was shown before it.
    let (newer, _) = add(&house, "two.json", &bundle(&[&sodium("a", "141")])).await;
    assert_eq!(doctor_sees(&house).await, before);
    house.portal.show_import(&house.ines(), import).await.unwrap();
    assert_eq!(doctor_sees(&house).await, before);
    // Without it the earlier one is as it was: shown.
    house.portal.undo_import(&house.ines(), newer).await.unwrap();
    assert_eq!(doctor_sees(&house).await, [before.clone(), vec!["140".to_owned()]].concat());

    // A grant of this one thing names a version that never comes back.
    sqlx::query("update access_grant set categories = 0").execute(&house.superuser).await.unwrap();
    sqlx::query(
        "insert into grant_item (patient_id, grant_id, item_id, version_no) select g.patient_id, g.grant_id, i.item_id, i.version_no from access_grant g, item i where i.fhir_id = 'a'",
    )
    .execute(&house.superuser)
    .await
    .unwrap();
    assert_eq!(doctor_sees(&house).await, ["140"]);
    house.portal.undo_import(&house.ines(), import).await.unwrap();
    assert_eq!(doctor_sees(&house).await, Vec::<String>::new());
    let (again, _) = add(&house, "one.json", &file).await;
    house.portal.show_import(&house.ines(), again).await.unwrap();
    assert_eq!(count(&house, "select count(*) from item where fhir_id = 'a' and not is_private").await, 1);
    assert_eq!(doctor_sees(&house).await, Vec::<String>::new());
    assert_eq!(count(&house, "select count(*) from journal_outbox where act ->> 'kind' = 'undone'").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn taking_files_back_leaves_the_record_exactly_as_it_was(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let nothing = fingerprint(&house).await;
    let (first, _) = add(&house, "one.json", &bundle(&[INES, &sodium("a", "140"), &sodium("b", "150")])).await;
    let one = fingerprint(&house).await;
    // A person who was only named, a report that lists what was there, a newer version, an older one, a label, a medicine.
    let report = r#"{"resourceType":"DiagnosticReport","id":"r","status":"final","subject":{"reference":"Patient/p"},"code":{"text":"Blood"},"result":[{"reference":"Observation/a"},{"reference":"Observation/b"}]}"#;
    let labelled = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008","display":"HIV"}]},"evidence":[{"detail":[{"reference":"Observation/b"}]}]}"#;
    let medicine = r#"{"resourceType":"Medication","id":"m","code":{"text":"Metformin"}}"#;
    let request = r#"{"resourceType":"MedicationRequest","id":"mr","status":"active","intent":"order","subject":{"reference":"Patient/p"},"medicationReference":{"reference":"Medication/m"}}"#;
    let (second, _) = add(&house, "two.json", &bundle(&[PRACTITIONER, report, labelled, &sodium("a", "141"), request])).await;
    let two = fingerprint(&house).await;
    assert_ne!(one, two);
    let (third, _) = add(
        &house,
        "three.json",
        &bundle(&[medicine, &sodium("b", "151"), &sodium("b", "152"), PRACTITIONER.replace("Aalto", "Bell").as_str()]),
    )
    .await;
    assert_eq!(count(&house, "select count(*) from item where title = 'Metformin'").await, 1);

    let asked = house.portal.ask_undo(&house.ines(), first).await.unwrap().view;
    assert_eq!(asked.later.iter().map(|(import, _)| *import).collect::<Vec<_>>(), [third, second], "newest first");
    for (import, later) in [(first, "the second"), (second, "the third")] {
        let refused = house.portal.undo_import(&house.ines(), import).await;
        assert!(matches!(refused, Err(Error::Invalid("later-import"))), "{later} stands in the way: {refused:?}");
    }
    for _ in 0..2 {
        house.portal.undo_import(&house.ines(), third).await.unwrap();
    }
    assert_same(&fingerprint(&house).await, &two, "without the third");
    house.portal.undo_import(&house.ines(), second).await.unwrap();
    assert_same(&fingerprint(&house).await, &one, "without the second");
    house.portal.undo_import(&house.ines(), first).await.unwrap();
    assert_same(&fingerprint(&house).await, &nothing, "without any");
    let undone = house.events().await.into_iter().filter(|event| event.what.action == "import-undone").count();
    assert_eq!(undone, 3);

    // The same file may come again.
    add(&house, "one.json", &bundle(&[INES, &sodium("a", "140"), &sodium("b", "150")])).await;
    assert_eq!(count(&house, "select count(*) from item where fhir_id in ('a', 'b') and version_no > 1").await, 2, "its numbers are new");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_patient_has_opened_stays_open_when_a_later_file_is_taken_back(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (ines, patient) = (house.ines(), house.patient);
    house.portal.choose_waiting(&ines, &[ResultKind::Laboratory]).await.unwrap();
    let waiting = async || count(&house, "select count(*) from item where fhir_id in ('a', 'b') and waits").await;
    let (first, _) = add(&house, "one.json", &bundle(&[INES, &sodium("a", "140"), &sodium("b", "150")])).await;
    let (second, _) = add(&house, "two.json", &bundle(&[&sodium("a", "141"), &sodium("b", "151")])).await;
    assert_eq!(waiting().await, 2);
    house.portal.open_waiting(&ines, patient, item(&house, "a").await).await.unwrap();
    house.portal.undo_import(&ines, second).await.unwrap();
    assert_eq!(waiting().await, 1, "only what they had not opened waits again");
    assert!(sqlx::query_scalar::<_, bool>("select waits from item where fhir_id = 'b'").fetch_one(&house.superuser).await.unwrap());

    // And what was open before a file that closed it is open without it.
    let (third, _) = add(&house, "three.json", &bundle(&[&sodium("a", "142")])).await;
    assert_eq!(waiting().await, 2);
    house.portal.undo_import(&ines, third).await.unwrap();
    assert_eq!(waiting().await, 1);
    house.portal.undo_import(&ines, first).await.unwrap();

    // So is what nothing came of but the bytes of a file that it names.
    let letter = r#"{"resourceType":"DocumentReference","id":"a","status":"current","subject":{"reference":"Patient/p"},"type":{"text":"Letter"},
        "category":[{"coding":[{"code":"LAB"}]}],"content":[{"attachment":{"contentType":"text/plain","url":"Binary/l"}}]}"#;
    let bytes = |data: &str| format!(r#"{{"resourceType":"Binary","id":"l","contentType":"text/plain","data":"{data}"}}"#);
    let (first, _) = add(&house, "one.json", &bundle(&[letter, &bytes("b25l")])).await;
    house.portal.open_waiting(&ines, patient, item(&house, "a").await).await.unwrap();
    let (second, _) = add(&house, "two.json", &bundle(&[&bytes("dHdv")])).await;
    assert_eq!(waiting().await, 1);
    house.portal.undo_import(&ines, second).await.unwrap();
    assert_eq!(waiting().await, 0);
    house.portal.undo_import(&ines, first).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_stays_while_a_later_one_rests_on_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let report = r#"{"resourceType":"DiagnosticReport","id":"r","status":"final","subject":{"reference":"Patient/p"},"code":{"text":"Blood"},"result":[{"reference":"Observation/later"}]}"#;
    let medicine = r#"{"resourceType":"Medication","id":"m","code":{"text":"Metformin"}}"#;
    let request = r#"{"resourceType":"MedicationRequest","id":"mr","status":"active","intent":"order","subject":{"reference":"Patient/p"},"medicationReference":{"reference":"Medication/m"}}"#;
    let (first, _) = add(&house, "one.json", &bundle(&[&sodium("a", "140"), report, medicine])).await;
    for (later, how) in [
        (bundle(&[&sodium("a", "140")]), "brings the same again"),
        (bundle(&[&sodium("a", "141")]), "changes it"),
        (bundle(&[request]), "names what it brought"),
        (bundle(&[&sodium("later", "150")]), "is listed by what it brought"),
        (bundle(&[PRACTITIONER]), "gives its people their names"),
    ] {
        let before = fingerprint(&house).await;
        let awaited = count(&house, "select count(*) from awaited").await;
        let (second, _) = add(&house, "two.json", &later).await;
        let refused = house.portal.undo_import(&house.ines(), first).await;
        assert!(matches!(refused, Err(Error::Invalid("later-import"))), "a later file {how}: {refused:?}");
        house.portal.undo_import(&house.ines(), second).await.unwrap();
        assert_same(&fingerprint(&house).await, &before, how);
        assert_eq!(count(&house, "select count(*) from awaited").await, awaited, "who waited before waits again: {how}");
    }
    // What has nothing to do with it stands in nobody's way.
    let (photo, _) = add(&house, "photo.jpg", b"\xff\xd8\xff\xe0 a photo").await;
    let (other, _) = add(&house, "photo.jpg", b"\xff\xd8\xff\xe0 another").await;
    house.portal.undo_import(&house.ines(), first).await.unwrap();
    house.portal.undo_import(&house.ines(), photo).await.unwrap();
    assert_eq!(count(&house, "select count(*) from item join source using (source_id) where name like 'upload/%'").await, 1);
    house.portal.undo_import(&house.ines(), other).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_is_shown_or_taken_back_while_another_file_is_read(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (first, _) = add(&house, "one.json", &bundle(&[&sodium("a", "140")])).await;
    let mut reading = house.superuser.begin().await.unwrap();
    let turn =
        "select pg_advisory_xact_lock(hashtextextended('chartkey-import ' || source_id::text, 0)) from source where name like 'upload/%'";
    sqlx::query(turn).execute(&mut *reading).await.unwrap();
    for refused in [house.portal.show_import(&house.ines(), first).await, house.portal.undo_import(&house.ines(), first).await] {
        assert!(matches!(refused, Err(Error::Invalid("file-is-read"))), "{refused:?}");
    }
    reading.rollback().await.unwrap();
    house.portal.show_import(&house.ines(), first).await.unwrap();
    house.portal.undo_import(&house.ines(), first).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_that_came_with_a_file_that_is_not_shown_is_told_to_nobody(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    house.give(Purpose::Treatment).await;
    let before = doctor_sees(&house).await;
    let (first, _) = add(&house, "one.json", &bundle(&[&sodium("a", "140")])).await;
    house.portal.show_import(&house.ines(), first).await.unwrap();
    let (named, _) = add(&house, "two.json", &bundle(&[&PRACTITIONER.replace("Aalto", "Bell")])).await;
    let (renamed, _) = add(&house, "three.json", &bundle(&[&PRACTITIONER.replace("Aalto", "Cole")])).await;
    house.portal.show_import(&house.ines(), renamed).await.unwrap();
    assert_eq!(doctor_sees(&house).await, before, "it has the name of the second file, which is not shown");
    house.portal.show_import(&house.ines(), named).await.unwrap();
    assert_eq!(doctor_sees(&house).await, [before, vec!["140".to_owned()]].concat());
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_was_taken_back_is_awaited_again(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    add(&house, "one.json", &bundle(&[&sodium("a", "140")])).await;
    for _ in 0..2 {
        let (second, _) = add(&house, "two.json", &bundle(&[PRACTITIONER])).await;
        assert_eq!(count(&house, "select count(*) from item where fhir_id = 'a' and author = 'Dr Aalto' and author_is_named").await, 1);
        house.portal.undo_import(&house.ines(), second).await.unwrap();
        assert_eq!(count(&house, "select count(*) from item where fhir_id = 'a' and author is null").await, 1);
        assert_eq!(count(&house, "select count(*) from awaited where fhir_id = 'd'").await, 1);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_patient_says_of_a_thing_ends_with_the_thing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let file = bundle(&[&sodium("a", "140")]);
    let (import, _) = add(&house, "one.json", &file).await;
    let item = sqlx::query_scalar("select item_id from item where fhir_id = 'a'").fetch_one(&house.superuser).await.map(ItemId).unwrap();
    let draft = house.portal.keep_statement(&house.ines(), house.patient, item, "This is not mine.").await.unwrap();
    house.portal.open_correction(&house.ines(), house.patient, item, draft).await.unwrap();
    house.portal.undo_import(&house.ines(), import).await.unwrap();
    assert_eq!(count(&house, "select count(*) from correction where state = 'withdrawn' and ended_at is not null").await, 1);
    assert!(house.portal.corrections(&house.ines(), house.patient, None).await.unwrap().view.corrections.is_empty());
    add(&house, "one.json", &file).await;
    assert_eq!(count(&house, "select count(*) from correction where ended_at is null").await, 0, "it does not stand again");

    // And with the version that they saw: what is there again is another one, of which they have said nothing.
    let (newer, _) = add(&house, "two.json", &bundle(&[&sodium("a", "150")])).await;
    let draft = house.portal.keep_statement(&house.ines(), house.patient, item, "Not this one.").await.unwrap();
    house.portal.open_correction(&house.ines(), house.patient, item, draft).await.unwrap();
    house.portal.undo_import(&house.ines(), newer).await.unwrap();
    assert_eq!(count(&house, "select count(*) from correction where ended_at is null").await, 0);
    let draft = house.portal.keep_statement(&house.ines(), house.patient, item, "The first.").await.unwrap();
    house.portal.open_correction(&house.ines(), house.patient, item, draft).await.unwrap();
    // One of the version before stands, and says that it is of that.
    let is_earlier = async || {
        let list = house.portal.list(&house.ines(), house.patient, Category::Results, None, false).await.unwrap().view.entries;
        list.into_iter().find(|entry| entry.id == item).and_then(|entry| entry.disputed).map(|said| said.statements[0].is_earlier)
    };
    assert_eq!(is_earlier().await, Some(false));
    let (newest, _) = add(&house, "three.json", &bundle(&[&sodium("a", "160")])).await;
    assert_eq!(is_earlier().await, Some(true));
    house.portal.undo_import(&house.ines(), newest).await.unwrap();
    assert_eq!(is_earlier().await, Some(false), "what it was said of is there again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_brings_nothing_says_so(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (import, state) = add(&house, "lone.json", br#"{"resourceType":"Basic","id":"\ud800"}"#).await;
    assert_eq!(state, State::Done);
    let report = house.portal.import_report(&house.ines(), import).await.unwrap().view;
    assert_eq!((report.delivery.added, report.is_held), (0, false));
}

#[sqlx::test(migrations = "../../migrations")]
async fn three_files_of_one_export_are_taken_back_one_after_another(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (mut prints, mut imports, mut all) = (vec![fingerprint(&house).await], Vec::new(), vec![INES.to_owned(), PRACTITIONER.to_owned()]);
    for (id, value) in [("a", "140"), ("b", "150"), ("c", "160")] {
        all.push(sodium(id, value));
        all[1] = PRACTITIONER.replace("Aalto", value);
        let resources: Vec<&str> = all.iter().map(String::as_str).collect();
        imports.push(add(&house, "export.json", &bundle(&resources)).await.0);
        prints.push(fingerprint(&house).await);
    }
    let middle = house.portal.ask_undo(&house.ines(), imports[1]).await.unwrap().view;
    assert_eq!(middle.later.iter().map(|(import, _)| *import).collect::<Vec<_>>(), [imports[2]]);
    prints.pop();
    for (import, before) in imports.into_iter().zip(prints).rev() {
        house.portal.undo_import(&house.ines(), import).await.unwrap();
        assert_same(&fingerprint(&house).await, &before, "as it was");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_changes_with_a_person_that_it_names_is_theirs_alone_until_that_is_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    house.give(Purpose::Treatment).await;
    let before = doctor_sees(&house).await;
    let shown = [before.clone(), vec!["140".to_owned()]].concat();
    let (first, _) = add(&house, "one.json", &bundle(&[INES, PRACTITIONER, &sodium("a", "140")])).await;
    house.portal.show_import(&house.ines(), first).await.unwrap();
    assert_eq!(doctor_sees(&house).await, shown);
    let renamed = PRACTITIONER.replace("Aalto", "Bell");
    let (second, _) = add(&house, "two.json", &bundle(&[&renamed])).await;
    assert_eq!(doctor_sees(&house).await, before, "what names the person has changed with her");
    assert!(house.portal.import_report(&house.ines(), second).await.unwrap().view.is_held);
    let (third, _) = add(&house, "three.json", &bundle(&[&sodium("a", "140"), &renamed.replace("Bell", "Cole")])).await;
    house.portal.show_import(&house.ines(), second).await.unwrap();
    assert_eq!(doctor_sees(&house).await, before, "and again with the third");
    house.portal.show_import(&house.ines(), third).await.unwrap();
    assert_eq!(doctor_sees(&house).await, shown);
    for import in [third, second] {
        house.portal.undo_import(&house.ines(), import).await.unwrap();
        assert_eq!(doctor_sees(&house).await, shown, "as it was shown before");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_else_takes_anything_back_and_what_a_clinic_delivered_stays(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    people::take(&house, &sodium("clinic", "139")).await;
    let (own, _) = add(&house, "one.json", &bundle(&[INES, &sodium("a", "140")])).await;
    let deliveries = house.portal.sources(&house.ines()).await.unwrap().view.deliveries;
    let clinic = deliveries.iter().find(|delivery| !delivery.is_own).unwrap();
    assert_eq!((clinic.source.as_str(), clinic.added, &clinic.file_name), ("clinic", 1, &None));
    let before = fingerprint(&house).await;
    assert!(matches!(house.portal.undo_import(&house.ines(), clinic.import).await, Err(Error::NotFound)));
    let doctor = house.doctor(Some(Purpose::Treatment));
    for visitor in [doctor, house.stranger().await] {
        assert!(matches!(house.portal.undo_import(&visitor, own).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.show_import(&visitor, own).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.import_report(&visitor, own).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.upload(&visitor, own).await, Err(Error::NotFound)));
    }
    assert_same(&fingerprint(&house).await, &before, "as it was");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reader_that_died_is_followed_by_another_and_a_file_that_kills_is_given_up(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let import = keep(&house, "one.json", &bundle(&[INES])).await;
    let died = "update upload set state = 'reading', tries = tries + 1, seen_at = now() - interval '2 minutes' where true";
    sqlx::query(died).execute(&house.superuser).await.unwrap();
    assert_eq!(house.portal.import_next().await.unwrap(), Some(import));
    assert_eq!(state(&house, import).await, State::Done);
    let deadly = keep(&house, "two.json", &bundle(&[INES])).await;
    sqlx::query("update upload set tries = 3 where import_id = $1").bind(deadly.0).execute(&house.superuser).await.unwrap();
    assert_eq!(house.portal.import_next().await.unwrap(), Some(deadly));
    assert!(matches!(state(&house, deadly).await, State::Failed(_)));
    for _ in 0..5 {
        keep(&house, "more.json", &bundle(&[INES])).await;
    }
    let file = tempfile::tempfile().unwrap();
    let sixth = house.portal.keep_upload(&house.ines(), house.patient, "more.json", file, 0).await;
    assert!(matches!(sixth, Err(Error::TooManyTries)), "{sixth:?}");
}
