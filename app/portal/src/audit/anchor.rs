//! The anchor file: the heads of the chains, once a minute, outside the database.
//! Somebody who can rewrite the whole database cannot rewrite what has been copied
//! away from here.
//!
//! Each line is RFC 8785 JSON: when, the SHA-256 of the line before, and the heads
//! that have moved since then. The heads of the first line are all heads.

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

use super::hex;
use crate::{Error, Portal};

/// The hash before the first line.
pub(super) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The database's time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// SHA-256 of the line before, without its end, in hex.
    pub previous: String,
    /// The heads that have moved: chain, and its place and hash.
    pub heads: BTreeMap<String, (i64, String)>,
}

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
        let moved: BTreeMap<_, _> = heads.into_iter().filter(|(chain, (seq, _))| self.known.get(chain) != Some(seq)).collect();
        let line = Line { at, previous: self.previous.clone(), heads: moved };
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
    async fn heads(&self) -> Result<(OffsetDateTime, BTreeMap<String, (i64, String)>), Error> {
        let mut transaction = self.pool.begin().await?;
        let at = sqlx::query!(r#"select set_config('chartkey.task', 'verify', true) as "task!", now() as "at!""#)
            .fetch_one(&mut *transaction)
            .await?
            .at;
        let heads = sqlx::query!("select chain, seq, hash from chain_head where seq > 0").fetch_all(&mut *transaction).await?;
        transaction.rollback().await?;
        Ok((at, heads.into_iter().map(|head| (head.chain, (head.seq, hex(&head.hash)))).collect()))
    }
}
