//! Who the record is about.

use serde_json::{Value, json};
use time::Date;

use super::{
    code::hl7,
    names::{self, Sex},
    random::Random,
    record::Record,
    staff::{Place, Role},
};

/// An invented person.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) given: String,
    pub(super) family: String,
    pub(super) sex: Sex,
    pub(super) birth: Date,
    /// Spoken language, as BCP 47.
    pub(super) language: &'static str,
}

impl Person {
    /// Given and family name.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// How a note speaks of them.
    pub(super) const fn pronoun(&self) -> &'static str {
        match self.sex {
            Sex::Female => "She",
            Sex::Male => "He",
        }
    }
}

/// The Patient. Its address is drawn from `random`, so that a household can share one.
pub(super) fn patient(record: &mut Record, random: &mut Random, email: Option<&str>) -> Value {
    let (street, town) = names::address(random);
    let mut telecom = vec![json!({ "system": "phone", "value": names::telephone(random), "use": "home" })];
    telecom.extend(email.map(|email| json!({ "system": "email", "value": email })));
    let general_practitioner = record.by(Role::Physician);
    let practice = record.at(Place::Practice);
    let number = record.random.between(100_000, 999_999);
    let person = record.person;
    json!({
        "resourceType": "Patient",
        "identifier": [{
            "use": "usual",
            "type": hl7("v2-0203", "MR"),
            "system": "https://larkspur.example.org/record-number",
            "value": format!("LP-{number}"),
        }],
        "active": true,
        "name": [{ "use": "official", "family": person.family, "given": [person.given] }],
        "telecom": telecom,
        "gender": person.sex.code(),
        "birthDate": person.birth.to_string(),
        "address": [{ "use": "home", "line": [street], "city": town }],
        "communication": [{
            "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": person.language }] },
            "preferred": true,
        }],
        "generalPractitioner": [general_practitioner],
        "managingOrganization": practice,
    })
}
