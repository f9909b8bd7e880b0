//! The codes of a thing, and which of them its values are compared by.

use chartkey_domain::meanings;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fhir::{json::Json, observation::Value};

const LOINC: &str = "http://loinc.org|";

/// `system|code` of the codings of a concept, or of one coding.
pub(super) fn codes(json: &Json<'_>) -> Vec<String> {
    let codings = json.get("coding").items().iter().chain(json.is_object().then_some(json));
    codings
        .filter_map(|coding| {
            let code = coding.get("code").text()?;
            Some(format!("{}|{code}", coding.get("system").str().unwrap_or_default()))
        })
        .collect()
}

/// The code by which values are compared: LOINC where there is one, and what says more where a
/// source writes both, in whatever order.
pub(super) fn trend_key(codes: &[String]) -> Option<&str> {
    let key = codes.iter().find(|code| code.starts_with(LOINC)).or_else(|| codes.first()).map(String::as_str)?;
    let specific = key.strip_prefix(LOINC).and_then(meanings::more_specific);
    let written = codes.iter().find(|code| code.strip_prefix(LOINC).is_some_and(|code| Some(code) == specific));
    Some(written.map_or(key, String::as_str))
}

/// The unit by which values are compared: as it is displayed, as long as the table of meanings knows it
/// so; else its code of UCUM, where the table knows that.
pub(super) fn trend_unit<'v>(key: &str, value: &'v Value) -> Option<&'v str> {
    let (shown, coded) = (value.unit.as_deref(), value.ucum.as_deref());
    let known = |unit: &str| key.strip_prefix(LOINC).and_then(meanings::of).is_some_and(|(meaning, _)| meaning.unit(unit).is_some());
    if shown.is_some_and(known) { shown } else { coded.filter(|coded| known(coded)).or(shown) }
}

/// An identifier that addresses can carry without naming what was measured.
#[must_use]
pub fn series(key: &str, unit: Option<&str>) -> String {
    let mut hash = Sha256::new();
    for part in ["chartkey-series-1", key, unit.unwrap_or_default()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hash: [u8; 32] = hash.finalize().into();
    Uuid::new_v8(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default())).to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::read, *};

    #[test]
    fn a_trend_joins_one_code_and_one_unit() {
        let of = |value: &str, unit: &str| {
            read(&format!(
                r#"{{"resourceType":"Observation","code":{{"coding":[{{"system":"http://loinc.org","code":"4548-4"}}]}},"valueQuantity":{{"value":{value},"unit":"{unit}"}}}}"#
            ))
        };
        assert_eq!(of("6.40", "%").value.text.as_deref(), Some("6.40"));
        assert_eq!(of("6.4", "%").series, of("7", "%").series);
        assert_ne!(of("6.4", "%").series, of("6.4", "mmol/mol").series);
        assert_eq!(of("6.4", "%").title_key.as_deref(), Some("http://loinc.org|4548-4"));
    }

    #[test]
    fn a_code_that_says_more_is_compared_by_in_whatever_order() {
        let of = |codes: &[&str]| {
            let codings: Vec<String> = codes.iter().map(|code| format!(r#"{{"system":"http://loinc.org","code":"{code}"}}"#)).collect();
            let code = codings.join(",");
            read(&format!(r#"{{"resourceType":"Observation","code":{{"coding":[{code}]}},"valueQuantity":{{"value":37,"unit":"%"}}}}"#))
                .series
        };
        for (general, specific) in [("2708-6", "59408-5"), ("8310-5", "8331-1"), ("8302-2", "8306-3")] {
            assert_eq!(of(&[general, specific]), of(&[specific]), "{general}");
            assert_eq!(of(&[specific, general]), of(&[specific]), "{general}");
            assert_ne!(of(&[general]), of(&[specific]), "{general}");
        }
    }

    #[test]
    fn a_unit_that_is_displayed_in_words_is_compared_by_its_code() {
        let of = |quantity: &str| {
            let code = r#""code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}]}"#;
            read(&format!(r#"{{"resourceType":"Observation",{code},"valueQuantity":{{"value":5,{quantity}}}}}"#)).series.unwrap()
        };
        let expected = series("http://loinc.org|2345-7", Some("mmol/L"));
        assert_eq!(of(r#""unit":"millimoles per liter","system":"http://unitsofmeasure.org","code":"mmol/L""#), expected);
        assert_eq!(of(r#""unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mg/dL""#), expected, "what is displayed is read");
        let words = series("http://loinc.org|2345-7", Some("millimoles per liter"));
        assert_eq!(of(r#""unit":"millimoles per liter","code":"mmol/L""#), words, "a code of nobody knows what");
        assert_eq!(of(r#""unit":"millimoles per liter","system":"http://unitsofmeasure.org","code":"mol""#), words);
    }

    #[test]
    fn what_is_no_number_belongs_into_a_trend_too() {
        let of = |value: &str| {
            let code = r#""code":{"coding":[{"system":"http://loinc.org","code":"1988-5"}]}"#;
            read(&format!(r#"{{"resourceType":"Observation",{code},{value}}}"#)).series
        };
        let number = of(r#""valueQuantity":{"value":7,"unit":"mg/L"}"#);
        assert!(number.is_some());
        assert_eq!(of(r#""valueQuantity":{"value":0.5,"comparator":"<","unit":"mg/L"}"#), number);
        assert!(of(r#""valueString":"1:80""#).is_some_and(|words| Some(words) != number));
        assert_eq!(of(r#""dataAbsentReason":{"text":"unknown"}"#), None);
    }
}
