//! Asking: what is wrong with an item, the words on their way, and the correction that they open.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    correction::Words,
    id::{CorrectionId, DraftId, ItemId, PatientId},
};
use sqlx::types::Json;

use super::{Kept, keep, kept, labels_of, note, words_of};
use crate::{
    Error, LABEL_TABLE_VERSION, Opened, Portal,
    audit::Shown,
    entry::{Entry, category, entries},
    pool::detached,
    record::Record,
};

/// The page that asks what is wrong.
#[derive(Debug, Clone)]
pub struct Question {
    /// About what; what is said of it already stands in it.
    pub entry: Entry,
    /// What was typed before, where a draft of it is named and still there.
    pub typed: Option<String>,
}

/// What became of words that were to open a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// They stand beside the item.
    Opened(CorrectionId),
    /// Others stand there already, which these have not replaced: they are in their draft, as before.
    Stands(CorrectionId),
}

impl Portal {
    /// What the question about an item shows.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, or the visitor is not the patient.
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
            Some(draft) => kept(&mut record, draft, item).await?,
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
        let (portal, visitor, typed) = (self.clone(), visitor.clone(), typed.to_owned());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let Some((draft, category)) = keep(&mut record, item, &typed).await? else { return record.refuse().await };
            let mut shown = Shown::default();
            shown.add(item, category);
            Ok(record.close("item", shown, draft).await?.view)
        })
        .await
    }

    /// Opens a correction with what a draft holds, which ends with it. Asked for twice, it is the same one.
    ///
    /// # Errors
    /// `Invalid("correction-words")` where the draft cannot be used, [`Error::Conflict`] where it is no
    /// more, [`Error::NotFound`] where the visitor is not the patient.
    pub async fn open_correction(&self, visitor: &Visitor, patient: PatientId, item: ItemId, draft: DraftId) -> Result<Opening, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let fields = sqlx::query_scalar!(
                r#"delete from draft where draft_id = $1 and account_id = $2 and kind = 'correction' and ends_at > now()
                returning fields as "fields: Json<Kept>""#,
                draft.0,
                visitor.actor.account().0
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(typed) = words_of(&record, fields, item) else {
                // The second post of a double click.
                return standing(&mut record, item).await?.map(Opening::Opened).ok_or(Error::Conflict("opened"));
            };
            let words = Words::parse(&typed).ok_or(Error::Invalid("correction-words"))?;
            let opened = sqlx::query!(
                r#"with opened as (
                    -- Where several sources tell of it, it is said of one that others may see, if there is any,
                    -- and of the first: a key without what is new covers none of the others.
                    insert into correction (patient_id, item_id, version_no)
                    select i.patient_id, t.item_id, t.version_no from item i cross join lateral (
                        select n.item_id, n.version_no from item n
                        where n.patient_id = i.patient_id and (n.item_id = i.item_id or n.twin = i.twin)
                        order by n.is_private, n.added_at, n.behind limit 1) t
                    where i.patient_id = $1 and i.item_id = $2 and not exists (
                        select from correction c join item n on n.patient_id = c.patient_id and n.item_id = c.item_id
                        where c.patient_id = i.patient_id and c.ended_at is null and n.twin = i.twin)
                    on conflict (patient_id, item_id) where ended_at is null do nothing
                    returning correction_id, patient_id, item_id
                ), worded as (
                    insert into correction_statement (patient_id, correction_id, words, labels, labelled_by)
                    select patient_id, correction_id, $3, $4, $5 from opened
                )
                select o.correction_id, i.category from opened o join item i on i.patient_id = o.patient_id and i.item_id = o.item_id"#,
                patient.0,
                item.0,
                words.as_str(),
                labels_of(words.as_str()),
                LABEL_TABLE_VERSION
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(opened) = opened else {
                // Nothing is committed, so the draft is there as before.
                return match standing(&mut record, item).await? {
                    Some(stands) => Ok(Opening::Stands(stands)),
                    None => record.refuse().await,
                };
            };
            note(record, "correction-opened", item, category(opened.category)).await?;
            Ok(Opening::Opened(CorrectionId(opened.correction_id)))
        })
        .await
    }
}

/// The correction of an item, or of its twin, that stands.
async fn standing(record: &mut Record, item: ItemId) -> Result<Option<CorrectionId>, Error> {
    let patient = record.whose().patient;
    let found = sqlx::query_scalar!(
        "select c.correction_id from correction c where c.patient_id = $1 and c.ended_at is null and c.item_id in (
            select $2::uuid union all select t.item_id from item i join item t on t.patient_id = i.patient_id and t.twin = i.twin
            where i.patient_id = $1 and i.item_id = $2)
        order by c.item_id <> $2, c.opened_at limit 1",
        patient.0,
        item.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(found.map(CorrectionId))
}
