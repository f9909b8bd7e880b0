//! How PostgreSQL carries out what pages ask, as it says so itself (`auto_explain`), under row
//! security and with the plans that the server gets: by the keyed index, the policies' sub-selects
//! once a query, no more rows touched in a large record than in a small one, and the same shape.

mod harness;
mod people;

use std::collections::BTreeMap;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End},
    grant::Purpose,
    id::{ItemId, SourceId},
};
use chartkey_ground::Tap;
use chartkey_portal::{Portal, activity, news::Look, secrets::Pepper, timeline::Filter};
use harness::Ground;
use people::House;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::macros::date;
use uuid::Uuid;

/// The tables of which no page may read more than it shows.
const KEYED: [&str; 3] = ["item", "event", "helper_log"];
/// Rows that one look at a keyed table may touch for a page of 50 (40 of the log): the page, one
/// row more, and what is skipped on the way to it.
const TOUCHED: f64 = 160.0;

/// One plan: the statement, and what it came to.
struct Plan {
    statement: String,
    shape: String,
    faults: Vec<String>,
}

#[sqlx::test(migrations = "../../migrations")]
async fn pages_are_read_by_the_index_and_alike_at_every_size(_: PgPoolOptions, options: PgConnectOptions) {
    let mut ground = Ground::lay(options.clone()).await;
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_analyze = on",
        "auto_explain.log_timing = off",
        "auto_explain.log_format = 'json'",
        "auto_explain.log_level = 'notice'",
    ] {
        let statement = format!("alter database \"{}\" set {setting}", options.get_database().unwrap());
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&ground.superuser).await.unwrap();
    }
    let tap = Tap::open(&options).unwrap();
    let through = tap.through(options).username("chartkey_runtime");
    ground.runtime = PgPoolOptions::new().max_connections(2).connect_with(through).await.unwrap();
    let mut house = House::build(ground).await;
    house.portal = Portal::new(house.portal.pool().clone(), Pepper::new([7; 32])).unwrap();
    house.give(Purpose::Treatment).await;
    // Visits, too: of a category that nobody shared nothing is asked.
    house.tamper("update access_grant set categories = categories | (1 << 9)").await;
    house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();

    let (carer, _) = house.carer(Draft { categories: Categories::NONE.with(Category::Results), end: End::Open, ..Draft::default() }).await;
    house.portal.results(&carer, house.patient, None, false).await.unwrap();
    house.tamper("insert into source (source_id, name) values ('00000000-0000-0000-0000-000000000002', 'another')").await;
    let mut shapes: Vec<BTreeMap<String, Vec<String>>> = Vec::new();
    let mut faults = Vec::new();
    for rows in [10_000, 20_000] {
        grow(&house, rows).await;
        let mut found = BTreeMap::new();
        for (page, plans) in ask(&house, &carer, &tap).await {
            assert!(!plans.is_empty(), "{page}: PostgreSQL said nothing of its plans");
            for plan in &plans {
                faults.extend(plan.faults.iter().map(|fault| format!("{page}, {rows} rows more: {fault}\n  in {}", plan.statement)));
            }
            found.insert(page, plans.into_iter().map(|plan| format!("{}\n  of {}", plan.shape, plan.statement)).collect());
        }
        shapes.push(found);
    }
    let [small, large] = shapes.as_slice() else { unreachable!("two sizes") };
    for (page, plans) in large {
        for (now, before) in plans.iter().zip(&small[page]).filter(|(now, before)| now != before) {
            faults.push(format!("{page}: another plan at three times the rows:\n{before}\n{now}"));
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// So many rows more: results in reports of five, a tenth of them visits, an eighth told by another source too, and looks at the record by 30 people.
async fn grow(house: &House, rows: i32) {
    for statement in [
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision,
                title, value_text, value_num, unit, series, report_id, author, place, author_is_named, place_is_named, added_at,
                alike, twin)
         select $1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', case when n % 10 = 0 then 'Encounter' else 'Observation' end, $2::text || n,
                case when n % 10 = 0 then 9 else 6 end, 1, $3, at, at, 4, 'Creatinine ' || n % 40, n::text, n, 'mg/dL', 'loinc|' || n % 40,
                md5($2::text || n / 5)::uuid, 'Dr ' || n % 7, 'Ward ' || n % 3, true, true, at, twin, twin
         from generate_series(1, $2) n, lateral (select now() - make_interval(mins => n * 100) as at,
            case when n % 8 = 3 then md5($2::text || n)::uuid end as twin) t",
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision, title, added_at)
         select $1, md5($2::text || n)::uuid, '00000000-0000-0000-0000-000000000002', 'DiagnosticReport', 'r' || $2::text || n, 6, 1, $3, at, at, 4, 'Kidney function', at
         from generate_series(0, $2 / 5) n, lateral (select now() - make_interval(mins => n * 500) as at) t",
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision,
                title, value_text, value_num, unit, series, report_id, author, place, author_is_named, place_is_named, added_at, alike, twin, behind)
         select patient_id, gen_random_uuid(), '00000000-0000-0000-0000-000000000002', resource_type, 't' || fhir_id, category, 1, labelled_by, first_at,
                last_at, precision, title, value_text, value_num, unit, series, report_id, author, place, true, true, added_at, alike, twin, 1
         from item where patient_id = $1 and fhir_id like $2::text || '%' and twin is not null and $3::int > 0",
        // A visit says where it was, and so does everything that names none.
        "insert into import (import_id, source_id, file_name, sha256, started_at, report)
         select md5($2::text || $1::text || $3::text)::uuid, '00000000-0000-0000-0000-000000000001', '', '', now(), '{}'",
        "insert into item_version (patient_id, item_id, version_no, sha256, bytes, import_id, added_at)
         select $1, item_id, 1, '', '{}', md5($2::text || $1::text || $3::text)::uuid, now() from item where patient_id = $1 and category = 9
         on conflict do nothing",
        "insert into item_reference (patient_id, item_id, ordinal, path, target_id)
         select $1, item_id, 0, case category when 9 then 'location.location' else 'performer' end, md5('ward' || hashtext(place) % 3)::uuid
         from item where patient_id = $1 and place is not null and $2::int > 0 and $3::int > 0 on conflict do nothing",
        "insert into event (chain, seq, hash, bytes)
         select e.chain, h.seq + n, e.hash,
                convert_to(regexp_replace(convert_from(e.bytes, 'UTF8'), '\"account\":\"[^\"]*', '\"account\":\"' || md5((n % 30)::text)::uuid), 'UTF8')
         from chain_head h join event e on e.chain = h.chain and e.seq = h.seq, generate_series(1, $2) n
         where h.chain = 'patient/' || $1::text and $3::int > 0",
        // Looks of others at something that whoever helps may see, and at something that they may not.
        "insert into helper_log (patient_id, seq, at, account_id, entry, items, labels)
         select $1, h.seq + n, now() - make_interval(mins => n), md5((n % 30)::text)::uuid, l.entry, array[i.item_id], 0
         from chain_head h, generate_series(1, $2) n, lateral (select entry from helper_log where patient_id = $1 limit 1) l,
            lateral (select item_id from item where patient_id = $1 and category = case when n % 2 = 0 then 9 else 6 end limit 1) i
         where h.chain = 'patient/' || $1::text and $3::int > 0",
        "update chain_head set seq = seq + $2 where chain = 'patient/' || $1::text and $3::int > 0",
    ] {
        sqlx::query(statement)
            .bind(house.patient.0)
            .bind(rows)
            .bind(i32::from(chartkey_portal::LABEL_TABLE_VERSION))
            .execute(&house.superuser)
            .await
            .unwrap();
    }
    house.tamper("vacuum analyze").await;
}

