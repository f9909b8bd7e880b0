//! Taking an import of the patient's own back: exactly what it brought and changed.

use chartkey_domain::id::{ImportId, PatientId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{lock, phrases, relabel};

/// What is there no more when an import has been taken back.
macro_rules! gone {
    ($rest:literal) => {
        concat!(
            "with gone as materialized (
                select v.item_id from item_version v where v.patient_id = $1 and v.import_id = $2 and v.withdrawn_at is null
                    and not exists (select from item_before b where b.patient_id = $1 and b.import_id = $2 and b.item_id = v.item_id)
            )",
            $rest
        )
    };
}

/// What is said of something that goes stands with its twin, where that stays and nothing is said of it yet:
/// one that others may see, if there is any. What nobody else could read does not begin to be read by that.
const MOVED: &str = gone!(
    " update correction c set item_id = n.item_id, version_no = n.version_no
    from gone g join item i on i.patient_id = $1 and i.item_id = g.item_id and not i.is_private cross join lateral (
        select t.item_id, t.version_no from item t
        where t.patient_id = i.patient_id and t.twin = i.twin and t.item_id not in (select item_id from gone)
            and not exists (select from correction o where o.patient_id = t.patient_id and o.item_id = t.item_id and o.ended_at is null)
        order by t.is_private, t.behind limit 1) n
    where c.patient_id = $1 and c.item_id = i.item_id and c.ended_at is null"
);

/// What goes, each with a twin that stays.
const LEAVING: &str = gone!(
    " select i.item_id, t.item_id from gone g join item i on i.patient_id = $1 and i.item_id = g.item_id
    join item t on t.patient_id = i.patient_id and t.twin = i.twin and t.item_id not in (select item_id from gone)"
);

/// What goes is kept from nobody any more where a twin is kept from them: what is shown again then stays
/// shown when it comes again.
const KEPT: &str = "
    delete from exclusion e using unnest($2::uuid[], $3::uuid[]) l (item_id, twin_id)
    where e.patient_id = $1 and e.item_id = l.item_id and exists (
        select from exclusion o where o.patient_id = $1 and o.item_id = l.twin_id
            and (o.account_id, o.organization_id) is not distinct from (e.account_id, e.organization_id))";

const PARTED: &str = "select item_id, parted from item where patient_id = $1 and parted is not null";

/// What the patient has taken apart stays so, whatever it was before.
const APART: &str = "
    update item i set parted = p.parted from unnest($2::uuid[], $3::uuid[]) p (item_id, parted)
    where i.patient_id = $1 and i.item_id = p.item_id and i.parted is distinct from p.parted";

/// What is gone, or the version that its patient saw, has nothing wrong with it any more: where it comes again, they say so again.
const CORRECTIONS: &str = "
    update correction c set state = 'withdrawn', ended_at = now()
    where c.patient_id = $1 and c.ended_at is null
      and (not exists (select from item i where i.patient_id = c.patient_id and i.item_id = c.item_id)
        or exists (select from item_version v where v.patient_id = c.patient_id and v.item_id = c.item_id and v.version_no = c.version_no
            and v.withdrawn_at is not null))";

/// What waited when the import came and does not any more, its patient has opened since; but what is one with
/// something that is open may be open for that.
const OPENED: &str = "
    select i.item_id from item_before b join item i on i.patient_id = b.patient_id and i.item_id = b.item_id
    where b.patient_id = $1 and b.import_id = $2 and not i.waits and i.twin is null and (b.was ->> 'waits')::boolean";

/// That stays open, also in the version before: it was another of what they have read.
const STAYS_OPEN: &str = "update item set waits = false where patient_id = $1 and item_id = any ($2) and waits";

/// What the patient has marked again stays marked in the version before.
const MARKED: &str = "
    select i.item_id, i.labels from item i join lowering l on l.patient_id = i.patient_id and l.item_id = i.item_id where i.patient_id = $1";

const STAYS_MARKED: &str = "
    update item i set labels = i.labels | (m.labels & ~l.labels)
    from unnest($2::uuid[], $3::smallint[]) m (item_id, labels) join lowering l on l.patient_id = $1 and l.item_id = m.item_id
    where i.patient_id = $1 and i.item_id = m.item_id";

/// Of something that is gone nothing is lowered: where it comes again, it may be another thing. Nor is what a thing has no more.
const UNLOWERED: &str = "
    update lowering l set labels = l.labels & coalesce((
        select i.own_labels | coalesce((select bit_or(t.labels | t.own_labels) from item_reference r join item t on t.patient_id = r.patient_id and t.item_id = r.target_id
            where r.patient_id = i.patient_id and r.item_id = i.item_id), 0::smallint)
        from item i where i.patient_id = l.patient_id and i.item_id = l.item_id), 0::smallint)
    where l.patient_id = $1 and l.labels <> 0";

/// Takes back what an import brought to a record, and reads afresh what another version of the
/// server had read out of what comes back. The task is `import`, and nothing later may rest on it.
pub(crate) async fn take_back(connection: &mut PgConnection, patient: PatientId, import: ImportId) -> Result<(), sqlx::Error> {
    let records = [patient.0];
    lock(connection, &records).await?;
    sqlx::query(MOVED).bind(patient.0).bind(import.0).execute(&mut *connection).await?;
    let leaving: Vec<(Uuid, Uuid)> = sqlx::query_as(LEAVING).bind(patient.0).bind(import.0).fetch_all(&mut *connection).await?;
    let parted: Vec<(Uuid, Uuid)> = sqlx::query_as(PARTED).bind(patient.0).fetch_all(&mut *connection).await?;
    let opened: Vec<Uuid> = sqlx::query_scalar(OPENED).bind(patient.0).bind(import.0).fetch_all(&mut *connection).await?;
    let marked: Vec<(Uuid, i16)> = sqlx::query_as(MARKED).bind(patient.0).fetch_all(&mut *connection).await?;
    sqlx::query("select gate.take_back($1, $2)").bind(patient.0).bind(import.0).execute(&mut *connection).await?;
    for (statement, pairs) in [(KEPT, leaving), (APART, parted)] {
        let (items, others): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
        sqlx::query(statement).bind(patient.0).bind(items).bind(others).execute(&mut *connection).await?;
    }
    sqlx::query(UNLOWERED).bind(patient.0).execute(&mut *connection).await?;
    let (items, labels): (Vec<Uuid>, Vec<i16>) = marked.into_iter().unzip();
    sqlx::query(STAYS_MARKED).bind(patient.0).bind(items).bind(labels).execute(&mut *connection).await?;
    sqlx::query(STAYS_OPEN).bind(patient.0).bind(opened).execute(&mut *connection).await?;
    sqlx::query(CORRECTIONS).bind(patient.0).execute(&mut *connection).await?;
    relabel::stale(connection, &records).await?;
    phrases::again(connection, patient.0).await
}
