//! Reading a record: paging, what a grantee is told, and what the log says of it.

mod harness;
mod people;

use std::collections::BTreeSet;

use chartkey_domain::{category::Category, grant::Purpose, id::ItemId};
use chartkey_portal::{Error, items::Original, list::PAGE, news::Look, timeline::Filter};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Lays out as many results, many of them on one day and some without a date.
async fn many_results(house: &House, count: i32) {
    sqlx::query(
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at,
                           precision, title, value_text, value_num, series, added_at)
         select $1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Observation', 'many-' || n, 6, 1, $3,
                case when n % 10 = 0 then null else timestamptz '2020-01-01 00:00Z' + (n / 4) * interval '1 day' end,
                case when n % 10 = 0 then null else timestamptz '2020-01-01 00:00Z' + (n / 4) * interval '1 day' end,
                case when n % 10 = 0 then null else 4 end, 'Sodium', n::text, n, 'sodium', now()
         from generate_series(1, $2) n",
    )
    .bind(house.patient.0)
    .bind(count)
    .bind(chartkey_portal::LABEL_TABLE_VERSION)
    .execute(&house.superuser)
    .await
    .unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn turning_pages_skips_nothing_and_repeats_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    many_results(&house, 173).await;
    house.give(Purpose::Treatment).await;
    for visitor in [house.ines(), house.doctor(Some(Purpose::Treatment))] {
        let (mut seen, mut after, mut pages): (Vec<ItemId>, _, usize) = (Vec::new(), None, 0);
        loop {
            let list = house.portal.list(&visitor, house.patient, Category::Results, after, false).await.unwrap().view;
            seen.extend(list.entries.iter().map(|entry| entry.id));
            pages += 1;
            // What a token says is what the next page is asked for.
            match list.next {
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(seen.len(), 175, "173 and the two of the house");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
        assert_eq!(pages, 175_usize.div_ceil(PAGE));
        let (mut grouped, mut after) = (BTreeSet::new(), None);
        loop {
            let results = house.portal.results(&visitor, house.patient, after, false).await.unwrap().view;
            for entry in results.reports.iter().flat_map(|report| &report.results) {
                assert!(grouped.insert(entry.id), "twice");
            }
            let Some(next) = results.next else { break };
            after = Some(next);
        }
        assert_eq!(grouped, seen.into_iter().collect());
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_total_and_the_keys_are_told_to_the_patient_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    many_results(&house, 12).await;
    house.give(Purpose::Treatment).await;
    let own = house.portal.list(&house.ines(), house.patient, Category::Results, None, false).await.unwrap().view.aside.unwrap();
    assert_eq!((own.total, own.keys.count(Category::Results), own.keys.count(Category::Problems)), (14, 1, 0));
    let doctor = house.doctor(Some(Purpose::Treatment));
    assert!(house.portal.list(&doctor, house.patient, Category::Results, None, false).await.unwrap().view.aside.is_none());
    assert!(house.portal.visits(&doctor, house.patient, None, None, false).await.unwrap().view.years.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_value_before_is_the_newest_older_one_of_its_series(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    many_results(&house, 9).await;
    let results = house.portal.results(&house.ines(), house.patient, None, false).await.unwrap().view;
    let of = |text: &str| {
        let entry =
            results.reports.iter().flat_map(|report| &report.results).find(|entry| entry.value.text.as_deref() == Some(text)).unwrap();
        entry.before.as_ref().map(|before| before.text.clone())
    };
    assert!(matches!(of("9").as_deref(), Some("4" | "5" | "6" | "7")), "8 and 9 are of one day, 4 to 7 of the day before");
    assert_eq!(of("1"), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_entered_in_error_is_listed_only_when_asked_for(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.tamper("update item set is_error = true where title = 'Ferritin'").await;
    let titles = async |with_errors: bool| {
        let list = house.portal.list(&house.ines(), house.patient, Category::Results, None, with_errors).await.unwrap().view;
        list.entries.into_iter().map(|entry| entry.title).collect::<BTreeSet<_>>()
    };
    assert_eq!(titles(false).await, ["Haemoglobin".to_owned()].into());
    assert_eq!(titles(true).await.len(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_page_leaves_one_event_with_what_it_showed(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let before = house.events().await.len();
    let doctor = house.doctor(Some(Purpose::Treatment));
    house.portal.results(&doctor, house.patient, None, false).await.unwrap();
    house.portal.summary(&doctor, house.patient, Look::Opened).await.unwrap();
    house.portal.courses(&doctor, house.patient, Category::Problems, false).await.unwrap();
    house.portal.timeline(&doctor, house.patient, Filter::default(), None).await.unwrap();
    let events = house.events().await;
    let told: Vec<_> = events[before..].iter().map(|event| (event.what.page.clone().unwrap(), event.what.items)).collect();
    let told: Vec<_> = told.iter().map(|(page, items)| (page.as_str(), *items)).collect();
    assert_eq!(told, [("results", 2), ("summary", 0), ("problems", 0), ("timeline", 2)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_item_of_a_category_that_is_not_shared_is_not_there(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let hidden = house.portal.list(&house.ines(), house.patient, Category::Problems, None, false).await.unwrap().view.entries[0].id;
    let doctor = house.doctor(Some(Purpose::Treatment));
    for category in [Category::Problems, Category::Results] {
        let look = house.portal.item(&doctor, house.patient, category, hidden, Original::Show).await;
        assert!(matches!(look, Err(Error::NotFound)));
    }
    assert!(matches!(house.portal.visit(&doctor, house.patient, hidden).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.file(&doctor, house.patient, hidden, 0).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.trend(&doctor, house.patient, "nothing", &[]).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.home(&doctor, house.patient, Look::Opened).await, Err(Error::NotFound)));
    let shown = house.portal.timeline(&doctor, house.patient, Filter::default(), None).await.unwrap().view.entries;
    assert!(shown.iter().all(|entry| entry.category == Category::Results), "{shown:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grantee_reads_the_facts_of_the_category_and_never_the_original(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let item = house.portal.list(&house.ines(), house.patient, Category::Results, None, false).await.unwrap().view.entries[0].id;
    let raw = r#"{"resourceType":"Observation","status":"final","note":[{"text":"CANARY"}],
        "performer":[{"reference":"Practitioner/1","display":"CANARY Doctor"}],"method":{"text":"By hand"}}"#;
    sqlx::query(
        "with i as (insert into import (import_id, source_id, file_name, sha256, started_at, report)
             values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'x', '', now(), '{}') returning import_id)
         insert into item_version (patient_id, item_id, version_no, sha256, bytes, import_id, added_at)
         select $1, $2, 1, '', convert_to($3, 'UTF8'), import_id, now() from i",
    )
    .bind(house.patient.0)
    .bind(item.0)
    .bind(raw)
    .execute(&house.superuser)
    .await
    .unwrap();
    let doctor = house.doctor(Some(Purpose::Treatment));
    let shared = house.portal.item(&doctor, house.patient, Category::Results, item, Original::Show).await.unwrap().view;
    let text = format!("{shared:?}");
    assert!(!text.contains("CANARY"), "{text}");
    assert!(text.contains("By hand"));
    assert!(shared.original.is_none());
    let own = house.portal.item(&house.ines(), house.patient, Category::Results, item, Original::Show).await.unwrap().view;
    assert_eq!(own.original.as_deref(), Some(raw));
    assert!(format!("{:?}", own.facts).contains("CANARY Doctor"));
}
