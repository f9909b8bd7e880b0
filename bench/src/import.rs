//! Imports: files of generated patients, and the largest bundle at hand.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use chartkey_ground::{Ground, Place, cpu};
use chartkey_server::rehearsal;
use time::macros::date;

/// Imports 100 generated patients, and the largest file below `data`.
pub fn measure(ground: &Ground, place: &Place, data: Option<&Path>) -> Result<()> {
    let directory = std::env::temp_dir().join("chartkey-bench/patients");
    std::fs::create_dir_all(&directory)?;
    let mut files = Vec::new();
    for (number, patient) in rehearsal::patients(1, date!(2026 - 11 - 01), 100).enumerate() {
        let file = directory.join(format!("{number}.json"));
        std::fs::write(&file, patient.bytes())?;
        files.push(file);
    }
    println!("Import (target ≥ 5,000 resources/s, ≤ 150 MB)");
    one(ground, place, "100 generated patients", "bench-generated", &files)?;
    if let Some(largest) = data.and_then(largest) {
        one(ground, place, "the largest bundle at hand", "bench-largest", &[largest])?;
    }
    println!();
    Ok(())
}

fn one(ground: &Ground, place: &Place, name: &str, source: &str, files: &[PathBuf]) -> Result<()> {
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
    let bytes: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
    let resources = created(&std::fs::read(&report)?);
    println!(
        "{name:<34} {resources} resources, {:.1} MB, {seconds:.2} s, {:.0}/s, {memory:.0} MB at most",
        bytes as f64 / 1e6,
        resources as f64 / seconds
    );
    Ok(())
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
