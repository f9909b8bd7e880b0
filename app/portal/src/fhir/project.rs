//! One resource as the columns of the record.

use chartkey_domain::{
    category::Category,
    label::Labels,
    waiting::{ResultKind, Told},
    when::Interval,
};
use time::OffsetDateTime;

use super::{
    alike,
    json::Json,
    labels,
    observation::{self, Value},
    report,
    shape::{Shape, shape},
    texts::{self, Texts},
    types::{self, Placement},
    when,
};

mod codes;

pub use codes::series;
use codes::{codes, trend_key, trend_unit};

pub use super::read::{Reference, concept_text, human_name, number_text, quantity_text, range_text, reference_of, references, without_nul};

/// What the columns need of one resource. References are as written; the import
/// resolves them.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// `resourceType`.
    pub resource_type: String,
    /// `id`, where there is one.
    pub fhir_id: Option<String>,
    /// `meta.versionId`.
    pub version_id: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<OffsetDateTime>,
    /// The category of an item; `None` for an attachment.
    pub category: Option<Category>,
    /// Labels of its own codes and words.
    pub labels: Labels,
    /// Which kind of result it is, if it is one.
    pub kind: Option<ResultKind>,
    /// When it happened.
    pub when: Option<Interval>,
    /// What it is, in plain text.
    pub title: String,
    /// The reference that names what it is (a medicine), where its title is no text.
    pub title_from: Option<String>,
    /// `system|code` of the title.
    pub title_key: Option<String>,
    /// `system|code` of every coding of the title; none where only a broader word than the title is coded.
    pub codes: Vec<String>,
    /// Its status: clinical, of its life cycle, or of the entry.
    pub status: Option<String>,
    /// Whether it was entered in error.
    pub is_error: bool,
    /// What was observed.
    pub value: Value,
    /// The range of reference.
    pub range: Range,
    /// The code of its interpretation (H, L, N …).
    pub interpretation: Option<String>,
    /// What sets it apart from what tells the same, where it is compared with other sources at all.
    pub sets_apart: Option<String>,
    /// What belongs into one trend.
    pub series: Option<String>,
    /// Who made it.
    pub author: Option<Reference>,
    /// Where.
    pub place: Option<Reference>,
    /// The visit it names.
    pub visit: Option<String>,
    /// References that say whose it is.
    pub owners: Vec<String>,
    /// Whether it says at all whose it is, be it by a name or an identifier alone.
    pub names_owner: bool,
    /// Whether it says that there is none: "no known allergies".
    pub is_negation: bool,
    /// Every reference, in order.
    pub references: Vec<Reference>,
    /// What it is found by, where no other resource gives it its title.
    pub texts: Texts,
}

/// A laboratory's own range.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Range {
    /// Its low end.
    pub low: Option<f64>,
    /// Its high end.
    pub high: Option<f64>,
    /// Its low end as written.
    pub low_text: Option<String>,
    /// Its high end as written.
    pub high_text: Option<String>,
    /// The whole as the source wrote it.
    pub text: Option<String>,
}

/// Where a resource says whose it is.
const OWNERS: [&str; 12] = [
    "subject",
    "patient",
    "beneficiary",
    "for",
    "individual",
    "candidate",
    "participant.actor",
    "actor",
    "entity.what",
    "deliverTo",
    "link.target",
    "securityContext",
];

