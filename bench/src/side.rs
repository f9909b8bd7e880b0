//! Pages side by side: one request at a time on one connection, in interleaved rounds.

use std::{io::Write, time::Instant};

use anyhow::{Result, bail};
use chartkey_ground::cpu;
use flate2::{Compression, write::GzEncoder};
use reqwest::Client;

use crate::{
    bench::Bench,
    workload::{Figure, ratios, spread},
};

/// One of the pages that are compared.
pub struct Side {
    name: &'static str,
    address: String,
    cookie: String,
    process: u32,
    /// Milliseconds for one request, round by round: by the clock, and of CPU with PostgreSQL's.
    pub clock: Vec<f64>,
    pub cpu: Vec<f64>,
    /// Milliseconds until the head of the answer was there.
    first: Vec<f64>,
    bytes: usize,
    compressed: usize,
}

impl Side {
    /// A page that this process serves to whoever has the cookie.
    pub fn new(name: &'static str, address: String, cookie: &str, process: u32) -> Self {
        Self {
            name,
            address,
            cookie: cookie.to_owned(),
            process,
            clock: Vec::new(),
            cpu: Vec::new(),
            first: Vec::new(),
            bytes: 0,
            compressed: 0,
        }
    }

    async fn round(&mut self, client: &Client, requests: u32, postmaster: u32) -> Result<()> {
        let before = cpu::of_process(self.process) + cpu::of_cluster(postmaster)?;
        let begun = Instant::now();
        let mut waited = 0.0;
        for _ in 0..requests {
            let asked = Instant::now();
            let answer = client.get(&self.address).header("cookie", &self.cookie).header("accept-encoding", "identity").send().await?;
            waited += asked.elapsed().as_secs_f64();
            if !answer.status().is_success() || answer.url().as_str() != self.address {
                bail!("{} answers {} at {}", self.address, answer.status(), answer.url().path());
            }
            let body = answer.bytes().await?;
            self.bytes = body.len();
            if self.compressed == 0 {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(&body)?;
                self.compressed = encoder.finish()?.len();
            }
        }
        self.clock.push(begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(requests));
        self.first.push(waited * 1_000.0 / f64::from(requests));
        let after = cpu::of_process(self.process) + cpu::of_cluster(postmaster)?;
        self.cpu.push((after - before) / f64::from(requests));
        Ok(())
    }

    /// What it came to, by the clock and of CPU.
    pub fn figures(&self) -> Vec<Figure> {
        vec![
            Figure::new(format!("{}, ms to the first byte", self.name), spread(&self.first), ""),
            Figure::new(format!("{}, ms by the clock", self.name), spread(&self.clock), ""),
            Figure::new(format!("{}, ms of CPU", self.name), spread(&self.cpu), ""),
            Figure::new(format!("{}, bytes", self.name), format!("{}, {} with gzip", self.bytes, self.compressed), ""),
        ]
    }

    /// How much more than another it took, by the clock and of CPU.
    pub fn against(&self, other: &Self, target: &'static str) -> Vec<Figure> {
        vec![
            Figure::new(format!("{} ÷ {}, by the clock", self.name, other.name), spread(&ratios(&self.clock, &other.clock)), target),
            Figure::new(format!("{} ÷ {}, of CPU", self.name, other.name), spread(&ratios(&self.cpu, &other.cpu)), target),
        ]
    }
}

/// Measures them, after a round to warm up: first to last, last to first, and so on.
pub async fn interleaved(bench: &Bench, postmaster: u32, sides: &mut [Side]) -> Result<()> {
    let client = Client::builder().pool_max_idle_per_host(1).no_proxy().build()?;
    for side in sides.iter_mut() {
        side.round(&client, bench.requests, postmaster).await?;
        side.clock.clear();
        side.cpu.clear();
        side.first.clear();
    }
    for number in 0..bench.rounds {
        let order: Vec<usize> = if number % 2 == 0 { (0..sides.len()).collect() } else { (0..sides.len()).rev().collect() };
        for place in order {
            if let Some(side) = sides.get_mut(place) {
                side.round(&client, bench.requests, postmaster).await?;
            }
        }
    }
    Ok(())
}
