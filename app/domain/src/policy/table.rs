//! The decision table: what a permission says of any item, as numbers that
//! PostgreSQL can look up.

use time::OffsetDateTime;

use super::combinations;
use crate::{
    category::Category,
    grant::{Dates, Scope},
    item::ItemFacts,
    label::Labels,
};

/// The number of categories a grant can name.
const CATEGORIES: usize = 15;

/// For each category, bucket of the first moment, bucket of the last moment and
/// bucket of arrival: the combinations of labels that may be seen.
///
/// The bucket of a moment is the number of `breaks` at or before it. On the first
/// axis 0 stands for "not known" and bucket `b` for `b + 1`; on the last axis 0
/// stands for "has not ended".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Where the dates of the grants begin and end, ascending.
    pub breaks: Vec<OffsetDateTime>,
    /// Where grants without later additions were given, ascending.
    pub added_breaks: Vec<OffsetDateTime>,
    /// `[category - 1][first][last][added]`, row by row.
    pub cells: Vec<u64>,
}

/// One coordinate of time, as buckets.
#[derive(Debug, Clone, Copy)]
struct Place {
    category: Category,
    first: Option<usize>,
    last: Option<usize>,
    added: usize,
}

impl Table {
    /// An empty table, cut wherever one of the scopes begins or ends.
    pub(super) fn cut<'a>(scopes: impl Iterator<Item = &'a Scope>) -> Self {
        let (mut breaks, mut added_breaks) = (Vec::new(), Vec::new());
        for scope in scopes {
            breaks.extend(scope.dates.from);
            breaks.extend(scope.dates.to);
            added_breaks.extend(scope.added_before);
        }
        for list in [&mut breaks, &mut added_breaks] {
            list.sort_unstable();
            list.dedup();
        }
        let mut table = Self { breaks, added_breaks, cells: Vec::new() };
        table.cells = vec![0; CATEGORIES * table.side() * table.side() * table.depth()];
        table
    }

    /// The length of the first and of the last axis.
    #[must_use]
    pub fn side(&self) -> usize {
        self.breaks.len() + 2
    }

    /// The length of the axis of arrival.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.added_breaks.len() + 1
    }

    /// Adds what `scope` reaches; where it has a giver, only what they reach too.
    pub(super) fn add(&mut self, scope: &Scope, giver: Option<&Scope>, now: OffsetDateTime) {
        for place in self.places() {
            let mut bits = self.reach(scope, place, now);
            if let Some(giver) = giver {
                bits &= self.reach(giver, place, now);
            }
            let index = self.index(place);
            if let Some(cell) = self.cells.get_mut(index) {
                *cell |= bits;
            }
        }
    }

    /// Whether the table lets the item through.
    pub(super) fn holds(&self, item: &ItemFacts) -> bool {
        allows(self.labels(item), item.labels)
    }

    /// The combinations of labels with which an item like this one would be let through.
    pub(super) fn labels(&self, item: &ItemFacts) -> u64 {
        if item.category == Category::Own {
            return 0;
        }
        let place = Place {
            category: item.category,
            first: item.when.map(|when| bucket(&self.breaks, when.first)),
            last: item.when.and_then(|when| when.last).map(|last| bucket(&self.breaks, last)),
            added: bucket(&self.added_breaks, item.added_at),
        };
        self.cells.get(self.index(place)).copied().unwrap_or_default()
    }

    fn places(&self) -> Vec<Place> {
        let side = || std::iter::once(None).chain((0..=self.breaks.len()).map(Some));
        let mut places = Vec::with_capacity(self.cells.len());
        for category in Category::SHAREABLE {
            for first in side() {
                for last in side() {
                    places.extend((0..self.depth()).map(|added| Place { category, first, last, added }));
                }
            }
        }
        places
    }

    fn index(&self, place: Place) -> usize {
        let axis = |bucket: Option<usize>| bucket.map_or(0, |bucket| bucket + 1);
        let category = place.category as usize - 1;
        ((category * self.side() + axis(place.first)) * self.side() + axis(place.last)) * self.depth() + place.added
    }

    /// The combinations of labels with which `scope` reaches a place (rule 4).
    fn reach(&self, scope: &Scope, place: Place, now: OffsetDateTime) -> u64 {
        let in_time = scope.added_before.is_none_or(|before| place.added < bucket(&self.added_breaks, before));
        if scope.categories.contains(place.category) && in_time && self.fits(scope.dates, place, now) {
            combinations(scope.labels)
        } else {
            0
        }
    }

    /// Whether the dates fit: allergies always; what has not ended by overlap
    /// with the time up to today; others inside; unknown only if unbounded.
    fn fits(&self, dates: Dates, place: Place, now: OffsetDateTime) -> bool {
        if place.category == Category::Allergies || dates.unbounded() {
            return true;
        }
        let from = dates.from.map_or(0, |from| bucket(&self.breaks, from));
        let before_end = |moment: usize| dates.to.is_none_or(|to| moment < bucket(&self.breaks, to));
        match (place.first, place.last) {
            (None, _) => false,
            (Some(first), None) if place.category.reaches_to_today() => before_end(first) && dates.from.is_none_or(|from| from <= now),
            (Some(first), None) => from <= first && dates.to.is_none(),
            (Some(first), Some(last)) => from <= first && before_end(last),
        }
    }
}

/// Whether the labels are one of the combinations.
pub(super) const fn allows(combinations: u64, labels: Labels) -> bool {
    combinations >> labels.bits() & 1 == 1
}

/// The number of `breaks` at or before the moment; as PostgreSQL's `width_bucket`.
fn bucket(breaks: &[OffsetDateTime], moment: OffsetDateTime) -> usize {
    breaks.partition_point(|cut| *cut <= moment)
}
