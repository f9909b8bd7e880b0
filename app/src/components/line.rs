//! The number line. The laboratory's range always lies in the same place, so that
//! a column of lines can be scanned.

use chartkey_portal::entry::Value;
use leptos::prelude::*;

use super::{flag::Lies, icon::uses_marks};
use crate::catalogue::Say;

/// Where the band of the range begins and ends, in percent of the line.
const BAND: (f64, f64) = (33.3, 66.7);
/// A mark outside keeps this distance from the band, so that it cannot be misread.
const CLEAR: f64 = 4.5;
/// Values off the scale rest here.
const ENDS: (f64, f64) = (2.5, 97.5);

/// The places on one line, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Places {
    /// The band of the range, from and to; to the end of the line where one side is open.
    pub band: (f64, f64),
    /// The mark of the value.
    pub mark: f64,
}

/// Where to draw a number against a range; `None` without a range.
#[must_use]
pub fn places(number: f64, low: Option<f64>, high: Option<f64>) -> Option<Places> {
    let third = BAND.1 - BAND.0;
    let (band, at) = match (low, high) {
        (Some(low), Some(high)) if high > low => (BAND, BAND.0 + (number - low) / (high - low) * third),
        (Some(low), Some(high)) => (BAND, f64::midpoint(BAND.0, BAND.1) + step(number - low, high.abs()) * third),
        (None, Some(high)) => ((0.0, BAND.1), BAND.1 + step(number - high, high.abs()) * BAND.1),
        (Some(low), None) => ((BAND.0, 100.0), BAND.0 + step(number - low, low.abs()) * third),
        (None, None) => return None,
    };
    let at = match (low, high) {
        (Some(low), _) if number < low => at.min(BAND.0 - CLEAR),
        (_, Some(high)) if number > high => at.max(BAND.1 + CLEAR),
        _ => at,
    };
    at.is_finite().then(|| Places { band, mark: at.clamp(ENDS.0, ENDS.1) })
}

/// A distance measured in the size of its limit; a limit of zero is measured in ones.
fn step(distance: f64, size: f64) -> f64 {
    distance / if size > 0.0 { size } else { 1.0 }
}

/// One decimal is enough for a screen, and whole numbers are written in half the time.
fn percent(place: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a place lies between 0 and 100")]
    let tenths = (place * 10.0).round() as i64;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// A number as short as it can be said.
#[must_use]
pub fn short(number: f64) -> String {
    number.to_string()
}

/// The mark's symbol for where a value lies.
#[must_use]
pub const fn mark(lies: Lies) -> &'static str {
    match lies {
        Lies::Above | Lies::FarAbove => "#m-up",
        Lies::Below | Lies::FarBelow => "#m-down",
        Lies::In | Lies::Marked | Lies::Unknown => "#m-at",
    }
}

/// The line of one row; nothing where the value is no number.
pub fn line(say: Say, value: &Value) -> Option<AnyView> {
    let number = value.number?;
    let Some(places) = places(number, value.low, value.high) else {
        return Some(
            view! {
                <svg class="line" aria-hidden="true">
                    <line class="no-range" x1="1%" x2="99%" y1="10" y2="10"/>
                    <text x="50%" y="31">{if value.range.is_some() { say.range_in_words() } else { say.laboratory_gave_no_range() }}</text>
                </svg>
            }
            .into_any(),
        );
    };
    uses_marks();
    let lies = Lies::of(value);
    let (from, to) = places.band;
    Some(
        view! {
            <svg class="line" aria-hidden="true">
                <line class="track" x1="0.5%" x2="99.5%" y1="10" y2="10"/>
                <rect class="band" x=percent(from) width=percent(to - from) y="4.5" height="11" rx="3"/>
                {low_end(value).map(|low| view! { <text x=percent(BAND.0) y="31">{low}</text> })}
                {high_end(value).map(|high| view! { <text x=percent(BAND.1) y="31">{high}</text> })}
                <use_ class=format!("mark {}", lies.class()) href=mark(lies) x=percent(places.mark) y="10"/>
            </svg>
        }
        .into_any(),
    )
}

