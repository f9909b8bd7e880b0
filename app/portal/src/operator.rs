//! What the operator does to records, at the command line. The operator is inside
//! the promise: each act has a reason, and stands in the log of the record.

use std::io::{Read, Seek, Write};

use chartkey_domain::id::PatientId;
use sqlx::PgConnection;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    export,
    import::{self, ImportOptions, ImportReport, Progress},
    letters::{self, LetterSubject},
};

impl Portal {
    /// Imports one file; see [`import::run`].
    ///
    /// # Errors
    /// [`import::Error`] says what to do; nothing of the file is kept.
    pub async fn import_file(
        &self,
        reader: impl Read,
        options: &ImportOptions,
        progress: impl FnMut(Progress),
    ) -> Result<ImportReport, import::Error> {
        let mut connection = self.pool.acquire().await?;
        import::run(&mut connection, reader, options, progress).await
    }

    /// Exports a whole record. It is spooled, the event is committed, and only then
    /// handed on, so that no copy leaves without its trace. Its holder is told by a
    /// message. Returns how many resources.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such patient, else what failed.
    pub async fn export_file(&self, patient: PatientId, reason: &str, mut to: impl Write) -> Result<usize, Error> {
        let mut transaction = self.pool.begin().await?;
        let at = sqlx::query_scalar!(
            r#"select now() as "at!" from (select set_config('chartkey.task', 'export', true), set_config('chartkey.patient', $1, true)) said"#,
            patient.to_string()
        )
        .fetch_one(&mut *transaction)
        .await?;
        let exists = sqlx::query_scalar!(r#"select exists (select from patient where patient_id = $1) as "exists!""#, patient.0)
            .fetch_one(&mut *transaction)
            .await?;
        if !exists {
            return Err(Error::NotFound);
        }
        let mut spool = tempfile::tempfile().map_err(Error::internal)?;
        let count = export::bundle(&mut transaction, patient, std::io::BufWriter::new(&mut spool)).await.map_err(Error::internal)?;
        let what = What { action: "exported".to_owned(), items: u32::try_from(count).unwrap_or(u32::MAX), ..What::default() };
        let event = Event { at, who: self.who(), what, why: Why::Operator { reason: reason.to_owned() } };
        tell_holder(&mut transaction, patient).await?;
        audit::append(&mut transaction, Chain::Patient(patient), &event).await?;
        transaction.commit().await?;
        spool.rewind().map_err(Error::internal)?;
        std::io::copy(&mut spool, &mut to).map_err(Error::internal)?;
        Ok(count)
    }
}

/// Writes the message that there is something to look at, to whoever holds the record.
pub(crate) async fn tell_holder(connection: &mut PgConnection, patient: PatientId) -> Result<(), Error> {
    // Who holds a record is not for an export to see.
    sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *connection).await?;
    let holder = sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", patient.0);
    if let Some(account) = holder.fetch_optional(&mut *connection).await? {
        letters::tell(connection, account, LetterSubject::News).await?;
    }
    Ok(())
}
