//! Problems and diagnoses.

use chartkey_domain::label::Label;
use serde_json::json;

use super::{
    code::{Code, hl7},
    record::Record,
    visit::{Reason, Visit},
};

/// A problem on the list, since so many days ago and, where it is past, until.
pub(super) fn problem(record: &mut Record, code: Code, since: i64, until: Option<i64>, labels: &[Label]) -> Reason {
    let (onset, subject) = (record.day(since), record.subject());
    let mut resource = json!({
        "resourceType": "Condition",
        "clinicalStatus": hl7("condition-clinical", if until.is_some() { "resolved" } else { "active" }),
        "verificationStatus": hl7("condition-ver-status", "confirmed"),
        "category": [hl7("condition-category", "problem-list-item")],
        "code": code.concept(),
        "subject": subject,
        "onsetDateTime": onset.to_string(),
        "recordedDate": onset.to_string(),
    });
    if let Some(until) = until {
        resource["abatementDateTime"] = json!(record.day(until).max(onset).to_string());
    }
    Reason { url: record.add_labelled(labels, resource), text: code.text }
}

/// What a visit found and was over soon after.
pub(super) fn diagnosis(record: &mut Record, visit: &Visit, code: Code) -> Reason {
    let (subject, recorder) = (record.subject(), record.by(visit.role));
    let over = record.day((visit.ago - 10).max(0)).max(visit.day);
    let resource = json!({
        "resourceType": "Condition",
        "clinicalStatus": hl7("condition-clinical", "resolved"),
        "verificationStatus": hl7("condition-ver-status", "confirmed"),
        "category": [hl7("condition-category", "encounter-diagnosis")],
        "code": code.concept(),
        "subject": subject,
        "encounter": visit.reference(),
        "onsetDateTime": visit.day.to_string(),
        "abatementDateTime": over.to_string(),
        "recordedDate": visit.day.to_string(),
        "recorder": recorder,
    });
    Reason { url: record.add_labelled(&visit.labels, resource), text: code.text }
}
