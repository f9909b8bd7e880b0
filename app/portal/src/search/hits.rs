//! From texts to the things that hold them.

use std::collections::{HashMap, HashSet};

use chartkey_domain::{
    category::Category,
    fold,
    id::ItemId,
    query::{Number, Piece, Query},
    when::Precision,
};
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};
use uuid::Uuid;

use super::texts::{Found, Pieces};
use crate::{Error, entry, fhir, record::Record};

/// The attachments that are people and places.
const PEOPLE: [&str; 5] = ["Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService"];

/// The most people and places that a search tells of, by their names.
const MOST_PEOPLE: usize = 100;

/// A thing that a search or a lens may show.
#[derive(Debug)]
pub struct Candidate {
    pub item_id: Uuid,
    pub category: i16,
    pub title: String,
    pub first_at: Option<OffsetDateTime>,
    pub precision: Option<i16>,
    pub utc_offset: Option<i16>,
    pub value_text: Option<String>,
    pub value_num: Option<f64>,
    pub shown_id: Option<Uuid>,
    pub kept_id: Option<Uuid>,
    pub visit_id: Option<Uuid>,
    pub twin: Option<Uuid>,
    pub behind: i16,
}

/// `query_as!` over the columns of [`Candidate`]; the item is `i`. What waits for the patient has its own
/// identifier in the place of its texts, as [`Texts`](super::texts::Texts) has it, and nothing else.
macro_rules! candidates {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Candidate,
            "select i.item_id, i.category, i.title, i.first_at, i.precision, i.utc_offset, \
             case when w.waits then null else i.value_text end as value_text, case when w.waits then null else i.value_num end as value_num, \
             case when w.waits then i.item_id else i.shown_id end as shown_id, case when w.waits then null else i.kept_id end as kept_id, i.visit_id, \
             i.twin, i.behind \
             from item i cross join lateral (select i.waits and (select gate.own_patient()) is not null as waits) w where i.patient_id = $1 and not i.is_error and "
                + $rest,
            $($argument),*
        )
    };
}

/// Somebody or some place that a record names.
#[derive(Debug, Clone)]
pub struct Person {
    /// Which.
    pub id: ItemId,
    /// `Practitioner`, `Organization` and so on.
    pub resource_type: String,
    /// Their name.
    pub name: String,
    /// Who delivered it.
    pub source: String,
}

/// A thing that a search has found.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    pub id: ItemId,
    pub category: Category,
    /// 3: its name and value say it all; 2: with whom it names; 1: only what else it says.
    pub rank: u8,
    pub at: Option<OffsetDateTime>,
    /// The text of its name.
    pub shown_id: Option<Uuid>,
    /// What it shares with the same of other sources.
    twin: Option<Uuid>,
    /// How many of those stand before it.
    behind: i16,
}

/// Finds everything of this record that holds every piece: best first, then newest first.
pub async fn hits(record: &mut Record, query: &Query, found: &Found) -> Result<(Vec<Hit>, Vec<Person>), Error> {
    let own = record.is_own();
    let named = Named::read(record, found).await?;
    let all: Pieces = query.pieces.iter().enumerate().fold(0, |all, (place, _)| all | (1 << place));
    let mut hits: Vec<Hit> = Vec::new();
    for candidate in read(record, query, found, &named).await? {
        let of = |id: Option<Uuid>| id.and_then(|id| found.pieces.get(&id)).copied().unwrap_or_default();
        let said = of(candidate.shown_id) | in_row(query, &candidate);
        let names = said | named.of(candidate.item_id);
        let kept = names | if own { of(candidate.kept_id) } else { 0 };
        let rank = match () {
            () if said == all && candidate.category != Category::Documents.number() => 3,
            () if names == all => 2,
            () if kept == all => 1,
            () => continue,
        };
        hits.push(Hit {
            id: ItemId(candidate.item_id),
            category: Category::from_number(candidate.category).unwrap_or(Category::Own),
            rank,
            at: candidate.first_at,
            shown_id: candidate.shown_id,
            twin: candidate.twin,
            behind: candidate.behind,
        });
    }
    hits.sort_by_key(|hit| (std::cmp::Reverse((hit.rank, hit.at)), hit.behind, hit.id));
    // What several sources tell of is found once: the best of those that were found stands for it.
    let mut found: HashSet<Uuid> = HashSet::new();
    hits.retain(|hit| hit.twin.is_none_or(|twin| found.insert(twin)));
    let mut people: Vec<Person> = named.people.into_iter().filter(|(_, pieces)| *pieces == all).map(|(person, _)| person).collect();
    people.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    people.truncate(MOST_PEOPLE);
    Ok((hits, people))
}

