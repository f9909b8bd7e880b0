//! Reading files that patients have added into their records, the one that has waited longest first.

use std::{
    fs::File,
    io::{Seek, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chartkey_domain::id::{ImportId, PatientId};
use futures::TryStreamExt;
use serde_json::Value;
use sqlx::types::Json;
use tokio::task::JoinHandle;

use super::Refusal;
use crate::{
    Error, Portal,
    audit::Who,
    import::{
        self, ImportOptions, Into, Progress,
        own::{self, Own},
        storable,
    },
};

/// Between two signs of life of whoever reads a file.
const BEAT: Duration = Duration::from_millis(500);

/// How often a file is begun, where whoever reads it never comes to its end.
const TRIES: i16 = 3;

impl Portal {
    /// Reads the file that has waited longest, into the record of its patient; which one that was.
    /// Reading and parsing block: on a server, call this where that is allowed.
    ///
    /// # Errors
    /// [`Error::Database`] and [`Error::Internal`]; the file waits on, and is given up after a few tries.
    pub async fn import_next(&self) -> Result<Option<ImportId>, Error> {
        let Some(next) = self.take_up_upload().await? else { return Ok(None) };
        let import = next.import;
        let told = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
        let beating = Beating(tokio::spawn(beat(self.clone(), import, Arc::clone(&told))));
        let outcome = self.read_upload(&next, &told).await;
        drop(beating);
        let (state, said) = match &outcome {
            Ok(()) => return Ok(Some(import)),
            Err(import::Error::SomebodyElse(whom)) => ("asking", storable(whom)),
            Err(error) if is_ours(error) => ("waiting", Json(Value::Null)),
            Err(import::Error::Database(_) | import::Error::Log(_)) if next.tries < TRIES => ("waiting", Json(Value::Null)),
            Err(error) => {
                // Nothing of the file: only which of the reasons it was.
                let refusal = Refusal::from(error);
                tracing::info!(%import, code = refusal.code, "a file was refused");
                ("failed", storable(&refusal))
            }
        };
        self.set_upload_aside(import, state, said, outcome.as_ref().is_err_and(is_ours)).await?;
        match outcome {
            Err(import::Error::Database(error)) => Err(error.into()),
            Err(import::Error::Spool(error)) => Err(Error::internal(error)),
            Err(import::Error::Log(error)) => Err(Error::internal(error)),
            _ => Ok(Some(import)),
        }
    }

    async fn take_up_upload(&self) -> Result<Option<Claimed>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'import', true)").fetch_one(&mut *transaction).await?;
        let claimed = sqlx::query!(
            r#"update upload set state = 'reading', seen_at = clock_timestamp(), tries = tries + 1, done = 0, total = null
            where import_id = (select import_id from upload
                where (state = 'waiting' and (seen_at is null or seen_at < clock_timestamp() - interval '10 seconds'))
                    or (state = 'reading' and seen_at < clock_timestamp() - interval '1 minute')
                order by added_at limit 1 for update skip locked)
            returning import_id, patient_id, file_name, is_confirmed, who as "who: Json<Who>", tries"#
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(claimed.map(|row| Claimed {
            import: ImportId(row.import_id),
            patient: PatientId(row.patient_id),
            file_name: row.file_name,
            is_confirmed: row.is_confirmed,
            who: row.who.0,
            tries: row.tries,
        }))
    }

    async fn read_upload(&self, next: &Claimed, told: &Arc<(AtomicUsize, AtomicUsize)>) -> Result<(), import::Error> {
        // Whatever reads it may end with it: the next process does not try for ever.
        if next.tries > TRIES {
            return Err(import::Error::Read(std::io::Error::other("it was begun too often")));
        }
        let mut connection = self.pool.acquire().await?;
        let file = spooled(&mut connection, next.import).await?;
        let parts = own::parts(file, &next.file_name)?;
        let options = ImportOptions {
            into: Into::Patient(next.patient),
            limit: own::LARGEST_INSIDE,
            own: Some(Own { import: next.import, patient: next.patient, who: next.who.clone(), is_confirmed: next.is_confirmed }),
            ..ImportOptions::new(own::source_of(next.patient), next.file_name.clone())
        };
        let progress = |Progress { done, total }| {
            told.0.store(done, Ordering::Relaxed);
            told.1.store(total, Ordering::Relaxed);
        };
        import::take(&mut connection, &parts, &options, progress).await.map(drop)
    }

    async fn set_upload_aside(&self, import: ImportId, state: &str, said: Json<Value>, is_ours: bool) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'import', true)").fetch_one(&mut *transaction).await?;
        sqlx::query!(
            "update upload set state = $2, said = $3, seen_at = case when $2 = 'waiting' then clock_timestamp() end,
                tries = tries - case when $4 then 1 else 0 end
            where import_id = $1 and state = 'reading'",
            import.0,
            state,
            said as _,
            is_ours
        )
        .execute(&mut *transaction)
        .await?;
        if state == "failed" {
            sqlx::query!("delete from upload_piece where import_id = $1", import.0).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Whether it is no fault of the file: it waits until the disk or the database is well again.
fn is_ours(error: &import::Error) -> bool {
    match error {
        import::Error::Spool(_) => true,
        // Connections, resources and whoever operates it; the rest may be what the file says.
        import::Error::Database(sqlx::Error::Database(refused)) => {
            refused.code().is_some_and(|code| ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class)))
        }
        import::Error::Database(error) => matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed),
        _ => false,
    }
}

/// The signs of life end with whoever reads, however that ends.
struct Beating(JoinHandle<()>);

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A file that this process reads.
struct Claimed {
    import: ImportId,
    patient: PatientId,
    file_name: String,
    is_confirmed: bool,
    who: Who,
    tries: i16,
}

/// The bytes of a file, piece after piece, in an unnamed file on disk.
async fn spooled(connection: &mut sqlx::PgConnection, import: ImportId) -> Result<File, import::Error> {
    use sqlx::Connection;
    let mut file = tempfile::tempfile().map_err(import::Error::Spool)?;
    let mut transaction = connection.begin().await?;
    sqlx::query!("select set_config('chartkey.task', 'import', true)").fetch_one(&mut *transaction).await?;
    let mut pieces =
        sqlx::query_scalar!("select bytes from upload_piece where import_id = $1 order by place", import.0).fetch(&mut *transaction);
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).map_err(import::Error::Spool)?;
    }
    drop(pieces);
    transaction.rollback().await?;
    file.rewind().map_err(import::Error::Spool)?;
    Ok(file)
}

/// Says now and then how far a file is.
async fn beat(portal: Portal, import: ImportId, told: Arc<(AtomicUsize, AtomicUsize)>) {
    loop {
        tokio::time::sleep(BEAT).await;
        let read = |count: &AtomicUsize| i32::try_from(count.load(Ordering::Relaxed)).unwrap_or(i32::MAX);
        let (done, total) = (read(&told.0), Some(read(&told.1)).filter(|total| *total > 0));
        let said = async {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'import', true)").fetch_one(&mut *transaction).await?;
            sqlx::query!(
                "update upload set done = $2, total = $3, seen_at = clock_timestamp() where import_id = $1 and state = 'reading'",
                import.0,
                done,
                total
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await
        };
        if let Err(error) = said.await {
            tracing::warn!(%error, "the progress of a file was not noted");
        }
    }
}
