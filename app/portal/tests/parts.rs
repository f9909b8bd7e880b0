//! The parts of things, as a clinician is told them: a reason, a diagnosis, a line, a section is shown by
//! its own category and labels, and leaves nothing where it is not.

mod files;
mod harness;
mod searching;

use std::collections::{BTreeMap, BTreeSet};

use chartkey_domain::{
    account::{Actor, Visitor},
    category::{Categories, Category},
    id::ItemId,
    label::{Label, Labels},
    lens::Lens,
};
use chartkey_portal::{
    items::{Detail, Original, Said},
    news::Look,
    search::Window,
    timeline::Filter,
};
use files::{ANA, bundle, shared};
use searching::House;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

fn categories(of: &[Category]) -> Categories {
    of.iter().copied().collect()
}

impl House {
    /// The grants in force, and no other: the first names the doctor, the second their profession.
    async fn gives(&self, grants: &[(&[Category], Labels)]) {
        sqlx::query("delete from access_grant").execute(&self.ground.superuser).await.unwrap();
        let Actor::Clinician { account, organization, .. } = &self.doctor.actor else { unreachable!() };
        assert!(grants.len() <= 2);
        for (number, (of, labels)) in grants.iter().enumerate() {
            sqlx::query(
                "insert into access_grant (patient_id, lineage_id, grantee_account_id, organization_id, professions, purpose, categories, labels, sentence)
                 values ($1, gen_random_uuid(), $2, $3, $4, 'treatment', $5, $6, 'A share.')",
            )
            .bind(self.patient.0)
            .bind((number == 0).then_some(account.0))
            .bind(organization.0)
            .bind((number == 1).then(|| vec!["physician".to_owned()]))
            .bind(categories(of).bits())
            .bind(i16::from(labels.bits()))
            .execute(&self.ground.superuser)
            .await
            .unwrap();
        }
    }

    /// Every item as its address names it, by its identifier in the file.
    async fn items(&self) -> BTreeMap<String, (ItemId, Category)> {
        let rows: Vec<(String, Uuid, i16)> = sqlx::query_as("select fhir_id, item_id, category from item where patient_id = $1")
            .bind(self.patient.0)
            .fetch_all(&self.ground.superuser)
            .await
            .unwrap();
        rows.into_iter().map(|(id, item, category)| (id, (ItemId(item), Category::from_number(category).unwrap()))).collect()
    }

    /// The page of an item, where the reader has one.
    async fn page(&self, reader: &Visitor, item: ItemId, category: Category) -> Option<Detail> {
        self.portal.item(reader, self.patient, category, item, Original::Show).await.ok().map(|opened| opened.view)
    }

    /// What the page of an item tells the doctor.
    async fn told(&self, id: &str) -> Option<Vec<(&'static str, String)>> {
        let (item, category) = self.items().await[id];
        let detail = self.page(&self.doctor, item, category).await?;
        assert!(detail.original.is_none());
        Some(detail.facts.into_iter().map(|fact| (fact.name, words(&fact.said))).collect())
    }

    /// Everything that the doctor is shown anywhere, as it leaves the portal.
    async fn everything(&self, typed: &[&str]) -> String {
        let (portal, doctor, patient) = (&self.portal, &self.doctor, self.patient);
        let mut shown = String::new();
        for (item, category) in self.items().await.into_values() {
            shown += &format!("{:?}", self.page(doctor, item, category).await);
            shown += &format!("{:?}", portal.visit(doctor, patient, item).await.ok().map(|opened| opened.view));
            for number in 0..4 {
                shown += &format!("{:?}", portal.shown_file(doctor, patient, item, number).await.ok().map(|opened| opened.view));
                let file = portal.file(doctor, patient, item, number).await.ok().map(|opened| opened.view);
                shown += &file.map_or_else(String::new, |file| format!("{:?}{}", file.title, String::from_utf8_lossy(&file.bytes)));
            }
        }
        for category in Category::SHAREABLE {
            shown += &format!("{:?}", portal.list(doctor, patient, category, None, true).await.ok().map(|opened| opened.view));
            shown += &format!("{:?}", portal.courses(doctor, patient, category, true).await.ok().map(|opened| opened.view));
        }
        shown += &format!("{:?}", portal.visits(doctor, patient, None, None, true).await.ok().map(|opened| opened.view));
        shown += &format!("{:?}", portal.results(doctor, patient, None, true).await.ok().map(|opened| opened.view));
        shown += &format!("{:?}", portal.summary(doctor, patient, Look::Opened).await.ok().map(|opened| opened.view));
        shown += &format!("{:?}", portal.timeline(doctor, patient, Filter::default(), None).await.ok().map(|opened| opened.view));
        for words in typed {
            let key = self.session(doctor, &Uuid::new_v4().to_string()).await;
            let search = portal.begin_search(doctor, key.clone(), patient, words).await.unwrap();
            shown += &format!("{:?}", portal.search(doctor, &key, patient, search, Window::Few).await.unwrap().view).replace(words, "…");
        }
        for lens in Lens::all() {
            let key = self.session(doctor, &Uuid::new_v4().to_string()).await;
            let Ok(search) = portal.begin_lens(doctor, key.clone(), patient, lens).await else { continue };
            shown += &format!("{:?}", portal.search(doctor, &key, patient, search, Window::Few).await.ok().map(|opened| opened.view));
        }
        shown
    }
}

