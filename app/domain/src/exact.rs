//! Exact numbers: what a source has written, and fractions of it. A conversion that rounds on its
//! way would show digits that nobody measured.

use std::cmp::Ordering;

/// A fraction in its lowest terms. What does not fit is `None` and never another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    above: i128,
    /// Above zero.
    below: i128,
}

/// A number as it is written, with what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written<'a> {
    /// `<`, `<=`, `>=` or `>`, as written; empty for a number alone.
    pub comparator: &'a str,
    /// The number.
    pub number: Exact,
    /// How many digits it is written with, without zeros in front.
    pub digits: usize,
    /// What one more in its last digit is: of `5.40`, 0.01.
    pub step: Exact,
}

/// With how much of a number it is written.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// With so many digits,
    pub digits: usize,
    /// but no fewer decimals than these,
    pub least: usize,
    /// and never more than these.
    pub most: usize,
    /// What becomes of the rest.
    pub rest: Rest,
}

/// What becomes of what is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Half or more counts as one, away from zero.
    Rounds,
    /// Anything makes the number larger.
    Raises,
    /// Anything makes it smaller.
    Lowers,
}

/// More digits than these are no measurement, and would not fit.
const MOST_DIGITS: usize = 20;
/// A power of ten beyond this would not fit.
const MOST_POWER: u32 = 20;
const COMPARATORS: [&str; 6] = ["<=", ">=", "≤", "≥", "<", ">"];

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { above: 0, below: 1 };
    /// One.
    pub const ONE: Self = Self { above: 1, below: 1 };

    fn of(above: i128, below: i128) -> Option<Self> {
        let divisor = common_divisor(above.checked_abs()?, below.checked_abs()?) * below.signum();
        (divisor != 0).then(|| Self { above: above / divisor, below: below / divisor })
    }

    /// Reads a decimal number, or one over another: `0.45359237`, `5/9`, `-1.5e-3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((above, below)) => decimal(above)?.number.over(decimal(below)?.number),
            None => Some(decimal(text)?.number),
        }
    }

    /// Its terms: equal numbers are written alike.
    #[must_use]
    pub fn fraction(self) -> String {
        format!("{}/{}", self.above, self.below)
    }

    /// This one times another.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        // Crosswise first, so that products stay small.
        let (one, two) = (Self::of(self.above, other.below)?, Self::of(other.above, self.below)?);
        Self::of(one.above.checked_mul(two.above)?, one.below.checked_mul(two.below)?)
    }

    /// This one divided by another; nothing where that is zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::of(other.below, other.above)?)
    }

    /// This one and another.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let (left, right) = (self.above.checked_mul(other.below)?, other.above.checked_mul(self.below)?);
        Self::of(left.checked_add(right)?, self.below.checked_mul(other.below)?)
    }

    /// The same below zero, or above.
    #[must_use]
    pub const fn negative(self) -> Self {
        Self { above: -self.above, below: self.below }
    }

    /// For drawing alone.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a place in a picture has no sixteen digits")]
    pub fn near(self) -> f64 {
        self.above as f64 / self.below as f64
    }

    /// The fewest decimals with which no step of this size is lost.
    #[must_use]
    pub fn decimals(self) -> Option<usize> {
        let (mut step, mut decimals) = (self, 0);
        while step < Self::ONE {
            step = step.times(Self { above: 10, below: 1 })?;
            decimals += 1;
        }
        Some(decimals)
    }

    /// As a decimal number. It is never rounded above the ones: zeros in their place would look
    /// measured.
    #[must_use]
    pub fn rounded(self, cut: Cut) -> Option<String> {
        let digits = cut.digits;
        let below = self.below.unsigned_abs();
        let (whole, rest) = (self.above.unsigned_abs() / below, self.above.unsigned_abs() % below);
        let ones = if whole > 0 { whole.to_string().len() } else { 0 };
        let by_digits = match (whole, rest) {
            (0, 0) => digits.saturating_sub(1),
            (0, _) => zeros(rest, below)? + digits,
            _ => digits.saturating_sub(ones),
        };
        let mut decimals = by_digits.max(cut.least).min(cut.most);
        let (mut scaled, mut rest) = (whole, rest);
        for _ in 0..decimals {
            rest = rest.checked_mul(10)?;
            scaled = scaled.checked_mul(10)?.checked_add(rest / below)?;
            rest %= below;
        }
        let is_one_more = match cut.rest {
            Rest::Rounds => rest.checked_mul(2)? >= below,
            Rest::Raises => rest > 0 && self.above > 0,
            Rest::Lowers => rest > 0 && self.above < 0,
        };
        if is_one_more {
            scaled = scaled.checked_add(1)?;
            // 9.96 of two digits is 10, and not 10.0.
            if decimals > cut.least && scaled.to_string().len() > digits.max(ones) {
                (scaled, decimals) = (scaled / 10, decimals - 1);
            }
        }
        let sign = if self.above < 0 && scaled > 0 { "-" } else { "" };
        let figures = format!("{scaled:0>width$}", width = decimals + 1);
        let (ones, tenths) = figures.split_at_checked(figures.len().checked_sub(decimals)?)?;
        Some(if tenths.is_empty() { format!("{sign}{ones}") } else { format!("{sign}{ones}.{tenths}") })
    }
}

