//! From the temporary tables into the record, set by set.

use chartkey_domain::{
    id::{ImportId, SourceId},
    waiting::ResultKind,
};
use sqlx::{PgConnection, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    phrases,
    twins::{self, Wait},
};
use crate::fhir::{LABEL_TABLE_VERSION, json::Json, project};

/// How the rows of a file turned out.
#[derive(Debug, Default, Clone, Copy)]
pub struct Outcomes {
    pub created: u64,
    pub updated: u64,
    pub older: u64,
    pub changed_without_version: u64,
    pub unchanged: u64,
}

/// Lets PostgreSQL count the tables that it takes for empty, or for much smaller: before what is there is compared, and when
/// all is there.
pub const RECOUNT: &str = "select gate.recount()";

/// Which rows are new, newer, older or the same. Newer is a higher numeric
/// `meta.versionId`, else a later `meta.lastUpdated`, else other bytes.
const JUDGE: &str = "
    insert into verdict
    select s.seq, s.is_attachment, s.patient_id, s.item_id,
           case
               when o.version_no is null then 'created'
               when v.sha256 = s.sha256 then 'unchanged'
               -- The same file has come before, or itself changes this again further down: what it was in between is known.
               when r.newer is null and k.is_known
                   and ($2 or exists (select from stage l where l.patient_id = s.patient_id and l.item_id = s.item_id and l.round > s.round))
                   then 'unchanged'
               when r.newer is null then 'changed'
               when r.newer then 'updated'
               when k.is_known then 'unchanged'
               else 'older'
           end,
           coalesce((select max(e.version_no) from item_version e where e.patient_id = s.patient_id and e.item_id = s.item_id), 0) + 1
    from stage s
    left join lateral (
        select version_no from item i where i.patient_id = s.patient_id and i.item_id = s.item_id and not s.is_attachment
        union all
        select version_no from attachment a where a.patient_id = s.patient_id and a.item_id = s.item_id and s.is_attachment
    ) o on true
    left join item_version v on v.patient_id = s.patient_id and v.item_id = s.item_id and v.version_no = o.version_no
    left join lateral (select coalesce(
        case when s.version_id ~ '^[0-9]{1,18}$' and v.version_id ~ '^[0-9]{1,18}$' and s.version_id::bigint <> v.version_id::bigint
             then s.version_id::bigint > v.version_id::bigint end,
        case when s.last_updated <> v.last_updated then s.last_updated > v.last_updated end) as newer
    ) r on true
    left join lateral (select exists (
        select from item_version e where e.patient_id = s.patient_id and e.item_id = s.item_id and e.sha256 = s.sha256
            and e.withdrawn_at is null) as is_known
    ) k on true
    where s.round = $1";

/// All of it, where nothing is known of these records: to plan the comparison with nothing, under
/// every policy, takes longer than to store a small file.
const ALL_NEW: &str = "insert into verdict select seq, is_attachment, patient_id, item_id, 'created', 1 from stage where round = $1";

const KNOWN: &str = "select exists (select from item_version where patient_id = any(array(select distinct patient_id from stage where patient_id is not null)))";

const VERSIONS: &str = "
    insert into item_version (patient_id, item_id, version_no, version_id, last_updated, sha256, bytes, import_id, added_at)
    select s.patient_id, s.item_id, v.version_no, s.version_id, s.last_updated, s.sha256, s.bytes, $2, $3
    from stage s join verdict v on v.seq = s.seq
    where s.round = $1 and v.outcome <> 'unchanged'";

