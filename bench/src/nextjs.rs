//! The generic alternative: one page of Next.js over the same rows.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Result;
use chartkey_ground::{Ground, Running};

use crate::bench::Bench;

/// Whether it can be measured.
pub enum Alternative {
    Runs {
        address: String,
        process: Running,
    },
    /// Why not, in a line.
    Missing(String),
}

/// Installs, builds and starts it. Where its packages cannot be had, it is left out.
pub async fn start(bench: &Bench, ground: &Ground) -> Result<Alternative> {
    let place = &bench.alternative;
    for (program, arguments) in [("npm", &["ci", "--no-audit", "--no-fund"][..]), ("npx", &["--no-install", "next", "build"][..])] {
        if !runs(place, program, arguments) {
            return Ok(Alternative::Missing(format!("`{program} {}` failed", arguments.join(" "))));
        }
    }
    let port = bench.port(0);
    let child = Command::new("node")
        .args(["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", &port.to_string()])
        .current_dir(place)
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("NODE_ENV", "production")
        .env("DATABASE_URL", &ground.superuser)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let (address, process) = (format!("http://127.0.0.1:{port}"), Running(child));
    let (client, begun) = (reqwest::Client::new(), Instant::now());
    while begun.elapsed() < Duration::from_secs(30) {
        let page = client.get(format!("{address}/floor/{}", ground.patient)).send().await;
        if page.is_ok_and(|page| page.status().is_success()) {
            return Ok(Alternative::Runs { address, process });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Alternative::Missing("it gave no page within 30 seconds".to_owned()))
}

fn runs(place: &Path, program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place).env("NEXT_TELEMETRY_DISABLED", "1").stdin(Stdio::null()).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
