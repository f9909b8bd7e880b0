//! Which items of a record several sources tell of.

use chartkey_domain::id::PatientId;
use sqlx::{PgConnection, error::DatabaseError};
use uuid::Uuid;

use super::{lock, store::LABELS};
use crate::Error;

/// What was taken apart from something that is gone is taken apart from nothing: it is compared again.
const FREED: &str = "
    update item i set parted = null
    where i.patient_id = any($1) and i.parted is not null
      and (select true from item o where o.patient_id = i.patient_id and o.parted = i.parted and o.item_id <> i.item_id limit 1) is null
    returning i.alike";

/// Every key of these records, now and when twins were last found.
const ALL_KEYS: &str = "
    select distinct k.key from item i cross join lateral (values (i.alike), (i.twin)) k (key)
    where i.patient_id = any($1) and k.key is not null";

/// Those of these items, and of the reports that list them.
const KEYS: &str = "
    select distinct k.key from unnest($1::uuid[], $2::uuid[]) o (patient_id, item_id)
    join item i on i.patient_id = o.patient_id and i.item_id = o.item_id
    left join item r on r.patient_id = i.patient_id and r.item_id = i.report_id
    cross join lateral (values (i.alike), (i.twin), (r.alike), (r.twin)) k (key) where k.key is not null";

/// Equal keys of different sources; each file that the patient adds is one. Where one source has a key more
/// than once, which of them another's is cannot be said, and all stay apart; so do those that the patient took
/// apart. Each is compared once, as long as its key stays: what comes later joins what is one if its source tells it once,
/// and takes nothing apart; and what stays apart does so when the second one goes. For the second one may be kept from
/// whoever sees the others, and nothing may become of these before their eyes. What the patient wrote by hand is theirs,
/// and nobody else's words stand for it; nor is what a clinician writes here
/// another's, since it would tell them of what is kept from them by what becomes of their own. A report is one with another
/// where the results that it lists are all here and can be compared, and are the other's too; those that somebody who sees it
/// may not see (of another kind, outside its days, marked where the patient says that it is not, or kept from them) have no part in that, for the same reason.
/// Counted beside each row and never joined: without statistics PostgreSQL would compare every row with every other.
macro_rules! alike {
    ($rest:literal) => {
        concat!(
            "with told as materialized (
                select i.patient_id, i.item_id, i.source_id, i.twin, i.apart,
                    case when i.alike = any($2) and i.parted is null and s.name <> 'own/' || i.patient_id
                        and not starts_with(s.name, 'written/' || i.patient_id || '/')
                        then case when l.results > 0 then l.alike else i.alike end end as alike,
                    case when s.name = 'upload/' || i.patient_id then (select v.import_id from item_version v
                        where v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = 1) else i.source_id end as teller,
                    coalesce(i.interpretation = any (array['HH', 'HU', 'CH', 'LL', 'LU', 'CL', 'H', '>', 'L', '<', 'A', 'AA'])
                        or (i.interpretation is distinct from 'N' and (i.value_num < i.range_low or i.value_num > i.range_high)), false) as is_outside,
                    (i.interpretation is null)::int + (coalesce(i.range_low, i.range_high) is null and i.range_text is null)::int as unsaid
                from item i join source s on s.source_id = i.source_id
                left join lateral (
                    select count(*) as results, case when count(*) filter (where not k.is_kept) = count(t.alike) filter (where not k.is_kept) then
                        md5(i.alike || coalesce(string_agg(t.alike::text, ' ' order by t.alike) filter (where not k.is_kept), ''))::uuid end as alike
                    from (select make_interval(mins => coalesce(i.utc_offset, 0)) as ahead) w
                    cross join item_reference r
                    left join (select *, make_interval(mins => coalesce(utc_offset, 0)) as ahead from item) t
                        on t.patient_id = r.patient_id and t.item_id = r.target_id
                    cross join lateral (select t.item_id is not null and (t.is_private and not i.is_private or t.category <> i.category
                        or i.first_at is not null and not coalesce(
                            (t.first_at at time zone 'UTC' + t.ahead)::date >= (i.first_at at time zone 'UTC' + w.ahead)::date
                            and (t.last_at at time zone 'UTC' + t.ahead)::date <= (i.last_at at time zone 'UTC' + w.ahead)::date, false)
                        or exists (select from lowering l where l.patient_id = i.patient_id and l.item_id = i.item_id and l.labels & t.labels <> 0)
                        or exists (select from exclusion e left join item o on o.patient_id = e.patient_id and o.item_id = e.item_id
                            where e.patient_id = r.patient_id and (e.item_id = r.target_id or o.alike = t.alike))) as is_kept) k
                    where r.patient_id = i.patient_id and r.item_id = i.item_id and r.path = 'result'
                ) l on i.resource_type = 'DiagnosticReport'
                where i.patient_id = any($1) and (i.alike = any($2) or i.twin = any($2))
            ), counted as materialized (
                select *, dense_rank() over (partition by patient_id, alike order by teller) as teller_no,
                    count(*) over (partition by patient_id, alike, teller) as times,
                    count(*) filter (where twin = alike) over (partition by patient_id, alike, teller) as times_one
                from told
            ), compared as materialized (
                select *, case
                    when alike is null or max(teller_no) over same = 1 then null
                    when was_one and (twin = alike or apart is distinct from alike and times = 1) then true
                    when was_one or coalesce(bool_or(apart = alike) over same, false) or count(*) over same > max(teller_no) over same then false
                    else true end as is_one
                from (
                    select *, count(*) filter (where twin = alike) over same > 1 and max(times_one) over same = 1 as was_one
                    from counted window same as (partition by patient_id, alike)
                ) c window same as (partition by patient_id, alike)
            )",
            $rest
        )
    };
}

