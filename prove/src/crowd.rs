//! More people than can be served, and as many as can be, for long.

use std::time::{Duration, Instant};

use anyhow::Result;
use chartkey_ground::{Cluster, Ground, cpu};

use crate::{
    arena::{Arena, Seen, no_panic},
    load::{Ask, Looks, closed, open},
    stats::slope,
};

fn page(ground: &Ground) -> Result<Ask> {
    Ask::page(format!("{}/record/{}/results", ground.address, ground.patient), &ground.own)
}

/// Good answers a second where nobody waits for anything but an answer.
async fn peak(ask: &Ask, time: Duration) -> Looks {
    closed(ask, 8, Duration::ZERO, time / 4).await;
    closed(ask, 8, Duration::ZERO, time).await
}

pub async fn overload(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let ask = page(&ground)?;
    let time = Duration::from_secs(arena.size.of(6, 60));
    let peak = peak(&ask, time).await;
    let crowd = open(&ask, 3.0 * peak.goodput(), time).await;
    let after = closed(&ask, 2, Duration::ZERO, time / 4).await;
    seen.note(format!("peak {:.0} pages/s at 8 at a time (p95 {:.0} ms)", peak.goodput(), peak.within(0.95)));
    seen.note(format!(
        "{:.0} came each second: {:.0} good pages/s within 2 s = {:.0} % of the peak (p95 {:.0} ms), {} told that it is full, {} neither",
        crowd.looks.len() as f64 / crowd.time.as_secs_f64(),
        crowd.goodput(),
        100.0 * crowd.goodput() / peak.goodput(),
        crowd.within(0.95),
        crowd.with_status(503),
        crowd.lost()
    ));
    seen.note(format!("afterwards {:.0} pages/s at 2 at a time", after.goodput()));
    seen.must(crowd.goodput() >= 0.8 * peak.goodput(), || "goodput fell below 80 % of the peak".to_owned());
    seen.must(crowd.lost() == 0, || format!("{} had neither a page nor a word", crowd.lost()));
    seen.must(after.lost() == 0 && after.with_status(503) == 0, || "it was not over when it was over".to_owned());
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

pub async fn soak(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let ask = page(&ground)?;
    let capacity = peak(&ask, Duration::from_secs(arena.size.of(4, 20))).await.goodput();
    // Whoever waits behind a slow flush comes on a connection more. So many at once as a stall of seconds
    // brings are there before anything is measured: what the allocator keeps of them is no leak.
    open(&ask, 2.0 * capacity, Duration::from_secs(arena.size.of(4, 20))).await;
    let time = Duration::from_secs(arena.size.of(40, 1800));
    let pid = ground.server.pid()?;
    let (mut memory, mut descriptors, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    let begun = Instant::now();
    let part = time / 20;
    while begun.elapsed() < time {
        let looks = open(&ask, 0.6 * capacity, part).await;
        parts.push((looks.within(0.99), looks.lost() + looks.with_status(503), looks.looks.len()));
        memory.push((begun.elapsed().as_secs_f64() / 3600.0, cpu::memory_of(pid, "VmRSS")));
        descriptors.push(cpu::descriptors_of(pid));
    }
    // What is filled at the start (pool, caches, the allocator's own) is no leak.
    let settled = &memory[memory.len() / 4..];
    let growth = slope(settled) * time.as_secs_f64() / 3600.0;
    let held = settled.first().map_or(f64::NAN, |point| point.1);
    let tail = |range: &[(f64, usize, usize)]| range.iter().map(|part| part.0).sum::<f64>() / range.len().max(1) as f64;
    let half = parts.len() / 2;
    let (early, late) = (tail(&parts[..half]), tail(&parts[half..]));
    let refused: usize = parts.iter().map(|part| part.1).sum();
    let requests: usize = parts.iter().map(|part| part.2).sum();
    seen.note(format!("{requests} pages in {time:?} at {:.0}/s (60 % of {capacity:.0}/s), {refused} refused or lost", 0.6 * capacity));
    seen.note(format!(
        "memory {held:.0} MB and {growth:+.1} MB over the settled time; descriptors {} to {}",
        descriptors.iter().min().unwrap_or(&0),
        descriptors.iter().max().unwrap_or(&0)
    ));
    let series = memory.iter().map(|(_, megabytes)| format!("{megabytes:.0}")).collect::<Vec<_>>().join(" ");
    seen.note(format!("memory at the end of each twentieth, MB: {series}"));
    seen.note(format!("p99 {early:.1} ms in the first half, {late:.1} ms in the second"));
    seen.must(growth <= held * 0.1, || format!("memory grew by {growth:.1} MB"));
    let first = descriptors.iter().take(half.max(1)).max().copied().unwrap_or(0);
    seen.must(descriptors.last().is_some_and(|last| *last <= first + 16), || format!("descriptors: {descriptors:?}"));
    seen.must(late <= early * 1.5 + 5.0, || format!("p99 drifted from {early:.1} ms to {late:.1} ms"));
    seen.must(refused * 1000 <= requests, || format!("{refused} of {requests} were refused or lost"));
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}
