//! Visits, and one visit with everything that belongs to it.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};

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
    /// Why it was, and what was found, as far as the reader may see it.
    pub why: Vec<Fact>,
    /// The language that the source says its texts are in, as a BCP 47 tag.
    pub language: Option<String>,
    /// What belongs to it, by category and then newest first.
    pub parts: Vec<Entry>,
    /// Whether there is more that belongs to it than a page shows.
    pub has_more: bool,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

/// The most parts of one visit; the query carries it with one more.
const PARTS: usize = 400;

/// The facts of a visit that say why it was.
const WHY: [&str; 2] = ["fact.reason", "fact.diagnosis"];

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

    /// A visit and the items that name it. What belongs to it and is not visible
    /// leaves nothing: no row, no count.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such visit for this visitor.
    pub async fn visit(&self, visitor: &Visitor, patient: PatientId, visit: ItemId) -> Result<Opened<Visit>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let rows = entries!(
            told "where i.patient_id = $1 and (i.item_id = $2 or (i.visit_id = $2 and not i.is_error)) \
             order by i.item_id <> $2, i.category, i.sort_at desc, i.item_id desc limit 402",
            patient.0,
            visit.0
        )
        .fetch_all(record.connection())
        .await?;
        let mut rows = rows.into_iter();
        let is_visit = |row: &EntryRow| row.item_id == visit.0 && row.category == Category::Visits.number();
        let Some(mut row) = rows.next().filter(is_visit) else { return record.refuse().await };
        let source = Source::of(&mut row);
        let language = source.as_ref().and_then(|source| fhir::language(source.raw()));
        let mut why = source.map(|source| source.facts(&record)).unwrap_or_default();
        why.retain(|fact| WHY.contains(&fact.name));
        let visit = Entry::from(row);
        let mut parts: Vec<Entry> = rows.map(Entry::from).collect();
        let has_more = parts.len() > PARTS;
        parts.truncate(PARTS);
        let aside = Aside::of(&mut record, Category::Visits).await?;
        let mut shown = Shown::default();
        shown.entries(std::iter::once(&visit).chain(&parts));
        shown.named(&why);
        record.close("visit", shown, Visit { visit, why, language, parts, has_more, aside }).await
    }
}