/// An observation comes with the report of this file that lists it.
const NEW_ITEMS: &str = "
    with listed as materialized (
        select distinct on (d.patient_id, r.target_id) d.patient_id, r.target_id, d.item_id
        from stage d join verdict w on w.seq = d.seq
        cross join lateral unnest(d.paths, d.targets) r (path, target_id)
        where d.round = $1 and w.outcome in ('created', 'updated', 'changed') and d.resource_type = 'DiagnosticReport' and not d.is_error
          and r.path = 'result' and r.target_id is not null
          and not exists (select from stage l where l.patient_id = d.patient_id and l.item_id = d.item_id and l.round > d.round)
        order by d.patient_id, r.target_id, d.item_id
    )
    insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, own_labels, labels, labelled_by,
                      first_at, last_at, precision, title, title_key, codes, status, is_error, value_text, value_num, unit,
                      range_low, range_high, range_low_text, range_high_text, range_text, interpretation, series, visit_id, author, place, author_id, place_id, author_is_named,
                      place_is_named, is_negation, utc_offset, report_id, shown_id, kept_id, alike, added_at)
    select s.patient_id, s.item_id, $3, s.resource_type, s.fhir_id, s.category, v.version_no, s.labels, s.labels, $4,
           s.first_at, s.last_at, s.precision, s.title, s.title_key, s.codes, s.status, s.is_error, s.value_text, s.value_num, s.unit,
           s.range_low, s.range_high, s.range_low_text, s.range_high_text, s.range_text, s.interpretation, s.series, s.visit_id, s.author, s.place,
           s.author_id, s.place_id, s.author_is_named, s.place_is_named, s.is_negation, s.utc_offset, l.item_id, s.shown_id, s.kept_id, s.alike, $2
    from stage s join verdict v on v.seq = s.seq
    left join listed l on l.patient_id = s.patient_id and l.target_id = s.item_id
    where s.round = $1 and v.outcome = 'created' and not s.is_attachment";

const NEWER_ITEMS: &str = "
    update item i set
        category = s.category, version_no = v.version_no, own_labels = i.own_labels | s.labels, labels = i.labels | s.labels,
        -- What an older version says, only an older table may have read.
        labelled_by = least(i.labelled_by, $3),
        first_at = s.first_at, last_at = s.last_at, precision = s.precision, title = s.title, title_key = s.title_key, codes = s.codes,
        status = s.status, is_error = s.is_error, value_text = s.value_text, value_num = s.value_num, unit = s.unit, range_low = s.range_low,
        range_high = s.range_high, range_low_text = s.range_low_text, range_high_text = s.range_high_text, range_text = s.range_text, interpretation = s.interpretation, series = s.series, visit_id = s.visit_id,
        author = s.author, place = s.place, author_id = s.author_id, place_id = s.place_id, author_is_named = s.author_is_named,
        place_is_named = s.place_is_named, is_negation = s.is_negation, utc_offset = s.utc_offset,
        shown_id = s.shown_id, kept_id = s.kept_id, alike = s.alike, added_at = $2
    from stage s join verdict v on v.seq = s.seq
    where s.round = $1 and v.outcome in ('updated', 'changed') and not s.is_attachment
      and i.patient_id = s.patient_id and i.item_id = s.item_id";

/// The labels of an older version count as well.
const OLDER_ITEMS: &str = "
    update item i set own_labels = i.own_labels | s.labels, labels = i.labels | s.labels
    from stage s join verdict v on v.seq = s.seq
    where s.round = $1 and v.outcome = 'older' and i.patient_id = s.patient_id and i.item_id = s.item_id";

const NEW_ATTACHMENTS: &str = "
    insert into attachment (patient_id, item_id, source_id, resource_type, fhir_id, version_no, own_labels, labelled_by, title, shown_id, kept_id, added_at)
    select s.patient_id, s.item_id, $3, s.resource_type, s.fhir_id, v.version_no, s.labels, $4, s.title, s.shown_id, s.kept_id, $2
    from stage s join verdict v on v.seq = s.seq
    where s.round = $1 and v.outcome = 'created' and s.is_attachment";

const NEWER_ATTACHMENTS: &str = "
    update attachment a set
        version_no = case when v.outcome = 'older' then a.version_no else v.version_no end,
        own_labels = a.own_labels | s.labels,
        title = case when v.outcome = 'older' then a.title else s.title end,
        shown_id = case when v.outcome = 'older' then a.shown_id else s.shown_id end,
        kept_id = case when v.outcome = 'older' then a.kept_id else s.kept_id end,
        added_at = case when v.outcome = 'older' then a.added_at else $2 end
    from stage s join verdict v on v.seq = s.seq
    where s.round = $1 and v.outcome in ('updated', 'changed', 'older') and s.is_attachment
      and a.patient_id = s.patient_id and a.item_id = s.item_id";

