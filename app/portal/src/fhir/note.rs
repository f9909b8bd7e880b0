//! Documents, and the types that are the patient's only.

use super::{
    facts::{kept, link, own, problem, words},
    shape::Shape,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("DocumentReference", &["type", "category"], &["context.period", "date"])
        .by(&["author", "authenticator"])
        .at(&["custodian"])
        .telling(&[
            own("fact.status", "status"),
            own("fact.kind", "category"),
            own("fact.time", "context.period"),
            own("fact.written", "date"),
            own("fact.author", "author"),
            own("fact.organization", "custodian"),
            link("fact.visit", "context.encounter"),
            words("fact.note", "description"),
            link("fact.related", "context.related"),
        ]),
    Shape::new("DocumentManifest", &["type"], &["created"]).by(&["author"]).telling(&[
        own("fact.status", "status"),
        own("fact.author", "author"),
        words("fact.note", "description"),
        link("fact.content", "content"),
    ]),
    Shape::new("Composition", &["type"], &["event.period", "date"]).by(&["author"]).at(&["custodian"]).telling(&[
        own("fact.status", "status"),
        own("fact.written", "date"),
        own("fact.author", "author"),
        own("fact.organization", "custodian"),
        words("fact.title", "title"),
        link("fact.visit", "encounter"),
        kept("fact.section", "section.title"),
    ]),
    Shape::new("ClinicalImpression", &["code"], &["effective[x]", "date"]).by(&["assessor"]).telling(&[
        own("fact.status", "status"),
        words("fact.note", "description"),
        words("fact.note", "summary"),
        problem("fact.problem", "problem"),
        problem("fact.finding", "finding.itemCodeableConcept"),
    ]),
    Shape::new("Binary", &["contentType"], &[]),
    Shape::new("List", &["code", "title"], &["date"]).by(&["source"]),
    Shape::new("Flag", &["code"], &["period"]).by(&["author"]),
    Shape::new("Consent", &["scope", "category"], &["dateTime"]).by(&["performer"]),
    Shape::new("Communication", &["category", "topic"], &["sent", "received"]).by(&["sender"]),
    Shape::new("Task", &["code"], &["executionPeriod", "authoredOn"]).by(&["requester"]),
    Shape::new("AuditEvent", &["subtype", "type"], &["period", "recorded"]).by(&["agent.who"]),
    Shape::new("Provenance", &["activity"], &["occurred[x]", "recorded"]).by(&["agent.who"]),
    Shape::new("Basic", &["code"], &["created"]).by(&["author"]),
    Shape::new("Questionnaire", &["title", "name"], &["date"]),
    Shape::new("MeasureReport", &[], &["period", "date"]),
    Shape::new("ResearchSubject", &[], &["period"]),
];
