//! Plain names: what the codes that people meet most are called, and what each is for, in words
//! of our own, in English and in Spanish.
//!
//! Pure data, a row a code in `names/*.tsv`, for whoever shows or searches a record. Nothing is
//! decided by it: categories and labels have tables of their own, and what the source wrote stands
//! beside each name.

use std::{collections::HashMap, sync::LazyLock};

/// What a code is called and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plain {
    /// In English, spelt as in Britain.
    pub english: Words,
    /// In Spanish.
    pub spanish: Words,
    /// The published page or table that the words can be held against, or [`OURS`].
    pub source: &'static str,
    /// The day the words were written, as `YYYY-MM-DD`.
    pub date: &'static str,
    /// The clinician who has read them; `None`: nobody yet.
    pub reviewed_by: Option<&'static str>,
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The plain name, with the medical word in brackets where people meet it.
    pub name: &'static str,
    /// One sentence: what a test or a treatment is for, or what a problem is. Never a cause, an
    /// outlook or advice.
    pub is_for: &'static str,
}

/// A unit, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// In English.
    pub english: &'static str,
    /// In Spanish.
    pub spanish: &'static str,
}

/// The source of a row whose words rest on no published page.
pub const OURS: &str = "own wording";

const TABLES: [&str; 4] = [
    include_str!("names/loinc.tsv"),
    include_str!("names/conditions.tsv"),
    include_str!("names/procedures.tsv"),
    include_str!("names/vaccines.tsv"),
];

const UNITS: &str = include_str!("names/units.tsv");

/// What the tables call a code system, and what records call it
/// (<https://terminology.hl7.org/external_terminologies.html>). A code of the ICD-10 that both the
/// World Health Organization and the United States have means the same in both, as far as it is in
/// the tables.
const SYSTEMS: [(&str, &str); 12] = [
    ("loinc", "http://loinc.org"),
    ("loinc", "urn:oid:2.16.840.1.113883.6.1"),
    ("sct", "http://snomed.info/sct"),
    ("sct", "urn:oid:2.16.840.1.113883.6.96"),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("rxnorm", "urn:oid:2.16.840.1.113883.6.88"),
    ("icd10", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("icd10", "http://hl7.org/fhir/sid/icd-10"),
    ("icd10", "urn:oid:2.16.840.1.113883.6.90"),
    ("icd10", "urn:oid:2.16.840.1.113883.6.3"),
    ("cvx", "http://hl7.org/fhir/sid/cvx"),
    ("cvx", "urn:oid:2.16.840.1.113883.12.292"),
];

static NAMES: LazyLock<HashMap<(&'static str, &'static str), Plain>> =
    LazyLock::new(|| TABLES.into_iter().flat_map(rows).filter_map(name).collect());

static UNITS_BY_CODE: LazyLock<HashMap<&'static str, Unit>> = LazyLock::new(|| rows(UNITS).filter_map(unit_row).collect());

/// The plain name of a thing, of the first of its codes that has one. Codes are written
/// `system|code`.
#[must_use]
pub fn plain(codes: &[String]) -> Option<Plain> {
    let names: &HashMap<(&str, &str), Plain> = &NAMES;
    codes.iter().find_map(|code| {
        let (system, code) = code.split_once('|')?;
        names.get(&(short(system)?, code)).copied()
    })
}

/// What the tables call a code system, of those that they know.
#[must_use]
pub fn short(system: &str) -> Option<&'static str> {
    SYSTEMS.into_iter().find(|(_, known)| *known == system).map(|(short, _)| short)
}

/// Every code that has a plain name: its system as the tables call it, itself, and the words.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, Plain)> {
    NAMES.iter().map(|((system, code), plain)| (*system, *code, *plain))
}

/// The words of a unit, as a record writes it: a code of UCUM or what stands in its place.
#[must_use]
pub fn unit(written: &str) -> Option<&'static Unit> {
    UNITS_BY_CODE.get(written)
}

/// The rows of a table without its head.
fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().skip(1)
}

fn name(row: &'static str) -> Option<((&'static str, &'static str), Plain)> {
    let cells: Vec<&str> = row.split('\t').collect();
    let &[system, code, name_en, for_en, name_es, for_es, source, date, reviewed_by] = cells.as_slice() else { return None };
    let plain = Plain {
        english: Words { name: name_en, is_for: for_en },
        spanish: Words { name: name_es, is_for: for_es },
        source,
        date,
        reviewed_by: Some(reviewed_by).filter(|name| !name.is_empty()),
    };
    Some(((system, code), plain))
}

