//! What a patient writes into their own record by hand, or a clinician into that of a patient, and what of it can be kept.

use time::{Date, Time};

use crate::category::Category;

mod typed;

pub use typed::{Problem, Typed};

/// The longest note of a clinician, in characters.
pub const LONGEST_NOTE: usize = 8_000;

/// The longest name or short answer, in characters.
pub const LONGEST_LINE: usize = 200;

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Blood pressure, and the pulse with it.
    Pressure,
    /// Body weight.
    Weight,
    /// Pulse.
    Pulse,
    /// Body temperature.
    Temperature,
    /// Blood sugar by a meter of one's own.
    Glucose,
    /// A medicine that nobody prescribed.
    Medicine,
    /// An allergy.
    Allergy,
    /// A note.
    Note,
    /// A clinician's note of a visit.
    VisitNote,
    /// A result that a clinician writes down.
    Finding,
    /// What a clinician plans.
    Plan,
}

/// A unit that a reading may be in, with what is measured in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// The code of LOINC.
    pub loinc: &'static str,
    /// The unit by UCUM, which is also what a form sends.
    pub ucum: &'static str,
    /// The unit as people write it.
    pub written: &'static str,
    /// The least that a living person can have.
    pub least: f64,
    /// The most.
    pub most: f64,
}

const fn measure(loinc: &'static str, ucum: &'static str, written: &'static str, least: f64, most: f64) -> Measure {
    Measure { loinc, ucum, written, least, most }
}

/// A blood pressure is a panel of two numbers, each with a code of its own.
pub const UPPER: Measure = measure("8480-6", "mm[Hg]", "mmHg", 40.0, 300.0);
/// The second of them.
pub const LOWER: Measure = measure("8462-4", "mm[Hg]", "mmHg", 20.0, 200.0);
/// The pulse, alone or with a blood pressure.
pub const PULSE: Measure = measure("8867-4", "/min", "/min", 20.0, 300.0);

const PRESSURE: &[Measure] = &[measure("85354-9", "mm[Hg]", "mmHg", 40.0, 300.0)];
const WEIGHT: &[Measure] = &[measure("29463-7", "kg", "kg", 0.3, 650.0), measure("29463-7", "[lb_av]", "lb", 0.6, 1_430.0)];
const PULSES: &[Measure] = &[PULSE];
const TEMPERATURE: &[Measure] = &[measure("8310-5", "Cel", "°C", 20.0, 46.0), measure("8310-5", "[degF]", "°F", 68.0, 115.0)];
/// In capillary blood, by a glucometer: as mass and as amount of substance.
const GLUCOSE: &[Measure] = &[measure("41653-7", "mg/dL", "mg/dL", 10.0, 1_100.0), measure("14743-9", "mmol/L", "mmol/L", 0.5, 61.0)];

impl Kind {
    /// Every kind that a patient writes, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Pressure, Self::Weight, Self::Pulse, Self::Temperature, Self::Glucose, Self::Medicine, Self::Allergy, Self::Note];

    /// Every kind that a clinician writes, in the order in which they are offered.
    pub const CLINICAL: [Self; 3] = [Self::VisitNote, Self::Finding, Self::Plan];

    /// Whether clinicians write it, and patients do not.
    #[must_use]
    pub const fn is_clinical(self) -> bool {
        matches!(self, Self::VisitNote | Self::Finding | Self::Plan)
    }

    /// The name in addresses and forms.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Pressure => "blood-pressure",
            Self::Weight => "weight",
            Self::Pulse => "pulse",
            Self::Temperature => "temperature",
            Self::Glucose => "blood-sugar",
            Self::Medicine => "medicine",
            Self::Allergy => "allergy",
            Self::Note => "note",
            Self::VisitNote => "visit-note",
            Self::Finding => "finding",
            Self::Plan => "plan",
        }
    }

    /// The kind of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::CLINICAL).find(|kind| kind.slug() == slug)
    }

    /// Where it belongs in a record.
    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::Pressure | Self::Weight | Self::Pulse | Self::Temperature => Category::Vitals,
            Self::Glucose | Self::Finding => Category::Results,
            Self::Medicine => Category::Medicines,
            Self::Allergy => Category::Allergies,
            Self::Note | Self::VisitNote => Category::Documents,
            Self::Plan => Category::Plans,
        }
    }

    /// The units that a reading may be in; none of what is no reading.
    #[must_use]
    pub const fn measures(self) -> &'static [Measure] {
        match self {
            Self::Pressure => PRESSURE,
            Self::Weight => WEIGHT,
            Self::Pulse => PULSES,
            Self::Temperature => TEMPERATURE,
            Self::Glucose => GLUCOSE,
            Self::Medicine | Self::Allergy | Self::Note | Self::VisitNote | Self::Finding | Self::Plan => &[],
        }
    }

    /// Who sees it where nothing else is chosen: a note starts private, because nobody can tell what
    /// is in it; the rest goes by the shares of its category, because whoever treats needs it.
    #[must_use]
    pub const fn starts_private(self) -> bool {
        matches!(self, Self::Note)
    }
}

/// What can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub says: Says,
    /// Whether the patient keeps it private.
    pub is_private: bool,
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    /// A reading, with every digit that was typed.
    Reading {
        /// The unit, and what is measured in it.
        measure: Measure,
        /// The number; of a blood pressure the upper one.
        first: String,
        /// The lower number of a blood pressure.
        second: Option<String>,
        /// The pulse with it.
        pulse: Option<String>,
        /// When.
        taken: Taken,
    },
    /// A medicine.
    Medicine {
        /// Which.
        name: String,
        /// How much and how often.
        how: Option<String>,
        /// Since when: a FHIR date, perhaps partial.
        since: Option<String>,
        /// Whether it is still taken.
        is_taken: bool,
    },
    /// An allergy.
    Allergy {
        /// To what.
        name: String,
        /// What it does.
        reaction: Option<String>,
        /// Since when: a FHIR date, perhaps partial.
        since: Option<String>,
    },
    /// A note of anybody's, or what a clinician plans.
    Note {
        /// What it is about.
        title: String,
        /// The text.
        words: String,
    },
    /// A result that a clinician writes down.
    Finding {
        /// Of what.
        name: String,
        /// The number or the words, as they were typed.
        value: String,
        /// The unit of a number.
        unit: Option<String>,
        /// When it was found.
        day: Date,
    },
}

/// When a reading was taken: a day, and perhaps a time on the patient's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The day.
    pub day: Date,
    /// The time of day.
    pub time: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name() {
        for kind in Kind::ALL.into_iter().chain(Kind::CLINICAL) {
            assert_eq!(kind.is_clinical(), Kind::CLINICAL.contains(&kind));
            assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
        }
    }
}
