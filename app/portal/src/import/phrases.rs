//! The words of a record, for searching, and what its items are compared by: written with what
//! comes in, and written again where another version of [`PHRASE_VERSION`] wrote them.

use std::collections::HashSet;

use chartkey_domain::{category::Category, id::PatientId, phrase::PHRASE_VERSION};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{
    copy::Rows,
    lock,
    twins::{self, Wait},
};
use crate::{
    Error, Portal,
    fhir::{alike, json::Json, project, texts},
};

const COLUMNS: i16 = 3;

/// So many things are written again with one statement, and so many bytes of them are read; one
/// that is longer is read alone.
const BATCH: usize = 1_000;
const BYTES: usize = 8 << 20;

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
    // Imports into one record take turns (`super::lock`): what one takes to be there, another does not remove.
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

/// The same of these records.
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
    /// next one after `last`. Returns the record, and how many things it holds or why they could
    /// not be read: then nothing of this record has changed. Nothing where no record is left.
    ///
    /// # Errors
    /// [`Error::Database`] where the next record could not be asked for.
    pub async fn phrase_next(&self, last: Option<PatientId>) -> Result<Option<(PatientId, Result<u64, Error>)>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select set_config('chartkey.task', 'import', true)").execute(&mut *transaction).await?;
        let next: Option<Uuid> =
            sqlx::query_scalar("select patient_id from patient where phrased_by <> $1 and patient_id > $2 order by patient_id limit 1")
                .bind(PHRASE_VERSION)
                .bind(last.map_or(Uuid::nil(), |last| last.0))
                .fetch_optional(&mut *transaction)
                .await?;
        let Some(patient) = next else { return Ok(None) };
        let written = async {
            lock(&mut transaction, &[patient]).await?;
            let count = record(&mut transaction, patient).await?;
            transaction.commit().await?;
            Ok(count)
        };
        Ok(Some((PatientId(patient), written.await)))
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

/// Of the rows that have words: how long each is, what is read of it to write them, and where they go.
struct Table {
    sizes: &'static str,
    rows: &'static str,
    write: &'static str,
}

const TABLES: [Table; 2] = [
    ITEMS,
    Table {
        sizes: "select a.item_id, coalesce(octet_length(v.bytes), 0) from attachment a
         left join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
         where a.patient_id = $1 order by a.item_id",
        rows: "select a.item_id, null::smallint, a.resource_type, a.title, null::text[], v.bytes from attachment a
         left join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
         where a.patient_id = $1 and a.item_id = any($2)",
        write: "update attachment a set shown_id = p.shown_id, kept_id = p.kept_id
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) p (item_id, shown_id, kept_id)
         where a.patient_id = $1 and a.item_id = p.item_id and (a.shown_id, a.kept_id) is distinct from (p.shown_id, p.kept_id)",
    },
];

const ITEMS: Table = Table {
    sizes: "select i.item_id, coalesce(octet_length(v.bytes), 0) from item i
         left join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
         where i.patient_id = $1 order by i.item_id",
    rows: "select i.item_id, i.category, i.resource_type, i.title, i.codes, v.bytes from item i
         left join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
         where i.patient_id = $1 and i.item_id = any($2)",
    write: "update item i set shown_id = p.shown_id, kept_id = p.kept_id, alike = p.alike
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) p (item_id, shown_id, kept_id, alike)
         where i.patient_id = $1 and i.item_id = p.item_id and (i.shown_id, i.kept_id, i.alike) is distinct from (p.shown_id, p.kept_id, p.alike)",
};

/// Writes the words of a record anew, whoever wrote them.
pub async fn again(connection: &mut PgConnection, patient: Uuid) -> Result<(), sqlx::Error> {
    record(connection, patient).await.map(drop)
}

/// Writes the words of one record.
async fn record(connection: &mut PgConnection, patient: Uuid) -> Result<u64, sqlx::Error> {
    let mut count = 0;
    for table in TABLES {
        let sizes: Vec<(Uuid, i32)> = sqlx::query_as(table.sizes).bind(patient).fetch_all(&mut *connection).await?;
        count += sizes.len() as u64;
        for batch in batches(sizes) {
            write(connection, patient, &table, &batch).await?;
        }
    }
    unused(connection, &[patient]).await?;
    twins::find(connection, &[patient], None, Wait::UntilOneIsOpen).await?;
    sqlx::query("update patient set phrased_by = $2 where patient_id = $1").bind(patient).bind(PHRASE_VERSION).execute(connection).await?;
    Ok(count)
}

