//! What the policy knows of one item of a record.

use time::OffsetDateTime;

use crate::{
    category::{Categories, Category},
    id::ItemId,
    label::Labels,
    when::Interval,
};

/// The facts of an item that decide who sees it. Never its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// Its identifier.
    pub id: ItemId,
    /// The number of the version in force.
    pub version: i32,
    /// Where it belongs.
    pub category: Category,
    /// The union of its labels over its versions.
    pub labels: Labels,
    /// Whether the table in force gave them.
    pub labels_current: bool,
    /// When it happened; `None`: not known.
    pub when: Option<Interval>,
    /// When this version came in.
    pub added_at: OffsetDateTime,
    /// Marked by the patient: no grant reaches it.
    pub is_private: bool,
}

/// The facts of a part of an item: a reason, a line, a section. Never its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartFacts {
    /// Where it belongs; of several, a reader has to be allowed each.
    pub categories: Categories,
    /// Its labels, and those of its item that cannot be told apart from it.
    pub labels: Labels,
    /// When it happened: its own time where it has one, else that of its item.
    pub when: Option<Interval>,
}
