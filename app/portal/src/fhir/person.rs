//! People, organizations and places: details and attachments.

use super::{
    facts::{link, own, problem, words},
    json::Json,
    read::human_name,
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
        problem("fact.problem", "condition.code"),
    ]),
    Shape::new("QuestionnaireResponse", &[], &["authored"]).by(&["author", "source"]).telling(&[
        own("fact.status", "status"),
        own("fact.answered", "authored"),
        own("fact.author", "author"),
        link("fact.visit", "encounter"),
        words("fact.question", "item.text"),
        words("fact.question", "item.item.text"),
    ]),
];

/// Who a Patient resource is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The name to show: the official one, else the first that is not an old one.
    pub full_name: Option<String>,
    /// Its family name.
    pub family: Option<String>,
    /// Its given names.
    pub given: Option<String>,
    /// Every name, in lower case, to compare.
    pub names: Vec<String>,
    /// As given; may be partial.
    pub birth_date: Option<String>,
    /// `gender`.
    pub sex: Option<String>,
    /// As given: a date, or "true".
    pub died: Option<String>,
}

/// Reads a Patient resource.
#[must_use]
pub fn person(resource: &Json<'_>) -> Person {
    let names = resource.get("name").items();
    let is = |name: &&Json<'_>, usage: &str| name.get("use").str() == Some(usage);
    let name =
        names.iter().find(|name| is(name, "official")).or_else(|| names.iter().find(|name| !is(name, "old"))).or_else(|| names.first());
    let given = name.map(|name| name.get("given").items().iter().filter_map(Json::str).collect::<Vec<_>>().join(" "));
    let died = resource.choice("deceased").and_then(|(_, died)| died.text()).filter(|died| *died != "false");
    Person {
        full_name: name.and_then(human_name),
        family: name.and_then(|name| name.get("family").str()).map(str::to_owned),
        given: given.filter(|given| !given.is_empty()),
        names: names.iter().filter_map(human_name).map(|name| name.to_lowercase()).collect(),
        birth_date: resource.get("birthDate").str().map(str::to_owned),
        sex: resource.get("gender").str().map(str::to_owned),
        died: died.map(str::to_owned),
    }
}

/// Somebody to call for the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Their name.
    pub name: Option<String>,
    /// What they are to the patient, in the source's words.
    pub relationship: Option<String>,
    /// Their telephone numbers.
    pub phones: Vec<String>,
}

/// Whom to call, as a Patient resource names them (`contact`); nobody without a name or a number.
#[must_use]
pub fn contacts(resource: &Json<'_>) -> Vec<Contact> {
    let phone = |telecom: &Json<'_>| {
        let is_phone = telecom.get("system").str().is_none_or(|system| matches!(system, "phone" | "sms"));
        telecom.get("value").str().filter(|_| is_phone).map(str::to_owned)
    };
    let word = |concept: &Json<'_>| {
        let coded = concept.get("coding").items().iter().find_map(|coding| coding.get("display").str());
        concept.get("text").str().or(coded).map(str::to_owned)
    };
    let contacts = resource.get("contact").items().iter().map(|contact| Contact {
        name: human_name(contact.get("name")),
        relationship: contact.get("relationship").items().iter().find_map(word),
        phones: contact.get("telecom").items().iter().filter_map(phone).collect(),
    });
    contacts.filter(|contact| contact.name.is_some() || !contact.phones.is_empty()).collect()
}

impl Person {
    /// In what two descriptions of one identifier contradict each other, if they do.
    /// What one of them does not say is no contradiction.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> Option<&'static str> {
        if let (Some(one), Some(two)) = (&self.birth_date, &other.birth_date)
            && !one.starts_with(two.as_str())
            && !two.starts_with(one.as_str())
        {
            return Some("birth date");
        }
        let known = !self.names.is_empty() && !other.names.is_empty();
        (known && !self.names.iter().any(|name| other.names.contains(name))).then_some("name")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Person {
        person(&Json::parse(text).unwrap())
    }

    #[test]
    fn whoever_can_be_called_is_a_contact() {
        let text = r#"{"contact":[
            {"name":{"given":["Bo"],"family":"Roe"},"relationship":[{"coding":[{"code":"N"}]},{"text":"Sister"}],
             "telecom":[{"system":"email","value":"bo@example.org"},{"system":"phone","value":"+1 555 0100"}]},
            {"telecom":[{"value":"555 0101"}]},
            {"relationship":[{"text":"Friend"}]},
            7]}"#;
        let found = contacts(&Json::parse(text).unwrap());
        let contact = |name: Option<&str>, relationship: Option<&str>, phone: &str| Contact {
            name: name.map(str::to_owned),
            relationship: relationship.map(str::to_owned),
            phones: vec![phone.to_owned()],
        };
        assert_eq!(found, [contact(Some("Bo Roe"), Some("Sister"), "+1 555 0100"), contact(None, None, "555 0101")]);
        assert_eq!(contacts(&Json::parse("{\"contact\":\"nobody\"}").unwrap()), []);
    }

    #[test]
    fn the_official_name_is_shown() {
        let person = read(
            r#"{"name":[{"use":"old","family":"Roe"},{"use":"official","given":["Ana","María"],"family":"Ordóñez"}],"deceasedBoolean":false}"#,
        );
        assert_eq!(person.full_name.as_deref(), Some("Ana María Ordóñez"));
        assert_eq!((person.names.len(), person.died), (2, None));
    }

    #[test]
    fn another_name_or_birth_date_contradicts_and_silence_does_not() {
        let one = read(r#"{"name":[{"text":"Ana Roe"}],"birthDate":"1970-02"}"#);
        assert_eq!(one.contradicts(&read(r#"{"name":[{"given":["ana"],"family":"roe"}],"birthDate":"1970-02-03"}"#)), None);
        assert_eq!(one.contradicts(&read("{}")), None);
        assert_eq!(one.contradicts(&read(r#"{"name":[{"text":"Ann"}]}"#)), Some("name"));
        assert_eq!(one.contradicts(&read(r#"{"birthDate":"1970-03"}"#)), Some("birth date"));
    }
}
