//! A sensitive label that its patient says does not apply: whom it opens the thing to, what comes later, and marking it again.

mod harness;
mod people;
mod twinned;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::Draft,
    grant::{Grantee, Purpose},
    id::ItemId,
    label::{Label, Labels},
};
use chartkey_portal::{Error, items::Original, reach::Reach, sharing::NewGrant};
use harness::Ground;
use people::{House, sentence};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use twinned::{AT, add, item, measured, take};

/// The house, with a result that is marked "HIV" and a share of results without anything sensitive.
async fn marked(options: PgConnectOptions) -> (House, ItemId) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, house.patient, "clinic", &labelled(&measured("here", 110.0, "mg/dL", AT), &["HIV"])).await;
    let here = item(&house, "here").await;
    share(&house, &[Category::Results]).await;
    (house, here)
}

/// A resource with security labels.
fn labelled(resource: &str, codes: &[&str]) -> String {
    let mut resource: Value = serde_json::from_str(resource).unwrap();
    let labels = codes.iter().map(|code| json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code}));
    resource["meta"]["security"] = labels.collect();
    resource.to_string()
}

async fn share(house: &House, categories: &[Category]) {
    let draft = Draft { purpose: Some(Purpose::Treatment), categories: categories.iter().copied().collect(), ..Draft::default() };
    let id = house.portal.begin_draft(&house.ines(), draft).await.unwrap();
    let kept = house.portal.draft(&house.ines(), id).await.unwrap();
    let grantee = Grantee::Clinician { account: house.doctor, organization: house.organization };
    let new = NewGrant { draft: id, grantee, terms: kept.draft.terms(kept.today).unwrap(), sentence: sentence() };
    house.portal.give_grant(&house.ines(), new).await.unwrap();
}

