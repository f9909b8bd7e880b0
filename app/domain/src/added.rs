//! What a patient writes into their own record by hand, and what of it can be kept.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, Time};

use crate::{category::Category, correction::Words};

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
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Pressure, Self::Weight, Self::Pulse, Self::Temperature, Self::Glucose, Self::Medicine, Self::Allergy, Self::Note];

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
        }
    }

    /// The kind of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Where it belongs in a record.
    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::Pressure | Self::Weight | Self::Pulse | Self::Temperature => Category::Vitals,
            Self::Glucose => Category::Results,
            Self::Medicine => Category::Medicines,
            Self::Allergy => Category::Allergies,
            Self::Note => Category::Documents,
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
            Self::Medicine | Self::Allergy | Self::Note => &[],
        }
    }

    /// Who sees it where nothing else is chosen: a note starts private, because nobody can tell what
    /// is in it; the rest goes by the shares of its category, because whoever treats needs it.
    #[must_use]
    pub const fn starts_private(self) -> bool {
        matches!(self, Self::Note)
    }
}

/// The fields of a form as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The number; of a blood pressure the upper one.
    pub first: String,
    /// The lower number of a blood pressure.
    pub second: String,
    /// The pulse with it.
    pub pulse: String,
    /// The unit, by UCUM.
    pub unit: String,
    /// The medicine, what the allergy is to, the title of a note.
    pub name: String,
    /// How a medicine is taken, or what an allergy does.
    pub how: String,
    /// The text of a note.
    pub words: String,
    /// Whether a medicine is still taken: `yes` or `no`.
    pub still: String,
    /// The day.
    pub day: String,
    /// The month.
    pub month: String,
    /// The year.
    pub year: String,
    /// The time of day, `8:15`.
    pub time: String,
    /// Who sees it: `shared` or `private`.
    pub seen: String,
}

