//! What a resource is compared by with those of other sources.

use std::{borrow::Cow, collections::BTreeSet};

use base64::Engine;
use chartkey_domain::{
    alike::{self, Told, plain},
    exact::Exact,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    document::BASE64,
    json::Json,
    observation::Value,
    project::{Projection, concept_text},
    types,
};

/// What sets two resources of a type apart that tell the same of the same time, beside its value
/// and status: the concept that says what it is, and the rest. A type without a row is never taken
/// for another's.
const APART: [(&str, &str, &[&str]); 10] = [
    ("AllergyIntolerance", "code", &["type", "criticality", "verificationStatus", "reaction"]),
    ("Condition", "code", &["bodySite", "severity", "stage", "verificationStatus"]),
    ("DiagnosticReport", "code", &["conclusion", "conclusionCode"]),
    ("Encounter", "type", &["class", "serviceType"]),
    ("Immunization", "vaccineCode", &["doseQuantity", "protocolApplied", "lotNumber", "site", "isSubpotent", "statusReason"]),
    ("MedicationAdministration", "medicationCodeableConcept", &["dosage", "statusReason"]),
    ("MedicationRequest", "medicationCodeableConcept", &["intent", "doNotPerform", "dosageInstruction", "statusReason"]),
    ("MedicationStatement", "medicationCodeableConcept", &["dosage", "statusReason"]),
    ("Observation", "code", &["bodySite", "method", "component", "dataAbsentReason"]),
    ("Procedure", "code", &["bodySite", "statusReason", "outcome"]),
];

/// What names a thing in one source alone, how it is called there, and what is told beside it.
const LEFT_OUT: [&str; 14] = [
    "id",
    "extension",
    "reference",
    "identifier",
    "assigner",
    "display",
    "userSelected",
    "version",
    "url",
    "title",
    "creation",
    "size",
    "note",
    "referenceRange",
];

/// Extensions that say when, by whom or for what reason something was written, and not what. With any
/// other one a resource may say something that is not read here, such as the side of a body.
const HARMLESS: [&str; 4] = [
    "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
    "http://hl7.org/fhir/StructureDefinition/workflow-supportingInfo",
    "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed",
    "http://fhir.org/guides/onc/us-quality-core/StructureDefinition/us-quality-core-recorded",
];

/// Interpretations that a laboratory draws from its own range: where the value is the same, another
/// range is no other finding (<https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html>).
const OF_A_RANGE: [&str; 18] = ["N", "A", "AA", "H", "HH", "HU", "CH", "HX", "L", "LL", "LU", "CL", "LX", ">", "<", "U", "D", "B"];

/// What a strength is told in.
const STRENGTHS: [&str; 13] = ["mg", "mcg", "ug", "µg", "μg", "g", "ml", "%", "unt", "iu", "meq", "mmol", "units"];

/// What sets a resource apart, with these codes and this value; nothing where it is not compared at all.
pub(super) fn sets_apart(resource: &Json<'_>, resource_type: &str, value: &Value, codes: &[String]) -> Option<String> {
    // Of somebody else, or with a meaning that only its source knows.
    if !resource.get("focus").is_null() || !resource.get("modifierExtension").is_null() {
        return None;
    }
    if resource_type == "DocumentReference" {
        let bytes = bytes(resource, "content.attachment").filter(|bytes| !bytes.is_empty())?;
        return Some([bytes.as_str(), resource.get("docStatus").str().unwrap_or_default()].join("\n"));
    }
    let (_, name, paths) = APART.iter().find(|(name, ..)| *name == resource_type)?;
    let is_measured = alike::measured(codes, value.unit.as_deref().unwrap_or_default()).is_some();
    if !is_readable(resource.fields()) || (!is_measured && !resource.get("specimen").is_null()) {
        return None;
    }
    // Visits of one class to two places may begin at one time.
    if resource_type == "Encounter" && resource.all("type").is_empty() {
        return None;
    }
    let mut apart = vec![match resource_type {
        "Observation" => found(resource, value)?,
        "DiagnosticReport" => reported(resource)?,
        _ => String::new(),
    }];
    // The codes of the first concept are those of the title, which may be cut.
    for (place, concept) in resource.all(name).into_iter().enumerate() {
        let mut told = String::new();
        write(concept, &mut told)?;
        apart.push(if place == 0 { beside(concept, alike::is_everywhere, is_measured) } else { told });
    }
    for path in *paths {
        let mut told = String::new();
        write(resource.get(path), &mut told)?;
        apart.push(told);
    }
    Some(apart.join("\n"))
}

