//! Which codes mean the same measurement, and how its units turn into each other.
//!
//! Pure data, a row a meaning in `meanings.tsv`: the unit it is told in, the others that sources
//! use for it, and its codes of LOINC (<https://loinc.org>). Codes are together only where
//! specimen, time and kind of method are: glucose while fasting, in blood and in serum are three
//! meanings, and so are LDL cholesterol that was measured and that was calculated. Codes that
//! differ in no more than whether they say "by automated count", or say a mass or an amount,
//! are one.
//!
//! Molar masses are sums of the standard atomic weights of IUPAC (abridged, 2021) over the formula in the
//! row. That of haemoglobin is its monomer's, by which laboratories report; triglyceride is
//! counted as triolein, phosphate as phosphorus, urea nitrogen as two of N. Haemoglobin A1c turns
//! by the master equation of NGSP and IFCC (<https://ngsp.org/ifccngsp.asp>):
//! NGSP = 0.09148 × IFCC + 2.152.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    exact::{Cut, Exact, Rest, Written},
    ucum::{self, Line, Unit},
};

/// One measurement, whatever its codes and units are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// What it is, for whoever reads the table.
    pub name: &'static str,
    /// The codes of LOINC that mean it.
    pub codes: Vec<Code>,
    /// The units that it comes in.
    pub units: Vec<Comes>,
}

/// A code of LOINC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// As LOINC writes it.
    pub code: &'static str,
    /// Which number it has.
    pub part: Part,
    /// The one unit that it comes in, where others would mean something else: of 59261-8, which is
    /// IFCC's, "%" is a tenth of mmol/mol and not NGSP's.
    pub only: Option<&'static str>,
}

/// A unit that a meaning comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comes {
    /// Which.
    pub unit: &'static Unit,
    /// How it turns into the first.
    pub line: Line,
    /// More decimals than these are told in it by nobody.
    pub most: usize,
}

/// Which number of a pair a code has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All that there is: one number, or the pair as it is written.
    Whole,
    /// The first of a pair: systolic.
    First,
    /// The second: diastolic.
    Second,
}

/// A number in another unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Turned {
    /// As text: with the comparator and as many digits as were written, or more where fewer would
    /// lose one. A limit is never told tighter than it is.
    pub text: String,
    /// The number itself, not rounded.
    pub number: f64,
    /// Whether it is a number alone, and not a limit.
    pub is_exact: bool,
}

const TABLE: &str = include_str!("meanings.tsv");

static MEANINGS: LazyLock<Vec<Meaning>> = LazyLock::new(|| TABLE.lines().skip(1).filter_map(meaning_row).collect());

static BY_CODE: LazyLock<HashMap<&'static str, (&'static Meaning, Part)>> =
    LazyLock::new(|| all().iter().flat_map(|meaning| meaning.codes.iter().map(move |code| (code.code, (meaning, code.part)))).collect());

/// Every meaning.
#[must_use]
pub fn all() -> &'static [Meaning] {
    &MEANINGS
}

/// What a code of LOINC means, and which part of it.
#[must_use]
pub fn of(code: &str) -> Option<(&'static Meaning, Part)> {
    BY_CODE.get(code).copied()
}

/// Codes that profiles ask for beside the one that says how it was measured, each with that
/// (<https://hl7.org/fhir/R4/observation-vitalsigns.html>): a temperature taken orally, a length
/// lying, saturation by pulse oximetry.
const SPECIFIC: [(&str, &str); 3] = [("8310-5", "8331-1"), ("8302-2", "8306-3"), ("2708-6", "59408-5")];

/// The code of LOINC that a code yields to where a source writes both.
#[must_use]
pub fn more_specific(code: &str) -> Option<&'static str> {
    SPECIFIC.iter().find(|(general, _)| *general == code).map(|(_, specific)| *specific)
}

impl Meaning {
    /// The unit that a source has written so.
    #[must_use]
    pub fn unit(&self, written: &str) -> Option<&'static Unit> {
        self.units.iter().map(|comes| comes.unit).find(|unit| unit.spellings.iter().any(|spelling| spelling == written))
    }

    /// A number as it is written, or several (`120 / 80`), from one unit into another.
    #[must_use]
    pub fn turn(&self, written: &str, from: &Unit, to: &Unit) -> Option<Vec<Turned>> {
        let comes = |unit: &Unit| self.units.iter().find(|known| known.unit.code == unit.code);
        let (from, to) = (comes(from)?, comes(to)?);
        let line = from.line.then(to.line.back()?)?;
        written.split(" / ").map(|text| turned(text, line, to.most)).collect()
    }
}

