//! What is often asked for, as a beginning of the answer to what a share reaches. The patient sees what it ticks and changes it; nothing
//! sensitive is ever in one.

use crate::{
    category::{Categories, Category},
    emergency::Extent,
};

/// A beginning of that answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Everything but what is private or sensitive.
    Everything,
    /// What an emergency would open.
    Emergency,
    /// For a heart clinic.
    Heart,
    /// For a dentist: what bleeds, what reacts, what was put in, and the pictures.
    Dentist,
    /// For a pharmacist: what is taken, why, what it does to the blood, and what must not be.
    Pharmacist,
    /// For a midwife.
    Midwife,
    /// For a physiotherapist.
    Physiotherapist,
    /// For a dietitian.
    Dietitian,
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Everything,
        Self::Emergency,
        Self::Heart,
        Self::Dentist,
        Self::Pharmacist,
        Self::Midwife,
        Self::Physiotherapist,
        Self::Dietitian,
    ];

    /// The name in addresses.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Emergency => "emergency",
            Self::Heart => "heart",
            Self::Dentist => "dentist",
            Self::Pharmacist => "pharmacist",
            Self::Midwife => "midwife",
            Self::Physiotherapist => "physiotherapist",
            Self::Dietitian => "dietitian",
        }
    }

    /// The one of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.slug() == slug)
    }

    /// What it ticks.
    #[must_use]
    pub fn categories(self) -> Categories {
        use Category::{Allergies, Devices, Imaging, Lifestyle, Medicines, Plans, Problems, Procedures, Results, Vaccines, Visits, Vitals};

        let beside: &[Category] = match self {
            Self::Everything => return Category::SHAREABLE.into_iter().collect(),
            Self::Emergency => return Extent::Summary.categories(),
            Self::Heart => &[Results, Vitals, Procedures, Visits, Imaging, Devices],
            Self::Dentist => &[Procedures, Imaging, Devices],
            Self::Pharmacist => &[Vaccines, Results],
            Self::Midwife => &[Vaccines, Results, Vitals, Procedures, Visits, Plans],
            Self::Physiotherapist => &[Procedures, Imaging, Plans, Devices],
            Self::Dietitian => &[Results, Vitals, Lifestyle],
        };
        // Whoever treats somebody has to know what they have, what they take and what they do not bear.
        [Problems, Medicines, Allergies].into_iter().chain(beside.iter().copied()).collect()
    }

    /// All of them, what is for one of these professions first. Names are compared as organizations write them.
    #[must_use]
    pub fn offered(professions: &[String]) -> Vec<Self> {
        let mut offered = Self::ALL.to_vec();
        offered.sort_by_key(|preset| !professions.iter().any(|profession| preset.is_for(profession)));
        offered
    }

    fn is_for(self, profession: &str) -> bool {
        match self {
            Self::Everything | Self::Heart => false,
            Self::Emergency => profession == "paramedic",
            Self::Dentist | Self::Pharmacist | Self::Midwife | Self::Physiotherapist | Self::Dietitian => profession == self.slug(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_and_ticks_something_but_not_the_address() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_slug(preset.slug()), Some(preset));
            assert!(!preset.categories().is_empty());
            assert_eq!(preset.categories().contains(Category::Details), preset == Preset::Everything);
        }
    }

    #[test]
    fn what_is_for_the_profession_comes_first_and_the_rest_as_always() {
        let first = |profession: &str| Preset::offered(&[profession.to_owned()])[..2].to_vec();
        assert_eq!(first("dentist"), [Preset::Dentist, Preset::Everything]);
        assert_eq!(first("paramedic"), [Preset::Emergency, Preset::Everything]);
        assert_eq!(first("physician"), [Preset::Everything, Preset::Emergency]);
        assert_eq!(Preset::offered(&[]), Preset::ALL);
    }
}