/// Every list page for whoever may read it, with the plans of its statements.
async fn ask(house: &House, carer: &Visitor, tap: &Tap) -> Vec<(String, Vec<Plan>)> {
    let portal = &house.portal;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let mut asked = Vec::new();
    let mut note = |page: String| asked.push((page, tap.remarks().iter().filter_map(|remark| plan(remark)).collect()));
    drop(tap.remarks());
    let named: Uuid = sqlx::query_scalar("select item_id from item where author = 'Dr 3' and category = 6 limit 1")
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    let visit: Uuid = sqlx::query_scalar("select item_id from item where category = 9 order by sort_at desc, item_id limit 1")
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    let (of_all, named) = (Filter::default(), Some(ItemId(named)));
    let parts = [
        ("everything", of_all),
        ("a category", Filter { category: Some(Category::Results), ..of_all }),
        ("a person", Filter { person: named, ..of_all }),
        ("a place", Filter { place: named, ..of_all }),
        ("a source", Filter { source: Some(SourceId(Uuid::from_u128(1))), ..of_all }),
        ("days", Filter { from: Some(date!(2000 - 01 - 01)), to: Some(date!(2100 - 01 - 01)), ..of_all }),
        (
            "a person, a category, days",
            Filter { person: named, category: Some(Category::Results), from: Some(date!(2000 - 01 - 01)), ..of_all },
        ),
    ];
    for (who, visitor) in [("the patient", &ines), ("a clinician", &doctor)] {
        portal.results(visitor, house.patient, None, false).await.unwrap();
        note(format!("results, {who}"));
        for (part, filter) in parts {
            portal.timeline(visitor, house.patient, filter, None).await.unwrap();
            note(format!("timeline of {part}, {who}"));
        }
        portal.summary(visitor, house.patient, Look::Opened).await.unwrap();
        note(format!("summary, {who}"));
        portal.visits(visitor, house.patient, None, None, false).await.unwrap();
        note(format!("visits, {who}"));
    }
    portal.home(&ines, house.patient, Look::Opened).await.unwrap();
    note("home, the patient".to_owned());
    portal.activity(&ines, activity::Filter::All, None).await.unwrap();
    note("activity, the patient".to_owned());
    portal.helper_log(carer, house.patient, None).await.unwrap();
    note("activity, who helps".to_owned());
    // Last: each look is an event more for the pages that read the log.
    for (who, visitor) in [("the patient", &ines), ("a clinician", &doctor)] {
        portal.visit(visitor, house.patient, ItemId(visit)).await.unwrap();
        note(format!("a visit, {who}"));
    }
    portal.what_waits(&ines).await.unwrap();
    note("what waits, the patient".to_owned());
    asked
}