fn unit_row(row: &'static str) -> Option<(&'static str, Unit)> {
    let cells: Vec<&str> = row.split('\t').collect();
    let &[code, english, spanish] = cells.as_slice() else { return None };
    Some((code, Unit { english, spanish }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of a cause, an outlook or advice, and "normal", which judges where "usual" tells.
    const FORBIDDEN: [&str; 38] = [
        "normal",
        "normally",
        "abnormal",
        "should",
        "must",
        "you",
        "your",
        "cause",
        "causes",
        "caused",
        "causing",
        "because",
        "due",
        "cure",
        "cures",
        "cured",
        "fatal",
        "deadly",
        "avoid",
        "avoiding",
        "survive",
        "prognosis",
        "worse",
        "recover",
        "normales",
        "normalmente",
        "anormal",
        "debe",
        "deben",
        "usted",
        "causa",
        "causas",
        "causado",
        "causada",
        "debido",
        "curar",
        "evitar",
        "porque",
    ];

    fn words(text: &str) -> impl Iterator<Item = String> {
        text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
    }

    fn every() -> impl Iterator<Item = (&'static str, [Words; 2])> {
        NAMES.iter().map(|((_, code), plain)| (*code, [plain.english, plain.spanish]))
    }

    #[test]
    fn every_row_is_read_and_no_code_stands_twice() {
        let lines: usize = TABLES.into_iter().map(|table| rows(table).count()).sum();
        assert_eq!(NAMES.len(), lines, "a row has other than nine cells, or a code stands twice");
        assert_eq!(UNITS_BY_CODE.len(), rows(UNITS).count());
    }

    #[test]
    fn the_tables_are_as_large_as_was_promised() {
        let [loinc, conditions, procedures, vaccines] = TABLES.map(|table| rows(table).count());
        assert!(loinc >= 300 && conditions >= 200 && procedures >= 100 && vaccines >= 100, "{loinc} {conditions} {procedures} {vaccines}");
    }

    #[test]
    fn every_row_is_complete_in_both_languages() {
        for ((system, code), plain) in NAMES.iter() {
            assert!(SYSTEMS.iter().any(|(known, _)| known == system), "{system} {code}");
            for Words { name, is_for } in [plain.english, plain.spanish] {
                assert!(!name.is_empty() && name.trim() == name && name.chars().count() <= 70, "{code}: {name}");
                assert!(is_for.ends_with('.') && is_for.matches(". ").count() == 0, "{code}: not one sentence: {is_for}");
            }
            assert!(!plain.source.is_empty() && plain.date.len() == "2026-11-26".len(), "{code}");
        }
        assert!(UNITS_BY_CODE.values().all(|unit| !unit.english.is_empty() && !unit.spanish.is_empty()));
    }

    #[test]
    fn no_row_tells_a_cause_an_outlook_or_advice() {
        for (code, languages) in every() {
            for text in languages.iter().flat_map(|words| [words.name, words.is_for]) {
                let found = words(text).find(|word| FORBIDDEN.contains(&word.as_str()));
                assert_eq!(found, None, "{code}: {text}");
            }
        }
    }

    #[test]
    fn a_sentence_is_as_short_as_a_child_reads() {
        for (code, languages) in every() {
            for Words { is_for, .. } in languages {
                let count = words(is_for).count();
                assert!(count <= 20, "{code}: {count} words: {is_for}");
            }
        }
    }

    #[test]
    fn a_code_is_found_by_every_name_of_its_system_and_only_there() {
        let of = |code: &str| plain(&[code.to_owned()]).map(|plain| plain.english.name);
        assert_eq!(of("http://loinc.org|4548-4"), Some("Long-term blood sugar (HbA1c)"));
        assert_eq!(of("urn:oid:2.16.840.1.113883.6.1|4548-4"), of("http://loinc.org|4548-4"));
        assert_eq!(of("http://hl7.org/fhir/sid/cvx|03"), Some("Measles, mumps and rubella vaccine (MMR)"));
        assert_eq!(of("http://example.org|4548-4"), None);
        assert_eq!(of("4548-4"), None);
    }

    #[test]
    fn the_first_code_with_a_name_gives_it() {
        let codes = ["http://example.org|x", "http://snomed.info/sct|195967001", "http://loinc.org|4548-4"].map(str::to_owned);
        assert_eq!(plain(&codes).map(|plain| plain.spanish.name), Some("Asma"));
    }

    #[test]
    fn a_unit_is_said_in_words() {
        assert_eq!(unit("mmol/L"), Some(&Unit { english: "millimoles per litre", spanish: "milimoles por litro" }));
        assert_eq!(unit("furlong"), None);
    }
}