/// Things by how long they are, parted so that no part is longer than [`BYTES`], unless it is one thing.
fn batches(sizes: Vec<(Uuid, i32)>) -> Vec<Vec<Uuid>> {
    let (mut batches, mut room): (Vec<Vec<Uuid>>, usize) = (Vec::new(), 0);
    for (item, size) in sizes {
        let size = usize::try_from(size).unwrap_or_default();
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH && size <= room => {
                batch.push(item);
                room -= size;
            }
            _ => {
                batches.push(vec![item]);
                room = BYTES.saturating_sub(size);
            }
        }
    }
    batches
}

/// Writes the words of these things of a record.
async fn write(connection: &mut PgConnection, patient: Uuid, table: &Table, items: &[Uuid]) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(table.rows).bind(patient).bind(items).fetch_all(&mut *connection).await?;
    let (mut ids, mut shown, mut kept, mut alikes): (Vec<Uuid>, _, _, _) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut keys, mut words) = (Vec::new(), Vec::new());
    for row in &rows {
        let codes: Option<Vec<String>> = row.try_get(4)?;
        let bytes: Option<&[u8]> = row.try_get(5)?;
        let raw = bytes.map(String::from_utf8_lossy).unwrap_or_default();
        let json = Json::parse(&raw).ok();
        let projected = json.as_ref().map(project).unwrap_or_default();
        let own = texts::Row {
            category: row.try_get::<Option<i16>, _>(1)?.and_then(Category::from_number),
            resource_type: row.try_get(2)?,
            title: row.try_get(3)?,
            // An attachment has no column for the codes of its title.
            codes: codes.as_deref().unwrap_or(&projected.codes),
        };
        alikes.push(alike::key(&projected, own.title, own.codes));
        let texts = texts::texts(own, json.as_ref());
        ids.push(row.try_get(0)?);
        shown.push(key(&texts.shown));
        kept.push(key(&texts.kept));
        for text in [texts.shown, texts.kept] {
            if let Some(id) = key(&text) {
                keys.push(id);
                words.push(text);
            }
        }
    }
    sqlx::query(
        "insert into phrase (patient_id, phrase_id, words) select $1, p.id, p.words from unnest($2::uuid[], $3::text[]) p (id, words)
         on conflict do nothing",
    )
    .bind(patient)
    .bind(keys)
    .bind(words)
    .execute(&mut *connection)
    .await?;
    sqlx::query(table.write).bind(patient).bind(&ids).bind(shown).bind(kept).bind(alikes).execute(connection).await?;
    Ok(())
}

/// Writes anew what these items of records are found by, which a medicine of another file has
/// given its name: its codes are theirs, too.
pub async fn renamed(connection: &mut PgConnection, items: &[(Uuid, Uuid)]) -> Result<(), sqlx::Error> {
    for part in items.chunk_by(|one, next| one.0 == next.0) {
        let Some((patient, _)) = part.first() else { continue };
        for part in part.chunks(BATCH) {
            let items: Vec<Uuid> = part.iter().map(|(_, item)| *item).collect();
            let medicines = sqlx::query(
                "select r.item_id, v.bytes from item_reference r
                 join attachment a on a.patient_id = r.patient_id and a.item_id = r.target_id and a.resource_type = 'Medication'
                 join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
                 where r.patient_id = $1 and r.item_id = any($2) and r.path = 'medicationReference'",
            )
            .bind(patient)
            .bind(&items)
            .fetch_all(&mut *connection)
            .await?;
            for row in medicines {
                let raw = String::from_utf8_lossy(row.try_get(1)?).into_owned();
                let Ok(json) = Json::parse(&raw) else { continue };
                let codes = project(&json).codes;
                sqlx::query(
                    "update item set title_key = $3, codes = $4 where patient_id = $1 and item_id = $2 and codes is distinct from $4",
                )
                .bind(patient)
                .bind(row.try_get::<Uuid, _>(0)?)
                .bind(codes.first())
                .bind(&codes)
                .execute(&mut *connection)
                .await?;
            }
            write(connection, *patient, &ITEMS, &items).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_batch_is_longer_than_its_limits_unless_it_is_one_thing() {
        let of = |sizes: &[usize]| {
            let sizes = sizes.iter().map(|size| (Uuid::new_v4(), i32::try_from(*size).unwrap())).collect();
            batches(sizes).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(of(&[BYTES / 2, BYTES / 2, 1]), [2, 1]);
        assert_eq!(of(&[5 << 20; 6]), [1; 6], "scans of 5 MB are read one by one");
        assert_eq!(of(&[1, BYTES * 9, 1, 1]), [1, 1, 2]);
        assert_eq!(of(&vec![0; BATCH * 2 + 1]), [BATCH, BATCH, 1]);
        assert_eq!(of(&[]), [0; 0]);
    }
}
