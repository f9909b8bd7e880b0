//! What a proof gets to work with, and what it gives back.

use std::path::PathBuf;

use anyhow::Result;
use chartkey_ground::{Cluster, Ground, Place, Size};

/// Where things are, and how large the proofs are.
#[derive(Debug, Clone)]
pub struct Arena {
    pub binary: PathBuf,
    pub site: PathBuf,
    /// The shared records.
    pub data: PathBuf,
    pub size: Size,
    /// Where the server of a proof listens.
    pub port: u16,
}

/// What a proof saw, and what of it may not be.
#[derive(Debug, Default)]
pub struct Seen {
    pub lines: Vec<String>,
    pub faults: Vec<String>,
}

impl Seen {
    pub fn note(&mut self, line: String) {
        println!("  {line}");
        self.lines.push(line);
    }

    /// Notes a fault unless this holds.
    pub fn must(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            let fault = fault();
            println!("  FAULT: {fault}");
            self.faults.push(fault);
        }
    }
}

impl Arena {
    /// Whether the server is a release build.
    pub fn is_shipped(&self) -> bool {
        self.binary.components().any(|part| part.as_os_str() == "release")
    }

    /// A database and a server over a PostgreSQL of this proof's own.
    pub async fn ground(&self, cluster: &Cluster) -> Result<Ground> {
        let place = Place { cluster: cluster.url("postgres", "postgres"), binary: self.binary.clone(), site: self.site.clone() };
        Ground::lay(&place, "chartkey_prove", self.port).await
    }
}

/// No thread of the server panicked.
pub fn no_panic(seen: &mut Seen, ground: &Ground) -> Result<()> {
    let panics = ground.server.logged()?.matches("a thread panicked").count();
    seen.must(panics == 0, || format!("{panics} threads of the server panicked"));
    Ok(())
}
