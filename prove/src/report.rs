//! `docs/proof.md`: what was tried where, and what came of it.

use std::fmt::Write;

use anyhow::{Context, Result};
use chartkey_ground::{Cluster, Size, machine};

use crate::{
    kept::Outcome,
    proofs::{How, PROOFS, Proof},
};

/// The machine, a fact a line.
pub fn machine(cluster: &Cluster) -> Result<Vec<String>> {
    Ok(vec![
        machine::hardware()?,
        machine::said(&cluster.bin().join("postgres"), &["--version"]),
        machine::durability(cluster.data().parent().context("a place")?)?,
    ])
}

/// The document of these, in the order of the table.
pub fn document(machine: &[String], results: &[(&Proof, Outcome)]) -> Result<String> {
    let mut text = String::from(
        "# What was proved\n\nPrinted by `make prove`. Each row is repeated by its command; the tests among them run in `make test` at the small size.\n\n",
    );
    for line in machine {
        writeln!(text, "- {line}")?;
    }
    let holding = results.iter().filter(|(_, outcome)| outcome.holds()).count();
    writeln!(text, "- {holding} of {} hold; {} have no outcome yet", results.len(), PROOFS.len() - results.len())?;
    text.push_str("\n| proof | promise | size | seconds | result |\n|---|---|---|---|---|\n");
    for (proof, outcome) in results {
        let Proof { name, promise, sizes, .. } = proof;
        let size = sizes[usize::from(outcome.size == Size::Full.word())];
        writeln!(text, "| [{name}](#{name}) | {promise} | {size} | {:.0} | {} |", outcome.seconds, word(outcome))?;
    }
    for (proof, outcome) in results {
        writeln!(text, "\n## {}\n\n`scripts/prove {} --size {}`", proof.name, proof.name, outcome.size)?;
        let build = match proof.how {
            How::Tests(suite) => {
                writeln!(text, "(`{}=… cargo {}`)", chartkey_ground::VARIABLE, suite.arguments().join(" "))?;
                "a debug build"
            }
            How::Here(_) if outcome.is_shipped => "the server as it is shipped",
            How::Here(_) => "a debug build",
        };
        writeln!(text, "\n{}, {}, {build}. Limit: {}\n", outcome.when, outcome.commit, proof.limit)?;
        if let Some(error) = &outcome.error {
            writeln!(text, "- did not run: {error}")?;
        }
        outcome.lines.iter().try_for_each(|line| writeln!(text, "- {}", plain(line)))?;
        outcome.faults.iter().try_for_each(|fault| writeln!(text, "- **fails**: {}", plain(fault)))?;
    }
    Ok(text)
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome { error: Some(_), .. } => "**did not run**",
        Outcome { faults, .. } if faults.is_empty() => "holds",
        Outcome { .. } => "**FAILS**",
    }
}

/// A line as Markdown shows it.
fn plain(line: &str) -> String {
    line.replace('<', "&lt;").replace('\n', "\n  ")
}
