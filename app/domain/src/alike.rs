//! Whether two sources tell of the same thing: what was found, when, and with which outcome.
//!
//! Things with equal keys are shown once. Where anything is missing or differs there is no key, or
//! another: a record that shows something twice is a nuisance, one that shows two things as one is
//! wrong. So a day is not the moment that lies in it (of three values of one day, which one would it
//! be?), a number that was turned into another unit and rounded is not the number it was, what
//! goes on is not what is over, and a code is never taken for the one of several that it stands beside.

use time::{OffsetDateTime, Time, UtcOffset};

use crate::{
    category::Category,
    exact::Written,
    meanings::{self, Meaning, Part},
    when::{Interval, Precision},
};

/// What a source tells of one thing.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Where it belongs.
    pub category: Category,
    /// Its FHIR resource type: what was ordered is not yet what was taken.
    pub resource_type: &'a str,
    /// What it is, in words; `None` where the source does not say.
    pub title: Option<&'a str>,
    /// `system|code` of the same.
    pub codes: &'a [String],
    /// When.
    pub when: Option<Interval>,
    /// The value as written.
    pub value: Option<&'a str>,
    /// Its unit as written.
    pub unit: Option<&'a str>,
    /// Its status as coded.
    pub status: Option<&'a str>,
}

const LOINC: &str = "http://loinc.org|";

/// Systems whose codes mean the same wherever they stand
/// (<https://terminology.hl7.org/external_terminologies.html>). A code of another system is its
/// source's own.
const SHARED: [&str; 8] = [
    LOINC,
    "http://snomed.info/sct|",
    "http://www.nlm.nih.gov/research/umls/rxnorm|",
    "http://hl7.org/fhir/sid/cvx|",
    "http://www.whocc.no/atc|",
    "http://hl7.org/fhir/sid/ndc|",
    "http://hl7.org/fhir/sid/icd-10-cm|",
    "http://hl7.org/fhir/sid/icd-10|",
];

/// The parts by which it is compared; nothing where it cannot be.
#[must_use]
pub fn key(told: &Told<'_>) -> Option<Vec<String>> {
    let status = status(told.status.unwrap_or_default())?;
    let when = told.when.filter(|when| is_exact(told.resource_type, *when))?;
    let (text, unit) = (told.value.unwrap_or_default(), told.unit.unwrap_or_default());
    let measured = measured(told.codes, unit);
    let what = match measured {
        Some((meaning, part)) => format!("{} {part:?}", meaning.name),
        None if is_shared(told.codes) => shared(told.codes),
        None => told.title.map(plain).filter(|title| !title.is_empty())?,
    };
    let at = |moment: OffsetDateTime| moment.unix_timestamp_nanos().to_string();
    Some(vec![
        told.category.number().to_string(),
        told.resource_type.to_owned(),
        what,
        (when.precision as i16).to_string(),
        at(when.first),
        when.last.map(at).unwrap_or_default(),
        value(measured, text, unit),
        status.to_owned(),
    ])
}

/// What these codes stand for with a value in this unit, as far as the table says; nothing where one
/// of LOINC's says something else. One that yields to another beside it counts for nothing.
#[must_use]
pub fn measured(codes: &[String], unit: &str) -> Option<(&'static Meaning, Part)> {
    let all: Vec<&str> = codes.iter().filter_map(|code| code.strip_prefix(LOINC)).collect();
    let yields = |code: &str| meanings::more_specific(code).is_some_and(|specific| all.contains(&specific));
    let mut each = all.iter().filter(|code| !yields(code)).map(|code| meant(code, unit));
    let first = each.next()??;
    let is_first = |(meaning, part): (&Meaning, Part)| meaning.name == first.0.name && part == first.1;
    each.all(|other| other.is_some_and(is_first)).then_some(first)
}

/// What one code stands for with a value in this unit.
fn meant(code: &str, unit: &str) -> Option<(&'static Meaning, Part)> {
    let (meaning, part) = meanings::of(code)?;
    let only = meaning.codes.iter().find(|known| known.code == code)?.only;
    only.is_none_or(|only| meaning.unit(unit.trim()).is_some_and(|unit| unit.code == only)).then_some((meaning, part))
}

/// Whether any of these codes means the same wherever it stands.
#[must_use]
pub fn is_shared(codes: &[String]) -> bool {
    codes.iter().any(|code| is_everywhere(code))
}

