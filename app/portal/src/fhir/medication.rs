//! Medicines and vaccines.

use super::{
    facts::{other, own},
    shape::Shape,
};

const MEDICINE: &[&str] = &["medication[x]"];
const OVER: &[&str] = &["completed", "stopped", "cancelled", "ended", "not-taken", "not-done", "declined", "entered-in-error"];

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("MedicationRequest", MEDICINE, &["authoredOn"]).lasting(&[], OVER).by(&["requester", "recorder"]).telling(&[
        own("fact.status", "status"),
        own("fact.intent", "intent"),
        own("fact.kind", "category"),
        other("fact.dose", "dosageInstruction.text"),
        own("fact.dose", "dosageInstruction.doseAndRate.dose[x]"),
        own("fact.route", "dosageInstruction.route"),
        own("fact.prescribed", "authoredOn"),
        own("fact.prescriber", "requester"),
        own("fact.amount", "dispenseRequest.quantity"),
        own("fact.repeats", "dispenseRequest.numberOfRepeatsAllowed"),
        own("fact.medicine", "medicationReference"),
        other("fact.visit", "encounter"),
        other("fact.for-whose-plan", "basedOn"),
        other("fact.note", "dosageInstruction.patientInstruction"),
        other("fact.note", "dosageInstruction.additionalInstruction"),
        other("fact.status-reason", "statusReason"),
    ]),
    Shape::new("MedicationStatement", MEDICINE, &["effective[x]", "dateAsserted"]).lasting(&[], OVER).telling(&[
        own("fact.status", "status"),
        other("fact.dose", "dosage.text"),
        own("fact.dose", "dosage.doseAndRate.dose[x]"),
        own("fact.route", "dosage.route"),
        own("fact.taken", "effective[x]"),
        own("fact.recorded", "dateAsserted"),
        own("fact.medicine", "medicationReference"),
        other("fact.status-reason", "statusReason"),
        other("fact.source", "informationSource"),
        other("fact.visit", "context"),
    ]),
    Shape::new("MedicationAdministration", MEDICINE, &["effective[x]"]).by(&["performer.actor"]).telling(&[
        own("fact.status", "status"),
        other("fact.dose", "dosage.text"),
        own("fact.dose", "dosage.dose"),
        own("fact.route", "dosage.route"),
        own("fact.taken", "effective[x]"),
        own("fact.performer", "performer.actor"),
        own("fact.medicine", "medicationReference"),
        other("fact.status-reason", "statusReason"),
        other("fact.visit", "context"),
    ]),
    Shape::new("MedicationDispense", MEDICINE, &["whenHandedOver", "whenPrepared"]).by(&["performer.actor"]).at(&["location"]).telling(&[
        own("fact.status", "status"),
        own("fact.amount", "quantity"),
        own("fact.days", "daysSupply"),
        other("fact.dose", "dosageInstruction.text"),
        own("fact.handed-over", "whenHandedOver"),
        own("fact.performer", "performer.actor"),
        own("fact.medicine", "medicationReference"),
        own("fact.prescription", "authorizingPrescription"),
        other("fact.visit", "context"),
    ]),
    Shape::new("Medication", &["code"], &[]).telling(&[
        own("fact.form", "form"),
        own("fact.ingredient", "ingredient.item[x]"),
        own("fact.lot", "batch.lotNumber"),
    ]),
    Shape::new("Immunization", &["vaccineCode"], &["occurrence[x]", "recorded"]).by(&["performer.actor"]).at(&["location"]).telling(&[
        own("fact.status", "status"),
        own("fact.given", "occurrence[x]"),
        own("fact.dose-number", "protocolApplied.doseNumber[x]"),
        own("fact.manufacturer", "manufacturer"),
        own("fact.lot", "lotNumber"),
        own("fact.expires", "expirationDate"),
        own("fact.body-site", "site"),
        own("fact.route", "route"),
        own("fact.amount", "doseQuantity"),
        own("fact.performer", "performer.actor"),
        own("fact.place", "location"),
        other("fact.reaction", "reaction.date"),
        other("fact.reaction", "reaction.detail"),
        other("fact.status-reason", "statusReason"),
        other("fact.visit", "encounter"),
    ]),
    Shape::new("ImmunizationEvaluation", &["targetDisease"], &["date"]).by(&["authority"]).telling(&[
        own("fact.status", "status"),
        own("fact.dose-status", "doseStatus"),
        own("fact.dose-number", "doseNumber[x]"),
        own("fact.vaccination", "immunizationEvent"),
    ]),
    Shape::new("ImmunizationRecommendation", &["recommendation.vaccineCode"], &["date"])
        .by(&["authority"])
        .telling(&[own("fact.status", "recommendation.forecastStatus"), own("fact.due", "recommendation.dateCriterion.value")]),
];
