//! What was typed into a form, and what of it can be kept.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, Time};

use super::{Added, Kind, LONGEST_LINE, LONGEST_NOTE, LOWER, Measure, PULSE, Says, Taken};
use crate::correction::{Words, is_seen, turns_round};

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
    /// The text of a clinician is missing or too long.
    NoteWords,
    /// What was found is missing or too long.
    Value,
    /// Whether it is still taken was not said.
    Still,
    /// The date is none.
    Day,
    /// It lies ahead.
    Ahead,
    /// No share of the clinician who writes reaches that day.
    Unshared,
    /// The time of day is none.
    Time,
    /// Who may see it was not said.
    Seen,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 17] = [
        Self::Number,
        Self::Unlikely,
        Self::Lower,
        Self::NotBelow,
        Self::Pulse,
        Self::Unit,
        Self::Name,
        Self::How,
        Self::Words,
        Self::NoteWords,
        Self::Value,
        Self::Still,
        Self::Day,
        Self::Ahead,
        Self::Unshared,
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
            Self::NoteWords => "added-note-words",
            Self::Value => "added-value",
            Self::Still => "added-still",
            Self::Day => "added-day",
            Self::Ahead => "added-ahead",
            Self::Unshared => "added-unshared",
            Self::Time => "added-time",
            Self::Seen => "added-seen",
        }
    }
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
            Kind::VisitNote | Kind::Plan => Says::Note {
                title: line(&self.name).ok_or(Problem::Name)?,
                words: Words::of_at_most(&self.words, LONGEST_NOTE).ok_or(Problem::NoteWords)?.as_str().to_owned(),
            },
            Kind::Finding => {
                let (name, value) = (line(&self.name).ok_or(Problem::Name)?, line(&self.first).ok_or(Problem::Value)?);
                let unit = optional_line(&self.how).ok_or(Problem::How)?;
                let day = date(&self.day, &self.month, &self.year).ok_or(Problem::Day)?;
                is_past(day, today)?;
                Says::Finding { name, value, unit, day }
            }
            _ => self.reading(kind, today)?,
        };
        // What a clinician writes goes by the shares of its category.
        if kind.is_clinical() {
            return Ok(Added { kind, says, is_private: false });
        }
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

/// The same, where nothing is an answer, too. What turns the letters of a whole line round is left out: a name stands
/// in lines with other words. Letters that nobody sees are none where nothing else is there.
#[expect(clippy::option_option, reason = "nothing typed and too much typed are two things")]
fn optional_line(typed: &str) -> Option<Option<String>> {
    let kept = typed.chars().filter(|letter| !turns_round(*letter));
    let letters: String = kept.map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let line = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    if !line.chars().any(is_seen) {
        return Some(None);
    }
    match line.chars().count() {
        ..=LONGEST_LINE => Some(Some(line)),
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
    fn no_letter_that_nobody_sees_is_kept_alone() {
        assert_eq!(line(" Ibuprofen\0\n 400  mg ").as_deref(), Some("Ibuprofen 400 mg"));
        assert_eq!(line("Ibu\u{202e}profen\u{2066} 400 mg\u{2069}").as_deref(), Some("Ibuprofen 400 mg"), "nothing is read backwards");
        assert_eq!(line("بنی\u{200c}سیلین").as_deref(), Some("بنی\u{200c}سیلین"), "what joins letters is kept between them");
        for blank in ["\u{200b}", "\u{202e}\u{feff} \u{2060}", "\u{3164}", "\u{2800}", "\u{e0041}"] {
            assert_eq!((line(blank), optional_line(blank)), (None, Some(None)), "{}", blank.escape_unicode());
        }
    }
}
