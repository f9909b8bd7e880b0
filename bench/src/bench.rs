//! What every workload gets to work with.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};
use chartkey_ground::{Ground, Place};
use tokio::sync::OnceCell;

use crate::floor::Floor;

const PORT: u16 = 4310;

/// One run.
pub struct Bench {
    /// How the same is measured again.
    pub command: String,
    pub place: Place,
    /// Rounds of what is compared, and requests of each.
    pub rounds: usize,
    pub requests: u32,
    /// Up to ten to this power of rows.
    pub rows: u32,
    /// Open pages.
    pub clients: usize,
    /// Records that none of us wrote.
    pub data: Option<PathBuf>,
    /// The sources of what it is compared with.
    pub alternative: PathBuf,
    pub ground: OnceCell<Ground>,
    pub floor: OnceCell<Floor>,
}

impl Bench {
    /// The record of 10,000 results with a server over it, which several workloads read.
    pub async fn ground(&self) -> Result<&Ground> {
        self.ground.get_or_try_init(|| Ground::lay(&self.place, "chartkey_bench", PORT)).await
    }

    /// The floors over the same database.
    pub async fn floor(&self) -> Result<&Floor> {
        let ground = self.ground().await?;
        self.floor.get_or_try_init(|| Floor::start(ground, PORT + 1)).await
    }

    /// A ground of a workload's own; the number tells the ports apart.
    pub async fn own_ground(&self, place: &Place, name: &str, number: u16) -> Result<Ground> {
        Ground::lay(place, &format!("chartkey_bench_{name}"), PORT + 10 + number).await
    }

    /// Nothing but a port.
    pub const fn port(&self, number: u16) -> u16 {
        PORT + 20 + number
    }
}

/// Refuses a workload for whose files there is no room in this directory.
pub fn has_room(directory: &str, megabytes: u64) -> Result<()> {
    let said = Command::new("df").args(["--output=avail", "--block-size=1M", directory]).output()?;
    let said = String::from_utf8(said.stdout)?;
    let free: u64 = said.lines().nth(1).context("df says nothing")?.trim().parse()?;
    println!("  needs {megabytes} MB in {directory}, where {free} MB are free");
    // A disk that is full to the last byte stops more than a benchmark.
    if free < megabytes + 1_000 {
        bail!("needs {megabytes} MB and one GB to spare in {directory}, where {free} MB are free: take fewer --rows");
    }
    Ok(())
}
