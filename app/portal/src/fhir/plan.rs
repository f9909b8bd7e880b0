//! Care plans, goals, care teams and orders. What a plan addresses is a problem.

use chartkey_domain::category::Category;

use super::{
    facts::{Fact, link, of, own, problem, words},
    parts::CHARGED,
    shape::Shape,
};

const OVER: &[&str] = &["completed", "revoked", "cancelled", "rejected", "inactive", "entered-in-error", "fulfilled"];

const ORDER: &[Fact] = &[
    own("fact.status", "status"),
    own("fact.intent", "intent"),
    own("fact.priority", "priority"),
    own("fact.kind", "category"),
    own("fact.time", "occurrence[x]"),
    own("fact.ordered", "authoredOn"),
    own("fact.ordered-by", "requester"),
    own("fact.performer", "performer"),
    own("fact.body-site", "bodySite"),
    words("fact.note", "patientInstruction"),
    link("fact.visit", "encounter"),
    link("fact.supporting", "supportingInfo"),
];

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("CarePlan", &["category"], &["period", "created"]).lasting(&[], OVER).by(&["author", "contributor"]).telling(&[
        own("fact.status", "status"),
        own("fact.intent", "intent"),
        own("fact.kind", "category"),
        own("fact.time", "period"),
        own("fact.author", "author"),
        of(&CHARGED, "fact.activity", "activity.detail.code"),
        own("fact.goal", "goal"),
        own("fact.team", "careTeam"),
        problem("fact.addresses", "addresses"),
        words("fact.note", "title"),
        words("fact.note", "description"),
        problem("fact.reason", "activity.detail.reasonCode"),
        problem("fact.reason", "activity.detail.reasonReference"),
        link("fact.visit", "encounter"),
    ]),
    Shape::new("Goal", &["description"], &["start[x]", "statusDate"]).lasting(&[], OVER).by(&["expressedBy"]).telling(&[
        own("fact.status", "lifecycleStatus"),
        own("fact.achievement", "achievementStatus"),
        own("fact.began", "start[x]"),
        own("fact.due", "target.due[x]"),
        own("fact.target", "target.detail[x]"),
        own("fact.author", "expressedBy"),
        of(&[Category::Results], "fact.measure", "target.measure"),
        problem("fact.addresses", "addresses"),
    ]),
    Shape::new("CareTeam", &["category"], &["period"]).lasting(&[], OVER).at(&["managingOrganization"]).telling(&[
        words("fact.note", "name"),
        own("fact.status", "status"),
        own("fact.time", "period"),
        own("fact.member", "participant.member"),
        own("fact.role", "participant.role"),
        own("fact.organization", "managingOrganization"),
        link("fact.visit", "encounter"),
    ]),
    Shape::new("ServiceRequest", &["code", "category"], &["occurrence[x]", "authoredOn"])
        .lasting(&[], OVER)
        .by(&["requester"])
        .telling(ORDER),
    Shape::new("DeviceRequest", &["code[x]"], &["occurrence[x]", "authoredOn"]).lasting(&[], OVER).by(&["requester"]).telling(ORDER),
    Shape::new("NutritionOrder", &["oralDiet.type"], &["dateTime"]).lasting(&[], OVER).by(&["orderer"]).telling(ORDER),
    Shape::new("RequestGroup", &["code"], &["authoredOn"]).lasting(&[], OVER).by(&["author"]).telling(ORDER),
    Shape::new("SupplyRequest", &["item[x]"], &["occurrence[x]", "authoredOn"]).lasting(&[], OVER).by(&["requester"]).telling(ORDER),
    Shape::new("VisionPrescription", &[], &["dateWritten", "created"]).lasting(&[], OVER).by(&["prescriber"]).telling(&[
        own("fact.status", "status"),
        own("fact.prescriber", "prescriber"),
        own("fact.lens", "lensSpecification.product"),
    ]),
];
