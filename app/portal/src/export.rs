//! A whole record as one Bundle, each resource byte for byte as it came.

use std::io::{self, Write};

use chartkey_domain::id::PatientId;
use futures::TryStreamExt;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

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
    .fetch(connection);
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
    to.write_all(b"\n]}\n")?;
    to.flush()?;
    Ok(count)
}
