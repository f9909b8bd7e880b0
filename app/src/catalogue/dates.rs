//! Dates and times in words: "6 August 2018", "August 2018", "2018", "2:17pm"; "6 de agosto de 2018", "14:17".

use chartkey_domain::when::{Moment, Precision};
use time::{Date, Month, OffsetDateTime};

use super::{Language, Say};

/// A time of day as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    hour: u8,
    minute: u8,
}

impl From<OffsetDateTime> for Clock {
    fn from(moment: OffsetDateTime) -> Self {
        Self { hour: moment.hour(), minute: moment.minute() }
    }
}

impl Say {
    /// The name of a month.
    #[must_use]
    pub fn month(self, month: Month) -> &'static str {
        self.word(match self.0 {
            Language::English => match month {
                Month::January => "January",
                Month::February => "February",
                Month::March => "March",
                Month::April => "April",
                Month::May => "May",
                Month::June => "June",
                Month::July => "July",
                Month::August => "August",
                Month::September => "September",
                Month::October => "October",
                Month::November => "November",
                Month::December => "December",
            },
            Language::Spanish => match month {
                Month::January => "enero",
                Month::February => "febrero",
                Month::March => "marzo",
                Month::April => "abril",
                Month::May => "mayo",
                Month::June => "junio",
                Month::July => "julio",
                Month::August => "agosto",
                Month::September => "septiembre",
                Month::October => "octubre",
                Month::November => "noviembre",
                Month::December => "diciembre",
            },
        })
    }

    /// The first three letters of a month, for the leaf of a calendar.
    #[must_use]
    pub fn short_month(self, month: Month) -> &'static str {
        let name = Self::of(self.0).month(month);
        self.word(name.char_indices().nth(3).and_then(|(end, _)| name.get(..end)).unwrap_or(name))
    }

    /// The name of a day of the week, as a line begins with it.
    #[must_use]
    pub fn weekday(self, day: time::Weekday) -> &'static str {
        self.word(match self.0 {
            Language::English => match day {
                time::Weekday::Monday => "Monday",
                time::Weekday::Tuesday => "Tuesday",
                time::Weekday::Wednesday => "Wednesday",
                time::Weekday::Thursday => "Thursday",
                time::Weekday::Friday => "Friday",
                time::Weekday::Saturday => "Saturday",
                time::Weekday::Sunday => "Sunday",
            },
            Language::Spanish => match day {
                time::Weekday::Monday => "Lunes",
                time::Weekday::Tuesday => "Martes",
                time::Weekday::Wednesday => "Miércoles",
                time::Weekday::Thursday => "Jueves",
                time::Weekday::Friday => "Viernes",
                time::Weekday::Saturday => "Sábado",
                time::Weekday::Sunday => "Domingo",
            },
        })
    }

    /// "6 August 2018".
    #[must_use]
    pub fn date(self, date: Date) -> String {
        match self.0 {
            Language::English => format!("{} {} {}", date.day(), self.month(date.month()), date.year()),
            Language::Spanish => format!("{} de {} de {}", date.day(), self.month(date.month()), date.year()),
        }
    }

    /// "2:17pm", "noon" written as "12:00pm"; in Spanish "14:17".
    #[must_use]
    pub fn clock(self, clock: impl Into<Clock>) -> String {
        let Clock { hour, minute } = clock.into();
        match self.0 {
            Language::English => {
                let half = self.word(if hour < 12 { "am" } else { "pm" });
                let hour = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
                format!("{hour}:{minute:02}{half}")
            }
            Language::Spanish => format!("{hour}:{minute:02}"),
        }
    }

    /// "12 November 2026, 2:17pm".
    #[must_use]
    pub fn day_and_time(self, at: OffsetDateTime) -> String {
        format!("{}, {}", self.date(at.date()), self.clock(at))
    }

    /// A date as exactly as it was given: a partial date stays partial.
    #[must_use]
    pub fn when(self, first: OffsetDateTime, precision: Precision) -> String {
        match precision {
            Precision::Year => first.year().to_string(),
            Precision::Month => match self.0 {
                Language::English => format!("{} {}", self.month(first.month()), first.year()),
                Language::Spanish => format!("{} de {}", self.month(first.month()), first.year()),
            },
            Precision::Day | Precision::Instant => self.date(first.date()),
        }
    }

    /// A FHIR date as the source gave it, in words; as it is where it is no date.
    #[must_use]
    pub fn fhir_date(self, text: &str) -> String {
        Moment::parse(text).map_or_else(|| text.to_owned(), |moment| self.when(moment.first, moment.precision))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_partial_date_stays_partial() {
        let say = Say::of(Language::English);
        let first = datetime!(2018-08-06 14:17 UTC);
        assert_eq!(say.when(first, Precision::Year), "2018");
        assert_eq!(say.when(first, Precision::Month), "August 2018");
        assert_eq!(say.when(first, Precision::Day), "6 August 2018");
        assert_eq!(say.fhir_date("1961-03"), "March 1961");
        assert_eq!(say.fhir_date("unknown"), "unknown");
    }

    #[test]
    fn a_time_of_day_is_said_as_people_say_it() {
        let say = Say::of(Language::English);
        assert_eq!(say.clock(datetime!(2018-08-06 14:17 UTC)), "2:17pm");
        assert_eq!(say.clock(datetime!(2018-08-06 0:05 UTC)), "12:05am");
        assert_eq!(say.clock(datetime!(2018-08-06 12:00 UTC)), "12:00pm");
    }

    #[test]
    fn spanish_has_its_own_order_and_the_hours_of_a_whole_day() {
        let say = Say::of(Language::Spanish);
        let first = datetime!(2018-08-06 14:17 UTC);
        assert_eq!(say.when(first, Precision::Month), "agosto de 2018");
        assert_eq!(say.day_and_time(first), "6 de agosto de 2018, 14:17");
        assert_eq!(say.clock(datetime!(2018-08-06 0:05 UTC)), "0:05");
        assert_eq!(say.fhir_date("1961-03"), "marzo de 1961");
    }

    #[test]
    fn the_leaf_of_a_calendar_has_room_for_every_month() {
        for say in Language::ALL.map(Say::of) {
            let mut month = Month::January;
            for _ in 0..12 {
                assert_eq!(say.short_month(month).chars().count(), 3, "{month}");
                month = month.next();
            }
        }
    }
}
