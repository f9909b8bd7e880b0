//! What a patient says is wrong goes wherever the item goes: also where a row stands for several, where a report is
//! a heading and a value is the one before, and into every copy.

mod harness;
mod people;
mod said;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
    id::ItemId,
};
use chartkey_portal::{
    corrections::CorrectionEnding,
    entry::{Disputed, Entry},
    news::Look,
};
use said::{Said, item};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What is said with a row: the words, and of which other item.
fn told(disputed: Option<&Disputed>) -> Vec<(String, Option<ItemId>)> {
    let statements = disputed.into_iter().flat_map(|said| &said.statements);
    statements.map(|said| (said.words.clone().unwrap_or_default(), said.of.as_ref().map(|other| other.id))).collect()
}

fn row<'e>(entries: &'e [Entry], title: &str) -> &'e Entry {
    let mut rows = entries.iter().filter(|entry| entry.title == title);
    let row = rows.next().unwrap_or_else(|| panic!("no {title}"));
    assert!(rows.next().is_none(), "{title} once");
    row
}

/// Resources of one name and kind, the newest last.
async fn take(said: &Said, of_type: &str, name: &str, ids: &[&str]) {
    let resource = |(place, id): (usize, &&str)| {
        let (subject, date, rest) = match of_type {
            "AllergyIntolerance" => ("patient", "recordedDate", ""),
            "Condition" => ("subject", "recordedDate", ""),
            "MedicationRequest" => ("subject", "authoredOn", r#","status":"active","intent":"order""#),
            "Immunization" => ("patient", "occurrenceDateTime", r#","status":"completed""#),
            other => panic!("{other}"),
        };
        let code = match of_type {
            "MedicationRequest" => "medicationCodeableConcept",
            "Immunization" => "vaccineCode",
            _ => "code",
        };
        format!(
            r#"{{"resourceType":"{of_type}","id":"{id}","{subject}":{{"reference":"Patient/a"}},"{code}":{{"text":"{name}"}},"{date}":"20{:02}-05-06"{rest}}}"#,
            10 + place
        )
    };
    let entries: Vec<String> = ids.iter().enumerate().map(resource).map(|resource| format!(r#"{{"resource":{resource}}}"#)).collect();
    people::take(&said.house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))).await;
}

/// Every list that shows things of one name once, as far as the reader has it: each row of this name.
async fn collapsed(said: &Said, visitor: &Visitor, category: Category, name: &str) -> Vec<(&'static str, Entry)> {
    let (portal, patient) = (&said.house.portal, said.house.patient);
    let mut rows = Vec::new();
    if category != Category::Vaccines {
        let summary = portal.summary(visitor, patient, Look::Ahead).await.unwrap().view;
        let all = [summary.allergies.entries, summary.medicines, summary.problems].concat();
        rows.push(("summary", row(&all, name).clone()));
    }
    if matches!(category, Category::Medicines | Category::Problems) {
        let courses = portal.courses(visitor, patient, category, false).await.unwrap().view.courses;
        let all: Vec<Entry> = courses.into_iter().map(|course| course.entry).collect();
        rows.push(("courses", row(&all, name).clone()));
    }
    if visitor.actor.account() != said.house.ines().actor.account() {
        if category != Category::Vaccines {
            let printed = portal.printed_summaries(visitor).await.unwrap().patients.remove(0).view;
            let all = [printed.allergies.entries, printed.medicines, printed.problems].concat();
            rows.push(("printed", row(&all, name).clone()));
        }
        return rows;
    }
    if category != Category::Vaccines {
        let card = portal.card(visitor, patient).await.unwrap().view.summary;
        rows.push(("card", row(&[card.allergies.entries, card.medicines, card.problems].concat(), name).clone()));
        let paper = portal.paper(visitor, patient).await.unwrap().view;
        rows.push(("paper", row(&[paper.allergies.entries, paper.medicines, paper.problems].concat(), name).clone()));
    }
    let pack = portal.take_pack(visitor, patient).await.unwrap().view.overview;
    rows.push(("pack", row(&[pack.allergies.entries, pack.medicines, pack.problems, pack.vaccines].concat(), name).clone()));
    rows
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_row_that_stands_for_several_has_what_is_said_of_each_of_them(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    said.house.give(Purpose::Treatment).await;
    let all = [Category::Allergies, Category::Medicines, Category::Problems].into_iter().fold(Categories::NONE, Categories::with);
    said.house.tamper(&format!("update access_grant set categories = {}, labels = 63", all.bits())).await;
    for (of_type, category) in [
        ("AllergyIntolerance", Category::Allergies),
        ("MedicationRequest", Category::Medicines),
        ("Condition", Category::Problems),
        ("Immunization", Category::Vaccines),
    ] {
        let name = format!("Thing of {of_type}");
        let ids = [1, 2, 3].map(|number| format!("{of_type}-{number}"));
        take(&said, of_type, &name, &ids.each_ref().map(String::as_str)).await;
        take(&said, of_type, &format!("Another {of_type}"), &[&format!("{of_type}-other")]).await;
        let oldest = said.says_of(&ids[0], "Not the oldest.").await;
        let newest = item(&said.house, &ids[2]).await;
        let readers = [said.house.ines(), said.doctor()];
        for (visitor, of) in readers.iter().zip([false, category == Category::Vaccines]) {
            if of {
                continue;
            }
            for (place, row) in collapsed(&said, visitor, category, &name).await {
                assert_eq!(row.id, newest, "{place}");
                assert_eq!(told(row.disputed.as_ref()), [("Not the oldest.".to_owned(), Some(oldest))], "{place} {of_type}");
                let other = row.disputed.unwrap().statements.remove(0).of.unwrap();
                assert_eq!(other.when.map(|(first, _)| first.year()), Some(2010), "{place} names the date of the record");
            }
            for (place, other) in collapsed(&said, visitor, category, &format!("Another {of_type}")).await {
                assert_eq!(other.disputed, None, "{place}");
            }
        }
        // That of the record that is shown comes first.
        said.says(newest, "Nor the newest.").await;
        for (place, row) in collapsed(&said, &readers[0], category, &name).await {
            let both = [("Nor the newest.".to_owned(), None), ("Not the oldest.".to_owned(), Some(oldest))];
            assert_eq!(told(row.disputed.as_ref()), both, "{place} {of_type}");
        }
        // Of what is kept from somebody, nothing is told with what they see.
        said.house.tamper(&format!("update item set is_private = true where item_id = '{oldest}'")).await;
        if category != Category::Vaccines {
            for (place, row) in collapsed(&said, &readers[1], category, &name).await {
                assert_eq!(told(row.disputed.as_ref()), [("Nor the newest.".to_owned(), None)], "{place} {of_type}");
            }
        }
        // What its source calls an error is in no row, and says nothing with another.
        said.house.tamper(&format!("update item set is_error = true where item_id = '{oldest}'")).await;
        for (place, row) in collapsed(&said, &readers[0], category, &name).await {
            assert_eq!(told(row.disputed.as_ref()).len(), 1, "{place} {of_type}");
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_row_has_room_for_three_statements_and_counts_the_others(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    take(&said, "Condition", "Asthma", &["a", "b", "c", "d", "e"]).await;
    for id in ["a", "b", "c", "d", "e"] {
        said.says_of(id, id).await;
    }
    for (place, row) in collapsed(&said, &said.house.ines(), Category::Problems, "Asthma").await {
        let disputed = row.disputed.unwrap();
        let words: Vec<_> = disputed.statements.iter().filter_map(|said| said.words.as_deref()).collect();
        assert_eq!((words, disputed.more), (vec!["e", "d", "c"], 2), "{place}");
    }
}

/// A result of one series, in a report.
fn result(id: &str, report: &str, day: &str) -> String {
    format!(
        r#"{{"resource":{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/a"}},"code":{{"coding":[{{"system":"http://example.org","code":"x"}}],"text":"Sodium"}},
            "category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],
            "effectiveDateTime":"{day}","valueQuantity":{{"value":140,"unit":"mmol/L"}}}}}},
        {{"resource":{{"resourceType":"DiagnosticReport","id":"{report}","status":"final","subject":{{"reference":"Patient/a"}},"code":{{"text":"Salts"}},
            "category":[{{"coding":[{{"code":"LAB"}}]}}],"effectiveDateTime":"{day}","result":[{{"reference":"Observation/{id}"}}]}}}}"#
    )
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_heading_and_the_value_before_have_what_is_said_of_them(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    said.house.give(Purpose::Treatment).await;
    let entries = [result("before", "r1", "2024-05-06"), result("now", "r2", "2025-05-06")].join(",");
    people::take(&said.house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)).await;
    said.says_of("before", "Not my blood.").await;
    said.says_of("r2", "Not my report.").await;
    for visitor in [said.house.ines(), said.doctor()] {
        let reports = said.house.portal.results(&visitor, said.house.patient, None, false).await.unwrap().view.reports;
        let report = reports.into_iter().find(|report| report.head.is_some()).unwrap();
        assert_eq!(told(report.head.unwrap().disputed.as_ref()), [("Not my report.".to_owned(), None)]);
        let now = row(&report.results, "Sodium");
        assert_eq!(told(now.before.as_ref().unwrap().disputed.as_ref()), [("Not my blood.".to_owned(), None)]);
        assert_eq!(now.disputed, None);
        // And in what is found while somebody types.
        let found = said.house.portal.look_up(&visitor, said.house.patient, "sodium".to_owned()).await.unwrap().view;
        let rows: Vec<_> = found.groups.iter().flat_map(|group| &group.rows).filter(|hit| hit.entry.disputed.is_some()).collect();
        assert_eq!(rows.len(), 1);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_looks_after_the_patient_has_what_is_said_of_where_that_is_from(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let visit = |id: &str, day: &str| {
        format!(
            r#"{{"resource":{{"resourceType":"Encounter","id":"{id}","status":"finished","class":{{"code":"AMB"}},"subject":{{"reference":"Patient/a"}},
                "period":{{"start":"{day}"}},"participant":[{{"individual":{{"reference":"Practitioner/lee"}}}}]}}}}"#
        )
    };
    let lee = r#"{"resource":{"resourceType":"Practitioner","id":"lee","name":[{"family":"Lee","given":["Ana"]}]}}"#;
    let entries = [lee.to_owned(), visit("v1", "2024-01-02"), visit("v2", "2025-01-02")].join(",");
    people::take(&said.house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)).await;
    let older = said.says_of("v1", "I was not there.").await;
    said.says_of("v2", "Nor there.").await;
    let team = said.house.portal.summary(&said.house.ines(), said.house.patient, Look::Ahead).await.unwrap().view.team;
    let [lee] = team.as_slice() else { panic!("{team:?}") };
    assert_eq!(told(lee.disputed.as_ref()), [("Nor there.".to_owned(), None), ("I was not there.".to_owned(), Some(older))]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn news_of_a_kind_has_what_is_said_of_any_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    said.house.give(Purpose::Treatment).await;
    let (portal, patient) = (&said.house.portal, said.house.patient);
    let readers = [said.house.ines(), said.doctor()];
    portal.home(&readers[0], patient, Look::Opened).await.unwrap();
    portal.summary(&readers[1], patient, Look::Opened).await.unwrap();
    said.house.tamper("update viewer_mark set seen_at = seen_at - interval '31 minutes'").await;
    #[expect(clippy::disallowed_methods, reason = "what is new depends on how long ago it happened")]
    let today = time::OffsetDateTime::now_utc().date();
    let [one, two, three] = [3, 2, 1].map(|days| (today - time::Duration::days(days)).to_string());
    let entries = [result("n1", "q1", &one), result("n2", "q2", &two), result("n3", "q3", &three)].join(",");
    people::take(&said.house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)).await;
    let older = said.says_of("n1", "Not mine.").await;
    for visitor in &readers {
        let news = if visitor.actor.account() == readers[0].actor.account() {
            portal.home(visitor, patient, Look::Opened).await.unwrap().view.news
        } else {
            portal.summary(visitor, patient, Look::Opened).await.unwrap().view.news.unwrap()
        };
        let kinds: Vec<_> = news.fresh.iter().flat_map(|fresh| &fresh.kinds).collect();
        let sodium = kinds.iter().find(|kind| kind.newest.title == "Sodium").unwrap_or_else(|| panic!("{news:?}"));
        assert_eq!(sodium.count, 3);
        assert_eq!(told(sodium.newest.disputed.as_ref()), [("Not mine.".to_owned(), Some(older))]);
        assert!(kinds.iter().filter(|kind| kind.newest.title != "Sodium").all(|kind| kind.newest.disputed.is_none()));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_statement_is_in_the_copies_that_its_patient_takes(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines, patient) = (&said.house.portal, said.house.ines(), said.house.patient);
    people::take(&said.house, r#"{"resourceType":"Condition","id":"c1","identifier":[{"value":"7"}],"code":{"text":"Asthma"}}"#).await;
    let taken = || async {
        use std::io::Read;
        let mut text = String::new();
        portal.take_record(&ines, patient).await.unwrap().view.file.read_to_string(&mut text).unwrap();
        text
    };
    let before = taken().await;
    assert!(!before.contains("Communication"));
    let correction = said.says(item(&said.house, "c1").await, "Not \"me\".").await;
    portal.write_to_correction(&ines, patient, correction, "Please look.").await.unwrap();
    let bundle: serde_json::Value = serde_json::from_str(&taken().await).unwrap();
    let said_in_it: Vec<_> =
        bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["resource"]["resourceType"] == "Communication").collect();
    assert_eq!(said_in_it.len(), 2, "{said_in_it:?}");
    assert_eq!(said_in_it[0]["resource"]["payload"][0]["contentString"], "Not \"me\".");
    let about =
        serde_json::json!({ "reference": "Condition/c1", "type": "Condition", "display": "Asthma", "identifier": { "value": "7" } });
    for said in &said_in_it {
        assert_eq!(said["resource"]["about"][0], about);
    }
    assert_eq!(said_in_it[1]["resource"]["partOf"][0]["reference"], said_in_it[0]["fullUrl"]);
    portal.end_correction(&ines, patient, correction, CorrectionEnding::Withdrawn).await.unwrap();
    assert_eq!(taken().await, before, "every byte that came in is there as before");
}
