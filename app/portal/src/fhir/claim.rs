//! Insurance. The lines, diagnoses and procedures of a claim belong to other
//! categories; whom it pays is the patient's only.

use chartkey_domain::category::Category;

use super::{
    facts::{Fact, kept, line, link, of, own, problem, words},
    shape::Shape,
};

const CLAIM: &[Fact] = &[
    own("fact.status", "status"),
    own("fact.kind", "type"),
    own("fact.use", "use"),
    own("fact.time", "billablePeriod"),
    own("fact.made", "created"),
    own("fact.insurer", "insurer"),
    own("fact.outcome", "outcome"),
    own("fact.total", "total"),
    own("fact.paid", "payment.amount"),
    own("fact.paid-on", "payment.date"),
    kept("fact.provider", "provider"),
    kept("fact.place", "facility"),
    problem("fact.diagnosis", "diagnosis.diagnosis[x]"),
    of(&[Category::Procedures], "fact.procedure", "procedure.procedure[x]"),
    line("item.productOrService"),
    line("addItem.productOrService"),
    link("fact.prescription", "prescription"),
    link("fact.visit", "item.encounter"),
];

const ELIGIBILITY: &[Fact] =
    &[own("fact.status", "status"), own("fact.outcome", "outcome"), own("fact.made", "created"), own("fact.insurer", "insurer")];

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("Claim", &["type"], &["billablePeriod", "created"]).telling(CLAIM),
    Shape::new("ExplanationOfBenefit", &["type"], &["billablePeriod", "created"]).by(&["insurer"]).telling(CLAIM),
    Shape::new("ClaimResponse", &["type"], &["created"]).by(&["insurer"]).telling(CLAIM),
    Shape::new("Coverage", &["type"], &["period"]).lasting(&[], &["cancelled", "entered-in-error"]).by(&["payor"]).telling(&[
        own("fact.status", "status"),
        own("fact.kind", "type"),
        own("fact.time", "period"),
        own("fact.insurer", "payor"),
        own("fact.relationship", "relationship"),
        own("fact.plan", "class.name"),
        of(&[Category::Details], "fact.number", "subscriberId"),
        link("fact.holder", "policyHolder"),
    ]),
    Shape::new("CoverageEligibilityRequest", &["priority"], &["serviced[x]", "created"]).telling(ELIGIBILITY),
    Shape::new("CoverageEligibilityResponse", &[], &["serviced[x]", "created"]).by(&["insurer"]).telling(ELIGIBILITY),
    Shape::new("Account", &["type"], &["servicePeriod"]).lasting(&[], &["inactive", "entered-in-error"]).by(&["owner"]).telling(&[
        own("fact.status", "status"),
        own("fact.time", "servicePeriod"),
        words("fact.note", "description"),
    ]),
    Shape::new("ChargeItem", &[], &["occurrence[x]", "enteredDate"]).telling(&[own("fact.status", "status"), line("code")]),
    Shape::new("Invoice", &["type"], &["date"]).by(&["issuer"]).telling(&[
        own("fact.status", "status"),
        own("fact.total", "totalGross"),
        line("lineItem.chargeItem[x]"),
    ]),
    Shape::new("PaymentNotice", &["paymentStatus"], &["paymentDate", "created"]).telling(&[own("fact.paid", "amount")]),
    Shape::new("PaymentReconciliation", &[], &["period", "paymentDate", "created"]).telling(&[own("fact.paid", "paymentAmount")]),
    Shape::new("EnrollmentRequest", &[], &["created"]).telling(ELIGIBILITY),
    Shape::new("EnrollmentResponse", &[], &["created"]).telling(ELIGIBILITY),
];
