//! The words that a record is searched by: when they are written again, and what is left of those before.

mod files;
mod harness;
mod searching;

use chartkey_domain::category::{Categories, Category};
use chartkey_portal::{
    import::{self, ImportOptions},
    search::Missing,
};
use files::{ANA, BEN, bundle, take};
use searching::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

#[sqlx::test(migrations = "../../migrations")]
async fn words_die_with_their_version_and_are_written_again(_: PgPoolOptions, options: PgConnectOptions) {
    let note = |version: u8, text: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"c","meta":{{"versionId":"{version}"}},"subject":{{"reference":"Patient/ana"}},"code":{{"text":"{text}"}},"note":[{{"text":"about {text}"}}]}}"#
        )
    };
    let house = House::build(options).await.with(bundle(&[ANA, &note(1, "Quinsy")]).as_bytes()).await;
    assert_eq!(house.found(&house.holder, "quinsy").await.groups.len(), 1);
    let mut connection = house.ground.runtime.acquire().await.unwrap();
    take(&mut connection, "clinic", bundle(&[ANA, &note(2, "Scarlatina")]).as_bytes()).await.unwrap();
    assert!(house.found(&house.holder, "quinsy").await.groups.is_empty());
    assert_eq!(house.count("select count(*) from phrase where words like '%quinsy%'").await, 0, "nothing of it is left");
    assert_eq!(house.found(&house.holder, "scarlatina").await.groups.len(), 1);

    // A record that another version read, or none, is read by the worker, to the same words.
    let before = house.written().await;
    house.forget().await;
    let unread = house.found(&house.holder, "scarlatina").await;
    assert!(unread.groups.is_empty() && unread.missing == Some(Missing::Unread));
    assert_eq!(house.read_again().await, 0);
    let read = house.found(&house.holder, "scarlatina").await;
    assert!(read.groups.len() == 1 && read.missing.is_none());
    assert_eq!(house.written().await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_medicine_of_another_file_gives_its_words_to_what_names_it(_: PgPoolOptions, options: PgConnectOptions) {
    let medicine = |version: u8, text: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Medication","id":"m","meta":{{"versionId":"{version}"}},"code":{{"coding":[{{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"{code}"}}],"text":"{text}"}}}}"#
        )
    };
    let request = r#"{"resourceType":"MedicationRequest","id":"r","status":"active","intent":"order","subject":{"reference":"Patient/ana"},"medicationReference":{"reference":"Medication/m"}}"#;
    let house = House::build(options).await.with(bundle(&[ANA, request]).as_bytes()).await;
    house.give(Categories::NONE.with(Category::Medicines), 63).await;
    assert!(house.belongs(&house.holder, "hiv").await.is_empty());

    // The medicine comes later: the request is found by its name and its code, and belongs to its lens.
    house.take(&[&medicine(1, "Zidovudine", "11413")]).await;
    for visitor in [&house.holder, &house.doctor] {
        let found = house.found(visitor, "zidovudine").await;
        assert_eq!(found.groups.first().map(|group| group.rows[0].entry.title.as_str()), Some("Zidovudine"), "{found:?}");
        assert_eq!(house.belongs(visitor, "hiv").await.len(), 1);
    }
    // It is corrected: nothing is left of what it was.
    house.take(&[ANA, request, &medicine(2, "Aspirin", "1191")]).await;
    assert_eq!(house.count("select count(*) from phrase where words like '%zidovudine%' or words like '%11413%'").await, 0);
    assert_eq!(house.count("select count(*) from item where codes = array['http://www.nlm.nih.gov/research/umls/rxnorm|1191']").await, 1);
    for visitor in [&house.holder, &house.doctor] {
        assert!(house.found(visitor, "zidovudine").await.groups.is_empty());
        assert_eq!(house.found(visitor, "aspirin").await.groups.len(), 1);
        assert!(house.belongs(visitor, "hiv").await.is_empty());
    }
    let before = house.written().await;
    house.forget().await;
    assert_eq!(house.read_again().await, 0);
    assert_eq!(house.written().await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_comes_in_and_what_is_read_again_have_the_same_words(_: PgPoolOptions, options: PgConnectOptions) {
    let apixaban = r#"{"resourceType":"Medication","id":"m","code":{"text":"Apixaban"}}"#;
    let request = r#"{"resourceType":"MedicationRequest","id":"r","subject":{"reference":"Patient/ana"},"medicationReference":{"reference":"Medication/m","display":"Eliquis"}}"#;
    let device = r#"{"resourceType":"DeviceUseStatement","id":"d","subject":{"reference":"Patient/ana"},"device":{"reference":"Device/x","display":"Walkmaster"}}"#;
    let value = r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/ana"},"code":{"text":"Blood group"},"valueString":"Bombay"}"#;
    let note = r#"{"resourceType":"DocumentReference","id":"n","subject":{"reference":"Patient/ana"},"type":{"text":"Note"},"content":[{"attachment":{"contentType":"text/plain","data":"VHJhc3R1enVtYWI="}}]}"#;
    let unknown = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/ana"},"code":{"text":"Quinsy"},"note":[{"text":"since spring"}]}"#;
    let house = House::build(options).await.with(bundle(&[ANA, apixaban, request, device, value, note, unknown]).as_bytes()).await;
    for word in ["eliquis", "apixaban", "walkmaster", "bombay", "trastuzumab", "quinsy", "spring"] {
        assert_eq!(house.found(&house.holder, word).await.groups.len(), 1, "{word}");
    }
    house.give(Categories::NONE.with(Category::Medicines).with(Category::Devices), 0).await;
    for word in ["eliquis", "walkmaster"] {
        assert!(house.found(&house.doctor, word).await.groups.is_empty(), "{word}: the name of the source goes with its reference");
    }
    let before = house.written().await;
    house.forget().await;
    assert_eq!(house.read_again().await, 0);
    assert_eq!(house.written().await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_record_that_cannot_be_read_again_keeps_no_other_from_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    house.take(&[BEN]).await;
    house.forget().await;
    let least: Uuid =
        sqlx::query_scalar("select patient_id from patient order by 1 limit 1").fetch_one(&house.ground.superuser).await.unwrap();
    let broken = format!("alter table phrase add constraint broken check (patient_id <> '{least}')");
    sqlx::query(sqlx::AssertSqlSafe(broken)).execute(&house.ground.superuser).await.unwrap();
    assert_eq!(house.read_again().await, 1);
    assert_eq!(house.count("select count(*) from patient where phrased_by = 0").await, 1, "the other one is read");
    sqlx::query("alter table phrase drop constraint broken").execute(&house.ground.superuser).await.unwrap();
    assert_eq!(house.read_again().await, 0);
    assert_eq!(house.count("select count(*) from patient where phrased_by = 0").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_patient_blocks_somebody_while_something_comes_in(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    let long = format!(
        r#"{{"resourceType":"Condition","id":"c","subject":{{"reference":"Patient/ana"}},"code":{{"text":"Quinsy"}},"note":[{{"text":"{}"}}]}}"#,
        "long ".repeat(20_000)
    );
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let mut connection = house.ground.runtime.acquire().await.unwrap();
    let import = tokio::task::spawn_blocking(move || {
        let (file, options) = (bundle(&[ANA, &long]), ImportOptions::new("clinic", "test"));
        let mut is_first = true;
        // The first progress is told in the middle of the file, when the record is locked.
        let wait = |_| {
            if std::mem::take(&mut is_first) {
                begun.send(()).unwrap();
                goes_on.recv().unwrap();
            }
        };
        let running = import::run(&mut connection, file.as_bytes(), &options, wait);
        tokio::runtime::Handle::current().block_on(running).unwrap();
    });
    has_begun.recv().await.unwrap();
    let mut transaction = house.ground.superuser.begin().await.unwrap();
    sqlx::query("set local lock_timeout = '3s'").execute(&mut *transaction).await.unwrap();
    // They wait for each other, and for nobody else.
    let locked = sqlx::query("select from patient for no key update nowait").execute(&mut *transaction).await;
    assert!(locked.is_err(), "the import has its lock");
    transaction.rollback().await.unwrap();
    let mut transaction = house.ground.superuser.begin().await.unwrap();
    sqlx::query("set local lock_timeout = '3s'").execute(&mut *transaction).await.unwrap();
    let block =
        "insert into block (patient_id, organization_id) select p.patient_id, o.organization_id from patient p, organization o limit 1";
    assert_eq!(sqlx::query(block).execute(&mut *transaction).await.unwrap().rows_affected(), 1);
    transaction.commit().await.unwrap();
    go_on.send(()).unwrap();
    import.await.unwrap();
    assert_eq!(house.found(&house.holder, "quinsy").await.groups.len(), 1);
}
