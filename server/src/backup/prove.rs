//! Proving a backup: restored, and compared with what was there when it was made.

use std::{collections::BTreeMap, path::Path, time::Instant};

use anyhow::Context;
use chartkey_portal::{
    Portal,
    audit::verify::VerifyReport,
    inventory::{Difference, Hashes, Inspector},
    secrets::Pepper,
};
use serde::Serialize;
use tokio::{fs::File, io::BufReader};

use super::{
    blocking,
    description::Description,
    make,
    restore::{Request, Restored, restore},
};
use crate::config::keeping::Keeping;

/// What was compared, and what was not equal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The name of the backup.
    pub backup: String,
    /// How much was not equal, of everything below. None should be.
    pub differences: usize,
    /// Whether the rows were compared with those counted while the backup was made: only a
    /// database at that very moment can be.
    pub rows_compared: bool,
    /// Tables with more or fewer rows than there were.
    pub tables: Vec<Difference>,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    /// Stored resources whose bytes were hashed again.
    pub resources: Hashes,
    /// The chains of the access log, beside the anchor file.
    pub log: VerifyReport,
    /// Segments of the write-ahead log that were looked at.
    pub segments: usize,
    /// How long it took.
    pub seconds: Seconds,
}

/// Where the time went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seconds {
    /// Checking, decrypting and unpacking the files, and `pg_verifybackup`.
    pub unpacked: f64,
    /// Until the cluster took connections.
    pub recovered: f64,
    /// Counting, hashing and the chains.
    pub compared: f64,
    /// All of it.
    pub total: f64,
}

/// Restores a backup to its own end in the scratch folder, compares, and removes it.
///
/// # Errors
/// Where it cannot be restored. What is not equal is in the report.
pub async fn prove(keeping: &Keeping, backup: &Path, anchor: Option<&Path>, pepper: Pepper) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let anchor = open_anchor(anchor).await?;
    let description = Description::read(backup)?;
    // Below a folder of its own name: who may run a cluster has to reach it.
    let into = keeping.scratch_dir.join(format!("chartkey-proof-{}", uuid::Uuid::new_v4().simple()));
    let request =
        Request { backup: backup.to_owned(), description: description.clone(), into: into.clone(), to: None, archive_reader: None };
    let settings = keeping.clone();
    let restored = blocking(move || restore(&settings, &request)).await?;
    let report = compare(&restored, &description, anchor, pepper, true).await;
    let removed = blocking(move || {
        drop(restored);
        Ok(std::fs::remove_dir_all(&into)?)
    })
    .await;
    let mut report = report?;
    removed.context("the scratch folder")?;
    report.seconds.total = begun.elapsed().as_secs_f64();
    Ok(report)
}

/// Opens the anchor file, before anything that takes long.
///
/// # Errors
/// Where it is set and cannot be read.
pub async fn open_anchor(path: Option<&Path>) -> anyhow::Result<Option<BufReader<File>>> {
    let Some(path) = path else { return Ok(None) };
    let file = File::open(path).await.with_context(|| format!("the anchor file {}", path.display()))?;
    Ok(Some(BufReader::new(file)))
}

/// Compares a restored cluster with what is known of its backup.
///
/// # Errors
/// A cluster that does not answer.
pub async fn compare(
    restored: &Restored,
    description: &Description,
    anchor: Option<BufReader<File>>,
    pepper: Pepper,
    rows_compared: bool,
) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let mut inspector = Inspector::connect(&restored.scratch.url("chartkey_backup", &restored.facts.database)?).await?;
    let rows = inspector.count().await?;
    let resources = inspector.hash_again().await?;
    let portal = Portal::connect(&restored.runtime_url()?, pepper, 2).await?;
    let log = portal.verify_copy(anchor).await?;
    portal.pool().close().await;
    let tables = if rows_compared { make::differences(&restored.facts, &rows) } else { Vec::new() };
    let compared = begun.elapsed().as_secs_f64();
    Ok(Report {
        backup: description.name.clone(),
        differences: tables.len() + log.findings.len() + usize::try_from(resources.wrong).unwrap_or(usize::MAX),
        rows_compared,
        tables,
        rows: rows.tables,
        resources,
        log,
        segments: restored.segments,
        seconds: Seconds {
            unpacked: restored.unpacked,
            recovered: restored.recovered,
            compared,
            total: restored.unpacked + restored.recovered + compared,
        },
    })
}
