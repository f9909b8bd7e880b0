//! A result that waits, in a record of its own places: its patient finds what it found nowhere, on no
//! page and in no file but the record itself, until they open it. Everybody else sees it as always.

mod endpoints;
mod harness;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_domain::waiting::ResultKind;
use chartkey_portal::import::ImportOptions;
use endpoints::{
    probe::{everything, filled},
    table::{Caller, Which, table},
    world::World,
};
use harness::Browser;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

/// What only the results say, and where.
const FOUND: [&str; 14] = [
    "918273.0625",   // the number of a result that has others of its series
    "111.7771",      // the ends of its range
    "222.7772",      //
    "zqfoundnote",   // a note on it
    "zqfoundword",   // a result in words
    "zqfoundpart",   // the part of a result without a report
    "zqfoundends",   // the conclusion of the report
    "zqfoundform",   // its text
    "zqfoundletter", // a document of the report
    "zqfoundfile",   // a file that a document names
    "zqfoundalone",  // a document that no report knows, and says that it is one
    "zqfoundscan",   // the conclusion of a report of imaging
    "zqfoundgerm",   // what a culture grew
    "zqfoundpanel",  // a member of a panel
];

/// What their patient may read all the same: that they are there.
const NAMED: [&str; 3] = ["Waiting kidney panel", "Waiting culture", "Waiting scan"];

/// A file that comes in later: of every kind and shape something that waits.
fn file() -> String {
    let of = |kind: &str, id: &str, rest: Value| {
        let mut resource = json!({"resourceType": kind, "id": id, "status": "final", "subject": {"reference": "Patient/details"},
            "effectiveDateTime": "2024-03-05T08:30:00Z", "encounter": {"reference": "Encounter/visits"},
            "performer": [{"reference": "Practitioner/author"}]});
        resource.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        resource
    };
    let lab = json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}]);
    let section = |code: &str| json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": code}]}]);
    let loinc = |code: &str, text: &str| json!({"text": text, "coding": [{"system": "http://loinc.org", "code": code}]});
    let text = |words: &str| json!({"contentType": "text/plain", "data": STANDARD.encode(words)});
    let document = |id: &str, rest: Value| {
        let mut document = json!({"resourceType": "DocumentReference", "id": id, "status": "current", "date": "2024-03-05T08:40:00Z",
            "subject": {"reference": "Patient/details"}});
        document.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        document
    };
    let number: Value = serde_json::from_str("918273.0625").unwrap();
    let resources = vec![
        of(
            "Observation",
            "w-number",
            json!({"category": lab, "code": loinc("718-7", "Waiting number"), "valueQuantity": {"value": number, "unit": "g/L"},
                "referenceRange": [{"low": {"value": 111.7771}, "high": {"value": 222.7772}}],
                "interpretation": [{"coding": [{"code": "HH"}]}], "note": [{"text": "zqfoundnote"}]}),
        ),
        of("Observation", "w-word", json!({"category": lab, "code": {"text": "Waiting word"}, "valueString": "zqfoundword"})),
        of("Observation", "w-member", json!({"category": lab, "code": {"text": "Waiting member"}, "valueString": "zqfoundpanel"})),
        of(
            "Observation",
            "w-panel",
            json!({"category": lab, "code": {"text": "Waiting panel"}, "hasMember": [{"reference": "Observation/w-member"}]}),
        ),
        of(
            "Observation",
            "w-part",
            json!({"category": lab, "code": {"text": "Waiting parts"}, "component": [{"code": {"text": "Part"}, "valueString": "zqfoundpart"}]}),
        ),
        of(
            "DiagnosticReport",
            "w-report",
            json!({"category": section("LAB"), "code": {"text": NAMED[0]}, "conclusion": "zqfoundends", "presentedForm": [text("zqfoundform")],
                "result": [{"reference": "Observation/w-number"}, {"reference": "Observation/w-word"}]}),
        ),
        of("DiagnosticReport", "w-germ", json!({"category": section("MB"), "code": {"text": NAMED[1]}, "conclusion": "zqfoundgerm"})),
        of("DiagnosticReport", "w-scan", json!({"category": section("RAD"), "code": {"text": NAMED[2]}, "conclusion": "zqfoundscan"})),
        json!({"resourceType": "Binary", "id": "w-binary", "contentType": "text/plain", "data": STANDARD.encode("zqfoundfile")}),
        document(
            "w-letter",
            json!({"type": {"text": "Waiting letter"}, "context": {"related": [{"reference": "DiagnosticReport/w-report"}]},
                "content": [{"attachment": text("zqfoundletter")}, {"attachment": {"contentType": "text/plain", "url": "Binary/w-binary"}}]}),
        ),
        document("w-alone", json!({"type": loinc("11502-2", "Waiting paper"), "content": [{"attachment": text("zqfoundalone")}]})),
    ];
    let entries: Vec<Value> = resources.into_iter().map(|resource| json!({"resource": resource})).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()
}

