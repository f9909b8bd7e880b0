//! Labels again what an older table labelled: until then it is the patient's only.

use std::collections::HashMap;

use chartkey_domain::label::Labels;
use futures::TryStreamExt;
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::store::LABELS;
use crate::{
    Portal,
    fhir::{LABEL_TABLE_VERSION, json::Json, labels},
};

impl Portal {
    /// Labels every item anew that another version of the table labelled, a record at a
    /// time, from all its versions. Labels are only added. Returns how many items there were.
    ///
    /// # Errors
    /// [`crate::Error::Database`]; the records that are done stay done.
    pub async fn label_again(&self) -> Result<u64, crate::Error> {
        let mut connection = self.pool.acquire().await?;
        let (mut last, mut items) = (Uuid::nil(), 0);
        while let Some((patient, labelled)) = next_record(&mut connection, last).await? {
            (last, items) = (patient, items + labelled);
        }
        Ok(items)
    }
}

/// The next record after `last`; `None` where there is none left.
async fn next_record(connection: &mut PgConnection, last: Uuid) -> Result<Option<(Uuid, u64)>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select set_config('chartkey.task', 'import', true)").execute(&mut *transaction).await?;
    let stale = "select patient_id from item where labelled_by <> $1 and patient_id > $2 order by patient_id limit 1";
    let stale = sqlx::query_scalar::<_, Uuid>(stale).bind(LABEL_TABLE_VERSION).bind(last).fetch_optional(&mut *transaction).await?;
    let Some(patient) = stale else {
        return Ok(None);
    };
    let mut of: HashMap<Uuid, Labels> = HashMap::new();
    let mut versions = sqlx::query("select item_id, bytes from item_version where patient_id = $1").bind(patient).fetch(&mut *transaction);
    while let Some(row) = versions.try_next().await? {
        let (item, bytes): (Uuid, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let found = Json::parse(&String::from_utf8_lossy(&bytes)).map_or(Labels::NONE, |resource| labels::of(&resource));
        of.entry(item).and_modify(|labels| *labels = labels.union(found)).or_insert(found);
    }
    drop(versions);
    let (ids, bits): (Vec<Uuid>, Vec<i16>) = of.into_iter().map(|(item, labels)| (item, i16::from(labels.bits()))).unzip();
    let labelled = sqlx::query(
        "update item i set own_labels = i.own_labels | l.labels, labels = i.labels | l.labels, labelled_by = $4
         from unnest($2::uuid[], $3::smallint[]) l (item_id, labels) where i.patient_id = $1 and i.item_id = l.item_id and i.labelled_by <> $4",
    )
    .bind(patient)
    .bind(&ids)
    .bind(&bits)
    .bind(LABEL_TABLE_VERSION)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    sqlx::query(
        "update attachment a set own_labels = a.own_labels | l.labels
         from unnest($2::uuid[], $3::smallint[]) l (item_id, labels) where a.patient_id = $1 and a.item_id = l.item_id",
    )
    .bind(patient)
    .bind(&ids)
    .bind(&bits)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(LABELS).bind(vec![patient]).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Some((patient, labelled)))
}
