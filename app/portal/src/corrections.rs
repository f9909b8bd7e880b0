//! Corrections: what a patient says is wrong, and its thread.
//!
//! The statement stands beside its item for whoever sees that, until the patient has resolved
//! or withdrawn it. Clinicians who see the item may answer; each sees what the patient wrote
//! and their own answers, because who else reads the record is nobody's business.

use std::collections::HashMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    category::Category,
    correction::{CorrectionState, Words},
    id::{CorrectionId, DraftId, ItemId, PatientId},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, category, entries},
    pool::detached,
    record::Record,
};

/// A correction.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Which.
    pub id: CorrectionId,
    /// Where it stands.
    pub state: CorrectionState,
    /// What is wrong, in the patient's own words.
    pub statement: String,
    /// When the patient said so.
    pub opened_at: OffsetDateTime,
    /// When the patient resolved or withdrew it.
    pub ended_at: Option<OffsetDateTime>,
    /// What it is about, as it is now.
    pub entry: Entry,
    /// Whether the item has come in anew since then.
    pub has_changed: bool,
}

/// A correction with its thread.
#[derive(Debug, Clone)]
pub struct Thread {
    /// What it is about.
    pub correction: Correction,
    /// What was said since, oldest first, as far as the reader may see it.
    pub messages: Vec<Message>,
    /// Whether the reader may write.
    pub may_write: bool,
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

/// The page that asks what is wrong.
#[derive(Debug, Clone)]
pub struct Question {
    /// About what; what is said of it already stands in it.
    pub entry: Entry,
    /// What was typed before, where a draft of it is named.
    pub typed: Option<String>,
}

/// What waits to be checked.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    patient: Uuid,
    item: Uuid,
    words: String,
}