/// What is wrong with what was typed. Each is about one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The number is none.
    Number,
    /// Nobody has such a number in this unit.
    Unlikely,
    /// The lower number of a blood pressure is none, or one that nobody has.
    Lower,
    /// It is not below the upper one.
    NotBelow,
    /// The pulse is none, or one that nobody has.
    Pulse,
    /// No unit was chosen.
    Unit,
    /// The name is missing or too long.
    Name,
    /// The short answer is too long.
    How,
    /// The text is missing or too long.
    Words,
    /// Whether it is still taken was not said.
    Still,
    /// The date is none.
    Day,
    /// It lies ahead.
    Ahead,
    /// The time of day is none.
    Time,
    /// Who may see it was not said.
    Seen,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 14] = [
        Self::Number,
        Self::Unlikely,
        Self::Lower,
        Self::NotBelow,
        Self::Pulse,
        Self::Unit,
        Self::Name,
        Self::How,
        Self::Words,
        Self::Still,
        Self::Day,
        Self::Ahead,
        Self::Time,
        Self::Seen,
    ];

    /// A stable word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "added-number",
            Self::Unlikely => "added-unlikely",
            Self::Lower => "added-lower",
            Self::NotBelow => "added-not-below",
            Self::Pulse => "added-pulse",
            Self::Unit => "added-unit",
            Self::Name => "added-name",
            Self::How => "added-how",
            Self::Words => "added-words",
            Self::Still => "added-still",
            Self::Day => "added-day",
            Self::Ahead => "added-ahead",
            Self::Time => "added-time",
            Self::Seen => "added-seen",
        }
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
    /// A note.
    Note {
        /// What it is about.
        title: String,
        /// The text.
        words: String,
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

impl Typed {
    /// What of it can be kept. `today` is the day in UTC.
    ///
    /// # Errors
    /// The first [`Problem`], in the order of the fields.
    pub fn read(&self, kind: Kind, today: Date) -> Result<Added, Problem> {
        let says = match kind {
            Kind::Medicine => {
                let (name, how) = (line(&self.name).ok_or(Problem::Name)?, optional_line(&self.how).ok_or(Problem::How)?);
                let since = self.since(today)?;
                let is_taken = match self.still.as_str() {
                    "yes" => true,
                    "no" => false,
                    _ => return Err(Problem::Still),
                };
                Says::Medicine { name, how, since, is_taken }
            }
            Kind::Allergy => Says::Allergy {
                name: line(&self.name).ok_or(Problem::Name)?,
                reaction: optional_line(&self.how).ok_or(Problem::How)?,
                since: self.since(today)?,
            },
            Kind::Note => Says::Note {
                title: line(&self.name).ok_or(Problem::Name)?,
                words: Words::parse(&self.words).ok_or(Problem::Words)?.as_str().to_owned(),
            },
            _ => self.reading(kind, today)?,
        };
        let is_private = match self.seen.as_str() {
            "private" => true,
            "shared" => false,
            _ => return Err(Problem::Seen),
        };
        Ok(Added { kind, says, is_private })
    }

    fn reading(&self, kind: Kind, today: Date) -> Result<Says, Problem> {
        let measure = match kind.measures() {
            [only] => only,
            several => several.iter().find(|measure| measure.ucum == self.unit).ok_or(Problem::Unit)?,
        };
        let first = number(&self.first).ok_or(Problem::Number)?;
        if !is_likely(&first, measure) {
            return Err(Problem::Unlikely);
        }
        let (mut second, mut pulse) = (None, None);
        if kind == Kind::Pressure {
            let lower = number(&self.second).filter(|lower| is_likely(lower, &LOWER)).ok_or(Problem::Lower)?;
            if near(&lower) >= near(&first) {
                return Err(Problem::NotBelow);
            }
            second = Some(lower);
            if !self.pulse.trim().is_empty() {
                pulse = Some(number(&self.pulse).filter(|pulse| is_likely(pulse, &PULSE)).ok_or(Problem::Pulse)?);
            }
        }
        let day = date(&self.day, &self.month, &self.year).ok_or(Problem::Day)?;
        is_past(day, today)?;
        let time = if self.time.trim().is_empty() { None } else { Some(clock(&self.time).ok_or(Problem::Time)?) };
        Ok(Says::Reading { measure: *measure, first, second, pulse, taken: Taken { day, time } })
    }

    /// A year, a month or a day, as much as was typed of it; nothing where nothing was.
    fn since(&self, today: Date) -> Result<Option<String>, Problem> {
        let [day, month, year] = [&self.day, &self.month, &self.year].map(|part| part.trim());
        let (first, said) = match (day.is_empty(), month.is_empty(), year.is_empty()) {
            (true, true, true) => return Ok(None),
            (true, true, false) => date("1", "1", year).map(|first| (first, format!("{:04}", first.year()))),
            (true, false, false) => {
                date("1", month, year).map(|first| (first, format!("{:04}-{:02}", first.year(), u8::from(first.month()))))
            }
            (false, false, false) => date(day, month, year).map(|first| (first, first.to_string())),
            _ => None,
        }
        .ok_or(Problem::Day)?;
        is_past(first, today)?;
        Ok(Some(said))
    }
}

/// Days are those of the patient's own clock, which may be fourteen hours ahead of ours.
fn is_past(day: Date, today: Date) -> Result<(), Problem> {
    if day > today.saturating_add(Duration::DAY) { Err(Problem::Ahead) } else { Ok(()) }
}

/// A date in three fields, of a life of our time.
fn date(day: &str, month: &str, year: &str) -> Option<Date> {
    let month = Month::try_from(month.trim().parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.trim().parse().ok()?, month, day.trim().parse().ok()?).ok()?;
    (1900..=9000).contains(&date.year()).then_some(date)
}

/// "8:15", "08.15" or "20:05".
fn clock(typed: &str) -> Option<Time> {
    let (hour, minute) = typed.trim().split_once([':', '.'])?;
    // A browser's own field may send seconds.
    let minute = minute.split(':').next()?;
    if minute.len() != 2 {
        return None;
    }
    Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()
}

/// A number as JSON writes it, with every digit behind the point that was typed, at most three.
fn number(typed: &str) -> Option<String> {
    let typed = typed.trim().replace(',', ".");
    let (whole, decimals) = typed.split_once('.').map_or((typed.as_str(), None), |(whole, decimals)| (whole, Some(decimals)));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=5).contains(&whole.len()) || !is_digits(whole) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match decimals {
        None => Some(whole.to_owned()),
        Some(decimals) if (1..=3).contains(&decimals.len()) && is_digits(decimals) => Some(format!("{whole}.{decimals}")),
        Some(_) => None,
    }
}

fn near(number: &str) -> f64 {
    number.parse().unwrap_or_default()
}

fn is_likely(number: &str, measure: &Measure) -> bool {
    (measure.least..=measure.most).contains(&near(number))
}

/// One line of what was typed; `None` where nothing is, or too much.
fn line(typed: &str) -> Option<String> {
    optional_line(typed)?
}

