//! Observations: results, vital signs, findings of imaging, and what was asked
//! about a person's life.

use chartkey_domain::category::Category;

use super::{
    facts::{link, own},
    json::Json,
    project::{concept_text, number_text, quantity_text, range_text},
    shape::Shape,
};

/// Where a part of a panel stands: a code with its value.
pub(super) const PART: &str = "component";

pub(super) const SHAPES: &[Shape] = &[Shape::new("Observation", &["code"], &["effective[x]", "issued"]).by(&["performer"]).telling(&[
    own("fact.status", "status"),
    own("fact.kind", "category"),
    own("fact.time", "effective[x]"),
    own("fact.issued", "issued"),
    own("fact.performer", "performer"),
    own("fact.missing", "dataAbsentReason"),
    own("fact.interpretation", "interpretation"),
    own("fact.range", "referenceRange"),
    own("fact.body-site", "bodySite"),
    own("fact.method", "method"),
    own("fact.specimen", "specimen"),
    own("fact.device", "device"),
    own("fact.part", PART),
    own("fact.contains", "hasMember"),
    link("fact.derived-from", "derivedFrom"),
    link("fact.order", "basedOn"),
    link("fact.visit", "encounter"),
    link("fact.focus", "focus"),
])];

/// LOINC codes of vital signs (<https://hl7.org/fhir/R4/observation-vitalsigns.html>),
/// for observations that name no category.
const VITALS: [&str; 22] = [
    "29463-7", "3141-9", "39156-5", "59408-5", "2708-6", "72514-3", "8289-1", "9843-4", "77606-2", "59576-9", "8302-2", "8306-3", "8310-5",
    "8331-1", "8462-4", "8480-6", "85354-9", "55284-4", "85353-1", "8867-4", "9279-1", "8478-0",
];

/// LOINC codes of questionnaires and of questions about a person's life: tobacco,
/// work, orientation, pregnancy, and the items and scores of PHQ, GAD, AUDIT-C,
/// DAST, HARK, PRAPARE, HVS and the Morse scale (<https://loinc.org>, by panel).
const SURVEYS: [&str; 72] = [
    "11341-5", "11367-0", "32624-9", "44249-1", "44250-9", "44251-7", "44252-5", "44253-3", "44254-1", "44255-8", "44258-2", "44259-0",
    "44260-8", "44261-6", "54899-0", "55757-9", "55758-7", "56051-6", "56799-0", "59453-1", "59460-6", "59461-4", "63512-8", "63586-2",
    "67875-5", "68517-2", "68518-0", "68519-8", "68520-6", "69722-7", "69737-5", "70274-6", "71802-3", "72109-2", "72166-2", "74013-4",
    "75624-7", "75626-2", "76437-3", "76499-3", "76501-6", "76504-0", "76690-7", "76691-5", "82589-3", "82666-9", "82667-7", "82810-3",
    "86188-0", "86645-9", "88121-9", "88122-7", "88123-5", "88124-3", "89204-2", "89206-7", "93025-5", "93026-3", "93027-1", "93028-9",
    "93029-7", "93030-5", "93031-3", "93033-9", "93034-7", "93035-4", "93038-8", "93039-6", "93040-4", "93041-2", "93042-0", "96777-8",
];

/// Whether a LOINC code is a question about a person's life.
#[must_use]
pub fn is_survey(code: &str) -> bool {
    SURVEYS.contains(&code)
}

/// The category of an observation: what it says itself, else what its code is. A
/// question about a person's life is never a result.
#[must_use]
pub fn category(observation: &Json<'_>) -> Category {
    let said = observation.all("category.coding.code").into_iter().filter_map(Json::str).find_map(|code| match code {
        "vital-signs" => Some(Category::Vitals),
        "laboratory" | "LAB" | "procedure" | "exam" | "therapy" => Some(Category::Results),
        "imaging" | "RAD" => Some(Category::Imaging),
        "social-history" | "survey" | "activity" | "sdoh" | "functional-status" | "disability-status" | "cognitive-status" => {
            Some(Category::Lifestyle)
        }
        "care-experience-preference" | "treatment-intervention-preference" => Some(Category::Plans),
        _ => None,
    });
    let codes: Vec<&str> = observation.all("code.coding.code").into_iter().filter_map(Json::str).collect();
    match said {
        // Some sources call every questionnaire a laboratory result.
        Some(Category::Results) | None if codes.iter().any(|code| is_survey(code)) => Category::Lifestyle,
        None if codes.iter().any(|code| VITALS.contains(code)) => Category::Vitals,
        said => said.unwrap_or(Category::Results),
    }
}

/// What was observed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Value {
    /// As the source wrote it, without the unit where that stands in `unit`.
    pub text: Option<String>,
    /// As a number, where it is one without a comparator.
    pub number: Option<f64>,
    /// The unit as written.
    pub unit: Option<String>,
    /// Its code of UCUM, where there is one.
    pub ucum: Option<String>,
}

