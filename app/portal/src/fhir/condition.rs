//! Problems and allergies.

use super::{
    facts::{link, own, problem, words},
    json::Json,
    read::concept_text,
    shape::Shape,
};

/// What is said of the reactions to one thing, by one allergy or by several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reactions {
    /// Those that are named, each once.
    pub named: Vec<String>,
    /// Whether any of them says that the next may threaten life (`criticality` of FHIR: high).
    pub is_high: bool,
}

impl Reactions {
    /// Adds what an allergy says; what is no allergy says nothing.
    pub fn add(&mut self, raw: &str) {
        let Ok(allergy) = Json::parse(raw) else { return };
        for reaction in allergy.all("reaction.manifestation").into_iter().filter_map(concept_text) {
            if !self.named.contains(&reaction) {
                self.named.push(reaction);
            }
        }
        self.is_high |= allergy.get("criticality").str() == Some("high");
    }
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
    use super::Reactions;

    #[test]
    fn a_reaction_is_named_once_however_often_it_happened() {
        let allergy = r#"{"resourceType":"AllergyIntolerance","reaction":[
            {"manifestation":[{"text":"Hives"},{"coding":[{"display":"Wheezing"}]}]},{"manifestation":[{"text":"Hives"}]}]}"#;
        let mut told = Reactions::default();
        told.add(allergy);
        assert_eq!(told, Reactions { named: vec!["Hives".to_owned(), "Wheezing".to_owned()], is_high: false });
        // What another says is added, and the worst stands.
        told.add(r#"{"criticality":"high","reaction":[{"manifestation":[{"text":"Shock"}]}]}"#);
        told.add(r#"{"criticality":"low","reaction":"hives"}"#);
        told.add("no JSON");
        assert_eq!(told, Reactions { named: ["Hives", "Wheezing", "Shock"].map(str::to_owned).to_vec(), is_high: true });
    }
}