/// Whom and what the record names that holds any piece.
#[derive(Default)]
struct Named {
    /// The pieces that the things named by each item hold.
    by_item: HashMap<Uuid, Pieces>,
    people: Vec<(Person, Pieces)>,
}

impl Named {
    /// Others than the patient are told of an item's author and place, and of what its page
    /// tells them as its own: its medicine, and not what is suspected, or who is paid.
    async fn read(record: &mut Record, found: &Found) -> Result<Self, Error> {
        let mut named = Self::default();
        let (patient, own) = (record.whose().patient, record.is_own());
        let texts: Vec<Uuid> = found.pieces.keys().copied().collect();
        let rows = sqlx::query!(
            r#"select a.item_id, a.resource_type, a.title, a.shown_id, a.kept_id, s.name as source,
                array(select r.item_id from item_reference r where r.patient_id = a.patient_id and r.target_id = a.item_id
                    -- What a file or a specimen says is not what a thing that waits is found by.
                    and (not $3 or a.resource_type = any (array['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'HealthcareService', 'Medication']) or (select i.waits from item i
                        where i.patient_id = r.patient_id and i.item_id = r.item_id) is not true)
                    and ($3 or (select true from item i where i.patient_id = r.patient_id and i.item_id = r.item_id
                        and (r.target_id in (i.author_id, i.place_id) or i.resource_type || '.' || r.path = any($4))))) as "by!"
            from attachment a join source s on s.source_id = a.source_id
            where a.patient_id = $1 and (a.shown_id = any($2) or ($3 and a.kept_id = any($2)))"#,
            patient.0,
            &texts,
            own,
            fhir::told()
        )
        .fetch_all(record.connection())
        .await?;
        for row in rows {
            let of = |id: Option<Uuid>| id.and_then(|id| found.pieces.get(&id)).copied().unwrap_or_default();
            let pieces = of(row.shown_id) | if own { of(row.kept_id) } else { 0 };
            if PEOPLE.contains(&row.resource_type.as_str()) && (own || !row.by.is_empty()) {
                let person = Person { id: ItemId(row.item_id), resource_type: row.resource_type, name: row.title, source: row.source };
                named.people.push((person, pieces));
            }
            for item in row.by {
                *named.by_item.entry(item).or_default() |= pieces;
            }
        }
        Ok(named)
    }

    fn of(&self, item: Uuid) -> Pieces {
        self.by_item.get(&item).copied().unwrap_or_default()
    }
}

/// Every item that may hold all pieces: those that hold the one that is the hardest to find.
async fn read(record: &mut Record, query: &Query, found: &Found, named: &Named) -> Result<Vec<Candidate>, Error> {
    let (patient, own) = (record.whose().patient, record.is_own());
    let holders = |place: usize| found.pieces.values().filter(move |pieces| *pieces & (1 << place) != 0).count();
    // Words are found by their texts; a date and a number in the rows as well.
    let cost = |(place, piece): &(usize, &Piece)| (piece.number.is_some(), !piece.days.is_empty(), holders(*place));
    let Some((place, piece)) = query.pieces.iter().enumerate().min_by_key(cost) else { return Ok(Vec::new()) };
    let texts: Vec<Uuid> = found.pieces.iter().filter(|(_, pieces)| **pieces & (1 << place) != 0).map(|(id, _)| *id).collect();
    let kept: &[Uuid] = if own { &texts } else { &[] };
    let items: Vec<Uuid> = named.by_item.iter().filter(|(_, pieces)| **pieces & (1 << place) != 0).map(|(item, _)| *item).collect();
    let mut candidates = candidates!(
        "(i.shown_id = any($2) or i.kept_id = any($3) or i.item_id = any($4) or (i.waits and i.item_id = any($2)))",
        patient.0,
        &texts,
        kept,
        &items
    )
    .fetch_all(record.connection())
    .await?;
    for (first, end) in &piece.days {
        // The day is that of the source's clock, at most a day from UTC's.
        let at = |date: Date, days: i64| date.with_time(Time::MIDNIGHT).assume_utc().checked_add(time::Duration::days(days));
        let (Some(from), Some(to)) = (at(*first, -1), at(*end, 1)) else { continue };
        candidates.extend(candidates!("i.sort_at >= $2 and i.sort_at < $3", patient.0, from, to).fetch_all(record.connection()).await?);
    }
    if let Some(Number { value, half }) = piece.number {
        // A little more than [`is_value`] takes, which rounds in another way. A year is no figure of a text.
        let (least, most, is_figure) = (value - half * 1.001, value + half * 1.001, piece.days.is_empty());
        let rows = candidates!(
            "(i.value_num between $2 and $3 or ($4 and i.value_num is null and i.value_text is not null))",
            patient.0,
            least,
            most,
            is_figure
        );
        candidates.extend(rows.fetch_all(record.connection()).await?);
    }
    let mut seen = HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.item_id));
    Ok(candidates)
}

