//! Whose a resource is that comes in: over a real PostgreSQL, as the runtime role.

mod files;
mod harness;

use chartkey_domain::id::PatientId;
use chartkey_portal::import::{self, Error, ImportOptions, Into};
use files::{ANA, BEN, bundle, one, shared, take};
use harness::Ground;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

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