/// What a remark of `auto_explain` says of a statement that reads a keyed table.
fn plan(remark: &str) -> Option<Plan> {
    let (_, json) = remark.split_once("plan:\n")?;
    let said: Value = serde_json::from_str(json).unwrap();
    let statement = said["Query Text"].as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut plan = Plan { statement, shape: String::new(), faults: Vec::new() };
    walk(&said["Plan"], false, &mut plan);
    KEYED.iter().any(|table| plan.shape.contains(&format!(" {table} "))).then_some(plan)
}

/// Adds a node and everything below it.
fn walk(node: &Value, in_sub_select: bool, plan: &mut Plan) {
    let text = |name: &str| node[name].as_str().unwrap_or_default();
    let (kind, table) = (text("Node Type"), text("Relation Name"));
    let is_sub_select = text("Parent Relationship") == "InitPlan";
    let loops = node["Actual Loops"].as_f64().unwrap_or(0.0);
    if is_sub_select && loops > 1.0 {
        plan.faults.push(format!("{} is evaluated {loops} times", text("Subplan Name")));
    }
    if KEYED.contains(&table) {
        let removed: f64 = ["Rows Removed by Filter", "Rows Removed by Index Recheck"].iter().filter_map(|name| node[*name].as_f64()).sum();
        let touched = node["Actual Rows"].as_f64().unwrap_or(0.0) + removed;
        if kind == "Seq Scan" || kind == "Bitmap Heap Scan" {
            plan.faults.push(format!("{kind} of {table}"));
        }
        if touched > TOUCHED {
            plan.faults.push(format!("{kind} of {table} by {} touches {touched} rows", text("Index Name")));
        }
    }
    for condition in ["Filter", "Index Cond", "Recheck Cond", "Join Filter", "Hash Cond", "Merge Cond"] {
        // In the arguments of a function the settings of the gate would be asked for each row.
        // `gate.is_first` is called for what is behind another alone, and looks for that.
        let condition_text = text(condition).replace("gate.is_first(", "(");
        let asks_each_row = condition_text.contains("current_setting") || condition_text.contains("gate.");
        if asks_each_row && !in_sub_select && !is_sub_select {
            plan.faults.push(format!("{kind} asks the gate for each row: {}", text(condition)));
        }
    }
    // A cache in front of an index: whatever is behind it is looked at all the same.
    let is_shown = kind != "Memoize";
    if is_shown {
        plan.shape.push_str(&format!("({kind} {table} {}", text("Index Name")));
    }
    for below in node["Plans"].as_array().into_iter().flatten() {
        walk(below, in_sub_select || is_sub_select, plan);
    }
    if is_shown {
        plan.shape.push(')');
    }
}