impl Cut {
    /// With so many digits, rounded.
    #[must_use]
    pub const fn to(digits: usize) -> Self {
        Self { digits, least: 0, most: usize::MAX, rest: Rest::Rounds }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        // What is too large to be multiplied is far enough apart to be compared nearly.
        match (self.above.checked_mul(other.below), other.above.checked_mul(self.below)) {
            (Some(one), Some(two)) => one.cmp(&two),
            _ => self.near().total_cmp(&other.near()),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'a> Written<'a> {
    /// Reads a number as sources write it: `5.40`, `< 0.5`, `>=60`. Titres, ratios and words are
    /// none.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (comparator, rest) = COMPARATORS
            .into_iter()
            .find_map(|comparator| text.strip_prefix(comparator).and_then(|rest| Some((text.get(..comparator.len())?, rest))))
            .unwrap_or(("", text));
        Some(Self { comparator, ..decimal(rest.trim())? })
    }
}

/// A decimal number without anything before it.
fn decimal(text: &str) -> Option<Written<'static>> {
    let (number, power) = match text.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, number) = match number.strip_prefix('-') {
        Some(number) => (-1, number),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, tenths) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(tenths) {
        return None;
    }
    let figures = format!("{whole}{tenths}");
    let figures = figures.trim_start_matches('0');
    let digits = if figures.is_empty() { tenths.len() + 1 } else { figures.len() };
    let power = power.checked_sub(i32::try_from(tenths.len()).ok()?)?;
    if digits > MOST_DIGITS || power.unsigned_abs() > MOST_POWER {
        return None;
    }
    let figures = if figures.is_empty() { 0 } else { figures.parse::<i128>().ok()? * sign };
    let ten = 10_i128.checked_pow(power.unsigned_abs())?;
    let step = if power < 0 { Exact::of(1, ten)? } else { Exact::of(ten, 1)? };
    let number = if power < 0 { Exact::of(figures, ten)? } else { Exact::of(figures.checked_mul(ten)?, 1)? };
    Some(Written { comparator: "", number, digits, step })
}

/// How many zeros a fraction below one has behind its point.
fn zeros(mut rest: u128, below: u128) -> Option<usize> {
    let mut zeros = 0;
    loop {
        rest = rest.checked_mul(10)?;
        if rest >= below {
            return Some(zeros);
        }
        zeros += 1;
    }
}