const OLD_REFERENCES: &str = "
    delete from item_reference r using stage s join verdict v on v.seq = s.seq
    where s.round = $1 and v.outcome in ('updated', 'changed') and r.patient_id = s.patient_id and r.item_id = s.item_id";

const REFERENCES: &str = "
    insert into item_reference (patient_id, item_id, ordinal, path, target_id, display)
    select s.patient_id, s.item_id, r.ordinal - 1, r.path, r.target_id, r.display
    from stage s join verdict v on v.seq = s.seq
    cross join lateral unnest(s.paths, s.targets, s.displays) with ordinality r (path, target_id, display, ordinal)
    where s.round = $1 and v.outcome in ('created', 'updated', 'changed')";

/// The reports of these records, for what each lists. Counted beside each row and never joined, as twins are.
const LISTED: &str = "
    select distinct on (patient_id, target_id) patient_id, target_id, item_id
    from (
        select patient_id, item_id, target_id, bool_or(is_report) over (partition by patient_id, item_id) as is_listed
        from (
            select patient_id, item_id, null::uuid as target_id, true as is_report from item
            where patient_id = any($1) and resource_type = 'DiagnosticReport' and not is_error
            union all
            select patient_id, item_id, target_id, false from item_reference
            where patient_id = any($1) and path = 'result' and target_id is not null
        ) named
    ) listed
    where is_listed and target_id is not null
    order by patient_id, target_id, item_id";

/// An observation comes with a report that was there before it, or came in another file.
const REPORTS: &str = "
    update item o set report_id = l.report_id
    from unnest($2::uuid[], $3::uuid[], $4::uuid[]) l (patient_id, item_id, report_id)
    where o.patient_id = any($1) and o.patient_id = l.patient_id and o.item_id = l.item_id and o.report_id is distinct from l.report_id
      and (o.report_id is null or o.item_id in (select item_id from verdict where outcome <> 'unchanged'))";

/// A medicine that came in another file names what refers to it.
const MEDICINES: &str = "
    with named as materialized (
        select r.patient_id, r.item_id, a.title
        from attachment a join item_reference r on r.patient_id = a.patient_id and r.target_id = a.item_id
        where a.patient_id = any($1) and a.resource_type = 'Medication' and r.path = 'medicationReference' and r.display is null
    )
    update item i set title = n.title from named n where i.patient_id = n.patient_id and i.item_id = n.item_id and i.title <> n.title
    returning i.patient_id, i.item_id";