/// Ada, who waits for every kind, and to whom the file has come.
async fn world(options: PgConnectOptions) -> (World, BTreeMap<String, String>) {
    let world = World::build(options).await;
    let mut ada = world.browser(Caller::Patient).await;
    let kinds: Vec<String> = ResultKind::ALL.iter().enumerate().map(|(place, kind)| format!("kinds[{place}]={}", kind.slug())).collect();
    assert_eq!(ada.post("/api/choose-waiting", &kinds.join("&")).await.location(), "/waiting?done=saved");
    let options = ImportOptions::new("ada", "later.json");
    let report = world.house.portal.import_file(file().as_bytes(), &options, |_| {}).await.unwrap();
    assert!(report.not_understood.is_empty() && report.unassigned.is_empty(), "{report:?}");
    let mut names = world.names(Caller::Patient, Which::Own).await;
    let items: Vec<(String, Uuid, i16)> =
        sqlx::query_as("select fhir_id, item_id, category from item where patient_id = $1 and fhir_id like 'w-%'")
            .bind(world.ada.patient.0)
            .fetch_all(&world.house.superuser)
            .await
            .unwrap();
    names.extend(items.iter().map(|(place, item, _)| (place.clone(), item.to_string())));
    (world, names)
}

/// Everything that the browser is led to from these addresses on, and what stands there.
async fn crawl(browser: &mut Browser, mut next: Vec<String>) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    while let Some(address) = next.pop() {
        if seen.contains_key(&address) || seen.len() > 2_000 {
            continue;
        }
        let answer = browser.get(&address).await;
        assert!(!answer.status.is_server_error(), "{address}: {}", answer.status);
        let links = answer.body.split(" href=\"").chain(answer.body.split(" src=\"")).skip(1).filter_map(|rest| rest.split('"').next());
        let links = links.filter(|link| link.starts_with('/') && !link.starts_with("/assets/")).map(|link| link.replace("&amp;", "&"));
        next.extend(links.map(|link| link.split('#').next().unwrap_or_default().to_owned()));
        if answer.location().starts_with('/') {
            next.push(answer.location().to_owned());
        }
        seen.insert(address, everything(&answer).to_lowercase());
    }
    seen
}

