//! `docs/proof.md`: what was tried where, and what came of it.

use std::{fmt::Write, fs, path::Path, process::Command};

use anyhow::{Context, Result};
use chartkey_ground::Cluster;

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

fn said(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// The machine, a fact a line.
pub fn machine(cluster: &Cluster) -> Result<Vec<String>> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo")?.lines().next().map(|line| line.split_whitespace().nth(1).unwrap_or("0").to_owned());
    let gigabytes = memory.and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1_048_576.0;
    let file = cluster.data().parent().context("a place")?.join("fsync-test");
    let sync = said(&cluster.bin().join("pg_test_fsync"), &["-s", "1", "-f", &file.to_string_lossy()]);
    let _ = fs::remove_file(file);
    let sync = sync
        .lines()
        .find(|line| line.trim_start().starts_with("fdatasync"))
        .unwrap_or("fdatasync: not measured")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    Ok(vec![
        format!("{cores} cores, {gigabytes:.0} GB; {}", said(Path::new("uname"), &["-srm"])),
        said(&cluster.bin().join("postgres"), &["--version"]),
        format!("pg_test_fsync: {sync}"),
    ])
}

/// The document.
pub fn document(arena: &Arena, machine: &[String], results: &[Outcome]) -> Result<String> {
    let git = |arguments: &[&str]| said(Path::new("git"), arguments);
    let changed =
        if git(&["status", "--porcelain", "--untracked-files=no"]).is_empty() { "" } else { ", with changes that are not committed" };
    let mut text = String::from(
        "# What was proved\n\nPrinted by `make prove`. Each row is repeated by its command; the tests among them run in `make test` at the small size.\n\n",
    );
    writeln!(
        text,
        "- {}, commit `{}`{changed}",
        said(Path::new("date"), &["-u", "+%Y-%m-%d %H:%M UTC"]),
        git(&["rev-parse", "--short=12", "HEAD"])
    )?;
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
