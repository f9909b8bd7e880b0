//! What a page costs when the house grows: items of many patients, and one patient with very many.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use chartkey_ground::{Cluster, Ground, Place};
use reqwest::Client;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::{
    bench::{Bench, has_room},
    workload::{Figure, Workload, quantile},
};

/// Items of an ordinary patient; the largest has a million, where there are as many at all.
const OF_ONE: i32 = 1_000;
const LARGEST: i32 = 1_000_000;
/// What an item takes at most with its bytes, its indexes and the log of their writing.
const BYTES_AN_ITEM: u64 = 2_500;
/// Pages of as many patients.
const PAGES: i32 = 300;

/// The newest results, as the server asks for them, reduced to what decides the plan.
const LIST: &str = "explain (costs off) select i.item_id, i.title, r.title from item i
    left join item r on r.patient_id = i.patient_id and r.item_id = i.report_id
    where i.patient_id = $1 and i.category = 6 and not i.is_error order by i.sort_at desc, i.item_id desc limit 51";

pub struct Growth;

#[async_trait]
impl Workload for Growth {
    fn name(&self) -> &'static str {
        "growth"
    }

    fn floor(&self) -> &'static str {
        "the same page at ten times the items: its p99, what it reads when nothing is in PostgreSQL's memory, the plan, and what an item takes"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let temporary = std::env::temp_dir();
        let most = 10_u64.pow(bench.rows) + if bench.rows > 5 { LARGEST.unsigned_abs().into() } else { 0 };
        has_room(&temporary.display().to_string(), most * BYTES_AN_ITEM / 1_000_000 + 1_500)?;
        // One of its own, since it is stopped in between; gone with the workload.
        let cluster = Cluster::start()?;
        let place = Place { cluster: cluster.url("postgres", "postgres"), ..bench.place.clone() };
        let mut ground = bench.own_ground(&place, "growth", 3).await?;
        let mut superuser = PgConnection::connect(&ground.superuser).await?;
        sqlx::query(
            "insert into import (import_id, source_id, file_name, sha256, started_at, report)
             select gen_random_uuid(), source_id, 'bench', '', now(), '{}' from source limit 1",
        )
        .execute(&mut superuser)
        .await?;
        superuser.close().await?;
        let mut figures = Vec::new();
        let (mut smallest, mut plan) = (f64::NAN, String::new());
        let mut patients = 0;
        for power in 5..=bench.rows {
            let target = 10_i32.pow(power) / OF_ONE;
            {
                let mut superuser = PgConnection::connect(&ground.superuser).await?;
                many(&mut superuser, patients, target).await?;
            }
            patients = target;
            let name = format!("10^{power} items");
            let cold = cold(&cluster, &mut ground, patients).await?;
            let mut superuser = PgConnection::connect(&ground.superuser).await?;
            pages(&ground, patients).await?;
            let taken = pages(&ground, patients).await?;
            let p99 = quantile(&taken, 0.99);
            if power == 5 {
                smallest = p99;
            }
            let items: (i64, i64) =
                sqlx::query_as("select count(*), pg_total_relation_size('item') from item").fetch_one(&mut superuser).await?;
            let now = planned(&ground, patient(0)).await?;
            let same = plan.is_empty() || plan == now;
            plan = now;
            let target = if power == 5 { "" } else { "≤ 1.5 × p99 at 10^5" };
            figures.push(Figure::new(
                format!("{name}: page of results, ms, p50 and p99"),
                format!("{:.2}, {p99:.2} ({:.2} × 10^5)", quantile(&taken, 0.5), p99 / smallest),
                target,
            ));
            figures.push(Figure::new(format!("{name}: blocks that a page reads cold, p50 and p99"), cold, ""));
            figures.push(Figure::new(format!("{name}: bytes a row with indexes"), format!("{}", items.1 / items.0.max(1)), ""));
            figures.push(Figure::new(format!("{name}: plan of the list"), if same { "unchanged" } else { "CHANGED" }, "unchanged"));
        }
        if bench.rows > 5 {
            let mut superuser = PgConnection::connect(&ground.superuser).await?;
            lay(&mut superuser, patients, patients, LARGEST).await?;
            let taken = of_one(&ground, patient(patients), 200).await?;
            figures.push(Figure::new(
                "one patient with 10^6 items: page of results, ms, p50 and p99",
                format!("{:.2}, {:.2} ({:.2} × 10^5)", quantile(&taken, 0.5), quantile(&taken, 0.99), quantile(&taken, 0.99) / smallest),
                "≤ 1.5 × p99 at 10^5",
            ));
            let now = planned(&ground, patient(patients)).await?;
            let same = plan == now;
            if !same {
                eprintln!("The plan of many patients:\n{plan}\nand of the one:\n{now}");
            }
            figures.push(Figure::new(
                "one patient with 10^6 items: plan of the list",
                if same { "unchanged" } else { "CHANGED" },
                "unchanged",
            ));
        }
        Ok(figures)
    }
}

/// The patient of this number.
fn patient(number: i32) -> Uuid {
    Uuid::from_u128(0x6707_0000_0000 + u128::from(number.unsigned_abs()))
}

/// Patients from one number to before another, a part at a time.
async fn many(superuser: &mut PgConnection, from: i32, to: i32) -> Result<()> {
    let mut begin = from;
    while begin < to {
        let end = to.min(begin + 1_000);
        lay(superuser, begin, end - 1, OF_ONE).await?;
        begin = end;
    }
    Ok(())
}

