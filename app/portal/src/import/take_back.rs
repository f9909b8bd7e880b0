//! Taking an import of the patient's own back: exactly what it brought and changed.

use chartkey_domain::id::{ImportId, PatientId};
use sqlx::PgConnection;

use super::{lock, phrases, relabel, store::LABELS};

/// What is gone has nothing wrong with it any more: where it comes again, its patient says so again.
const CORRECTIONS: &str = "
    update correction c set state = 'withdrawn', ended_at = now()
    where c.patient_id = $1 and c.ended_at is null
      and not exists (select from item i where i.patient_id = c.patient_id and i.item_id = c.item_id)";

/// Takes back what an import brought to a record, and reads afresh what another version of the
/// server had read out of what comes back. The task is `import`, and nothing later may rest on it.
pub(crate) async fn take_back(connection: &mut PgConnection, patient: PatientId, import: ImportId) -> Result<(), sqlx::Error> {
    let records = [patient.0];
    lock(connection, &records).await?;
    sqlx::query("select gate.take_back($1, $2)").bind(patient.0).bind(import.0).execute(&mut *connection).await?;
    sqlx::query(CORRECTIONS).bind(patient.0).execute(&mut *connection).await?;
    relabel::stale(connection, &records).await?;
    sqlx::query(LABELS).bind(records.as_slice()).execute(&mut *connection).await?;
    phrases::again(connection, patient.0).await
}
