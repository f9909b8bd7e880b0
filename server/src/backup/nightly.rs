//! The nightly job: a backup, and the proof that it can be restored.

use std::path::Path;

use chartkey_portal::{
    Error, Portal,
    proofs::{NewProof, Proof},
    secrets::Pepper,
};
use serde_json::json;

use super::{
    make::{Made, make},
    prove::{Report, prove},
};
use crate::config::{Config, keeping::Keeping};

/// Whether it is the hour, and nothing was tried in it.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_due(portal: &Portal, keeping: &Keeping) -> Result<bool, Error> {
    if keeping.backup_dir.is_none() {
        return Ok(false);
    }
    let now = portal.now().await?;
    let last = portal.last_proofs(1).await?.into_iter().next();
    let is_of_this_hour = |last: Proof| (last.at.date(), last.at.hour()) == (now.date(), now.hour());
    Ok(now.hour() == keeping.hour && !last.is_some_and(is_of_this_hour))
}

/// Makes a backup, proves it, and keeps what became of both.
pub async fn run(portal: &Portal, config: &Config) {
    let Some(dir) = config.keeping.backup_dir.as_deref() else { return };
    let proof = match make(&config.keeping, dir, Some(config.keeping.keep)).await {
        Ok(made) => prove_made(&config.keeping, &made, config.anchor_file.as_deref(), config.pepper.clone()).await,
        Err(error) => failed("", None, 0.0, &error),
    };
    match (&proof.failed, proof.differences) {
        (None, Some(0) | None) => tracing::info!(backup = proof.backup, seconds = proof.seconds, restored = proof.is_restored, "backed up"),
        (failed, differences) => tracing::error!(backup = proof.backup, failed, differences, "a backup was not proved"),
    }
    if let Err(error) = portal.keep_proof(proof).await {
        tracing::error!(%error, "the proof of a backup was not kept");
    }
}

/// Proves a backup as far as it can be: without the key only the copy was checked,
/// before it was encrypted.
pub async fn prove_made(keeping: &Keeping, made: &Made, anchor: Option<&Path>, pepper: Pepper) -> NewProof {
    let (name, bytes) = (&made.description.name, i64::try_from(made.description.bytes()).ok());
    if keeping.identity_file.is_none() {
        return NewProof {
            backup: name.clone(),
            bytes,
            seconds: made.seconds,
            differences: None,
            is_restored: false,
            failed: None,
            report: json!({"checked": "pg_verifybackup before encryption; not restored, because no identity file is set"}),
        };
    }
    match prove(keeping, &made.folder, anchor, pepper).await {
        Ok(report) => proved(&report, bytes, made.seconds),
        Err(error) => failed(name, bytes, made.seconds, &error),
    }
}

/// What is kept of a report.
#[must_use]
pub fn proved(report: &Report, bytes: Option<i64>, before: f64) -> NewProof {
    NewProof {
        backup: report.backup.clone(),
        bytes,
        seconds: before + report.seconds.total,
        differences: i32::try_from(report.differences).ok(),
        is_restored: true,
        failed: None,
        report: serde_json::to_value(report).unwrap_or_default(),
    }
}

fn failed(backup: &str, bytes: Option<i64>, seconds: f64, error: &anyhow::Error) -> NewProof {
    NewProof {
        backup: backup.to_owned(),
        bytes,
        seconds,
        differences: None,
        is_restored: false,
        failed: Some(format!("{error:#}")),
        report: json!({}),
    }
}
