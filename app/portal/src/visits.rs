//! Visits, and one visit with everything that belongs to it.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    cursor::Cursor,
    entry::{Entry, EntryRow, entries},
    fhir,
    items::Fact,
    keys::Aside,
    list::cut,
    parts::Source,
    record::Record,
};

/// A page of visits.
#[derive(Debug, Clone)]
pub struct Visits {
    /// The visits, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// The years in which there are visits, newest first. The patient's only.
    pub years: Vec<i32>,
    /// Total and keys. The patient's only.
    pub aside: Option<Aside>,
}

/// One visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The visit.
    pub visit: Entry,
    /// What it tells this reader of its people, of why it was, and of what was found.
    pub facts: Vec<Fact>,
    /// The language that the source says its texts are in, as a BCP 47 tag.
    pub language: Option<String>,
    /// What belongs to it, by category and then newest first.
    pub parts: Vec<Entry>,
    /// Those of the parts that name no visit: they were on the same day in the same place.
    pub joined: Vec<ItemId>,
    /// Whether there is more that belongs to it than a page shows.
    pub has_more: bool,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

/// The most parts of one visit; the query carries it with one more.
const PARTS: usize = 400;

impl Portal {
    /// A page of visits, of one year or of all. `with_errors` lists what was entered in
    /// error, too.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn visits(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        year: Option<i32>,
        after: Option<Cursor>,
        with_errors: bool,
    ) -> Result<Opened<Visits>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.whose().may_show(Category::Visits) {
            let nothing = Visits { entries: Vec::new(), next: None, years: Vec::new(), aside: None };
            return record.close("visits", Shown::default(), nothing).await;
        }
        let (at, item) = Cursor::bounds(after);
        // A statement each: with a year that may be given or not, the generic plan sorts all visits.
        let rows = match year {
            None => {
                entries!(
                    "where i.patient_id = $1 and i.category = 9 and (i.sort_at, i.item_id) < ($2::text::timestamptz, $3) and (not i.is_error or $4) \
                     and (i.behind = 0 or gate.is_first(i.patient_id, i.twin, i.behind)) \
                     order by i.sort_at desc, i.item_id desc limit 51",
                    patient.0,
                    at,
                    item,
                    with_errors
                )
                .fetch_all(record.connection())
                .await?
            }
            Some(year) => {
                entries!(
                    "where i.patient_id = $1 and i.category = 9 and (i.sort_at, i.item_id) < ($2::text::timestamptz, $3) and (not i.is_error or $5) \
                     and (i.behind = 0 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin and b.behind < i.behind \
                        and extract(year from b.first_at at time zone 'UTC' + make_interval(mins => coalesce(b.utc_offset, 0))) = $4::int limit 1) is null) \
                     and i.sort_at >= make_timestamptz($4, 1, 1, 0, 0, 0, 'UTC') - interval '1 day' \
                     and i.sort_at < make_timestamptz($4 + 1, 1, 1, 0, 0, 0, 'UTC') + interval '1 day' \
                     and extract(year from i.first_at at time zone 'UTC' + make_interval(mins => coalesce(i.utc_offset, 0))) = $4 \
                     order by i.sort_at desc, i.item_id desc limit 51",
                    patient.0,
                    at,
                    item,
                    year,
                    with_errors
                )
                .fetch_all(record.connection())
                .await?
            }
        };
        let (entries, next) = cut(rows.into_iter().map(Entry::from).collect(), Entry::cursor);
        let aside = Aside::of(&mut record, Category::Visits).await?;
        let years = if record.is_own() {
            // From one year to the one before by the index. The years next to it may only be those of other clocks.
            sqlx::query_scalar!(
                r#"with recursive utc as (
                    (select extract(year from first_at at time zone 'UTC')::int as year from item
                        where patient_id = $1 and category = 9 and first_at is not null and not is_error order by sort_at desc limit 1)
                    union all
                    select (select extract(year from first_at at time zone 'UTC')::int from item
                        where patient_id = $1 and category = 9 and first_at is not null and not is_error
                            and sort_at < make_timestamptz(utc.year, 1, 1, 0, 0, 0, 'UTC') order by sort_at desc limit 1)
                    from utc where utc.year is not null
                )
                select near as "year!" from (select distinct year + step as near from utc, generate_series(-1, 1) step where year + step > 0) years
                where (select true from item
                    where patient_id = $1 and category = 9 and not is_error
                        and sort_at >= make_timestamptz(near, 1, 1, 0, 0, 0, 'UTC') - interval '1 day'
                        and sort_at < make_timestamptz(near + 1, 1, 1, 0, 0, 0, 'UTC') + interval '1 day'
                        and extract(year from first_at at time zone 'UTC' + make_interval(mins => coalesce(utc_offset, 0))) = near limit 1)
                order by 1 desc"#,
                patient.0
            )
            .fetch_all(record.connection())
            .await?
        } else {
            Vec::new()
        };
        let mut shown = Shown::default();
        shown.entries(&entries);
        record.close("visits", shown, Visits { entries, next, years, aside }).await
    }

    /// A visit, the items that name it or a twin of it, and those that name none and were on the day of this one in its
    /// place, as of no other. What belongs to it and is not visible leaves nothing: no row, no count; and
    /// another visit that is not visible keeps nothing away.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such visit for this visitor.
    pub async fn visit(&self, visitor: &Visitor, patient: PatientId, visit: ItemId) -> Result<Opened<Visit>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let joined = joined(&mut record, visit).await?;
        let rows = entries!(
            told "where i.patient_id = $1 and i.item_id = any (array( \
                with same as materialized (select $2::uuid as visit_id union all select t.item_id from item v \
                    join item t on t.patient_id = v.patient_id and t.twin = v.twin and t.item_id <> v.item_id \
                    where v.patient_id = $1 and v.item_id = $2) \
                select o.item_id from item o where o.patient_id = $1 and o.visit_id = any (array(select visit_id from same)) and not o.is_error \
                    and (o.behind = 0 or (select true from item b where b.patient_id = o.patient_id and b.twin = o.twin and b.behind < o.behind \
                        and b.visit_id = any (array(select visit_id from same)) limit 1) is null) \
                order by o.category, o.sort_at desc, o.item_id desc limit 402) || $2::uuid || $3::uuid[]) \
             order by i.item_id <> $2, i.category, i.sort_at desc, i.item_id desc limit 402",
            patient.0,
            visit.0,
            &joined
        )
        .fetch_all(record.connection())
        .await?;
        let mut rows = rows.into_iter();
        let is_visit = |row: &EntryRow| row.item_id == visit.0 && row.category == Category::Visits.number();
        let Some(mut row) = rows.next().filter(is_visit) else { return record.refuse().await };
        let source = Source::of(&mut row);
        let language = source.as_ref().and_then(|source| fhir::language(source.raw()));
        let mut facts = source.map(|source| source.facts(&record)).unwrap_or_default();
        facts.retain(|fact| TOLD.contains(&fact.name));
        let visit = Entry::from(row);
        let mut parts: Vec<Entry> = rows.map(Entry::from).collect();
        let has_more = parts.len() > PARTS;
        parts.truncate(PARTS);
        let aside = Aside::of(&mut record, Category::Visits).await?;
        let mut shown = Shown::default();
        shown.entries(std::iter::once(&visit).chain(&parts));
        shown.named(&facts);
        let joined = joined.into_iter().map(ItemId).collect();
        record.close("visit", shown, Visit { visit, facts, language, parts, joined, has_more, aside }).await
    }
}

