//! A record with a string of its own in every place that somebody could look.

use serde_json::{Value, json};

/// The security label of what only a grant with "HIV" reaches.
const LABEL: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// A string that occurs nowhere but in one place of one record.
pub fn mark(owner: &str, place: &str) -> String {
    format!("Zq{owner}{place}")
}

/// The number of a result: unique, and part of no identifier.
pub fn number(owner: &str, place: &str) -> String {
    let tail = match place {
        "results" => "11",
        "private" => "22",
        "labelled" => "33",
        "lonely" => "44",
        "second" => "55",
        _ => "66",
    };
    let head = match owner {
        "ada" => "6135",
        "bea" => "7246",
        _ => "8357",
    };
    format!("{head}{tail}.0625")
}

/// One item in every category, two private results and one with a label. Each
/// resource has the name of its place as its id.
pub fn bundle(owner: &str) -> String {
    let mark = |place: &str| mark(owner, place);
    let said = |place: &str, code: &str| json!({"text": mark(place), "coding": [{"system": "http://loinc.org", "code": code, "display": mark(place)}]});
    let of = |kind: &str, place: &str, rest: Value| {
        let mut resource = json!({"resourceType": kind, "id": place,
            "extension": [{"url": "http://example.org/raw", "valueString": mark(&format!("raw{place}"))}]});
        resource.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        resource
    };
    let subject = json!({"reference": "Patient/details", "display": mark("name")});
    let of_subject = |kind: &str, place: &str, rest: Value| {
        let mut resource = of(kind, place, rest);
        resource["subject"] = subject.clone();
        resource
    };
    let of_patient = |kind: &str, place: &str, rest: Value| {
        let mut resource = of(kind, place, rest);
        resource["patient"] = subject.clone();
        resource
    };
    let observation = |place: &str, kind: &str, code: &str| {
        let value: Value = serde_json::from_str(&number(owner, place)).unwrap();
        of_subject(
            "Observation",
            place,
            json!({"status": "final", "code": said(place, code), "effectiveDateTime": "2024-03-05T08:00:00Z",
                "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": kind}]}],
                "encounter": {"reference": "Encounter/visits", "display": mark("encounter")},
                "performer": [{"reference": "Practitioner/author", "display": mark("author")}],
                "valueQuantity": {"value": value, "unit": "g/L"}}),
        )
    };
    let mut labelled = observation("labelled", "laboratory", "718-7");
    let mut second = observation("second", "laboratory", "2345-7");
    // Of whom the record has nothing but this name.
    second["performer"] = json!([{"reference": "Practitioner/elsewhere", "display": mark("elsewhere")}]);
    labelled["meta"] = json!({"security": [{"system": LABEL, "code": "HIV"}]});
    let resources = vec![
        of(
            "Patient",
            "details",
            json!({"name": [{"family": mark("name"), "given": ["Of"]}], "birthDate": "1961-03-14",
            "telecom": [{"system": "phone", "value": mark("phone")}], "address": [{"text": mark("address")}]}),
        ),
        of("Practitioner", "author", json!({"name": [{"family": mark("author")}]})),
        of("Location", "place", json!({"name": mark("place")})),
        of_subject(
            "Condition",
            "problems",
            json!({"code": said("problems", "1-8"), "onsetDateTime": "2020-01-01",
            "clinicalStatus": {"coding": [{"code": "active"}]}}),
        ),
        of_subject(
            "MedicationRequest",
            "medicines",
            json!({"status": "active", "intent": "order", "authoredOn": "2024-01-01",
            "medicationCodeableConcept": said("medicines", "2-6")}),
        ),
        of_patient("AllergyIntolerance", "allergies", json!({"code": said("allergies", "3-4")})),
        of_patient(
            "Immunization",
            "vaccines",
            json!({"status": "completed", "vaccineCode": said("vaccines", "4-2"),
            "occurrenceDateTime": "2023-01-01"}),
        ),
        observation("results", "laboratory", "718-7"),
        observation("private", "laboratory", "718-7"),
        observation("lonely", "laboratory", "6690-2"),
        second,
        labelled,
        observation("vitals", "vital-signs", "29463-7"),
        of_subject(
            "Procedure",
            "procedures",
            json!({"status": "completed", "code": said("procedures", "5-9"),
            "performedDateTime": "2023-02-01"}),
        ),
        of_subject(
            "Encounter",
            "visits",
            json!({"status": "finished", "class": {"code": "AMB"}, "type": [said("visits", "6-7")],
            "period": {"start": "2024-03-05T07:00:00Z", "end": "2024-03-05T09:00:00Z"},
            "location": [{"location": {"reference": "Location/place", "display": mark("place")}}]}),
        ),
        of_subject(
            "DocumentReference",
            "documents",
            json!({"status": "current", "type": said("documents", "7-5"),
            "date": "2024-03-05T08:00:00Z", "content": [{"attachment": {"contentType": "text/plain", "data": encoded(&mark("bytes"))}},
                {"attachment": {"contentType": "application/pdf", "data": encoded(&format!("%PDF-1.4 {}", mark("pdf")))}}]}),
        ),
        of_subject("ImagingStudy", "imaging", json!({"status": "available", "description": mark("imaging"), "started": "2024-01-01"})),
        of_subject(
            "CarePlan",
            "plans",
            json!({"status": "active", "intent": "plan", "title": mark("plans"),
            "category": [said("plans", "8-3")]}),
        ),
        of_patient(
            "FamilyMemberHistory",
            "lifestyle",
            json!({"status": "completed", "date": "2022-01-01",
            "relationship": said("lifestyle", "9-1")}),
        ),
        of_patient(
            "Device",
            "devices",
            json!({"type": said("devices", "10-9"), "deviceName": [{"name": mark("devices"), "type": "other"}]}),
        ),
        {
            let mut coverage = of("Coverage", "insurance", json!({"status": "active", "type": said("insurance", "11-7")}));
            coverage["beneficiary"] = subject.clone();
            coverage["payor"] = json!([{"display": mark("payor")}]);
            coverage
        },
        of_subject("Flag", "own", json!({"status": "active", "code": said("own", "12-5")})),
        of_subject("Observation", "gone", json!({"status": "final", "code": said("gone", "13-3"), "valueString": mark("gonevalue")})),
    ];
    let entries: Vec<Value> = resources.into_iter().map(|resource| json!({"resource": resource})).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()
}

fn encoded(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
