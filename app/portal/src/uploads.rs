//! Files that a patient adds to their own record. A file is acknowledged once its bytes are in
//! the database; the worker reads it afterwards, so that leaving the page loses nothing.

mod reading;

use std::{fs::File, io::Read};

use chartkey_domain::{
    account::Visitor,
    id::{ImportId, PatientId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::{What, Who},
    import::{self, own::Described},
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

/// A name of a file without the folders that some browsers send along.
fn shortened(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|letter| !letter.is_control()).take(NAME).collect()
}

fn did(action: &str) -> What {
    What { action: action.to_owned(), ..What::default() }
}
