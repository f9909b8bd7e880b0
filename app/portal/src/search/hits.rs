//! From texts to the things that hold them.

use std::collections::{HashMap, HashSet};

use chartkey_domain::{
    category::Category,
    fold,
    id::ItemId,
    query::{Piece, Query},
};
use time::{Date, OffsetDateTime, Time, UtcOffset};
use uuid::Uuid;

use super::texts::{Found, Pieces};
use crate::{Error, record::Record};

/// The attachments that are people and places.
const PEOPLE: [&str; 5] = ["Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService"];

/// A thing that a search or a lens may show.
#[derive(Debug)]
pub struct Candidate {
    pub item_id: Uuid,
    pub category: i16,
    pub title: String,
    pub first_at: Option<OffsetDateTime>,
    pub utc_offset: Option<i16>,
    pub value_text: Option<String>,
    pub value_num: Option<f64>,
    pub shown_id: Option<Uuid>,
    pub kept_id: Option<Uuid>,
    pub author_id: Option<Uuid>,
    pub place_id: Option<Uuid>,
    pub visit_id: Option<Uuid>,
}

/// `query_as!` over the columns of [`Candidate`]; the item is `i`. To anybody but the patient a
/// name goes with a reference whose target they cannot see.
macro_rules! candidates {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Candidate,
            "select i.item_id, i.category, i.title, i.first_at, i.utc_offset, i.value_text, i.value_num, i.shown_id, i.kept_id, i.visit_id, \
             case when i.author_is_named or (select gate.own_patient()) is not null then i.author_id end as author_id, \
             case when i.place_is_named or (select gate.own_patient()) is not null then i.place_id end as place_id \
             from item i where i.patient_id = $1 and not i.is_error and "
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
        let names = said | named.of(&candidate, own);
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
        });
    }
    hits.sort_by_key(|hit| (std::cmp::Reverse((hit.rank, hit.at)), hit.id));
    let people = named.people.into_iter().filter(|(_, pieces)| *pieces == all).map(|(person, _)| person).collect();
    Ok((hits, people))
}

/// Whom and what the record names that holds any piece.
struct Named {
    /// The pieces that the things named by each item hold, with which of them.
    by_item: HashMap<Uuid, Vec<(Uuid, Pieces)>>,
    /// Of those, the medicines: what is named so is the name of the item itself.
    medicines: HashSet<Uuid>,
    people: Vec<(Person, Pieces)>,
}

impl Named {
    async fn read(record: &mut Record, found: &Found) -> Result<Self, Error> {
        let mut named = Self { by_item: HashMap::new(), medicines: HashSet::new(), people: Vec::new() };
        let (patient, own) = (record.whose().patient, record.is_own());
        let texts: Vec<Uuid> = found.pieces.keys().copied().collect();
        let rows = sqlx::query!(
            r#"select a.item_id, a.resource_type, a.title, a.shown_id, a.kept_id, s.name as source,
                array(select r.item_id from item_reference r where r.patient_id = a.patient_id and r.target_id = a.item_id) as "by!"
            from attachment a join source s on s.source_id = a.source_id
            where a.patient_id = $1 and (a.shown_id = any($2) or ($3 and a.kept_id = any($2)))"#,
            patient.0,
            &texts,
            own
        )
        .fetch_all(record.connection())
        .await?;
        for row in rows {
            let of = |id: Option<Uuid>| id.and_then(|id| found.pieces.get(&id)).copied().unwrap_or_default();
            let pieces = of(row.shown_id) | if own { of(row.kept_id) } else { 0 };
            for item in row.by {
                named.by_item.entry(item).or_default().push((row.item_id, pieces));
            }
            if row.resource_type == "Medication" {
                named.medicines.insert(row.item_id);
            } else if PEOPLE.contains(&row.resource_type.as_str()) {
                let person = Person { id: ItemId(row.item_id), resource_type: row.resource_type, name: row.title, source: row.source };
                named.people.push((person, pieces));
            }
        }
        Ok(named)
    }

    /// The pieces that an item holds by what it names. Others than the patient are told of an
    /// item's author and place alone, and of its medicine.
    fn of(&self, item: &Candidate, own: bool) -> Pieces {
        let names = self.by_item.get(&item.item_id).into_iter().flatten();
        let is_told = |id: &Uuid| own || Some(*id) == item.author_id || Some(*id) == item.place_id || self.medicines.contains(id);
        names.filter(|(id, _)| is_told(id)).fold(0, |all, (_, pieces)| all | pieces)
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
    let has_piece = |names: &Vec<(Uuid, Pieces)>| names.iter().any(|(_, pieces)| pieces & (1 << place) != 0);
    let items: Vec<Uuid> = named.by_item.iter().filter(|(_, names)| has_piece(names)).map(|(item, _)| *item).collect();
    let mut candidates =
        candidates!("(i.shown_id = any($2) or i.kept_id = any($3) or i.item_id = any($4))", patient.0, &texts, kept, &items)
            .fetch_all(record.connection())
            .await?;
    for (first, end) in &piece.days {
        // The day is that of the source's clock, at most a day from UTC's.
        let at = |date: Date, days: i64| date.with_time(Time::MIDNIGHT).assume_utc().checked_add(time::Duration::days(days));
        let (Some(from), Some(to)) = (at(*first, -1), at(*end, 1)) else { continue };
        candidates.extend(candidates!("i.sort_at >= $2 and i.sort_at < $3", patient.0, from, to).fetch_all(record.connection()).await?);
    }
    if piece.number.is_some() {
        candidates.extend(candidates!("i.value_text is not null", patient.0).fetch_all(record.connection()).await?);
    }
    let mut seen = HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.item_id));
    Ok(candidates)
}

/// The pieces that a row holds by its date and its value.
fn in_row(query: &Query, item: &Candidate) -> Pieces {
    let date = item.first_at.map(|at| {
        let offset = UtcOffset::from_whole_seconds(i32::from(item.utc_offset.unwrap_or(0)) * 60).unwrap_or(UtcOffset::UTC);
        at.checked_to_offset(offset).unwrap_or(at).date()
    });
    let is_in = |piece: &Piece| {
        let is_then = date.is_some_and(|date| piece.days.iter().any(|(first, end)| *first <= date && date < *end));
        is_then || is_value(piece, item)
    };
    query.pieces.iter().enumerate().filter(|(_, piece)| is_in(piece)).fold(0, |all, (place, _)| all | (1 << place))
}

/// Whether a piece is the value: a number that is shown as it, or its figures among those
/// of a value that is no single number ("120 / 80").
fn is_value(piece: &Piece, item: &Candidate) -> bool {
    match (piece.number, item.value_num, &item.value_text) {
        (Some(number), Some(value), _) => (value - number.value).abs() <= number.half * (1.0 + 1e-9),
        (_, None, Some(text)) if piece.words.iter().any(|word| word.bytes().all(|byte| byte.is_ascii_digit())) => {
            let figures = fold::words(text);
            piece.words.iter().all(|word| figures.contains(word))
        }
        _ => false,
    }
}

pub(super) use candidates;
