//! What one item tells one reader, part by part.
//!
//! PostgreSQL has decided that the reader sees the item. Its parts are decided here, by the same
//! decision: a part is shown where an item of its category, labels and time would be.

use std::collections::{HashMap, HashSet};

use chartkey_domain::{
    category::{Categories, Category},
    id::ItemId,
    item::{ItemFacts, PartFacts},
    label::Labels,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    LABEL_TABLE_VERSION,
    audit::Shown,
    entry::{self, EntryRow, Twin},
    fhir::{
        self, Content, FactValue, For, Told,
        json::Json,
        parts::{Beside, Of},
    },
    import::own::is_by_hand,
    items::{Fact, Said},
    record::{Record, on_clock},
};

/// What stands beside the bytes of an item, as its statement brings it.
#[derive(Debug, Deserialize)]
pub(crate) struct Telling {
    version: i32,
    labels: u8,
    labelled_by: i16,
    lowered: u8,
    refers: Vec<Reference>,
    parted: Option<Vec<Twin>>,
}

/// A reference, with what the reader may see of its target.
#[derive(Debug, Deserialize)]
struct Reference {
    path: String,
    /// Whether it says what it names; that may be hidden, or not be here.
    is_known: bool,
    item: Option<Uuid>,
    category: Option<i16>,
    title: Option<String>,
    labels: Option<u8>,
    display: Option<String>,
    /// Whether it names what waits for the reader: then only what that is called is theirs to read.
    waits: bool,
}

/// Where a resource says whose it is: through these no label comes.
const WHOSE: [&str; 3] = ["subject", "patient", "beneficiary"];

/// One item as its source wrote it, and what its parts are decided by.
#[derive(Debug)]
pub(crate) struct Source {
    raw: String,
    references: Vec<Reference>,
    item: ItemFacts,
    /// What the patient has said does not apply, to no part of it either.
    lowered: Labels,
    /// Whether its patient wrote it by hand, for others to read: then all of its words are the item's own.
    is_by_hand: bool,
    /// What the patient has taken it apart from. The patient's only.
    pub(crate) parted: Vec<Twin>,
}

impl Source {
    /// Takes what it needs out of the row of a statement that tells.
    pub(crate) fn of(row: &mut EntryRow) -> Option<Self> {
        let (bytes, telling) = (row.bytes.take()?, row.telling.take()?.0);
        let item = ItemFacts {
            id: ItemId(row.item_id),
            version: telling.version,
            category: entry::category(row.category),
            labels: Labels::from_bits(telling.labels),
            labels_current: telling.labelled_by == LABEL_TABLE_VERSION,
            when: on_clock(row.first_at, row.last_at, row.precision, row.utc_offset),
            added_at: row.added_at,
            is_private: row.is_private,
        };
        Some(Self {
            raw: String::from_utf8_lossy(&bytes).into_owned(),
            references: telling.refers,
            item,
            lowered: Labels::from_bits(telling.lowered),
            is_by_hand: is_by_hand(&row.source),
            parted: telling.parted.unwrap_or_default(),
        })
    }

