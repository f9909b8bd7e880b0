//! Questions that people answer: mood, drinking, safety at home, smoking; and
//! what runs in the family.

use chartkey_domain::label::Label;
use serde_json::{Value, json};

use super::{
    code::{Code, hl7},
    record::Record,
    visit::Visit,
};

/// The nine questions about mood: LOINC's codes of the PHQ-9, our short words.
const MOOD: [(&str, &str); 9] = [
    ("44250-9", "Little joy in things"),
    ("44255-8", "Feeling low"),
    ("44259-0", "Sleep"),
    ("44254-1", "Tiredness"),
    ("44251-7", "Appetite"),
    ("44258-2", "Thinking badly of oneself"),
    ("44252-5", "Concentration"),
    ("44253-3", "Slowed down or restless"),
    ("44260-8", "Thoughts of death or self-harm"),
];

/// The nine answers, 0 to 3 each, and their sum: answers are spread so that the
/// sum is `score`, which is at most 24, and the last question is answered 0.
pub(super) fn mood(record: &mut Record, visit: &Visit, score: i64) {
    let labels = [Label::MentalHealth];
    let items: Vec<Value> = MOOD
        .iter()
        .enumerate()
        .map(|(index, (code, text))| {
            let index = index as i64;
            let answer = if index == 8 { 0 } else { score / 8 + i64::from(index < score % 8) };
            json!({ "linkId": code, "text": text, "answer": [{ "valueInteger": answer }] })
        })
        .collect();
    let (subject, author) = (record.subject(), record.by(visit.role));
    let answers = record.add_labelled(
        &labels,
        json!({
            "resourceType": "QuestionnaireResponse",
            "questionnaire": "https://larkspur.example.org/questionnaire/mood",
            "status": "completed",
            "subject": subject,
            "encounter": visit.reference(),
            "authored": visit.at(5),
            "author": author,
            "source": subject,
            "item": items,
        }),
    );
    let mut total = observation(record, visit, Code::loinc("44261-6", "Mood questionnaire (PHQ-9), total"), "survey");
    total["valueQuantity"] = json!({ "value": score, "unit": "points", "system": "http://unitsofmeasure.org", "code": "{score}" });
    total["derivedFrom"] = json!([{ "reference": answers }]);
    record.add_labelled(&labels, total);
}

/// The sum of three questions about drinking.
pub(super) fn drinking(record: &mut Record, visit: &Visit, score: i64) {
    let mut total = observation(record, visit, Code::loinc("75626-2", "Drinking questionnaire (AUDIT-C), total"), "survey");
    total["valueQuantity"] = json!({ "value": score, "unit": "points", "system": "http://unitsofmeasure.org", "code": "{score}" });
    record.add_labelled(&[Label::SubstanceUse], total);
}

/// The sum of four questions about violence at home.
pub(super) fn safety(record: &mut Record, visit: &Visit, score: i64) {
    let mut total = observation(record, visit, Code::loinc("76504-0", "Safety at home questionnaire (HARK), total"), "survey");
    total["valueQuantity"] = json!({ "value": score, "unit": "points", "system": "http://unitsofmeasure.org", "code": "{score}" });
    record.add_labelled(&[Label::Violence], total);
}

/// Whether somebody smokes, with LOINC's answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Smoking {
    Never,
    Former,
    Daily,
}

/// Smoking, as asked at a yearly check.
pub(super) fn smoking(record: &mut Record, visit: &Visit, smoking: Smoking) {
    let (code, text) = match smoking {
        Smoking::Never => ("LA18978-9", "Never smoked"),
        Smoking::Former => ("LA15920-4", "Used to smoke"),
        Smoking::Daily => ("LA18976-3", "Smokes every day"),
    };
    let mut status = observation(record, visit, Code::loinc("72166-2", "Smoking"), "social-history");
    status["valueCodeableConcept"] = Code::loinc(code, text).concept();
    record.add(status);
}

/// What a relative had: HL7's v3 RoleCode, words for it, the illness, the age then.
pub(super) fn relative(record: &mut Record, role: &str, words: &str, illness: Code, age: i64, labels: &[Label]) {
    let (subject, day) = (record.subject(), record.day(record.span()));
    let mut relationship = hl7("v3-RoleCode", role);
    relationship["text"] = json!(words);
    record.add_labelled(
        labels,
        json!({
            "resourceType": "FamilyMemberHistory",
            "status": "completed",
            "patient": subject,
            "date": day.to_string(),
            "relationship": relationship,
            "condition": [{
                "code": illness.concept(),
                "onsetAge": { "value": age, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a" },
            }],
        }),
    );
}

fn observation(record: &mut Record, visit: &Visit, code: Code, category: &str) -> Value {
    let (subject, practitioner) = (record.subject(), record.by(visit.role));
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [hl7("observation-category", category)],
        "code": code.concept(),
        "subject": subject,
        "encounter": visit.reference(),
        "effectiveDateTime": visit.at(5),
        "performer": [practitioner],
    })
}
