//! The parts of a resource: what of it belongs to another category than the thing itself, and which.
//!
//! A part is told apart where its place or its codes say what it is. Where they do not, it may be anything
//! that can stand there, and a reader has to be allowed all of that.

use std::collections::{HashMap, HashSet};

use chartkey_domain::{
    category::{Categories, Category},
    label::Labels,
    names,
    when::Interval,
};
use time::{Duration, OffsetDateTime};

use super::{
    facts::{Part, each},
    json::Json,
    labels,
    project::{Projection, project, reference_of},
    when,
};

/// What decides who sees a part, as far as its own words and codes say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// Where it belongs; of several, a reader has to be allowed each. None: the patient's only.
    pub categories: Categories,
    /// Labels of its own.
    pub labels: Labels,
    /// Its own time, on the clock of its source; `None`: that of its item.
    pub when: Option<Interval>,
}

impl Of {
    /// What stands in a part and is one itself. What is nobody else's stays so.
    pub(super) fn with(self, inner: Self) -> Self {
        let is_kept = self.categories.is_empty() || inner.categories.is_empty();
        let categories = if is_kept { Categories::NONE } else { self.categories.iter().chain(inner.categories.iter()).collect() };
        Self { categories, labels: self.labels.union(inner.labels), when: inner.when.or(self.when) }
    }
}

/// Labels of a resource that are of no part that can be told apart, so every part has them, and all labels of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// Those of its type, its kind, its place, its narrative, its notes.
    pub shared: Labels,
    /// Those of everything in it.
    pub all: Labels,
}

/// What a line of a bill may be for, where nothing says it.
pub(super) const CHARGED: [Category; 8] = [
    Category::Problems,
    Category::Medicines,
    Category::Vaccines,
    Category::Results,
    Category::Procedures,
    Category::Visits,
    Category::Imaging,
    Category::Devices,
];

/// What the codes of a system name, whatever they stand in. SNOMED CT and CPT name things of every kind.
fn kind(system: &str) -> Option<Category> {
    Some(match names::short(system).unwrap_or(system) {
        "rxnorm"
        | "http://hl7.org/fhir/sid/ndc"
        | "http://www.whocc.no/atc"
        | "urn:oid:2.16.840.1.113883.6.69"
        | "urn:oid:2.16.840.1.113883.6.73" => Category::Medicines,
        "cvx" => Category::Vaccines,
        "loinc" => Category::Results,
        "icd10" | "http://hl7.org/fhir/sid/icd-9-cm" | "urn:oid:2.16.840.1.113883.6.103" => Category::Problems,
        "http://www.cms.gov/Medicare/Coding/ICD10" | "http://hl7.org/fhir/sid/icd-10-pcs" | "urn:oid:2.16.840.1.113883.6.4" => {
            Category::Procedures
        }
        _ => return None,
    })
}

fn kinds(value: &Json<'_>) -> impl Iterator<Item = Category> {
    value.all("coding.system").into_iter().chain(value.all("system")).filter_map(Json::str).filter_map(kind)
}

/// A part that stands where things of these categories do.
pub(super) fn placed(value: &Json<'_>, categories: &[Category]) -> Of {
    Of { categories: categories.iter().copied().chain(kinds(value)).collect(), labels: labels::of(value), when: None }
}

/// A line of a bill: what its code names, else all that it may be for. That it is for a procedure or a diagnosis of the same bill says
/// only that it tells of one: what is charged with a procedure may be a medicine.
pub(super) fn line(line: &Json<'_>, value: &Json<'_>) -> Of {
    let names = |sequence: &str| !line.get(sequence).items().is_empty();
    let mut categories: Categories = kinds(value).collect();
    if categories.is_empty() {
        categories = CHARGED.into_iter().collect();
    } else if categories.contains(Category::Results) {
        // LOINC names surveys, vital signs and documents as well.
        categories = [Category::Vitals, Category::Lifestyle, Category::Documents].into_iter().fold(categories, Categories::with);
    }
    if names("procedureSequence") {
        categories = categories.with(Category::Procedures);
    }
    if names("diagnosisSequence") {
        categories = categories.with(Category::Problems);
    }
    Of { categories, labels: labels::of(value), when: when::of(line.choice("serviced").map_or(&Json::Null, |(_, when)| when)).map(local) }
}

/// What stands in a resource itself, each read once however often it is named.
pub(super) struct Inside<'s, 'a> {
    by_id: HashMap<&'s str, &'s Json<'a>>,
    read: HashMap<&'s str, Option<Inner>>,
}

/// An item that stands in another.
#[derive(Clone)]
struct Inner {
    title: String,
    found: Option<String>,
    of: Of,
}

