//! A whole record as one Bundle, each resource byte for byte as it came, and what its patient says is wrong.

use std::io::{self, Write};

use chartkey_domain::id::PatientId;
use futures::TryStreamExt;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::fhir::correction::{About, Said, communication, identifier};

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// What is written to failed.
    #[error("the export could not be written: {0}")]
    Write(#[from] io::Error),
}

/// Writes the versions in force of everything in a patient's record, and gives how
/// many resources that were. The transaction decides what can be read: the owner's
/// opened record, or the task `export` for one patient.
///
/// Bytes are copied, never parsed: what came in goes out. Each entry whose id is a
/// UUID is found under `urn:uuid:…`, so that references of that style still resolve.
/// What the patient says is wrong stands behind them, while it does, in resources of ours.
///
/// # Errors
/// [`Error`]; what was written before is not a whole Bundle.
pub async fn bundle(connection: &mut PgConnection, patient: PatientId, mut to: impl Write) -> Result<usize, Error> {
    to.write_all(b"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[")?;
    let mut rows = sqlx::query(
        "select r.fhir_id, v.bytes
         from (select item_id, version_no, fhir_id, added_at from item where patient_id = $1
               union all
               select item_id, version_no, fhir_id, added_at from attachment where patient_id = $1) r
         join item_version v on v.patient_id = $1 and v.item_id = r.item_id and v.version_no = r.version_no
         order by r.added_at, r.item_id",
    )
    .bind(patient.0)
    .fetch(&mut *connection);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        to.write_all(if count == 0 { b"\n" } else { b",\n" })?;
        let id: &str = row.try_get(0)?;
        if Uuid::try_parse(id).is_ok() {
            write!(to, "{{\"fullUrl\":\"urn:uuid:{id}\",\"resource\":")?;
        } else {
            to.write_all(b"{\"resource\":")?;
        }
        to.write_all(row.try_get(1)?)?;
        to.write_all(b"}")?;
        count += 1;
    }
    drop(rows);
    count += corrections(connection, patient, &mut to, count == 0).await?;
    to.write_all(b"\n]}\n")?;
    to.flush()?;
    Ok(count)
}

/// Writes every statement that stands, and its thread behind it, one after the other as they are read; gives how many
/// resources that were.
async fn corrections(connection: &mut PgConnection, patient: PatientId, to: &mut impl Write, is_first: bool) -> Result<usize, Error> {
    // The bytes of an item come with its statement alone.
    let mut rows = sqlx::query!(
        r#"select s.id as "id!", s.part_of, i.resource_type as "resource_type!", i.fhir_id as "fhir_id!", i.title as "title!",
            case when s.part_of is null then v.bytes end as bytes,
            (select p.fhir_id from item p where p.patient_id = $1 and p.resource_type = 'Patient' order by p.added_at, p.item_id limit 1) as patient,
            s.name as "name!", s.profession, s.organization, s.is_patient as "is_patient!", s.words as "words!", s.at as "at!"
        from correction c
        join item i on i.patient_id = c.patient_id and i.item_id = c.item_id
        join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
        cross join lateral (
            select c.correction_id as id, null::uuid as part_of, '' as name, null::text as profession, null::text as organization,
                true as is_patient, gate.statement(c.patient_id, c.correction_id) as words, c.opened_at as at
            union all
            select m.message_id, m.correction_id, m.name, m.profession, m.organization, m.is_patient, m.words, m.at
            from correction_message m where m.patient_id = c.patient_id and m.correction_id = c.correction_id
        ) s
        where c.patient_id = $1 and c.ended_at is null
        order by c.opened_at, c.correction_id, s.part_of is not null, s.at, s.id"#,
        patient.0
    )
    .fetch(connection);
    let (mut count, mut named) = (0, None);
    while let Some(row) = rows.try_next().await? {
        if row.part_of.is_none() {
            named = row.bytes.as_deref().and_then(identifier);
        }
        let said = Said {
            id: row.id,
            part_of: row.part_of,
            about: About { of_type: row.resource_type, id: row.fhir_id, identifier: named.clone(), display: row.title },
            patient: row.patient,
            by: [Some(row.name), row.profession, row.organization].into_iter().flatten().collect::<Vec<_>>().join(", "),
            is_patient: row.is_patient,
            words: row.words,
            at: row.at,
        };
        to.write_all(if is_first && count == 0 { b"\n" } else { b",\n" })?;
        write!(to, "{{\"fullUrl\":\"urn:uuid:{}\",\"resource\":{}}}", said.id, communication(&said))?;
        count += 1;
    }
    Ok(count)
}
