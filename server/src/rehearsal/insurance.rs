//! Coverage, claims and explanations.

use serde_json::json;

use super::{
    code::{hl7, number},
    record::Record,
    staff::Place,
    visit::{Contact, Visit},
};

/// A person's insurance, which claims name.
#[derive(Debug, Clone)]
pub(super) struct Insurance {
    coverage: String,
}

const INSURER: &str = "Heron Mutual";

impl Insurance {
    /// Writes the Coverage, in force since the record begins.
    pub(super) fn new(record: &mut Record) -> Self {
        let (start, subject) = (record.day(record.span()), record.subject());
        let member = record.random.between(10_000_000, 99_999_999);
        let coverage = record.add(json!({
            "resourceType": "Coverage",
            "status": "active",
            "type": { "text": "Health insurance" },
            "subscriberId": format!("HM-{member}"),
            "beneficiary": subject,
            "relationship": hl7("subscriber-relationship", "self"),
            "period": { "start": start.to_string() },
            "payor": [{ "display": INSURER }],
            "class": [{ "type": hl7("coverage-class", "plan"), "value": "everyday", "name": "Everyday plan" }],
        }));
        Self { coverage }
    }

    /// Bills a visit: the Claim and the insurer's explanation, with the diagnosis.
    pub(super) fn bill(&self, record: &mut Record, visit: &Visit, contact: Contact) {
        let price = match contact {
            Contact::Telephone => record.random.between(30, 45),
            Contact::Office => record.random.between(95, 180),
            Contact::Emergency => record.random.between(600, 1_400),
            Contact::Stay => record.random.between(8_000, 21_000),
        } as f64;
        let (subject, provider) = (record.subject(), record.at(visit.place));
        let kind = if visit.place == Place::Hospital { "institutional" } else { "professional" };
        let money = |value: f64| json!({ "value": number(value, 2), "currency": "USD" });
        let day = visit.day.to_string();
        let mut item = json!({
            "sequence": 1,
            "productOrService": { "text": visit.name },
            "servicedDate": day,
            "encounter": [visit.reference()],
        });
        let diagnosis = visit.reason.as_ref().map(|reason| json!([{ "sequence": 1, "diagnosisReference": reason.reference() }]));
        if diagnosis.is_some() {
            item["diagnosisSequence"] = json!([1]);
        }
        item["net"] = money(price);
        let mut claim = json!({
            "resourceType": "Claim",
            "status": "active",
            "type": hl7("claim-type", kind),
            "use": "claim",
            "patient": subject,
            "billablePeriod": { "start": day, "end": day },
            "created": day,
            "provider": provider,
            "priority": hl7("processpriority", "normal"),
            "insurance": [{ "sequence": 1, "focal": true, "coverage": { "reference": self.coverage, "display": INSURER } }],
            "item": [item],
            "total": money(price),
        });
        if let Some(diagnosis) = &diagnosis {
            claim["diagnosis"] = diagnosis.clone();
        }
        let claim = record.add_labelled(&visit.labels, claim);
        let subject = record.subject();
        let mut explanation = json!({
            "resourceType": "ExplanationOfBenefit",
            "status": "active",
            "type": hl7("claim-type", kind),
            "use": "claim",
            "patient": subject,
            "billablePeriod": { "start": day, "end": day },
            "created": day,
            "insurer": { "display": INSURER },
            "provider": provider,
            "claim": { "reference": claim },
            "outcome": "complete",
            "insurance": [{ "focal": true, "coverage": { "reference": self.coverage, "display": INSURER } }],
            "item": [item],
            "total": [
                { "category": hl7("adjudication", "submitted"), "amount": money(price) },
                { "category": hl7("adjudication", "benefit"), "amount": money(price * 0.8) },
            ],
            "payment": { "amount": money(price * 0.8) },
        });
        if let Some(diagnosis) = diagnosis {
            explanation["diagnosis"] = diagnosis;
        }
        record.add_labelled(&visit.labels, explanation);
    }
}