/// Reads one resource. Nothing in it is required but that it is an object.
#[must_use]
pub fn project(resource: &Json<'_>) -> Projection {
    let resource_type = resource.get("resourceType").str().unwrap_or("Unknown");
    let shape = shape(resource_type);
    let category = match types::placement(resource_type) {
        Placement::Item(category) => Some(category),
        Placement::Observation => Some(observation::category(resource)),
        Placement::Report => Some(report::category(resource)),
        Placement::Attachment => None,
    };
    let status = status(resource);
    let title = title(resource, shape);
    let is_negation = category == Some(Category::Allergies) && is_negation(&title);
    let value = if resource_type == "Observation" { observation::value(resource) } else { Value::default() };
    let codes = if title.is_coded { title.codes } else { Vec::new() };
    let series = value.text.as_ref().and(trend_key(&codes)).map(|key| series(key, trend_unit(key, &value)));
    let sets_apart = alike::sets_apart(resource, resource_type, &value, &codes);
    let mut projection = Projection {
        fhir_id: resource.get("id").text().filter(|id| id.len() <= 200).map(without_nul),
        version_id: resource.get("meta").get("versionId").text().map(str::to_owned),
        last_updated: resource
            .get("meta")
            .get("lastUpdated")
            .str()
            .and_then(chartkey_domain::when::Moment::parse)
            .map(|moment| moment.first),
        category,
        labels: labels::of(resource),
        kind: None,
        when: when::interval(resource, shape, status),
        title: title.text.unwrap_or_else(|| types::in_words(resource_type)),
        title_from: title.from,
        title_key: codes.first().cloned(),
        codes,
        status: status.map(str::to_owned),
        is_error: is_error(resource),
        range: range(resource),
        interpretation: resource.all("interpretation.coding.code").into_iter().find_map(Json::str).map(str::to_owned),
        series,
        sets_apart,
        value,
        author: named(resource, shape.author),
        place: named(resource, shape.place),
        visit: ["encounter.reference", "context.reference", "context.encounter.reference", "item.encounter.reference"]
            .iter()
            .find_map(|path| resource.all(path).into_iter().find_map(Json::str))
            .filter(|target| !target.contains("EpisodeOfCare"))
            .map(str::to_owned),
        owners: owners(resource),
        names_owner: names_owner(resource),
        is_negation,
        references: references(resource),
        resource_type: without_nul(resource_type),
        texts: Texts::default(),
    };
    projection.texts = texts::texts(projection.row(&projection.title, &projection.codes), Some(resource));
    projection.kind = kind(resource, &projection);
    projection
}

impl Projection {
    /// As a row that is called so.
    pub fn row<'r>(&'r self, title: &'r str, codes: &'r [String]) -> texts::Row<'r> {
        texts::Row { category: self.category, resource_type: &self.resource_type, title, codes }
    }
}

/// The kind of result, by what the resource says of itself.
fn kind(resource: &Json<'_>, projection: &Projection) -> Option<ResultKind> {
    let sections: Vec<&str> = resource.all("category.coding.code").into_iter().filter_map(Json::str).collect();
    let is_note =
        sections.iter().copied().chain(resource.all("code.coding.code").into_iter().filter_map(Json::str)).any(report::is_of_note);
    ResultKind::of(Told {
        category: projection.category?,
        resource_type: &projection.resource_type,
        labels: projection.labels,
        sections: &sections,
        codes: &projection.codes,
        title: &projection.title,
        is_note,
    })
}

/// Whether an allergy says that none is known: codes of SNOMED CT's "No known allergy" and
/// what lies below it, those of the International Patient Summary, or the words.
fn is_negation(title: &Title) -> bool {
    const SNOMED: [&str; 8] = ["716186003", "409137002", "428607008", "429625007", "160244002", "716184000", "716220001", "428197003"];
    const SUMMARY: &str = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips|no-";
    let is_code = |code: &String| {
        code.starts_with(SUMMARY) || code.strip_prefix("http://snomed.info/sct|").is_some_and(|code| SNOMED.contains(&code))
    };
    let words = title.text.as_deref().unwrap_or_default().to_lowercase();
    title.codes.iter().any(is_code) || words.starts_with("no known") || ["nka", "nkda"].contains(&words.as_str())
}

struct Title {
    text: Option<String>,
    from: Option<String>,
    /// Of the first path that has any.
    codes: Vec<String>,
    /// Whether that path gives the text too, or stands before it: the codes then say what the text says.
    is_coded: bool,
}