impl Portal {
    /// What the question about an item shows.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, or no such draft, or the visitor is not the patient.
    pub async fn correction_question(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        category: Category,
        item: ItemId,
        draft: Option<DraftId>,
    ) -> Result<Opened<Question>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        let row = entries!("where i.patient_id = $1 and i.item_id = $2 and i.category = $3 limit 1", patient.0, item.0, category.number())
            .fetch_optional(record.connection())
            .await?;
        let Some(row) = row else { return record.refuse().await };
        let entry = Entry::from(row);
        let typed = match draft {
            Some(draft) => Some(kept(&mut record, draft, item).await?.ok_or(Error::NotFound)?),
            None => None,
        };
        let mut shown = Shown::default();
        shown.entries([&entry]);
        record.close("item", shown, Question { entry, typed }).await
    }

    /// Keeps what was typed, usable or not, for the page that comes next.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, or the visitor is not the patient.
    pub async fn keep_statement(&self, visitor: &Visitor, patient: PatientId, item: ItemId, typed: &str) -> Result<DraftId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        // PostgreSQL keeps no NUL in a text.
        let kept = Kept { patient: patient.0, item: item.0, words: typed.replace('\0', "") };
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let begun = sqlx::query!(
                r#"with again as (
                    update draft set fields = $4 where account_id = $1 and kind = 'correction' and ends_at > now()
                        and fields ->> 'patient' = $2::uuid::text and fields ->> 'item' = $3::uuid::text
                    returning draft_id
                ), begun as (
                    insert into draft (account_id, kind, fields) select $1, 'correction', $4 where not exists (select from again)
                    returning draft_id
                )
                select b.draft_id as "draft_id!", i.category from item i, (table again union all table begun) b
                where i.patient_id = $2 and i.item_id = $3"#,
                visitor.actor.account().0,
                patient.0,
                item.0,
                Json(kept) as _
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(begun) = begun else { return record.refuse().await };
            let mut shown = Shown::default();
            shown.add(item, category(begun.category));
            Ok(record.close("item", shown, DraftId(begun.draft_id)).await?.view)
        })
        .await
    }

    /// Opens a correction with what a draft holds. Asked for twice, or where one stands already, it
    /// is the one that stands.
    ///
    /// # Errors
    /// `Invalid("correction-words")` where the draft cannot be used, [`Error::Conflict`] where it is no
    /// more, [`Error::NotFound`] where the visitor is not the patient.
    pub async fn open_correction(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        item: ItemId,
        draft: DraftId,
    ) -> Result<CorrectionId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let typed = kept(&mut record, draft, item).await?;
            sqlx::query!(
                "delete from draft where draft_id = $1 and account_id = $2 and kind = 'correction'",
                draft.0,
                visitor.actor.account().0
            )
            .execute(record.connection())
            .await?;
            let Some(typed) = typed else {
                return standing(&mut record, item).await?.ok_or(Error::Conflict("opened"));
            };
            let words = Words::parse(&typed).ok_or(Error::Invalid("correction-words"))?;
            let opened = sqlx::query!(
                r#"with opened as (
                    insert into correction (patient_id, item_id, version_no, statement)
                    select i.patient_id, i.item_id, i.version_no, $3 from item i where i.patient_id = $1 and i.item_id = $2
                    on conflict (patient_id, item_id) where ended_at is null do nothing
                    returning correction_id, patient_id, item_id
                )
                select o.correction_id, i.category from opened o join item i on i.patient_id = o.patient_id and i.item_id = o.item_id"#,
                patient.0,
                item.0,
                words.as_str()
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(opened) = opened else {
                return match standing(&mut record, item).await? {
                    Some(stands) => Ok(stands),
                    None => record.refuse().await,
                };
            };
            note(record, "correction-opened", item, category(opened.category)).await?;
            Ok(CorrectionId(opened.correction_id))
        })
        .await
    }

    /// Writes into the thread: the patient, or a clinician who sees the item. The same words twice within a minute are once.
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
        let words = Words::parse(typed);
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !may_write(&record) {
                return record.refuse().await;
            }
            let Some(words) = words else {
                // Whether there is such a thread is not told to whoever does not see it.
                return match about(&mut record, correction).await? {
                    Some(_) => Err(Error::Invalid("correction-words")),
                    None => record.refuse().await,
                };
            };
            let (state, action) = if record.is_own() {
                (CorrectionState::Open, "correction-written")
            } else {
                (CorrectionState::Answered, "correction-answered")
            };
            let written = sqlx::query!(
                "update correction set state = $3, messages = messages + 1
                where patient_id = $1 and correction_id = $2 and ended_at is null and messages < 100 returning item_id",
                patient.0,
                correction.0,
                state.slug()
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(written) = written else {
                return match about(&mut record, correction).await? {
                    Some(true) => Err(Error::Invalid("thread-full")),
                    Some(false) => Err(Error::Conflict("ended")),
                    None => record.refuse().await,
                };
            };
            let author = Author::of(&visitor);
            let added = sqlx::query!(
                "insert into correction_message (patient_id, correction_id, account_id, is_patient, name, profession, organization, words)
                select $1, $2, $3, $4, $5, $6, $7, $8
                where not exists (select from correction_message where patient_id = $1 and correction_id = $2 and account_id = $3
                    and words = $8 and at > now() - interval '1 minute')",
                patient.0,
                correction.0,
                visitor.actor.account().0,
                record.is_own(),
                author.name,
                author.profession,
                author.organization,
                words.as_str()
            )
            .execute(record.connection())
            .await?;
            if added.rows_affected() == 0 {
                // The second post of a double click, and nothing of it stays.
                return Ok(());
            }
            let item = ItemId(written.item_id);
            let category = category_of(&mut record, item).await?;
            note(record, action, item, category).await
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
                CorrectionEnding::Resolved => (CorrectionState::Resolved, "correction-resolved"),
                CorrectionEnding::Withdrawn => (CorrectionState::Withdrawn, "correction-withdrawn"),
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

    /// The corrections of the visitor's own record, those that stand first, then the newest: at most 200.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the record is not theirs.
    pub async fn corrections(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Vec<Correction>>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        let heads = sqlx::query_as!(
            Head,
            r#"select c.correction_id, c.item_id, c.statement, c.state, c.opened_at, c.ended_at, i.version_no > c.version_no as "has_changed!"
            from correction c join item i on i.patient_id = c.patient_id and i.item_id = c.item_id
            where c.patient_id = $1 order by c.ended_at is not null, c.opened_at desc, c.correction_id limit 200"#,
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let corrections = with_entries(&mut record, heads).await?;
        let mut shown = Shown::default();
        shown.entries(corrections.iter().map(|correction| &correction.entry));
        record.close("corrections", shown, corrections).await
    }

    /// One correction with its thread; to anybody but the patient while it stands and they see the item.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none for this visitor.
    pub async fn correction(&self, visitor: &Visitor, patient: PatientId, correction: CorrectionId) -> Result<Opened<Thread>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let heads = sqlx::query_as!(
            Head,
            r#"select c.correction_id, c.item_id, c.statement, c.state, c.opened_at, c.ended_at, i.version_no > c.version_no as "has_changed!"
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
            where patient_id = $1 and correction_id = $2 order by at, message_id limit 100",
            patient.0,
            correction.0
        )
        .fetch_all(record.connection())
        .await?;
        let messages: Vec<_> = messages
            .into_iter()
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
        let mut shown = Shown::default();
        shown.entries([&found.entry]);
        let may_write = found.state.stands() && may_write(&record);
        record.close("correction", shown, Thread { correction: found, messages, may_write }).await
    }
}