impl<'s, 'a> Inside<'s, 'a> {
    pub(super) fn new(resource: &'s Json<'a>) -> Self {
        let mut by_id = HashMap::new();
        for inner in resource.get("contained").items() {
            if let Some(id) = inner.get("id").str() {
                by_id.entry(id).or_insert(inner);
            }
        }
        Self { by_id, read: HashMap::new() }
    }

    /// What a reference such as `#1` names, where that is an item: its words, and whose part it is.
    pub(super) fn part(&mut self, value: &Json<'_>) -> Option<(String, Of)> {
        let display = reference_of(value)?.display;
        let (id, inner) = self.named(value)?;
        let Inner { title, found, of } = self.read.entry(id).or_insert_with(|| Inner::read(inner)).clone()?;
        let of = Of { labels: of.labels.union(labels::of(value)), ..of };
        let words = display.unwrap_or(title);
        Some((found.map_or_else(|| words.clone(), |found| format!("{words}: {found}")), of))
    }

    fn named(&self, value: &Json<'_>) -> Option<(&'s str, &'s Json<'a>)> {
        let id = value.get("reference").str()?.strip_prefix('#')?;
        self.by_id.get_key_value(id).map(|(id, inner)| (*id, *inner))
    }
}

impl Inner {
    /// `None` of people and places.
    fn read(inner: &Json<'_>) -> Option<Self> {
        let Projection { category, labels, when, title, value, is_negation, .. } = project(inner);
        // That there is none, a reader from whom one is kept may not read.
        let categories = if is_negation { Categories::NONE } else { Categories::NONE.with(category?) };
        let found = value.text.map(|text| value.unit.map_or_else(|| text.clone(), |unit| format!("{text} {unit}")));
        Some(Self { title, found, of: Of { categories, labels, when: when.map(local) } })
    }
}

/// The codes of LOINC that sections of documents have in the International Patient Summary
/// (<https://hl7.org/fhir/uv/ips/STU1.1/StructureDefinition-Composition-uv-ips.html>) and in C-CDA
/// (<https://hl7.org/fhir/us/ccda/>), and what stands in each.
pub(super) const SECTIONS: &[(&str, &[Category])] = &[
    ("11450-4", &[Category::Problems]),
    ("11348-0", &[Category::Problems]),
    ("46241-6", &[Category::Problems]),
    ("11535-2", &[Category::Problems]),
    ("29308-4", &[Category::Problems]),
    ("51848-0", &[Category::Problems]),
    ("29299-5", &[Category::Problems]),
    ("10154-3", &[Category::Problems]),
    ("46239-0", &[Category::Problems]),
    ("47420-5", &[Category::Problems]),
    ("55109-3", &[Category::Problems]),
    ("10160-0", &[Category::Medicines]),
    ("29549-3", &[Category::Medicines]),
    ("10183-2", &[Category::Medicines]),
    ("75311-1", &[Category::Medicines]),
    ("42346-7", &[Category::Medicines]),
    ("48765-2", &[Category::Allergies]),
    ("10155-0", &[Category::Allergies]),
    ("11369-6", &[Category::Vaccines]),
    ("30954-2", &[Category::Results]),
    ("26436-6", &[Category::Results]),
    ("18725-2", &[Category::Results]),
    ("22634-0", &[Category::Results]),
    ("22635-7", &[Category::Results]),
    ("22637-3", &[Category::Problems, Category::Results]),
    ("11493-4", &[Category::Results, Category::Imaging]),
    ("8716-3", &[Category::Vitals]),
    ("47519-4", &[Category::Procedures]),
    ("10167-5", &[Category::Procedures]),
    // An operation: why and with what outcome somebody had it, and what was given and put in.
    ("10219-4", &[Category::Problems]),
    ("10218-6", &[Category::Problems]),
    ("59769-0", &[Category::Problems]),
    ("59768-2", &[Category::Problems, Category::Procedures]),
    ("59776-5", &[Category::Problems, Category::Procedures]),
    ("29554-3", &[Category::Problems, Category::Procedures, Category::Medicines, Category::Devices, Category::Vitals]),
    ("10223-6", &[Category::Procedures]),
    ("59770-8", &[Category::Procedures]),
    ("59773-2", &[Category::Procedures]),
    ("59775-7", &[Category::Problems, Category::Procedures, Category::Visits]),
    ("59774-0", &[Category::Medicines, Category::Procedures]),
    ("10216-0", &[Category::Medicines, Category::Procedures]),
    ("59771-6", &[Category::Procedures, Category::Devices]),
    ("11537-8", &[Category::Procedures, Category::Devices]),
    ("46240-8", &[Category::Visits]),
    ("18748-4", &[Category::Imaging]),
    ("18782-3", &[Category::Imaging]),
    ("19005-8", &[Category::Problems, Category::Imaging]),
    ("18834-2", &[Category::Imaging]),
    ("55111-5", &[Category::Imaging]),
    ("55113-5", &[Category::Imaging]),
    ("55114-3", &[Category::Imaging]),
    ("18785-6", &[Category::Problems, Category::Imaging]),
    ("18776-5", &[Category::Plans]),
    ("61146-7", &[Category::Plans]),
    ("59772-4", &[Category::Plans]),
    ("18783-0", &[Category::Plans]),
    ("69730-0", &[Category::Plans]),
    ("8653-8", &[Category::Plans]),
    ("42344-2", &[Category::Plans]),
    ("42349-1", &[Category::Plans]),
    ("62387-6", &[Category::Plans]),
    ("85847-2", &[Category::Plans]),
    ("29762-2", &[Category::Lifestyle]),
    ("10157-6", &[Category::Lifestyle]),
    ("10162-6", &[Category::Lifestyle]),
    ("82810-3", &[Category::Lifestyle]),
    ("46264-8", &[Category::Devices]),
    ("48768-6", &[Category::Insurance]),
    // What somebody wants in advance is a Consent, which is the patient's only.
    ("42348-3", &[Category::Own]),
];

