//! What everything by date can be filtered by: the people, places, sources and years
//! that the reader may see.

use chartkey_domain::id::{ItemId, SourceId};
use uuid::Uuid;

use super::Filter;
use crate::{Error, record::Record};

/// The most people, places and sources that are offered; the query carries it.
pub const OFFERED: usize = 100;

/// Items of one year are counted up to here: the query carries it with one more.
pub const MANY: i64 = 100;

/// What can be chosen. Whoever has the same name is one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// By whom, by name; each with an item of theirs.
    pub people: Vec<Choice<ItemId>>,
    /// Where, by name; each with an item of there.
    pub places: Vec<Choice<ItemId>>,
    /// Delivered by whom.
    pub sources: Vec<Choice<SourceId>>,
    /// The years in which anything happened, newest first, with how much: [`MANY`] and one
    /// stands for more than that.
    pub years: Vec<(i32, i64)>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<Id> {
    /// What an address names it by.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Whether the filter names it, be it by another item.
    pub is_chosen: bool,
}

impl<Id: From<Uuid>> Choice<Id> {
    fn new(id: Uuid, name: String, is_chosen: bool) -> Self {
        Self { id: Id::from(id), name, is_chosen }
    }
}

impl Choices {
    /// Reads them: from one name to the next by the index, so that it costs as much as there
    /// are names and years, and not as much as there are items.
    pub(super) async fn of(record: &mut Record, filter: Filter) -> Result<Self, Error> {
        let rows = sqlx::query!(
            r#"with recursive person as (
                (select author collate "C" as name from item
                    where patient_id = $1 and author is not null and (author_is_named or (select gate.own_patient()) is not null)
                    order by author collate "C" limit 1)
                union all
                select (select i.author collate "C" from item i
                    where i.patient_id = $1 and i.author is not null and i.author collate "C" > person.name
                        and (i.author_is_named or (select gate.own_patient()) is not null)
                    order by i.author collate "C" limit 1)
                from person where person.name is not null
            ), place as (
                (select place collate "C" as name from item
                    where patient_id = $1 and place is not null and (place_is_named or (select gate.own_patient()) is not null)
                    order by place collate "C" limit 1)
                union all
                select (select i.place collate "C" from item i
                    where i.patient_id = $1 and i.place is not null and i.place collate "C" > place.name
                        and (i.place_is_named or (select gate.own_patient()) is not null)
                    order by i.place collate "C" limit 1)
                from place where place.name is not null
            ), delivered as (
                (select source_id as id from item where patient_id = $1 order by source_id limit 1)
                union all
                select (select i.source_id from item i where i.patient_id = $1 and i.source_id > delivered.id order by i.source_id limit 1)
                from delivered where delivered.id is not null
            ), utc as (
                (select extract(year from first_at at time zone 'UTC')::int as year from item
                    where patient_id = $1 and first_at is not null and not is_error order by sort_at desc limit 1)
                union all
                select (select extract(year from i.first_at at time zone 'UTC')::int from item i
                    where i.patient_id = $1 and i.first_at is not null and not i.is_error
                        and i.sort_at < make_timestamptz(utc.year, 1, 1, 0, 0, 0, 'UTC') order by i.sort_at desc limit 1)
                from utc where utc.year is not null
            ), near as (
                -- The years next to one of UTC may only be those of other clocks.
                select distinct year + step as year from utc, generate_series(-1, 1) step where year + step > 0
            ), chosen as materialized (
                select (select p.author collate "C" from item p
                        where p.patient_id = $1 and p.item_id = $2 and (p.author_is_named or (select gate.own_patient()) is not null)) as person,
                    (select p.place collate "C" from item p
                        where p.patient_id = $1 and p.item_id = $3 and (p.place_is_named or (select gate.own_patient()) is not null)) as place
            )
            (select 1 as "kind!", p.name as "name!", null::bigint as "count?", p.name = (select person from chosen) as "is_chosen?",
                (select i.item_id from item i
                    where i.patient_id = $1 and i.author is not null and i.author collate "C" = p.name
                        and (i.author_is_named or (select gate.own_patient()) is not null)
                    order by i.sort_at desc, i.item_id desc limit 1) as "id?"
            from person p where p.name is not null limit 100)
            union all
            (select 2, p.name, null, p.name = (select place from chosen),
                (select i.item_id from item i
                    where i.patient_id = $1 and i.place is not null and i.place collate "C" = p.name
                        and (i.place_is_named or (select gate.own_patient()) is not null)
                    order by i.sort_at desc, i.item_id desc limit 1)
            from place p where p.name is not null limit 100)
            union all
            (select 3, s.name, null, s.source_id = $4, s.source_id
            from delivered d join source s on s.source_id = d.id where d.id is not null limit 100)
            union all
            select 4, counted.year::text, counted.items, null, null from (
                select near.year, (select count(*) from (select from item i
                    where i.patient_id = $1 and not i.is_error
                        and (i.behind = 0 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin and b.behind < i.behind
                            and extract(year from b.first_at at time zone 'UTC' + make_interval(mins => coalesce(b.utc_offset, 0))) = near.year limit 1) is null)
                        and i.sort_at >= make_timestamptz(near.year, 1, 1, 0, 0, 0, 'UTC') - interval '1 day'
                        and i.sort_at < make_timestamptz(near.year + 1, 1, 1, 0, 0, 0, 'UTC') + interval '1 day'
                        and extract(year from i.first_at at time zone 'UTC' + make_interval(mins => coalesce(i.utc_offset, 0))) = near.year
                    order by i.sort_at desc limit 101) upto) as items
                from near
            ) counted where counted.items > 0"#,
            record.whose().patient.0,
            filter.person.map(|person| person.0),
            filter.place.map(|place| place.0),
            filter.source.map(|source| source.0)
        )
        .fetch_all(record.connection())
        .await?;
        let mut choices = Self::default();
        for row in rows {
            let is_chosen = row.is_chosen.unwrap_or(false);
            match (row.kind, row.id) {
                (1, Some(id)) => choices.people.push(Choice::new(id, row.name, is_chosen)),
                (2, Some(id)) => choices.places.push(Choice::new(id, row.name, is_chosen)),
                (3, Some(id)) => choices.sources.push(Choice::new(id, row.name, is_chosen)),
                _ => choices.years.extend(row.name.parse().ok().zip(row.count)),
            }
        }
        choices.sources.sort_by(|one, other| one.name.cmp(&other.name));
        choices.years.sort_unstable_by_key(|(year, _)| std::cmp::Reverse(*year));
        Ok(choices)
    }
}
