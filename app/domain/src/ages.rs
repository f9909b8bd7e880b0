//! The ages at which somebody's record becomes theirs, step by step.

use time::Date;

use crate::when::Moment;

/// Ages in whole years. An operator sets them as the law of the place has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// From this on somebody may have an account of their own.
    pub account: u8,
    /// From this on what is sensitive is closed to whoever was given it for a child.
    pub sensitive: u8,
    /// At this what carers of a child were given ends.
    pub adult: u8,
}

impl Default for Ages {
    fn default() -> Self {
        Self { account: 12, sensitive: 13, adult: 18 }
    }
}

/// The day on which somebody reaches an age: the first that it can be, and the last, where the birth date is a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birthday {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
}

impl Birthday {
    /// `born` as a source writes it: a day, a month or a year. `None` where it is none of them.
    #[must_use]
    pub fn of(born: &str, age: u8) -> Option<Self> {
        let born = Moment::parse(born)?;
        let after = |day: Date| {
            let year = day.year() + i32::from(age);
            // Whoever was born on 29 February is a year older on the 28th where there is no other.
            day.replace_year(year).or_else(|_| day.replace_day(28).and_then(|day| day.replace_year(year))).ok()
        };
        Some(Self { first: after(born.first.date())?, last: after(born.last.date())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_birthday_is_as_exact_as_the_birth_date() {
        let cases = [
            ("2012-03-14", (date!(2030 - 03 - 14), date!(2030 - 03 - 14))),
            ("2012-02-29", (date!(2030 - 02 - 28), date!(2030 - 02 - 28))),
            ("2012-03", (date!(2030 - 03 - 01), date!(2030 - 03 - 31))),
            ("2012", (date!(2030 - 01 - 01), date!(2030 - 12 - 31))),
        ];
        for (born, (first, last)) in cases {
            assert_eq!(Birthday::of(born, 18), Some(Birthday { first, last }), "{born}");
        }
        assert_eq!(Birthday::of("unknown", 18), None);
    }
}
