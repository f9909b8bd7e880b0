//! Everything by date.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId, SourceId},
};
use time::{Date, Duration};
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    cursor::Cursor,
    entry::{Entry, EntryRow, entries},
    list::cut,
    record::Record,
};

mod choices;

pub use choices::{Choice, Choices, MANY, OFFERED};

/// Which part of everything. Whoever and wherever is named by an item of theirs, so that
/// no address carries a name: one that the reader may not see, or that is not there,
/// finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this category alone.
    pub category: Option<Category>,
    /// By whom this item is.
    pub person: Option<ItemId>,
    /// Where this item was.
    pub place: Option<ItemId>,
    /// Delivered by this source.
    pub source: Option<SourceId>,
    /// From this day on, as the source's clock had it; then nothing without a date.
    pub from: Option<Date>,
    /// Up to this day.
    pub to: Option<Date>,
    /// What was entered in error, too.
    pub with_errors: bool,
}

impl Filter {
    /// Whether it leaves anything out, but for errors.
    #[must_use]
    pub fn is_any(&self) -> bool {
        Self { with_errors: false, ..*self } != Self::default()
    }

    /// Whether it asks for more than what leads it: the index by which its page is read.
    fn has_rest(&self) -> bool {
        let asked = [self.category.is_some(), self.person.is_some(), self.place.is_some(), self.source.is_some()];
        self.from.is_some() || self.to.is_some() || asked.into_iter().filter(|asked| *asked).count() > 1
    }
}

/// A page of everything.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// What can be chosen.
    pub choices: Choices,
}

impl Portal {
    /// A page of everything, or of what the filter leaves of it, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn timeline(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        filter: Filter,
        after: Option<Cursor>,
    ) -> Result<Opened<Timeline>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let rows = rows(&mut record, filter, after).await?;
        let (entries, next) = cut(rows.into_iter().map(Entry::from).collect(), Entry::cursor);
        let choices = Choices::of(&mut record, filter).await?;
        let mut shown = Shown::default();
        shown.entries(&entries);
        record.close("timeline", shown, Timeline { entries, next, choices }).await
    }
}

/// Midnight of a day in UTC, as PostgreSQL compares moments with it.
fn moment(day: Date) -> String {
    format!("{:04}-{:02}-{:02} 00:00Z", day.year(), u8::from(day.month()), day.day())
}

/// One page and a row more. What leads the filter has an index of its own and a statement of
/// its own; the rest of it is one condition, because of several the generic plan expects that
/// hardly anything is left, and sorts everything. What a source tells is found under that source,
/// and under everybody whom any source names, whoever else tells the same.
async fn rows(record: &mut Record, filter: Filter, after: Option<Cursor>) -> Result<Vec<EntryRow>, Error> {
    if filter.category.is_some_and(|category| !record.whose().may_show(category)) {
        return Ok(Vec::new());
    }
    let patient = record.whose().patient.0;
    // Where it ends and begins by the index, whatever the clock of the source: the days themselves are asked below.
    let first = filter.from.and_then(|day| day.checked_sub(Duration::DAY)).map_or_else(|| "-infinity".to_owned(), moment);
    let last = filter.to.and_then(|day| day.checked_add(Duration::days(2)));
    let (at, item) = match (after, last) {
        (None, Some(last)) => (moment(last), Uuid::max()),
        _ => Cursor::bounds(after),
    };
    let category = filter.category.map(Category::number);
    let [person, place] = [filter.person, filter.place].map(|item| item.map(|item| item.0));
    let source = filter.source.map(|source| source.0);
    macro_rules! by {
        ($way:literal) => {
            entries!(
                by "left join lateral (select true as is_before from item b \
                        where i.behind > 0 and $8::uuid is null and b.patient_id = i.patient_id and b.twin = i.twin and b.behind < i.behind \
                            and ($9::uuid is null or ((b.author_is_named or (select gate.own_patient()) is not null) and b.author = i.author)) \
                            and ($10::uuid is null or ((b.place_is_named or (select gate.own_patient()) is not null) and b.place = i.place)) \
                            and ($11::date is null or (b.first_at at time zone 'UTC' + make_interval(mins => coalesce(b.utc_offset, 0)))::date >= $11) \
                            and ($12::date is null or b.first_at is null \
                                or (b.first_at at time zone 'UTC' + make_interval(mins => coalesce(b.utc_offset, 0)))::date <= $12) limit 1) told on true"
                $way,
                "and i.patient_id = $1 and (i.sort_at, i.item_id) < ($2::text::timestamptz, $3) and (not i.is_error or $4) \
                 and i.sort_at >= $5::text::timestamptz \
                 and told.is_before is not true and case when $6 then true else \
                     ($7::smallint is null or i.category = $7) and ($8::uuid is null or i.source_id = $8) \
                     and ($9::uuid is null or ((i.author_is_named or (select gate.own_patient()) is not null) and i.author collate \"C\" = ( \
                        select p.author from item p where p.patient_id = $1 and p.item_id = $9 \
                            and (p.author_is_named or (select gate.own_patient()) is not null)))) \
                     and ($10::uuid is null or ((i.place_is_named or (select gate.own_patient()) is not null) and i.place collate \"C\" = ( \
                        select p.place from item p where p.patient_id = $1 and p.item_id = $10 \
                            and (p.place_is_named or (select gate.own_patient()) is not null)))) \
                     and ($11::date is null or (i.first_at at time zone 'UTC' + make_interval(mins => coalesce(i.utc_offset, 0)))::date >= $11) \
                     and ($12::date is null or i.first_at is null \
                        or (i.first_at at time zone 'UTC' + make_interval(mins => coalesce(i.utc_offset, 0)))::date <= $12) end \
                 order by i.sort_at desc, i.item_id desc limit 51",
                patient,
                at,
                item,
                filter.with_errors,
                first,
                !filter.has_rest(),
                category,
                source,
                person,
                place,
                filter.from,
                filter.to
            )
            .fetch_all(record.connection())
            .await?
        };
    }
    Ok(match filter {
        Filter { person: Some(_), .. } => {
            by!("where (i.author_is_named or (select gate.own_patient()) is not null) and i.author collate \"C\" = ( \
                select p.author from item p where p.patient_id = $1 and p.item_id = $9 \
                    and (p.author_is_named or (select gate.own_patient()) is not null))")
        }
        Filter { place: Some(_), .. } => {
            by!("where (i.place_is_named or (select gate.own_patient()) is not null) and i.place collate \"C\" = ( \
                select p.place from item p where p.patient_id = $1 and p.item_id = $10 \
                    and (p.place_is_named or (select gate.own_patient()) is not null))")
        }
        Filter { source: Some(_), .. } => by!("where i.source_id = $8"),
        Filter { category: Some(_), .. } => by!("where i.category = $7"),
        Filter { .. } => by!("where true"),
    })
}
