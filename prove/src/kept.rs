//! What came of proofs, kept in files: hours of them are tried in several runs, and `docs/proof.md`
//! says of each on which commit.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{
    arena::{Arena, Seen},
    proofs::PROOFS,
    report,
};

/// What came of one proof, and of what it was tried.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    pub name: String,
    pub commit: String,
    pub when: String,
    /// `small` or `full`.
    pub size: String,
    /// Whether the server was a release build.
    pub is_shipped: bool,
    pub seconds: f64,
    pub lines: Vec<String>,
    pub faults: Vec<String>,
    /// Why it did not run.
    pub error: Option<String>,
}

impl Outcome {
    pub fn new(arena: &Arena, name: &str, seconds: f64, seen: Result<Seen>) -> Self {
        let (seen, error) = match seen {
            Ok(seen) => (seen, None),
            Err(error) => (Seen::default(), Some(format!("{error:#}"))),
        };
        Self {
            name: name.to_owned(),
            commit: chartkey_ground::machine::commit(),
            when: chartkey_ground::machine::now(),
            size: arena.size.word().to_owned(),
            is_shipped: arena.is_shipped(),
            seconds,
            lines: seen.lines,
            faults: seen.faults,
            error,
        }
    }

    pub fn holds(&self) -> bool {
        self.error.is_none() && self.faults.is_empty()
    }
}

/// Keeps this outcome in place of the one before, and writes the document of all that are kept.
///
/// # Errors
/// Where a file cannot be read or written.
pub fn keep(directory: &Path, report: &Path, machine: &[String], outcome: &Outcome) -> Result<()> {
    fs::create_dir_all(directory)?;
    fs::write(directory.join(format!("{}.json", outcome.name)), serde_json::to_vec_pretty(outcome)?)?;
    let mut outcomes = Vec::new();
    for proof in PROOFS {
        let file = directory.join(format!("{}.json", proof.name));
        if let Ok(bytes) = fs::read(&file) {
            let outcome: Outcome =
                serde_json::from_slice(&bytes).with_context(|| format!("{} is not an outcome; remove it", file.display()))?;
            outcomes.push((proof, outcome));
        }
    }
    fs::write(report, report::document(machine, &outcomes)?).with_context(|| format!("{} cannot be written", report.display()))
}