/// Nobody keeps one of them from somebody meanwhile.
const STAND: &str = alike!(
    " select from item i join compared c on c.patient_id = i.patient_id and c.item_id = i.item_id where c.is_one
    order by i.patient_id, i.item_id for no key update of i"
);

/// In front stands what lies outside its laboratory's range, as far as its row says so, then whatever says
/// more of that: what is shown once must not lose it. Then the order of the sources is one for all things,
/// so that a report keeps its results together.
const TWINS: &str = alike!(
    ", now as materialized (
        select patient_id, item_id, case when is_one then alike end as twin, case when not is_one then alike end as apart,
            case when is_one then row_number() over (partition by patient_id, is_one, alike order by is_outside desc, unsaid, source_id, item_id) - 1
                else 0 end as behind
        from compared where is_one is not null or twin is not null or apart is not null
    )
    update item i set twin = n.twin, behind = n.behind, apart = n.apart
    from now n where i.patient_id = n.patient_id and i.item_id = n.item_id
        and (i.twin, i.behind, i.apart) is distinct from (n.twin, n.behind, n.apart)
    returning i.twin"
);

/// How long twins wait for their patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// As the one does that came first: what is open is nothing new when another source tells it, and what waits
    /// must not be shown by one that does not.
    AsTheFirst,
    /// Until one of them is open: they have all been there for some time.
    UntilOneIsOpen,
}

impl Wait {
    const fn statement(self) -> &'static str {
        match self {
            Self::AsTheFirst => {
                "update item i set waits = f.waits
                from (select distinct on (patient_id, twin) patient_id, twin, waits from item where patient_id = any($1) and twin = any($2)
                    order by patient_id, twin, added_at, source_id, item_id) f
                where i.patient_id = f.patient_id and i.twin = f.twin and i.waits <> f.waits"
            }
            Self::UntilOneIsOpen => {
                "update item i set waits = false from item f
                where i.patient_id = any($1) and i.twin = any($2) and i.waits
                    and f.patient_id = i.patient_id and f.twin = i.twin and not f.waits"
            }
        }
    }
}

/// What is kept from somebody in one of them is kept from them in all.
const EXCLUSIONS: &str = "
    insert into exclusion (patient_id, item_id, account_id, organization_id, created_at)
    select t.patient_id, t.item_id, e.account_id, e.organization_id, e.created_at
    from exclusion e join item i on i.patient_id = e.patient_id and i.item_id = e.item_id
    join item t on t.patient_id = i.patient_id and t.twin = i.twin and t.item_id <> i.item_id
    where e.patient_id = any($1) and i.twin = any($2)
    on conflict do nothing";

