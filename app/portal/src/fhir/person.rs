//! People, organizations and places: details and attachments.

use super::{
    facts::{other, own},
    shape::Shape,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("Patient", &[], &[]).telling(&[
        own("fact.name", "name"),
        own("fact.birth-date", "birthDate"),
        own("fact.sex", "gender"),
        own("fact.died", "deceased[x]"),
        own("fact.identifier", "identifier.value"),
        own("fact.phone", "telecom.value"),
        own("fact.address", "address.text"),
        own("fact.address", "address.line"),
        own("fact.address", "address.city"),
        own("fact.address", "address.state"),
        own("fact.address", "address.postalCode"),
        own("fact.address", "address.country"),
        own("fact.language", "communication.language"),
        own("fact.marital-status", "maritalStatus"),
        own("fact.contact", "contact.name"),
        own("fact.practice", "generalPractitioner"),
        own("fact.organization", "managingOrganization"),
    ]),
    Shape::new("RelatedPerson", &["relationship"], &["period"]).telling(&[
        own("fact.name", "name"),
        own("fact.relationship", "relationship"),
        own("fact.phone", "telecom.value"),
    ]),
    Shape::new("Person", &[], &[]).telling(&[own("fact.name", "name"), own("fact.phone", "telecom.value")]),
    Shape::new("Practitioner", &["name"], &[]).telling(&[own("fact.name", "name"), own("fact.qualification", "qualification.code")]),
    Shape::new("PractitionerRole", &["practitioner.display", "code", "specialty"], &[]).telling(&[
        own("fact.role", "code"),
        own("fact.specialty", "specialty"),
        own("fact.organization", "organization"),
    ]),
    Shape::new("Organization", &["name", "type"], &[]).telling(&[own("fact.kind", "type"), own("fact.phone", "telecom.value")]),
    Shape::new("Location", &["name", "type"], &[]).telling(&[own("fact.kind", "type"), own("fact.phone", "telecom.value")]),
    Shape::new("HealthcareService", &["name", "type"], &[]),
    Shape::new("Endpoint", &["name", "connectionType"], &[]),
    Shape::new("Specimen", &["type"], &["collection.collected[x]", "receivedTime"]).telling(&[own("fact.time", "collection.collected[x]")]),
    Shape::new("Substance", &["code"], &[]),
    Shape::new("FamilyMemberHistory", &["relationship"], &["date"]).telling(&[
        own("fact.relationship", "relationship"),
        own("fact.name", "name"),
        own("fact.sex", "sex"),
        own("fact.born", "born[x]"),
        own("fact.died", "deceased[x]"),
        other("fact.problem", "condition.code"),
    ]),
    Shape::new("QuestionnaireResponse", &[], &["authored"]).by(&["author", "source"]).telling(&[
        own("fact.status", "status"),
        own("fact.answered", "authored"),
        own("fact.author", "author"),
        other("fact.visit", "encounter"),
        other("fact.question", "item.text"),
        other("fact.question", "item.item.text"),
    ]),
];