fn turned(text: &str, line: Line, most: usize) -> Option<Turned> {
    let written = Written::parse(text)?;
    let number = line.of(written.number)?;
    let least = written.step.times(line.factor)?.decimals()?;
    let rest = match written.comparator {
        "" => Rest::Rounds,
        "<" | "<=" | "≤" => Rest::Raises,
        _ => Rest::Lowers,
    };
    let rounded = number.rounded(Cut { least, most, rest, ..Cut::to(written.digits) })?;
    let is_exact = written.comparator.is_empty();
    let text = if is_exact { rounded } else { format!("{} {rounded}", written.comparator) };
    Some(Turned { text, number: number.near(), is_exact })
}

/// What lies between the kinds of units of one meaning.
struct Bridge {
    molar: Option<Exact>,
    valence: Option<Exact>,
}

impl Bridge {
    /// From the base of one kind to that of another.
    fn over(&self, from: &str, to: &str) -> Option<Line> {
        let to_amount = |kind: &str| match kind {
            "amount in volume" => Some(Exact::ONE),
            "mass in volume" => Exact::ONE.over(self.molar?),
            "charge in volume" => Exact::ONE.over(self.valence?),
            _ => None,
        };
        if from == to {
            return Some(Line::SAME);
        }
        Some(Line::times(to_amount(from)?.over(to_amount(to)?)?))
    }
}

fn meaning_row(row: &'static str) -> Option<Meaning> {
    let &[name, first, others, molar, _formula, valence, codes] = row.split('\t').collect::<Vec<_>>().as_slice() else { return None };
    let number = |text: &str| if text.is_empty() { Some(None) } else { Exact::parse(text).map(Some) };
    let bridge = Bridge { molar: number(molar)?, valence: number(valence)? };
    let (first, most) = cut(first)?;
    let first = Comes { unit: ucum::unit(first)?, line: Line::SAME, most };
    let mut units = vec![first];
    for written in others.split_whitespace() {
        units.push(unit_of(written, first.unit, &bridge)?);
    }
    let codes = codes.split_whitespace().map(code_of).collect::<Option<_>>()?;
    Some(Meaning { name, codes, units })
}

/// A code with which number of a pair it has, `code:1`, or with its one unit, `code=unit`.
fn code_of(written: &'static str) -> Option<Code> {
    let (written, only) = written.split_once('=').map_or((written, None), |(code, unit)| (code, Some(unit)));
    let (code, part) = match written.split_once(':') {
        None => (written, Part::Whole),
        Some((code, "1")) => (code, Part::First),
        Some((code, "2")) => (code, Part::Second),
        Some(_) => return None,
    };
    Some(Code { code, part, only })
}

/// A unit and how it turns into the first: by what UCUM says of both and the bridge, or as the row
/// itself says: `unit=factor+offset`.
fn unit_of(written: &'static str, first: &'static Unit, bridge: &Bridge) -> Option<Comes> {
    let (written, line) = written.split_once('=').map_or((written, None), |(unit, line)| (unit, Some(line)));
    let (code, most) = cut(written)?;
    let unit = ucum::unit(code)?;
    let line = match line {
        Some(line) => {
            let (factor, offset) = line.split_once('+')?;
            Line { factor: Exact::parse(factor)?, offset: Exact::parse(offset)? }
        }
        None => unit.line.then(bridge.over(unit.kind, first.kind)?)?.then(first.line.back()?)?,
    };
    Some(Comes { unit, line, most })
}

