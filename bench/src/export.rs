//! A whole record as one Bundle.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Result, bail};
use async_trait::async_trait;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    bench::Bench,
    workload::{Figure, Workload, quantile, ratios, spread},
};

pub struct Export;

#[async_trait]
impl Workload for Export {
    fn name(&self) -> &'static str {
        "export"
    }

    fn floor(&self) -> &'static str {
        "`chartkey export` of a record of some 12,000 entries, without what the same takes for an empty record, beside reading the same bytes from PostgreSQL"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let ground = bench.own_ground(&bench.place, "export", 1).await?;
        let mut superuser = PgConnection::connect(&ground.superuser).await?;
        let entries = originals(&mut superuser, ground.patient).await?;
        let empty = Uuid::from_u128(0xe3b7);
        sqlx::query("insert into patient (patient_id, full_name) values ($1, 'Nobody')").bind(empty).execute(&mut superuser).await?;
        let (mut whole, mut nothing, mut floor) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..=bench.rounds.max(2) {
            let export = |patient: Uuid| -> Result<f64> {
                let begun = Instant::now();
                let mut command = Command::new(&bench.place.binary);
                command.args(["export", "--reason", "benchmark", "--patient", &patient.to_string()]).envs(ground.environment.clone());
                let output = std::fs::File::create(std::env::temp_dir().join("chartkey-bench-export.json"))?;
                if !command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).status()?.success() {
                    bail!("the export failed");
                }
                Ok(begun.elapsed().as_secs_f64())
            };
            let (of_whole, of_nothing) = if number % 2 == 0 {
                let first = export(ground.patient)?;
                (first, export(empty)?)
            } else {
                let first = export(empty)?;
                (export(ground.patient)?, first)
            };
            let begun = Instant::now();
            let bytes: Vec<Vec<u8>> = sqlx::query_scalar("select bytes from item_version where patient_id = $1")
                .bind(ground.patient)
                .fetch_all(&mut superuser)
                .await?;
            let of_floor = begun.elapsed().as_secs_f64();
            if bytes.len() != entries {
                bail!("{} entries instead of {entries}", bytes.len());
            }
            // The first round warms up.
            if number > 0 {
                whole.push(of_whole * 1e6 / entries as f64);
                nothing.push(of_nothing * 1e6 / entries as f64);
                floor.push(of_floor * 1e6 / entries as f64);
            }
        }
        let an_entry: Vec<f64> = whole.iter().zip(&nothing).map(|(whole, nothing)| whole - nothing).collect();
        Ok(vec![
            Figure::new(format!("export, µs an entry ({entries} entries)"), spread(&an_entry), "≤ 12"),
            Figure::new("the same with the start of the command", spread(&whole), ""),
            Figure::new("floor: their bytes read from PostgreSQL, µs an entry", spread(&floor), ""),
            Figure::new("export ÷ floor", spread(&ratios(&an_entry, &floor)), ""),
            Figure::new("entries a second", format!("{:.0}", 1e6 / quantile(&an_entry, 0.5)), ""),
        ])
    }
}

/// Lays what the items came as beside them; returns how many there are.
async fn originals(superuser: &mut PgConnection, patient: Uuid) -> Result<usize> {
    sqlx::query(
        r#"with i as (insert into import (import_id, source_id, file_name, sha256, started_at, report)
            select gen_random_uuid(), source_id, 'bench', '', now(), '{}' from source limit 1 returning import_id)
         insert into item_version (patient_id, item_id, version_no, sha256, bytes, import_id, added_at)
         select patient_id, item_id, 1, '', convert_to('{"resourceType":"' || resource_type || '","id":"' || fhir_id || '","status":"final","code":{"text":"'
                || title || '"},"note":[{"text":"' || repeat('as it came in, ', 40) || '"}]}', 'UTF8'), import_id, added_at
         from item, i where patient_id = $1"#,
    )
    .bind(patient)
    .execute(&mut *superuser)
    .await?;
    let entries: i64 =
        sqlx::query_scalar("select count(*) from item_version where patient_id = $1").bind(patient).fetch_one(&mut *superuser).await?;
    sqlx::query("vacuum analyze").execute(superuser).await?;
    Ok(usize::try_from(entries)?)
}