/// What the section of a document is of. `None`: nothing says it, so it is a document, with all its labels.
pub(super) fn section(section: &Json<'_>) -> Option<Of> {
    let in_loinc =
        section.all("code.coding").into_iter().filter(|coding| coding.get("system").str().and_then(names::short) == Some("loinc"));
    let known = |coding: &Json<'_>| SECTIONS.iter().find(|(code, _)| coding.get("code").str() == Some(code)).map(|(_, of)| *of);
    let of: Vec<Category> = in_loinc.filter_map(known).flatten().copied().collect();
    if of.is_empty() {
        return None;
    }
    Some(Of { categories: asked_of_section(&of), labels: labels::of(section), when: None })
}

/// What a reader has to be allowed for a section of these categories; nothing: it is the patient's only.
pub(super) fn asked_of_section(of: &[Category]) -> Categories {
    // That there is no allergy, a reader from whom one is kept may not read, and words that say so are beyond counting.
    if of.contains(&Category::Own) || of.contains(&Category::Allergies) {
        return Categories::NONE;
    }
    let beside = |category: Category| match category {
        // Visits are told with their diagnoses, plans with what is to be done.
        Category::Visits => &[Category::Problems][..],
        Category::Plans => &CHARGED[..],
        _ => &[],
    };
    of.iter().flat_map(|category| beside(*category)).chain(of).copied().collect()
}

