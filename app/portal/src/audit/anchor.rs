//! The anchor file: the heads of the chains, once a minute, outside the database.
//! Somebody who can rewrite the whole database cannot rewrite what has been copied
//! away from here.
//!
//! Each line is RFC 8785 JSON: when, the SHA-256 of the line before, and the heads
//! that have moved since then. The heads of the first line are all heads. A line with
//! `restoredTo` says that the database was put back to that moment: its heads are all
//! heads as they were then, and what earlier lines name beyond them is gone. The
//! operator's command alone writes such a line.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
};
use uuid::Uuid;

use super::hex;
use crate::{Error, Portal};

/// The hash before the first line.
pub(super) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The database's time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// SHA-256 of the line before, without its end, in hex.
    pub previous: String,
    /// The heads that have moved: chain, and its place and hash.
    pub heads: Heads,
    /// The moment a restore went back to.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none", default)]
    pub restored_to: Option<OffsetDateTime>,
}

/// The last entry of each chain: its place, and its hash in hex.
pub type Heads = BTreeMap<String, (i64, String)>;

/// The file, opened to be appended to. One process at a time.
#[derive(Debug)]
pub struct Anchor {
    file: File,
    path: PathBuf,
    previous: String,
    known: BTreeMap<String, i64>,
}

impl Anchor {
    /// Opens or makes the file, and reads what it says already.
    ///
    /// # Errors
    /// [`Error::Internal`] where it cannot be read or written, or a line is none: a
    /// file that was cut off in the middle of a line is not written on.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new().create(true).append(true).read(true).open(path).await.map_err(Error::internal)?;
        let mut lines = BufReader::new(File::open(path).await.map_err(Error::internal)?).lines();
        let (mut previous, mut known) = (BEGINNING.to_owned(), BTreeMap::new());
        while let Some(text) = lines.next_line().await.map_err(Error::internal)? {
            let line: Line = serde_json::from_str(&text).map_err(Error::internal)?;
            known.extend(line.heads.into_iter().map(|(chain, (seq, _))| (chain, seq)));
            previous = hash(&text);
        }
        Ok(Self { file, path: path.to_owned(), previous, known })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one line with the heads that have moved, and waits until it is on disk.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Internal`] where the file cannot be written.
    pub async fn append(&mut self, portal: &Portal) -> Result<(), Error> {
        let (at, heads) = portal.heads().await?;
        let moved = heads.into_iter().filter(|(chain, (seq, _))| self.known.get(chain) != Some(seq)).collect();
        self.write(Line { at, previous: String::new(), heads: moved, restored_to: None }).await
    }

    /// Appends a line for each restore of which the file does not say anything yet, and returns
    /// the moments they went back to; after them a line as of [`Self::append`]. For the operator's own command: whoever can write into the
    /// database could claim a restore there.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_restores(&mut self, portal: &Portal) -> Result<Vec<OffsetDateTime>, Error> {
        let mut moments = Vec::new();
        for restore in portal.restores_to_anchor().await? {
            self.known.clear();
            let line = Line { at: restore.at, previous: String::new(), heads: restore.heads, restored_to: Some(restore.restored_to) };
            self.write(line).await?;
            portal.restore_is_anchored(restore.id).await?;
            moments.push(restore.restored_to);
        }
        if !moments.is_empty() {
            // What came after it is guarded from now on.
            self.append(portal).await?;
        }
        Ok(moments)
    }

    async fn write(&mut self, line: Line) -> Result<(), Error> {
        let line = Line { previous: self.previous.clone(), ..line };
        let text = serde_json_canonicalizer::to_string(&line).map_err(Error::internal)?;
        self.file.write_all(format!("{text}\n").as_bytes()).await.map_err(Error::internal)?;
        self.file.sync_data().await.map_err(Error::internal)?;
        self.previous = hash(&text);
        self.known.extend(line.heads.into_iter().map(|(chain, (seq, _))| (chain, seq)));
        Ok(())
    }
}

/// The hash of a line, as the next one names it.
pub(super) fn hash(line: &str) -> String {
    hex(&Sha256::digest(line.as_bytes()))
}

impl Portal {
    async fn heads(&self) -> Result<(OffsetDateTime, Heads), Error> {
        let mut transaction = self.pool.begin().await?;
        let at = sqlx::query!(r#"select set_config('chartkey.task', 'verify', true) as "task!", now() as "at!""#)
            .fetch_one(&mut *transaction)
            .await?
            .at;
        let heads = sqlx::query!("select chain, seq, hash from chain_head where seq > 0").fetch_all(&mut *transaction).await?;
        transaction.rollback().await?;
        Ok((at, heads.into_iter().map(|head| (head.chain, (head.seq, hex(&head.hash)))).collect()))
    }

    /// Restores of which the anchor file does not say anything yet, oldest first.
    pub(super) async fn restores_to_anchor(&self) -> Result<Vec<Restore>, Error> {
        let rows = sqlx::query!(
            r#"select restore_id, at, restored_to, heads as "heads: sqlx::types::Json<Heads>" from restore
            where anchored_at is null order by at"#
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Restore { id: row.restore_id, at: row.at, restored_to: row.restored_to, heads: row.heads.0 })
            .collect())
    }

    async fn restore_is_anchored(&self, restore: Uuid) -> Result<(), Error> {
        sqlx::query!("update restore set anchored_at = now() where restore_id = $1", restore).execute(&self.pool).await?;
        Ok(())
    }
}

/// A restore, as the database remembers it.
#[derive(Debug)]
pub(super) struct Restore {
    id: Uuid,
    at: OffsetDateTime,
    pub restored_to: OffsetDateTime,
    pub heads: Heads,
}
