//! Codes: facts about what things are called elsewhere, with our own words.

use serde_json::{Value, json};

/// ICD-10-CM, the diagnoses.
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
/// ICD-10-PCS, the procedures.
const ICD10_PCS: &str = "http://www.cms.gov/Medicare/Coding/ICD10";
const LOINC: &str = "http://loinc.org";
const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const CVX: &str = "http://hl7.org/fhir/sid/cvx";

/// One code of a code system, with plain words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    system: &'static str,
    pub(super) code: &'static str,
    pub(super) text: &'static str,
}

impl Code {
    pub(super) const fn icd10(code: &'static str, text: &'static str) -> Self {
        Self { system: ICD10, code, text }
    }

    pub(super) const fn procedure(code: &'static str, text: &'static str) -> Self {
        Self { system: ICD10_PCS, code, text }
    }

    pub(super) const fn loinc(code: &'static str, text: &'static str) -> Self {
        Self { system: LOINC, code, text }
    }

    pub(super) const fn rxnorm(code: &'static str, text: &'static str) -> Self {
        Self { system: RXNORM, code, text }
    }

    pub(super) const fn vaccine(code: &'static str, text: &'static str) -> Self {
        Self { system: CVX, code, text }
    }

    /// The same fact as a `CodeableConcept`.
    pub(super) fn concept(self) -> Value {
        if self.code.is_empty() {
            return json!({ "text": self.text });
        }
        json!({ "coding": [{ "system": self.system, "code": self.code, "display": self.text }], "text": self.text })
    }
}

/// A concept of HL7's own code systems, which FHIR requires in many places.
pub(super) fn hl7(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code }] })
}

/// A number with so many decimals, as the laboratory would print it.
pub(super) fn number(value: f64, decimals: u32) -> Value {
    if decimals == 0 {
        return json!(value.round() as i64);
    }
    let scale = 10_f64.powi(decimals as i32);
    json!((value * scale).round() / scale)
}

/// A `Quantity` in UCUM.
pub(super) fn quantity(value: f64, decimals: u32, unit: &str, ucum: &str) -> Value {
    json!({ "value": number(value, decimals), "unit": unit, "system": "http://unitsofmeasure.org", "code": ucum })
}
