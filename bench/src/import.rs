//! Imports: files of generated patients, and the largest bundle at hand.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use async_trait::async_trait;
use chartkey_ground::{Ground, Place, cpu};
use chartkey_server::rehearsal;
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::{Connection, PgConnection};
use time::macros::date;

use crate::{
    bench::Bench,
    workload::{Figure, Workload},
};

pub struct Import;

#[async_trait]
impl Workload for Import {
    fn name(&self) -> &'static str {
        "import"
    }

    fn floor(&self) -> &'static str {
        "`chartkey import` of 100 generated patients and of the largest bundle at hand, beside the same resources through COPY into one table"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let ground = bench.own_ground(&bench.place, "import", 4).await?;
        let directory = std::env::temp_dir().join("chartkey-bench/patients");
        std::fs::create_dir_all(&directory)?;
        let mut files = Vec::new();
        for (number, patient) in rehearsal::patients(1, date!(2026 - 11 - 01), 100).enumerate() {
            let file = directory.join(format!("{number}.json"));
            std::fs::write(&file, patient.bytes())?;
            files.push(file);
        }
        let mut figures = one(&ground, &bench.place, "100 generated patients", "bench-generated", &files).await?;
        if let Some(largest) = bench.data.as_deref().and_then(largest) {
            figures.extend(one(&ground, &bench.place, "the largest bundle at hand", "bench-largest", &[largest]).await?);
        }
        std::fs::remove_dir_all(directory)?;
        Ok(figures)
    }
}

async fn one(ground: &Ground, place: &Place, name: &str, source: &str, files: &[PathBuf]) -> Result<Vec<Figure>> {
    // Before and after: A B A, where B can be done once only.
    let before = copied(ground, files).await?;
    // Into a file: a report that nobody reads would fill a pipe and stop the import.
    let report = std::env::temp_dir().join("chartkey-bench/report.json");
    let begun = Instant::now();
    let mut child = Command::new(&place.binary)
        .args(["import", "--json", "--source", source, "--reason", "benchmark"])
        .args(files)
        .envs(ground.environment.clone())
        .stdout(std::fs::File::create(&report)?)
        .stderr(Stdio::null())
        .spawn()?;
    let mut memory = 0.0_f64;
    while child.try_wait()?.is_none() {
        memory = memory.max(cpu::memory_of(child.id(), "VmHWM"));
        std::thread::sleep(Duration::from_millis(5));
    }
    let seconds = begun.elapsed().as_secs_f64();
    if !child.wait()?.success() {
        bail!("the import of {name} failed");
    }
    let after = copied(ground, files).await?;
    let bytes: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
    let resources = created(&std::fs::read(&report)?) as f64;
    Ok(vec![
        Figure::new(
            format!("{name}: resources a second"),
            format!("{:.0} ({resources} resources, {:.1} MB, {seconds:.2} s)", resources / seconds, bytes as f64 / 1e6),
            "≥ 5,000",
        ),
        Figure::new(format!("{name}: the import's memory at most"), format!("{memory:.0} MB"), "≤ 150 MB"),
        Figure::new(
            format!("{name}: share of COPY of the same bytes"),
            format!("1/{:.1} before, 1/{:.1} after", seconds / before, seconds / after),
            "≥ 1/5",
        ),
    ])
}

/// Seconds for the same resources, a row each, through COPY into a table without anything else.
async fn copied(ground: &Ground, files: &[PathBuf]) -> Result<f64> {
    let mut connection = PgConnection::connect(&ground.superuser).await?;
    sqlx::query("create table if not exists bench_copy (bytes text not null)").execute(&mut connection).await?;
    sqlx::query("truncate bench_copy").execute(&mut connection).await?;
    let begun = Instant::now();
    let mut copy = connection.copy_in_raw("copy bench_copy from stdin").await?;
    for file in files {
        let bundle: Bundle = serde_json::from_slice(&std::fs::read(file)?)?;
        for entry in bundle.entry {
            let line = entry.resource.get().replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
            copy.send(format!("{line}\n").into_bytes()).await?;
        }
    }
    copy.finish().await?;
    Ok(begun.elapsed().as_secs_f64())
}

#[derive(Deserialize)]
struct Bundle {
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    resource: Box<RawValue>,
}

/// The sum of every `created` in the report.
fn created(report: &[u8]) -> u64 {
    fn sum(value: &serde_json::Value) -> u64 {
        match value {
            serde_json::Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| if name == "created" { value.as_u64().unwrap_or_else(|| sum(value)) } else { sum(value) })
                .sum(),
            serde_json::Value::Array(values) => values.iter().map(sum).sum(),
            _ => 0,
        }
    }
    serde_json::from_slice(report).map(|value| sum(&value)).unwrap_or(0)
}

fn largest(directory: &Path) -> Option<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push((entry.metadata().map_or(0, |data| data.len()), path));
            }
        }
    }
    files.into_iter().max().map(|(_, path)| path)
}
