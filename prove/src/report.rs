//! `docs/proof.md`: what was tried where, and what came of it.

use std::fmt::Write;

use anyhow::{Context, Result};
use chartkey_ground::{Cluster, machine};

use crate::{
    arena::{Arena, Seen},
    proofs::{How, Proof},
};

/// What became of one proof.
pub struct Outcome {
    pub proof: &'static Proof,
    pub seconds: f64,
    /// What it saw, or why it did not run.
    pub seen: Result<Seen>,
}

impl Outcome {
    pub fn holds(&self) -> bool {
        self.seen.as_ref().is_ok_and(|seen| seen.faults.is_empty())
    }

    fn word(&self) -> &'static str {
        match &self.seen {
            Ok(seen) if seen.faults.is_empty() => "holds",
            Ok(_) => "**FAILS**",
            Err(_) => "**did not run**",
        }
    }
}

/// The machine, a fact a line.
pub fn machine(cluster: &Cluster) -> Result<Vec<String>> {
    Ok(vec![
        machine::hardware()?,
        machine::said(&cluster.bin().join("postgres"), &["--version"]),
        machine::durability(cluster.data().parent().context("a place")?)?,
    ])
}

/// The document.
pub fn document(arena: &Arena, machine: &[String], results: &[Outcome]) -> Result<String> {
    let mut text = String::from(
        "# What was proved\n\nPrinted by `make prove`. Each row is repeated by its command; the tests among them run in `make test` at the small size.\n\n",
    );
    writeln!(text, "- {}, {}", machine::now(), machine::commit())?;
    let is_shipped = arena.binary.components().any(|part| part.as_os_str() == "release");
    writeln!(text, "- size: {}; server: {}", arena.size.word(), if is_shipped { "as it is shipped" } else { "a debug build" })?;
    for line in machine {
        writeln!(text, "- {line}")?;
    }
    let holding = results.iter().filter(|result| result.holds()).count();
    writeln!(text, "- {holding} of {} hold", results.len())?;
    text.push_str("\n| proof | promise | size | seconds | result |\n|---|---|---|---|---|\n");
    for result in results {
        let Proof { name, promise, sizes, .. } = result.proof;
        writeln!(
            text,
            "| [{name}](#{name}) | {promise} | {} | {:.0} | {} |",
            arena.size.of(sizes[0], sizes[1]),
            result.seconds,
            result.word()
        )?;
    }
    for result in results {
        let proof = result.proof;
        writeln!(text, "\n## {}\n\n`scripts/prove {} --size {}`", proof.name, proof.name, arena.size.word())?;
        if let How::Tests(suite) = proof.how {
            writeln!(text, "(`{}=… cargo {}`)", chartkey_ground::VARIABLE, suite.arguments().join(" "))?;
        }
        writeln!(text, "\nLimit: {}\n", proof.limit)?;
        match &result.seen {
            Err(error) => writeln!(text, "- did not run: {error:#}")?,
            Ok(seen) => {
                seen.lines.iter().try_for_each(|line| writeln!(text, "- {}", plain(line)))?;
                seen.faults.iter().try_for_each(|fault| writeln!(text, "- **fails**: {}", plain(fault)))?;
            }
        }
    }
    Ok(text)
}

/// A line as Markdown shows it.
fn plain(line: &str) -> String {
    line.replace('<', "&lt;").replace('\n', "\n  ")
}