/// What the page of a visit tells beside what belongs to it.
const TOLD: [&str; 4] = ["fact.seen-by", "fact.with", "fact.reason", "fact.diagnosis"];

/// Where a thing says in which place it was, or of which organization whoever did it is.
const PLACES: [&str; 9] =
    ["location", "facility", "performer", "performer.actor", "performer.onBehalfOf", "provider", "supplier", "author", "custodian"];

/// What names no visit, nor does a twin of it, and was on the day of this one, in a place that it or a twin of it
/// names, as of no other visit that the reader sees. A day is that of the source's clock; what has only a month was
/// on no day. The limits within the statement are for the plan: who asks for the first rows of an order reads by its index.
async fn joined(record: &mut Record, visit: ItemId) -> Result<Vec<Uuid>, Error> {
    let (patient, own) = (record.whose().patient, record.is_own());
    let places: Vec<String> = PLACES.iter().map(|place| (*place).to_owned()).collect();
    let items = sqlx::query_scalar!(
        r#"with visit as materialized (
            select v.item_id, v.twin, d.day, (d.day - 1)::timestamp at time zone 'UTC' as since, (d.day + 2)::timestamp at time zone 'UTC' as until,
                array(select r.target_id from item_reference r where r.patient_id = v.patient_id
                    and r.item_id = any (case when v.twin is null then array[v.item_id]
                        else array(select t.item_id from item t where t.patient_id = v.patient_id and t.twin = v.twin) end)
                    and r.path = any (array['location.location', 'serviceProvider']) and r.target_id is not null) as places
            from item v cross join lateral (
                select (v.first_at at time zone 'UTC' + make_interval(mins => coalesce(v.utc_offset, 0)))::date as day) d
            where v.patient_id = $1 and v.item_id = $2 and v.resource_type = 'Encounter' and v.precision >= 3 and not v.is_error
        ), near as materialized (
            select i.item_id, i.twin, i.behind, array(select r.target_id from item_reference r where r.patient_id = i.patient_id and r.item_id = i.item_id
                and r.path = any ($3) and r.target_id = any (v.places)
                and ($4 or r.target_id in (i.author_id, i.place_id) or i.resource_type || '.' || r.path = any ($5))) as at
            from visit v cross join lateral (select * from item where patient_id = $1 and visit_id is null
                and sort_at >= v.since and sort_at < v.until order by sort_at limit 1000) i
            where v.places <> '{}' and i.category not in (1, 9, 16) and not i.is_error and i.precision >= 3
                and (i.first_at at time zone 'UTC' + make_interval(mins => coalesce(i.utc_offset, 0)))::date = v.day
                and (i.twin is null or (select true from item t where t.patient_id = i.patient_id and t.twin = i.twin
                    and t.visit_id is not null limit 1) is null)
        ), other as materialized (
            select array(select r.target_id from item_reference r where r.patient_id = o.patient_id and r.item_id = o.item_id
                and r.path = any (array['location.location', 'serviceProvider']) and r.target_id is not null) as places
            from visit v cross join lateral (select * from item where patient_id = $1 and category = 9
                and sort_at >= v.since and sort_at < v.until order by sort_at desc, item_id desc limit 1000) o
            where o.item_id <> v.item_id and (o.twin is null or o.twin is distinct from v.twin) and o.resource_type = 'Encounter' and o.precision >= 3 and not o.is_error
                and (o.first_at at time zone 'UTC' + make_interval(mins => coalesce(o.utc_offset, 0)))::date = v.day
        ), found as materialized (
            select n.item_id, n.twin, n.behind from near n
            where n.at <> '{}' and not exists (select from other o where o.places && n.at)
        )
        select f.item_id from found f
        where f.behind = 0 or not exists (select from found b where b.twin = f.twin and b.behind < f.behind)
        limit 400"#,
        patient.0,
        visit.0,
        &places,
        own,
        fhir::told()
    )
    .fetch_all(record.connection())
    .await?;
    Ok(items)
}
