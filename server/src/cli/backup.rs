//! `chartkey backup`.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    backup::{Identity, make},
    config::{Values, keeping::Keeping},
};

/// What it takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    key: Option<Command>,
    /// The folder that holds the backups. Without it, the one that is set.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// How many to keep; the oldest beyond so many are removed. Without it, all of them.
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a key: the secret half goes into a new file, the public half is printed.
    Key {
        /// The new file. Keep it, and a copy of it, away from this machine.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
}

pub(super) async fn run(arguments: Arguments, values: &Values) -> anyhow::Result<()> {
    if let Some(Command::Key { to }) = arguments.key {
        println!("{}", Identity::make(&to)?);
        eprintln!("The secret key is in {}: without it nobody can open a backup, with it anybody can.", to.display());
        return Ok(());
    }
    let keeping = Keeping::alone(values)?;
    let to = arguments.to.or_else(|| keeping.backup_dir.clone()).context("say where to with --to DIR or CHARTKEY_BACKUP_DIR")?;
    let made = make::make(&keeping, &to, arguments.keep).await?;
    if arguments.json {
        let folder = made.folder.display().to_string();
        println!("{}", serde_json::to_string_pretty(&json!({"folder": folder, "seconds": made.seconds, "backup": made.description}))?);
    } else {
        let description = &made.description;
        println!("{}", made.folder.display());
        println!(
            "  PostgreSQL {}, timeline {}, up to {}; {} bytes, encrypted {}; {:.1} s",
            description.server,
            description.timeline,
            description.lsn,
            description.plain_bytes,
            description.bytes(),
            made.seconds
        );
    }
    Ok(())
}
