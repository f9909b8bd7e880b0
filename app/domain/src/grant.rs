//! Grants: what a patient lets one grantee see, for what, until when.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    category::Categories,
    id::{AccountId, GrantId, ItemId, OrganizationId},
    item::ItemFacts,
    label::Labels,
};

/// How long what opened in an emergency stays open.
pub const EMERGENCY: Duration = Duration::minutes(60);

/// What for. A closed list; `Other` carries the patient's text beside it, `Emergency` the clinician's reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Care by the grantee.
    Treatment,
    /// Another doctor's view.
    SecondOpinion,
    /// Arranging care between several.
    Coordination,
    /// In the patient's own words.
    Other,
    /// What the patient has decided in advance for an emergency. Nobody chooses it: it begins with a clinician's reason.
    Emergency,
    /// What the patient has decided in advance for when they cannot decide. Nobody chooses it either: two clinicians begin it.
    Incapacity,
}

impl Purpose {
    /// Those that are chosen, in the order of forms.
    pub const CHOICES: [Self; 4] = [Self::Treatment, Self::SecondOpinion, Self::Coordination, Self::Other];

    /// The name in forms, tables and message keys.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::SecondOpinion => "second-opinion",
            Self::Coordination => "coordination",
            Self::Other => "other",
            Self::Emergency => "emergency",
            Self::Incapacity => "incapacity",
        }
    }

    /// The purpose of a [`Self::slug`], as it is stored.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::chosen(slug).or_else(|| [Self::Emergency, Self::Incapacity].into_iter().find(|purpose| purpose.slug() == slug))
    }

    /// The purpose that somebody chooses by its [`Self::slug`].
    #[must_use]
    pub fn chosen(slug: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|purpose| purpose.slug() == slug)
    }
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grantee {
    /// A named clinician at an organization.
    Clinician {
        /// The clinician's account.
        account: AccountId,
        /// Where: the same person elsewhere is somebody else.
        organization: OrganizationId,
    },
    /// Everybody with one of these professions at an organization.
    Professions {
        /// Where.
        organization: OrganizationId,
        /// As mapped at sign-in.
        professions: Vec<String>,
    },
    /// A carer: another person with an account here.
    Carer {
        /// The carer's account.
        account: AccountId,
    },
}

/// What became of a grant. Time is not a state: a grant that has ended by its
/// date is still `Active` here and no longer in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantState {
    /// Given.
    Active,
    /// Stopped for now by the patient.
    Paused,
    /// Ended by the patient.
    Withdrawn,
    /// Ended by a newer version.
    Replaced,
}

impl GrantState {
    /// The name in tables.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
        }
    }

    /// The state of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Withdrawn, Self::Replaced].into_iter().find(|state| state.slug() == slug)
    }
}

/// The dates of what a grant shows: `from <= when < to`; `None` is unbounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dates {
    /// The first moment shown.
    pub from: Option<OffsetDateTime>,
    /// The first moment no longer shown.
    pub to: Option<OffsetDateTime>,
}

impl Dates {
    /// Whether every date fits, an unknown one too.
    #[must_use]
    pub const fn unbounded(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// A single item that a grant names, as the patient saw it: in another version, or with a label more, it is not meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which.
    pub item: ItemId,
    /// In which version.
    pub version: i32,
    /// With which sensitive labels.
    pub labels: Labels,
}

impl Seen {
    /// Whether the item is what was seen.
    #[must_use]
    pub fn is(&self, item: &ItemFacts) -> bool {
        (self.item, self.version) == (item.id, item.version) && item.labels.is_subset(self.labels)
    }
}

/// What a grant reaches. Categories, labels and dates belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Which categories.
    pub categories: Categories,
    /// Which sensitive labels are let through.
    pub labels: Labels,
    /// Which dates.
    pub dates: Dates,
    /// `Some(t)`: nothing that came in at `t` or later.
    pub added_before: Option<OffsetDateTime>,
    /// Single items.
    pub named: Vec<Seen>,
}

/// From whom a grant has its force, where that is not the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Through {
    /// The giver's own grant, which must allow it.
    pub parent: GrantId,
    /// The clinician who passed it on, or the carer who made it.
    pub giver: AccountId,
}

/// One grant, as the policy needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// To whom.
    pub grantee: Grantee,
    /// What for.
    pub purpose: Purpose,
    /// What it reaches.
    pub scope: Scope,
    /// Active, paused, ended.
    pub state: GrantState,
    /// From when.
    pub starts_at: OffsetDateTime,
    /// Until when, exclusive; `None`: until the patient stops it.
    pub ends_at: Option<OffsetDateTime>,
    /// Whether the grantee may pass on a narrower grant.
    pub may_delegate: bool,
    /// Whether the grantee may take a copy.
    pub may_export: bool,
    /// Whether the grantee may write into the record.
    pub may_write: bool,
    /// `None`: made by the patient.
    pub through: Option<Through>,
}

impl Grant {
    /// Active, not paused, begun and not ended at `now`.
    #[must_use]
    pub fn in_force(&self, now: OffsetDateTime) -> bool {
        self.state == GrantState::Active && self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }

    /// Whether it serves whoever has declared this purpose. An emergency has a reason and an hour instead; one that would be
    /// open for longer serves nobody.
    #[must_use]
    pub fn serves(&self, declared: Option<Purpose>) -> bool {
        match self.purpose {
            Purpose::Emergency => self.ends_at.is_some_and(|end| end - self.starts_at <= EMERGENCY),
            purpose => declared == Some(purpose),
        }
    }
}