/// The line of a page of its own: larger, with the reading above its mark.
pub fn big_line(say: Say, value: &Value) -> Option<AnyView> {
    let number = value.number?;
    let places = places(number, value.low, value.high)?;
    uses_marks();
    let lies = Lies::of(value);
    let (from, to) = places.band;
    let text = value.text.clone().unwrap_or_else(|| short(number));
    let label = say.line_says(&text, &range_words(say, value));
    Some(
        view! {
            <svg class="line big" role="img" aria-label=label>
                <line class="track" x1="0.5%" x2="99.5%" y1="34" y2="34"/>
                <rect class="band" x=percent(from) width=percent(to - from) y="27" height="14" rx="3"/>
                {low_end(value).map(|low| view! { <text x=percent(BAND.0) y="59">{low}</text> })}
                {high_end(value).map(|high| view! { <text x=percent(BAND.1) y="59">{high}</text> })}
                <text class="reading" x=percent(places.mark) y="16">{text}</text>
                <text x="50%" y="79">{say.laboratory_s_range()}</text>
                <use_ class=format!("mark {}", lies.class()) href=mark(lies) x=percent(places.mark) y="34"/>
            </svg>
        }
        .into_any(),
    )
}

/// The low end of the range, as the source wrote it.
pub(super) fn low_end(value: &Value) -> Option<String> {
    value.low_text.clone().or_else(|| value.low.map(short))
}

/// The high end of the range, as the source wrote it.
pub(super) fn high_end(value: &Value) -> Option<String> {
    value.high_text.clone().or_else(|| value.high.map(short))
}

/// The range in words: as the source wrote it, else from its ends.
#[must_use]
pub fn range_words(say: Say, value: &Value) -> String {
    match (low_end(value), high_end(value), &value.range) {
        (Some(low), Some(high), _) => say.range_between(&low, &high),
        (Some(low), None, _) => say.range_from(&low),
        (None, Some(high), _) => say.range_to(&high),
        (None, None, Some(range)) => range.clone(),
        (None, None, None) => say.laboratory_gave_no_range().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(number: f64, low: Option<f64>, high: Option<f64>) -> f64 {
        let places = places(number, low, high).unwrap();
        (places.mark * 10.0).round() / 10.0
    }

    #[test]
    fn the_range_is_always_the_middle_third() {
        assert_eq!(at(4.4, Some(3.5), Some(5.3)), 50.0);
        assert_eq!(at(20.0, Some(20.0), Some(41.0)), 33.3);
        assert_eq!(at(52.0, Some(20.0), Some(41.0)), 84.2);
    }

    #[test]
    fn a_mark_just_outside_keeps_clear_of_the_band() {
        assert_eq!(at(142.0, Some(90.0), Some(140.0)), 71.2);
        assert_eq!(at(89.9, Some(90.0), Some(140.0)), 28.8);
    }

    #[test]
    fn a_value_off_the_scale_rests_at_the_end() {
        assert_eq!(at(4000.0, Some(1.0), Some(2.0)), 97.5);
        assert_eq!(at(-4000.0, Some(1.0), Some(2.0)), 2.5);
        assert_eq!(at(4.8, None, Some(1.7)), 97.5);
    }

    #[test]
    fn an_open_side_runs_to_the_end_of_the_line() {
        assert_eq!(places(78.0, Some(60.0), None).unwrap().band, (33.3, 100.0));
        assert_eq!(at(78.0, Some(60.0), None), 43.3);
        assert_eq!(places(5.6, None, Some(5.0)).unwrap().band, (0.0, 66.7));
        assert_eq!(at(5.6, None, Some(5.0)), 74.7);
        assert_eq!(places(1.0, None, None), None);
    }

    #[test]
    fn a_range_of_no_width_and_a_limit_of_zero_are_survived() {
        assert_eq!(at(0.0, Some(0.0), Some(0.0)), 50.0);
        assert_eq!(at(3.0, None, Some(0.0)), 97.5);
        assert!(places(f64::MAX, Some(f64::MIN), Some(f64::MAX)).is_none_or(|places| places.mark.is_finite()));
    }

    #[test]
    fn a_number_is_said_as_short_as_it_can_be() {
        assert_eq!(short(41.0), "41");
        assert_eq!(short(3.5), "3.5");
        assert_eq!(short(0.0001), "0.0001");
    }
}
