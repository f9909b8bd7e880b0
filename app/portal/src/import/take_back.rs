//! Taking an import of the patient's own back: exactly what it brought and changed.

use chartkey_domain::id::{ImportId, PatientId, SourceId};
use sqlx::PgConnection;

use super::{
    phrases, relabel,
    store::{LABELS, NAMED},
};
use crate::fhir::types;

/// Whoever is named by something that went is called what the reference itself says, if anything.
const CALLED: [&str; 2] = [
    "update item i set author = n.name
     from (select o.item_id, (select r.display from item_reference r where r.patient_id = o.patient_id and r.item_id = o.item_id
            and r.target_id = o.author_id and r.display is not null order by r.ordinal limit 1) as name
        from item o where o.patient_id = $1 and o.source_id = $2 and o.author_id is not null
            and not exists (select from attachment a where a.patient_id = o.patient_id and a.item_id = o.author_id)) n
     where i.patient_id = $1 and i.item_id = n.item_id and i.author is distinct from n.name",
    "update item i set place = n.name
     from (select o.item_id, (select r.display from item_reference r where r.patient_id = o.patient_id and r.item_id = o.item_id
            and r.target_id = o.place_id and r.display is not null order by r.ordinal limit 1) as name
        from item o where o.patient_id = $1 and o.source_id = $2 and o.place_id is not null
            and not exists (select from attachment a where a.patient_id = o.patient_id and a.item_id = o.place_id)) n
     where i.patient_id = $1 and i.item_id = n.item_id and i.place is distinct from n.name",
];

/// So is what refers to a medicine that went: it has no name but its kind.
const MEDICINES: &str = "
    update item i set title = w.words
    from unnest($3::text[], $4::text[]) w (resource_type, words)
    where i.patient_id = $1 and i.source_id = $2 and i.resource_type = w.resource_type and i.codes = '{}' and i.title <> w.words
      and exists (select from item_reference r where r.patient_id = i.patient_id and r.item_id = i.item_id
            and r.path = 'medicationReference' and r.display is null and r.target_id is not null
            and not exists (select from attachment a where a.patient_id = r.patient_id and a.item_id = r.target_id))";

/// A result whose report went belongs to another that lists it, if there is one.
const REPORTS: &str = "
    update item o set report_id = d.item_id
    from item d join item_reference r on r.patient_id = d.patient_id and r.item_id = d.item_id and r.path = 'result'
    where d.patient_id = $1 and d.source_id = $2 and d.resource_type = 'DiagnosticReport' and not d.is_error
      and o.patient_id = d.patient_id and o.item_id = r.target_id and o.report_id is null";

/// What refers to a medicine instead of naming it.
const BY_REFERENCE: [&str; 4] = ["MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"];

/// Takes back what an import brought to a record, and works out afresh what follows from the
/// rest. The task is `import`, and nothing later may rest on it.
pub(crate) async fn take_back(
    connection: &mut PgConnection,
    patient: PatientId,
    source: SourceId,
    import: ImportId,
) -> Result<(), sqlx::Error> {
    // Whoever brings something into this record waits, or is waited for.
    sqlx::query("select from patient where patient_id = $1 for update").bind(patient.0).execute(&mut *connection).await?;
    sqlx::query("select gate.take_back($1, $2)").bind(patient.0).bind(import.0).execute(&mut *connection).await?;
    let records = vec![patient.0];
    relabel::stale(connection, &records).await?;
    for statement in CALLED {
        sqlx::query(statement).bind(patient.0).bind(source.0).execute(&mut *connection).await?;
    }
    sqlx::query(MEDICINES)
        .bind(patient.0)
        .bind(source.0)
        .bind(BY_REFERENCE.map(str::to_owned).to_vec())
        .bind(BY_REFERENCE.map(types::in_words).to_vec())
        .execute(&mut *connection)
        .await?;
    sqlx::query(REPORTS).bind(patient.0).bind(source.0).execute(&mut *connection).await?;
    for statement in [NAMED, LABELS] {
        sqlx::query(statement).bind(&records).execute(&mut *connection).await?;
    }
    phrases::unused(connection, &records).await
}
