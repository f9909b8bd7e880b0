//! Clients that are slow, half open or far too many, and the others beside them.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use chartkey_ground::{Cluster, Ground, Running};

use crate::{
    arena::{Arena, Seen, no_panic},
    load::{Ask, Looks, closed, open},
};

/// Two people who read a page for a moment each.
async fn readers(ground: &Ground, time: Duration) -> Result<Looks> {
    let ask = Ask::page(format!("{}/record/{}/results", ground.address, ground.patient), &ground.own)?;
    Ok(closed(&ask, 2, Duration::from_millis(30), time).await)
}

/// Notes what readers had beside something, against what they have alone.
fn compare(seen: &mut Seen, what: &str, idle: &Looks, beside: &Looks) {
    let (before, during) = (idle.within(0.95), beside.within(0.95));
    seen.note(format!(
        "{what}: p95 of readers {during:.1} ms, {:.1} × idle ({before:.1} ms); {} of {} refused or lost",
        during / before,
        beside.lost() + beside.with_status(503),
        beside.looks.len()
    ));
    seen.must(during <= 2.0 * before, || format!("{what}: p95 is {:.1} × idle", during / before));
    seen.must(beside.lost() + beside.with_status(503) == 0, || format!("{what}: readers were refused"));
}

fn slowhttptest(ground: &Ground, kind: &str, clients: u32, seconds: u64) -> Result<Child> {
    Command::new("slowhttptest")
        .args([kind, "-c", &clients.to_string(), "-r", "200", "-i", "5", "-x", "24", "-l", &seconds.to_string(), "-p", "3"])
        .args(["-u", &format!("{}/sign-in", ground.address)])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("slowhttptest is not installed")
}

pub async fn clients(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let time = Duration::from_secs(arena.size.of(8, 60));
    let clients = arena.size.of(300, 1000);
    readers(&ground, time / 4).await?;
    let idle = readers(&ground, time).await?;
    for (kind, what) in [("-H", "headers that do not end"), ("-B", "bodies that do not end"), ("-X", "answers read byte by byte")] {
        let attack = Running(slowhttptest(&ground, kind, clients, time.as_secs() + 5)?);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let beside = readers(&ground, time).await?;
        drop(attack);
        compare(&mut seen, &format!("{clients} clients with {what}"), &idle, &beside);
    }
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

pub async fn sign_ins(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let time = Duration::from_secs(arena.size.of(8, 60));
    readers(&ground, time / 4).await?;
    let idle = readers(&ground, time).await?;
    // Each from an address of its own, or the waits would end the flood at once.
    let server = chartkey_ground::Server::start(
        arena.binary.clone(),
        ground
            .environment
            .iter()
            .cloned()
            .chain([
                ("CHARTKEY_TRUSTED_PROXIES".to_owned(), "127.0.0.1".to_owned()),
                ("CHARTKEY_LISTEN".to_owned(), "127.0.0.1:4331".to_owned()),
            ])
            .collect(),
        "http://127.0.0.1:4331".to_owned(),
        std::env::temp_dir().join("chartkey-prove-flood.log"),
    )
    .await?;
    let ask =
        Ask::form("http://127.0.0.1:4331/api/sign-in".to_owned(), "", "email=NAME%40example.org&password=wrong".to_owned())?.of_a_crowd();
    let flood = open(&ask, arena.size.of(60.0, 200.0), time);
    let reader = Ask::page(format!("http://127.0.0.1:4331/record/{}/results", ground.patient), &ground.own)?;
    let (flood, beside) = tokio::join!(flood, closed(&reader, 2, Duration::from_millis(30), time));
    seen.note(format!(
        "{:.0} sign-ins a second from as many addresses: {} judged, {} told to come back, {} without an answer",
        flood.looks.len() as f64 / flood.time.as_secs_f64(),
        flood.with_status(303),
        flood.with_status(503),
        flood.with_status(0)
    ));
    compare(&mut seen, "a flood of sign-ins", &idle, &beside);
    seen.must(flood.with_status(0) == 0, || "some had no answer".to_owned());
    drop(server);
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}
