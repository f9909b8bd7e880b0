//! Pictures, and what was done to the body.

use serde_json::{Value, json};

use super::{
    code::{Code, hl7},
    record::Record,
    staff::Role,
    visit::Visit,
};

/// A picture: words, DICOM modality, part of the body, what was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    pub(super) name: &'static str,
    pub(super) modality: &'static str,
    /// The DICOM storage class of the modality (PS3.6, annex A).
    pub(super) class: &'static str,
    pub(super) part: &'static str,
    pub(super) finding: &'static str,
}

pub(super) const CHEST: Picture = Picture {
    name: "Chest X-ray",
    modality: "DX",
    class: "1.2.840.10008.5.1.4.1.1.1.1",
    part: "Chest",
    finding: "Clear lungs. Heart slightly enlarged.",
};
pub(super) const ANKLE: Picture =
    Picture { name: "X-ray of the ankle", modality: "DX", class: "1.2.840.10008.5.1.4.1.1.1.1", part: "Ankle", finding: "No break seen." };
pub(super) const HEART_ULTRASOUND: Picture = Picture {
    name: "Ultrasound of the heart",
    modality: "US",
    class: "1.2.840.10008.5.1.4.1.1.6.1",
    part: "Heart",
    finding: "Pumping function 52 %. Valves without a finding.",
};
pub(super) const WOMB_ULTRASOUND: Picture = Picture {
    name: "Ultrasound in pregnancy",
    modality: "US",
    class: "1.2.840.10008.5.1.4.1.1.6.1",
    part: "Womb",
    finding: "One child, growing as expected for 20 weeks.",
};

/// The ImagingStudy and the radiologist's report.
pub(super) fn picture(record: &mut Record, visit: &Visit, picture: Picture) {
    let (subject, reader) = (record.subject(), record.by(Role::Radiologist));
    let [study, series, image] = [0; 3].map(|_| format!("2.25.{}", record.random.uuid().as_u128()));
    let modality = json!({ "system": "http://dicom.nema.org/resources/ontology/DCM", "code": picture.modality });
    let study = record.add_labelled(
        &visit.labels,
        json!({
            "resourceType": "ImagingStudy",
            "identifier": [{ "system": "urn:dicom:uid", "value": format!("urn:oid:{study}") }],
            "status": "available",
            "modality": [modality],
            "subject": subject,
            "encounter": visit.reference(),
            "started": visit.at(20),
            "interpreter": [reader],
            "numberOfSeries": 1,
            "numberOfInstances": 1,
            "description": picture.name,
            "series": [{
                "uid": series,
                "number": 1,
                "modality": modality,
                "numberOfInstances": 1,
                "bodySite": { "display": picture.part },
                "started": visit.at(20),
                "instance": [{
                    "uid": image,
                    "sopClass": { "system": "urn:ietf:rfc:3986", "code": format!("urn:oid:{}", picture.class) },
                    "number": 1,
                }],
            }],
        }),
    );
    record.add_labelled(
        &visit.labels,
        json!({
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": [hl7("v2-0074", "RAD")],
            "code": { "text": picture.name },
            "subject": subject,
            "encounter": visit.reference(),
            "effectiveDateTime": visit.at(20),
            "issued": visit.at(180),
            "resultsInterpreter": [reader],
            "imagingStudy": [{ "reference": study, "display": picture.name }],
            "conclusion": picture.finding,
        }),
    );
}

/// Something that was done to the body during a visit.
pub(super) fn procedure(record: &mut Record, visit: &Visit, code: Code, outcome: &str) -> String {
    let (subject, performer, location) = (record.subject(), record.by(visit.role), record.location(visit.place));
    let mut resource = json!({
        "resourceType": "Procedure",
        "status": "completed",
        "code": code.concept(),
        "subject": subject,
        "encounter": visit.reference(),
        "performedPeriod": { "start": visit.at(20), "end": visit.at(65) },
        "performer": [{ "actor": performer }],
        "location": location,
        "outcome": { "text": outcome },
    });
    if let Some(reason) = &visit.reason {
        resource["reasonReference"] = json!([reason.reference()]);
    }
    record.add_labelled(&visit.labels, resource)
}

/// Something in or on the body, from that visit on.
pub(super) fn device(record: &mut Record, visit: &Visit, name: &str, maker: &str) {
    let (subject, serial): (Value, i64) = (record.subject(), record.random.between(100_000, 999_999));
    record.add(json!({
        "resourceType": "Device",
        "status": "active",
        "manufacturer": maker,
        "manufactureDate": visit.day.to_string(),
        "serialNumber": format!("SN-{serial}"),
        "deviceName": [{ "name": name, "type": "user-friendly-name" }],
        "type": { "text": name },
        "patient": subject,
    }));
}
