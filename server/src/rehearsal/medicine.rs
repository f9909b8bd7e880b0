//! Medicines: a prescription, its renewals, and its end.

use chartkey_domain::label::Label;
use serde_json::json;

use super::{
    calendar::days,
    code::Code,
    record::Record,
    visit::{Reason, Visit},
};

/// A medicine somebody takes from one time to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Medicine {
    pub(super) code: Code,
    /// Name and strength, as on the box.
    pub(super) name: &'static str,
    pub(super) dose: &'static str,
    /// Years before today.
    pub(super) from: f64,
    /// `None`: still taken.
    pub(super) until: Option<f64>,
    /// Why it was stopped.
    pub(super) stopped: &'static str,
}

/// A prescription that can be renewed.
#[derive(Debug, Clone)]
pub(super) struct Prescription {
    medicine: Medicine,
    last: Option<String>,
    ended: bool,
}

impl Prescription {
    /// Nothing prescribed yet.
    pub(super) const fn new(medicine: Medicine) -> Self {
        Self { medicine, last: None, ended: false }
    }

    /// Whether this visit, the last before its end, should write something.
    fn due(&self, ago: i64) -> bool {
        !self.ended && ago <= days(self.medicine.from)
    }

    /// Prescribes, renews or stops at this visit; `next` is the day of the visit
    /// after it, if there is one.
    pub(super) fn at(&mut self, record: &mut Record, visit: &Visit, next: Option<i64>, reason: Option<&Reason>, labels: &[Label]) {
        if !self.due(visit.ago) {
            return;
        }
        let stops = self.medicine.until.is_some_and(|until| next.is_none_or(|next| next < days(until)));
        let status = match (next, self.medicine.until) {
            _ if stops => "stopped",
            (None, None) => "active",
            _ => "completed",
        };
        self.ended = stops;
        let repeats = record.random.between(1, 3);
        let (subject, requester) = (record.subject(), record.by(visit.role));
        let mut resource = json!({
            "resourceType": "MedicationRequest",
            "status": status,
            "intent": "order",
            "medicationCodeableConcept": { "coding": self.medicine.code.concept()["coding"], "text": self.medicine.name },
            "subject": subject,
            "encounter": visit.reference(),
            "authoredOn": visit.at(15),
            "requester": requester,
            "dosageInstruction": [{ "text": self.medicine.dose }],
            "dispenseRequest": { "numberOfRepeatsAllowed": repeats },
        });
        if let Some(reason) = reason {
            resource["reasonReference"] = json!([reason.reference()]);
        }
        if let Some(last) = &self.last {
            resource["priorPrescription"] = json!({ "reference": last });
        }
        if stops {
            resource["statusReason"] = json!({ "text": self.medicine.stopped });
        }
        self.last = Some(record.add_labelled(labels, resource));
    }
}

/// A medicine for a few days, finished since.
pub(super) fn short_course(record: &mut Record, visit: &Visit, code: Code, name: &'static str, dose: &'static str) {
    let (subject, requester) = (record.subject(), record.by(visit.role));
    let mut resource = json!({
        "resourceType": "MedicationRequest",
        "status": "completed",
        "intent": "order",
        "medicationCodeableConcept": { "coding": code.concept()["coding"], "text": name },
        "subject": subject,
        "encounter": visit.reference(),
        "authoredOn": visit.at(15),
        "requester": requester,
        "dosageInstruction": [{ "text": dose }],
    });
    if let Some(reason) = &visit.reason {
        resource["reasonReference"] = json!([reason.reference()]);
    }
    record.add_labelled(&visit.labels, resource);
}
