//! The thread of a correction: what was said since, who may write, and how it ends.

use chartkey_domain::{
    account::{Actor, Visitor},
    correction::{CorrectionState, Words},
    id::{CorrectionId, DraftId, ItemId, PatientId},
};
use time::OffsetDateTime;

use super::{Correction, Head, category_of, keep, kept, labels_of, may_write, note, with_entries};
use crate::{Error, LABEL_TABLE_VERSION, Opened, Portal, audit::Shown, pool::detached, record::Record};

/// The most messages of a page, the newest; the query carries it with one more.
const MESSAGES: usize = 500;

/// A correction with its thread.
#[derive(Debug, Clone)]
pub struct Thread {
    /// What it is about.
    pub correction: Correction,
    /// What was said since, oldest first, as far as the reader may see it.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub has_older: bool,
    /// Whether the reader may write.
    pub may_write: bool,
    /// Words of the reader's that were not sent, where a draft of them is named.
    pub typed: Option<String>,
}

/// What somebody wrote into a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who, as they were known then.
    pub by: Author,
    /// Whether it is the patient.
    pub is_patient: bool,
    /// What.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Their name.
    pub name: String,
    /// A clinician's profession, as their organization vouched for it.
    pub profession: Option<String>,
    /// A clinician's organization.
    pub organization: Option<String>,
}

/// How a patient ends a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionEnding {
    /// It is settled.
    Resolved,
    /// It was not meant.
    Withdrawn,
}

impl CorrectionEnding {
    /// The state that it ends in.
    #[must_use]
    pub const fn state(self) -> CorrectionState {
        match self {
            Self::Resolved => CorrectionState::Resolved,
            Self::Withdrawn => CorrectionState::Withdrawn,
        }
    }
}

