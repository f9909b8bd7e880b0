//! Sensitive labels. An item can carry several; a grant names those it allows,
//! and reaches an item only when it allows all of them.

use serde::{Deserialize, Serialize};

/// One sensitive label. The discriminant is its bit in [`Labels`] and in the
/// database, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Label {
    /// Mental health.
    MentalHealth = 0,
    /// Alcohol, tobacco beyond screening, and drug use.
    SubstanceUse = 1,
    /// Sexual and reproductive health.
    SexualReproductive = 2,
    /// HIV.
    Hiv = 3,
    /// Genetic findings.
    Genetic = 4,
    /// Violence and abuse.
    Violence = 5,
}

impl Label {
    /// Every label, in the order of its bit.
    pub const ALL: [Self; 6] = [Self::MentalHealth, Self::SubstanceUse, Self::SexualReproductive, Self::Hiv, Self::Genetic, Self::Violence];

    /// The name in URLs, forms, tables and message keys.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::MentalHealth => "mental-health",
            Self::SubstanceUse => "substance-use",
            Self::SexualReproductive => "sexual-reproductive",
            Self::Hiv => "hiv",
            Self::Genetic => "genetic",
            Self::Violence => "violence",
        }
    }

    /// The label of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.slug() == slug)
    }
}

/// A set of labels: bits 0 to 5, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(u8);

impl Labels {
    /// No label.
    pub const NONE: Self = Self(0);
    /// All six.
    pub const ALL: Self = Self(0b11_1111);

    /// The set with these bits; bits beyond the six are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The bits as stored, 0 to 63.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// This set and one more label.
    #[must_use]
    pub const fn with(self, label: Label) -> Self {
        Self(self.0 | 1 << label as u8)
    }

    /// Every label of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Every label here that is not in the other set.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the label is in the set.
    #[must_use]
    pub const fn contains(self, label: Label) -> bool {
        self.0 & 1 << label as u8 != 0
    }

    /// Whether every label here is also in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is no label.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The labels in the set, in the order of [`Label::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Label> {
        Label::ALL.into_iter().filter(move |label| self.contains(*label))
    }
}

impl FromIterator<Label> for Labels {
    fn from_iter<T: IntoIterator<Item = Label>>(labels: T) -> Self {
        labels.into_iter().fold(Self::NONE, Self::with)
    }
}
