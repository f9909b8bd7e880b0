//! The journal: what took access away, in a file outside the database, so that a
//! restore cannot give it back.
//!
//! Triggers note each such act in `journal_outbox`, in the transaction that makes
//! it. [`Portal::keep_journal`] moves what waits there into the file and waits for
//! the disk; the server calls it before it answers a request that may have changed
//! something. So what was acknowledged is in the file; what was committed by a
//! process that died before the file was written is still in the outbox, and the
//! next call writes it. Only what was never acknowledged can be lost with the
//! database. A line is written after its commit, so there is none without; one that
//! is written twice, by two servers or after a crash, means what one means.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tracing::Instrument;
use uuid::Uuid;

use crate::{Error, Portal};

mod act;
mod file;
mod older;
mod owed;
mod replay;

pub use act::Act;
pub use file::{Entry, Reading, read};
pub use owed::Owed;
pub(crate) use owed::begins;
pub use replay::{Replayed, TakenAway};

use file::{Tail, Written};

/// The file of this process. Other processes may write to the same one.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    /// What this process has read of the file. Taken while it writes, so that many
    /// requests wait for one disk write together.
    tail: Arc<Mutex<Tail>>,
}

/// What has not been written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Lag {
    /// How many acts.
    pub waiting: i64,
    /// Since when the oldest waits.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
}

impl Portal {
    /// The same portal, with this journal.
    #[must_use]
    pub fn with_journal(mut self, path: &Path) -> Self {
        self.journal = Some(Arc::new(Journal { path: path.to_owned(), tail: Arc::default() }));
        self
    }

    /// Writes what waits in the outbox into the journal, and returns how many acts that
    /// were, once they are on disk. Without a journal nothing is written.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Internal`] where the file cannot be written, or holds
    /// what this database does not know: then nothing that took access away may be acknowledged.
    pub async fn keep_journal(&self) -> Result<usize, Error> {
        if self.journal.is_none() || self.journal_lag().await?.waiting == 0 {
            return Ok(0);
        }
        self.open_journal().await
    }

    /// The same where nothing waits, too, so that a file that cannot be written shows when a
    /// process starts and not with the first withdrawal.
    ///
    /// # Errors
    /// As [`Self::keep_journal`].
    pub async fn open_journal(&self) -> Result<usize, Error> {
        let Some(journal) = &self.journal else { return Ok(0) };
        let (portal, path) = (self.clone(), journal.path.clone());
        let tail = Arc::clone(&journal.tail).lock_owned().await;
        // Once begun it goes to its end, also when nobody waits for it any more: a disk that
        // stands still holds one write, and not one for each who gave up.
        tokio::spawn(async move { portal.write_journal(path, tail).await }.in_current_span()).await.map_err(Error::internal)?
    }

    async fn write_journal(&self, path: PathBuf, mut tail: OwnedMutexGuard<Tail>) -> Result<usize, Error> {
        // Another process waits for the lock of the file until the database knows what is in it.
        let held = file::hold(path, tail.clone()).await?;
        let (mut transaction, opened) = self.enter_journal().await?;
        let waiting =
            sqlx::query!(r#"select entry_id, at, act as "act: sqlx::types::Json<Act>" from journal_outbox order by at, entry_id"#)
                .fetch_all(&mut *transaction)
                .await?;
        let entries: Vec<_> = waiting.into_iter().map(|row| Entry { entry: row.entry_id, at: row.at, act: row.act.0 }).collect();
        let ids: Vec<_> = entries.iter().map(|entry| entry.entry).collect();
        // To write would say that the database knows everything that stands there already.
        let mark = marked(&mut transaction, &held.tail).await?;
        if let Some(older) = older::compared(&tail, &held.tail, &held.acts, mark.as_ref(), &ids.iter().copied().collect()) {
            return Err(older.refusal());
        }
        transaction.rollback().await?;
        let written = held.append(opened, entries).await?;
        self.note_written(&written, &ids).await?;
        *tail = written.tail.clone();
        Ok(ids.len())
    }

    /// What is in the database and not yet in a journal.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn journal_lag(&self) -> Result<Lag, Error> {
        let (mut transaction, _) = self.enter_journal().await?;
        let row =
            sqlx::query!(r#"select count(*) as "waiting!", min(at) as since from journal_outbox"#).fetch_one(&mut *transaction).await?;
        transaction.rollback().await?;
        Ok(Lag { waiting: row.waiting, since: row.since })
    }

    async fn enter_journal(&self) -> Result<(Transaction<'static, Postgres>, Opened), Error> {
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query!(
            r#"select set_config('chartkey.task', 'journal', true) as "task!", now() as "at!", installation_id from incarnation"#
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok((transaction, Opened { at: row.at, installation: row.installation_id }))
    }

    async fn note_written(&self, written: &Written, ids: &[Uuid]) -> Result<(), Error> {
        let (mut transaction, _) = self.enter_journal().await?;
        sqlx::query!("delete from journal_outbox where entry_id = any($1)", ids).execute(&mut *transaction).await?;
        mark(&mut transaction, &written.tail).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// What a new file begins with.
#[derive(Debug, Clone, Copy)]
struct Opened {
    at: OffsetDateTime,
    installation: Uuid,
}

/// Notes how far a file has been written.
async fn mark(transaction: &mut Transaction<'_, Postgres>, tail: &Tail) -> Result<(), Error> {
    let Some(file) = tail.file else { return Ok(()) };
    sqlx::query!(
        "insert into journal_mark (file_id, lines, hash) values ($1, $2, $3)
        on conflict (file_id) do update set lines = excluded.lines, hash = excluded.hash, written_at = now()",
        file,
        tail.lines,
        tail.hash
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// How far a file has been written, as the database knows it.
#[derive(Debug)]
struct Mark {
    lines: i64,
    hash: String,
}

async fn marked(transaction: &mut Transaction<'_, Postgres>, tail: &Tail) -> Result<Option<Mark>, Error> {
    let Some(file) = tail.file else { return Ok(None) };
    Ok(sqlx::query_as!(Mark, "select lines, hash from journal_mark where file_id = $1", file).fetch_optional(&mut **transaction).await?)
}