async fn sees(house: &House, visitor: &Visitor, category: Category, item: ItemId) -> bool {
    match house.portal.item(visitor, house.patient, category, item, Original::Leave).await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn doctor_sees(house: &House, item: ItemId) -> bool {
    sees(house, &house.doctor(Some(Purpose::Treatment)), Category::Results, item).await
}

async fn reach(house: &House, item: ItemId) -> Reach {
    house.portal.reach(&house.ines(), house.patient, Category::Results, item).await.unwrap().view
}

async fn marks(house: &House, item: ItemId) -> Vec<Label> {
    reach(house, item).await.marks.into_iter().map(|mark| mark.label).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mark_that_does_not_apply_is_taken_off_and_put_back(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, here) = marked(options).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    assert!(!doctor_sees(&house, here).await);
    let told = reach(&house, here).await;
    let [mark] = told.marks.as_slice() else { panic!("{:?}", told.marks) };
    let opens_to: Vec<_> = mark.opens_to.iter().filter_map(|holder| holder.name.as_deref()).collect();
    assert_eq!((mark.label, opens_to, told.lowered), (Label::Hiv, vec!["Dr Lindqvist"], Labels::NONE), "said before it is done");

    let doctor = house.doctor(Some(Purpose::Treatment));
    let before = portal.standing(&doctor, patient).await.unwrap();
    for _ in 0..2 {
        assert_eq!(portal.lower(&ines, patient, here, Label::Hiv).await.unwrap(), Category::Results);
    }
    assert!(doctor_sees(&house, here).await);
    let told = reach(&house, here).await;
    assert_eq!((told.marks.len(), told.lowered), (0, Labels::NONE.with(Label::Hiv)));
    assert_eq!(portal.standing(&doctor, patient).await.unwrap(), before, "what opens closes no page");

    for _ in 0..2 {
        portal.mark(&ines, patient, here, Label::Hiv).await.unwrap();
    }
    assert_ne!(portal.standing(&doctor, patient).await.unwrap(), before, "an open page is told that it no longer stands");
    assert!(!doctor_sees(&house, here).await);
    assert_eq!((marks(&house, here).await, reach(&house, here).await.lowered), (vec![Label::Hiv], Labels::NONE));

    // Another is not the one that was marked, and what has no mark gets none.
    portal.lower(&ines, patient, here, Label::Genetic).await.unwrap();
    portal.mark(&ines, patient, here, Label::Genetic).await.unwrap();
    assert_eq!(marks(&house, here).await, [Label::Hiv]);
    let changes: Vec<_> =
        house.events().await.into_iter().map(|event| event.what).filter(|what| what.action.starts_with("label-")).collect();
    let said: Vec<_> = changes.iter().map(|what| (what.action.as_str(), what.items, what.text.as_deref())).collect();
    assert_eq!(said, [("label-lowered", 1, None), ("label-marked", 1, None)], "twice is once, and the log does not say which");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_else_takes_a_mark_off_and_the_patient_only_after_a_fresh_sign_in(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, here) = marked(options).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let earlier = Visitor { signed_in_at: ines.signed_in_at - time::Duration::hours(1), ..ines.clone() };
    assert!(matches!(portal.lower(&earlier, patient, here, Label::Hiv).await, Err(Error::SignInAgain)));
    for visitor in [house.doctor(Some(Purpose::Treatment)), house.stranger().await] {
        for answer in [portal.lower(&visitor, patient, here, Label::Hiv).await, portal.mark(&visitor, patient, here, Label::Hiv).await] {
            assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        }
    }
    let nothing = portal.lower(&ines, patient, ItemId(people::nothing()), Label::Hiv).await;
    assert!(matches!(nothing, Err(Error::NotFound)));
    assert_eq!(marks(&house, here).await, [Label::Hiv]);
    // What closes needs none.
    portal.lower(&ines, patient, here, Label::Hiv).await.unwrap();
    portal.mark(&earlier, patient, here, Label::Hiv).await.unwrap();
    assert_eq!(marks(&house, here).await, [Label::Hiv]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_newer_version_brings_counts_and_what_it_repeats_does_not(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, here) = marked(options).await;
    house.portal.lower(&house.ines(), house.patient, here, Label::Hiv).await.unwrap();
    take(&house, house.patient, "clinic", &labelled(&measured("here", 111.0, "mg/dL", AT), &["HIV"])).await;
    assert!(marks(&house, here).await.is_empty() && doctor_sees(&house, here).await, "it was there before");
    // The table reads it again.
    house.tamper("update item set labelled_by = 0 where fhir_id = 'here'").await;
    assert!(house.portal.label_next(None).await.unwrap().is_some());
    assert!(marks(&house, here).await.is_empty() && doctor_sees(&house, here).await, "as the same table read it");
    take(&house, house.patient, "clinic", &labelled(&measured("here", 112.0, "mg/dL", AT), &["HIV", "PSY"])).await;
    assert_eq!(marks(&house, here).await, [Label::MentalHealth], "this is new");
    assert!(!doctor_sees(&house, here).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn twins_have_the_same_marks(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, here) = marked(options).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    portal.lower(&ines, patient, here, Label::Hiv).await.unwrap();
    assert!(doctor_sees(&house, here).await);
    // Another source says the same, and that it is sensitive.
    take(&house, patient, "hospital", &labelled(&measured("there", 110.0, "mg/dL", AT), &["HIV"])).await;
    let there = item(&house, "there").await;
    for one in [here, there] {
        assert_eq!(marks(&house, one).await, [Label::Hiv], "what another source says is new");
        assert!(!doctor_sees(&house, one).await);
    }
    portal.lower(&ines, patient, there, Label::Hiv).await.unwrap();
    for one in [here, there] {
        assert!(marks(&house, one).await.is_empty() && doctor_sees(&house, one).await, "off both");
    }
    portal.mark(&ines, patient, here, Label::Hiv).await.unwrap();
    for one in [here, there] {
        assert!(!doctor_sees(&house, one).await, "on both");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_says_nothing_of_it_or_is_not_shown_yet_marks_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, here) = marked(options).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    portal.lower(&ines, patient, here, Label::Hiv).await.unwrap();
    take(&house, patient, "hospital", &measured("there", 110.0, "mg/dL", AT)).await;
    for one in [here, item(&house, "there").await] {
        assert!(marks(&house, one).await.is_empty() && doctor_sees(&house, one).await, "the same, and nothing sensitive in it");
    }
    let file = add(&house, &labelled(&measured("mine", 110.0, "mg/dL", AT), &["HIV"])).await;
    assert!(doctor_sees(&house, here).await, "what nobody else sees takes nothing from them");
    portal.show_import(&ines, file).await.unwrap();
    assert!(!doctor_sees(&house, here).await, "now it counts");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_gone_and_comes_again_is_another_thing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    share(&house, &[Category::Results]).await;
    let file = labelled(&measured("mine", 110.0, "mg/dL", AT), &["HIV"]);
    let first = add(&house, &file).await;
    portal.show_import(&ines, first).await.unwrap();
    portal.lower(&ines, patient, item(&house, "mine").await, Label::Hiv).await.unwrap();
    assert!(doctor_sees(&house, item(&house, "mine").await).await);
    portal.undo_import(&ines, first).await.unwrap();
    let second = add(&house, &file).await;
    portal.show_import(&ines, second).await.unwrap();
    let mine = item(&house, "mine").await;
    assert_eq!(marks(&house, mine).await, [Label::Hiv]);
    assert!(!doctor_sees(&house, mine).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mark_of_a_place_that_is_named_stays(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let place = json!({"resourceType": "Organization", "id": "place", "name": "HIV outpatient clinic"});
    let mut result: Value = serde_json::from_str(&measured("here", 110.0, "mg/dL", AT)).unwrap();
    result["performer"] = json!([{"reference": "Organization/place"}]);
    let entries: Vec<Value> = [place, result].into_iter().map(|resource| json!({"resource": resource})).collect();
    take(&house, house.patient, "clinic", &json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()).await;
    share(&house, &[Category::Results]).await;
    let here = item(&house, "here").await;
    let stays = house.portal.lower(&house.ines(), house.patient, here, Label::Hiv).await;
    assert!(matches!(stays, Err(Error::Conflict("mark-stays"))), "whoever sees it sees where: {stays:?}");
    let told = reach(&house, here).await;
    assert_eq!((told.marks.len(), told.lowered), (1, Labels::NONE), "nothing was changed");
    assert!(!doctor_sees(&house, here).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_names_it_keeps_its_own_mark_and_its_parts_lose_theirs(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let visit = json!({"resourceType": "Encounter", "id": "visit", "status": "finished", "class": {"code": "AMB"},
        "period": {"start": AT, "end": AT}, "reasonCode": [{"text": "Depressive episode", "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F32.9"}]}]});
    let problem = json!({"resourceType": "Condition", "id": "problem", "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Depressive episode", "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F32.9"}]}});
    let report = json!({"resourceType": "DiagnosticReport", "id": "report", "status": "final", "effectiveDateTime": AT, "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"text": "Panel"}, "result": [{"reference": "Observation/here"}]});
    let entries: Vec<Value> =
        [visit, problem, serde_json::from_str(&labelled(&measured("here", 110.0, "mg/dL", AT), &["HIV"])).unwrap(), report]
            .into_iter()
            .map(|resource| json!({"resource": resource}))
            .collect();
    take(&house, patient, "clinic", &json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()).await;
    share(&house, &[Category::Results, Category::Visits, Category::Problems]).await;
    let [visit, here, report] = [item(&house, "visit").await, item(&house, "here").await, item(&house, "report").await];

    portal.lower(&ines, patient, here, Label::Hiv).await.unwrap();
    assert!(doctor_sees(&house, here).await && !doctor_sees(&house, report).await, "the report is another thing");
    portal.lower(&ines, patient, report, Label::Hiv).await.unwrap();
    assert!(doctor_sees(&house, report).await);

    let doctor = house.doctor(Some(Purpose::Treatment));
    assert!(!sees(&house, &doctor, Category::Visits, visit).await);
    portal.lower(&ines, patient, visit, Label::MentalHealth).await.unwrap();
    let told = portal.item(&doctor, patient, Category::Visits, visit, Original::Leave).await.unwrap().view;
    assert!(format!("{:?}", told.facts).contains("Depressive episode"), "the reason goes with the visit: {:?}", told.facts);
}
