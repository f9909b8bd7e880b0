//! `make bench`: every workload beside what it is held against, in one run.
//!
//! What is compared is measured in interleaved rounds (A B B A); a figure is the median of its
//! rounds with the least and the greatest, and ratios are taken round by round. CPU is that of the
//! server and of PostgreSQL with all its backends.

mod assets;
mod bench;
mod export;
mod floor;
mod growth;
mod import;
mod layers;
mod nextjs;
mod open_pages;
mod pages;
mod paging;
mod report;
mod side;
mod start;
mod table;
mod workload;

use std::path::PathBuf;

use anyhow::{Result, bail};
use chartkey_ground::Place;
use clap::{Parser, Subcommand};
use tokio::sync::OnceCell;

use crate::{
    bench::Bench,
    table::{Table, drop_databases},
    workload::Workload,
};

const WORKLOADS: [&dyn Workload; 10] = [
    &pages::Pages,
    &layers::Layers,
    &paging::Paging,
    &growth::Growth,
    &open_pages::OpenPages,
    &import::Import,
    &export::Export,
    &report::Report,
    &start::Start,
    &assets::Assets,
];

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Measures, and prints the table.
    Run(Run),
    /// Names the workloads.
    List,
    /// Serves the floors (used by `run`).
    Floor {
        /// The port on loopback.
        #[arg(long)]
        port: u16,
        /// The database, as its superuser.
        #[arg(long)]
        database: String,
    },
}

#[derive(clap::Args)]
struct Run {
    /// Which workloads; all of them where none is named.
    names: Vec<String>,
    /// The cluster, as its superuser.
    #[arg(long, env = "CHARTKEY_TEST_DATABASE_URL")]
    cluster: String,
    /// The release binary.
    #[arg(long)]
    binary: PathBuf,
    /// The built site.
    #[arg(long)]
    site: PathBuf,
    /// The sources of the generic alternative.
    #[arg(long, default_value = "bench/nextjs")]
    alternative: PathBuf,
    /// Records that none of us wrote.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Up to ten to this power of rows: 5, 6 or 7.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(5..=7))]
    rows: u32,
    /// Open pages.
    #[arg(long, default_value_t = 1_000)]
    clients: usize,
    /// Rounds of what is compared.
    #[arg(long, default_value_t = 12)]
    rounds: usize,
    /// Requests of a round.
    #[arg(long, default_value_t = 200)]
    requests: u32,
    /// Writes the table to docs/figures.md, too.
    #[arg(long)]
    write: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    // The client brings no cryptography of its own; an error here means that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Arguments::parse().command {
        What::Floor { port, database } => floor::serve(&database, port).await,
        What::List => {
            WORKLOADS.iter().for_each(|workload| println!("{:<12} {}", workload.name(), workload.floor()));
            Ok(())
        }
        What::Run(run) => measure(run).await,
    }
}

async fn measure(run: Run) -> Result<()> {
    if let Some(unknown) = run.names.iter().find(|name| !WORKLOADS.iter().any(|workload| workload.name() == name.as_str())) {
        bail!("there is no workload {unknown}; scripts/bench --list names them");
    }
    let names: String = run.names.iter().map(|name| format!("{name} ")).collect();
    let bench = Bench {
        command: format!("scripts/bench {names}--rows {} --clients {}", run.rows, run.clients),
        place: Place { cluster: run.cluster, binary: std::path::absolute(run.binary)?, site: std::path::absolute(run.site)? },
        rounds: run.rounds.max(1),
        requests: run.requests.max(1),
        rows: run.rows,
        clients: run.clients.max(1),
        data: run.data,
        alternative: std::path::absolute(run.alternative)?,
        ground: OnceCell::new(),
        floor: OnceCell::new(),
    };
    let mut table = Table::begin(&bench).await?;
    let mut failed = 0;
    for workload in WORKLOADS.iter().filter(|workload| run.names.is_empty() || run.names.iter().any(|name| name == workload.name())) {
        println!("\n== {}: {}", workload.name(), workload.floor());
        match workload.run(&bench).await {
            Ok(figures) => table.add(*workload, figures),
            Err(error) => {
                println!("  was not measured: {error:#}");
                failed += 1;
            }
        }
    }
    let Bench { ground, floor, place, .. } = bench;
    drop((floor, ground));
    drop_databases(&place.cluster).await?;
    if run.write {
        std::fs::write("docs/figures.md", table.document())?;
    }
    if failed > 0 {
        bail!("{failed} workloads were not measured");
    }
    Ok(())
}