/// The pieces that a row holds by its date and its value. A date is found by the day, the month or
/// the year that it lies in as a whole: what only has a year is not of a day.
fn in_row(query: &Query, item: &Candidate) -> Pieces {
    let dates = item.first_at.map(|at| {
        let offset = UtcOffset::from_whole_seconds(i32::from(item.utc_offset.unwrap_or(0)) * 60).unwrap_or(UtcOffset::UTC);
        let first = at.checked_to_offset(offset).unwrap_or(at).date();
        (first, last(first, entry::precision(item.precision)))
    });
    let is_in = |piece: &Piece| {
        let is_then = dates.is_some_and(|(one, last)| piece.days.iter().any(|(first, end)| *first <= one && last < *end));
        is_then || is_value(piece, item)
    };
    query.pieces.iter().enumerate().filter(|(_, piece)| is_in(piece)).fold(0, |all, (place, _)| all | (1 << place))
}

/// The last day of a date that is so precise.
fn last(first: Date, precision: Precision) -> Date {
    let day = match precision {
        Precision::Year => Date::from_calendar_date(first.year(), Month::December, 31),
        Precision::Month => Date::from_calendar_date(first.year(), first.month(), first.month().length(first.year())),
        Precision::Day | Precision::Instant => Ok(first),
    };
    day.unwrap_or(first)
}

/// Whether a piece is the value: a number that is shown as it, or its figures among those
/// of a value that is no single number ("120 / 80").
fn is_value(piece: &Piece, item: &Candidate) -> bool {
    match (piece.number, item.value_num, &item.value_text) {
        (Some(number), Some(value), _) => (value - number.value).abs() <= number.half * (1.0 + 1e-9),
        (_, None, Some(text)) if piece.days.is_empty() && piece.words.iter().any(|word| word.bytes().all(|byte| byte.is_ascii_digit())) => {
            let figures = fold::words(text);
            piece.words.iter().all(|word| figures.contains(word))
        }
        _ => false,
    }
}

pub(super) use candidates;
