//! Signed roots over the heads of all chains of the access log, one an hour.
//!
//! Whoever can rewrite the database can make its chains follow from one another again. What they
//! cannot make is the signature of a key that is not there: it is in a file, with the roots that
//! it has signed beside it. Each root holds the one before, all of them are published, and
//! browsers remember the last that they saw; so a root that was published cannot be taken back
//! either, by whoever has the key.
//!
//! A root is written into the file before it is committed, and nobody sees it before that. So
//! the file knows every root that anybody can have seen, and a database that is older than its
//! file is one that was put back: it is not signed for until the operator says so, and then the
//! root says it, too. What a crash between file and commit leaves is told from that by
//! `log_intent`, which is committed before the file is written.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use chartkey_evidence::{
    key::{Key, Public},
    root::Signed,
};
use ed25519_dalek::SigningKey;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{Error, Portal, audit::report::second, secret_file};

mod file;
mod new_key;
mod own;
mod published;
mod sign;
mod tree;

pub use own::{Log, State};
pub use sign::Signing;
pub(crate) use sign::was_intended;
pub(crate) use tree::{Head, digest, tree};

/// Where the key is, and the roots that it has signed beside it.
#[derive(Debug)]
pub(crate) struct Seal {
    key_file: PathBuf,
}

impl Seal {
    fn roots_file(&self) -> PathBuf {
        beside(&self.key_file, ".roots")
    }

    /// A key that was made and not yet begun with.
    fn next_key_file(&self) -> PathBuf {
        beside(&self.key_file, ".next")
    }

    /// The key; none where there is no file.
    fn key(&self) -> Result<Option<SigningKey>, Error> {
        read_key(&self.key_file)
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn read_key(path: &Path) -> Result<Option<SigningKey>, Error> {
    let secret = secret_file::read(path).map_err(|flaw| Error::internal(format!("{}: {flaw}", path.display())))?;
    Ok(secret.map(|secret| SigningKey::from_bytes(&secret)))
}

impl Portal {
    /// The same portal, which signs with the key of this file, made with the first root.
    #[must_use]
    pub fn with_log_key(mut self, key_file: &Path) -> Self {
        self.seal = Some(Arc::new(Seal { key_file: key_file.to_owned() }));
        self
    }

    /// The public half of the key that this server signs with; none where it has none.
    ///
    /// # Errors
    /// [`Error::Internal`] where the file cannot be read.
    pub fn log_key(&self) -> Result<Option<Public>, Error> {
        let Some(seal) = &self.seal else { return Ok(None) };
        Ok(seal.key()?.map(|key| key.verifying_key().to_bytes()))
    }

    /// Where the roots are kept outside the database, if anywhere.
    #[must_use]
    pub fn roots_file(&self) -> Option<PathBuf> {
        self.seal.as_ref().map(|seal| seal.roots_file())
    }
}

/// Every key, oldest first.
async fn keys(connection: &mut PgConnection) -> Result<Vec<Key>, Error> {
    let lines = sqlx::query_scalar!("select line from log_key order by place").fetch_all(connection).await?;
    lines.iter().map(|line| Key::parse(line).ok_or_else(|| unread("key"))).collect()
}

/// The newest root.
async fn newest(connection: &mut PgConnection) -> Result<Option<Signed>, Error> {
    let line = sqlx::query_scalar!("select line from log_root order by number desc limit 1").fetch_optional(connection).await?;
    line.map(|line| signed(&line)).transpose()
}

fn signed(line: &str) -> Result<Signed, Error> {
    Signed::parse(line).ok_or_else(|| unread("root"))
}

fn unread(what: &str) -> Error {
    Error::internal(format!("a signed {what} of the log in the database cannot be read; run `chartkey verify-log`"))
}

/// As roots and keys write it.
fn moment(at: OffsetDateTime) -> String {
    format!("{}Z", second(at))
}

/// A number as the database keeps it.
fn stored(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(Error::internal)
}

/// The other way: what is in the database is not negative.
fn counted(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(Error::internal)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}