impl Portal {
    /// One correction with its thread; to anybody but the patient while it stands and they see the item.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none for this visitor.
    pub async fn correction(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        correction: CorrectionId,
        draft: Option<DraftId>,
    ) -> Result<Opened<Thread>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let heads = sqlx::query_as!(
            Head,
            r#"select c.correction_id, c.item_id, gate.statement(c.patient_id, c.correction_id) as statement, c.state, c.opened_at, c.ended_at,
                i.version_no <> c.version_no as "has_changed!"
            from correction c join item i on i.patient_id = c.patient_id and i.item_id = c.item_id
            where c.patient_id = $1 and c.correction_id = $2"#,
            patient.0,
            correction.0
        )
        .fetch_all(record.connection())
        .await?;
        let Some(mut found) = with_entries(&mut record, heads).await?.pop() else { return record.refuse().await };
        let messages = sqlx::query!(
            "select name, profession, organization, is_patient, words, at from correction_message
            where patient_id = $1 and correction_id = $2 order by at desc, message_id desc limit 501",
            patient.0,
            correction.0
        )
        .fetch_all(record.connection())
        .await?;
        let has_older = messages.len() > MESSAGES;
        let messages: Vec<_> = messages
            .into_iter()
            .take(MESSAGES)
            .rev()
            .map(|row| Message {
                by: Author { name: row.name, profession: row.profession, organization: row.organization },
                is_patient: row.is_patient,
                words: row.words,
                at: row.at,
            })
            .collect();
        // Whether a colleague has answered is nobody's business but the patient's.
        if !record.is_own() {
            let is_answered = messages.last().is_some_and(|message: &Message| !message.is_patient);
            found.state = if is_answered { CorrectionState::Answered } else { CorrectionState::Open };
        }
        // What a clinician has begun to write is nobody else's to read.
        let typed = match draft.filter(|_| !record.is_preview()) {
            Some(draft) => kept(&mut record, draft, found.entry.id).await?,
            None => None,
        };
        let mut shown = Shown::default();
        shown.entries([&found.entry]);
        let may_write = found.state.stands() && may_write(&record);
        record.close("correction", shown, Thread { correction: found, messages, has_older, may_write, typed }).await
    }

    /// Writes into the thread: the patient, or a clinician who sees the item. The same words twice within a minute are once.
    /// Each author has room for a hundred messages, which the database counts (`0026_correction_sides.sql`).
    ///
    /// # Errors
    /// `Invalid("correction-words")` where it cannot be used, `Invalid("thread-full")`, [`Error::Conflict`] where the patient
    /// has ended it, [`Error::NotFound`] where the visitor may not write there.
    pub async fn write_to_correction(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        correction: CorrectionId,
        typed: &str,
    ) -> Result<(), Error> {
        let (portal, visitor, words) = (self.clone(), visitor.clone(), Words::parse(typed));
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !may_write(&record) {
                return record.refuse().await;
            }
            // Whether there is such a thread is not told to whoever does not see it.
            let Some(about) = about(&mut record, correction).await? else { return record.refuse().await };
            let words = words.ok_or(Error::Invalid("correction-words"))?;
            if !about.stands {
                return Err(Error::Conflict("ended"));
            }
            let author = Author::of(&visitor);
            let added = sqlx::query!(
                "insert into correction_message
                    (patient_id, correction_id, account_id, is_patient, name, profession, organization, words, labels, labelled_by)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                patient.0,
                correction.0,
                visitor.actor.account().0,
                record.is_own(),
                author.name,
                author.profession,
                author.organization,
                words.as_str(),
                labels_of(words.as_str()),
                LABEL_TABLE_VERSION
            )
            .execute(record.connection())
            .await
            .map_err(unwritten)?;
            if added.rows_affected() == 0 {
                // The second post of a double click, and nothing of it stays.
                return Ok(());
            }
            let action = if record.is_own() { "correction-written" } else { "correction-answered" };
            let category = category_of(&mut record, about.item).await?;
            note(record, action, about.item, category).await
        })
        .await
    }

    /// Keeps words that were not sent for the page of the thread, which shows them again.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor may not write there.
    pub async fn keep_message(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        correction: CorrectionId,
        typed: &str,
    ) -> Result<DraftId, Error> {
        let (portal, visitor, typed) = (self.clone(), visitor.clone(), typed.to_owned());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !may_write(&record) {
                return record.refuse().await;
            }
            let Some(about) = about(&mut record, correction).await? else { return record.refuse().await };
            let Some((draft, category)) = keep(&mut record, about.item, &typed).await? else { return record.refuse().await };
            let mut shown = Shown::default();
            shown.add(about.item, category);
            Ok(record.close("correction", shown, draft).await?.view)
        })
        .await
    }

    /// Ends a correction: its statement stands no more. Asked for twice it has one effect.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none of the visitor's, [`Error::Conflict`] where it has ended in another way.
    pub async fn end_correction(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        correction: CorrectionId,
        ending: CorrectionEnding,
    ) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let (state, action) = match ending {
                CorrectionEnding::Resolved => (ending.state(), "correction-resolved"),
                CorrectionEnding::Withdrawn => (ending.state(), "correction-withdrawn"),
            };
            let ended = sqlx::query_scalar!(
                "update correction set state = $3, ended_at = now() where patient_id = $1 and correction_id = $2 and ended_at is null
                returning item_id",
                patient.0,
                correction.0,
                state.slug()
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(item) = ended.map(ItemId) else {
                let is_so = sqlx::query_scalar!(
                    r#"select state = $3 as "is!" from correction where patient_id = $1 and correction_id = $2"#,
                    patient.0,
                    correction.0,
                    state.slug()
                )
                .fetch_optional(record.connection())
                .await?;
                return match is_so {
                    Some(true) => Ok(()),
                    Some(false) => Err(Error::Conflict("ended")),
                    None => Err(Error::NotFound),
                };
            };
            let category = category_of(&mut record, item).await?;
            note(record, action, item, category).await
        })
        .await
    }
}

impl Author {
    fn of(visitor: &Visitor) -> Self {
        let profession = match &visitor.actor {
            Actor::Clinician { profession, .. } => Some(profession.clone()),
            Actor::Person { .. } => None,
        };
        Self { name: visitor.name.clone(), profession, organization: visitor.organization_name.clone() }
    }
}

/// Why a message did not come in, as the database says.
fn unwritten(cause: sqlx::Error) -> Error {
    match cause.as_database_error().and_then(|cause| cause.constraint()) {
        Some("correction_room") => Error::Invalid("thread-full"),
        Some("correction_stands") => Error::Conflict("ended"),
        _ => cause.into(),
    }
}

/// What a correction is about, and whether it stands.
struct About {
    item: ItemId,
    stands: bool,
}

/// A correction that the reader sees.
async fn about(record: &mut Record, correction: CorrectionId) -> Result<Option<About>, Error> {
    let patient = record.whose().patient;
    let found = sqlx::query!(
        r#"select item_id, ended_at is null as "stands!" from correction where patient_id = $1 and correction_id = $2"#,
        patient.0,
        correction.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(found.map(|found| About { item: ItemId(found.item_id), stands: found.stands }))
}