/// Twins have one mask of what the patient has lowered, but for what one of them brings that was not lowered in it. What the
/// patient has not shown yet changes nothing for whoever sees the others.
const LOWERED: &str = "
    with twins as materialized (
        select i.patient_id, i.item_id, i.twin, i.category, i.own_labels, coalesce(l.labels, 0::smallint) as lowered
        from item i left join lowering l on l.patient_id = i.patient_id and l.item_id = i.item_id
        where i.patient_id = any($1) and i.twin = any($2) and not i.is_private
    ), shared as (
        select patient_id, twin, bit_or(lowered) & ~bit_or(own_labels & ~lowered) as lowered
        from twins group by patient_id, twin having bit_or(lowered) <> 0
    )
    insert into lowering (patient_id, item_id, category, labels)
    select t.patient_id, t.item_id, t.category, s.lowered
    from twins t join shared s on s.patient_id = t.patient_id and s.twin = t.twin where t.lowered <> s.lowered
    on conflict (patient_id, item_id) do update set labels = excluded.labels";

/// Counted anew and not by what has changed: whatever went before, the count is that of the rows.
const TOTALS: &str = "
    update item_total t set behind = c.behind
    from (select t.patient_id, t.category, count(i.item_id) as behind from item_total t
        left join item i on i.patient_id = t.patient_id and i.category = t.category and i.twin is not null and i.behind > 0
        where t.patient_id = any($1) group by t.patient_id, t.category) c
    where t.patient_id = c.patient_id and t.category = c.category and t.behind <> c.behind";

/// Takes a turn at a record for whoever is not an import and changes which of its items are twins. The task
/// is `import`.
///
/// # Errors
/// `file-is-read` where somebody has the turn for more than two seconds.
pub(crate) async fn turn(connection: &mut PgConnection, patient: PatientId) -> Result<(), Error> {
    sqlx::query("set local lock_timeout = '2s'").execute(&mut *connection).await?;
    lock(connection, &[patient.0]).await.map_err(refused)
}

/// A lock that was waited for too long (`lock_not_available`) is somebody's turn.
pub(crate) fn refused(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(DatabaseError::code);
    if code.is_some_and(|code| code == "55P03") { Error::Invalid("file-is-read") } else { error.into() }
}

/// The keys of these items, as they are now. Where they are about to change, they are asked for before
/// and after.
pub(crate) async fn keys(connection: &mut PgConnection, items: &[(Uuid, Uuid)]) -> Result<Vec<Uuid>, sqlx::Error> {
    let (patients, items): (Vec<Uuid>, Vec<Uuid>) = items.iter().copied().unzip();
    sqlx::query_scalar(KEYS).bind(patients).bind(items).fetch_all(connection).await
}

/// Finds the twins of these records anew where they have one of these keys, or all, binds them together
/// and counts them. Whoever asks has their turn at the records.
pub(crate) async fn find(connection: &mut PgConnection, patients: &[Uuid], keys: Option<Vec<Uuid>>, wait: Wait) -> Result<(), sqlx::Error> {
    let freed: Vec<Option<Uuid>> = sqlx::query_scalar(FREED).bind(patients).fetch_all(&mut *connection).await?;
    let mut keys = match keys {
        Some(keys) => keys,
        None => sqlx::query_scalar(ALL_KEYS).bind(patients).fetch_all(&mut *connection).await?,
    };
    keys.extend(freed.into_iter().flatten());
    keys.sort_unstable();
    keys.dedup();
    sqlx::query(STAND).bind(patients).bind(&keys).execute(&mut *connection).await?;
    // The key of a report that has results is made of theirs.
    let found: Vec<Option<Uuid>> = sqlx::query_scalar(TWINS).bind(patients).bind(&keys).fetch_all(&mut *connection).await?;
    keys.extend(found.into_iter().flatten());
    for statement in [wait.statement(), EXCLUSIONS, LOWERED] {
        sqlx::query(statement).bind(patients).bind(&keys).execute(&mut *connection).await?;
    }
    sqlx::query(LABELS).bind(patients).execute(&mut *connection).await?;
    count(connection, patients).await
}

/// Counts those that are behind.
pub(crate) async fn count(connection: &mut PgConnection, patients: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(TOTALS).bind(patients).execute(connection).await?;
    Ok(())
}
