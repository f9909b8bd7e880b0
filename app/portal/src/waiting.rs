//! Results that wait for their patient's own eyes: what they choose, what waits, and opening it.
//!
//! A mark of an item (`waits`) and no rule of access: whoever the patient shares with sees what they
//! always see. Imports set it, by the kinds that are chosen when something comes in (`import::store`), and one
//! for all twins (`import::twins`); what it takes from the patient it takes where rows, bytes and words are
//! read (`entry::entries`, `parts`, `search::texts`).

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
    waiting::ResultKind,
};

use crate::{
    Error, Opened, Portal,
    audit::{Shown, What},
    entry::{Entry, category, entries},
    pool::detached,
};

/// The most of what waits that the page names; the query carries it with one more.
pub const NAMED: usize = 100;

/// What a patient has chosen, and what waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The kinds of which a new result waits.
    pub chosen: Vec<ResultKind>,
    /// What waits, newest first, at most [`NAMED`].
    pub entries: Vec<Entry>,
    /// Whether there is more of it.
    pub has_more: bool,
}

impl Portal {
    /// What the visitor has chosen for their own record, and what waits in it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn what_waits(&self, visitor: &Visitor) -> Result<Opened<Waiting>, Error> {
        let mut record = self.open_own(visitor).await?;
        let patient = record.whose().patient;
        let chosen = sqlx::query_scalar!("select kind from waiting_kind where patient_id = $1 order by kind", patient.0)
            .fetch_all(record.connection())
            .await?;
        let rows = entries!(
            "where i.patient_id = $1 and i.waits and not i.is_error \
             and (i.behind = 0 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin and b.behind < i.behind \
                and b.waits limit 1) is null) \
             order by i.sort_at desc, i.item_id desc limit 101",
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let mut entries: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let has_more = entries.len() > NAMED;
        entries.truncate(NAMED);
        let chosen = chosen.into_iter().filter_map(ResultKind::from_number).collect();
        let mut shown = Shown::default();
        shown.entries(&entries);
        record.close("waiting", shown, Waiting { chosen, entries, has_more }).await
    }

    /// Chooses the kinds of which what comes in from now on waits. What is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn choose_waiting(&self, visitor: &Visitor, kinds: &[ResultKind]) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        let kinds: Vec<i16> = kinds.iter().map(|kind| kind.number()).collect();
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient;
            let left = sqlx::query!("delete from waiting_kind where patient_id = $1 and kind <> all ($2)", patient.0, &kinds)
                .execute(record.connection())
                .await?;
            let chosen = sqlx::query!(
                "insert into waiting_kind (patient_id, kind) select $1, kind from unnest($2::smallint[]) k (kind) on conflict do nothing",
                patient.0,
                &kinds
            )
            .execute(record.connection())
            .await?;
            // The same once more changes nothing, and is no event.
            if left.rows_affected() + chosen.rows_affected() > 0 {
                record.finish(What { action: "waiting-chosen".to_owned(), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }

    /// Opens what waits, and with it its twins and what it lists; a report with its documents, too. What does not wait
    /// any more stays open.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, or the visitor is not the patient.
    pub async fn open_waiting(&self, visitor: &Visitor, patient: PatientId, item: ItemId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let there = sqlx::query_scalar!("select waits from item where patient_id = $1 and item_id = $2", patient.0, item.0)
                .fetch_optional(record.connection())
                .await?;
            match there {
                None => return record.refuse().await,
                Some(false) => return Ok(()),
                Some(true) => {}
            }
            let opened = sqlx::query!(
                "with recursive opened (item_id) as (
                    select $2::uuid
                    union
                    select i.item_id from opened o cross join lateral (
                        select r.target_id from item_reference r where r.patient_id = $1 and r.item_id = o.item_id
                            and r.path = any (array['result', 'hasMember', 'imagingStudy', 'media.link'])
                        union all
                        select d.item_id from item_reference r
                            join item d on d.patient_id = $1 and d.item_id = r.item_id and d.category = 10
                            join item t on t.patient_id = $1 and t.item_id = r.target_id and t.resource_type <> 'Observation'
                            where r.patient_id = $1 and r.target_id = o.item_id
                        union all
                        select t.item_id from item n join item t on t.patient_id = $1 and t.twin = n.twin
                            where n.patient_id = $1 and n.item_id = o.item_id
                    ) beside (item_id)
                    join item i on i.patient_id = $1 and i.item_id = beside.item_id and i.waits
                )
                update item i set waits = false from opened o where i.patient_id = $1 and i.item_id = o.item_id and i.waits
                returning i.item_id, i.category",
                patient.0,
                item.0
            )
            .fetch_all(record.connection())
            .await?;
            // Pressed twice, it is opened once.
            if opened.is_empty() {
                return Ok(());
            }
            let mut shown = Shown::default();
            opened.iter().for_each(|row| shown.add(ItemId(row.item_id), category(row.category)));
            record.finish(shown.what("result-opened", Category::Results.slug())).await?;
            Ok(())
        })
        .await
    }
}