fn words(said: &Said) -> String {
    match said {
        Said::Text(text) | Said::Item(_, _, text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn coded(system: &str, code: &str, text: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }], "text": text })
}

/// A file about Ana.
fn record(resources: Vec<Value>) -> String {
    let texts: Vec<String> = resources.iter().map(Value::to_string).collect();
    bundle(&std::iter::once(ANA).chain(texts.iter().map(String::as_str)).collect::<Vec<_>>())
}

/// A visit for depression and a broken leg, and another, and what came of them.
fn planted() -> Vec<Value> {
    let whose = json!({ "reference": "Patient/ana" });
    let icd = "http://hl7.org/fhir/sid/icd-10-cm";
    let cvx = "http://hl7.org/fhir/sid/cvx";
    let section = |code: &str, title: &str, text: &str| json!({ "title": title, "code": coded("http://loinc.org", code, title), "text": { "div": format!("<div>{text}</div>") } });
    vec![
        json!({"resourceType":"Condition","id":"sad","subject":whose,"code":coded(icd, "F32.9", "CANARYsad"),"recordedDate":"2020-03-01"}),
        json!({"resourceType":"Condition","id":"leg","subject":whose,"code":coded(icd, "S82.2", "CANARYleg"),"recordedDate":"2020-03-01"}),
        json!({"resourceType":"Encounter","id":"both","subject":whose,"status":"finished","type":[{"text":"Urgent visit"}],"period":{"start":"2020-03-01T10:00:00-05:00","end":"2020-03-01T11:00:00-05:00"},
            "reasonCode":[coded(icd, "F33.1", "CANARYlow"), coded(icd, "S82.1", "CANARYshin")],
            "diagnosis":[{"condition":{"reference":"Condition/sad","display":"CANARYsaid"}},{"condition":{"reference":"Condition/leg","display":"CANARYlegsaid"}},{"condition":{"reference":"Condition/none","display":"CANARYgone"}}]}),
        json!({"resourceType":"Encounter","id":"plain","subject":whose,"status":"finished","type":[{"text":"Check up"}],"period":{"start":"2020-04-01","end":"2020-04-01"},
            "reasonCode":[{"text":"CANARYcough"}],"hospitalization":{"dischargeDisposition":{"text":"Home again"}}}),
        json!({"resourceType":"MedicationRequest","id":"pill","subject":whose,"status":"active","authoredOn":"2020-03-01","medicationCodeableConcept":{"text":"Tablets"},
            "reasonCode":[{"text":"CANARYache"}],"dosageInstruction":[{"text":"CANARYdose"}],"note":[{"text":"CANARYnote"}],"encounter":{"reference":"Encounter/plain"}}),
        json!({"resourceType":"CarePlan","id":"plan","subject":whose,"status":"active","period":{"start":"2020-03-01"},"category":[{"text":"Exercise"}],"title":"CANARYtitle",
            "addresses":[{"reference":"Condition/leg","display":"CANARYlegplan"}]}),
        json!({"resourceType":"ExplanationOfBenefit","id":"bill","patient":whose,"status":"active","type":{"text":"Bill"},"created":"2020-03-02","provider":{"reference":"Organization/org","display":"CANARYpaid"},
            "diagnosis":[{"sequence":1,"diagnosisCodeableConcept":coded(icd, "S82.2", "CANARYbilled")}],
            "item":[{"sequence":1,"productOrService":coded(cvx, "140", "CANARYshot"),"servicedDate":"2020-03-01"},
                    {"sequence":2,"productOrService":{"text":"CANARYsomething"}},
                    {"sequence":3,"diagnosisSequence":[1],"productOrService":coded(cvx, "115", "CANARYfor")}]}),
        json!({"resourceType":"Organization","id":"org","name":"CANARYpaid"}),
        json!({"resourceType":"DiagnosticReport","id":"panel","subject":whose,"status":"final","code":{"text":"Panel"},"category":[{"coding":[{"code":"LAB"}]}],"effectiveDateTime":"2020-03-01","conclusion":"CANARYconclusion",
            "contained":[{"resourceType":"Observation","id":"in","status":"final","code":coded("http://loinc.org", "2345-7", "Glucose"),"valueQuantity":{"value":5.4,"unit":"mmol/L"},"category":[{"coding":[{"code":"laboratory"}]}]},
                         {"resourceType":"Observation","id":"life","status":"final","code":{"text":"CANARYlife"},"valueString":"CANARYsmoke","category":[{"coding":[{"code":"social-history"}]}]}],
            "result":[{"reference":"#in"},{"reference":"#life"}]}),
        json!({"resourceType":"Composition","id":"summary","subject":whose,"status":"final","type":{"text":"Summary"},"date":"2020-03-05","title":"CANARYname",
            "section":[section("48765-2","CANARYallergies","CANARYpeanut"), {"title":"Hospital course","text":{"div":"<div>Went well</div>"}},
                       section("11450-4","CANARYproblems","CANARYproblem"), section("42348-3","CANARYwishes","CANARYwish")]}),
    ]
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reason_is_shown_with_the_category_and_the_labels_that_it_has_itself(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    let mental = Labels::NONE.with(Label::MentalHealth);
    let (visits, problems): (&[Category], &[Category]) = (&[Category::Visits], &[Category::Problems]);
    let reasons = async || {
        let (visit, _) = house.items().await["both"];
        let told = house.told("both").await?;
        let of = |told: Vec<(&'static str, String)>| {
            told.into_iter()
                .filter(|(name, _)| ["fact.reason", "fact.diagnosis"].contains(name))
                .map(|(_, words)| words)
                .collect::<Vec<_>>()
        };
        let opened = house.portal.visit(&house.doctor, house.patient, visit).await.unwrap().view;
        let why: Vec<_> = opened
            .facts
            .iter()
            .filter(|fact| ["fact.reason", "fact.diagnosis"].contains(&fact.name))
            .map(|fact| (fact.name, words(&fact.said)))
            .collect();
        assert_eq!(of(told.clone()), of(why.clone()), "the page of the visit says as much");
        assert_eq!(of(why.clone()).len(), why.len());
        Some(of(told).into_iter().collect::<BTreeSet<_>>())
    };
    let set = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>());
    // A visit with a label that is not let through is not there at all.
    house.gives(&[(visits, Labels::NONE)]).await;
    assert_eq!(reasons().await, None);
    house.gives(&[(&[Category::Visits, Category::Problems], Labels::NONE)]).await;
    assert_eq!(reasons().await, None);
    // Visits alone: why is a problem.
    house.gives(&[(visits, mental)]).await;
    assert_eq!(reasons().await, set(&[]));
    // Problems through another grant, without the label: what carries it stays away, and what names such a problem.
    house.gives(&[(visits, mental), (problems, Labels::NONE)]).await;
    assert_eq!(reasons().await, set(&["CANARYleg", "CANARYshin"]));
    house.gives(&[(visits, mental), (problems, mental)]).await;
    assert_eq!(reasons().await, set(&["CANARYleg", "CANARYshin", "CANARYlow", "CANARYsad"]));
    house.gives(&[(&[Category::Visits, Category::Problems], Labels::ALL)]).await;
    assert_eq!(reasons().await, set(&["CANARYleg", "CANARYshin", "CANARYlow", "CANARYsad"]), "never the words of a reference");
    // One that is kept from everybody, or from this reader, is not named as a diagnosis either.
    for hide in [
        "update item set is_private = true where fhir_id = 'leg'",
        "insert into exclusion (patient_id, item_id, account_id) select patient_id, item_id, (select account_id from clinician) from item where fhir_id = 'sad'",
    ] {
        sqlx::query(hide).execute(&house.ground.superuser).await.unwrap();
    }
    assert_eq!(reasons().await, set(&["CANARYshin", "CANARYlow"]));
    sqlx::query("delete from access_grant").execute(&house.ground.superuser).await.unwrap();
    assert_eq!(reasons().await, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_part_has_the_labels_of_its_thing_that_nothing_tells_apart(_: PgPoolOptions, options: PgConnectOptions) {
    let whose = json!({ "reference": "Patient/ana" });
    let visit = |id: &str, more: Value| {
        let mut visit = json!({"resourceType":"Encounter","id":id,"subject":whose,"period":{"start":"2020-03-01"},"reasonCode":[{"text":"CANARYshin"},{"text":"Depression"}]});
        visit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        visit
    };
    let given = vec![
        visit("apart", json!({})),
        visit("kind", json!({ "type": [{ "text": "Psychiatry" }] })),
        visit("place", json!({ "location": [{ "location": { "reference": "Location/ward" } }] })),
        visit("within", json!({ "partOf": { "reference": "Encounter/secret" } })),
        visit("secret", json!({ "period": { "start": "2020-03-01" }, "type": [{ "text": "Psychiatry" }] })),
        json!({"resourceType":"Location","id":"ward","name":"Psychiatric ward"}),
    ];
    let house = House::build(options).await.with(record(given).as_bytes()).await;
    sqlx::query("update item set is_private = true where fhir_id = 'secret'").execute(&house.ground.superuser).await.unwrap();
    house.gives(&[(&[Category::Visits], Labels::ALL), (&[Category::Problems], Labels::NONE)]).await;
    for (id, expected) in [("apart", 1), ("kind", 0), ("place", 0), ("within", 0)] {
        let told = house.told(id).await.unwrap();
        let reasons: Vec<_> = told.iter().filter(|(name, _)| *name == "fact.reason").map(|(_, words)| words.as_str()).collect();
        assert_eq!(reasons, ["CANARYshin"][..expected], "{id}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_part_is_shown_by_its_own_category(_: PgPoolOptions, options: PgConnectOptions) {
    use Category::*;
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    let tells = async |id: &str, of: &[Category]| {
        house.gives(&[(of, Labels::ALL)]).await;
        let told = house.told(id).await.unwrap();
        told.into_iter().map(|(_, words)| words).filter(|words| words.contains("CANARY")).collect::<BTreeSet<_>>()
    };
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(tells("plain", &[Visits]).await, set(&[]));
    assert_eq!(tells("plain", &[Visits, Problems]).await, set(&["CANARYcough"]));
    assert!(house.told("plain").await.unwrap().contains(&("fact.after", "Home again".to_owned())));
    assert_eq!(tells("pill", &[Medicines]).await, set(&[]));
    assert_eq!(tells("pill", &[Medicines, Problems]).await, set(&["CANARYache"]));
    assert_eq!(tells("pill", &[Medicines, Documents]).await, set(&["CANARYdose", "CANARYnote"]), "words that people wrote");
    assert!(!house.told("pill").await.unwrap().iter().any(|(name, _)| *name == "fact.visit"));
    tells("pill", &[Medicines, Visits]).await;
    assert!(house.told("pill").await.unwrap().contains(&("fact.visit", "Check up".to_owned())));
    assert_eq!(tells("plan", &[Plans]).await, set(&[]));
    assert_eq!(tells("plan", &[Plans, Problems]).await, set(&["CANARYleg"]));
    assert_eq!(tells("bill", &[Insurance]).await, set(&[]));
    assert_eq!(tells("bill", &[Insurance, Problems]).await, set(&["CANARYbilled"]));
    assert_eq!(tells("bill", &[Insurance, Vaccines]).await, set(&["CANARYshot"]));
    assert_eq!(tells("bill", &[Insurance, Vaccines, Problems]).await, set(&["CANARYbilled", "CANARYshot", "CANARYfor"]));
    let care = [Insurance, Problems, Medicines, Vaccines, Results, Procedures, Visits, Imaging, Devices];
    let everything = set(&["CANARYbilled", "CANARYshot", "CANARYfor", "CANARYsomething"]);
    assert_eq!(tells("bill", &care).await, everything, "whom it pays is the patient's only");
    house.gives(&[(&[Results], Labels::ALL)]).await;
    let told = house.told("panel").await.unwrap();
    assert_eq!(
        told.iter().filter(|(name, _)| *name == "fact.result").map(|(_, words)| words.as_str()).collect::<Vec<_>>(),
        ["Glucose: 5.4 mmol/L"]
    );
    assert_eq!(tells("panel", &[Results, Lifestyle]).await, set(&["CANARYlife: CANARYsmoke"]));
    assert_eq!(tells("panel", &[Results, Documents]).await, set(&["CANARYconclusion"]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_line_of_another_time_than_its_bill_has_its_own(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    house.gives(&[(&[Category::Insurance], Labels::NONE), (&[Category::Vaccines, Category::Problems], Labels::NONE)]).await;
    let lines = async |until: &str| {
        sqlx::query("update access_grant set data_to = $1::text::timestamptz where professions is not null")
            .bind(until)
            .execute(&house.ground.superuser)
            .await
            .unwrap();
        house.told("bill").await.unwrap().into_iter().filter(|(name, _)| *name == "fact.line").map(|(_, words)| words).collect::<Vec<_>>()
    };
    assert_eq!(lines("2020-03-01T00:00:00Z").await, [""; 0]);
    assert_eq!(lines("2020-03-02T00:00:00Z").await, ["CANARYshot"], "given on the day before the bill");
    assert_eq!(lines("2020-03-03T00:00:00Z").await, ["CANARYshot", "CANARYfor"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_sections_of_a_document_are_told_apart_and_counted_as_the_reader_sees_them(_: PgPoolOptions, options: PgConnectOptions) {
    use Category::*;
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    let (item, category) = house.items().await["summary"];
    let titles = async |reader: &Visitor| {
        let detail = house.page(reader, item, category).await.unwrap();
        assert_eq!(detail.contents.len(), detail.readings.len());
        let titles: Vec<_> = detail.contents.into_iter().filter_map(|content| content.title).collect();
        for (number, title) in titles.iter().enumerate() {
            let file = house.portal.file(reader, house.patient, item, number).await.unwrap().view;
            assert_eq!(file.title.as_deref(), Some(title.as_str()), "its copy has the number that the page gives it");
        }
        assert!(house.portal.file(reader, house.patient, item, titles.len()).await.is_err());
        titles
    };
    let export = "update access_grant set may_export = true";
    let all = ["CANARYallergies", "Hospital course", "CANARYproblems", "CANARYwishes"];
    assert_eq!(titles(&house.holder).await, all);
    for (of, expected) in [
        (&[Documents][..], &["Hospital course"][..]),
        (&[Documents, Allergies], &["Hospital course"]),
        (&[Documents, Problems], &["Hospital course", "CANARYproblems"]),
    ] {
        house.gives(&[(of, Labels::NONE)]).await;
        sqlx::query(export).execute(&house.ground.superuser).await.unwrap();
        assert_eq!(titles(&house.doctor).await, expected);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_two_shares_show_is_copied_through_the_one_that_allows_it(_: PgPoolOptions, options: PgConnectOptions) {
    use Category::*;
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    let (item, category) = house.items().await["summary"];
    house.gives(&[(&[Documents], Labels::NONE), (&[Documents, Problems], Labels::NONE)]).await;
    for (allowing, expected) in [
        ("false", [false, false]),
        ("professions is null", [true, false]),
        ("professions is not null", [true, true]),
        ("true", [true, true]),
    ] {
        let allow = format!("update access_grant set may_export = {allowing}");
        sqlx::query(sqlx::AssertSqlSafe(allow)).execute(&house.ground.superuser).await.unwrap();
        let detail = house.page(&house.doctor, item, category).await.unwrap();
        assert_eq!((detail.contents.len(), detail.copies.as_slice()), (2, expected.as_slice()), "{allowing}");
        for (number, may_copy) in expected.into_iter().enumerate() {
            let file = house.portal.file(&house.doctor, house.patient, item, number).await;
            assert_eq!(file.is_ok(), may_copy, "{allowing} {number}");
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_part_that_is_hidden_leaves_nothing_anywhere(_: PgPoolOptions, options: PgConnectOptions) {
    use Category::*;
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    let hidden: BTreeSet<String> = planted()
        .iter()
        .flat_map(|resource| {
            let text = resource.to_string();
            text.split(|letter: char| !letter.is_ascii_alphanumeric())
                .filter(|word| word.starts_with("CANARY"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let typed: Vec<String> = hidden.iter().map(|word| word.to_lowercase()).collect();
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    // Each thing that has parts, and nothing that the parts are of.
    house.gives(&[(&[Visits, Medicines, Plans, Insurance, Results], Labels::ALL)]).await;
    sqlx::query("update access_grant set may_export = true").execute(&house.ground.superuser).await.unwrap();
    let shown = house.everything(&typed).await.to_lowercase();
    for word in &typed {
        assert!(!shown.contains(word), "{word}");
    }
    // The documents, too: what a section says is found by nobody who does not see it.
    house.gives(&[(&[Documents], Labels::ALL)]).await;
    sqlx::query("update access_grant set may_export = true").execute(&house.ground.superuser).await.unwrap();
    let shown = house.everything(&typed).await.to_lowercase();
    assert!(shown.contains("went well") && shown.contains("canaryname"), "a title is words of its document");
    for word in typed.iter().filter(|word| **word != "canaryname") {
        assert!(!shown.contains(word), "{word}");
    }
    // All of it is there for somebody: nothing was looked for in vain.
    let items = house.items().await;
    let mut own = String::new();
    for (item, category) in items.into_values() {
        own += &format!("{:?}", house.page(&house.holder, item, category).await.unwrap());
        own += &format!("{:?}", house.portal.visit(&house.holder, house.patient, item).await.ok().map(|opened| opened.view.facts));
    }
    let own = own.to_lowercase();
    let silent: Vec<_> = typed.iter().filter(|word| !own.contains(**word)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_event_says_what_the_reasons_of_a_visit_named(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(record(planted()).as_bytes()).await;
    let (visit, _) = house.items().await["both"];
    let counted = async || {
        house.portal.visit(&house.doctor, house.patient, visit).await.unwrap();
        let bytes: Vec<u8> = sqlx::query_scalar("select bytes from event where chain = $1 order by seq desc limit 1")
            .bind(format!("patient/{}", house.patient))
            .fetch_one(&house.ground.superuser)
            .await
            .unwrap();
        let event: Value = serde_json::from_slice(&bytes).unwrap();
        (event["what"]["items"].clone(), event["what"]["categories"].clone())
    };
    house.gives(&[(&[Category::Visits], Labels::ALL)]).await;
    assert_eq!(counted().await, (json!(1), json!(["visits"])));
    house.gives(&[(&[Category::Visits, Category::Problems], Labels::ALL)]).await;
    assert_eq!(counted().await, (json!(3), json!(["problems", "visits"])));
}

/// Counts, over published records, what a patient is told and what of it a clinician is.
#[sqlx::test(migrations = "../../migrations")]
async fn most_reasons_of_published_records_need_more_than_visits(_: PgPoolOptions, options: PgConnectOptions) {
    use Category::*;
    const PARTS: [&str; 8] =
        ["fact.reason", "fact.diagnosis", "fact.line", "fact.procedure", "fact.addresses", "fact.visit", "fact.conclusion", "fact.note"];
    let grants = [None, Some(&[Visits][..]), Some(&[Visits, Problems]), Some(&Category::SHAREABLE)];
    let mut count: BTreeMap<&'static str, [usize; 4]> = BTreeMap::new();
    let mut house = House::build(options).await;
    for file in ["synthea/small-luigi.json", "synthea/typical-adult-sanford.json", "synthea/pregnancy-eclampsia-tremblay.json"] {
        house = house.with(std::fs::File::open(shared().join(file)).unwrap()).await;
        for (column, grant) in grants.into_iter().enumerate() {
            let reader = if grant.is_some() { house.doctor.clone() } else { house.holder.clone() };
            if let Some(grant) = grant {
                house.gives(&[(grant, Labels::ALL)]).await;
            }
            for (item, category) in house.items().await.into_values() {
                let Some(detail) = house.page(&reader, item, category).await else { continue };
                for fact in detail.facts.iter().filter(|fact| PARTS.contains(&fact.name)) {
                    count.entry(fact.name).or_default()[column] += 1;
                }
            }
        }
    }
    for (name, [own, visits, both, all]) in &count {
        chartkey_ground::saw(&format!(
            "{name}: {own} told to the patient, {visits} to readers of visits, {both} of visits and problems, {all} of everything"
        ));
    }
    let [reasons, of_visits, of_both, of_all] = count["fact.reason"];
    assert!(of_visits == 0 && of_both > 20 && of_both < of_all && of_all == reasons, "{count:?}");
    let [lines, _, of_both, of_all] = count["fact.line"];
    assert!(of_both == 0 && of_all == lines, "{count:?}");
}