/// The labels beside the parts of a resource.
#[must_use]
pub fn beside(resource: &Json<'_>) -> Beside {
    let place = |value: &Json<'_>| std::ptr::from_ref(value).cast::<()>();
    let mut parts: HashSet<*const ()> = HashSet::new();
    let mut inside = Inside::new(resource);
    each(resource, |fact, _, value| {
        let is_inside = inside.part(value).is_some();
        if let Some((_, inner)) = inside.named(value).filter(|_| is_inside) {
            parts.insert(place(inner));
        }
        if is_inside || matches!(fact.part, Part::Of(_) | Part::Line | Part::Link) {
            parts.insert(place(value));
        }
    });
    parts.extend(resource.get("section").items().iter().filter(|of| section(of).is_some()).map(place));
    Beside { shared: labels::without(resource, &|value: &Json<'_>| parts.contains(&place(value))), all: labels::of(resource) }
}

/// An interval on the clock of its source, as the policy takes those of items.
fn local(interval: Interval) -> Interval {
    let on_clock = |at: OffsetDateTime| at.checked_add(Duration::seconds(at.offset().whole_seconds().into())).unwrap_or(at);
    Interval { first: on_clock(interval.first), last: interval.last.map(on_clock), precision: interval.precision }
}

#[cfg(test)]
mod tests {
    use chartkey_domain::label::Label;
    use time::macros::datetime;

    use super::*;

    fn categories(of: Of) -> Vec<Category> {
        of.categories.iter().collect()
    }

    #[test]
    fn a_line_is_what_its_code_names_or_may_be_anything() {
        let of = |text: &str| {
            let json = Json::parse(text).unwrap();
            line(&json, json.get("productOrService"))
        };
        let cvx = r#""productOrService":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"140"}]}"#;
        let snomed = r#""productOrService":{"coding":[{"system":"http://snomed.info/sct","code":"185345009"}]}"#;
        assert_eq!(categories(of(&format!("{{{cvx}}}"))), [Category::Vaccines]);
        assert_eq!(categories(of(&format!(r#"{{{cvx},"diagnosisSequence":[1]}}"#))), [Category::Problems, Category::Vaccines]);
        for unknown in [
            format!("{{{snomed}}}"),
            format!(r#"{{{snomed},"procedureSequence":[1]}}"#),
            format!(r#"{{{snomed},"diagnosisSequence":[1],"encounter":[{{}}]}}"#),
            "{}".to_owned(),
        ] {
            assert_eq!(categories(of(&unknown)).len(), CHARGED.len(), "{unknown}");
        }
        let served = of(&format!(r#"{{{cvx},"servicedDate":"2020-01-02"}}"#)).when.unwrap();
        assert_eq!(served.first, datetime!(2020-01-02 0:00 UTC));
    }

    #[test]
    fn labels_are_of_the_part_or_of_all_of_them() {
        let json = |text| Json::parse(text).unwrap();
        let mental = Labels::NONE.with(Label::MentalHealth);
        let visit = json(
            r#"{"resourceType":"Encounter","reasonCode":[{"text":"Depression"},{"text":"Broken leg"}],"diagnosis":[{"condition":{"display":"Anxiety"}}]}"#,
        );
        assert_eq!(beside(&visit), Beside { shared: Labels::NONE, all: mental });
        for elsewhere in [
            r#""type":[{"text":"Psychiatry"}]"#,
            r#""text":{"div":"<div>Depression</div>"}"#,
            r#""note":[{"text":"depressed"}]"#,
            r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]}"#,
            r#""diagnosis":[{"use":{"text":"depression"}}]"#,
        ] {
            let text = format!(r#"{{"resourceType":"Encounter","reasonCode":[{{"text":"Broken leg"}}],{elsewhere}}}"#);
            assert_eq!(beside(&Json::parse(&text).unwrap()).shared, mental, "{text}");
        }
    }

    #[test]
    fn a_part_that_stands_in_the_resource_has_the_labels_of_what_it_is() {
        let text = r##"{"resourceType":"DiagnosticReport","contained":[{"resourceType":"Observation","id":"o","code":{"text":"HIV test"},
            "valueQuantity":{"value":1.50,"unit":"U"},"effectiveDateTime":"2020-05-05T23:00:00-05:00"},
            {"resourceType":"Practitioner","id":"p","name":[{"text":"Dr Lee"}]}],"result":[{"reference":"#o"}],"performer":[{"reference":"#p"}]}"##;
        let report = Json::parse(text).unwrap();
        let mut inside = Inside::new(&report);
        let (words, of) = inside.part(&report.get("result").items()[0]).unwrap();
        assert_eq!((words.as_str(), categories(of)), ("HIV test: 1.50 U", vec![Category::Results]));
        assert_eq!(of.labels, Labels::NONE.with(Label::Hiv));
        assert_eq!(of.when.unwrap().first.date(), time::macros::date!(2020 - 05 - 05), "on the clock of its source");
        let called = Json::parse(r##"{"reference":"#o","display":"Depression"}"##).unwrap();
        let (words, called) = inside.part(&called).unwrap();
        assert_eq!((words.as_str(), called.labels), ("Depression: 1.50 U", of.labels.with(Label::MentalHealth)));
        assert!(inside.part(&report.get("performer").items()[0]).is_none());
        assert_eq!(beside(&report), Beside { shared: Labels::NONE, all: of.labels });
    }

    #[test]
    fn a_section_is_what_its_code_says() {
        let of = |text: &str| section(&Json::parse(text).unwrap()).map(categories);
        let coded = |code: &str, more: &str| format!(r#"{{"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}}{more}}}"#);
        assert_eq!(of(&coded("11450-4", "")), Some(vec![Category::Problems]));
        assert_eq!(of(&coded("46240-8", "")), Some(vec![Category::Problems, Category::Visits]));
        for words in ["Peanuts", "NKDA"] {
            assert_eq!(of(&coded("48765-2", &format!(r#","text":{{"div":"<div>{words}</div>"}}"#))), Some(Vec::new()), "{words}");
        }
        assert_eq!(of(&coded("42348-3", "")), Some(Vec::new()));
        for (code, categories) in [
            ("75311-1", vec![Category::Medicines]),
            ("26436-6", vec![Category::Results]),
            ("59768-2", vec![Category::Problems, Category::Procedures]),
            ("59774-0", vec![Category::Medicines, Category::Procedures]),
            ("11537-8", vec![Category::Procedures, Category::Devices]),
            ("18782-3", vec![Category::Imaging]),
            ("19005-8", vec![Category::Problems, Category::Imaging]),
            ("82810-3", vec![Category::Lifestyle]),
            ("10155-0", Vec::new()),
        ] {
            assert_eq!(of(&coded(code, "")), Some(categories), "{code}");
        }
        assert_eq!(of(&coded("10219-4", "").replace("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1")), Some(vec![Category::Problems]));
        assert_eq!(of(&coded("10219-4", "").replace("http://loinc.org", "urn:oid:2.16.840.1.113883.6.96")), None);
        assert_eq!(of(&coded("newborn", "")), None);
        assert_eq!(of(r#"{"title":"Allergies"}"#), None);
    }
}
