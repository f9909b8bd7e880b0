//! Corrections: what a patient says is wrong, and its thread.
//!
//! The statement stands beside its item for whoever sees that, until the patient has resolved
//! or withdrawn it. Clinicians who see the item may answer; each sees what the patient wrote
//! and their own answers, because who else reads the record is nobody's business.

mod asking;
mod thread;

use std::collections::HashMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    category::Category,
    correction::CorrectionState,
    id::{CorrectionId, DraftId, ItemId, PatientId},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

pub use asking::{Opening, Question};
pub use thread::{Author, CorrectionEnding, Message, Thread};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, category, entries},
    fhir::labels,
    list::PAGE,
    record::Record,
};

/// A correction.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Which.
    pub id: CorrectionId,
    /// Where it stands.
    pub state: CorrectionState,
    /// What is wrong, in the patient's own words; `None` where the reader may not know them.
    pub statement: Option<String>,
    /// When the patient said so.
    pub opened_at: OffsetDateTime,
    /// When the patient resolved or withdrew it.
    pub ended_at: Option<OffsetDateTime>,
    /// What it is about, as it is now.
    pub entry: Entry,
    /// Whether the item has come in anew since then.
    pub has_changed: bool,
}

/// A page of corrections.
#[derive(Debug, Clone)]
pub struct Corrections {
    /// Those that stand first, then the newest.
    pub corrections: Vec<Correction>,
    /// After which the next page begins, if there is one.
    pub next: Option<CorrectionId>,
}

/// What waits to be checked or sent.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    patient: Uuid,
    item: Uuid,
    words: String,
}

impl Portal {
    /// A page of the corrections of the visitor's own record, those that stand first, then the newest; the first page, or
    /// the one after a correction.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the record is not theirs.
    pub async fn corrections(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        after: Option<CorrectionId>,
    ) -> Result<Opened<Corrections>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        // Where the one before has ended meanwhile, the page begins at its place now.
        let heads = sqlx::query_as!(
            Head,
            r#"select c.correction_id, c.item_id, gate.statement(c.patient_id, c.correction_id) as statement, c.state, c.opened_at, c.ended_at,
                c.version_no < i.version_no as "has_changed!"
            from correction c join item i on i.patient_id = c.patient_id and i.item_id = c.item_id
            where c.patient_id = $1 and ($2::uuid is null or (c.ended_at is null, c.opened_at, c.correction_id)
                < (select a.ended_at is null, a.opened_at, a.correction_id from correction a where a.patient_id = $1 and a.correction_id = $2))
            order by (c.ended_at is null) desc, c.opened_at desc, c.correction_id desc limit 51"#,
            patient.0,
            after.map(|after| after.0)
        )
        .fetch_all(record.connection())
        .await?;
        let mut corrections = with_entries(&mut record, heads).await?;
        let has_more = corrections.len() > PAGE;
        corrections.truncate(PAGE);
        let next = corrections.last().filter(|_| has_more).map(|last| last.id);
        let mut shown = Shown::default();
        shown.entries(corrections.iter().map(|correction| &correction.entry));
        record.close("corrections", shown, Corrections { corrections, next }).await
    }
}

/// The patient, and clinicians.
fn may_write(record: &Record) -> bool {
    record.is_own() || matches!(record.visitor().actor, Actor::Clinician { .. })
}

/// Keeps words about an item of the open record as a draft of the visitor's, in the place of those before.
/// `None` where the item is not there.
async fn keep(record: &mut Record, item: ItemId, typed: &str) -> Result<Option<(DraftId, Category)>, Error> {
    let (account, patient) = (record.visitor().actor.account(), record.whose().patient);
    // PostgreSQL keeps no NUL in a text.
    let kept = Kept { patient: patient.0, item: item.0, words: typed.replace('\0', "") };
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
        account.0,
        patient.0,
        item.0,
        Json(kept) as _
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(begun.map(|begun| (DraftId(begun.draft_id), category(begun.category))))
}

/// What a draft of the visitor's holds that is about this item of the open record.
async fn kept(record: &mut Record, draft: DraftId, item: ItemId) -> Result<Option<String>, Error> {
    let account = record.visitor().actor.account();
    let fields = sqlx::query_scalar!(
        r#"select fields as "fields: Json<Kept>" from draft where draft_id = $1 and account_id = $2 and kind = 'correction' and ends_at > now()"#,
        draft.0,
        account.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(words_of(record, fields, item))
}

/// The words of a draft, where it is about this item of the open record.
fn words_of(record: &Record, fields: Option<Json<Kept>>, item: ItemId) -> Option<String> {
    let patient = record.whose().patient;
    fields.map(|Json(kept)| kept).filter(|kept| kept.patient == patient.0 && kept.item == item.0).map(|kept| kept.words)
}

/// The labels that words suggest, as they are stored beside them.
fn labels_of(words: &str) -> i16 {
    i16::from(labels::of_words(words).bits())
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
    statement: Option<String>,
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
