//! Imports files and says how fast: `import SOURCE FILE…`, on `DATABASE_URL`, as
//! whoever that is. For measuring; people use `chartkey import`.

use std::{fs::File, time::Instant};

use chartkey_portal::import::{self, ImportOptions};
use sqlx::{Connection, PgConnection};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let source = arguments.next().ok_or("import SOURCE FILE…")?;
    let mut connection = PgConnection::connect(&std::env::var("DATABASE_URL")?).await?;
    let (started, mut resources) = (Instant::now(), 0);
    for path in arguments {
        let report = import::run(&mut connection, File::open(&path)?, &ImportOptions::new(source.as_str(), path.as_str()), |_| {}).await?;
        resources += report.resources;
        println!("{}", serde_json::to_string(&report)?);
    }
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await?;
    let cpu = (cpu("self"), cpu(&backend.to_string()));
    let seconds = started.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default().trim();
    eprintln!("{resources} resources, {seconds:.2} s, {:.0} resources/s, peak memory {peak}", resources as f64 / seconds);
    // On a busy machine the clock says little; CPU is ours and, on one machine, PostgreSQL's.
    if let (Some(own), Some(server)) = cpu {
        eprintln!(
            "CPU: own {own:.2} s, PostgreSQL {server:.2} s, {:.0} resources for each second of both",
            resources as f64 / (own + server)
        );
    }
    Ok(())
}

/// CPU seconds of a process so far, where Linux tells them.
fn cpu(process: &str) -> Option<f64> {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / TICKS)
}