/// The same, where nothing is an answer, too.
#[expect(clippy::option_option, reason = "nothing typed and too much typed are two things")]
fn optional_line(typed: &str) -> Option<Option<String>> {
    let letters: String = typed.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let line = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => Some(None),
        1..=LONGEST_LINE => Some(Some(line)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, time};

    const TODAY: Date = date!(2026 - 11 - 26);

    fn typed(change: impl FnOnce(&mut Typed)) -> Typed {
        let text = str::to_owned;
        let mut typed = Typed {
            first: text("120"),
            second: text("80"),
            unit: text("kg"),
            name: text("Ibuprofen"),
            words: text("Slept badly."),
            still: text("yes"),
            day: text("26"),
            month: text("11"),
            year: text("2026"),
            seen: text("shared"),
            ..Typed::default()
        };
        change(&mut typed);
        typed
    }

    #[test]
    fn a_reading_keeps_every_digit_and_the_unit_that_was_chosen() {
        let read = typed(|typed| (typed.first, typed.time) = ("072,50".to_owned(), "8:05".to_owned())).read(Kind::Weight, TODAY).unwrap();
        let Says::Reading { measure, first, second, pulse, taken } = read.says else { panic!("{read:?}") };
        assert_eq!((measure.ucum, first.as_str(), second, pulse), ("kg", "72.50", None, None));
        assert_eq!(taken, Taken { day: TODAY, time: Some(time!(8:05)) });
    }

    #[test]
    fn what_cannot_be_is_said_of_its_field() {
        type Change = fn(&mut Typed);
        let cases: [(Kind, Change, Problem); 19] = [
            (Kind::Weight, |typed| typed.first = "much".into(), Problem::Number),
            (Kind::Weight, |typed| typed.first = "1e2".into(), Problem::Number),
            (Kind::Weight, |typed| typed.first = "72.".into(), Problem::Number),
            (Kind::Weight, |typed| typed.first = "-72".into(), Problem::Number),
            (Kind::Weight, |typed| typed.first = "2000".into(), Problem::Unlikely),
            (Kind::Weight, |typed| typed.unit = "stone".into(), Problem::Unit),
            (Kind::Glucose, |typed| typed.unit = String::new(), Problem::Unit),
            (Kind::Pressure, |typed| typed.second = String::new(), Problem::Lower),
            (Kind::Pressure, |typed| typed.second = "120".into(), Problem::NotBelow),
            (Kind::Pressure, |typed| typed.pulse = "fast".into(), Problem::Pulse),
            (Kind::Pressure, |typed| typed.day = "31".into(), Problem::Day),
            (Kind::Pressure, |typed| typed.day = "28".into(), Problem::Ahead),
            (Kind::Pressure, |typed| typed.time = "25:00".into(), Problem::Time),
            (Kind::Medicine, |typed| typed.name = " \t".into(), Problem::Name),
            (Kind::Medicine, |typed| typed.how = "x".repeat(LONGEST_LINE + 1), Problem::How),
            (Kind::Medicine, |typed| typed.still = String::new(), Problem::Still),
            (Kind::Allergy, |typed| typed.year = String::new(), Problem::Day),
            (Kind::Note, |typed| typed.words = String::new(), Problem::Words),
            (Kind::Note, |typed| typed.seen = String::new(), Problem::Seen),
        ];
        for (kind, change, problem) in cases {
            assert_eq!(typed(change).read(kind, TODAY), Err(problem), "{kind:?}");
        }
    }

    #[test]
    fn since_when_is_kept_as_exactly_as_it_was_typed() {
        let since = |day: &str, month: &str, year: &str| {
            let read =
                typed(|typed| (typed.day, typed.month, typed.year) = (day.into(), month.into(), year.into())).read(Kind::Allergy, TODAY);
            let Says::Allergy { since, .. } = read.unwrap().says else { panic!() };
            since
        };
        assert_eq!(since("", "", ""), None);
        assert_eq!(since("", "", "2019").as_deref(), Some("2019"));
        assert_eq!(since("", "5", "2019").as_deref(), Some("2019-05"));
        assert_eq!(since("7", "5", "2019").as_deref(), Some("2019-05-07"));
    }

    #[test]
    fn a_kind_is_found_by_its_name_and_no_letter_that_nobody_sees_is_kept() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
        }
        assert_eq!(line(" Ibuprofen\0\n 400  mg ").as_deref(), Some("Ibuprofen 400 mg"));
    }
}
