//! Taking apart what several sources seem to tell of, and putting it together again. The patient alone
//! does either.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};

use crate::{
    Error, Portal,
    audit::Shown,
    entry::category,
    import::twins::{self, Wait},
    pool::detached,
    record::Record,
    sources::work_in,
};

impl Portal {
    /// Shows an item and the same of other sources as things of their own from now on. What hid one of them
    /// goes on hiding each. Returns the category of the item.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is none of the visitor's own; `file-is-read` while something is brought into the record.
    pub async fn take_apart(&self, visitor: &Visitor, patient: PatientId, item: ItemId) -> Result<Category, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_to_change(&visitor, patient).await?;
            let parted = sqlx::query!(
                r#"update item i set parted = i.twin, twin = null, behind = 0
                from item o where o.patient_id = $1 and o.item_id = $2 and i.patient_id = $1 and i.twin = o.twin
                returning i.item_id, i.category"#,
                patient.0,
                item.0
            )
            .fetch_all(record.connection())
            .await?;
            twins::count(record.connection(), &[patient.0]).await?;
            work_in(&mut record, "").await?;
            let changed = parted.iter().map(|row| (ItemId(row.item_id), category(row.category))).collect();
            finish(record, "taken-apart", item, changed).await
        })
        .await
    }

    /// Lets an item be one with the same of other sources again, as far as they still say the same.
    ///
    /// # Errors
    /// As [`Self::take_apart`].
    pub async fn put_together(&self, visitor: &Visitor, patient: PatientId, item: ItemId) -> Result<Category, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_to_change(&visitor, patient).await?;
            let parted = sqlx::query!(
                r#"update item i set parted = null
                from item o where o.patient_id = $1 and o.item_id = $2 and i.patient_id = $1 and i.parted = o.parted
                returning i.item_id, i.category"#,
                patient.0,
                item.0
            )
            .fetch_all(record.connection())
            .await?;
            let items: Vec<_> = parted.iter().map(|row| (patient.0, row.item_id)).collect();
            let keys = twins::keys(record.connection(), &items).await?;
            twins::find(record.connection(), &[patient.0], Some(keys), Wait::UntilOneIsOpen).await.map_err(twins::refused)?;
            work_in(&mut record, "").await?;
            let changed = parted.iter().map(|row| (ItemId(row.item_id), category(row.category))).collect();
            finish(record, "put-together", item, changed).await
        })
        .await
    }

    /// Opens a record of the visitor's own and takes a turn at it with whatever is brought into it.
    async fn open_to_change(&self, visitor: &Visitor, patient: PatientId) -> Result<Record, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        work_in(&mut record, "import").await?;
        twins::turn(record.connection(), patient).await?;
        Ok(record)
    }
}

/// Writes what was done. Doing it again changes nothing, and nothing is written.
async fn finish(mut record: Record, action: &str, item: ItemId, changed: Vec<(ItemId, Category)>) -> Result<Category, Error> {
    let Some((_, category)) = changed.iter().find(|(one, _)| *one == item).copied() else {
        let patient = record.whose().patient;
        let found = sqlx::query_scalar!("select category from item where patient_id = $1 and item_id = $2", patient.0, item.0)
            .fetch_optional(record.connection())
            .await?;
        return found.map(category).ok_or(Error::NotFound);
    };
    let mut shown = Shown::default();
    changed.into_iter().for_each(|(item, category)| shown.add(item, category));
    record.finish(shown.what(action, "item")).await?;
    Ok(category)
}
