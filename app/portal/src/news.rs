//! What came into a record since its reader last looked, as far as they may see it.
//!
//! The mark of each reader and record is `viewer_mark`; `gate.look` reads and moves it.
//! What came in is found by what arrived, and shown under row security: to a grantee
//! nothing is new that they may not see.

use std::collections::HashMap;

use chartkey_domain::{category::Category, id::ItemId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error,
    entry::{Disputed, Entry},
    record::Record,
};

/// Kinds of one category that are listed; the query carries it.
const KINDS: usize = 5;

/// Whether a page was opened by somebody who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It was: what it lists is new no more after this visit.
    Opened,
    /// A browser fetched it in advance, so nobody has seen it yet.
    Ahead,
}

/// What is new to a reader.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    /// The last look of the visit before; `None`: this visit is the first, and nothing is
    /// called new.
    pub since: Option<OffsetDateTime>,
    /// What came in since then and happened not long before it, the newest category first.
    pub fresh: Vec<Fresh>,
    /// How much came in since then that happened earlier or has no date: old things of a
    /// source that is new here.
    pub older: Vec<(Category, i64)>,
}

/// What is new of one category.
#[derive(Debug, Clone, PartialEq)]
pub struct Fresh {
    /// Which.
    pub category: Category,
    /// How many items.
    pub items: i64,
    /// The kinds of it, newest first: at most five.
    pub kinds: Vec<Kind>,
    /// How many kinds there are beside them.
    pub more_kinds: i64,
}

/// What is new under one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// The newest of it.
    pub newest: Entry,
    /// How many there are.
    pub count: i64,
}

/// What is new, before its entries were read.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where the chain of the record stood at the last look of the visit before.
    pub(crate) since_seq: Option<i64>,
    since: Option<OffsetDateTime>,
    rows: Vec<Row>,
}

/// A kind of what is fresh, or a category of what is older.
#[derive(Debug)]
struct Row {
    category: Category,
    newest: Option<Uuid>,
    /// Of what is said to be wrong of the kind the newest three, and how many there are beside.
    disputed: Vec<Uuid>,
    more_disputed: i64,
    count: i64,
    items: i64,
    kinds: i64,
}

impl Found {
    /// Asks what is new to the reader of the record. The mark moves with the commit.
    pub(crate) async fn of(record: &mut Record, look: Look) -> Result<Self, Error> {
        let patient = record.whose().patient;
        // Whoever looks with somebody's eyes reads nothing in their place.
        let counts = look == Look::Opened && !record.is_preview();
        // Of late: since a quarter before the last look. A result takes weeks to be final.
        let rows = sqlx::query!(
            r#"with mark as materialized (select since_seq, since_at, came from gate.look($2)),
            came as materialized (
                select i.item_id, i.category, i.title,
                    case when i.category in (2, 3, 4, 5) then gate.meaning(i.title, i.codes, i.title_key, i.resource_type, i.item_id, i.status) end as meaning,
                    i.source_id = (select gate.by_hand()) as is_by_hand, i.sort_at,
                    i.sort_at >= (select since_at from mark) - interval '90 days' as is_fresh,
                    (select true from correction c where c.patient_id = $1 and c.ended_at is null and c.item_id = any (case when i.twin is null
                        then array[i.item_id] else array(select t.item_id from item t where t.patient_id = i.patient_id and t.twin = i.twin) end)
                        limit 1) is not null as is_disputed
                from item i where i.patient_id = $1 and i.added_at = any ((select came from mark)::timestamptz[]) and not i.is_error
                    -- What another source told before is not new, unless it has been changed since.
                    and (i.twin is null or i.version_no > 1 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin
                        and (b.added_at, b.behind) < (i.added_at, i.behind) limit 1) is null)
            ),
            kind as (
                select category, (array_agg(item_id order by sort_at desc, item_id desc))[1] as newest, max(sort_at) as at, count(*) as count,
                    (array_agg(item_id order by sort_at desc, item_id desc) filter (where is_disputed))[1:3] as disputed,
                    greatest(count(*) filter (where is_disputed) - 3, 0) as more_disputed,
                    (sum(count(*)) over of_category)::bigint as items, count(*) over of_category as kinds,
                    row_number() over (partition by category order by max(sort_at) desc, title, meaning) as place
                from came where is_fresh group by category, title, meaning, is_by_hand
                window of_category as (partition by category)
            ),
            line as (
                select category, newest, disputed, more_disputed, count, items, kinds, at from kind where place <= 5
                union all
                select category, null, null, 0, count(*), count(*), 0, null from came where not is_fresh group by category
            )
            select m.since_seq, m.since_at, l.category as "category?", l.newest as "newest?", l.disputed as "disputed?",
                l.more_disputed as "more_disputed?", l.count as "count?", l.items as "items?", l.kinds as "kinds?"
            from mark m left join line l on true
            order by l.at desc nulls last, l.count desc, l.category, l.newest"#,
            patient.0,
            counts
        )
        .fetch_all(record.connection())
        .await?;
        let (since_seq, since) = rows.first().map_or((None, None), |row| (row.since_seq, row.since_at));
        let rows = rows.into_iter().filter_map(|row| {
            let category = Category::from_number(row.category?).unwrap_or(Category::Own);
            let (disputed, more_disputed) = (row.disputed.unwrap_or_default(), row.more_disputed?);
            Some(Row { category, newest: row.newest, disputed, more_disputed, count: row.count?, items: row.items?, kinds: row.kinds? })
        });
        Ok(Self { since_seq, since, rows: rows.collect() })
    }

    /// The newest item of each kind, and those of it that are said to be wrong, to be read as entries.
    pub(crate) fn newest(&self) -> Vec<Uuid> {
        self.rows.iter().flat_map(|row| row.newest.iter().chain(&row.disputed)).copied().collect()
    }

    /// The same with the entries of [`Self::newest`], of which others may stand between them.
    pub(crate) fn with<'a>(self, entries: impl IntoIterator<Item = &'a Entry>) -> News {
        let entries: HashMap<ItemId, &Entry> = entries.into_iter().map(|entry| (entry.id, entry)).collect();
        let mut news = News { since: self.since, ..News::default() };
        for row in self.rows {
            let Some(newest) = row.newest else {
                news.older.push((row.category, row.count));
                continue;
            };
            let Some(newest) = entries.get(&ItemId(newest)) else { continue };
            let others = row.disputed.iter().filter(|other| **other != newest.id.0).filter_map(|other| entries.get(&ItemId(*other)));
            let others = others.filter_map(|other| Some(other.disputed.clone()?.beside(other.id, other.when)));
            let mut disputed = others.fold(newest.disputed.clone(), |said, other| Disputed::and(said, Some(other)));
            if let Some(said) = &mut disputed {
                said.more += row.more_disputed;
            }
            let kind = Kind { newest: Entry { disputed, ..(*newest).clone() }, count: row.count };
            match news.fresh.iter_mut().find(|fresh| fresh.category == row.category) {
                Some(fresh) => fresh.kinds.push(kind),
                None => news.fresh.push(Fresh {
                    category: row.category,
                    items: row.items,
                    more_kinds: row.kinds.saturating_sub(i64::try_from(KINDS).unwrap_or(i64::MAX)).max(0),
                    kinds: vec![kind],
                }),
            }
        }
        news
    }
}

impl News {
    /// The entries that it shows.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.fresh.iter().flat_map(|fresh| &fresh.kinds).map(|kind| &kind.newest)
    }
}
