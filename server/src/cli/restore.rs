//! `chartkey restore` and `chartkey replay-journal`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chartkey_portal::{Error, Portal, audit::anchor::Anchor, journal::Replayed};
use clap::Args;
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::verify;
use crate::{
    backup::{
        description, prove,
        restore::{Request, restore},
    },
    config::{Config, Values},
};

/// What a restore takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A backup, or a folder of backups: then the newest that fits. Without it, the folder that is set.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// A folder that is not there yet.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The moment to go back to, as in 2026-11-25T22:00:00Z. Without it, as far as the archive goes.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: Option<OffsetDateTime>,
    /// Only what the backup itself holds, without the archive of the write-ahead log.
    #[arg(long, conflicts_with = "to")]
    backup_alone: bool,
    #[command(flatten)]
    journal: Journal,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What a replay takes.
#[derive(Debug, Args)]
pub(super) struct Replay {
    #[command(flatten)]
    journal: Journal,
    /// Begins the journal that is set and not there yet: of a server that is new, or in the place
    /// of a file that is kept as evidence.
    #[arg(long)]
    begin_journal: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Journal {
    /// A journal, beside the one that is set: every server has its own. May be given again.
    #[arg(long = "journal", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Goes on without a journal, or with one that was changed: what was withdrawn since and is
    /// not in it is open again. The log says that this was done.
    #[arg(long)]
    accept_loss: bool,
}

impl Journal {
    fn files(&self, config: &Config, begins: bool) -> anyhow::Result<Vec<PathBuf>> {
        let set = config.keeping.journal_file.iter().filter(|path| !(self.accept_loss || begins) || path.exists());
        let mut files: Vec<PathBuf> = set.chain(&self.files).cloned().collect();
        files.dedup();
        if files.is_empty() && !self.accept_loss {
            bail!(
                "no journal: set CHARTKEY_JOURNAL_FILE or give --journal FILE; with --accept-loss, what was withdrawn since is open again"
            );
        }
        Ok(files)
    }
}

pub(super) fn moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "give a time with its zone, as in 2026-11-25T22:00:00Z".to_owned())
}

pub(super) async fn run(arguments: Arguments, values: &Values) -> anyhow::Result<()> {
    let config = Config::understand(values)?;
    let files = arguments.journal.files(&config, false)?;
    let anchor = prove::open_anchor(config.anchor_file.as_deref()).await?;
    let from = arguments.from.clone().or_else(|| config.keeping.backup_dir.clone()).context("say which with --from DIR")?;
    let (backup, description) = description::choose(&from, arguments.to)?;
    if arguments.to.is_some_and(|to| to < description.ended_at) {
        bail!("{} ended later than that; choose an earlier backup", description.name);
    }
    let request = Request {
        backup,
        description: description.clone(),
        into: arguments.into.clone(),
        to: arguments.to,
        archive_reader: if arguments.backup_alone { None } else { Some(std::env::current_exe()?) },
    };
    let keeping = config.keeping.clone();
    let restored = tokio::task::spawn_blocking(move || restore(&keeping, &request)).await??;
    let report = prove::compare(&restored, &description, anchor, config.pepper.clone(), arguments.backup_alone).await?;
    let portal = Portal::connect(&restored.runtime_url()?, config.pepper.clone(), 2).await?.acting_as(&super::operator(values));
    let replayed = replay(&portal, &files, arguments.journal.accept_loss).await?;
    portal.pool().close().await;
    tokio::task::spawn_blocking(move || restored.stop()).await??;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&json!({"restored": report, "journal": replayed}))?);
    } else {
        verify::print(&report);
        print(&replayed);
        next(&arguments.into);
    }
    if report.differences > 0 {
        bail!("what was restored is not what was backed up: {} differences", report.differences);
    }
    Ok(())
}

fn next(into: &Path) {
    let data = into.join("data");
    eprintln!("The restored cluster is in {} and stopped. To switch over to it:", data.display());
    eprintln!("  1. stop Chartkey and the old PostgreSQL, and keep the old data directory");
    eprintln!("  2. put {} in its place, owned by PostgreSQL's user, and start PostgreSQL", data.display());
    eprintln!("  3. chartkey replay-journal     (again, for what was withdrawn meanwhile)");
    eprintln!("  4. chartkey sign-log --after-restore     (the next root of the log says to everybody that it was cut)");
    eprintln!("  5. chartkey serve, and a new backup: the archive goes on on another timeline");
}

pub(super) async fn replay_journal(arguments: Replay, portal: &Portal, values: &Values) -> anyhow::Result<()> {
    let config = Config::understand(values)?;
    let files = arguments.journal.files(&config, arguments.begin_journal)?;
    let replayed = replay(portal, &files, arguments.journal.accept_loss).await?;
    // The operator's command alone tells the anchor file that the log was cut: a row in the database is no proof.
    let anchored = match &config.anchor_file {
        Some(path) => Anchor::open(path).await?.append_restores(portal).await?,
        None => Vec::new(),
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&replayed)?);
    } else {
        print(&replayed);
        for to in anchored.iter().filter_map(|to| to.format(&Rfc3339).ok()) {
            println!(
                "the anchor file says now that the log was cut by a restore to {to}; if there was none, somebody wrote into the database"
            );
        }
    }
    Ok(())
}

async fn replay(portal: &Portal, files: &[PathBuf], accept_loss: bool) -> Result<Replayed, Error> {
    portal.replay_journal(files, accept_loss).await
}

fn print(replayed: &Replayed) {
    let Replayed { was_needed, restored_to, acts, taken_away } = replayed;
    if !was_needed {
        println!("journal: {acts} acts; the database knows all of them, nothing was done");
        return;
    }
    let to = restored_to.and_then(|to| to.format(&Rfc3339).ok()).unwrap_or_default();
    println!("journal: {acts} acts replayed on a database of {to}");
    println!(
        "  grants withdrawn again {}, paused {}, shortened {}; blocks {}, codes ended {}, records taken from accounts {}",
        taken_away.grants_withdrawn,
        taken_away.grants_paused,
        taken_away.grants_shortened,
        taken_away.blocks,
        taken_away.codes,
        taken_away.holders
    );
    println!(
        "  passwords to be chosen anew {}, addresses to be given anew (chartkey person email) {}, saved codes ended {}",
        taken_away.passwords, taken_away.addresses, taken_away.recovery_codes
    );
    println!(
        "  statements of patients ended again {}, emergency plans to be decided anew {}, people who stand in to be named anew {}, deaths reported again {}, lines before prescribing turned off {}, grants paused for somebody unknown {}, \
         independent clinicians dismissed {}, \
         things made private {}, sessions ended {}",
        taken_away.corrections,
        taken_away.emergency_plans,
        taken_away.stand_ins,
        taken_away.deaths,
        taken_away.told_no_more,
        taken_away.paused_for_unknown,
        taken_away.clinicians_dismissed,
        taken_away.made_private,
        taken_away.sessions
    );
}
