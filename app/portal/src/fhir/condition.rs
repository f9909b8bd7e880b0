//! Problems and allergies.

use super::{
    facts::{link, own, problem, words},
    json::Json,
    read::concept_text,
    shape::Shape,
};

/// The reactions that an allergy names, each once; none of what is no allergy.
#[must_use]
pub fn reactions(raw: &str) -> Vec<String> {
    let Ok(allergy) = Json::parse(raw) else { return Vec::new() };
    let mut named: Vec<String> = Vec::new();
    for reaction in allergy.all("reaction.manifestation").into_iter().filter_map(concept_text) {
        if !named.contains(&reaction) {
            named.push(reaction);
        }
    }
    named
}

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("Condition", &["code"], &["onset[x]", "recordedDate"])
        .lasting(&["abatement[x]"], &["inactive", "remission", "resolved"])
        .by(&["asserter", "recorder"])
        .telling(&[
            own("fact.status", "clinicalStatus"),
            own("fact.certainty", "verificationStatus"),
            own("fact.kind", "category"),
            own("fact.severity", "severity"),
            own("fact.body-site", "bodySite"),
            own("fact.began", "onset[x]"),
            own("fact.ended", "abatement[x]"),
            own("fact.recorded", "recordedDate"),
            own("fact.recorder", "recorder"),
            own("fact.asserter", "asserter"),
            link("fact.visit", "encounter"),
            problem("fact.stage", "stage.summary"),
            problem("fact.evidence", "evidence.code"),
            link("fact.evidence", "evidence.detail"),
        ]),
    Shape::new("AllergyIntolerance", &["code", "reaction.substance"], &["onset[x]", "lastOccurrence", "recordedDate"])
        .by(&["asserter", "recorder"])
        .telling(&[
            own("fact.status", "clinicalStatus"),
            own("fact.certainty", "verificationStatus"),
            own("fact.kind", "type"),
            own("fact.kind", "category"),
            own("fact.criticality", "criticality"),
            own("fact.reaction", "reaction.manifestation"),
            own("fact.severity", "reaction.severity"),
            own("fact.began", "onset[x]"),
            own("fact.last-time", "lastOccurrence"),
            own("fact.recorded", "recordedDate"),
            own("fact.recorder", "recorder"),
            own("fact.asserter", "asserter"),
            link("fact.visit", "encounter"),
            words("fact.note", "reaction.description"),
        ]),
    Shape::new("AdverseEvent", &["event"], &["date", "detected", "recordedDate"]).by(&["recorder"]).telling(&[
        own("fact.seriousness", "seriousness"),
        own("fact.severity", "severity"),
        own("fact.outcome", "outcome"),
        link("fact.suspected", "suspectEntity.instance"),
        link("fact.result", "resultingCondition"),
    ]),
    Shape::new("BodyStructure", &["location", "morphology"], &[]).telling(&[own("fact.morphology", "morphology")]),
    Shape::new("RiskAssessment", &["code", "method"], &["occurrence[x]"]).by(&["performer"]).telling(&[
        own("fact.method", "method"),
        problem("fact.outcome", "prediction.outcome"),
        link("fact.basis", "basis"),
        words("fact.mitigation", "mitigation"),
    ]),
];

#[cfg(test)]
mod tests {
    use super::reactions;

    #[test]
    fn a_reaction_is_named_once_however_often_it_happened() {
        let allergy = r#"{"resourceType":"AllergyIntolerance","reaction":[
            {"manifestation":[{"text":"Hives"},{"coding":[{"display":"Wheezing"}]}]},{"manifestation":[{"text":"Hives"}]}]}"#;
        assert_eq!(reactions(allergy), ["Hives", "Wheezing"]);
        assert!(reactions(r#"{"resourceType":"AllergyIntolerance","reaction":"hives"}"#).is_empty());
        assert!(reactions("no JSON").is_empty());
    }
}