/// Every page of the table, of the items that wait in the place of every item, and what their files and
/// searches for what they say would be.
async fn everywhere(world: &World, names: &BTreeMap<String, String>, browser: &mut Browser) -> BTreeMap<String, String> {
    let is_own = |pattern: &str| !pattern.starts_with("/auth/") && pattern != "/events";
    let rows: Vec<_> = table().into_iter().filter(|row| row.method == "GET" && is_own(row.pattern)).collect();
    let mut addresses: Vec<String> = rows.iter().map(|row| filled(&row.address, names)).collect();
    for (place, item) in names.iter().filter(|(place, _)| place.starts_with("w-")) {
        let categories: Vec<i16> = sqlx::query_scalar("select category from item where patient_id = $1 and item_id = $2::uuid")
            .bind(world.ada.patient.0)
            .bind(item)
            .fetch_all(&world.house.superuser)
            .await
            .unwrap();
        assert_eq!(categories.len(), 1, "{place}");
        let category = chartkey_domain::category::Category::from_number(categories[0]).unwrap().slug();
        let page = format!("/record/{}/{category}/{item}", world.ada.patient);
        addresses.extend(["", "?original=1", "/wrong"].map(|rest| format!("{page}{rest}")));
        for part in 0..3 {
            addresses.extend([format!("{page}/view/{part}"), format!("{page}/files/{part}"), format!("{page}/files/{part}/shown")]);
        }
    }
    let series: Vec<String> = sqlx::query_scalar("select distinct series from item where patient_id = $1 and series is not null")
        .bind(world.ada.patient.0)
        .fetch_all(&world.house.superuser)
        .await
        .unwrap();
    addresses.extend(series.iter().map(|series| format!("/record/{}/trends/{series}", world.ada.patient)));
    crawl(browser, addresses).await
}

/// What a search finds, without the words that were typed.
async fn found(world: &World, browser: &mut Browser, words: &str) -> String {
    let begun = browser.post("/api/search", &format!("patient={}&words={}", world.ada.patient, words.replace(' ', "+"))).await;
    let answer = browser.get(begun.location()).await;
    assert_eq!(answer.status, StatusCode::OK, "{words}");
    answer.body.split("<main").nth(1).unwrap().replace(&format!("value=\"{words}\""), "").replace(words, "TYPED")
}

