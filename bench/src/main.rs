//! `make bench`: our pages beside their floors, in one run.
//!
//! Every workload is measured in interleaved rounds (A B C C B A); a figure is
//! the median of its rounds with the spread from the least to the greatest, and
//! ratios are taken round by round. CPU is that of the server and of PostgreSQL
//! with all its backends.

mod assets;
mod floor;
mod import;
mod pages;

use std::path::PathBuf;

use anyhow::Result;
use chartkey_ground::{Ground, Place};
use clap::{Parser, Subcommand};

const PORT: u16 = 4310;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Measures everything and prints the table.
    Run {
        /// The cluster, as its superuser.
        #[arg(long, env = "CHARTKEY_TEST_DATABASE_URL")]
        cluster: String,
        /// The release binary.
        #[arg(long)]
        binary: PathBuf,
        /// The built site.
        #[arg(long)]
        site: PathBuf,
        /// Records that none of us wrote.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Rounds of each workload.
        #[arg(long, default_value_t = 12)]
        rounds: usize,
    },
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

#[tokio::main]
async fn main() -> Result<()> {
    // The client brings no cryptography of its own; an error here means that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Arguments::parse().command {
        What::Floor { port, database } => floor::serve(&database, port).await,
        What::Run { cluster, binary, site, data, rounds } => {
            let place = Place { cluster, binary, site };
            let ground = Ground::lay(&place, "chartkey_bench", PORT).await?;
            let floor = floor::Floor::start(&ground, PORT + 1).await?;
            pages::measure(&ground, &floor, rounds).await?;
            import::measure(&ground, &place, data.as_deref())?;
            assets::measure(&place)
        }
    }
}
