//! The units that laboratories and people use, as UCUM has them (<https://ucum.org/ucum>, version
//! 2.2), and what sources write for them.
//!
//! Pure data, a row a unit in `ucum.tsv`: a unit times its factor, and its offset, is the first
//! unit of its kind. Only what can mean one thing stands there.

use std::{collections::HashMap, sync::LazyLock};

use crate::exact::Exact;

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// As UCUM writes it.
    pub code: &'static str,
    /// What it measures: only units of one kind turn into each other without a molar mass.
    pub kind: &'static str,
    /// How it turns into the unit that its kind is counted in.
    pub line: Line,
    /// How sources write it, the code first.
    pub spellings: Vec<String>,
}

/// A number turned into another: times a factor, and something more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Times this, never zero.
    pub factor: Exact,
    /// And this more.
    pub offset: Exact,
}

const TABLE: &str = include_str!("ucum.tsv");

static UNITS: LazyLock<HashMap<&'static str, Unit>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(unit_row).map(|unit| (unit.code, unit)).collect());

impl Line {
    /// The same number.
    pub const SAME: Self = Self { factor: Exact::ONE, offset: Exact::ZERO };

    /// Times a factor alone.
    #[must_use]
    pub const fn times(factor: Exact) -> Self {
        Self { factor, offset: Exact::ZERO }
    }

    /// The number on this line.
    #[must_use]
    pub fn of(self, number: Exact) -> Option<Exact> {
        number.times(self.factor)?.plus(self.offset)
    }

    /// First this line, then another.
    #[must_use]
    pub fn then(self, next: Self) -> Option<Self> {
        Some(Self { factor: self.factor.times(next.factor)?, offset: next.of(self.offset)? })
    }

    /// The way back.
    #[must_use]
    pub fn back(self) -> Option<Self> {
        let factor = Exact::ONE.over(self.factor)?;
        Some(Self { factor, offset: self.offset.times(factor)?.negative() })
    }
}

/// A unit by its code.
#[must_use]
pub fn unit(code: &str) -> Option<&'static Unit> {
    let units: &'static HashMap<&str, Unit> = &UNITS;
    units.get(code)
}

fn unit_row(row: &'static str) -> Option<Unit> {
    let &[code, kind, factor, offset, others] = row.split('\t').collect::<Vec<_>>().as_slice() else { return None };
    let line = Line { factor: Exact::parse(factor)?, offset: Exact::parse(offset)? };
    let mut spellings = Vec::new();
    for written in std::iter::once(code).chain(others.split('|').filter(|other| !other.is_empty())) {
        for litre in [written.to_owned(), written.replace('L', "l")] {
            for micro in ["u", "\u{b5}", "\u{3bc}"] {
                let spelling = micros(&litre, micro);
                if !spellings.contains(&spelling) {
                    spellings.push(spelling);
                }
            }
        }
    }
    Some(Unit { code, kind, line, spellings })
}

/// With another sign for "micro", which is a `u` before a unit and no `u` of a word.
fn micros(written: &str, micro: &str) -> String {
    ["ug", "uL", "ul", "umol", "ukat", "um3", "u[IU]", "u[iU]", "uIU", "uU"].into_iter().fold(written.to_owned(), |text, unit| {
        match text.find(unit) {
            Some(at) if !text.get(..at).unwrap_or_default().ends_with(|letter: char| letter.is_ascii_lowercase()) => {
                text.replacen(unit, &format!("{micro}{}", unit.trim_start_matches('u')), 1)
            }
            _ => text,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_row_is_read_and_no_code_stands_twice() {
        assert_eq!(UNITS.len(), TABLE.lines().skip(1).count());
    }

    #[test]
    fn what_is_written_means_one_unit_of_its_kind() {
        let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for unit in UNITS.values() {
            for spelling in &unit.spellings {
                let other = seen.insert((unit.kind, spelling), unit.code);
                assert_eq!(other, None, "{spelling} is {} too", unit.code);
            }
        }
    }

    #[test]
    fn every_kind_is_counted_in_one_of_its_units() {
        for unit in UNITS.values() {
            assert!(
                UNITS.values().any(|other| other.kind == unit.kind && other.line == Line::SAME)
                    || unit.kind.ends_with("in volume")
                    || unit.kind == "fraction",
                "{}",
                unit.code
            );
        }
    }

    #[test]
    fn there_and_back_is_the_same() {
        let number = Exact::parse("98.6").unwrap();
        for unit in UNITS.values() {
            assert_eq!(unit.line.back().unwrap().of(unit.line.of(number).unwrap()), Some(number), "{}", unit.code);
            assert_eq!(unit.line.then(unit.line.back().unwrap()), Some(Line::SAME), "{}", unit.code);
        }
    }

    #[test]
    fn variants_are_written_out() {
        let of = |code: &str, written: &str| unit(code).unwrap().spellings.iter().any(|spelling| spelling == written);
        assert!(of("mg/dL", "mg/dl") && of("umol/L", "µmol/L") && of("umol/L", "μmol/l") && of("10*3/uL", "K/ul") && of("10*3/uL", "K/µL"));
        assert!(!of("mg/dL", "µg/dL") && !of("[lb_av]", "poµnds"));
    }
}
