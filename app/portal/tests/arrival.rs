//! What an import writes beside each row, and how people then read it.

mod harness;
mod people;

use std::collections::BTreeSet;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
    id::ItemId,
};
use chartkey_portal::{Error, entry::Entry, fhir::document::ContentPlace, items::Original, news::Look};
use harness::Ground;
use people::{House, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::macros::date;

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
            {"attachment":{"contentType":"text/plain","url":"Binary/other","data":"SGVyZQ=="}},
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
    let texts: Vec<_> = detail.contents.iter().map(|content| content.text()).collect();
    assert_eq!(texts, [Some("Here".to_owned()), Some("Sleep well".to_owned()), None, None, None]);
    assert_eq!(detail.contents[2].place, ContentPlace::Here(b"\x89PNG".to_vec()), "a picture is looked into before it is shown");
    assert_eq!((&detail.contents[3].place, &detail.contents[4].place), (&ContentPlace::Missing, &ContentPlace::Missing));
    let file = async |number| house.portal.file(&house.ines(), house.patient, document, number).await;
    assert_eq!(file(1).await.unwrap().view.bytes, b"Sleep well");
    assert_eq!(file(2).await.unwrap().view.bytes, b"\x89PNG");
    for number in 3..6 {
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
    assert_eq!(read(&doctor).await.unwrap().view.contents[1].text().as_deref(), Some("Sleep well"));
    let file = house.portal.file(&doctor, house.patient, document, 0).await;
    assert!(matches!(file, Err(Error::NotFound)), "no grant allows a copy");
}

#[sqlx::test(migrations = "../../migrations")]
async fn none_known_is_not_told_to_somebody_from_whom_an_allergy_is_kept(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let mut new = house.draft(Purpose::Treatment).await;
    new.terms.categories = Categories::NONE.with(Category::Allergies);
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    let doctor = house.doctor(Some(Purpose::Treatment));
    let allergy = |id: &str, code: &str| {
        format!(r#"{{"resourceType":"AllergyIntolerance","id":"{id}","patient":{{"reference":"Patient/a"}},"code":{code}}}"#)
    };
    let titles = async |visitor: &Visitor| {
        let list = house.portal.list(visitor, house.patient, Category::Allergies, None, false).await.unwrap().view;
        let summary = house.portal.summary(visitor, house.patient, Look::Ahead).await.unwrap().view;
        assert_eq!(list.entries.len(), summary.allergies.entries.len());
        list.entries.into_iter().map(|entry| entry.title).collect::<BTreeSet<_>>()
    };
    take(&house, &allergy("none", r#"{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}],"text":"Keine bekannt"}"#)).await;
    assert_eq!(titles(&doctor).await, ["Keine bekannt".to_owned()].into());
    take(&house, &allergy("nuts", r#"{"text":"Nuts"}"#)).await;
    assert_eq!(titles(&doctor).await.len(), 2, "nothing is kept from them");
    for (hide, show) in [
        ("is_private = true", "is_private = false"),
        ("labels = 1", "labels = 0"),
        ("labelled_by = 0", "labelled_by = (select max(labelled_by) from item)"),
    ] {
        house.tamper(&format!("update item set {hide} where fhir_id = 'nuts'")).await;
        assert!(titles(&doctor).await.is_empty(), "{hide}");
        assert_eq!(titles(&house.ines()).await.len(), 2, "{hide}");
        house.tamper(&format!("update item set {show} where fhir_id = 'nuts'")).await;
        assert_eq!(titles(&doctor).await.len(), 2, "{show}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_provider_of_a_claim_stays_with_the_patient_in_every_order_of_files(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, r#"{"resourceType":"Claim","id":"c","patient":{"reference":"Patient/a"},"provider":{"reference":"Organization/5"}}"#)
        .await;
    take(&house, r#"{"resourceType":"Organization","id":"5","name":"Riverside Oncology"}"#).await;
    let mut new = house.draft(Purpose::Treatment).await;
    new.terms.categories = Categories::NONE.with(Category::Insurance);
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    let doctor = house.doctor(Some(Purpose::Treatment));
    let list = house.portal.list(&doctor, house.patient, Category::Insurance, None, false).await.unwrap().view;
    assert_eq!(list.entries.iter().map(|entry| (entry.title.as_str(), entry.author.as_deref())).collect::<Vec<_>>(), [("Claim", None)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn dates_of_a_grant_are_the_days_that_pages_show(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let result = |id: &str, at: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","subject":{{"reference":"Patient/a"}},"category":[{{"coding":[{{"code":"laboratory"}}]}}],"effectiveDateTime":"{at}"}}"#
        )
    };
    take(&house, &result("before", "2023-12-31T20:00:00-05:00")).await;
    take(&house, &result("first", "2024-01-01T01:00:00+02:00")).await;
    let mut new = house.draft(Purpose::Treatment).await;
    new.terms.from = Some(date!(2024 - 01 - 01));
    new.terms.to = Some(date!(2024 - 12 - 31));
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    let doctor = house.doctor(Some(Purpose::Treatment));
    let list = house.portal.list(&doctor, house.patient, Category::Results, None, false).await.unwrap().view;
    let days: Vec<_> = list.entries.iter().map(|entry| entry.when.unwrap().0.date()).collect();
    assert_eq!(days, [date!(2024 - 01 - 01)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_asks_for_what_is_not_theirs_leaves_a_refusal(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let document = letters(&house).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let refused = async || house.counted("select count(*) from event where chain = 'system'").await;
    assert!(house.portal.item(&doctor, house.patient, Category::Documents, document, Original::Leave).await.is_err());
    assert_eq!(refused().await, 1);
    assert!(house.portal.file(&doctor, house.patient, document, 99).await.is_err());
    assert!(house.portal.visit(&doctor, house.patient, document).await.is_err());
    assert!(house.portal.trend(&doctor, house.patient, "nothing", &[]).await.is_err());
    assert_eq!(refused().await, 4);
    assert!(house.portal.trend(&house.ines(), house.patient, "nothing", &[]).await.is_err());
    assert_eq!(refused().await, 4, "to look in vain in one's own record is no refusal");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_newer_table_labels_what_an_older_one_did_and_what_names_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(
        &house,
        r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/a"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"F32.9"}]}}"#,
    )
    .await;
    take(
        &house,
        r#"{"resourceType":"MedicationRequest","id":"m","subject":{"reference":"Patient/a"},"reasonReference":[{"reference":"Condition/c"}]}"#,
    )
    .await;
    let forget = "update item set labels = 0, own_labels = 0, labelled_by = 1 where fhir_id in ('c', 'm')";
    let labelled = async || house.counted("select count(*) from item where fhir_id in ('c', 'm') and labels = 1").await;
    house.tamper(forget).await;
    let (patient, items) = house.portal.label_next(None).await.unwrap().unwrap();
    assert_eq!((patient, items.unwrap(), labelled().await), (house.patient, 2, 2));
    assert!(house.portal.label_next(None).await.unwrap().is_none());

    // An import finds the record before that was done: what it brings takes the same labels.
    house.tamper(forget).await;
    take(&house, r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/a"},"code":{"text":"Something else"}}"#).await;
    assert_eq!(labelled().await, 2);
}
