//! The words of a record, for searching: written with what comes in, and written again
//! where another version of [`PHRASE_VERSION`] wrote them.

use std::collections::HashSet;

use chartkey_domain::{category::Category, id::PatientId, phrase::PHRASE_VERSION};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::copy::Rows;
use crate::{
    Portal,
    fhir::{json::Json, project, texts},
};

const COLUMNS: i16 = 3;

/// So many things are written again with one statement.
const BATCH: i64 = 1_000;

/// The texts of a file, each once a record, as rows of a temporary table.
pub struct Phrases {
    rows: Rows,
    taken: HashSet<(PatientId, Uuid)>,
}

impl Default for Phrases {
    fn default() -> Self {
        Self { rows: Rows::new(COLUMNS), taken: HashSet::new() }
    }
}

impl Phrases {
    /// Takes a text for a record and gives its key; nothing where there is no text.
    pub fn take(&mut self, patient: PatientId, text: &str) -> Option<Uuid> {
        let id = key(text)?;
        if self.taken.insert((patient, id)) {
            self.rows.row().uuid(Some(patient.0)).uuid(Some(id)).text(Some(text));
        }
        Some(id)
    }

    /// Copies them to where [`store`] finds them.
    pub async fn stage(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let table = "create temporary table phrase_stage (patient_id uuid, phrase_id uuid, words text) on commit drop";
        sqlx::raw_sql(table).execute(&mut *connection).await?;
        let mut copy = connection.copy_in_raw("copy phrase_stage from stdin (format binary)").await?;
        copy.send(self.rows.end()).await?;
        copy.finish().await?;
        Ok(())
    }
}

/// The key of a text.
fn key(text: &str) -> Option<Uuid> {
    if text.is_empty() {
        return None;
    }
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    Some(Uuid::new_v8(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default())))
}

/// Takes what was staged into the records.
pub async fn store(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // Two imports into one record take turns: what one takes to be there, the other does not remove.
    sqlx::query("select from patient where patient_id in (select patient_id from phrase_stage) order by patient_id for update")
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into phrase (patient_id, phrase_id, words) select patient_id, phrase_id, words from phrase_stage on conflict do nothing",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes the texts of versions that are no more in force, from the records of this file.
pub async fn forget_unused(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let patients: Vec<Uuid> = sqlx::query_scalar("select distinct patient_id from stage").fetch_all(&mut *connection).await?;
    unused(connection, &patients).await
}

async fn unused(connection: &mut PgConnection, patients: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with used as materialized (
            select patient_id, shown_id as phrase_id from item where patient_id = any($1)
            union select patient_id, kept_id from item where patient_id = any($1)
            union select patient_id, shown_id from attachment where patient_id = any($1)
            union select patient_id, kept_id from attachment where patient_id = any($1)
        )
        delete from phrase p where p.patient_id = any($1)
            and not exists (select from used u where u.patient_id = p.patient_id and u.phrase_id = p.phrase_id)",
    )
    .bind(patients)
    .execute(connection)
    .await?;
    Ok(())
}

impl Portal {
    /// Writes the words of one record anew that another version of the words wrote, or none: the
    /// next one after `last`. Returns the record and how many things it holds, or nothing
    /// where no record is left.
    ///
    /// # Errors
    /// [`crate::Error::Database`]; then nothing of this record has changed.
    pub async fn phrase_next(&self, last: Option<PatientId>) -> Result<Option<(PatientId, u64)>, crate::Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select set_config('chartkey.task', 'import', true)").execute(&mut *transaction).await?;
        let next: Option<Uuid> =
            sqlx::query_scalar("select patient_id from patient where phrased_by <> $1 and patient_id > $2 order by patient_id limit 1")
                .bind(PHRASE_VERSION)
                .bind(last.map_or(Uuid::nil(), |last| last.0))
                .fetch_optional(&mut *transaction)
                .await?;
        let Some(patient) = next else { return Ok(None) };
        let count = record(&mut transaction, patient).await?;
        transaction.commit().await?;
        Ok(Some((PatientId(patient), count)))
    }
}

/// Writes the words of these records anew where they are of another version, before an import
/// adds to them.
pub async fn stale(connection: &mut PgConnection, patients: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update patient p set phrased_by = $1 where patient_id = any($2) and phrased_by <> $1
            and not exists (select from item i where i.patient_id = p.patient_id)
            and not exists (select from attachment a where a.patient_id = p.patient_id)",
    )
    .bind(PHRASE_VERSION)
    .bind(patients)
    .execute(&mut *connection)
    .await?;
    let stale: Vec<Uuid> =
        sqlx::query_scalar("select patient_id from patient where patient_id = any($2) and phrased_by <> $1 order by patient_id")
            .bind(PHRASE_VERSION)
            .bind(patients)
            .fetch_all(&mut *connection)
            .await?;
    for patient in stale {
        record(connection, patient).await?;
    }
    Ok(())
}