/// Whether a code, `system|code`, means the same wherever it stands.
#[must_use]
pub fn is_everywhere(code: &str) -> bool {
    SHARED.iter().any(|system| code.starts_with(system))
}

/// All such codes, in one order: an ingredient beside one strength is not that beside another, and
/// one system has words for the side of a body where the next has none.
fn shared(codes: &[String]) -> String {
    let mut all: Vec<&str> = codes.iter().map(String::as_str).filter(|code| is_everywhere(code)).collect();
    all.sort_unstable();
    all.dedup();
    all.join("\n")
}

/// Whether it is known so exactly when it was that it cannot have been twice. Somebody is seen, given
/// something or operated on more than once a day; what goes on is there once, whenever it began.
fn is_exact(resource_type: &str, when: Interval) -> bool {
    match resource_type {
        "Encounter" | "MedicationAdministration" | "Procedure" => when.precision == Precision::Instant && !is_midnight(when.first),
        "AllergyIntolerance" => true,
        "Condition" if when.last.is_none() => true,
        _ => when.precision >= Precision::Day,
    }
}

/// Whether a moment is a day that was written as one, on its own clock or in UTC.
fn is_midnight(moment: OffsetDateTime) -> bool {
    moment.time() == Time::MIDNIGHT || moment.to_offset(UtcOffset::UTC).time() == Time::MIDNIGHT
}

/// A value as it can be compared: numbers exactly and in one unit, everything else by its words.
fn value(loinc: Option<(&'static Meaning, Part)>, text: &str, unit: &str) -> String {
    let written: Option<Vec<Written<'_>>> = text.split(" / ").map(Written::parse).collect();
    let Some(written) = written else { return [plain(text), unit.trim().to_owned()].join(" ") };
    let known = loinc.and_then(|(meaning, _)| {
        let own = meaning.unit(unit.trim())?;
        meaning.units.iter().find(|comes| comes.unit.code == own.code)
    });
    let one = |written: &Written<'_>| {
        let number = known.and_then(|comes| comes.line.of(written.number)).unwrap_or(written.number);
        let comparator = written.comparator.replace('≤', "<=").replace('≥', ">=");
        Some(format!("{comparator}{}", number.fraction()))
    };
    let is_known = known.is_some_and(|comes| written.iter().all(|written| comes.line.of(written.number).is_some()));
    let numbers: Vec<String> = written.iter().filter_map(one).collect();
    if is_known { numbers.join(" ") } else { [numbers.join(" "), unit.trim().to_owned()].join(" of ") }
}

/// Its status, of words that say the same always the same one. What is not known is not compared.
fn status(status: &str) -> Option<&str> {
    match status {
        "unknown" => None,
        "amended" | "corrected" => Some("final"),
        "finished" => Some("completed"),
        status => Some(status),
    }
}