/// How a patient ends a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionEnding {
    /// It is settled.
    Resolved,
    /// It was not meant.
    Withdrawn,
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

/// The patient, and clinicians.
fn may_write(record: &Record) -> bool {
    record.is_own() || matches!(record.visitor().actor, Actor::Clinician { .. })
}

/// What a draft of the visitor's holds that is about this item of the open record.
async fn kept(record: &mut Record, draft: DraftId, item: ItemId) -> Result<Option<String>, Error> {
    let (account, patient) = (record.visitor().actor.account(), record.whose().patient);
    let fields = sqlx::query_scalar!(
        r#"select fields as "fields: Json<Kept>" from draft where draft_id = $1 and account_id = $2 and kind = 'correction' and ends_at > now()"#,
        draft.0,
        account.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(fields.map(|Json(kept)| kept).filter(|kept| kept.patient == patient.0 && kept.item == item.0).map(|kept| kept.words))
}

/// The correction of an item that stands.
async fn standing(record: &mut Record, item: ItemId) -> Result<Option<CorrectionId>, Error> {
    let patient = record.whose().patient;
    let found = sqlx::query_scalar!(
        "select correction_id from correction where patient_id = $1 and item_id = $2 and ended_at is null",
        patient.0,
        item.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(found.map(CorrectionId))
}

/// Whether a correction that the reader sees stands; nothing where they see none.
async fn about(record: &mut Record, correction: CorrectionId) -> Result<Option<bool>, Error> {
    let patient = record.whose().patient;
    Ok(sqlx::query_scalar!(
        r#"select ended_at is null as "stands!" from correction where patient_id = $1 and correction_id = $2"#,
        patient.0,
        correction.0
    )
    .fetch_optional(record.connection())
    .await?)
}

async fn category_of(record: &mut Record, item: ItemId) -> Result<Category, Error> {
    let patient = record.whose().patient;
    let found = sqlx::query_scalar!("select category from item where patient_id = $1 and item_id = $2", patient.0, item.0)
        .fetch_one(record.connection())
        .await?;
    Ok(category(found))
}

/// Writes the event of a change, which says about what and not what was said.
async fn note(record: Record, action: &str, item: ItemId, category: Category) -> Result<(), Error> {
    let mut shown = Shown::default();
    shown.add(item, category);
    record.finish(shown.what(action, "correction")).await?;
    Ok(())
}

/// A row of `correction`.
struct Head {
    correction_id: Uuid,
    item_id: Uuid,
    statement: String,
    state: String,
    opened_at: OffsetDateTime,
    ended_at: Option<OffsetDateTime>,
    has_changed: bool,
}

async fn with_entries(record: &mut Record, heads: Vec<Head>) -> Result<Vec<Correction>, Error> {
    let (patient, ids): (_, Vec<Uuid>) = (record.whose().patient, heads.iter().map(|head| head.item_id).collect());
    let rows = entries!("where i.patient_id = $1 and i.item_id = any($2)", patient.0, &ids).fetch_all(record.connection()).await?;
    let read: HashMap<Uuid, Entry> = rows.into_iter().map(|row| (row.item_id, Entry::from(row))).collect();
    let corrections = heads.into_iter().filter_map(|head| {
        Some(Correction {
            id: CorrectionId(head.correction_id),
            state: CorrectionState::from_slug(&head.state)?,
            statement: head.statement,
            opened_at: head.opened_at,
            ended_at: head.ended_at,
            entry: read.get(&head.item_id)?.clone(),
            has_changed: head.has_changed,
        })
    });
    Ok(corrections.collect())
}