/// What is read of a thing to write its words.
const ROWS: [(&str, &str); 2] = [
    (
        "select i.item_id, i.category, i.resource_type, i.title, i.codes, v.bytes from item i
         left join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
         where i.patient_id = $1 and i.item_id > $2 order by i.item_id limit $3",
        "update item i set shown_id = p.shown_id, kept_id = p.kept_id
         from unnest($2::uuid[], $3::uuid[], $4::uuid[]) p (item_id, shown_id, kept_id)
         where i.patient_id = $1 and i.item_id = p.item_id and (i.shown_id, i.kept_id) is distinct from (p.shown_id, p.kept_id)",
    ),
    (
        "select a.item_id, null::smallint, a.resource_type, a.title, null::text[], v.bytes from attachment a
         left join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
         where a.patient_id = $1 and a.item_id > $2 order by a.item_id limit $3",
        "update attachment a set shown_id = p.shown_id, kept_id = p.kept_id
         from unnest($2::uuid[], $3::uuid[], $4::uuid[]) p (item_id, shown_id, kept_id)
         where a.patient_id = $1 and a.item_id = p.item_id and (a.shown_id, a.kept_id) is distinct from (p.shown_id, p.kept_id)",
    ),
];

/// Writes the words of one record.
async fn record(connection: &mut PgConnection, patient: Uuid) -> Result<u64, sqlx::Error> {
    // Whoever brings something into this record waits, or is waited for.
    sqlx::query("select from patient where patient_id = $1 for update").bind(patient).execute(&mut *connection).await?;
    let mut count = 0;
    for (select, update) in ROWS {
        let mut last = Uuid::nil();
        loop {
            let rows = sqlx::query(select).bind(patient).bind(last).bind(BATCH).fetch_all(&mut *connection).await?;
            let (mut ids, mut shown, mut kept) = (Vec::new(), Vec::new(), Vec::new());
            let (mut keys, mut texts) = (Vec::new(), Vec::new());
            for row in &rows {
                let bytes: Option<Vec<u8>> = row.try_get(5)?;
                let bytes = bytes.unwrap_or_default();
                let category = row.try_get::<Option<i16>, _>(1)?.and_then(Category::from_number);
                let codes: Option<Vec<String>> = row.try_get(4)?;
                let raw = String::from_utf8_lossy(&bytes);
                let (one, other) = words(category, row.try_get(2)?, row.try_get(3)?, codes.as_deref(), &raw);
                last = row.try_get(0)?;
                ids.push(last);
                shown.push(key(&one));
                kept.push(key(&other));
                for text in [one, other] {
                    if let Some(id) = key(&text) {
                        keys.push(id);
                        texts.push(text.replace('\0', ""));
                    }
                }
            }
            sqlx::query(
                "insert into phrase (patient_id, phrase_id, words) select $1, p.id, p.words from unnest($2::uuid[], $3::text[]) p (id, words)
                 on conflict do nothing",
            )
            .bind(patient)
            .bind(keys)
            .bind(texts)
            .execute(&mut *connection)
            .await?;
            sqlx::query(update).bind(patient).bind(&ids).bind(shown).bind(kept).execute(&mut *connection).await?;
            count += ids.len() as u64;
            if rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                break;
            }
        }
    }
    unused(connection, &[patient]).await?;
    sqlx::query("update patient set phrased_by = $2 where patient_id = $1").bind(patient).bind(PHRASE_VERSION).execute(connection).await?;
    Ok(count)
}

/// The two texts of one thing: of its row, and of its bytes where they can be read.
fn words(category: Option<Category>, resource_type: &str, title: &str, codes: Option<&[String]>, raw: &str) -> (String, String) {
    let json = Json::parse(raw).ok();
    let mut own = json.as_ref().map(project).unwrap_or_default();
    own.category = category;
    resource_type.clone_into(&mut own.resource_type);
    let codes = codes.unwrap_or(&own.codes);
    let readable = json.as_ref().map(|json| texts::readable(json, category)).unwrap_or_default();
    let shown = texts::shown(&own, title, codes, readable.iter().map(String::as_str));
    let kept = json.as_ref().map(|json| texts::kept(json, &shown)).unwrap_or_default();
    (shown.finish(), kept)
}