/// The units of UCUM, as FHIR names them.
const UCUM: &str = "http://unitsofmeasure.org";

/// Stands for the number of a pair that is not there.
pub(crate) const GAP: &str = "–";

/// Panels of LOINC that are a blood pressure.
const PRESSURES: [&str; 2] = ["85354-9", "55284-4"];
/// Systolic and diastolic pressure, by LOINC and by SNOMED CT.
const SYSTOLIC: [&str; 2] = ["8480-6", "271649006"];
const DIASTOLIC: [&str; 2] = ["8462-4", "271650006"];

/// The value of an observation. The numbers of a blood pressure are found by their codes; two or
/// three other numbers of one unit read "3 / 4 / 5". Other components are told on the detail page.
#[must_use]
pub fn value(observation: &Json<'_>) -> Value {
    let own = single(observation);
    if own.text.is_some() {
        return own;
    }
    let components = observation.get("component").items();
    let is_half = |component: &Json<'_>| is_coded(component, SYSTOLIC) || is_coded(component, DIASTOLIC);
    if is_coded(observation, PRESSURES) || (!components.is_empty() && components.iter().all(is_half)) {
        return pressure(components);
    }
    let parts: Vec<Value> = components.iter().map(single).collect();
    let unit = parts.first().and_then(|part| part.unit.clone());
    let alike = (2..=3).contains(&parts.len()) && parts.iter().all(|part| part.number.is_some() && part.unit == unit);
    if alike {
        let numbers: Vec<String> = parts.into_iter().filter_map(|part| part.text).collect();
        return Value { text: Some(numbers.join(" / ")), number: None, unit, ucum: None };
    }
    if parts.len() == 1 { parts.into_iter().next().unwrap_or_default() } else { Value::default() }
}

fn is_coded(json: &Json<'_>, codes: [&str; 2]) -> bool {
    json.all("code.coding.code").into_iter().filter_map(Json::str).any(|code| codes.contains(&code))
}