/// Patients of these numbers with so many items each, all of them held by the account of the ground.
async fn lay(superuser: &mut PgConnection, first: i32, last: i32, items: i32) -> Result<()> {
    let of = "('00000000-0000-0000-0000-' || lpad(to_hex(x'670700000000'::bigint + p), 12, '0'))::uuid";
    for statement in [
        "insert into patient (patient_id, full_name) select OF, 'Somebody ' || p from generate_series($1, $2) p where $3 > 0",
        "insert into patient_holder (patient_id, account_id) select OF, account_id from generate_series($1, $2) p, account where kind = 'person' and $3 > 0",
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision,
                title, value_text, value_num, unit, range_low, range_high, interpretation, series, report_id, author, place, added_at, status)
         select OF, md5(p || '/' || n)::uuid, '00000000-0000-0000-0000-000000000001', case when n % 5 = 0 then 'DiagnosticReport' else 'Observation' end,
                p || '/' || n, case when n % 10 = 1 then 9 when n % 10 = 2 then 7 else 6 end, 1, LABELS, at, at, 4,
                'Creatinine [Mass/volume] in Serum or Plasma ' || n % 40, '1.' || n % 100, 1 + (n % 100) / 100.0, 'mg/dL', 0.6, 1.3,
                case when n % 7 = 0 then 'H' else 'N' end, md5('creatinine ' || n % 40)::uuid::text,
                case when n % 5 <> 0 then md5(p || '/' || n / 5 * 5)::uuid end, 'Dr Samuel Adeyemi', 'Larkspur Practice', at, 'final'
         from generate_series($1, $2) p, generate_series(1, $3) n, lateral (select now() - make_interval(mins => n * 100) as at) t",
        r#"insert into item_version (patient_id, item_id, version_no, sha256, bytes, import_id, added_at)
         select OF, md5(p || '/' || n)::uuid, 1, '', convert_to('{"resourceType":"Observation","id":"' || p || '/' || n
            || '","status":"final","code":{"text":"Creatinine"},"valueQuantity":{"value":1.' || n % 100 || ',"unit":"mg/dL"}}', 'UTF8'), import_id, now()
         from generate_series($1, $2) p, generate_series(1, $3) n, (select import_id from import limit 1) i"#,
    ] {
        let statement = statement.replace("OF", of).replace("LABELS", &chartkey_ground::LABEL_TABLE.to_string());
        sqlx::query(AssertSqlSafe(statement)).bind(first).bind(last).bind(items).execute(&mut *superuser).await?;
    }
    sqlx::query("vacuum analyze item").execute(&mut *superuser).await?;
    Ok(())
}

async fn get(client: &Client, ground: &Ground, patient: Uuid) -> Result<f64> {
    let begun = Instant::now();
    let answer = client.get(format!("{}/record/{patient}/results", ground.address)).header("cookie", &ground.own).send().await?;
    if !answer.status().is_success() || answer.bytes().await?.is_empty() {
        bail!("no page of {patient}");
    }
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}

/// A page each of patients from all over the table.
async fn pages(ground: &Ground, patients: i32) -> Result<Vec<f64>> {
    let client = Client::builder().no_proxy().build()?;
    let mut taken = Vec::new();
    for number in 0..PAGES {
        taken.push(get(&client, ground, patient(scattered(number, patients))).await?);
    }
    Ok(taken)
}

/// A number below the last, far from the one before.
fn scattered(number: i32, below: i32) -> i32 {
    i32::try_from(i64::from(number) * 7_919 % i64::from(below.max(1))).unwrap_or_default()
}

async fn of_one(ground: &Ground, patient: Uuid, times: usize) -> Result<Vec<f64>> {
    let client = Client::builder().no_proxy().build()?;
    let mut taken = Vec::new();
    for _ in 0..times {
        taken.push(get(&client, ground, patient).await?);
    }
    Ok(taken)
}

/// PostgreSQL starts with nothing in its memory: the blocks that pages of patients read whom nobody has asked for.
async fn cold(cluster: &Cluster, ground: &mut Ground, patients: i32) -> Result<String> {
    cluster.stop()?;
    cluster.resume()?;
    ground.server.again().await?;
    let client = Client::builder().no_proxy().build()?;
    let mut superuser = PgConnection::connect(&ground.superuser).await?;
    // The catalogue and the first pages of every index are read once; that is not what a page costs.
    for number in 0..10 {
        get(&client, ground, patient(scattered(PAGES + number, patients))).await?;
    }
    let mut read = Vec::new();
    for number in 0..20 {
        let before = blocks(&mut superuser).await?;
        get(&client, ground, patient(scattered(number, patients))).await?;
        read.push((blocks(&mut superuser).await? - before) as f64);
    }
    Ok(format!("{:.0}, {:.0}", quantile(&read, 0.5), quantile(&read, 0.99)))
}

/// Blocks of items that were not in PostgreSQL's memory, so far.
async fn blocks(superuser: &mut PgConnection) -> Result<i64> {
    // What a backend has counted is there once it has been idle for a moment.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let read = "select sum(heap_blks_read + idx_blks_read)::bigint from pg_statio_user_tables where relname in ('item', 'source')";
    Ok(sqlx::query_scalar(read).fetch_one(superuser).await?)
}

/// The plan of the list under row security, as the runtime role gets it.
async fn planned(ground: &Ground, patient: Uuid) -> Result<String> {
    let runtime = ground.environment.iter().find(|(name, _)| name == "DATABASE_URL").context("no address")?;
    let mut connection = PgConnection::connect(&runtime.1).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("select gate.enter(account_id, $1) from session limit 1").bind(patient).execute(&mut *transaction).await?;
    let lines: Vec<String> = sqlx::query_scalar(LIST).bind(patient).fetch_all(&mut *transaction).await?;
    transaction.rollback().await?;
    Ok(lines.join("\n").replace(&patient.to_string(), "{patient}"))
}
