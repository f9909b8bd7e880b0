//! What belongs into one trend. A row has the series of its one code and one unit; which series
//! have one meaning is a table, so no row is read again when the table grows.

use std::{collections::HashMap, sync::LazyLock};

use chartkey_domain::meanings::{self, Meaning, Part};

use crate::fhir::project::series;

const LOINC: &str = "http://loinc.org|";

/// Every series that the table of meanings knows, and what it means.
static MEANINGS: LazyLock<HashMap<String, &'static Meaning>> =
    LazyLock::new(|| meanings::all().iter().flat_map(|meaning| written(meaning).map(move |series| (series, meaning))).collect());

/// Every series that a source can have written for a meaning: each code with each spelling of each
/// unit, and without a unit, as words are.
fn written(meaning: &'static Meaning) -> impl Iterator<Item = String> {
    meaning.codes.iter().flat_map(|(code, _)| {
        let spellings = meaning.units.iter().flat_map(|(unit, _)| &unit.spellings).map(|spelling| Some(spelling.as_str()));
        spellings.chain([None]).map(move |unit| series(&format!("{LOINC}{code}"), unit))
    })
}

/// What a series means, where the table says.
pub(crate) fn meaning(series: &str) -> Option<&'static Meaning> {
    MEANINGS.get(series).copied()
}

/// The series of the same meaning, with this one.
pub(crate) fn together(series: &str) -> Vec<String> {
    meaning(series).map_or_else(|| vec![series.to_owned()], |meaning| written(meaning).collect())
}

/// Which number of a pair these codes have.
pub(crate) fn part(codes: &[String]) -> Part {
    let code = codes.iter().find_map(|code| code.strip_prefix(LOINC));
    code.and_then(meanings::of).map_or(Part::Whole, |(_, part)| part)
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
        assert_eq!(together("anything"), ["anything"]);
    }

    #[test]
    fn a_trend_asks_for_no_more_series_than_an_index_answers_at_once() {
        let most = meanings::all().iter().map(|meaning| written(meaning).count()).max().unwrap();
        assert!(most <= 220, "{most}");
    }
}
