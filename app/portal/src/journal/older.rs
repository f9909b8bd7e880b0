//! Whether the database is older than what was acknowledged: then nobody is let in
//! before the journal has been replayed.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    Mark,
    file::{self, Entry, Reading, Tail},
    marked,
};
use crate::{Error, Portal, pool};

/// Why a database may not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Older {
    /// Its cluster is another, or on another timeline.
    Incarnation,
    /// A journal has acts that it does not know.
    Journal,
    /// A journal does not hold what the database has written to it.
    Shortened,
    /// The journal of this server is not there, and there was one.
    Absent,
}

impl Older {
    /// With a sentence for the operator.
    pub(super) fn refusal(&self) -> Error {
        Error::internal(match self {
            Self::Incarnation => {
                "the database was restored or moved; run `chartkey replay-journal` before anybody is let in, so that nothing that was \
                 withdrawn since is open again"
            }
            Self::Journal => {
                "the journal holds acts that the database does not know, so the database is an older one; run `chartkey replay-journal`"
            }
            Self::Shortened => {
                "the journal file does not hold what was written to it; put back its copy, or keep it as evidence, set \
                 CHARTKEY_JOURNAL_FILE to a new file and run `chartkey replay-journal --begin-journal`"
            }
            Self::Absent => {
                "the journal file is not there or empty, and there was one: is its disk mounted? Put back its copy; where this server is \
                 to begin a new one, run `chartkey replay-journal --begin-journal` with --journal FILE for each that there is"
            }
        })
    }
}

impl Portal {
    /// Refuses a database that was restored or moved and not yet brought up to its
    /// journal; and a journal file that lost lines, or is not there although there was one.
    /// Once it was not refused, each new connection is asked whether that is still so.
    ///
    /// # Errors
    /// [`Error::Internal`] with a sentence for the operator.
    pub async fn refuse_an_older_database(&self) -> Result<(), Error> {
        let mut older = if self.is_another_incarnation().await? { Some(Older::Incarnation) } else { None };
        if older.is_none()
            && let Some(journal) = &self.journal
        {
            // An empty file says as little as none.
            if std::fs::metadata(&journal.path).is_ok_and(|file| file.len() > 0) {
                let reading = file::read(&journal.path).await?;
                older = self.compare(&reading).await?;
                if older.is_none() && reading.fault().is_some() {
                    older = Some(Older::Shortened);
                }
            } else if !self.known_journals().await?.is_empty() {
                older = Some(Older::Absent);
            }
        }
        match older {
            Some(older) => Err(older.refusal()),
            None => {
                self.strict.begin();
                Ok(())
            }
        }
    }

    pub(super) async fn is_another_incarnation(&self) -> Result<bool, Error> {
        Ok(pool::is_another_incarnation(&mut *self.pool.acquire().await?).await?)
    }

    /// Compares a file with how far the database says it was written.
    pub(super) async fn compare(&self, reading: &Reading) -> Result<Option<Older>, Error> {
        if reading.tail.file.is_none() {
            return Ok(None);
        }
        let (mut transaction, opened) = self.enter_journal().await?;
        if reading.tail.installation != Some(opened.installation) {
            return Err(Error::internal("this is the journal of another installation"));
        }
        let mark = marked(&mut transaction, &reading.tail).await?;
        let waiting = sqlx::query_scalar!("select entry_id from journal_outbox").fetch_all(&mut *transaction).await?;
        transaction.rollback().await?;
        Ok(compared(&Tail::default(), &reading.tail, &reading.acts, mark.as_ref(), &waiting.into_iter().collect()))
    }

    /// The journals that the database knows of.
    pub(super) async fn known_journals(&self) -> Result<BTreeSet<Uuid>, Error> {
        Ok(sqlx::query_scalar!("select file_id from journal_mark").fetch_all(&self.pool).await?.into_iter().collect())
    }
}

/// Compares what stands in a file behind a tail that was known before with how far the database
/// says it was written, and with what waits there.
pub(super) fn compared(
    before: &Tail,
    tail: &Tail,
    acts: &[(i64, String, Entry)],
    mark: Option<&Mark>,
    waiting: &BTreeSet<Uuid>,
) -> Option<Older> {
    let known = mark.map_or(0, |mark| mark.lines);
    // Beyond the mark may stand what a process wrote that died before it could say so: that waits still.
    if known < before.lines || acts.iter().any(|(line, _, entry)| *line > known && !waiting.contains(&entry.entry)) {
        return Some(Older::Journal);
    }
    let mark = mark?;
    let there = match acts.iter().find(|(line, ..)| *line == mark.lines) {
        Some((_, hash, _)) => Some(hash.as_str()),
        None => (before.lines == mark.lines).then_some(before.hash.as_str()),
    };
    // The first line is no act.
    let is_shortened = tail.lines < mark.lines || (mark.lines > 1 && there != Some(mark.hash.as_str()));
    is_shortened.then_some(Older::Shortened)
}