/// Whether none of these fields says more than is read here.
fn is_readable(fields: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    let is_harmless = |extension: &Json<'_>| extension.get("url").str().is_some_and(|url| HARMLESS.contains(&url));
    fields.iter().all(|(key, value)| match key.as_ref() {
        "extension" => value.items().iter().all(is_harmless),
        "modifierExtension" => value.is_null(),
        key => !key.starts_with('_') || value.is_null(),
    })
}

/// What an observation has found beside its value, which it must have, and so must its parts: what is
/// told in an interpretation, a note or other observations alone is not compared. Words may only point
/// to a note.
fn found(observation: &Json<'_>, value: &Value) -> Option<String> {
    let own = observation.choice("value");
    // A value of a kind that has no column.
    if own.is_some() && value.text.is_none() {
        return None;
    }
    let mut words = String::new();
    own.map_or(Some(()), |(_, own)| write(own, &mut words))?;
    let has_value = |json: &Json<'_>| json.choice("value").is_some() || !json.get("dataAbsentReason").is_null();
    let parts = observation.get("component").items();
    let is_elsewhere = ["interpretation", "note", "hasMember"].iter().any(|path| !observation.get(path).is_null());
    let is_found = own.is_some() || !parts.is_empty() || (has_value(observation) && !is_elsewhere);
    if !is_found || !parts.iter().all(has_value) {
        return None;
    }
    let mut told = String::new();
    write_concluded(observation.get("interpretation"), &mut told)?;
    match own {
        None | Some(("Quantity" | "Integer", _)) => {}
        Some((kind, own)) => {
            // As a whole: what a row says of it may be cut.
            told.push_str(&if kind == "CodeableConcept" { beside(own, |_| false, false) } else { words });
            for note in observation.all("note.text") {
                write(note, &mut told)?;
            }
        }
    }
    Some(told)
}

/// What a report says itself, which is its bytes beside its conclusion. Its results are things of their own, by
/// which it is compared where they stand (`import::twins`); without anything it is not compared.
fn reported(report: &Json<'_>) -> Option<String> {
    let forms = bytes(report, "presentedForm")?;
    let has_conclusion = report.get("conclusion").str().is_some_and(|conclusion| !plain(conclusion).is_empty());
    let results = report.get("result").items();
    let is_elsewhere = |result: &Json<'_>| result.get("reference").str().is_some_and(|reference| !reference.starts_with('#'));
    (results.iter().all(is_elsewhere) && (has_conclusion || !forms.is_empty() || !results.is_empty())).then_some(forms)
}

/// The bytes of what stands at a path: equal bytes are one document. Nothing where some are elsewhere.
fn bytes(document: &Json<'_>, path: &str) -> Option<String> {
    let mut all = Vec::new();
    for attachment in document.all(path) {
        let data: String = attachment.get("data").str()?.split_whitespace().collect();
        let bytes = BASE64.decode(data).ok().filter(|bytes| !bytes.is_empty())?;
        all.push(crate::audit::hex(&Sha256::digest(bytes)));
    }
    all.sort_unstable();
    Some(all.join(" "))
}

