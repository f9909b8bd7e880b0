//! Shape and word first, colour third.

use chartkey_portal::entry::Value;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::catalogue::Say;

/// Where a value lies, as far as the source tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// In the laboratory's range.
    In,
    /// Above it.
    Above,
    /// Far above it, in the laboratory's own judgement.
    FarAbove,
    /// Below it.
    Below,
    /// Far below it, in the laboratory's own judgement.
    FarBelow,
    /// Marked by the laboratory, without a direction.
    Marked,
    /// The laboratory gave no range, or none that says so of this reader.
    Unknown,
}

impl Lies {
    /// What the laboratory says itself (HL7 `ObservationInterpretation`); else what
    /// its range says of the number; else nothing. No range is ever invented.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value.interpretation.as_deref() {
            Some("HH" | "HU" | "CH") => return Self::FarAbove,
            Some("LL" | "LU" | "CL") => return Self::FarBelow,
            Some("H" | ">") => return Self::Above,
            Some("L" | "<") => return Self::Below,
            Some("N") => return Self::In,
            Some("A" | "AA") => return Self::Marked,
            _ => {}
        }
        match (value.number, value.low, value.high) {
            (Some(number), Some(low), _) if number < low => Self::Below,
            (Some(number), _, Some(high)) if number > high => Self::Above,
            (Some(_), low, high) if low.is_some() || high.is_some() => Self::In,
            _ => Self::Unknown,
        }
    }

    /// The class of marks and flags.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Above | Self::Below | Self::Marked => "out",
            Self::FarAbove | Self::FarBelow => "far",
            Self::Unknown => "unknown",
        }
    }
}

/// The flag of a value. A value that is no number has no range to lie in, and no flag.
pub fn range_flag(say: Say, value: &Value) -> Option<AnyView> {
    let words = range_word(say, value)?;
    let lies = Lies::of(value);
    let sign = match lies {
        Lies::In => Icon::Ring,
        Lies::Above | Lies::FarAbove => Icon::Up,
        Lies::Below | Lies::FarBelow => Icon::Down,
        Lies::Marked => Icon::Warn,
        Lies::Unknown => Icon::Dash,
    };
    Some(flag(lies.class(), sign, words.to_owned()))
}

/// The words of that flag.
#[must_use]
pub fn range_word(say: Say, value: &Value) -> Option<&'static str> {
    Some(match Lies::of(value) {
        Lies::In => say.in_range(),
        Lies::Above => say.above_range(),
        Lies::FarAbove => say.far_above_range(),
        Lies::Below => say.below_range(),
        Lies::FarBelow => say.far_below_range(),
        Lies::Marked => say.marked(),
        Lies::Unknown if value.number.is_some() && value.range.is_some() => say.range_in_words(),
        Lies::Unknown if value.number.is_some() => say.no_range(),
        Lies::Unknown => return None,
    })
}

/// A flag: a shape and a word.
pub fn flag(role: &'static str, sign: Icon, words: String) -> AnyView {
    view! { <span class=format!("flag {role}")>{icon(sign)}{words}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: f64, low: Option<f64>, high: Option<f64>, interpretation: Option<&str>) -> Value {
        Value { number: Some(number), low, high, interpretation: interpretation.map(str::to_owned), ..Value::default() }
    }

    #[test]
    fn the_laboratory_s_own_word_outranks_its_range() {
        assert_eq!(Lies::of(&value(5.0, Some(1.0), Some(9.0), Some("H"))), Lies::Above);
        assert_eq!(Lies::of(&value(5.0, Some(1.0), Some(9.0), None)), Lies::In);
        assert_eq!(Lies::of(&value(5.0, None, Some(4.0), None)), Lies::Above);
        assert_eq!(Lies::of(&value(5.0, Some(6.0), None, None)), Lies::Below);
        assert_eq!(Lies::of(&value(5.0, None, None, None)), Lies::Unknown);
    }
}
