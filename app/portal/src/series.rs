//! What belongs into one trend. A row has the series of its one code and one unit; which series
//! have one meaning is a table, so no row is read again when the table grows.

use std::{collections::HashMap, sync::LazyLock};

use chartkey_domain::{
    meanings::{self, Meaning, Part},
    ucum::Unit,
};

use crate::fhir::project::series;

const LOINC: &str = "http://loinc.org|";

/// What a series is, where the table says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    /// What was measured.
    pub meaning: &'static Meaning,
    /// Which number of a pair.
    pub part: Part,
    /// In which unit. Of what has none, INR, no unit is the same as "1".
    pub unit: Option<&'static Unit>,
}

/// Every series that the table of meanings knows.
static MEANINGS: LazyLock<HashMap<String, Means>> = LazyLock::new(|| meanings::all().iter().flat_map(written).collect());

/// Every series that a source can have written for a meaning: each code with each spelling of each
/// unit, and without a unit, as words are.
fn written(meaning: &'static Meaning) -> impl Iterator<Item = (String, Means)> {
    meaning.codes.iter().flat_map(move |code| {
        let units = meaning.units.iter().map(|comes| comes.unit).filter(|unit| code.only.is_none_or(|only| only == unit.code));
        let spellings = units.flat_map(|unit| unit.spellings.iter().map(move |spelling| (Some(spelling.as_str()), Some(unit))));
        let none = meaning.units.first().map(|comes| comes.unit).filter(|unit| unit.kind == "ratio");
        spellings
            .chain([(None, none)])
            .map(move |(written, unit)| (series(&format!("{LOINC}{}", code.code), written), Means { meaning, part: code.part, unit }))
    })
}

/// What a series means, where the table says.
pub(crate) fn means(series: &str) -> Option<Means> {
    MEANINGS.get(series).copied()
}

/// The series of the same meaning, with this one.
pub(crate) fn together(series: &str) -> Vec<String> {
    means(series).map_or_else(|| vec![series.to_owned()], |means| written(means.meaning).map(|(series, _)| series).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_units_of_one_meaning_are_together_and_others_are_not() {
        let of = |code: &str, unit: &str| series(&format!("{LOINC}{code}"), Some(unit));
        let glucose = together(&of("2345-7", "mg/dL"));
        assert!(glucose.contains(&of("14749-6", "mmol/l")) && glucose.contains(&of("2345-7", "mg/dL")));
        assert!(glucose.contains(&series(&format!("{LOINC}2345-7"), None)));
        for (code, unit) in [("1558-6", "mg/dL"), ("2339-0", "mg/dL"), ("2345-7", "%"), ("5792-7", "mg/dL")] {
            assert!(!glucose.contains(&of(code, unit)), "{code} {unit}");
        }
        let a1c = together(&of("4548-4", "%"));
        assert!(a1c.contains(&of("59261-8", "mmol/mol")) && !a1c.contains(&of("59261-8", "%")), "IFCC's percent is another");
        assert_eq!(together("anything"), ["anything"]);
    }

    #[test]
    fn what_has_no_unit_is_the_same_without_one() {
        let unit = |code: &str, unit: Option<&str>| means(&series(&format!("{LOINC}{code}"), unit)).unwrap().unit.map(|unit| unit.code);
        assert_eq!((unit("6301-6", None), unit("6301-6", Some("{INR}"))), (Some("{INR}"), Some("{INR}")));
        assert_eq!(unit("1988-5", None), None);
    }

    #[test]
    fn a_trend_asks_for_no_more_series_than_an_index_answers_at_once() {
        let most = meanings::all().iter().map(|meaning| written(meaning).count()).max().unwrap();
        assert!(most <= 220, "{most}");
    }
}