/// What a value says, whatever the order and the figures it is written in. Nothing where it says more
/// than is read here.
fn write(value: &Json<'_>, told: &mut String) -> Option<()> {
    match value {
        Json::Null => {}
        Json::Object(fields) => {
            if !is_readable(fields) {
                return None;
            }
            let codes: Vec<String> = codings(value).map(|(code, _)| code).collect();
            let mut inside = Vec::new();
            for (key, field) in fields.iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_ref())) {
                let mut said = String::new();
                match key.as_ref() {
                    "text" if !codes.is_empty() => {}
                    "interpretation" => write_concluded(field, &mut said)?,
                    _ => write(field, &mut said)?,
                }
                if !said.is_empty() {
                    inside.push(format!("{key}={said}"));
                }
            }
            if !codes.is_empty() {
                let beside = beside(value, |_| true, alike::measured(&codes, "").is_some());
                inside.extend((!beside.is_empty()).then(|| format!("text={beside}")));
            }
            inside.sort_unstable();
            if !inside.is_empty() {
                told.push_str(&format!("{{{}}}", inside.join(";")));
            }
        }
        Json::Array(values) => {
            let mut inside = Vec::new();
            for value in values {
                let mut said = String::new();
                write(value, &mut said)?;
                inside.extend((!said.is_empty()).then_some(said));
            }
            inside.sort_unstable();
            told.push_str(&inside.join(","));
        }
        Json::Number(number) => told.push_str(&Exact::parse(number).map_or_else(|| (*number).to_owned(), Exact::fraction)),
        other => told.push_str(&other.text().map(plain).unwrap_or_default()),
    }
    Some(())
}

/// What was concluded from a value, where it is more than where it lies in a range: resistant, positive.
fn write_concluded(interpretation: &Json<'_>, told: &mut String) -> Option<()> {
    for concept in interpretation.items() {
        let is_of_a_range = |coding: &Json<'_>| coding.get("code").str().is_some_and(|code| OF_A_RANGE.contains(&code));
        if !concept.get("coding").items().iter().any(is_of_a_range) {
            write(concept, told)?;
        }
    }
    Some(())
}

/// `system|code` of the codings of a concept, each with what it is called.
fn codings<'s>(concept: &'s Json<'_>) -> impl Iterator<Item = (String, Option<&'s str>)> {
    concept.get("coding").items().iter().filter_map(|coding| {
        let code = coding.get("code").text()?;
        Some((format!("{}|{code}", coding.get("system").str().unwrap_or_default()), coding.get("display").str()))
    })
}

/// What a concept says in words that its codes, as far as they count, may not say: its text where none of
/// them is called so, unless the codes leave nothing open, and each side of a body that is named at all.
fn beside(concept: &Json<'_>, counts: impl Fn(&str) -> bool, is_measured: bool) -> String {
    let called: Vec<(bool, String)> = codings(concept).filter_map(|(code, display)| Some((counts(&code), plain(display?)))).collect();
    let text = concept.get("text").str().map(str::to_owned).or_else(|| concept_text(concept));
    let text = text.map(|text| plain(&text)).unwrap_or_default();
    let is_called_so = called.iter().any(|(counts, display)| *counts && *display == text);
    let sides: BTreeSet<&str> = called.iter().map(|(_, display)| display).chain([&text]).flat_map(|words| sides(words)).collect();
    let mut words: Vec<&str> = sides.into_iter().collect();
    if !is_measured && !is_called_so {
        words.push(&text);
    }
    words.join(" ")
}

/// The sides of a body that words name. A litre (`mmol/l`) is no side.
fn sides(words: &str) -> impl Iterator<Item = &'static str> {
    words.split(|letter: char| !letter.is_alphanumeric() && letter != '/').filter_map(|word| match word {
        "left" | "l" | "lt" | "izquierdo" | "izquierda" => Some("left"),
        "right" | "r" | "rt" | "derecho" | "derecha" => Some("right"),
        "both" | "bilateral" | "ambos" | "ambas" | "bilaterales" => Some("both"),
        _ => None,
    })
}

/// Whether the name of a medicine says how strong it is.
fn says_strength(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', '/']).collect();
    words.iter().enumerate().any(|(place, word)| {
        let unit = word.trim_start_matches(|letter: char| letter.is_ascii_digit() || ".,".contains(letter));
        let unit = if unit.is_empty() { words.get(place + 1).copied().unwrap_or_default() } else { unit };
        word.starts_with(|letter: char| letter.is_ascii_digit()) && STRENGTHS.contains(&unit)
    })
}

