//! What an import writes beside each row, and how people then read it.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
    id::ItemId,
};
use chartkey_portal::{
    Error,
    entry::Entry,
    fhir::document::ContentPlace,
    import::{self, ImportOptions, Into},
    items::Original,
};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::macros::date;

/// Takes one resource about the patient of the house.
async fn take(house: &House, resource: &str) {
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let into = Into::Patient(house.patient);
    import::run(&mut connection, resource.as_bytes(), &ImportOptions { into, ..ImportOptions::new("clinic", "test") }, |_| {})
        .await
        .unwrap();
}

async fn only(house: &House, category: Category) -> Entry {
    let list = house.portal.list(&house.ines(), house.patient, category, None, false).await.unwrap().view;
    list.entries.into_iter().find(|entry| entry.source == "clinic").unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_moment_has_the_date_that_its_source_wrote(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(
        &house,
        r#"{"resourceType":"Encounter","id":"e","subject":{"reference":"Patient/a"},"period":{"start":"2018-12-31T22:30:00-05:00","end":"2018-12-31T23:00:00-05:00"}}"#,
    )
    .await;
    let visit = only(&house, Category::Visits).await;
    assert_eq!(visit.when.unwrap().0.date(), date!(2018 - 12 - 31));
    assert_eq!(visit.last_at.unwrap().date(), date!(2018 - 12 - 31));
    for (year, found) in [(2018, 1), (2019, 0)] {
        let visits = house.portal.visits(&house.ines(), house.patient, Some(year), None, false).await.unwrap().view;
        assert_eq!((visits.entries.len(), visits.years), (found, vec![2018]), "{year}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grantee_reads_the_name_of_whom_the_record_holds_and_no_other(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let author = async |visitor: &Visitor| {
        let list = house.portal.list(visitor, house.patient, Category::Results, None, false).await.unwrap().view;
        list.entries.into_iter().find(|entry| entry.source == "clinic").unwrap().author
    };
    take(
        &house,
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/a"},"code":{"text":"Sodium"},"category":[{"coding":[{"code":"laboratory"}]}],"performer":[{"reference":"Practitioner/lee","display":"Dr Lee"}]}"#,
    )
    .await;
    let ines = house.ines();
    assert_eq!(author(&ines).await.as_deref(), Some("Dr Lee"));
    assert_eq!(author(&doctor).await, None, "nobody in the record stands behind the name");
    take(&house, r#"{"resourceType":"Practitioner","id":"lee","name":[{"text":"Dr Lee"}]}"#).await;
    assert_eq!(author(&doctor).await.as_deref(), Some("Dr Lee"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_patient_is_told_exactly_how_much_there_is(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let total = async || {
        let list = house.portal.list(&house.ines(), house.patient, Category::Allergies, None, false).await.unwrap().view;
        list.aside.unwrap().total
    };
    let allergy = |id: &str, version: u8, status: &str| {
        format!(
            r#"{{"resourceType":"AllergyIntolerance","id":"{id}","meta":{{"versionId":"{version}"}},"patient":{{"reference":"Patient/a"}},"verificationStatus":{{"coding":[{{"code":"{status}"}}]}}}}"#
        )
    };
    assert_eq!(total().await, 0);
    take(&house, &allergy("1", 1, "confirmed")).await;
    take(&house, &allergy("2", 1, "confirmed")).await;
    take(&house, &allergy("2", 1, "confirmed")).await;
    assert_eq!(total().await, 2);
    take(&house, &allergy("2", 2, "entered-in-error")).await;
    assert_eq!(total().await, 1);
    take(&house, &allergy("2", 3, "confirmed")).await;
    assert_eq!(total().await, 2);
}

/// A note and a picture kept in Binaries, and one that never came.
async fn letters(house: &House) -> ItemId {
    take(house, r#"{"resourceType":"Binary","id":"note","contentType":"text/plain","data":"U2xlZXAgd2VsbA=="}"#).await;
    take(
        house,
        r#"{"resourceType":"DocumentReference","id":"d","subject":{"reference":"Patient/a"},"content":[
            {"attachment":{"contentType":"text/plain","url":"Binary/note"}},
            {"attachment":{"contentType":"image/png","url":"https://clinic.example/fhir/Binary/scan"}},
            {"attachment":{"contentType":"application/pdf","url":"Binary/lost"}},
            {"attachment":{"contentType":"application/pdf","url":"https://elsewhere.example/a.pdf"}}]}"#,
    )
    .await;
    take(house, r#"{"resourceType":"Binary","id":"scan","contentType":"image/png","data":"iVBORw=="}"#).await;
    only(house, Category::Documents).await.id
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_document_keeps_in_a_binary_is_read_with_it_and_what_never_came_is_said(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let document = letters(&house).await;
    let detail = house.portal.item(&house.ines(), house.patient, Category::Documents, document, Original::Leave).await.unwrap().view;
    assert_eq!(detail.contents[0].text().as_deref(), Some("Sleep well"));
    assert!(matches!(detail.contents[1].place, ContentPlace::There(_)), "a picture is brought only as a download");
    assert_eq!((&detail.contents[2].place, &detail.contents[3].place), (&ContentPlace::Missing, &ContentPlace::Missing));
    let file = async |number| house.portal.file(&house.ines(), house.patient, document, number).await;
    assert_eq!(file(0).await.unwrap().view.bytes, b"Sleep well");
    assert_eq!(file(1).await.unwrap().view.bytes, b"\x89PNG");
    for number in 2..5 {
        assert!(matches!(file(number).await, Err(Error::NotFound)), "{number}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_goes_with_its_document_and_with_nothing_else(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let document = letters(&house).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let read = async |visitor: &Visitor| house.portal.item(visitor, house.patient, Category::Documents, document, Original::Leave).await;
    assert!(matches!(read(&doctor).await, Err(Error::NotFound)), "the grant is for results");

    let mut new = house.draft(Purpose::Coordination).await;
    new.terms.categories = Categories::NONE.with(Category::Documents);
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    let doctor = house.doctor(Some(Purpose::Coordination));
    assert_eq!(read(&doctor).await.unwrap().view.contents[0].text().as_deref(), Some("Sleep well"));
    let file = house.portal.file(&doctor, house.patient, document, 0).await;
    assert!(matches!(file, Err(Error::NotFound)), "no grant allows a copy");
}
