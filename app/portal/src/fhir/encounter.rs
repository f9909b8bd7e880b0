//! Visits. The reason and the diagnosis of a visit are problems, not the visit.

use super::{
    facts::{other, own},
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
            other("fact.diagnosis", "diagnosis.condition"),
            other("fact.reason", "hospitalization.admitSource"),
            other("fact.after", "hospitalization.dischargeDisposition"),
        ]),
    Shape::new("EpisodeOfCare", &["type"], &["period"]).by(&["careManager"]).at(&["managingOrganization"]).telling(&[
        own("fact.status", "status"),
        own("fact.time", "period"),
        own("fact.organization", "managingOrganization"),
        other("fact.diagnosis", "diagnosis.condition"),
    ]),
    Shape::new("Appointment", &["appointmentType", "serviceType", "specialty"], &["start", "requestedPeriod", "created"])
        .end_at(&["end"])
        .by(&["participant.actor"])
        .telling(&[
            own("fact.status", "status"),
            own("fact.time", "start"),
            own("fact.service", "serviceType"),
            own("fact.with", "participant.actor"),
            other("fact.note", "description"),
            other("fact.note", "patientInstruction"),
        ]),
    Shape::new("AppointmentResponse", &["participantType"], &["start"])
        .end_at(&["end"])
        .telling(&[own("fact.status", "participantStatus"), own("fact.time", "start")]),
];