/// The key of a resource under the title and codes of its row; those of a medicine may be another
/// resource's. Nothing where it cannot be compared.
#[must_use]
pub fn key(own: &Projection, title: &str, codes: &[String]) -> Option<Uuid> {
    let apart = own.sets_apart.as_ref().filter(|_| !own.is_error)?;
    let parts = alike::key(&Told {
        category: own.category?,
        resource_type: &own.resource_type,
        title: Some(title).filter(|title| *title != types::in_words(&own.resource_type)),
        codes,
        when: own.when,
        value: own.value.text.as_deref(),
        unit: own.value.unit.as_deref(),
        status: own.status.as_deref(),
    })?;
    // A medicine that is another resource says there what it is made of, which its name has to say here.
    let is_elsewhere = own.references.iter().any(|reference| reference.path == "medicationReference");
    let name = if is_elsewhere { Some(plain(title)).filter(|name| says_strength(name) && !name.ends_with('…'))? } else { String::new() };
    let mut hash = Sha256::new();
    for part in std::iter::once("chartkey-alike-1").chain(parts.iter().map(String::as_str)).chain([apart.as_str(), name.as_str()]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hash: [u8; 32] = hash.finalize().into();
    Some(Uuid::new_v8(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::project;

    fn of(text: &str) -> Option<Uuid> {
        let own = project(&Json::parse(text).unwrap());
        key(&own, &own.title, &own.codes)
    }

    const LOINC: &str = "http://loinc.org";
    const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
    const SNOMED: &str = "http://snomed.info/sct";
    const AT: &str = "2020-01-02T10:00:00Z";

    /// A concept with a code, what it is called, and a text, as far as there is one.
    fn concept(system: &str, code: &str, display: &str, text: &str) -> String {
        let or_not = |key: &str, value: &str| if value.is_empty() { String::new() } else { format!(r#","{key}":"{value}""#) };
        format!(r#"{{"coding":[{{"system":"{system}","code":"{code}"{}}}],"id":"x"{}}}"#, or_not("display", display), or_not("text", text))
    }

    fn procedure(code: &str, more: &str) -> Option<Uuid> {
        of(&format!(r#"{{"resourceType":"Procedure","status":"completed","performedDateTime":"{AT}","code":{code}{more}}}"#))
    }

    fn observation(code: &str, more: &str) -> Option<Uuid> {
        of(&format!(r#"{{"resourceType":"Observation","status":"final","effectiveDateTime":"{AT}","code":{code},{more}}}"#))
    }

    #[test]
    fn what_a_source_calls_it_counts_for_nothing_and_what_it_is_for_everything() {
        let knee = |id: &str, site: &str, display: &str| {
            let site = concept(SNOMED, site, display, "");
            procedure(
                &concept(SNOMED, "609588000", display, display),
                &format!(r#","id":"{id}","note":[{{"text":"{id}"}}],"bodySite":[{site}]"#),
            )
        };
        let left = knee("1", "82169009", "Knee replacement");
        assert!(left.is_some());
        assert_eq!(left, knee("2", "82169009", "Total replacement of knee"));
        assert_ne!(left, knee("2", "6757004", "Knee replacement"), "the other knee");
    }

    #[test]
    fn words_beside_a_code_count_unless_it_is_called_so() {
        let fracture = |display: &str, text: &str| procedure(&concept(SNOMED, "125605004", display, text), "");
        let bone = fracture("Fracture of bone", "");
        assert!(bone.is_some());
        assert_eq!(bone, fracture("Fracture of bone", "FRACTURE of  bone"));
        assert_eq!(bone, fracture("Bone fracture", ""), "another name of the same code");
        let wrist = fracture("Fracture of bone", "left wrist");
        assert_eq!(wrist, fracture("Bone fracture", "Left wrist"));
        for other in [
            bone,
            fracture("Fracture of bone", "right ankle"),
            fracture("Fracture of bone", "right wrist"),
            fracture("Fracture of bone", "wrist"),
        ] {
            assert_ne!(wrist, other);
        }
        assert_ne!(fracture("Fracture of left wrist", ""), fracture("Fracture of right wrist", ""), "a side in the name of a code");
        let site = |display: &str, text: &str| {
            let site = concept(SNOMED, "72696002", display, text);
            procedure(&concept(SNOMED, "609588000", "", ""), &format!(r#","bodySite":[{site}]"#))
        };
        assert_eq!(site("Knee", "Knee"), site("Knee structure", ""));
        assert_ne!(site("Knee", "left"), site("Knee", "right"), "the text of a part");
        assert_ne!(site("Knee", "Left knee"), site("Knee", ""));
        assert_ne!(site("Rodilla izquierda", ""), site("Rodilla derecha", ""));
        assert_eq!(site("Left knee", ""), site("Rodilla izquierda", ""));
        // The code of the source's own that it is called by counts for nothing, so its words do.
        let own = |words: &str| {
            let codings =
                format!(r#"{{"system":"{SNOMED}","code":"125605004"}},{{"system":"urn:own","code":"{words}","display":"{words}"}}"#);
            procedure(&format!(r#"{{"coding":[{codings}],"text":"{words}"}}"#), "")
        };
        assert_ne!(own("wrist"), own("ankle"));
    }

    #[test]
    fn what_is_not_read_is_not_compared() {
        let side = r#""extension":[{"url":"http://example.org/laterality","valueCode":"left"}]"#;
        let code = concept(SNOMED, "609588000", "", "");
        let harmless = r#","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/condition-assertedDate","valueDateTime":"2020"}]"#;
        assert!(procedure(&code, "").is_some());
        assert_eq!(procedure(&code, harmless), procedure(&code, ""));
        for more in [
            format!(",{side}"),
            format!(r#","bodySite":[{{"text":"Knee",{side}}}]"#),
            format!(r#","bodySite":[{{"coding":[{{"code":"7",{side}}}]}}]"#),
            format!(r#","_performedDateTime":{{{side}}}"#),
        ] {
            assert_eq!(procedure(&code, &more), None, "{more}");
        }
        assert_eq!(procedure(&format!(r#"{{"text":"Knee",{side}}}"#), ""), None);
        assert_eq!(observation(&concept(LOINC, "8867-4", "", ""), &format!(r#""valueQuantity":{{"value":70,{side}}}"#)), None);
    }

    #[test]
    fn an_observation_has_to_say_what_was_found() {
        let code = concept(LOINC, "18864-9", "Ampicillin [Susceptibility]", "");
        let coded = |code: &str| format!(r#""interpretation":[{{"coding":[{{"code":"{code}"}}]}}]"#);
        for more in [
            coded("R"),
            r#""note":[{"text":"resistant"}]"#.to_owned(),
            r#""hasMember":[{"reference":"Observation/1"}]"#.to_owned(),
            format!(r#""component":[{{"code":{code},{}}}]"#, coded("R")),
            format!(r#""dataAbsentReason":{{"text":"see below"}},{}"#, coded("R")),
            r#""dataAbsentReason":{"text":"see below"},"note":[{"text":"resistant"}]"#.to_owned(),
        ] {
            assert_eq!(observation(&code, &more), None, "{more}");
        }
        let refused = observation(&code, r#""dataAbsentReason":{"text":"refused"}"#);
        assert!(refused.is_some());
        assert_ne!(refused, observation(&code, r#""dataAbsentReason":{"text":"unknown"}"#));
        let inhibited =
            |interpretation: &str| observation(&code, &format!(r#""valueQuantity":{{"value":2,"unit":"mg/L"}},{}"#, coded(interpretation)));
        assert_ne!(inhibited("R"), inhibited("S"), "resistant is not susceptible");
        assert_eq!(inhibited("H"), inhibited("N"), "the range of another laboratory");
        let words = |note: &str| observation(&code, &format!(r#""valueString":"See note","note":[{{"text":"{note}"}}]"#));
        assert_ne!(words("grew"), words("did not grow"));
        assert_eq!(words("grew"), words("Grew"));
        let long = |end: &str| observation(&code, &format!(r#""valueString":"{} {end}""#, "word ".repeat(400)));
        assert_ne!(long("malignant"), long("benign"), "however long it is");
        let long = |end: &str| observation(&format!(r#"{{"text":"{} {end}"}}"#, "word ".repeat(400)), r#""valueInteger":1"#);
        assert_ne!(long("left"), long("of the same"));
    }

    #[test]
    fn a_specimen_is_compared_by_a_code_that_says_it_alone() {
        let culture = |specimen: &str| observation(&concept(LOINC, "600-7", "", ""), &format!(r#""valueString":"No growth"{specimen}"#));
        assert!(culture("").is_some());
        assert_eq!(culture(r#","specimen":{"display":"Blood"}"#), None, "blood or a wound");
        assert_eq!(culture(r#","specimen":{"reference":"Specimen/1"}"#), None);
        let potassium = |specimen: &str| {
            observation(&concept(LOINC, "2823-3", "", ""), &format!(r#""valueQuantity":{{"value":4,"unit":"mmol/L"}}{specimen}"#))
        };
        assert!(potassium("").is_some());
        assert_eq!(potassium(r#","specimen":{"reference":"Specimen/1"}"#), potassium(""), "in serum or plasma, by its code");
    }

    #[test]
    fn a_report_has_to_say_something_itself() {
        let report = |more: &str| {
            let code = concept(LOINC, "24627-2", "CT of the chest", "");
            of(&format!(r#"{{"resourceType":"DiagnosticReport","status":"final","effectiveDateTime":"{AT}","code":{code}{more}}}"#))
        };
        let form = |inside: &str| report(&format!(r#","presentedForm":[{{{inside}}}]"#));
        assert_eq!(report(""), None);
        assert_eq!(report(r##","result":[{"reference":"Observation/1"},{"reference":"#1"}]"##), None);
        assert_eq!(report(r#","result":[{"display":"Sodium"}]"#), None);
        assert!(report(r#","result":[{"reference":"Observation/1"}]"#).is_some(), "compared by its results as well");
        assert_eq!(form(r#""url":"Binary/1""#), None);
        assert_eq!(report(r#","conclusion":"Nothing","presentedForm":[{"url":"Binary/1"}]"#), None, "who knows what is there");
        assert_eq!(report(r#","conclusion":"Nothing","specimen":[{"display":"Sputum"}]"#), None);
        assert!(report(r#","conclusion":"Nothing""#).is_some());
        assert_ne!(report(r#","conclusion":"Nothing""#), report(r#","conclusion":"A shadow""#));
        assert_eq!(form(r#""data":"aGVsbG8=""#), form(r#""data":"aGVs bG8=","title":"Hello""#));
        assert_ne!(form(r#""data":"aGVsbG8=""#), form(r#""data":"aGVsbG8h""#));
        assert_ne!(form(r#""data":"aGVsbG8=""#), form(r#""data":"agvsbg8=""#), "bytes have no capitals");
    }

    #[test]
    fn a_medicine_is_compared_with_how_strong_it_is() {
        let order = |medicine: &str| {
            of(&format!(
                r#"{{"resourceType":"MedicationRequest","status":"active","intent":"order","authoredOn":"2020-01-02",{medicine}}}"#
            ))
        };
        let aspirin = |text: &str| order(&format!(r#""medicationCodeableConcept":{}"#, concept(RXNORM, "1191", "Aspirin", text)));
        assert!(aspirin("").is_some());
        assert_eq!(aspirin("aspirin"), aspirin(""));
        assert_ne!(aspirin("Aspirin 81 MG"), aspirin("Aspirin 325 MG"));
        let elsewhere =
            |name: &str| order(&format!(r#""medicationReference":{{"reference":"Medication/{}","display":"{name}"}}"#, name.len()));
        assert_eq!(elsewhere("Aspirin"), None, "what it is made of stands elsewhere");
        assert_eq!(elsewhere("Vitamin B12"), None);
        assert!(elsewhere("Aspirin 81 MG Oral Tablet").is_some());
        assert_ne!(elsewhere("Aspirin 81 MG Oral Tablet"), elsewhere("Aspirin 325 MG Oral Tablet"));
        assert!(elsewhere("insulin glargine 100UNT/ML").is_some());
    }

    #[test]
    fn one_more_kind_of_a_visit_is_another_visit() {
        let visit = |types: &str, status: &str| {
            of(&format!(
                r#"{{"resourceType":"Encounter","status":"{status}","class":{{"code":"AMB"}},"type":[{types}],"period":{{"start":"{AT}","end":"2020-01-02T11:00:00Z"}}}}"#
            ))
        };
        let check = visit(r#"{"text":"Check-up"}"#, "finished");
        assert!(check.is_some());
        assert_eq!(check, visit(r#"{"text":"check-up"}"#, "completed"));
        assert_ne!(check, visit(r#"{"text":"Check-up"},{"text":"Vaccination"}"#, "finished"));
        assert_ne!(check, visit(r#"{"text":"Check-up"}"#, "onleave"));
        assert_eq!(visit(r#"{"text":"Check-up"}"#, "unknown"), None);
        assert_eq!(visit("", "finished"), None, "where nothing says what it was for");
    }

    #[test]
    fn the_order_and_the_figures_of_components_count_for_nothing() {
        let pressure = |first: &str, second: &str| {
            of(&format!(
                r#"{{"resourceType":"Observation","status":"final","effectiveDateTime":"2020-01-02T10:00:00Z",
                "code":{{"coding":[{{"system":"http://loinc.org","code":"85354-9"}}]}},"component":[{first},{second}]}}"#
            ))
        };
        let part = |code: &str, value: &str| {
            format!(
                r#"{{"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"valueQuantity":{{"value":{value},"unit":"mm[Hg]"}}}}"#
            )
        };
        let one = pressure(&part("8480-6", "120"), &part("8462-4", "80"));
        assert!(one.is_some());
        assert_eq!(one, pressure(&part("8462-4", "80.0"), &part("8480-6", "120")));
        assert_ne!(one, pressure(&part("8480-6", "120"), &part("8462-4", "81")));
    }

    #[test]
    fn documents_are_compared_by_their_bytes() {
        let note = |data: &str| {
            of(&format!(
                r#"{{"resourceType":"DocumentReference","status":"current","date":"2020-01-02T10:00:00Z","type":{{"text":"Note"}},
                "content":[{{"attachment":{{{data}}}}}]}}"#
            ))
        };
        let one = note(r#""data":"aGVsbG8=","title":"Hello""#);
        assert!(one.is_some());
        assert_eq!(one, note(r#""data":"aGVs bG8=","contentType":"text/plain""#));
        assert_ne!(one, note(r#""data":"aGVsbG8h""#));
        let draft = of(
            r#"{"resourceType":"DocumentReference","status":"current","docStatus":"preliminary","date":"2020-01-02T10:00:00Z","type":{"text":"Note"},
            "content":[{"attachment":{"data":"aGVsbG8="}}]}"#,
        );
        assert!(draft.is_some() && draft != one, "what is not signed yet");
        assert_eq!(note(r#""url":"Binary/1""#), None);
    }

    #[test]
    fn what_cannot_be_compared_has_no_key() {
        let observation = |more: &str| {
            of(&format!(r#"{{"resourceType":"Observation","effectiveDateTime":"2020-01-02","code":{{"text":"Pulse"}},{more}}}"#))
        };
        assert!(observation(r#""valueInteger":70"#).is_some());
        for more in [
            r#""valueInteger":70,"status":"entered-in-error""#,
            r#""valueInteger":70,"focus":[{"reference":"Group/1"}]"#,
            r#""valueInteger":70,"modifierExtension":[{"url":"x"}]"#,
            r#""valueSampledData":{"data":"1 2"}"#,
        ] {
            assert_eq!(observation(more), None, "{more}");
        }
        assert_eq!(of(r#"{"resourceType":"Claim","created":"2020-01-02","type":{"text":"Claim"}}"#), None);
        assert_eq!(of(r#"{"resourceType":"Encounter","period":{"start":"2020-01-02"}}"#), None, "nothing says what it was");
    }
}
