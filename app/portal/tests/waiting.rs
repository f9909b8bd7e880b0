//! Which results wait for their patient, from when on, with what, and what opens them.

mod harness;
mod people;

use std::collections::BTreeSet;

use chartkey_domain::{category::Category, grant::Purpose, id::ItemId, waiting::ResultKind};
use chartkey_portal::{Error, items::Original, news::Look};
use harness::Ground;
use people::{House, item, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// One result, of a section of the laboratory, that says so much.
fn result(id: &str, section: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/a"}},"effectiveDateTime":"2024-05-06",
            "category":[{{"coding":[{{"code":"{section}"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"2951-2"}}],"text":"{id}"}},
            "valueQuantity":{{"value":{value},"unit":"mmol/L"}},"referenceRange":[{{"low":{{"value":135}},"high":{{"value":145}}}}]}}"#
    )
}

/// What waits, by identifier of the source.
async fn waits(house: &House) -> BTreeSet<String> {
    let rows: Vec<String> = sqlx::query_scalar("select fhir_id from item where patient_id = $1 and waits")
        .bind(house.patient.0)
        .fetch_all(&house.superuser)
        .await
        .unwrap();
    rows.into_iter().collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn choose(house: &House, kinds: &[ResultKind]) {
    house.portal.choose_waiting(&house.ines(), kinds).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_comes_in_after_the_choice_and_is_of_its_kind_waits_and_nothing_else(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, &result("before", "GE", "150")).await;
    choose(&house, &[ResultKind::Genetic, ResultKind::Tissue]).await;
    for (id, section) in [("gene", "GE"), ("tissue", "SP"), ("blood", "laboratory"), ("vital", "vital-signs")] {
        take(&house, &result(id, section, "150")).await;
    }
    assert_eq!(waits(&house).await, set(&["gene", "tissue"]));
    choose(&house, &[ResultKind::Laboratory]).await;
    take(&house, &result("later-gene", "GE", "150")).await;
    take(&house, &result("later-blood", "laboratory", "150")).await;
    assert_eq!(waits(&house).await, set(&["gene", "tissue", "later-blood"]), "another choice opens nothing");
    let page = house.portal.what_waits(&house.ines()).await.unwrap().view;
    assert_eq!((page.chosen, page.entries.len(), page.has_more), (vec![ResultKind::Laboratory], 3, false));
    let events = house.events().await;
    let chosen = events.iter().filter(|event| event.what.action == "waiting-chosen").count();
    choose(&house, &[ResultKind::Laboratory]).await;
    assert_eq!((chosen, house.events().await.len()), (2, events.len()), "the same once more is no event");
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_version_waits_again_and_the_same_once_more_does_not(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    choose(&house, &[ResultKind::Laboratory]).await;
    take(&house, &result("one", "laboratory", "150")).await;
    let one = item(&house, "one").await;
    house.portal.open_waiting(&house.ines(), house.patient, one).await.unwrap();
    take(&house, &result("one", "laboratory", "150")).await;
    assert_eq!(waits(&house).await, set(&[]));
    take(&house, &result("one", "laboratory", "151")).await;
    assert_eq!(waits(&house).await, set(&["one"]));
    // What waits does so whatever is chosen meanwhile.
    choose(&house, &[]).await;
    take(&house, &result("one", "laboratory", "152")).await;
    assert_eq!(waits(&house).await, set(&["one"]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_report_waits_with_all_that_belongs_to_it_whatever_brings_it_and_opens_so(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    choose(&house, &[ResultKind::Genetic]).await;
    take(&house, &result("known", "laboratory", "140")).await;
    let report = r#"{"resourceType":"DiagnosticReport","id":"report","status":"final","subject":{"reference":"Patient/a"},"code":{"text":"Panel"},
        "category":[{"coding":[{"code":"LAB"}]}],"result":[{"reference":"Observation/gene"},{"reference":"Observation/blood"},{"reference":"Observation/known"}]}"#;
    let letter = r#"{"resourceType":"DocumentReference","id":"letter","status":"current","subject":{"reference":"Patient/a"},"type":{"text":"Letter"},
        "context":{"related":[{"reference":"DiagnosticReport/report"}]},"content":[{"attachment":{"contentType":"text/plain","data":"eA=="}}]}"#;
    let entries: Vec<_> =
        [report, &result("gene", "GE", "150"), &result("blood", "laboratory", "150"), &result("other", "laboratory", "150")]
            .iter()
            .map(|resource| format!("{{\"resource\":{resource}}}"))
            .collect();
    take(&house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))).await;
    assert_eq!(
        waits(&house).await,
        set(&["report", "gene", "blood"]),
        "one of its results is of a kind that waits; what was known does not"
    );
    take(&house, letter).await;
    assert_eq!(waits(&house).await, set(&["report", "gene", "blood", "letter"]), "a document that comes later, too");

    let ines = house.ines();
    house.portal.open_waiting(&ines, house.patient, item(&house, "blood").await).await.unwrap();
    assert_eq!(waits(&house).await, set(&["report", "gene", "letter"]), "a result opens alone");
    house.portal.open_waiting(&ines, house.patient, item(&house, "report").await).await.unwrap();
    assert_eq!(waits(&house).await, set(&[]), "a report as a whole");
    let opened: Vec<u32> =
        house.events().await.iter().filter(|event| event.what.action == "result-opened").map(|event| event.what.items).collect();
    assert_eq!(opened, [1, 3]);
    house.portal.open_waiting(&ines, house.patient, item(&house, "report").await).await.unwrap();
    let again = house.events().await.iter().filter(|event| event.what.action == "result-opened").count();
    assert_eq!(again, 2, "what is open is not opened");
}

/// The letters of a laboratory are often files of their own, and sent again by themselves.
#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_comes_or_changes_alone_waits_with_what_names_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    choose(&house, &[ResultKind::Genetic]).await;
    let letter = |id: &str, section: &str| {
        format!(
            r#"{{"resourceType":"DocumentReference","id":"{id}","status":"current","subject":{{"reference":"Patient/a"}},"type":{{"text":"Letter"}},
            "category":[{{"coding":[{{"code":"{section}"}}]}}],"author":[{{"reference":"Practitioner/d"}}],
            "content":[{{"attachment":{{"contentType":"text/plain","url":"Binary/{id}"}}}}]}}"#
        )
    };
    let file = |id: &str, data: &str| format!(r#"{{"resourceType":"Binary","id":"{id}","contentType":"text/plain","data":"{data}"}}"#);
    let ines = house.ines();
    for (id, section) in [("gene", "GE"), ("blood", "LAB")] {
        take(&house, &letter(id, section)).await;
    }
    let gene = item(&house, "gene").await;
    house.portal.open_waiting(&ines, house.patient, gene).await.unwrap();
    for data in ["b25l", "dHdv"] {
        for id in ["gene", "blood"] {
            take(&house, &file(id, data)).await;
        }
        assert_eq!(waits(&house).await, set(&["gene"]), "of the kind that waits alone");
        house.portal.open_waiting(&ines, house.patient, gene).await.unwrap();
        take(&house, &file("gene", data)).await;
        assert_eq!(waits(&house).await, set(&[]), "the same once more does not");
    }
    take(&house, r#"{"resourceType":"Practitioner","id":"d","name":[{"text":"Dr Aalto"}]}"#).await;
    take(&house, r#"{"resourceType":"Practitioner","id":"d","name":[{"text":"Dr Aalto-Berg"}]}"#).await;
    assert_eq!(waits(&house).await, set(&[]), "nor what whoever wrote it is called");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_is_concluded_from_what_waits_and_nothing_changes_for_others(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    take(&house, &result("old", "laboratory", "160")).await;
    choose(&house, &[ResultKind::Laboratory]).await;
    take(&house, &result("new", "laboratory", "170").replace("2024-05-06", "2024-06-07")).await;
    let outside = async |visitor| {
        let summary = house.portal.summary(visitor, house.patient, Look::Opened).await.unwrap().view;
        let said = summary.results.into_iter().filter(|entry| entry.when.is_some_and(|(first, _)| first.year() == 2024));
        said.map(|entry| (entry.title, entry.value.text, entry.waits)).collect::<Vec<_>>()
    };
    let said = |title: &str, value: Option<&str>, waits| (title.to_owned(), value.map(str::to_owned), waits);
    assert_eq!(outside(&ines).await, [said("new", None, true), said("old", Some("160"), false)]);
    assert_eq!(outside(&doctor).await, [said("new", Some("170"), false), said("old", Some("160"), false)]);

    let (old, new) = (item(&house, "old").await, item(&house, "new").await);
    let of = async |visitor, item| house.portal.item(visitor, house.patient, Category::Results, item, Original::Show).await.unwrap().view;
    let points = |detail: chartkey_portal::items::Detail| detail.trend.map_or(0, |trend| trend.points.len());
    assert_eq!(points(of(&ines, old).await), 1, "the trend is of what is open");
    assert_eq!(points(of(&doctor, old).await), 2);
    let closed = of(&ines, new).await;
    assert!(closed.original.is_none() && closed.facts.is_empty() && closed.entry.series.is_none() && closed.entry.before.is_none());
    assert!(!format!("{closed:?}").contains("170"));
    assert_eq!(of(&doctor, new).await.entry.before.unwrap().text, "160");
    let refused = house.portal.open_waiting(&doctor, house.patient, new).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    house.portal.open_waiting(&ines, house.patient, new).await.unwrap();
    assert_eq!(points(of(&ines, new).await), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_is_found_by_its_name_and_by_nothing_that_it_says(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    // Another that says the same, so that the text itself is in the record twice.
    let said = |id: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/a"}},"code":{{"text":"Smear"}},
                "category":[{{"coding":[{{"code":"laboratory"}}]}}],"valueString":"Trichomonas","note":[{{"text":"Seen twice"}}]}}"#
        )
    };
    take(&house, &said("open")).await;
    choose(&house, &[ResultKind::Laboratory, ResultKind::Infection]).await;
    take(&house, &said("closed")).await;
    take(&house, &result("Natrium", "laboratory", "151.25")).await;
    take(&house, &said("alone").replace("Trichomonas", "Gardnerella").replace("Smear", "Swab")).await;
    let found =
        async |words: &str| -> BTreeSet<ItemId> { house.portal.found(&ines, house.patient, words).await.unwrap().into_iter().collect() };
    let (open, closed) = (item(&house, "open").await, item(&house, "closed").await);
    assert_eq!(found("Smear").await, [open, closed].into());
    for words in ["Trichomonas", "Seen twice", "Smear Trichomonas"] {
        assert_eq!(found(words).await, [open].into(), "{words}");
    }
    for words in ["Gardnerella", "Gardnerela", "151.25", "151,25", "Natrium 151"] {
        assert_eq!(found(words).await, [].into(), "{words}");
    }
    assert_eq!(found("natrium").await, [item(&house, "Natrium").await].into());
    // By its plain name, and with a mistake in it.
    assert_eq!(found("sodium").await, [item(&house, "Natrium").await].into());
    assert_eq!(found("natriun").await, [item(&house, "Natrium").await].into());
    house.portal.open_waiting(&ines, house.patient, item(&house, "alone").await).await.unwrap();
    assert_eq!(found("Gardnerella").await, [item(&house, "alone").await].into());
}

/// Whatever names it may say more of it than what it is called.
#[sqlx::test(migrations = "../../migrations")]
async fn what_names_a_result_that_waits_tells_no_more_than_its_name(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    choose(&house, &[ResultKind::Laboratory]).await;
    let problem = r#"{"resourceType":"Condition","id":"problem","subject":{"reference":"Patient/a"},"code":{"text":"Thirst"},
        "evidence":[{"detail":[{"reference":"Observation/count","display":"Quantity of 84000 trouvailles"}]}]}"#;
    let entries = format!(r#"{{"resource":{}}},{{"resource":{problem}}}"#, result("count", "laboratory", "84000"));
    take(&house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)).await;
    let (problem, count) = (item(&house, "problem").await, item(&house, "count").await);
    let told = async || {
        let page = house.portal.item(&ines, house.patient, Category::Problems, problem, Original::Leave).await.unwrap().view;
        let found = house.portal.found(&ines, house.patient, "trouvailles").await.unwrap();
        (format!("{:?}", page.facts).contains("trouvailles"), found.contains(&problem))
    };
    assert_eq!(told().await, (false, false));
    house.portal.open_waiting(&ines, house.patient, count).await.unwrap();
    assert_eq!(told().await, (true, true));
}
