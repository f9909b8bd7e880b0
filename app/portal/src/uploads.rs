//! Files that a patient adds to their own record. A file is acknowledged once its bytes are in
//! the database; the worker reads it afterwards, so that leaving the page loses nothing.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chartkey_domain::{
    account::Visitor,
    id::{ImportId, PatientId},
};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::{What, Who},
    import::{
        self, ImportOptions, Into, Progress,
        own::{self, Described, Own},
        storable,
    },
    pool::detached,
    record::Record,
};

/// Files of one record that may wait at once.
const WAITING: i64 = 5;

/// Files of one record a day.
const A_DAY: i64 = 100;

/// So much of a file is a row.
const PIECE: usize = 1 << 20;

/// The longest name of a file that is kept, in letters.
const NAME: usize = 120;

/// Between two signs of life of whoever reads a file.
const BEAT: Duration = Duration::from_millis(500);

/// How often a file is begun, where whoever reads it never comes to its end.
const TRIES: i16 = 3;

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What it is called from its beginning on; its import as well.
    pub import: ImportId,
    /// Its name on the device that it came from.
    pub file_name: String,
    /// Its size as it came.
    pub bytes: i64,
    /// When it was kept.
    pub added_at: OffsetDateTime,
    /// How far it is.
    pub state: State,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is kept.
    Waiting,
    /// It is being read.
    Reading {
        /// Resources that are in.
        done: i32,
        /// Of how many, once that is known.
        total: Option<i32>,
    },
    /// It describes somebody else: its patient is asked.
    Asking(Described),
    /// It is in the record.
    Done,
    /// Nothing of it was kept.
    Failed(Refusal),
    /// Its patient said that it is not about them.
    Discarded,
}

/// Why a file was refused, for words of the reader's language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// A stable word.
    pub code: String,
    /// The file of an archive that it is about.
    pub part: Option<String>,
    /// The line.
    pub line: Option<usize>,
    /// The limit that was met, or how many there are.
    pub number: Option<u64>,
}

impl Refusal {
    fn new(code: &str) -> Self {
        Self { code: code.to_owned(), ..Self::default() }
    }
}

impl From<&import::Error> for Refusal {
    fn from(error: &import::Error) -> Self {
        use import::Error as Why;
        let number = |count: usize| u64::try_from(count).ok();
        match error {
            Why::Read(_) | Why::Archive(_) => Self::new("damaged"),
            Why::TooLarge { limit } => Self { number: Some(*limit), ..Self::new("too-large") },
            Why::TooMany { limit } => Self { number: number(*limit), ..Self::new("too-many-files") },
            Why::TooMuch { limit } => Self { number: number(*limit), ..Self::new("too-much") },
            Why::TooDeep { .. } => Self::new("too-deep"),
            Why::Truncated { line } => Self { line: Some(*line), ..Self::new("truncated") },
            Why::NotJson { line, .. } => Self { line: Some(*line), ..Self::new("not-json") },
            Why::NotFhir(_) => Self::new("not-fhir"),
            Why::Empty => Self::new("empty"),
            Why::SeveralPeople { count } => Self { number: number(*count), ..Self::new("several-people") },
            Why::Inside { name, cause } => Self { part: Some(name.clone()), ..Self::from(cause.as_ref()) },
            _ => Self::new("failed"),
        }
    }
}

struct Row {
    import_id: Uuid,
    file_name: String,
    bytes: i64,
    added_at: OffsetDateTime,
    state: String,
    done: i32,
    total: Option<i32>,
    said: Option<Value>,
}

impl From<Row> for Upload {
    fn from(row: Row) -> Self {
        let said = row.said.unwrap_or_default();
        let state = match row.state.as_str() {
            "waiting" => State::Waiting,
            "reading" => State::Reading { done: row.done, total: row.total },
            "asking" => State::Asking(serde_json::from_value(said).unwrap_or_default()),
            "done" => State::Done,
            "discarded" => State::Discarded,
            _ => State::Failed(serde_json::from_value(said).unwrap_or_default()),
        };
        Self { import: ImportId(row.import_id), file_name: row.file_name, bytes: row.bytes, added_at: row.added_at, state }
    }
}