fn title(resource: &Json<'_>, shape: &Shape) -> Title {
    let mut title = Title { text: None, from: None, codes: Vec::new(), is_coded: false };
    if shape.name == "Patient" {
        title.text = Some(types::DETAILS.into());
        return title;
    }
    for path in shape.title {
        for value in resource.all(path) {
            if title.codes.is_empty() {
                title.codes = codes(value);
                title.is_coded = title.text.is_none();
            }
            if title.text.is_some() {
                continue;
            }
            if let Some(reference) = reference_of(value) {
                if let Some(contained) = contained(resource, reference.target.as_deref()) {
                    let inner = self::shape(contained.get("resourceType").str().unwrap_or_default());
                    if inner.name != shape.name {
                        let inner = self::title(contained, inner);
                        title.text = inner.text.or(reference.display);
                        (title.codes, title.is_coded) = (inner.codes, inner.is_coded);
                        continue;
                    }
                }
                title.text = reference.display;
                title.from = reference.target;
            } else {
                title.text = concept_text(value).or_else(|| human_name(value));
            }
        }
    }
    title
}

/// The contained resource that a reference such as `#1` names.
fn contained<'s, 'a>(resource: &'s Json<'a>, target: Option<&str>) -> Option<&'s Json<'a>> {
    let id = target?.strip_prefix('#')?;
    resource.get("contained").items().iter().find(|inner| inner.get("id").str() == Some(id))
}

/// How it stands with it. What was ruled out is that, whatever else is said of it.
fn status<'s>(resource: &'s Json<'_>) -> Option<&'s str> {
    let certainty = resource.all("verificationStatus.coding.code").into_iter().filter_map(Json::str).find(|code| *code == "refuted");
    if certainty.is_some() {
        return certainty;
    }
    ["clinicalStatus.coding.code", "lifecycleStatus", "status", "verificationStatus.coding.code"]
        .iter()
        .find_map(|path| resource.all(path).into_iter().find_map(Json::str))
}

fn is_error(resource: &Json<'_>) -> bool {
    ["status", "lifecycleStatus", "verificationStatus.coding.code"]
        .iter()
        .any(|path| resource.all(path).into_iter().filter_map(Json::str).any(|status| status == "entered-in-error"))
}

/// The range for everybody, where there is one. Of several, or one for an age or a group of people,
/// nobody says which is the reader's: they are told in words, and nothing lies above or below them.
/// Nor is one that is no range of reference (of treatment, say), or of another unit than the value,
/// ever drawn.
fn range(resource: &Json<'_>) -> Range {
    let is_of_reference = |range: &&Json<'_>| {
        let kinds = range.all("type.coding.code");
        kinds.is_empty() || kinds.into_iter().filter_map(Json::str).any(|kind| ["normal", "recommended"].contains(&kind))
    };
    let ranges: Vec<&Json<'_>> = resource.get("referenceRange").items().iter().filter(is_of_reference).collect();
    let all: Vec<String> = ranges.iter().filter_map(|range| in_words(range)).collect();
    let text = (!all.is_empty()).then(|| all.join("; "));
    let is_for_all = |range: &&&Json<'_>| range.get("appliesTo").is_null() && range.get("age").is_null();
    let mut for_all = ranges.iter().filter(is_for_all);
    let (Some(range), None) = (for_all.next(), for_all.next()) else { return Range { text, ..Range::default() } };
    let (low, high) = (range.get("low"), range.get("high"));
    if ![low, high].into_iter().all(|end| is_in_unit_of(end, resource.get("valueQuantity"))) {
        return Range { text, ..Range::default() };
    }
    let written = |end: &Json<'_>| end.get("value").text().map(str::to_owned);
    Range { low: low.get("value").number(), high: high.get("value").number(), low_text: written(low), high_text: written(high), text }
}

/// A range as the source wrote it, after whom it is for.
fn in_words(range: &Json<'_>) -> Option<String> {
    let text = range.get("text").str().map(str::to_owned).or_else(|| range_text(range))?;
    let whom: Vec<String> = range.get("appliesTo").items().iter().filter_map(concept_text).chain(range_text(range.get("age"))).collect();
    Some(if whom.is_empty() { text } else { format!("{}: {text}", whom.join(", ")) })
}

/// Whether two quantities are of one unit, as far as both say.
fn is_in_unit_of(one: &Json<'_>, other: &Json<'_>) -> bool {
    let alike = |key: &str| Some(one.get(key).str()? == other.get(key).str()?);
    alike("code").or_else(|| alike("unit")).unwrap_or(true)
}

