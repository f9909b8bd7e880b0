//! Visits. The reason and the diagnosis of a visit are problems, not the visit.

use chartkey_domain::category::Category;

use super::{
    facts::{of, own, problem, words},
    shape::Shape,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("Encounter", &["type", "serviceType", "class"], &["period"])
        .by(&["participant.individual"])
        .at(&["location.location", "serviceProvider"])
        .telling(&[
            own("fact.status", "status"),
            own("fact.kind", "class"),
            own("fact.kind", "type"),
            own("fact.service", "serviceType"),
            own("fact.time", "period"),
            own("fact.seen-by", "participant.individual"),
            own("fact.organization", "serviceProvider"),
            own("fact.place", "location.location"),
            own("fact.part-of", "partOf"),
            problem("fact.diagnosis", "diagnosis.condition"),
            of(&[Category::Visits], "fact.reason", "hospitalization.admitSource"),
            of(&[Category::Visits], "fact.after", "hospitalization.dischargeDisposition"),
        ]),
    Shape::new("EpisodeOfCare", &["type"], &["period"]).by(&["careManager"]).at(&["managingOrganization"]).telling(&[
        own("fact.status", "status"),
        own("fact.time", "period"),
        own("fact.organization", "managingOrganization"),
        problem("fact.diagnosis", "diagnosis.condition"),
    ]),
    Shape::new("Appointment", &["appointmentType", "serviceType", "specialty"], &["start", "requestedPeriod", "created"])
        .end_at(&["end"])
        .by(&["participant.actor"])
        .telling(&[
            own("fact.status", "status"),
            own("fact.time", "start"),
            own("fact.service", "serviceType"),
            own("fact.with", "participant.actor"),
            words("fact.note", "description"),
            words("fact.note", "patientInstruction"),
        ]),
    Shape::new("AppointmentResponse", &["participantType"], &["start"])
        .end_at(&["end"])
        .telling(&[own("fact.status", "participantStatus"), own("fact.time", "start")]),
];
