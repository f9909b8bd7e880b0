//! `chartkey verify-log`: computes every chain of the access log again.

use std::path::PathBuf;

use anyhow::{Context, bail};
use chartkey_portal::{
    Portal,
    audit::verify::{Cut, Fault, Roots, VerifyReport},
};
use clap::Args;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::io::BufReader;

/// What it takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The anchor file, kept outside the database. Without it a tail that was cut off
    /// and a chain that was written anew from its start are not looked for.
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
    /// Signed roots that were kept elsewhere: a copy of `/.well-known/chartkey/log`, or of the file
    /// beside the key. Without it, that file.
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
    /// The moment of a restore that you know of, as this command prints it. A log that another
    /// restore has cut is an error. May be given again.
    #[arg(long, value_name = "TIME", value_parser = super::restore::moment)]
    restored_to: Vec<OffsetDateTime>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &Arguments, portal: &Portal) -> anyhow::Result<()> {
    let anchor = match &arguments.anchor {
        Some(path) => {
            let file = tokio::fs::File::open(path).await.with_context(|| format!("the anchor file {}", path.display()))?;
            Some(BufReader::new(file))
        }
        None => None,
    };
    let report = match &arguments.roots {
        Some(roots) => portal.verify_beside(anchor, roots).await?,
        None => portal.verify(anchor).await?,
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    let known = |to: OffsetDateTime| arguments.restored_to.iter().any(|known| known.unix_timestamp() == to.unix_timestamp());
    let unknown = report.restores.iter().filter(|cut| cut.entries > 0 && cut.restored_to.is_some_and(|to| !known(to))).count();
    match report.findings.len() {
        0 if unknown > 0 => {
            bail!("the log was cut by {unknown} restores that were not named; for each that you know of give --restored-to TIME")
        }
        0 => Ok(()),
        1 => bail!("the log was tampered with in one place"),
        count => bail!("the log was tampered with in {count} chains"),
    }
}

/// Says what was computed and found.
pub(super) fn print(report: &VerifyReport) {
    println!("{} entries in {} chains", report.entries, report.chains);
    match report.anchor_lines {
        Some(lines) => println!("compared with {lines} lines of the anchor file"),
        None if report.roots.is_some() => println!("not looked for without an anchor file: cut tails, of what came after the newest root"),
        None => println!("not looked for without an anchor file: cut tails, chains written anew from their start"),
    }
    match &report.roots {
        Some(roots) => print_roots(roots),
        None => println!("no root has been signed yet"),
    }
    for cut in &report.restores {
        let Cut { entries, chains, .. } = cut;
        match cut.restored_to.and_then(|to| to.format(&Rfc3339).ok()) {
            Some(to) => {
                println!(
                    "the log was cut by a restore to {to}: {entries} entries after it, in {chains} chains, are in the anchor file only"
                );
            }
            None if *entries > 0 => println!("{entries} entries in {chains} chains came after this copy and are in the anchor file only"),
            None => {}
        }
    }
    for finding in &report.findings {
        println!("{} {}: {}", finding.chain, finding.seq, said(finding.fault));
    }
}

fn print_roots(Roots { count, newest_at, key, is_our_key, kept }: &Roots) {
    println!("{count} signed roots, the newest of {newest_at}, with the key {key}");
    match is_our_key {
        Some(_) => println!("compared with the key of this server"),
        None => println!("not compared with a key, since there is none here: is it the one that you know?"),
    }
    match kept {
        Some(kept) => println!("compared with {kept} roots that were kept outside the database"),
        None => println!("not looked for without roots kept outside the database: roots that were signed anew by whoever has the key"),
    }
}

const fn said(fault: Fault) -> &'static str {
    match fault {
        Fault::DoesNotFollow => "was changed, put in, or moved here from elsewhere",
        Fault::Missing => "an entry before this one is missing",
        Fault::Head => "the chain does not end where its head says",
        Fault::CutOff => "is missing: the tail was cut off here",
        Fault::WrittenAnew => "is not the entry that was anchored: the chain was written anew",
        Fault::RestoreUnanchored => {
            "the database names a restore that the anchor file does not: if you made one, run chartkey replay-journal; else it was forged"
        }
        Fault::Root => "this root does not hold those before it, or was not signed by the key in force",
        Fault::RootKey => "this key does not follow from the one before, or is not that of this server",
        Fault::RootHeads => "the heads that are kept for this root are not those that were signed",
        Fault::RootKept => "this root is not the one that was kept outside the database",
        Fault::AnchorLine => "this line of the file does not follow from the one before",
    }
}