/// Words without what differs by habit: capitals and spaces. A sign is a word: "+" is not "-".
#[must_use]
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::when::Moment;

    const GLUCOSE: &str = "http://loinc.org|2345-7";

    fn result<'a>(codes: &'a [String], when: &str, value: &'a str, unit: &'a str) -> Option<Vec<String>> {
        key(&of(codes, when, value, unit))
    }

    fn of<'a>(codes: &'a [String], when: &str, value: &'a str, unit: &'a str) -> Told<'a> {
        let when = Moment::parse(when).map(|moment| Interval { first: moment.first, last: Some(moment.last), precision: moment.precision });
        let (value, unit) = (Some(value), Some(unit));
        Told {
            category: Category::Results,
            resource_type: "Observation",
            title: Some("Glucose"),
            codes,
            when,
            value,
            unit,
            status: Some("final"),
        }
    }

    fn codes(codes: &[&str]) -> Vec<String> {
        codes.iter().map(|code| (*code).to_owned()).collect()
    }

    #[test]
    fn the_same_is_the_same_however_it_is_written() {
        let glucose = codes(&[GLUCOSE]);
        let one = result(&glucose, "2024-03-01T08:00:00Z", "110", "mg/dL").unwrap();
        for (code, when, value, unit) in [
            (GLUCOSE, "2024-03-01T08:00:00.000Z", "110", "mg/dL"),
            (GLUCOSE, "2024-03-01T03:00:00-05:00", "110.0", "mg/dl"),
            (GLUCOSE, "2024-03-01T08:00:00Z", "1.1", "g/L"),
        ] {
            assert_eq!(result(&codes(&["urn:local|7", code]), when, value, unit).as_ref(), Some(&one), "{when} {value} {unit}");
        }
        let amount = result(&codes(&["http://loinc.org|14749-6"]), "2024-03-01T08:00:00Z", "5", "mmol/L");
        assert_eq!(amount, result(&glucose, "2024-03-01T08:00:00Z", "5", "mmol/l"), "codes of one meaning");
        let words = |value| result(&glucose, "2024-03-01", value, "");
        assert_eq!(words("Not  Detected"), words("not detected"));
        assert_eq!(words("≤ 5"), words("<=5"));
    }

    #[test]
    fn whatever_differs_is_something_else() {
        let glucose = codes(&[GLUCOSE]);
        let one = result(&glucose, "2024-03-01T08:00:00Z", "110", "mg/dL");
        for (code, when, value, unit) in [
            (GLUCOSE, "2024-03-01T08:01:00Z", "110", "mg/dL"),
            (GLUCOSE, "2024-03-01T08:00:00+01:00", "110", "mg/dL"),
            (GLUCOSE, "2024-03-01", "110", "mg/dL"),
            (GLUCOSE, "2024-03-01T08:00:00Z", "111", "mg/dL"),
            (GLUCOSE, "2024-03-01T08:00:00Z", "< 110", "mg/dL"),
            (GLUCOSE, "2024-03-01T08:00:00Z", "110", "mmol/L"),
            (GLUCOSE, "2024-03-01T08:00:00Z", "110", "%"),
            (GLUCOSE, "2024-03-01T08:00:00Z", "6.1", "mmol/L"),
            ("http://loinc.org|1558-6", "2024-03-01T08:00:00Z", "110", "mg/dL"),
            ("http://loinc.org|2339-0", "2024-03-01T08:00:00Z", "110", "mg/dL"),
        ] {
            assert_ne!(result(&codes(&[code]), when, value, unit), one, "{code} {when} {value} {unit}");
        }
        let day = |value| result(&glucose, "2024-03-01", value, "").unwrap();
        assert_ne!(day("+"), day("-"));
        assert_ne!(day("1:80"), day("1:8 0"));
        let told = of(&glucose, "2024-03-01T08:00:00Z", "110", "mg/dL");
        assert_eq!(key(&Told { status: Some("corrected"), ..told }), one, "its value is the same");
        assert_ne!(key(&Told { category: Category::Vitals, ..told }), one);
        assert_ne!(key(&Told { resource_type: "DiagnosticReport", ..told }), one);
    }

    #[test]
    fn without_a_meaning_or_a_time_nothing_is_compared() {
        let glucose = codes(&[GLUCOSE]);
        assert_eq!(result(&glucose, "yesterday", "110", "mg/dL"), None);
        let told = of(&[], "2024-03-01", "110", "mg/dL");
        assert_eq!(key(&Told { title: None, ..told }), None);
        assert_eq!(key(&Told { title: Some("  "), ..told }), None);
        assert_eq!(key(&Told { title: Some("GLUCOSE "), ..told }), key(&told), "words, where no shared code is");
        let own = codes(&["urn:own|7"]);
        assert_eq!(key(&Told { codes: &own, ..told }), key(&told), "the code of a source is its own");
    }

    #[test]
    fn an_ingredient_beside_one_strength_is_not_that_beside_another() {
        let of = |all: &[&str]| {
            let all: Vec<String> = all.iter().map(|code| format!("http://www.nlm.nih.gov/research/umls/rxnorm|{code}")).collect();
            key(&Told {
                category: Category::Medicines,
                resource_type: "MedicationRequest",
                title: Some("Aspirin"),
                ..of(&all, "2024-03-01", "", "")
            })
        };
        let low = of(&["1191", "243670"]);
        assert!(low.is_some());
        assert_eq!(low, of(&["243670", "1191"]));
        assert_ne!(low, of(&["1191", "308416"]), "81 mg and 325 mg");
        assert_ne!(low, of(&["1191"]));
    }

    #[test]
    fn a_code_of_one_system_is_not_left_out_for_that_of_another() {
        let of = |all: &[&str]| key(&Told { category: Category::Problems, ..of(&codes(all), "2024-03-01", "", "") });
        let (wrist, right, left) = (
            "http://snomed.info/sct|263102004",
            "http://hl7.org/fhir/sid/icd-10-cm|S52.501A",
            "http://hl7.org/fhir/sid/icd-10-cm|S52.502A",
        );
        assert_eq!(of(&[wrist, right, "urn:own|1"]), of(&[right, wrist]));
        assert_ne!(of(&[wrist, right]), of(&[wrist, left]), "the other wrist");
    }

    #[test]
    fn a_percentage_of_one_kind_is_not_that_of_another() {
        let of = |all: &[&str], value, unit| {
            let all: Vec<String> = all.iter().map(|code| format!("{LOINC}{code}")).collect();
            result(&all, "2024-03-01T08:00:00Z", value, unit).unwrap()
        };
        assert_ne!(of(&["59261-8"], "5.4", "%"), of(&["4548-4"], "5.4", "%"), "IFCC's percent is no NGSP's");
        assert_eq!(of(&["59261-8"], "36", "mmol/mol"), of(&["4548-4"], "36", "mmol/mol"));
        let oximetry = of(&["59408-5"], "97", "%");
        assert_eq!(of(&["2708-6", "59408-5"], "97", "%"), oximetry, "the code that says more, in whatever order");
        assert_eq!(of(&["59408-5", "2708-6"], "97", "%"), oximetry);
        assert_ne!(of(&["2708-6"], "97", "%"), oximetry, "measured in blood");
        assert_eq!(of(&["29463-7", "3141-9"], "70", "kg"), of(&["29463-7"], "70", "kg"), "of one meaning");
        assert_ne!(of(&["2345-7", "1558-6"], "97", "mg/dL"), of(&["2345-7"], "97", "mg/dL"), "which of the two is it?");
        assert_ne!(of(&["2345-7", "10449-7"], "97", "mg/dL"), of(&["2345-7"], "97", "mg/dL"), "one that the table does not know");
    }

    #[test]
    fn what_can_be_twice_is_compared_by_the_moment() {
        let of = |resource_type, when: &str, goes_on: bool| {
            let told = of(&[], when, "", "");
            let when = told.when.map(|when| Interval { last: when.last.filter(|_| !goes_on), ..when });
            key(&Told { resource_type, when, ..told }).is_some()
        };
        let (year, month, day, moment) = ("2019", "2019-03", "2019-03-01", "2019-03-01T08:00:00Z");
        for resource_type in ["Encounter", "MedicationAdministration", "Procedure"] {
            assert!(
                of(resource_type, moment, false) && !of(resource_type, day, false) && !of(resource_type, year, false),
                "{resource_type}"
            );
            for midnight in ["2019-03-01T00:00:00Z", "2019-03-01T00:00:00-05:00", "2019-03-01T01:00:00+01:00"] {
                assert!(!of(resource_type, midnight, false), "a day that is written as a moment: {midnight}");
            }
        }
        for resource_type in ["DiagnosticReport", "Immunization", "MedicationRequest", "Observation"] {
            assert!(
                of(resource_type, day, false) && !of(resource_type, month, false) && !of(resource_type, year, false),
                "{resource_type}"
            );
        }
        assert!(of("Condition", year, true) && of("AllergyIntolerance", year, false), "what goes on");
        assert!(of("Condition", day, false) && !of("Condition", year, false), "it may have come again");
    }

    #[test]
    fn the_end_and_the_status_count() {
        let diabetes = codes(&["http://snomed.info/sct|44054006"]);
        let open = of(&diabetes, "2018-05-01", "", "");
        let Some(when) = open.when else { panic!() };
        let open = Told { category: Category::Problems, when: Some(Interval { last: None, ..when }), status: Some("active"), ..open };
        assert_ne!(key(&open), key(&Told { when: Some(when), ..open }));
        let of = |status| key(&Told { status: Some(status), ..open });
        for (one, other) in [
            ("active", "on-hold"),
            ("active", "recurrence"),
            ("active", "resolved"),
            ("stopped", "completed"),
            ("remission", "resolved"),
            ("preliminary", "final"),
            ("not-done", "completed"),
            ("cancelled", "not-done"),
        ] {
            assert!(of(one).is_some() && of(one) != of(other), "{one} is not {other}");
        }
        assert_eq!(of("unknown"), None);
        assert_eq!((of("corrected"), of("amended")), (of("final"), of("final")), "the value is the same");
        assert_eq!(of("finished"), of("completed"));
    }
}
