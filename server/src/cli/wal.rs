//! `chartkey archive-wal` and `chartkey restore-wal`: what PostgreSQL calls.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::{
    backup::{
        Identity,
        archive::{self, Fetched},
    },
    config::{Values, keeping::Keeping},
};

/// What `archive-wal` takes: `archive_command = 'chartkey archive-wal %p %f'`.
#[derive(Debug, Args)]
pub(super) struct Keep {
    /// The file.
    file: PathBuf,
    /// Its name.
    name: String,
}

/// What `restore-wal` takes.
#[derive(Debug, Args)]
pub(super) struct Fetch {
    /// The folder of the archive.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The file with the secret key.
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// The name.
    name: String,
    /// Where PostgreSQL wants it.
    to: PathBuf,
}

/// The log is there and cannot be read: a recovery must not take that for its end.
#[derive(Debug)]
pub(super) struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the archive is broken")
    }
}

pub(super) fn keep(arguments: &Keep, values: &Values) -> anyhow::Result<()> {
    let keeping = Keeping::alone(values)?;
    let dir = keeping.wal_dir.context("CHARTKEY_WAL_DIR is not set")?;
    let recipient = keeping.recipient.context("CHARTKEY_BACKUP_RECIPIENT is not set")?;
    archive::keep(&arguments.file, &arguments.name, &dir, &recipient)
}

pub(super) fn fetch(arguments: &Fetch) -> anyhow::Result<()> {
    let fetched = Identity::read(&arguments.identity)
        .and_then(|identity| archive::fetch(&arguments.name, &arguments.to, &arguments.from, &identity))
        .context(Broken)?;
    match fetched {
        Fetched::There => Ok(()),
        Fetched::Absent => anyhow::bail!("{} is not in the archive", arguments.name),
    }
}
