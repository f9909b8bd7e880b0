//! Medicines and vaccines.

use chartkey_domain::category::Category;

use super::{
    facts::{kept, link, of, own, words},
    shape::Shape,
};

/// Why something was not given, or stopped: an illness or an allergy.
const WHY_NOT: &[Category] = &[Category::Problems, Category::Allergies];
const MEDICINE: &[&str] = &["medication[x]"];
const OVER: &[&str] = &["completed", "stopped", "cancelled", "ended", "not-taken", "not-done", "declined", "entered-in-error"];

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("MedicationRequest", MEDICINE, &["authoredOn"]).lasting(&[], OVER).by(&["requester", "recorder"]).telling(&[
        own("fact.status", "status"),
        own("fact.intent", "intent"),
        own("fact.kind", "category"),
        words("fact.dose", "dosageInstruction.text"),
        own("fact.dose", "dosageInstruction.doseAndRate.dose[x]"),
        own("fact.route", "dosageInstruction.route"),
        own("fact.prescribed", "authoredOn"),
        own("fact.prescriber", "requester"),
        own("fact.amount", "dispenseRequest.quantity"),
        own("fact.repeats", "dispenseRequest.numberOfRepeatsAllowed"),
        own("fact.medicine", "medicationReference"),
        link("fact.visit", "encounter"),
        link("fact.for-whose-plan", "basedOn"),
        words("fact.note", "dosageInstruction.patientInstruction"),
        words("fact.note", "dosageInstruction.additionalInstruction"),
        of(WHY_NOT, "fact.status-reason", "statusReason"),
    ]),
    Shape::new("MedicationStatement", MEDICINE, &["effective[x]", "dateAsserted"]).lasting(&[], OVER).telling(&[
        own("fact.status", "status"),
        words("fact.dose", "dosage.text"),
        own("fact.dose", "dosage.doseAndRate.dose[x]"),
        own("fact.route", "dosage.route"),
        own("fact.taken", "effective[x]"),
        own("fact.recorded", "dateAsserted"),
        own("fact.medicine", "medicationReference"),
        of(WHY_NOT, "fact.status-reason", "statusReason"),
        kept("fact.source", "informationSource"),
        link("fact.visit", "context"),
    ]),
    Shape::new("MedicationAdministration", MEDICINE, &["effective[x]"]).by(&["performer.actor"]).telling(&[
        own("fact.status", "status"),
        words("fact.dose", "dosage.text"),
        own("fact.dose", "dosage.dose"),
        own("fact.route", "dosage.route"),
        own("fact.taken", "effective[x]"),
        own("fact.performer", "performer.actor"),
        own("fact.medicine", "medicationReference"),
        of(WHY_NOT, "fact.status-reason", "statusReason"),
        link("fact.visit", "context"),
    ]),
    Shape::new("MedicationDispense", MEDICINE, &["whenHandedOver", "whenPrepared"]).by(&["performer.actor"]).at(&["location"]).telling(&[
        own("fact.status", "status"),
        own("fact.amount", "quantity"),
        own("fact.days", "daysSupply"),
        words("fact.dose", "dosageInstruction.text"),
        own("fact.handed-over", "whenHandedOver"),
        own("fact.performer", "performer.actor"),
        own("fact.medicine", "medicationReference"),
        own("fact.prescription", "authorizingPrescription"),
        link("fact.visit", "context"),
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
        of(WHY_NOT, "fact.reaction", "reaction.date"),
        link("fact.reaction", "reaction.detail"),
        of(WHY_NOT, "fact.status-reason", "statusReason"),
        link("fact.visit", "encounter"),
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
