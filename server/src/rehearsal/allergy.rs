//! Allergies and intolerances.

use serde_json::json;

use super::{
    code::{Code, hl7},
    record::Record,
};

/// What somebody does not tolerate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allergy {
    pub(super) code: Code,
    /// `food`, `medication`, `environment` or `biologic`.
    pub(super) category: &'static str,
    pub(super) reaction: &'static str,
    /// `mild`, `moderate` or `severe`.
    pub(super) severity: &'static str,
    pub(super) years: i64,
}

/// Writes the AllergyIntolerance.
pub(super) fn allergy(record: &mut Record, allergy: Allergy) {
    let (since, subject) = (record.day(allergy.years * 365), record.subject());
    let criticality = if allergy.severity == "severe" { "high" } else { "low" };
    record.add(json!({
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
        "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
        "type": "allergy",
        "category": [allergy.category],
        "criticality": criticality,
        "code": allergy.code.concept(),
        "patient": subject,
        "recordedDate": since.to_string(),
        "reaction": [{ "manifestation": [{ "text": allergy.reaction }], "severity": allergy.severity }],
    }));
}

/// Somebody asked, and there is none. (FHIR codes this in SNOMED CT; the number
/// is a fact, the words are ours.)
pub(super) fn none_known(record: &mut Record, ago: i64) {
    let (asked, subject) = (record.day(ago), record.subject());
    record.add(json!({
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
        "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "716186003" }], "text": "No known allergies" },
        "patient": subject,
        "recordedDate": asked.to_string(),
    }));
}

pub(super) const PENICILLIN: Allergy = Allergy {
    code: Code::rxnorm("70618", "Penicillin"),
    category: "medication",
    reaction: "Swollen face, trouble breathing",
    severity: "severe",
    years: 22,
};
pub(super) const SULFA: Allergy =
    Allergy { code: Code::rxnorm("10180", "Sulfamethoxazole"), category: "medication", reaction: "Rash", severity: "moderate", years: 11 };
pub(super) const PEANUT: Allergy =
    Allergy { code: Code::rxnorm("", "Peanut"), category: "food", reaction: "Hives and vomiting", severity: "severe", years: 6 };
pub(super) const CATS: Allergy =
    Allergy { code: Code::rxnorm("", "Cats"), category: "environment", reaction: "Sneezing, itching eyes", severity: "mild", years: 4 };
pub(super) const IBUPROFEN: Allergy =
    Allergy { code: Code::rxnorm("5640", "Ibuprofen"), category: "medication", reaction: "Stomach pain", severity: "mild", years: 3 };
