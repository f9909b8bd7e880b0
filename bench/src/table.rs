//! The table: to standard output as it comes, and to `docs/figures.md`.

use std::fmt::Write;

use anyhow::Result;
use chartkey_ground::machine;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    bench::Bench,
    workload::{Figure, Workload},
};

/// What was measured so far.
pub struct Table {
    head: Vec<String>,
    parts: Vec<(&'static str, &'static str, Vec<Figure>)>,
}

impl Table {
    /// Notes where, when and on which commit.
    pub async fn begin(bench: &Bench) -> Result<Self> {
        let mut cluster = PgConnection::connect(&bench.place.cluster).await?;
        let version: String =
            sqlx::query_scalar("select 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync')")
                .fetch_one(&mut cluster)
                .await?;
        let is_shipped = bench.place.binary.components().any(|part| part.as_os_str() == "release");
        let head = vec![
            machine::now(),
            machine::commit(),
            format!(
                "`{}`, {} rounds of {} requests; server: {}",
                bench.command,
                bench.rounds,
                bench.requests,
                if is_shipped { "release build" } else { "**a debug build: these are no figures**" }
            ),
            machine::hardware()?,
            version,
            // On the disk of the directory for temporary files, where workloads have PostgreSQLs of their own.
            machine::durability(&std::env::temp_dir())?,
        ];
        head.iter().for_each(|line| println!("{line}"));
        Ok(Self { head, parts: Vec::new() })
    }

    /// Prints what a workload came to, and keeps it.
    pub fn add(&mut self, workload: &dyn Workload, figures: Vec<Figure>) {
        for Figure { what, value, target } in &figures {
            println!("  {what:<70} {value:<40} {target}");
        }
        self.parts.push((workload.name(), workload.floor(), figures));
    }

    /// All of it.
    pub fn document(&self) -> String {
        let mut text = String::from(
            "# Figures\n\nPrinted by `make bench`. A figure is the median of its rounds, with the least and the greatest; what is compared was measured in turn (A B B A). Absolute figures belong to the machine and its disk; ratios are what counts.\n\n",
        );
        for line in &self.head {
            let _ = writeln!(text, "- {line}");
        }
        for (name, floor, figures) in &self.parts {
            let _ = write!(text, "\n## {name}\n\n{floor}.\n\n| what | figure | promised |\n|---|---|---|\n");
            for Figure { what, value, target } in figures {
                let _ = writeln!(text, "| {what} | {value} | {target} |");
            }
        }
        text
    }
}

/// Drops what the workloads made.
pub async fn drop_databases(cluster: &str) -> Result<()> {
    let mut cluster = PgConnection::connect(cluster).await?;
    let names: Vec<String> =
        sqlx::query_scalar("select datname::text from pg_database where datname like 'chartkey\\_bench%'").fetch_all(&mut cluster).await?;
    for name in names {
        sqlx::query(AssertSqlSafe(format!("drop database if exists {name} with (force)"))).execute(&mut cluster).await?;
    }
    Ok(())
}