/// So does a person or a place that came in another file.
const AUTHORS: &str = "
    update item i set author = a.title from attachment a
    where a.patient_id = any($1) and a.resource_type = any(array['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'HealthcareService'])
      and i.patient_id = a.patient_id and i.author_id = a.item_id and i.author is null";

const PLACES: &str = "
    update item i set place = a.title from attachment a
    where a.patient_id = any($1) and a.resource_type = any(array['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'HealthcareService'])
      and i.patient_id = a.patient_id and i.place_id = a.item_id and i.place is null";

/// Who and what came in another file is in the record all the same.
pub const NAMED: &str = "
    with named as materialized (
        select i.patient_id, i.item_id,
               exists (select from attachment a where a.patient_id = i.patient_id and a.item_id = i.author_id) as author,
               exists (select from attachment a where a.patient_id = i.patient_id and a.item_id = i.place_id) as place
        from item i where i.patient_id = any($1) and (i.author_id is not null or i.place_id is not null)
    )
    update item i set author_is_named = n.author, place_is_named = n.place
    from named n where i.patient_id = n.patient_id and i.item_id = n.item_id
      and (i.author_is_named, i.place_is_named) is distinct from (n.author, n.place)";

/// Everything that names something labelled carries its label too, and so on; but not through the
/// Patient, whom everything names; and without what the patient has lowered, which goes on from there all the
/// same: what names it is another thing. What comes from a person, a place or a medicine that an item names stays: these are
/// shown with the item, and nobody lowers them. `also` gives what else carries it.
macro_rules! labels {
    ($also:literal) => {
        concat!(
            "with recursive marked (patient_id, item_id, label, is_attached) as (
                select n.patient_id, n.item_id, l.label, n.is_attached
                from (select patient_id, item_id, own_labels, false as is_attached from item
                      where patient_id = any($1) and resource_type <> 'Patient' and own_labels <> 0
                      union all
                      select patient_id, item_id, own_labels, true from attachment where patient_id = any($1) and own_labels <> 0) n
                cross join generate_series(0, 5) l (label)
                where (n.own_labels >> l.label) & 1 = 1
                union
                select m.patient_id, r.item_id, m.label,
                    m.is_attached and exists (select from attachment a where a.patient_id = m.patient_id and a.item_id = m.item_id)
                from marked m cross join lateral (
                    select r.item_id from item_reference r where r.patient_id = m.patient_id and r.target_id = m.item_id",
            $also,
            ") r
                where not exists (select from item p where p.patient_id = m.patient_id and p.item_id = r.item_id and p.resource_type = 'Patient')
            ), sum (patient_id, item_id, labels, attached) as (
                select patient_id, item_id, bit_or(1 << label)::smallint, coalesce(bit_or(1 << label) filter (where is_attached), 0)::smallint
                from marked group by patient_id, item_id
            ), counted (patient_id, item_id, labels, lowered) as (
                select patient_id, item_id, coalesce(s.labels, 0::smallint), coalesce(l.labels, 0::smallint) & ~coalesce(s.attached, 0::smallint)
                from sum s full join (select * from lowering where patient_id = any($1)) l using (patient_id, item_id)
            )
            update item i set labels = (i.labels | c.labels) & ~c.lowered
            from counted c where i.patient_id = c.patient_id and i.item_id = c.item_id and (i.labels | c.labels) & ~c.lowered <> i.labels"
        )
    };
}

/// The labels of a record of one source, and of what a file brings that its patient can take back: what
/// another source's thing got with it would stay.
const LABELS_ALONE: &str = labels!("");

/// The labels of a record. A twin carries them too, unless they are of a file of the patient's own that
/// they have not shown: whoever sees the other must not lose it for that.
pub const LABELS: &str = labels!(
    " union all
    select t.item_id from item o join item t on t.patient_id = o.patient_id and t.twin = o.twin
    where o.patient_id = m.patient_id and o.item_id = m.item_id and o.twin is not null and not o.is_private"
);

/// The keys of what this file has brought and changed, in a round or in all, and of the reports that list it, as
/// they are now.
const KEYS: &str = "
    select distinct k.key from stage s join verdict v on v.seq = s.seq join item i on i.patient_id = v.patient_id and i.item_id = v.item_id
    left join item r on r.patient_id = i.patient_id and r.item_id = i.report_id
    cross join lateral (values (i.alike), (i.twin), (r.alike), (r.twin)) k (key)
    where ($1::int is null or s.round = $1) and v.outcome <> 'unchanged' and not v.is_attachment and k.key is not null";

/// What waits for its patient: what came in, in whatever version, and is of a kind that they have chosen,
/// and with it what came in and belongs to that: its report, what its report lists, their documents and
/// pictures. What was there before stays as it was, unless its bytes came in, and what their patient has open as another
/// source told it is not new.
const WAITS: &str = "
    with recursive came as materialized (
        select distinct s.patient_id, s.item_id, s.kind from stage s join verdict v on v.seq = s.seq
        where v.outcome in ('created', 'updated', 'changed') and not s.is_attachment and s.category in (6, 10, 11)
            and not exists (select from item i join item t on t.patient_id = i.patient_id and t.twin = i.twin and t.alike = i.alike
                and t.item_id <> i.item_id and not t.waits where i.patient_id = s.patient_id and i.item_id = s.item_id)
        union
        select * from unnest($2::uuid[], $3::uuid[], $4::smallint[])
    ), waits (patient_id, item_id) as (
        (select c.patient_id, c.item_id from came c join waiting_kind k on k.patient_id = c.patient_id and k.kind = c.kind
         union all
         select patient_id, item_id from item where patient_id = any($1) and waits)
        union
        select c.patient_id, c.item_id from waits w
        cross join lateral (
            select r.target_id from item_reference r where r.patient_id = w.patient_id and r.item_id = w.item_id
            union all
            select r.item_id from item_reference r where r.patient_id = w.patient_id and r.target_id = w.item_id
        ) beside (item_id)
        join came c on c.patient_id = w.patient_id and c.item_id = beside.item_id
    )
    update item i set waits = true from waits w where i.patient_id = w.patient_id and i.item_id = w.item_id and not i.waits";

/// What did not come in itself, and names a file that did: what it shows is new.
const FILED: &str = "
    select distinct on (i.patient_id, i.item_id) i.patient_id, i.item_id, v.bytes
    from verdict f join attachment a on a.patient_id = f.patient_id and a.item_id = f.item_id and a.resource_type = 'Binary'
    join item_reference r on r.patient_id = f.patient_id and r.target_id = f.item_id
    join item i on i.patient_id = r.patient_id and i.item_id = r.item_id and i.category in (6, 10, 11) and not i.waits
    join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
    where f.is_attachment and f.outcome in ('created', 'updated', 'changed')
      and not exists (select from verdict c where c.patient_id = i.patient_id and c.item_id = i.item_id and c.outcome in ('created', 'updated', 'changed'))";

const ANY_WAITS: &str = "
    select exists (select from waiting_kind where patient_id = any($1)) or exists (select from item where patient_id = any($1) and waits)";

/// What is known of a file as a whole.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// It came from this source before, byte for byte.
    pub is_known: bool,
    /// It names people or medicines of other files, or other files name its own.
    pub names_outside: bool,
    /// Its patient can take it back: until that is provided for, no other source's things are touched, and it is
    /// not known what waits.
    pub is_own: bool,
    /// Its patient wrote it by hand.
    pub is_by_hand: bool,
}

/// Lets what came in wait for its patient, where they have chosen that.
pub(super) async fn wait(connection: &mut PgConnection, changed: &[Uuid]) -> Result<(), sqlx::Error> {
    if sqlx::query_scalar(ANY_WAITS).bind(changed).fetch_one(&mut *connection).await? {
        let (mut records, mut items, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        for row in sqlx::query(FILED).fetch_all(&mut *connection).await? {
            records.push(row.try_get::<Uuid, _>(0)?);
            items.push(row.try_get::<Uuid, _>(1)?);
            kinds.push(kind(row.try_get(2)?));
        }
        sqlx::query(WAITS).bind(changed).bind(records).bind(items).bind(kinds).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes the staged rows into the record.
pub async fn store(
    connection: &mut PgConnection,
    source: SourceId,
    import: ImportId,
    at: OffsetDateTime,
    rounds: i32,
    about: About,
) -> Result<Outcomes, sqlx::Error> {
    let is_new = !sqlx::query_scalar::<_, bool>(KNOWN).fetch_one(&mut *connection).await?;
    phrases::store(connection).await?;
    // By which twins are found: a record of one file has one source.
    let has_twins = !is_new && !about.is_own;
    let mut keys: Vec<Uuid> = Vec::new();
    for round in 0..rounds {
        let all_new = is_new && round == 0;
        if all_new {
            sqlx::query(ALL_NEW).bind(round).execute(&mut *connection).await?;
        } else {
            sqlx::query(JUDGE).bind(round).bind(about.is_known).execute(&mut *connection).await?;
        }
        sqlx::query(VERSIONS).bind(round).bind(import.0).bind(at).execute(&mut *connection).await?;
        sqlx::query(NEW_ITEMS).bind(round).bind(at).bind(source.0).bind(LABEL_TABLE_VERSION).execute(&mut *connection).await?;
        sqlx::query(NEW_ATTACHMENTS).bind(round).bind(at).bind(source.0).bind(LABEL_TABLE_VERSION).execute(&mut *connection).await?;
        if has_twins {
            keys.extend(sqlx::query_scalar::<_, Uuid>(KEYS).bind(round).fetch_all(&mut *connection).await?);
        }
        if !all_new {
            newer(connection, round, at).await?;
        }
        sqlx::query(REFERENCES).bind(round).execute(&mut *connection).await?;
    }
    sqlx::query(RECOUNT).execute(&mut *connection).await?;
    let changed: Vec<Uuid> =
        sqlx::query_scalar("select distinct patient_id from verdict where outcome <> 'unchanged'").fetch_all(&mut *connection).await?;
    let mut renamed: Vec<(Uuid, Uuid)> = Vec::new();
    if !changed.is_empty() {
        // What was there before names what this file names anew.
        let renames = "select exists (select from verdict where is_attachment and outcome in ('updated', 'changed'))";
        let is_named = about.names_outside || (!is_new && sqlx::query_scalar(renames).fetch_one(&mut *connection).await?);
        if is_named {
            renamed = sqlx::query_as(MEDICINES).bind(&changed).fetch_all(&mut *connection).await?;
            renamed.sort_unstable();
            if has_twins {
                keys.extend(twins::keys(connection, &renamed).await?);
            }
            phrases::renamed(connection, &renamed).await?;
        }
        let names = if is_named { [AUTHORS, PLACES, NAMED].as_slice() } else { &[] };
        for statement in names {
            sqlx::query(*statement).bind(&changed).execute(&mut *connection).await?;
        }
        // All that is in one new file has its report already.
        if !is_new || rounds > 1 {
            reports(connection, &changed).await?;
        }
        if has_twins {
            keys.extend(sqlx::query_scalar::<_, Uuid>(KEYS).bind(None::<i32>).fetch_all(&mut *connection).await?);
            keys.extend(twins::keys(connection, &renamed).await?);
            twins::find(connection, &changed, Some(keys), Wait::AsTheFirst).await?;
        } else {
            sqlx::query(LABELS_ALONE).bind(&changed).execute(&mut *connection).await?;
        }
        // Whoever wrote it by hand has read it.
        if !about.is_own && !about.is_by_hand {
            wait(connection, &changed).await?;
        }
    }
    if !is_new || rounds > 1 || !renamed.is_empty() {
        phrases::forget_unused(connection).await?;
    }
    let mut outcomes = Outcomes::default();
    for row in sqlx::query("select outcome, count(*) from verdict group by outcome").fetch_all(connection).await? {
        let count = u64::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default();
        match row.try_get::<&str, _>(0)? {
            "created" => outcomes.created = count,
            "updated" => outcomes.updated = count,
            "older" => outcomes.older = count,
            "changed" => outcomes.changed_without_version = count,
            _ => outcomes.unchanged = count,
        }
    }
    Ok(outcomes)
}

/// Gives the results of these records the report that lists them.
async fn reports(connection: &mut PgConnection, changed: &[Uuid]) -> Result<(), sqlx::Error> {
    let (mut records, mut items, mut reports) = (Vec::new(), Vec::new(), Vec::new());
    for (record, item, report) in sqlx::query_as::<_, (Uuid, Uuid, Uuid)>(LISTED).bind(changed).fetch_all(&mut *connection).await? {
        records.push(record);
        items.push(item);
        reports.push(report);
    }
    if !items.is_empty() {
        sqlx::query(REPORTS).bind(changed).bind(records).bind(items).bind(reports).execute(connection).await?;
    }
    Ok(())
}

/// The kind of result that something is, as it would be if it came in now.
fn kind(bytes: &[u8]) -> Option<i16> {
    project(&Json::parse(&String::from_utf8_lossy(bytes)).ok()?).kind.map(ResultKind::number)
}

/// What was there before, in another version.
async fn newer(connection: &mut PgConnection, round: i32, at: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query(NEWER_ITEMS).bind(round).bind(at).bind(LABEL_TABLE_VERSION).execute(&mut *connection).await?;
    sqlx::query(OLDER_ITEMS).bind(round).execute(&mut *connection).await?;
    sqlx::query(NEWER_ATTACHMENTS).bind(round).bind(at).execute(&mut *connection).await?;
    sqlx::query(OLD_REFERENCES).bind(round).execute(connection).await?;
    Ok(())
}