/// A blood pressure: the systolic number first, and a gap for the one that is not there. Where the
/// codes do not say which is which, or there is more than one of a kind, it is words.
fn pressure(components: &[Json<'_>]) -> Value {
    let of = |codes| {
        components.iter().filter(move |part| is_coded(part, codes)).map(single).filter(|part| part.text.is_some()).collect::<Vec<_>>()
    };
    let (systolic, diastolic) = (of(SYSTOLIC), of(DIASTOLIC));
    let (one, other) = match (systolic.as_slice(), diastolic.as_slice()) {
        ([first], [second]) if first.unit == second.unit => (Some(first), Some(second)),
        ([first], []) => (Some(first), None),
        ([], [second]) => (None, Some(second)),
        _ => return Value { text: in_words(components), ..Value::default() },
    };
    let text = [one, other].map(|half| half.and_then(|half| half.text.as_deref()).unwrap_or(GAP)).join(" / ");
    let (unit, ucum) = one.or(other).map(|half| (half.unit.clone(), half.ucum.clone())).unwrap_or_default();
    Value { text: Some(text), number: None, unit, ucum }
}

/// A part of a panel with its value, or why there is none: "Diastolic: 80 mmHg".
pub(super) fn part(component: &Json<'_>) -> Option<String> {
    let Value { text, unit, .. } = single(component);
    let found = text.map(|text| unit.map_or_else(|| text.clone(), |unit| format!("{text} {unit}")));
    let found = found.or_else(|| concept_text(component.get("dataAbsentReason")));
    match (concept_text(component.get("code")), found) {
        (Some(name), Some(found)) => Some(format!("{name}: {found}")),
        (name, found) => name.or(found),
    }
}

/// Up to three components with what each is called.
fn in_words(components: &[Json<'_>]) -> Option<String> {
    let words = components.iter().filter_map(|component| {
        let Value { text: Some(text), unit, .. } = single(component) else { return None };
        Some([concept_text(component.get("code")), Some(text), unit].into_iter().flatten().collect::<Vec<_>>().join(" "))
    });
    let words: Vec<String> = words.collect();
    (1..=3).contains(&words.len()).then(|| words.join(", "))
}

fn single(json: &Json<'_>) -> Value {
    let Some((kind, value)) = json.choice("value") else { return Value::default() };
    match kind {
        "Quantity" => Value {
            text: number_text(value),
            number: value.get("comparator").is_null().then(|| value.get("value").number()).flatten(),
            unit: value.get("unit").str().or_else(|| value.get("code").str()).map(str::to_owned),
            ucum: value.get("code").str().filter(|_| value.get("system").str() == Some(UCUM)).map(str::to_owned),
        },
        "Integer" | "Decimal" => Value { text: value.text().map(str::to_owned), number: value.number(), ..Value::default() },
        "Range" => Value { text: range_text(value), ..Value::default() },
        "Ratio" => {
            let parts = (quantity_text(value.get("numerator")), quantity_text(value.get("denominator")));
            let text = match parts {
                (Some(above), Some(below)) => Some(format!("{above} : {below}")),
                (above, below) => above.or(below),
            };
            Value { text, ..Value::default() }
        }
        "SampledData" => Value::default(),
        _ => {
            let period = [value.get("start"), value.get("end")].into_iter().filter_map(Json::str).collect::<Vec<_>>().join(" – ");
            let text = value.text().map(str::to_owned).or_else(|| concept_text(value)).or_else(|| (!period.is_empty()).then_some(period));
            Value { text, ..Value::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        value(&Json::parse(text).unwrap())
    }

    #[test]
    fn a_value_keeps_the_digits_of_the_source() {
        let value = read(r#"{"valueQuantity":{"value":1.50,"unit":"mg/dL"}}"#);
        assert_eq!(value, Value { text: Some("1.50".into()), number: Some(1.5), unit: Some("mg/dL".into()), ucum: None });
        assert_eq!(read(r#"{"valueQuantity":{"value":5,"comparator":"<"}}"#), Value { text: Some("< 5".into()), ..Value::default() });
        assert_eq!(read(r#"{"valueCodeableConcept":{"text":"Never"}}"#).text.as_deref(), Some("Never"));
        assert_eq!(read(r#"{"valueBoolean":false}"#).text.as_deref(), Some("false"));
        assert_eq!(read(r#"{"dataAbsentReason":{"text":"unknown"}}"#), Value::default());
    }

    #[test]
    fn a_blood_pressure_is_read_by_its_codes() {
        let part = |code: &str, value: &str| format!(r#"{{"code":{{"text":"{code}","coding":[{{"code":"{code}"}}]}},{value}}}"#);
        let number = |code: &str, number: &str| part(code, &format!(r#""valueQuantity":{{"value":{number},"unit":"mmHg"}}"#));
        let absent = |code: &str| part(code, r#""dataAbsentReason":{"text":"unknown"}"#);
        for (parts, expected, unit) in [
            (vec![number("8462-4", "80.0"), number("8480-6", "120")], "120 / 80.0", Some("mmHg")),
            (vec![number("271650006", "80"), number("271649006", "120")], "120 / 80", Some("mmHg")),
            (vec![number("8462-4", "80")], "– / 80", Some("mmHg")),
            (vec![number("8480-6", "120"), number("8478-0", "93")], "120 / –", Some("mmHg")),
            (vec![number("8480-6", "120"), number("8478-0", "93"), number("8462-4", "80")], "120 / 80", Some("mmHg")),
            (vec![number("8480-6", "120"), absent("8462-4")], "120 / –", Some("mmHg")),
            (vec![number("one", "120"), number("two", "80")], "one 120 mmHg, two 80 mmHg", None),
            (vec![number("one", "120")], "one 120 mmHg", None),
            (vec![number("8480-6", "120"), number("8480-6", "130")], "8480-6 120 mmHg, 8480-6 130 mmHg", None),
        ] {
            let value = read(&format!(r#"{{"code":{{"coding":[{{"code":"85354-9"}}]}},"component":[{}]}}"#, parts.join(",")));
            assert_eq!((value.text.as_deref(), value.number, value.unit.as_deref()), (Some(expected), None, unit));
        }
        let pair = [number("271650006", "80"), number("271649006", "120")].join(",");
        assert_eq!(read(&format!(r#"{{"component":[{pair}]}}"#)).text.as_deref(), Some("120 / 80"), "whatever the panel's code is");
        assert_eq!(
            read(&format!(r#"{{"code":{{"coding":[{{"code":"55284-4"}}]}},"component":[{}]}}"#, absent("8480-6"))),
            Value::default()
        );
    }

    #[test]
    fn an_observation_goes_where_its_category_says_else_its_code() {
        for (text, expected) in [
            (r#"{"category":[{"coding":[{"code":"laboratory"}]}]}"#, Category::Results),
            (r#"{"category":[{"coding":[{"code":"vital-signs"}]}]}"#, Category::Vitals),
            (r#"{"category":[{"coding":[{"code":"survey"}]}],"code":{"coding":[{"code":"8867-4"}]}}"#, Category::Lifestyle),
            (r#"{"code":{"coding":[{"code":"8867-4"}]}}"#, Category::Vitals),
            (r#"{"code":{"coding":[{"code":"72166-2"}]}}"#, Category::Lifestyle),
            (r#"{"category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"code":"93038-8"}]}}"#, Category::Lifestyle),
            (r#"{"code":{"text":"x"}}"#, Category::Results),
        ] {
            assert_eq!(category(&Json::parse(text).unwrap()), expected, "{text}");
        }
    }
}
