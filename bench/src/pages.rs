//! Pages: a request at a time on one connection, in interleaved rounds.

use std::{io::Write, time::Instant};

use anyhow::{Context, Result, bail};
use chartkey_ground::{Ground, RESULTS, cpu};
use flate2::{Compression, write::GzEncoder};

use crate::floor::Floor;

/// Requests of one round.
const REQUESTS: u32 = 200;

struct Workload {
    name: &'static str,
    address: String,
    cookie: String,
    process: u32,
    /// Milliseconds for one request, round by round: by the clock, and of CPU.
    clock: Vec<f64>,
    cpu: Vec<f64>,
    bytes: usize,
    compressed: usize,
}

/// Measures the results page, the patient's and a clinician's, beside the floors.
pub async fn measure(ground: &Ground, floors: &Floor, rounds: usize) -> Result<()> {
    let (server, floor) = (ground.server.pid()?, floors.pid());
    let results = format!("{}/record/{}/results", ground.address, ground.patient);
    let workload = |name, address: String, cookie: &str, process| Workload {
        name,
        address,
        cookie: cookie.to_owned(),
        process,
        clock: Vec::new(),
        cpu: Vec::new(),
        bytes: 0,
        compressed: 0,
    };
    let mut workloads = [
        workload("floor: plain template", format!("{}/floor/{}", floors.address, ground.patient), "", floor),
        workload("second floor: session and event", format!("{}/second/{}", floors.address, ground.patient), &ground.own, floor),
        workload("results, the patient's own", results.clone(), &ground.own, server),
        workload("results, a clinician's", results, &ground.clinician, server),
    ];
    let client = reqwest::Client::builder().pool_max_idle_per_host(1).build()?;
    for workload in &mut workloads {
        round(&client, workload, ground.postmaster).await?; // warm
        workload.clock.clear();
        workload.cpu.clear();
    }
    for number in 0..rounds {
        let order: Vec<usize> = if number % 2 == 0 { (0..workloads.len()).collect() } else { (0..workloads.len()).rev().collect() };
        for index in order {
            round(&client, &mut workloads[index], ground.postmaster).await?;
        }
    }
    print(&workloads);
    println!("memory of the server: {:.0} MB\n", cpu::memory_of(server, "VmRSS"));
    Ok(())
}

async fn round(client: &reqwest::Client, workload: &mut Workload, postmaster: u32) -> Result<()> {
    let before = cpu::of_process(workload.process) + cpu::of_cluster(postmaster)?;
    let begun = Instant::now();
    for _ in 0..REQUESTS {
        let answer = client.get(&workload.address).header("cookie", &workload.cookie).header("accept-encoding", "identity").send().await?;
        if !answer.status().is_success() || answer.url().as_str() != workload.address {
            bail!("{} answers {} at {}", workload.address, answer.status(), answer.url().path());
        }
        let body = answer.bytes().await?;
        workload.bytes = body.len();
        if workload.compressed == 0 {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&body)?;
            workload.compressed = encoder.finish()?.len();
        }
    }
    workload.clock.push(begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(REQUESTS));
    let after = cpu::of_process(workload.process) + cpu::of_cluster(postmaster)?;
    workload.cpu.push((after - before) / f64::from(REQUESTS));
    Ok(())
}

fn print(workloads: &[Workload; 4]) {
    let [floor, second, own, _] = workloads;
    println!("Newest page of {} results, {REQUESTS} requests a round, {} rounds, one at a time", RESULTS, floor.clock.len());
    println!("{:<34} {:>22} {:>22} {:>9} {:>9}", "", "ms by the clock", "ms of CPU", "bytes", "gzip");
    for workload in workloads {
        println!(
            "{:<34} {:>22} {:>22} {:>9} {:>9}",
            workload.name,
            spread(&workload.clock),
            spread(&workload.cpu),
            workload.bytes,
            workload.compressed
        );
    }
    for (name, above, below) in [
        ("own ÷ floor (target ≤ 5)", own, floor),
        ("own ÷ second floor (target ≤ 1.3)", own, second),
        ("clinician ÷ own (target ≤ 1.2)", &workloads[3], own),
    ] {
        let ratio =
            |of: fn(&Workload) -> &Vec<f64>| of(above).iter().zip(of(below)).map(|(above, below)| above / below).collect::<Vec<_>>();
        println!("{name:<34} {:>22} {:>22}", spread(&ratio(|workload| &workload.clock)), spread(&ratio(|workload| &workload.cpu)));
    }
}

/// The median, and from the least to the greatest.
fn spread(values: &[f64]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().context("no rounds").unwrap_or(f64::NAN);
    format!("{:.2} ({:.2}–{:.2})", at(sorted.len() / 2), at(0), at(sorted.len().saturating_sub(1)))
}
