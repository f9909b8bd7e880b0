//! Whether a look fits what is known, said to the patient beside each entry of the
//! access log. A word to the reader, and never a reason to allow or refuse.

use time::OffsetDateTime;

/// So many items on one page are many.
pub const MANY: u32 = 40;

/// What is known of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// When.
    pub at: OffsetDateTime,
    /// Whether it was the patient.
    pub own: bool,
    /// Whether it was refused.
    pub refused: bool,
    /// How many items it showed.
    pub items: u32,
    /// Whether nothing by the same account came before.
    pub first_time: bool,
    /// Whether a grant that was used names its reader, rather than a profession.
    pub named: bool,
    /// Whether it was in an emergency.
    pub emergency: bool,
}

/// Why a look is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// In an emergency, as the patient has decided in advance.
    Emergency,
    /// Between 22 and 6 o'clock, in UTC.
    OutOfHours,
    /// [`MANY`] items or more at once.
    ManyItems,
    /// The first look of somebody whom the patient did not name.
    FirstTime,
}

/// What is said of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was the patient.
    You,
    /// Nothing was shown.
    Refused,
    /// It fits.
    Expected,
    /// Worth a second look, and why.
    Unusual(Vec<Reason>),
}

impl Verdict {
    /// What to say of a look.
    #[must_use]
    pub fn of(facts: Facts) -> Self {
        if facts.own {
            return Self::You;
        }
        if facts.refused {
            return Self::Refused;
        }
        let hour = facts.at.to_offset(time::UtcOffset::UTC).hour();
        let reasons: Vec<_> = [
            (Reason::Emergency, facts.emergency),
            (Reason::OutOfHours, !(6..22).contains(&hour)),
            (Reason::ManyItems, facts.items >= MANY),
            (Reason::FirstTime, facts.first_time && !facts.named),
        ]
        .into_iter()
        .filter_map(|(reason, holds)| holds.then_some(reason))
        .collect();
        if reasons.is_empty() { Self::Expected } else { Self::Unusual(reasons) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const LOOK: Facts = Facts {
        at: datetime!(2026-11-12 14:17 UTC),
        own: false,
        refused: false,
        items: 3,
        first_time: false,
        named: true,
        emergency: false,
    };

    #[test]
    fn a_look_is_unusual_by_hour_by_number_and_by_a_stranger() {
        assert_eq!(Verdict::of(LOOK), Verdict::Expected);
        assert_eq!(Verdict::of(Facts { first_time: true, ..LOOK }), Verdict::Expected, "the patient chose them a moment ago");
        let odd = Facts { at: datetime!(2026-11-12 23:52 UTC), items: MANY, first_time: true, named: false, ..LOOK };
        assert_eq!(Verdict::of(odd), Verdict::Unusual(vec![Reason::OutOfHours, Reason::ManyItems, Reason::FirstTime]));
        assert_eq!(Verdict::of(Facts { emergency: true, ..LOOK }), Verdict::Unusual(vec![Reason::Emergency]));
        for (hour, unusual) in [(5, true), (6, false), (21, false), (22, true)] {
            let look = Facts { at: LOOK.at.replace_hour(hour).unwrap(), ..LOOK };
            assert_eq!(matches!(Verdict::of(look), Verdict::Unusual(_)), unusual, "{hour} o'clock");
        }
    }

    #[test]
    fn ones_own_looks_and_refusals_are_never_unusual() {
        assert_eq!(Verdict::of(Facts { own: true, items: 4_000, ..LOOK }), Verdict::You);
        assert_eq!(Verdict::of(Facts { refused: true, first_time: true, named: false, ..LOOK }), Verdict::Refused);
    }
}
