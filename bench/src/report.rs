//! `chartkey report` over many events.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use sqlx::{Connection, PgConnection};

use crate::{
    bench::{Bench, has_room},
    workload::{Figure, Workload, spread},
};

pub struct Report;

#[async_trait]
impl Workload for Report {
    fn name(&self) -> &'static str {
        "report"
    }

    fn floor(&self) -> &'static str {
        "`chartkey report` over a year of looks at a thousand records (a million of them from --rows 6), beside reading their bytes from PostgreSQL"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let events = 10_i32.pow(bench.rows.min(6));
        let ground = bench.own_ground(&bench.place, "report", 2).await?;
        let mut superuser = PgConnection::connect(&ground.superuser).await?;
        let directory: String = sqlx::query_scalar("select current_setting('data_directory')").fetch_one(&mut superuser).await?;
        has_room(&directory, u64::from(events.unsigned_abs()) * 2 / 1_000 + 1_000)?;
        lay(&mut superuser, events).await?;
        let report = |from: &str, to: &str| -> Result<(f64, usize)> {
            let begun = Instant::now();
            let mut command = Command::new(&bench.place.binary);
            command.args(["report", "--json", "--reason", "benchmark", "--between", from, to]).envs(ground.environment.clone());
            let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output()?;
            if !output.status.success() {
                bail!("the report failed");
            }
            let lines: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).context("no report")?;
            Ok((begun.elapsed().as_secs_f64(), lines.len()))
        };
        let (mut day, mut year, mut floor, mut lines) = (Vec::new(), Vec::new(), Vec::new(), (0, 0));
        for number in 0..=bench.rounds.clamp(2, 4) {
            let of_day = report("2025-07-01", "2025-07-02")?;
            let of_year = report("2025-01-01", "2026-01-01")?;
            let begun = Instant::now();
            let bytes: i64 =
                sqlx::query_scalar("select sum(length(bytes)) from event where chain like 'patient/%'").fetch_one(&mut superuser).await?;
            let of_floor = begun.elapsed().as_secs_f64();
            if bytes == 0 || of_day.1 == 0 {
                bail!("nothing was reported");
            }
            if number > 0 {
                day.push(of_day.0);
                year.push(of_year.0);
                floor.push(of_floor);
            }
            lines = (of_day.1, of_year.1);
        }
        sqlx::query("truncate event").execute(&mut superuser).await?;
        Ok(vec![
            Figure::new(format!("a day of {events} events, s ({} lines)", lines.0), spread(&day), "seconds"),
            Figure::new(format!("all {events} events, s ({} lines)", lines.1), spread(&year), "seconds"),
            Figure::new("floor: all of them passed through in PostgreSQL, s", spread(&floor), ""),
        ])
    }
}

/// A year of events: a thousand records, each looked at by itself and by seven others.
async fn lay(superuser: &mut PgConnection, events: i32) -> Result<()> {
    sqlx::query(
        r#"insert into event (chain, seq, hash, bytes)
         select 'patient/' || md5('patient' || n % 1000)::uuid, 1 + n / 1000, sha256(int4send(n)), convert_to(
            '{"at":"' || to_char(timestamp '2025-01-01' + interval '1 year' * n / $1, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            || '","what":{"action":"read","categories":["results","vital-signs"],"digest":"' || encode(sha256(int4send(n)), 'hex')
            || '","items":50,"page":"results"},"who":{"account":"' || md5('account' || n % 1000 || '/' || n / 1000 % 8)::uuid
            || '","kind":"clinician","name":"Dr ' || n % 977 || '","organization":"Northfield Heart Clinic","profession":"physician","signedIn":"oidc"},'
            || '"why":{"grants":[{"id":"' || md5('grant' || n % 8000)::uuid || '","sentence":"**Dr ' || n % 977
            || '** of **Northfield Heart Clinic** can see your **results and vital signs**."}],"kind":"grant","purpose":"treatment"}}', 'UTF8')
         from generate_series(0, $1 - 1) n"#,
    )
    .bind(events)
    .execute(&mut *superuser)
    .await?;
    sqlx::query("vacuum analyze event").execute(superuser).await?;
    Ok(())
}