    /// As its source wrote it.
    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }

    /// The same, when nothing else is needed any more.
    pub(crate) fn into_raw(self) -> String {
        self.raw
    }

    /// What it tells this reader, in order.
    pub(crate) fn facts(&self, record: &Record) -> Vec<Fact> {
        let Ok(resource) = Json::parse(&self.raw) else { return Vec::new() };
        let told = fhir::facts(&resource);
        let is_split = told.iter().any(|told| matches!(told.whom, For::Allowed(_)));
        let beside = if record.is_own() || !is_split { self.item.labels } else { self.beside(&resource, &told) };
        let by_path = self.by_path();
        let mut facts: Vec<Fact> = told
            .into_iter()
            .filter_map(|told| {
                let reference = match &told.value {
                    FactValue::Reference { path, index, .. } => by_path.get(path.as_str()).and_then(|found| found.get(*index)).copied(),
                    _ => None,
                };
                self.is_for(record, &told, reference, beside).then(|| spoken(told, reference, record.is_own())).flatten()
            })
            .collect();
        facts.dedup();
        facts
    }

    /// The references at each path, in their order.
    fn by_path(&self) -> HashMap<&str, Vec<&Reference>> {
        let mut by_path: HashMap<&str, Vec<&Reference>> = HashMap::new();
        for reference in &self.references {
            by_path.entry(&reference.path).or_default().push(reference);
        }
        by_path
    }

    /// Which of the contents of a document are for this reader: none where it is not, or else whether a copy of it may leave.
    pub(crate) fn shown(&self, record: &Record, contents: &[Content]) -> Vec<Option<bool>> {
        let is_split = !record.is_own() && contents.iter().any(|content| content.of.is_some());
        let resource = if is_split { Json::parse(&self.raw).ok() } else { None };
        let beside = resource.map_or(self.item.labels, |resource| self.beside(&resource, &fhir::facts(&resource)));
        let by_path = self.by_path();
        // The words of a section are those of the things that it names: of one that this reader does not see, too.
        let is_seen = |(path, index): &(String, usize)| {
            by_path.get(path.as_str()).and_then(|found| found.get(*index)).is_none_or(|of| !of.is_known || of.title.is_some())
        };
        let is_for = |content: &Content| record.is_own() || content.names.iter().all(is_seen);
        let told = |content: &Content| {
            let part = content.of.map(|of| self.part(of, beside));
            let is_shown = is_for(content) && part.is_none_or(|part| record.shows_part(&self.item, &part));
            // What a section names may be seen through another share than the one that allows copies.
            is_shown.then(|| record.may_copy(&self.item, part.as_ref()) && (content.names.is_empty() || record.copies_everything()))
        };
        contents.iter().map(told).collect()
    }

    fn is_for(&self, record: &Record, told: &Told, reference: Option<&Reference>, beside: Labels) -> bool {
        record.is_own()
            || match told.whom {
                For::Readers => true,
                For::ReadersOfWords if self.is_by_hand => true,
                // Row security shows people and places to whoever sees an item that names them: a part does not.
                For::ReadersOfTarget => reference.is_some_and(|reference| reference.item.is_some()),
                For::Allowed(of) => self.shows(record, of, beside),
                For::ReadersOfWords => {
                    let categories = Categories::NONE.with(Category::Documents);
                    self.shows(record, Of { categories, labels: self.item.labels, when: None }, Labels::NONE)
                }
                For::Nobody => false,
            }
    }

    fn shows(&self, record: &Record, of: Of, beside: Labels) -> bool {
        record.shows_part(&self.item, &self.part(of, beside))
    }

    fn part(&self, of: Of, beside: Labels) -> PartFacts {
        PartFacts { categories: of.categories, labels: of.labels.without(self.lowered).union(beside), when: of.when.or(self.item.when) }
    }

    /// The labels that every part has, since nothing tells which of them they are of: what stands beside the parts, what an older
    /// version said, and what it names elsewhere than in a part. A target that the reader does not see may have any.
    fn beside(&self, resource: &Json<'_>, told: &[Told]) -> Labels {
        let Beside { shared, all } = fhir::parts::beside(resource);
        let unexplained = self.item.labels.without(all);
        let in_parts: HashSet<&str> = told
            .iter()
            .filter(|told| told.whom == For::ReadersOfTarget)
            .filter_map(|told| match &told.value {
                FactValue::Reference { path, .. } => Some(path.as_str()),
                _ => None,
            })
            .collect();
        let elsewhere = self.references.iter().filter(|of| !in_parts.contains(of.path.as_str()) && !WHOSE.contains(&of.path.as_str()));
        let named = elsewhere.map(|of| match (of.labels, of.is_known) {
            (Some(labels), _) => Labels::from_bits(labels),
            (None, true) => self.item.labels,
            (None, false) => Labels::NONE,
        });
        named.fold(shared.without(self.lowered).union(unexplained), Labels::union)
    }
}

/// A fact in the words that the reader may see.
fn spoken(told: Told, reference: Option<&Reference>, own: bool) -> Option<Fact> {
    let said = match told.value {
        FactValue::Text(text) => Said::Text(text),
        FactValue::Moment { moment, .. } => Said::Moment(moment),
        FactValue::Period { from, to } => Said::Period(from, to),
        FactValue::Reference { display, .. } => {
            let target = reference.and_then(|of| of.item.map(ItemId).zip(of.category.and_then(Category::from_number)));
            // The words of the source go with the reference, unless its target is visible or the reader is the patient.
            let title = reference.and_then(|of| of.title.clone());
            let is_told = own && reference.is_none_or(|of| !of.waits);
            let words = if is_told { reference.and_then(|of| of.display.clone()).or(display).or(title) } else { title };
            match (target, words) {
                (Some((item, category)), Some(words)) => Said::Item(item, category, words),
                (None, Some(words)) => Said::Text(words),
                (_, None) => return None,
            }
        }
    };
    Some(Fact { name: told.name, said })
}

impl Shown {
    /// Notes the items that facts name.
    pub(crate) fn named(&mut self, facts: &[Fact]) {
        for fact in facts {
            if let Said::Item(item, category, _) = fact.said {
                self.add(item, category);
            }
        }
    }
}
