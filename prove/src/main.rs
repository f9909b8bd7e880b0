//! `make prove`: what is promised, tried on the server as it is shipped and on a
//! PostgreSQL of its own, one proof after another. Writes `docs/proof.md`.

mod arena;
mod browsers;
mod crawl;
mod crowd;
mod kept;
mod kills;
mod load;
mod outside;
mod proofs;
mod provider;
mod report;
mod slow;
mod stats;
mod suites;
mod timing;
mod tls;
mod troubles;
mod webdriver;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::{Result, bail};
use chartkey_ground::{Cluster, Size};
use clap::Parser;

use crate::{arena::Arena, kept::Outcome, proofs::PROOFS};

/// Tries what is promised.
#[derive(Parser)]
struct Arguments {
    /// Which proofs; all of them where none is named.
    names: Vec<String>,
    /// `small` or `full`.
    #[arg(long, default_value = "full")]
    size: String,
    /// Prints the proofs, and tries none.
    #[arg(long)]
    list: bool,
    /// The release binary.
    #[arg(long, default_value = "target/release/chartkey")]
    binary: PathBuf,
    /// The built site.
    #[arg(long, default_value = "target/site")]
    site: PathBuf,
    /// The shared records.
    #[arg(long, env = "CHARTKEY_SHARED_DATA", default_value = "../shared/data")]
    data: PathBuf,
    /// Where the table is written.
    #[arg(long, default_value = "docs/proof.md")]
    report: PathBuf,
    /// Where outcomes are kept from run to run; the table has all of them.
    #[arg(long, default_value = "target/proof")]
    kept: PathBuf,
    /// Where the server of a proof listens: another one for a second run beside this.
    #[arg(long, default_value_t = 4330)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    // The client brings no cryptography of its own; an error here means that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    if arguments.list {
        PROOFS.iter().for_each(|proof| println!("{:<18} {}", proof.name, proof.promise));
        return Ok(ExitCode::SUCCESS);
    }
    let size = match arguments.size.as_str() {
        "small" => Size::Small,
        "full" => Size::Full,
        other => bail!("--size is small or full, not {other}"),
    };
    if let Some(unknown) = arguments.names.iter().find(|name| !PROOFS.iter().any(|proof| proof.name == **name)) {
        bail!("there is no proof {unknown}; --list names them");
    }
    let arena = Arena {
        binary: std::path::absolute(&arguments.binary)?,
        site: std::path::absolute(&arguments.site)?,
        data: arguments.data.clone(),
        size,
        port: arguments.port,
    };
    let machine = report::machine(&Cluster::start()?)?;
    let (mut tried, mut holding) = (0, 0);
    for proof in PROOFS.iter().filter(|proof| arguments.names.is_empty() || arguments.names.iter().any(|name| name == proof.name)) {
        println!("== {}: {}", proof.name, proof.promise);
        let begun = Instant::now();
        let seen = proof.how.run(&arena).await;
        if let Err(error) = &seen {
            println!("  did not run: {error:#}");
        }
        let outcome = Outcome::new(&arena, proof.name, begun.elapsed().as_secs_f64(), seen);
        tried += 1;
        holding += usize::from(outcome.holds());
        kept::keep(&arguments.kept, &arguments.report, &machine, &outcome)?;
    }
    println!("{holding} of {tried} hold; {}", arguments.report.display());
    Ok(if holding == tried { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
