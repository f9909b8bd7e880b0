//! When something happened: an interval with a precision.
//!
//! FHIR dates may be partial (`2018`, `2018-08`). A partial date is its whole
//! period; an instant is itself. The last moment is kept inclusive, to the
//! microsecond, because that is what PostgreSQL can store and compare.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, OffsetDateTime, Time, format_description::well_known::Rfc3339};

/// How exactly the source said when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Precision {
    /// Only a year.
    Year = 1,
    /// A year and a month.
    Month = 2,
    /// A calendar day.
    Day = 3,
    /// A moment, with a time zone.
    Instant = 4,
}

impl Precision {
    /// The precision with this stored number.
    #[must_use]
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            1 => Some(Self::Year),
            2 => Some(Self::Month),
            3 => Some(Self::Day),
            4 => Some(Self::Instant),
            _ => None,
        }
    }
}

/// One FHIR `date`, `dateTime` or `instant` as its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Its first moment.
    pub first: OffsetDateTime,
    /// Its last moment, inclusive, to the microsecond.
    pub last: OffsetDateTime,
    /// How exactly it was given.
    pub precision: Precision,
}

impl Moment {
    /// Reads a FHIR R4 `date`, `dateTime` or `instant`
    /// (<https://hl7.org/fhir/R4/datatypes.html#dateTime>). Days and longer are
    /// taken in UTC. `None` where the text is none of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains('T') {
            let first = OffsetDateTime::parse(text, &Rfc3339).ok()?;
            let first = first.replace_nanosecond(first.nanosecond() / 1_000 * 1_000).ok()?;
            return storable(first).then_some(Self { first, last: first, precision: Precision::Instant });
        }
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map(|part| number(part, 2));
        let day = parts.next().map(|part| number(part, 2));
        if parts.next().is_some() {
            return None;
        }
        let year = i32::from(year);
        let (first, next, precision) = match (month, day) {
            (None, None) => (date(year, 1, 1)?, date(year + 1, 1, 1)?, Precision::Year),
            (Some(month), None) => {
                let month = month?;
                let next = if month == 12 { date(year + 1, 1, 1)? } else { date(year, month + 1, 1)? };
                (date(year, month, 1)?, next, Precision::Month)
            }
            (Some(month), Some(day)) => {
                let first = date(year, month?, day?)?;
                (first, first.next_day()?, Precision::Day)
            }
            (None, Some(_)) => return None,
        };
        let first = first.with_time(Time::MIDNIGHT).assume_utc();
        let last = next.with_time(Time::MIDNIGHT).assume_utc() - Duration::MICROSECOND;
        Some(Self { first, last, precision })
    }
}

/// `when(i)` of the sharing rule: from the first moment to the last, or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The first moment.
    pub first: OffsetDateTime,
    /// The last moment, inclusive. `None`: it has not ended and reaches to today.
    pub last: Option<OffsetDateTime>,
    /// How exactly the start was given.
    pub precision: Precision,
}

impl From<Moment> for Interval {
    fn from(moment: Moment) -> Self {
        Self { first: moment.first, last: Some(moment.last), precision: moment.precision }
    }
}

fn number(text: &str, digits: usize) -> Option<u16> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn date(year: i32, month: u16, day: u16) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    (1..=9999).contains(&year).then(|| Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok())?
}

/// PostgreSQL's `timestamptz` and our pages both hold the years 1 to 9999.
fn storable(moment: OffsetDateTime) -> bool {
    moment.checked_to_offset(time::UtcOffset::UTC).is_some_and(|moment| (1..=9999).contains(&moment.year()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_partial_date_is_its_whole_period() {
        let year = Moment::parse("2018").unwrap();
        assert_eq!(year.first, datetime!(2018-01-01 0:00 UTC));
        assert_eq!(year.last, datetime!(2018-12-31 23:59:59.999_999 UTC));
        assert_eq!(year.precision, Precision::Year);
        let month = Moment::parse("2020-02").unwrap();
        assert_eq!(month.last, datetime!(2020-02-29 23:59:59.999_999 UTC));
        assert_eq!(Moment::parse("2018-12").unwrap().last, year.last);
    }

    #[test]
    fn an_instant_is_itself_to_the_microsecond() {
        let moment = Moment::parse("2018-08-06T10:00:00.123456789+02:00").unwrap();
        assert_eq!(moment.first, datetime!(2018-08-06 8:00:00.123_456 UTC));
        assert_eq!(moment.first, moment.last);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "18",
            "2018-13",
            "2018-02-30",
            "2018-1-1",
            "2018-01-01-01",
            "yesterday",
            "2018-08-06T25:00:00Z",
            "-2018",
            "0000",
            "9999-12-31T23:59:59-14:00",
        ] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
        assert!(Moment::parse("9999").is_none(), "its end is beyond what can be stored");
    }
}
