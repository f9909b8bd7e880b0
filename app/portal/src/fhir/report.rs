//! Diagnostic reports: laboratory results, imaging, or notes. The conclusion of a
//! report cannot be split and is told as another part.

use chartkey_domain::category::Category;

use super::{
    facts::{link, own, words},
    json::Json,
    observation,
    shape::Shape,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("DiagnosticReport", &["code", "category"], &["effective[x]", "issued"]).by(&["performer", "resultsInterpreter"]).telling(&[
        own("fact.status", "status"),
        own("fact.kind", "category"),
        own("fact.time", "effective[x]"),
        own("fact.issued", "issued"),
        own("fact.performer", "performer"),
        own("fact.specimen", "specimen"),
        own("fact.result", "result"),
        words("fact.conclusion", "conclusion"),
        words("fact.conclusion", "conclusionCode"),
        link("fact.images", "imagingStudy"),
        link("fact.order", "basedOn"),
        link("fact.visit", "encounter"),
    ]),
    Shape::new("MolecularSequence", &["type"], &[])
        .by(&["performer"])
        .telling(&[own("fact.kind", "type"), own("fact.specimen", "specimen")]),
];

/// LOINC codes of notes, as listed for clinical notes by US Core
/// (<https://hl7.org/fhir/us/core/STU6.1/clinical-notes.html>) and met in records.
const NOTES: [&str; 16] = [
    "11488-4", "11504-8", "11506-3", "18842-5", "28570-0", "34108-1", "34109-9", "34111-5", "34117-2", "34133-9", "34746-8", "51847-2",
    "57133-1", "69409-1", "75476-2", "78418-1",
];

/// Whether a code says that a report is a note.
#[must_use]
pub fn is_of_note(code: &str) -> bool {
    NOTES.contains(&code) || code == "clinical-note"
}

/// The category of a diagnostic report.
#[must_use]
pub fn category(report: &Json<'_>) -> Category {
    let codes: Vec<&str> =
        ["category.coding.code", "code.coding.code"].iter().flat_map(|path| report.all(path)).filter_map(Json::str).collect();
    if codes.iter().any(|code| is_of_note(code)) {
        return Category::Documents;
    }
    if codes.iter().any(|code| {
        ["RAD", "LP29684-5", "imaging", "CT", "CUS", "IMG", "NMR", "NMS", "OUS", "RUS", "RX", "VUS", "394914008", "18748-4"].contains(code)
    }) {
        return Category::Imaging;
    }
    if codes.iter().any(|code| ["survey", "social-history"].contains(code) || observation::is_survey(code)) {
        return Category::Lifestyle;
    }
    if codes.contains(&"vital-signs") || codes.contains(&"85354-9") || codes.contains(&"55284-4") {
        return Category::Vitals;
    }
    // A report that is only a text cannot be told apart from a note.
    if report.get("result").items().is_empty() && !report.get("presentedForm").items().is_empty() {
        return Category::Documents;
    }
    Category::Results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_goes_where_its_category_says() {
        for (text, expected) in [
            (r#"{"category":[{"coding":[{"code":"LAB"}]}],"code":{"coding":[{"code":"58410-2"}]},"result":[{}]}"#, Category::Results),
            (r#"{"category":[{"coding":[{"code":"LP29684-5"}]}],"code":{"coding":[{"code":"30746-2"}]}}"#, Category::Imaging),
            (r#"{"category":[{"coding":[{"code":"34117-2"}]}],"presentedForm":[{"data":"eA=="}]}"#, Category::Documents),
            (r#"{"code":{"coding":[{"code":"55757-9"}]},"result":[{}]}"#, Category::Lifestyle),
            (r#"{"presentedForm":[{"data":"eA=="}]}"#, Category::Documents),
            (r#"{}"#, Category::Results),
        ] {
            assert_eq!(category(&Json::parse(text).unwrap()), expected, "{text}");
        }
    }
}
