//! Vaccines.

use serde_json::json;

use super::{code::Code, record::Record, visit::Visit};

pub(super) const INFLUENZA: Code = Code::vaccine("140", "Influenza");
pub(super) const COVID: Code = Code::vaccine("208", "COVID-19");
pub(super) const TETANUS: Code = Code::vaccine("115", "Tetanus, diphtheria and whooping cough");
pub(super) const SHINGLES: Code = Code::vaccine("187", "Shingles");
pub(super) const PNEUMOCOCCUS: Code = Code::vaccine("33", "Pneumococcus");

/// What a child gets, and at which age in days.
const CHILDHOOD: &[(i64, Code)] = &[
    (61, Code::vaccine("20", "Diphtheria, tetanus and whooping cough")),
    (61, Code::vaccine("10", "Polio")),
    (61, Code::vaccine("08", "Hepatitis B")),
    (61, Code::vaccine("119", "Rotavirus")),
    (122, Code::vaccine("20", "Diphtheria, tetanus and whooping cough")),
    (122, Code::vaccine("133", "Pneumococcus")),
    (183, Code::vaccine("10", "Polio")),
    (372, Code::vaccine("03", "Measles, mumps and rubella")),
    (372, Code::vaccine("21", "Chickenpox")),
    (552, Code::vaccine("83", "Hepatitis A")),
    (1480, Code::vaccine("03", "Measles, mumps and rubella")),
    (1480, Code::vaccine("20", "Diphtheria, tetanus and whooping cough")),
    (4030, Code::vaccine("62", "Human papillomavirus")),
    (4030, Code::vaccine("114", "Meningococcus")),
];

/// A vaccine given at a visit.
pub(super) fn given(record: &mut Record, visit: &Visit, code: Code) {
    let lot = record.random.between(1000, 9999);
    let (subject, performer, location) = (record.subject(), record.by(visit.role), record.location(visit.place));
    record.add(json!({
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": code.concept(),
        "patient": subject,
        "encounter": visit.reference(),
        "occurrenceDateTime": visit.at(15),
        "primarySource": true,
        "location": location,
        "lotNumber": format!("RH{lot}"),
        "performer": [{ "actor": performer }],
    }));
}

/// The vaccines of childhood up to now, copied from an older booklet: dates only.
pub(super) fn childhood(record: &mut Record) {
    let age = (record.today - record.person.birth).whole_days();
    for (index, (days, code)) in CHILDHOOD.iter().enumerate().filter(|(_, (days, _))| *days < age - 3) {
        let (day, subject) = (record.day(age - days), record.subject());
        record.add(json!({
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": code.concept(),
            "patient": subject,
            "occurrenceDateTime": day.to_string(),
            "primarySource": false,
            "reportOrigin": { "text": "Vaccination booklet" },
            "note": [{ "text": format!("Line {} of the booklet", index + 1) }],
        }));
    }
}

/// One that was refused that day.
pub(super) fn declined(record: &mut Record, visit: &Visit, code: Code) {
    let subject = record.subject();
    record.add(json!({
        "resourceType": "Immunization",
        "status": "not-done",
        "statusReason": super::code::hl7("v3-ActReason", "PATOBJ"),
        "vaccineCode": code.concept(),
        "patient": subject,
        "encounter": visit.reference(),
        "occurrenceDateTime": visit.at(15),
    }));
}
