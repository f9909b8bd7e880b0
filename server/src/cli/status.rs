//! `chartkey status`: what an operator looks at in the morning.

use chartkey_portal::{Portal, journal::Lag, proofs::ArchiveLag};
use clap::Args;
use serde_json::json;

use super::verify;

/// What it takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &Arguments, portal: &Portal) -> anyhow::Result<()> {
    let proofs = portal.last_proofs(7).await?;
    let (archive, journal) = (portal.archive_lag().await?, portal.journal_lag().await?);
    let older = portal.refuse_an_older_database().await.err().map(|error| error.to_string());
    if arguments.json {
        let status = json!({"proofs": proofs, "archive": archive, "journal": journal, "closed": older});
        println!("{}", serde_json::to_string_pretty(&status)?);
        return Ok(());
    }
    match proofs.first() {
        Some(proof) => println!("last proof of a backup: {}", verify::line(proof)),
        None => println!("last proof of a backup: never"),
    }
    println!("write-ahead log: {}", archived(&archive));
    println!("journal: {}", kept(&journal));
    if let Some(older) = older {
        println!("closed: {older}");
    }
    Ok(())
}

fn archived(lag: &ArchiveLag) -> String {
    match (lag.is_on, lag.is_failing, lag.seconds) {
        (false, ..) => "not archived (archive_mode is off): only the nightly backup could be restored".to_owned(),
        (true, true, _) => "the archive command fails; PostgreSQL keeps every segment until it works".to_owned(),
        (true, false, None) => "archived, and no segment has been full yet".to_owned(),
        (true, false, Some(seconds)) => format!("the last segment was archived {seconds} s ago"),
    }
}

fn kept(lag: &Lag) -> String {
    match lag.waiting {
        0 => "nothing waits to be written".to_owned(),
        waiting => format!("{waiting} acts wait to be written"),
    }
}
