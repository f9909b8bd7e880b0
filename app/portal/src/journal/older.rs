//! Whether the database is older than what was acknowledged: then nobody is let in
//! before the journal has been replayed.

use uuid::Uuid;

use super::file::{self, Reading};
use crate::{Error, Portal};

/// Why a database may not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Older {
    /// Its cluster is another, or on another timeline.
    Incarnation,
    /// A journal has acts that it does not know.
    Journal,
    /// A journal does not hold what the database has written to it.
    Shortened,
}

impl Portal {
    /// Refuses a database that was restored or moved and not yet brought up to its
    /// journal; and a journal file that lost lines.
    ///
    /// # Errors
    /// [`Error::Internal`] with a sentence for the operator.
    pub async fn refuse_an_older_database(&self) -> Result<(), Error> {
        let mut older = if self.is_another_incarnation().await? { Some(Older::Incarnation) } else { None };
        if older.is_none()
            && let Some(journal) = &self.journal
            && journal.path.exists()
        {
            let reading = file::read(&journal.path).await?;
            older = self.compare(&reading).await?;
            if older.is_none() && reading.fault().is_some() {
                older = Some(Older::Shortened);
            }
        }
        match older {
            None => Ok(()),
            Some(Older::Incarnation) => Err(Error::internal(
                "the database was restored or moved; run `chartkey replay-journal` before anybody is let in, so that nothing that was \
                 withdrawn since is open again",
            )),
            Some(Older::Journal) => Err(Error::internal(
                "the journal holds acts that the database does not know, so the database is an older one; run `chartkey replay-journal`",
            )),
            Some(Older::Shortened) => Err(Error::internal(
                "the journal file does not hold what was written to it; put back its copy, or keep it as evidence and set \
                 CHARTKEY_JOURNAL_FILE to a new file",
            )),
        }
    }

    pub(super) async fn is_another_incarnation(&self) -> Result<bool, Error> {
        let is_other = sqlx::query_scalar!(
            r#"select (i.system_identifier, i.timeline) <> (live.system_identifier, live.timeline) as "other!"
            from incarnation i, gate.incarnation() live"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(is_other)
    }

    /// Compares a file with how far the database says it was written.
    pub(super) async fn compare(&self, reading: &Reading) -> Result<Option<Older>, Error> {
        let Some(file) = reading.tail.file else { return Ok(None) };
        let (mut transaction, opened) = self.enter_journal().await?;
        if reading.tail.installation != Some(opened.installation) {
            return Err(Error::internal("this is the journal of another installation"));
        }
        let mark = sqlx::query!("select lines, hash from journal_mark where file_id = $1", file).fetch_optional(&mut *transaction).await?;
        let known = mark.as_ref().map_or(0, |mark| mark.lines);
        let beyond: Vec<Uuid> = reading.acts.iter().filter(|(line, ..)| *line > known).map(|(_, _, entry)| entry.entry).collect();
        // Written by a process that died before it could say so.
        let waiting = sqlx::query_scalar!(r#"select count(*) as "waiting!" from journal_outbox where entry_id = any($1)"#, &beyond)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.rollback().await?;
        if waiting < i64::try_from(beyond.iter().collect::<std::collections::BTreeSet<_>>().len()).unwrap_or(i64::MAX) {
            return Ok(Some(Older::Journal));
        }
        let is_shortened = mark.is_some_and(|mark| {
            let there = reading.acts.iter().find(|(line, ..)| *line == mark.lines).map(|(_, hash, _)| hash.as_str());
            reading.tail.lines < mark.lines || (mark.lines > 1 && there != Some(mark.hash.as_str()))
        });
        Ok(is_shortened.then_some(Older::Shortened))
    }
}