fn common_divisor(mut one: i128, mut two: i128) -> i128 {
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rounded(text: &str, digits: usize) -> String {
        Exact::parse(text).unwrap().rounded(Cut::to(digits)).unwrap()
    }

    #[test]
    fn a_number_is_read_with_its_digits() {
        for (text, comparator, number, digits, step) in [
            ("5.40", "", "5.40", 3, "0.01"),
            ("< 0.5", "<", "0.5", 1, "0.1"),
            (">=60", ">=", "60", 2, "1"),
            ("≤ 1.20e2", "≤", "120", 3, "1"),
            ("-0.010", "", "-0.01", 2, "0.001"),
            ("3e2", "", "300", 1, "100"),
            ("0", "", "0", 1, "1"),
            ("0.0", "", "0", 2, "0.1"),
        ] {
            let [number, step] = [number, step].map(|text| Exact::parse(text).unwrap());
            assert_eq!(Written::parse(text), Some(Written { comparator, number, digits, step }), "{text}");
        }
        for text in [
            "",
            "1:80",
            "5 to 9",
            "120 / 80",
            "negative",
            "1e99",
            "1e-2147483648",
            "1e2147483647",
            "1.2.3",
            ".5",
            "٣",
            "NaN",
            "inf",
            "1e",
            "--1",
            "9".repeat(40).as_str(),
        ] {
            assert_eq!(Written::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_rounded_to_its_digits_and_never_above_the_ones() {
        for (text, digits, expected) in [
            ("5.5507", 3, "5.55"),
            ("0.27754", 2, "0.28"),
            ("9.96", 2, "10"),
            ("0.0996", 2, "0.10"),
            ("162.14", 1, "162"),
            ("218.26", 2, "218"),
            ("99.6", 2, "100"),
            ("2.5", 1, "3"),
            ("-2.5", 1, "-3"),
            ("-0.004", 1, "-0.004"),
            ("1/3", 4, "0.3333"),
            ("0", 1, "0"),
            ("0", 3, "0.00"),
            ("7", 3, "7.00"),
        ] {
            assert_eq!(rounded(text, digits), expected, "{text} to {digits}");
        }
    }

    #[test]
    fn decimals_have_a_least_and_a_most_and_what_is_cut_off_a_direction() {
        for (text, cut, expected) in [
            ("2.2456", Cut { least: 1, ..Cut::to(1) }, "2.2"),
            ("2.96", Cut { least: 1, ..Cut::to(1) }, "3.0"),
            ("9.96", Cut { least: 1, ..Cut::to(2) }, "10.0"),
            ("7.004", Cut { most: 1, ..Cut::to(3) }, "7.0"),
            ("0.0996", Cut { most: 1, ..Cut::to(2) }, "0.1"),
            ("1.11", Cut { rest: Rest::Raises, ..Cut::to(2) }, "1.2"),
            ("1.19", Cut { rest: Rest::Lowers, ..Cut::to(2) }, "1.1"),
            ("-1.11", Cut { rest: Rest::Raises, ..Cut::to(2) }, "-1.1"),
            ("-1.11", Cut { rest: Rest::Lowers, ..Cut::to(2) }, "-1.2"),
            ("9.91", Cut { rest: Rest::Raises, ..Cut::to(2) }, "10"),
            ("5", Cut { rest: Rest::Raises, ..Cut::to(1) }, "5"),
        ] {
            assert_eq!(Exact::parse(text).unwrap().rounded(cut).unwrap(), expected, "{text} {cut:?}");
        }
        for (step, decimals) in [("10", 0), ("1", 0), ("0.62", 1), ("0.1", 1), ("0.0555", 2)] {
            assert_eq!(Exact::parse(step).unwrap().decimals(), Some(decimals), "{step}");
        }
    }

    #[test]
    fn what_does_not_fit_is_nothing() {
        let large = Exact { above: i128::MAX, below: 1 };
        assert_eq!((large.times(large), large.plus(large), Exact::ONE.over(Exact::ZERO)), (None, None, None));
        assert!(large > Exact::ONE && large.negative() < Exact::ZERO);
    }

    proptest! {
        #[test]
        fn reading_what_was_rounded_gives_the_number_within_half_a_digit(above in -1_000_000_000_i128..1_000_000_000, below in 1_i128..1_000_000, digits in 1_usize..9) {
            let exact = Exact::of(above, below).unwrap();
            let text = exact.rounded(Cut::to(digits)).unwrap();
            let decimals = text.split_once('.').map_or(0, |(_, tenths)| tenths.len());
            let off = Exact::parse(&text).unwrap().plus(exact.negative()).unwrap();
            let half = Exact::of(1, 2 * 10_i128.pow(u32::try_from(decimals).unwrap())).unwrap();
            // A carry drops one digit that is zero.
            prop_assert!(off.max(off.negative()) <= half.times(Exact::parse("10").unwrap()).unwrap());
            let significant = text.trim_start_matches(['-', '0', '.']).replace('.', "");
            prop_assert!(significant.len() <= digits.max(10));
        }

        #[test]
        fn sums_and_products_can_be_undone(a in -1_000_000_i128..1_000_000, b in 1_i128..10_000, c in 1_i128..1_000_000, d in 1_i128..10_000) {
            let (one, two) = (Exact::of(a, b).unwrap(), Exact::of(c, d).unwrap());
            prop_assert_eq!(one.times(two).unwrap().over(two).unwrap(), one);
            prop_assert_eq!(one.plus(two).unwrap().plus(two.negative()).unwrap(), one);
        }

        #[test]
        fn nothing_that_is_written_fails(text in ".{0,40}") {
            if let Some(written) = Written::parse(&text) {
                let _ = written.number.rounded(Cut::to(written.digits));
            }
        }
    }
}