impl Upload {
    /// Those of the open record that are not in it, newest first; those that never will be for a month.
    pub(crate) async fn on_their_way(record: &mut Record) -> Result<Vec<Self>, Error> {
        let rows = sqlx::query_as!(
            Row,
            "select import_id, file_name, bytes, added_at, state, done, total, said from upload
            where patient_id = $1 and (state in ('waiting', 'reading', 'asking') or (state = 'failed' and added_at > now() - interval '30 days'))
            order by added_at desc limit 20",
            record.whose().patient.0
        )
        .fetch_all(record.connection())
        .await?;
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

impl State {
    /// Whether the page that shows it should ask again by itself.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::Waiting | Self::Reading { .. })
    }
}

impl Portal {
    /// Keeps a file that the visitor adds to their own record, of so many bytes; the file stands at
    /// its beginning. Once this returns, it is safe.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the record is not theirs, [`Error::TooManyTries`] where too many wait.
    pub async fn keep_upload(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        file_name: &str,
        mut file: File,
        bytes: u64,
    ) -> Result<ImportId, Error> {
        let (portal, visitor, file_name) = (self.clone(), visitor.clone(), shortened(file_name));
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            has_room(&mut record).await?;
            let import = ImportId(Uuid::now_v7());
            sqlx::query!(
                "insert into upload (import_id, patient_id, file_name, bytes, who) values ($1, $2, $3, $4, $5)",
                import.0,
                patient.0,
                file_name,
                i64::try_from(bytes).map_err(Error::internal)?,
                Json(Who::from(&visitor)) as _
            )
            .execute(record.connection())
            .await?;
            for place in 0.. {
                let mut piece = Vec::with_capacity(PIECE);
                (&mut file).take(PIECE as u64).read_to_end(&mut piece).map_err(Error::internal)?;
                if piece.is_empty() {
                    break;
                }
                let insert = "insert into upload_piece (import_id, patient_id, place, bytes) values ($1, $2, $3, $4)";
                sqlx::query(insert).bind(import.0).bind(patient.0).bind(place).bind(piece).execute(record.connection()).await?;
            }
            record.finish(did("uploaded")).await?;
            Ok(import)
        })
        .await
    }

    /// Whether another file may come to the visitor's own record; asked before it is sent, and
    /// again when it has come in.
    ///
    /// # Errors
    /// As [`Self::keep_upload`].
    pub async fn room_for_upload(&self, visitor: &Visitor, patient: PatientId) -> Result<(), Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        has_room(&mut record).await
    }

    /// How far a file of the visitor's own record is. Nothing of the record is read and nothing is
    /// shown of it, so no event is written, however often a page asks.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file in a record of theirs.
    pub async fn upload(&self, visitor: &Visitor, import: ImportId) -> Result<Upload, Error> {
        let mut record = self.open_own(visitor).await?;
        let row = sqlx::query_as!(
            Row,
            "select import_id, file_name, bytes, added_at, state, done, total, said from upload where patient_id = $1 and import_id = $2",
            record.whose().patient.0,
            import.0
        )
        .fetch_optional(record.connection())
        .await?;
        row.map(Upload::from).ok_or(Error::NotFound)
    }

    /// The visitor says that a file which describes somebody else is about them. Said twice it is
    /// said once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file in a record of theirs.
    pub async fn confirm_upload(&self, visitor: &Visitor, import: ImportId) -> Result<(), Error> {
        self.answer_upload(visitor, import, true).await
    }

    /// The visitor says that it is not: nothing of it is kept.
    ///
    /// # Errors
    /// As [`Self::confirm_upload`].
    pub async fn discard_upload(&self, visitor: &Visitor, import: ImportId) -> Result<(), Error> {
        self.answer_upload(visitor, import, false).await
    }

    async fn answer_upload(&self, visitor: &Visitor, import: ImportId, is_theirs: bool) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient.0;
            let answered = sqlx::query!(
                "update upload set state = case when $3 then 'waiting' else 'discarded' end, is_confirmed = $3, said = null
                where patient_id = $1 and import_id = $2 and state = 'asking'",
                patient,
                import.0,
                is_theirs
            )
            .execute(record.connection())
            .await?;
            if answered.rows_affected() == 0 {
                let is_here = sqlx::query_scalar!(
                    r#"select exists (select from upload where patient_id = $1 and import_id = $2) as "is_here!""#,
                    patient,
                    import.0
                )
                .fetch_one(record.connection())
                .await?;
                return if is_here { Ok(()) } else { Err(Error::NotFound) };
            }
            if !is_theirs {
                sqlx::query!("delete from upload_piece where import_id = $1 and patient_id = $2", import.0, patient)
                    .execute(record.connection())
                    .await?;
            }
            record.finish(did(if is_theirs { "upload-confirmed" } else { "upload-discarded" })).await?;
            Ok(())
        })
        .await
    }

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

async fn has_room(record: &mut Record) -> Result<(), Error> {
    let count = sqlx::query!(
        r#"select count(*) filter (where state in ('waiting', 'reading', 'asking')) as "waiting!", count(*) as "of_today!"
        from upload where patient_id = $1 and (added_at > now() - interval '1 day' or state in ('waiting', 'reading', 'asking'))"#,
        record.whose().patient.0
    )
    .fetch_one(record.connection())
    .await?;
    if count.waiting >= WAITING || count.of_today >= A_DAY { Err(Error::TooManyTries) } else { Ok(()) }
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

/// A name of a file without the folders that some browsers send along.
fn shortened(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|letter| !letter.is_control()).take(NAME).collect()
}

fn did(action: &str) -> What {
    What { action: action.to_owned(), ..What::default() }
}