/// A unit with how many decimals it has at most: `unit~1`.
fn cut(written: &'static str) -> Option<(&'static str, usize)> {
    match written.split_once('~') {
        Some((unit, most)) => Some((unit, most.parse().ok()?)),
        None => Some((written, usize::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_row_is_read_and_no_code_has_two_meanings() {
        assert_eq!(all().len(), TABLE.lines().skip(1).count());
        assert_eq!(BY_CODE.len(), all().iter().map(|meaning| meaning.codes.len()).sum::<usize>());
    }

    #[test]
    fn what_is_written_means_one_unit_of_its_meaning() {
        for meaning in all() {
            for unit in meaning.units.iter().map(|comes| comes.unit) {
                for spelling in &unit.spellings {
                    let units = meaning.units.iter().filter(|other| other.unit.spellings.contains(spelling)).count();
                    assert_eq!(units, 1, "{}: {spelling}", meaning.name);
                }
            }
        }
    }

    #[test]
    fn what_differs_for_a_reader_is_kept_apart() {
        for (one, other) in [
            ("2345-7", "1558-6"),
            ("2345-7", "2339-0"),
            ("18262-6", "13457-7"),
            ("2160-0", "38483-4"),
            ("33914-3", "62238-1"),
            ("3094-0", "3091-6"),
            ("8310-5", "8331-1"),
            ("1988-5", "30522-7"),
        ] {
            assert_ne!(of(one).unwrap().0, of(other).unwrap().0, "{one} {other}");
        }
        assert_eq!(of("5792-7"), None, "glucose in urine");
    }

    #[test]
    fn the_comparator_stays_and_words_are_not_turned() {
        let (glucose, _) = of("2345-7").unwrap();
        let turn = |text: &str| glucose.turn(text, ucum::unit("mg/dL").unwrap(), ucum::unit("mmol/L").unwrap());
        let text = |text: &str| turn(text).map(|turned| turned.into_iter().map(|turned| turned.text).collect::<Vec<_>>().join(" / "));
        assert_eq!(text("130").as_deref(), Some("7.22"));
        assert_eq!(text("< 20").as_deref(), Some("< 1.12"), "1.1102 is below it");
        assert_eq!(text(">=20").as_deref(), Some(">= 1.11"));
        assert!(!turn("< 20").unwrap()[0].is_exact);
        for words in ["1:80", "negative", "1 : 4", "5 mg", ""] {
            assert_eq!(text(words), None, "{words}");
        }
        let (pressure, _) = of("85354-9").unwrap();
        let turned = pressure.turn("120 / 80", ucum::unit("mm[Hg]").unwrap(), ucum::unit("kPa").unwrap()).unwrap();
        assert_eq!(turned.iter().map(|turned| turned.text.as_str()).collect::<Vec<_>>(), ["16.0", "10.7"]);
    }

    #[test]
    fn a_number_of_few_digits_loses_none_of_its_value() {
        for (code, written, from, to, expected) in [
            ("17861-6", "9", "mg/dL", "mmol/L", "2.2"),
            ("718-7", "9", "g/dL", "mmol/L", "5.6"),
            ("29463-7", "8", "[lb_av]", "kg", "3.6"),
            ("2345-7", "90", "mg/dL", "mmol/L", "5.00"),
            ("2345-7", "5.4", "mmol/L", "mg/dL", "97"),
            ("4548-4", "53", "mmol/mol", "%", "7.0"),
            ("4548-4", "53.01", "mmol/mol", "%", "7.0"),
            ("8310-5", "98.6", "[degF]", "Cel", "37.0"),
            ("8310-5", "37", "Cel", "[degF]", "99"),
        ] {
            let turned = of(code).unwrap().0.turn(written, ucum::unit(from).unwrap(), ucum::unit(to).unwrap()).unwrap();
            assert_eq!(turned[0].text, expected, "{code} {written} {from}");
        }
    }

    #[test]
    fn a_code_can_name_its_one_unit() {
        let (a1c, _) = of("59261-8").unwrap();
        let only = |code: &str| a1c.codes.iter().find(|known| known.code == code).unwrap().only;
        assert_eq!((only("59261-8"), only("4548-4")), (Some("mmol/mol"), None));
        for meaning in all() {
            for only in meaning.codes.iter().filter_map(|code| code.only) {
                assert!(meaning.units.iter().any(|comes| comes.unit.code == only), "{}: {only}", meaning.name);
            }
        }
    }

    proptest! {
        /// Whatever is turned and turned back lies within what the rounding between may have cost.
        #[test]
        fn there_and_back_is_the_same_within_the_digits(figures in 100_u32..100_000, decimals in 0_usize..4) {
            let number = Exact::parse(&format!("{figures}e-{decimals}")).unwrap();
            let digits = figures.to_string().len();
            let text = number.rounded(Cut::to(digits)).unwrap();
            let step = Written::parse(&text).unwrap().step.near();
            for meaning in all() {
                for Comes { unit: from, .. } in &meaning.units {
                    for Comes { unit: to, most, .. } in &meaning.units {
                        let Some(there) = meaning.turn(&text, from, to) else { continue };
                        let back = meaning.turn(&there[0].text, to, from).unwrap();
                        let slope = meaning.turn("1", to, from).unwrap()[0].number - meaning.turn("0", to, from).unwrap()[0].number;
                        let last = there[0].text.split_once('.').map_or(1.0, |(_, tenths)| 0.1_f64.powi(i32::try_from(tenths.len()).unwrap()));
                        let off = (back[0].number - number.near()).abs();
                        prop_assert!(off <= slope.abs() * last * 0.500_001 + 1e-9 * number.near(), "{} {text} {} {} {}", meaning.name, from.code, there[0].text, to.code);
                        let is_kept = *most < usize::MAX || off <= step * 0.500_001;
                        prop_assert!(is_kept, "{} {text} {} {} {}", meaning.name, from.code, there[0].text, to.code);
                    }
                }
            }
        }

        #[test]
        fn more_stays_more(one in 0_u32..1_000_000, other in 0_u32..1_000_000) {
            for meaning in all() {
                for Comes { unit: from, .. } in &meaning.units {
                    for Comes { unit: to, .. } in &meaning.units {
                        let [small, large] = [one.min(other), one.max(other)]
                            .map(|number| meaning.turn(&number.to_string(), from, to).unwrap().remove(0));
                        prop_assert!(small.number <= large.number);
                        if one != other {
                            prop_assert!(small.number < large.number);
                        }
                    }
                }
            }
        }
    }
}