/// The first person or place at these paths: one with a name, else one with a target.
fn named(resource: &Json<'_>, paths: &[&str]) -> Option<Reference> {
    let found: Vec<Reference> = paths.iter().flat_map(|path| resource.all(path)).filter_map(reference_of).collect();
    found.iter().find(|reference| reference.display.is_some()).or_else(|| found.first()).cloned()
}

fn owners(resource: &Json<'_>) -> Vec<String> {
    let mut owners: Vec<String> =
        OWNERS.iter().flat_map(|path| resource.all(path)).filter_map(|value| value.get("reference").str()).map(without_nul).collect();
    owners.dedup();
    owners
}

/// Whether anything says whose it is, in whatever form; also where people of other kinds may
/// stand, if it can only be a patient.
fn names_owner(resource: &Json<'_>) -> bool {
    let says = |path: &&str| resource.all(path).into_iter().any(Json::is_object);
    ["subject", "patient", "beneficiary", "for", "individual", "candidate"].iter().any(says)
        || owners(resource).iter().any(|owner| owner.starts_with("Patient?"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn read(text: &str) -> Projection {
        project(&Json::parse(text).unwrap())
    }

    #[test]
    fn a_title_says_what_the_thing_is_and_nothing_else() {
        for (text, expected) in [
            (r#"{"resourceType":"Encounter","type":[{"text":"Check up"}],"reasonCode":[{"text":"Depression"}]}"#, "Check up"),
            (
                r#"{"resourceType":"Encounter","reasonCode":[{"text":"Depression"}],"diagnosis":[{"condition":{"display":"x"}}]}"#,
                "Encounter",
            ),
            (r#"{"resourceType":"Claim","item":[{"productOrService":{"text":"Rehab"}}]}"#, "Claim"),
            (r#"{"resourceType":"CarePlan","addresses":[{"display":"Asthma"}],"category":[{"text":"Exercise"}]}"#, "Exercise"),
            (r#"{"resourceType":"DiagnosticReport","conclusion":"HIV positive"}"#, "Diagnostic report"),
            (r#"{"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/1","display":"Aspirin"}}"#, "Aspirin"),
            (
                r##"{"resourceType":"MedicationRequest","contained":[{"resourceType":"Medication","id":"m","code":{"text":"Axid"}}],"medicationReference":{"reference":"#m"}}"##,
                "Axid",
            ),
            (r#"{"resourceType":"DocumentReference","type":{"coding":[{"display":"Note"}]},"description":"HIV visit"}"#, "Note"),
            (r#"{"resourceType":"FamilyMemberHistory","relationship":{"text":"Mother"},"condition":[{"code":{"text":"BRCA"}}]}"#, "Mother"),
            (r#"{"resourceType":"Practitioner","name":[{"family":"Lee","given":["Ana"]}]}"#, "Ana Lee"),
            (r#"{"resourceType":"Moon"}"#, "Moon"),
        ] {
            assert_eq!(read(text).title, expected, "{text}");
        }
    }

    #[test]
    fn the_codes_of_a_title_say_what_it_says() {
        let of = |fields: &str| read(&format!(r#"{{"resourceType":"ServiceRequest",{fields}}}"#)).codes;
        let kind = r#""category":[{"coding":[{"system":"http://snomed.info/sct","code":"103693007"}],"text":"Diagnostic"}]"#;
        assert!(of(&format!(r#""code":{{"text":"X-ray of the chest"}},{kind}"#)).is_empty(), "a kind of orders names no order");
        assert_eq!(of(kind), ["http://snomed.info/sct|103693007"]);
        let own = r#""code":{"coding":[{"system":"http://loinc.org","code":"36643-5"}]}"#;
        assert_eq!(of(&format!("{own},{kind}")), ["http://loinc.org|36643-5"]);
    }

    #[test]
    fn what_was_entered_in_error_is_marked() {
        assert!(read(r#"{"resourceType":"Observation","status":"entered-in-error"}"#).is_error);
        let condition = read(
            r#"{"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}}"#,
        );
        assert!(condition.is_error);
        assert_eq!(condition.status.as_deref(), Some("active"));
    }

    #[test]
    fn what_was_ruled_out_is_not_active() {
        let allergy = read(
            r#"{"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"refuted"}]}}"#,
        );
        assert_eq!(allergy.status.as_deref(), Some("refuted"));
    }

    #[test]
    fn a_range_and_an_interpretation_are_the_laboratorys_own() {
        let read = read(
            r#"{"resourceType":"Observation","referenceRange":[{"low":{"value":3.5},"high":{"value":5.10},"text":"3.5-5.1"}],"interpretation":[{"coding":[{"code":"H"}]}]}"#,
        );
        let (low_text, high_text) = (Some("3.5".into()), Some("5.10".into()));
        assert_eq!(read.range, Range { low: Some(3.5), high: Some(5.1), low_text, high_text, text: Some("3.5-5.1".into()) });
        assert_eq!(read.interpretation.as_deref(), Some("H"));
    }

    #[test]
    fn a_range_for_some_people_is_told_in_words_and_never_compared_with() {
        let of = |ranges: &str| read(&format!(r#"{{"resourceType":"Observation","referenceRange":[{ranges}]}}"#)).range;
        let everybody = r#"{"low":{"value":3.5},"high":{"value":5.1}}"#;
        let women = r#"{"appliesTo":[{"text":"Women"}],"low":{"value":12},"high":{"value":16}}"#;
        let children = r#"{"age":{"high":{"value":12,"unit":"a"}},"text":"10-15"}"#;
        for (ranges, low, text) in [
            (everybody.to_owned(), Some(3.5), "3.5 – 5.1"),
            (women.to_owned(), None, "Women: 12 – 16"),
            (children.to_owned(), None, "≤ 12 a: 10-15"),
            (format!("{women},{children}"), None, "Women: 12 – 16; ≤ 12 a: 10-15"),
            (format!("{women},{everybody}"), Some(3.5), "Women: 12 – 16; 3.5 – 5.1"),
            (format!("{everybody},{everybody}"), None, "3.5 – 5.1; 3.5 – 5.1"),
        ] {
            let range = of(&ranges);
            assert_eq!((range.low, range.low_text.is_some(), range.text.as_deref()), (low, low.is_some(), Some(text)), "{ranges}");
        }
    }

    #[test]
    fn a_range_of_another_unit_or_kind_is_not_drawn() {
        for range in [
            r#"{"low":{"value":70,"code":"mg/dL","unit":"mg/dL"},"high":{"value":99,"code":"mg/dL","unit":"mg/dL"}}"#,
            r#"{"type":{"coding":[{"code":"therapeutic"}]},"low":{"value":4}}"#,
        ] {
            let read = read(&format!(
                r#"{{"resourceType":"Observation","valueQuantity":{{"value":5.4,"code":"mmol/L","unit":"mmol/l"}},"referenceRange":[{range}]}}"#
            ));
            assert_eq!((read.range.low, read.range.high), (None, None), "{range}");
        }
    }

    #[test]
    fn that_none_is_known_is_told_from_an_allergy() {
        let of = |code: &str| read(&format!(r#"{{"resourceType":"AllergyIntolerance","code":{code}}}"#)).is_negation;
        assert!(of(r#"{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}"#));
        assert!(of(r#"{"coding":[{"system":"http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips","code":"no-known-allergies"}]}"#));
        assert!(of(r#"{"text":"No known drug allergies"}"#));
        assert!(!of(r#"{"coding":[{"system":"http://snomed.info/sct","code":"91936005","display":"Allergy to penicillin"}]}"#));
        assert!(!read(r#"{"resourceType":"Condition","code":{"text":"No known problems"}}"#).is_negation);
    }

    #[test]
    fn wrong_shapes_are_survived() {
        for text in [
            "{}",
            r#"{"resourceType":5,"id":7}"#,
            r#"{"resourceType":"Observation","code":"x","subject":[1],"component":3,"effectivePeriod":[]}"#,
        ] {
            read(text);
        }
    }
}
