//! Proofs that are tests of the workspace: run by their own command, at the size of this run.

use std::process::Command;

use anyhow::{Context, Result};
use chartkey_ground::VARIABLE;

use crate::arena::{Arena, Seen};

/// A test binary of a package, or its own tests where there is no name, and which of them; all where
/// that is empty.
#[derive(Debug, Clone, Copy)]
pub struct Suite {
    pub package: &'static str,
    pub test: &'static str,
    pub only: &'static str,
}

impl Suite {
    /// The arguments of cargo.
    pub fn arguments(self) -> Vec<&'static str> {
        let mut arguments = vec!["test", "--locked", "-p", self.package];
        match self.test {
            "" => arguments.push("--lib"),
            test => arguments.extend(["--test", test]),
        }
        if !self.only.is_empty() {
            arguments.push(self.only);
        }
        arguments
    }

    /// Runs it. What it saw are the lines that begin with `proof:`.
    pub fn run(self, arena: &Arena) -> Result<Seen> {
        let mut seen = Seen::default();
        let mut command = Command::new("cargo");
        let output = command.args(self.arguments()).env(VARIABLE, arena.size.word()).output().context("cargo cannot be run")?;
        let (said, aside) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        for line in aside.lines().chain(said.lines()).filter_map(|line| line.strip_prefix("proof: ")) {
            seen.note(line.to_owned());
        }
        let passed: usize = said.lines().filter(|line| line.starts_with("test ") && line.ends_with("... ok")).count();
        seen.note(format!("{passed} tests passed"));
        seen.must(output.status.success(), || {
            // What failed is told last, on standard output.
            aside.lines().chain(said.lines()).rev().take(30).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
        });
        seen.must(passed > 0, || "no test ran".to_owned());
        Ok(seen)
    }
}
