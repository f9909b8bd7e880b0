//! What stands beside the encrypted files of a backup, readable without a key: when,
//! what and how large, and nothing about anybody.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use chartkey_portal::inventory::Inventory;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::sealed::{self, Sealed};

/// The name of the description.
pub(super) const DESCRIPTION: &str = "backup.json";
/// The cluster's files: tar, gzip, age.
pub(super) const CLUSTER: &str = "cluster.tar.gz.age";
/// [`Facts`]: JSON, gzip, age.
pub(super) const FACTS: &str = "facts.json.gz.age";

const FORMAT: &str = "chartkey-backup-1";

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    format: String,
    /// Its folder's name.
    pub name: String,
    /// The database's time before it began.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The database's time when it had ended: nothing earlier can be restored from it.
    #[serde(with = "time::serde::rfc3339")]
    pub ended_at: OffsetDateTime,
    /// The version of Chartkey that made it.
    pub chartkey: String,
    /// The version of PostgreSQL.
    pub server: String,
    /// Which cluster.
    pub system_identifier: String,
    /// On which timeline.
    pub timeline: i32,
    /// The first segment of the write-ahead log that a restore reads.
    pub first_segment: String,
    /// Where the write-ahead log was when it ended.
    pub lsn: String,
    /// For whom it is encrypted.
    pub recipient: String,
    /// Bytes of the cluster before compression.
    pub plain_bytes: u64,
    /// The encrypted files.
    pub files: Vec<Listed>,
}

/// One encrypted file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// What only the holder of the key reads: what was in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// The name of the database.
    pub database: String,
    /// Counted before the copy began.
    pub before: Inventory,
    /// Counted after it had ended.
    pub after: Inventory,
}

impl Description {
    pub(super) fn new(name: String, facts: &Facts, first_segment: String, recipient: String, cluster: &Sealed, sealed: &Sealed) -> Self {
        let listed = |name: &str, sealed: &Sealed| Listed { name: name.to_owned(), bytes: sealed.bytes, sha256: sealed.sha256.clone() };
        Self {
            format: FORMAT.to_owned(),
            name,
            at: facts.before.at,
            ended_at: facts.after.at,
            chartkey: env!("CARGO_PKG_VERSION").to_owned(),
            server: facts.before.server.clone(),
            system_identifier: facts.before.system_identifier.clone(),
            timeline: facts.before.timeline,
            first_segment,
            lsn: facts.after.lsn.clone(),
            recipient,
            plain_bytes: cluster.plain_bytes,
            files: vec![listed(CLUSTER, cluster), listed(FACTS, sealed)],
        }
    }

    /// Reads the description in a backup's folder.
    ///
    /// # Errors
    /// Where there is none, or one of another format.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(DESCRIPTION);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let description: Self = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        if description.format != FORMAT {
            bail!("{} is a backup of the format {}, which this version does not read", folder.display(), description.format);
        }
        Ok(description)
    }

    /// The size of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The major version of PostgreSQL that can start it.
    #[must_use]
    pub fn major(&self) -> &str {
        self.server.split('.').next().unwrap_or_default()
    }

    /// Compares the files with what was written of them.
    ///
    /// # Errors
    /// The name of the first that is not what it was.
    pub fn check_files(&self, folder: &Path) -> anyhow::Result<()> {
        for file in &self.files {
            let path = folder.join(&file.name);
            if sealed::sha256(&path)? != file.sha256 {
                bail!("{} is not what was written: its SHA-256 differs", path.display());
            }
        }
        Ok(())
    }
}

/// The whole backups of a folder, oldest first.
///
/// # Errors
/// A folder that cannot be read.
pub fn list(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| dir.display().to_string())?;
    let mut found = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    found.retain(|path| path.extension().is_none() && path.join(DESCRIPTION).exists());
    found.sort();
    Ok(found)
}

/// The backup that `from` names: a folder of one, or the newest in a folder of many that
/// had ended by then.
///
/// # Errors
/// Where there is none.
pub fn choose(from: &Path, by: Option<OffsetDateTime>) -> anyhow::Result<(PathBuf, Description)> {
    if from.join(DESCRIPTION).exists() {
        return Ok((from.to_owned(), Description::read(from)?));
    }
    for folder in list(from)?.into_iter().rev() {
        let description = Description::read(&folder)?;
        if by.is_none_or(|by| description.ended_at <= by) {
            return Ok((folder, description));
        }
    }
    bail!("{} holds no backup that could be restored to that", from.display())
}
