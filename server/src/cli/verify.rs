//! `chartkey verify`: whether a backup can be restored, and is what was there.

use std::path::PathBuf;

use anyhow::{Context, bail};
use chartkey_portal::{Portal, proofs::Proof};
use clap::Args;
use time::format_description::well_known::Rfc3339;

use crate::{
    backup::{description, nightly, prove},
    config::{Config, Values},
};

/// What it takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A backup, or a folder of backups: then the newest. Without it, the folder that is set.
    #[arg(long, value_name = "DIR", conflicts_with = "last")]
    backup: Option<PathBuf>,
    /// Says what the last proofs found, and restores nothing.
    #[arg(long)]
    last: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, values: &Values) -> anyhow::Result<()> {
    let config = Config::understand(values)?;
    if arguments.last {
        let portal = Portal::connect(&config.database_url, config.pepper.clone(), 2).await?;
        return last(&portal.last_proofs(7).await?, arguments.json);
    }
    let from = arguments.backup.clone().or_else(|| config.keeping.backup_dir.clone()).context("say which with --backup DIR")?;
    let (folder, description) = description::choose(&from, None)?;
    let report = prove::prove(&config.keeping, &folder, config.anchor_file.as_deref(), config.pepper.clone()).await?;
    // The living database may be what was lost: then there is nowhere to keep it.
    match Portal::connect(&config.database_url, config.pepper.clone(), 2).await {
        Ok(portal) => portal.keep_proof(nightly::proved(&report, i64::try_from(description.bytes()).ok(), 0.0)).await?,
        Err(error) => eprintln!("chartkey: the proof is not kept: {error}"),
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?)
    } else {
        print(&report)
    }
    match report.differences {
        0 => Ok(()),
        count => bail!("{count} differences"),
    }
}

/// Says what a proof found.
pub(super) fn print(report: &prove::Report) {
    let prove::Report { backup, differences, rows_compared, tables, rows, resources, log, segments, seconds } = report;
    println!("{backup}: {differences} differences in {:.1} s", seconds.total);
    println!(
        "  files checked and unpacked in {:.1} s, recovered in {:.1} s, compared in {:.1} s",
        seconds.unpacked, seconds.recovered, seconds.compared
    );
    if *segments > 0 {
        println!("  {segments} segments of the write-ahead log, without a gap");
    }
    let total: i64 = rows.values().sum();
    if *rows_compared {
        println!("  {total} rows in {} tables, compared with those counted then", rows.len());
    } else {
        println!("  {total} rows in {} tables; later than the counting, so not compared", rows.len());
    }
    for table in tables {
        println!("    {}: {} before, {} after, {} restored", table.table, table.before, table.after, table.restored);
    }
    println!("  {} stored resources hashed again, {} wrong", resources.checked, resources.wrong);
    super::verify_log::print(log);
}

fn last(proofs: &[Proof], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(proofs)?);
    }
    for proof in proofs.iter().filter(|_| !as_json) {
        println!("{}", line(proof));
    }
    match proofs.first() {
        None => bail!("no backup has been proved yet"),
        Some(proof) if proof.failed.is_some() || proof.differences.unwrap_or(0) > 0 => bail!("the last proof failed"),
        Some(_) => Ok(()),
    }
}

/// One proof in one line.
pub(super) fn line(proof: &Proof) -> String {
    let at = proof.at.format(&Rfc3339).unwrap_or_default();
    let what = match (&proof.failed, proof.differences) {
        (Some(failed), _) => format!("failed: {failed}"),
        (None, Some(differences)) => format!("restored, {differences} differences"),
        (None, None) => "checked before encryption, not restored".to_owned(),
    };
    format!("{at} {}: {what}, {:.1} s, {} bytes", proof.backup, proof.seconds, proof.bytes.unwrap_or_default())
}
