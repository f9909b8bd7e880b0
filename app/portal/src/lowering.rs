//! Lowering a sensitive label of an item: its patient says that it does not apply, so that shares without sensitive things reach the item.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
    label::{Label, Labels},
};

use crate::{
    Error, Portal,
    audit::Shown,
    fresh,
    import::{LABELS, twins},
    notices::{self, Notice},
    pool::detached,
    record::Record,
    sources::work_in,
};

/// Of an item that has the label, and of its twins: it does not count from now on.
const LOWER: &str = "
    with these as (
        select i.item_id, i.category from item i join item o on o.patient_id = i.patient_id and o.item_id = $2 and o.labels & $3 <> 0
        where i.patient_id = $1 and (i.item_id = o.item_id or i.twin = o.twin and not i.is_private)
    ), lowered as (
        insert into lowering (patient_id, item_id, category, labels) select $1, item_id, category, $3 from these
        on conflict (patient_id, item_id) do update set labels = lowering.labels | excluded.labels, category = excluded.category
        returning item_id
    )
    update item i set labels = i.labels & ~$3::smallint from lowered l where i.patient_id = $1 and i.item_id = l.item_id";

/// The same back. Nothing is less than it was.
const MARK: &str = "
    with marked as (
        update lowering l set labels = l.labels & ~$3::smallint, marked_at = clock_timestamp() from item i
        where l.patient_id = $1 and l.labels & $3 <> 0 and i.patient_id = l.patient_id and i.item_id = l.item_id
            and (i.item_id = $2 or i.twin = (select twin from item where patient_id = $1 and item_id = $2))
        returning l.item_id
    )
    update item i set labels = i.labels | $3 from marked m where i.patient_id = $1 and i.item_id = m.item_id";

impl Portal {
    /// Says that a label does not apply to an item of the visitor's own record, nor to what other sources tell of the same. Returns the
    /// category of the item.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, [`Error::SignInAgain`] where the sign-in is not fresh: it opens something,
    /// [`Error::Conflict`] with `mark-stays` where the label is that of a person, a place or a medicine that the item names,
    /// `file-is-read` while a file comes in.
    pub async fn lower(&self, visitor: &Visitor, patient: PatientId, item: ItemId, label: Label) -> Result<Category, Error> {
        self.say_of_label(visitor, patient, item, label, true).await
    }

    /// Marks it with the label again.
    ///
    /// # Errors
    /// As [`Self::lower`], without a fresh sign-in.
    pub async fn mark(&self, visitor: &Visitor, patient: PatientId, item: ItemId, label: Label) -> Result<Category, Error> {
        self.say_of_label(visitor, patient, item, label, false).await
    }

    async fn say_of_label(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        item: ItemId,
        label: Label,
        is_lowered: bool,
    ) -> Result<Category, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            let found = sqlx::query_scalar!("select category from item where patient_id = $1 and item_id = $2", patient.0, item.0)
                .fetch_optional(record.connection())
                .await?;
            let Some(category) = found.and_then(Category::from_number) else { return record.refuse().await };
            if is_lowered {
                fresh::require(record.connection(), &visitor).await?;
            }
            work_in(&mut record, "import").await?;
            twins::turn(record.connection(), patient).await?;
            let bit = i16::from(Labels::NONE.with(label).bits());
            let changed = sqlx::query(if is_lowered { LOWER } else { MARK })
                .bind(patient.0)
                .bind(item.0)
                .bind(bit)
                .execute(record.connection())
                .await?;
            // Doing it again changes nothing, and nothing is written.
            if changed.rows_affected() == 0 {
                return Ok(category);
            }
            sqlx::query(LABELS).bind(vec![patient.0]).execute(record.connection()).await?;
            if is_lowered && has(&mut record, item, bit).await? {
                return Err(Error::Conflict("mark-stays"));
            }
            work_in(&mut record, "").await?;
            tell(record, item, category, is_lowered).await?;
            Ok(category)
        })
        .await
    }
}

/// Whether the item has the label in spite of that.
async fn has(record: &mut Record, item: ItemId, bit: i16) -> Result<bool, Error> {
    let patient = record.whose().patient;
    let has = sqlx::query_scalar!(
        r#"select labels & $3 <> 0 as "has!" from item where patient_id = $1 and item_id = $2"#,
        patient.0,
        item.0,
        bit
    );
    Ok(has.fetch_one(record.connection()).await?)
}

/// Open pages ask again where something closes. The log does not say which label: whoever may read the item must not learn it from there.
async fn tell(mut record: Record, item: ItemId, category: Category, is_lowered: bool) -> Result<(), Error> {
    if !is_lowered {
        let notice = Notice { patient: Some(record.whose().patient), ..Notice::default() };
        notices::send(record.connection(), notice).await?;
    }
    let mut shown = Shown::default();
    shown.add(item, category);
    record.finish(shown.what(if is_lowered { "label-lowered" } else { "label-marked" }, "who")).await?;
    Ok(())
}
