//! Files that a patient has added are shown, or taken back, and the record is as it was.

mod filed;
mod harness;
mod people;

use chartkey_domain::{category::Category, grant::Purpose, id::ItemId, waiting::ResultKind};
use chartkey_portal::Error;
use filed::{INES, PRACTITIONER, add, assert_same, bundle, count, doctor_sees, fingerprint, house, sodium};
use people::item;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

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
