//! Files that a patient adds to their own record: what they may be, whose they are, and who sees what they bring.

mod filed;
mod harness;
mod people;

use std::io::Write;

use chartkey_domain::grant::Purpose;
use chartkey_portal::{
    Error,
    uploads::{Refusal, State},
};
use filed::{INES, PRACTITIONER, add, assert_same, bundle, count, doctor_sees, fingerprint, house, keep, sodium, state};
use flate2::{Compression, write::GzEncoder};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use zip::{ZipWriter, write::SimpleFileOptions};

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
async fn a_file_that_brings_nothing_says_so(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (import, state) = add(&house, "lone.json", br#"{"resourceType":"Basic","id":"\ud800"}"#).await;
    assert_eq!(state, State::Done);
    let report = house.portal.import_report(&house.ines(), import).await.unwrap().view;
    assert_eq!((report.delivery.added, report.is_held), (0, false));
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
