//! Labels again what another table labelled, things and what is said of them: until then it is the patient's only.

use std::collections::BTreeMap;

use chartkey_domain::{id::PatientId, label::Labels};
use futures::TryStreamExt;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{lock, store::LABELS};
use crate::{
    Error, Portal,
    fhir::{LABEL_TABLE_VERSION, json::Json, labels},
};

impl Portal {
    /// Labels one record anew of which another version of the table labelled something:
    /// the next one after `last`. Labels are only added. Returns the record, and how many
    /// items it was or why they could not be read: then nothing of this record has changed.
    /// Nothing where no record is left.
    ///
    /// # Errors
    /// [`Error::Database`] where the next record could not be asked for.
    pub async fn label_next(&self, last: Option<PatientId>) -> Result<Option<(PatientId, Result<u64, Error>)>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select set_config('chartkey.task', 'import', true)").execute(&mut *transaction).await?;
        let next = sqlx::query_scalar::<_, Uuid>(
            "select p from (
                (select patient_id as p from item where labelled_by <> $1 and patient_id > $2 order by patient_id limit 1)
                union all
                (select patient_id from attachment where labelled_by <> $1 and patient_id > $2 order by patient_id limit 1)
                union all
                (select patient_id from correction_statement where labelled_by <> $1 and patient_id > $2 order by patient_id limit 1)
                union all
                (select patient_id from correction_message where labelled_by <> $1 and patient_id > $2 order by patient_id limit 1)
             ) stale order by p limit 1",
        )
        .bind(LABEL_TABLE_VERSION)
        .bind(last.map_or(Uuid::nil(), |last| last.0))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(patient) = next else { return Ok(None) };
        let labelled = async {
            lock(&mut transaction, &[patient]).await?;
            let items = record(&mut transaction, patient).await?;
            words(&mut transaction, patient).await?;
            transaction.commit().await?;
            Ok(items)
        };
        Ok(Some((PatientId(patient), labelled.await)))
    }
}

/// Labels these records anew where another table labelled them, before an import adds to them:
/// what it brings takes its labels from them.
pub async fn stale(connection: &mut PgConnection, patients: &[Uuid]) -> Result<(), sqlx::Error> {
    let stale: Vec<Uuid> = sqlx::query_scalar(
        "select patient_id from item where patient_id = any($2) and labelled_by <> $1
         union select patient_id from attachment where patient_id = any($2) and labelled_by <> $1 order by 1",
    )
    .bind(LABEL_TABLE_VERSION)
    .bind(patients)
    .fetch_all(&mut *connection)
    .await?;
    for patient in stale {
        record(connection, patient).await?;
    }
    Ok(())
}

/// Labels one record, from all versions of everything in it.
async fn record(connection: &mut PgConnection, patient: Uuid) -> Result<u64, sqlx::Error> {
    let mut of: BTreeMap<Uuid, Labels> = BTreeMap::new();
    let mut versions = sqlx::query("select item_id, bytes from item_version where patient_id = $1 and withdrawn_at is null")
        .bind(patient)
        .fetch(&mut *connection);
    while let Some(row) = versions.try_next().await? {
        let (item, bytes): (Uuid, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let found = Json::parse(&String::from_utf8_lossy(&bytes)).map_or(Labels::NONE, |resource| labels::of(&resource));
        of.entry(item).and_modify(|labels| *labels = labels.union(found)).or_insert(found);
    }
    drop(versions);
    let (ids, bits): (Vec<Uuid>, Vec<i16>) = of.into_iter().map(|(item, labels)| (item, i16::from(labels.bits()))).unzip();
    let mut labelled = 0;
    for statement in [
        "update attachment a set own_labels = a.own_labels | l.labels, labelled_by = $4
         from unnest($2::uuid[], $3::smallint[]) l (item_id, labels) where a.patient_id = $1 and a.item_id = l.item_id and a.labelled_by <> $4",
        "update item i set own_labels = i.own_labels | l.labels, labels = i.labels | l.labels, labelled_by = $4
         from unnest($2::uuid[], $3::smallint[]) l (item_id, labels) where i.patient_id = $1 and i.item_id = l.item_id and i.labelled_by <> $4",
    ] {
        let done = sqlx::query(statement).bind(patient).bind(&ids).bind(&bits).bind(LABEL_TABLE_VERSION).execute(&mut *connection).await?;
        labelled = done.rows_affected();
    }
    sqlx::query(LABELS).bind(vec![patient]).execute(connection).await?;
    Ok(labelled)
}

/// Labels what is said in the corrections of one record.
async fn words(connection: &mut PgConnection, patient: Uuid) -> Result<(), sqlx::Error> {
    for (read, write) in [
        (
            "select correction_id, words from correction_statement where patient_id = $1 and labelled_by <> $2",
            "update correction_statement s set labels = s.labels | l.labels, labelled_by = $4
             from unnest($2::uuid[], $3::smallint[]) l (id, labels) where s.patient_id = $1 and s.correction_id = l.id",
        ),
        (
            "select message_id, words from correction_message where patient_id = $1 and labelled_by <> $2",
            "update correction_message m set labels = m.labels | l.labels, labelled_by = $4
             from unnest($2::uuid[], $3::smallint[]) l (id, labels) where m.patient_id = $1 and m.message_id = l.id",
        ),
    ] {
        let stale: Vec<(Uuid, String)> = sqlx::query_as(read).bind(patient).bind(LABEL_TABLE_VERSION).fetch_all(&mut *connection).await?;
        let labelled = stale.into_iter().map(|(id, words)| (id, i16::from(labels::of_words(&words).bits())));
        let (ids, bits): (Vec<Uuid>, Vec<i16>) = labelled.unzip();
        sqlx::query(write).bind(patient).bind(&ids).bind(&bits).bind(LABEL_TABLE_VERSION).execute(&mut *connection).await?;
    }
    Ok(())
}
