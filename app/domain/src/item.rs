//! What the policy knows of one item of a record.

use time::OffsetDateTime;

use crate::{category::Category, id::ItemId, label::Labels, when::Interval};

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