#[sqlx::test(migrations = "../migrations")]
async fn what_waits_is_named_and_what_it_found_is_nowhere_until_it_is_opened(_: PgPoolOptions, options: PgConnectOptions) {
    let (world, names) = world(options).await;
    let mut ada = world.browser(Caller::Patient).await;
    let pages = everywhere(&world, &names, &mut ada).await;
    let mut leaks = Vec::new();
    for (page, said) in &pages {
        leaks.extend(FOUND.iter().filter(|canary| said.contains(**canary)).map(|canary| format!("{page}: {canary}")));
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(pages.len() > 150, "{} pages", pages.len());
    let of = |path: &str| &pages[&filled(path, &names)];
    for name in NAMED {
        assert!(of("/record/{patient}/timeline").contains(&name.to_lowercase()), "{name}");
        assert!(of("/waiting").contains(&name.to_lowercase()), "{name}");
    }
    for page in ["/record/{patient}/results/{w-number}", "/record/{patient}/results/{w-report}", "/record/{patient}/documents/{w-letter}"] {
        assert!(of(page).contains("you chose to wait") && of(page).contains("show me now"), "{page}");
    }
    for list in [
        "/record/{patient}/results?errors=1",
        "/record/{patient}/visits/{visits}",
        "/record/{patient}/imaging?errors=1",
        "/record/{patient}",
    ] {
        assert!(of(list).contains("this result is here. you chose to wait."), "{list}");
    }
    let file = ada.get(&filled("/record/{patient}/documents/{w-letter}/files/0", &names)).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);

    for canary in FOUND {
        let said = found(&world, &mut ada, canary).await;
        let rows = said.matches("class=\"row\"").count();
        assert_eq!(rows, 0, "{canary}: {said}");
        // With a mistake in it, it is not what was meant either.
        let (start, end) = canary.split_at(canary.len() - 1);
        assert!(!found(&world, &mut ada, &format!("{start}{end}{end}")).await.contains(canary), "{canary}");
    }
    for (words, name) in [("waiting kidney", NAMED[0]), ("waiting culture", NAMED[1]), ("waiting letter", "Waiting letter")] {
        let said = found(&world, &mut ada, words).await;
        assert!(said.contains("class=\"row\"") && said.contains("You chose to wait"), "{name}: {said}");
    }

    let table = ada.post("/download/results", "").await.body;
    assert!(table.contains("waits for you"), "{table}");
    let printed = ada.post("/download/summary", "").await.body;
    for canary in FOUND {
        assert!(!table.contains(canary) && !printed.contains(canary), "{canary}");
    }
    // The record itself is whole.
    let whole = ada.post("/download/fhir", "").await.body;
    for canary in FOUND.iter().filter(|canary| !["zqfoundform", "zqfoundletter", "zqfoundfile", "zqfoundalone"].contains(*canary)) {
        assert!(whole.contains(canary), "{canary}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_opened_is_found_where_it_was_not(_: PgPoolOptions, options: PgConnectOptions) {
    let (world, names) = world(options).await;
    let mut ada = world.browser(Caller::Patient).await;
    let page = filled("/record/{patient}/results/{w-number}", &names);
    let open = |place: &str, category: &str| filled(&format!("patient={{patient}}&category={category}&item={{{place}}}"), &names);
    assert_eq!(ada.post("/api/open-waiting", &open("w-number", "results")).await.location(), page);
    let said = ada.get(&page).await.body;
    assert!(said.contains("918273.0625") && said.contains("222.7772"), "{said}");
    for closed in ["/record/{patient}/results/{w-report}", "/record/{patient}/results/{w-word}", "/record/{patient}/documents/{w-letter}"] {
        assert!(ada.get(&filled(closed, &names)).await.body.contains("You chose to wait"), "one result opens itself alone: {closed}");
    }
    // The report opens what it lists and its documents; nothing is opened twice.
    ada.post("/api/open-waiting", &open("w-report", "results")).await;
    ada.post("/api/open-waiting", &open("w-report", "results")).await;
    for place in ["w-alone", "w-scan", "w-germ", "w-panel", "w-part"] {
        let page = match place {
            "w-alone" => open(place, "documents"),
            "w-scan" => open(place, "imaging"),
            _ => open(place, "results"),
        };
        ada.post("/api/open-waiting", &page).await;
    }
    let log = ada.get("/activity").await.body;
    assert_eq!(log.matches("opened a result that had waited").count(), 7);
    let pages = everywhere(&world, &names, &mut ada).await;
    // On a page, or by a search: the text of a report is on no page of it.
    let (mut silent, mut searched) = (Vec::new(), BTreeSet::new());
    for canary in FOUND {
        let is_found = found(&world, &mut ada, canary).await.contains("class=\"row\"");
        searched.extend(is_found.then_some(canary));
        if !is_found && !pages.values().any(|page| page.contains(canary)) {
            silent.push(canary);
        }
    }
    assert!(silent.is_empty(), "shown nowhere, so not looked for: {silent:?}");
    assert!(searched.len() > 10, "{searched:?}");
    assert!(ada.get("/waiting").await.body.contains("No result waits."), "nothing waits any more");
}

#[sqlx::test(migrations = "../migrations")]
async fn waiting_is_for_the_patients_own_eyes_and_theirs_to_end(_: PgPoolOptions, options: PgConnectOptions) {
    let (world, names) = world(options).await;
    let number = filled("/record/{patient}/results/{w-number}", &names);
    let mut reader = world.browser(Caller::NarrowGrant).await;
    let (list, item) = (reader.get(&filled("/record/{patient}/results", &names)).await.body, reader.get(&number).await.body);
    assert!(list.contains("918273.06") && item.contains("918273.0625"), "a grantee sees it as always: {list}");
    assert!(!list.contains("chose to wait") && !item.contains("chose to wait"), "and is not told that it waits");
    let before = world.changes().await;
    for caller in [Caller::Anonymous, Caller::OtherPatient, Caller::NoGrant, Caller::NarrowGrant, Caller::Withdrawn] {
        let mut browser = world.browser(caller).await;
        let answer = browser.post("/api/open-waiting", &filled("patient={patient}&category=results&item={w-number}", &names)).await;
        let expected = if caller == Caller::Anonymous { "/welcome" } else { "/waiting?problem=not-found" };
        assert!(answer.location().starts_with(expected), "{caller:?} {}", answer.location());
    }
    assert_eq!(world.changes().await, before, "nobody else opens it");
}
