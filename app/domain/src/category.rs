//! The closed list of categories in which a record is read and shared.

use serde::{Deserialize, Serialize};

/// What a grant can name. The discriminant is stored and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Category {
    /// Address, phone, contacts, identifiers.
    Details = 1,
    /// Problems and diagnoses.
    Problems = 2,
    /// Medicines.
    Medicines = 3,
    /// Allergies and intolerances.
    Allergies = 4,
    /// Vaccines.
    Vaccines = 5,
    /// Laboratory and other results.
    Results = 6,
    /// Vital signs.
    Vitals = 7,
    /// Procedures.
    Procedures = 8,
    /// Visits.
    Visits = 9,
    /// Notes, letters and files.
    Documents = 10,
    /// Imaging.
    Imaging = 11,
    /// Care plans, goals, care team, orders.
    Plans = 12,
    /// Social and family history, surveys.
    Lifestyle = 13,
    /// Devices.
    Devices = 14,
    /// Coverage, claims, explanations.
    Insurance = 15,
    /// Of the patient only: unknown types, and Flag, List, Task, Communication.
    Own = 16,
}

impl Category {
    /// The categories a grant can name, in the order in which pages list them.
    pub const SHAREABLE: [Self; 15] = [
        Self::Problems,
        Self::Medicines,
        Self::Allergies,
        Self::Vaccines,
        Self::Results,
        Self::Vitals,
        Self::Procedures,
        Self::Visits,
        Self::Documents,
        Self::Imaging,
        Self::Plans,
        Self::Lifestyle,
        Self::Devices,
        Self::Insurance,
        Self::Details,
    ];

    /// The stored number, 1 to 16.
    #[must_use]
    pub const fn number(self) -> i16 {
        self as i16
    }

    /// The category with this stored number.
    #[must_use]
    pub fn from_number(number: i16) -> Option<Self> {
        if number == Self::Own.number() {
            return Some(Self::Own);
        }
        Self::SHAREABLE.into_iter().find(|category| category.number() == number)
    }

    /// The name in URLs, forms, tables and message keys.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Problems => "problems",
            Self::Medicines => "medicines",
            Self::Allergies => "allergies",
            Self::Vaccines => "vaccines",
            Self::Results => "results",
            Self::Vitals => "vitals",
            Self::Procedures => "procedures",
            Self::Visits => "visits",
            Self::Documents => "documents",
            Self::Imaging => "imaging",
            Self::Plans => "plans",
            Self::Lifestyle => "lifestyle",
            Self::Devices => "devices",
            Self::Insurance => "insurance",
            Self::Own => "own",
        }
    }

    /// The category of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        if slug == "own" {
            return Some(Self::Own);
        }
        Self::SHAREABLE.into_iter().find(|category| category.slug() == slug)
    }

    /// Whether an item of this category that has not ended reaches to today:
    /// problems, medicines, plans, devices and insurance.
    #[must_use]
    pub const fn reaches_to_today(self) -> bool {
        matches!(self, Self::Problems | Self::Medicines | Self::Plans | Self::Devices | Self::Insurance)
    }
}

/// A set of categories: bit `number` for each, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Categories(i32);

impl Categories {
    /// No category.
    pub const NONE: Self = Self(0);

    /// The set with these bits; what a grant cannot name is dropped.
    #[must_use]
    pub const fn from_bits(bits: i32) -> Self {
        Self(bits & 0b1111_1111_1111_1110)
    }

    /// The bits as stored.
    #[must_use]
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// This set and one more; [`Category::Own`] cannot be added.
    #[must_use]
    pub const fn with(self, category: Category) -> Self {
        Self::from_bits(self.0 | 1 << category as u8)
    }

    /// Whether the category is in the set.
    #[must_use]
    pub const fn contains(self, category: Category) -> bool {
        self.0 & 1 << category as u8 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The categories in the set, in the order of [`Category::SHAREABLE`].
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::SHAREABLE.into_iter().filter(move |category| self.contains(*category))
    }
}

impl FromIterator<Category> for Categories {
    fn from_iter<T: IntoIterator<Item = Category>>(categories: T) -> Self {
        categories.into_iter().fold(Self::NONE, Self::with)
    }
}
