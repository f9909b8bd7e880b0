//! Vital signs.

use serde_json::{Value, json};

use super::{
    body::Body,
    code::{Code, hl7, number, quantity},
    record::Record,
    visit::Visit,
};

/// Blood pressure, pulse and weight, as at every review.
pub(super) fn short(record: &mut Record, body: &mut Body, visit: &Visit) {
    pressure(record, body, visit);
    let rest = if body.age(visit.ago) < 10.0 { 95.0 } else { 72.0 };
    let pulse = rest + record.random.wobble() * 6.0;
    one(record, visit, Code::loinc("8867-4", "Heart rate"), pulse, 0, ("beats/min", "/min"));
    weight(record, body, visit);
}

/// All of them, as at a yearly check.
pub(super) fn full(record: &mut Record, body: &mut Body, visit: &Visit) {
    short(record, body, visit);
    let (height, weight) = (body.height(visit.ago), body.weight(&mut record.random, visit.ago));
    one(record, visit, Code::loinc("8302-2", "Height"), height, 1, ("cm", "cm"));
    one(record, visit, Code::loinc("39156-5", "Body mass index"), weight / (height / 100.0).powi(2), 1, ("kg/m²", "kg/m2"));
    let temperature = 36.7 + record.random.wobble() * 0.2;
    one(record, visit, Code::loinc("8310-5", "Body temperature"), temperature, 1, ("°C", "Cel"));
}

/// A temperature, and the oxygen in the blood, as when somebody is ill.
pub(super) fn feverish(record: &mut Record, visit: &Visit, temperature: f64) {
    one(record, visit, Code::loinc("8310-5", "Body temperature"), temperature, 1, ("°C", "Cel"));
    let oxygen = record.random.between(95, 99) as f64;
    one(record, visit, Code::loinc("2708-6", "Oxygen in the blood"), oxygen, 0, ("%", "%"));
}

fn weight(record: &mut Record, body: &mut Body, visit: &Visit) {
    let weight = body.weight(&mut record.random, visit.ago);
    one(record, visit, Code::loinc("29463-7", "Weight"), weight, 1, ("kg", "kg"));
}

fn pressure(record: &mut Record, body: &mut Body, visit: &Visit) {
    let (upper, lower) = body.pressure(&mut record.random, visit.ago);
    let mut resource = observation(record, visit, Code::loinc("85354-9", "Blood pressure"));
    let part = |code: Code, value: f64| json!({ "code": code.concept(), "valueQuantity": quantity(value, 0, "mmHg", "mm[Hg]") });
    resource["component"] =
        json!([part(Code::loinc("8480-6", "Upper (systolic)"), upper), part(Code::loinc("8462-4", "Lower (diastolic)"), lower)]);
    record.add(resource);
}

fn one(record: &mut Record, visit: &Visit, code: Code, value: f64, decimals: u32, unit: (&str, &str)) {
    let mut resource = observation(record, visit, code);
    let value = number(value, decimals).as_f64().unwrap_or(value);
    resource["valueQuantity"] = quantity(value, decimals, unit.0, unit.1);
    record.add(resource);
}

fn observation(record: &mut Record, visit: &Visit, code: Code) -> Value {
    let (subject, practitioner) = (record.subject(), record.by(visit.role));
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [hl7("observation-category", "vital-signs")],
        "code": code.concept(),
        "subject": subject,
        "encounter": visit.reference(),
        "effectiveDateTime": visit.at(5),
        "performer": [practitioner],
    })
}
