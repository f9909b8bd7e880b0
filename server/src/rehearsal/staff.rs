//! The places and people that give care. Their resources are the same in every
//! record of one clinic, so that importing a second record changes none.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    names::{self, Sex},
    npi::npi,
    random::Random,
};

/// Where care is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Practice,
    Hospital,
    Laboratory,
}

/// Who gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Physician,
    Nurse,
    Cardiologist,
    Psychologist,
    Obstetrician,
    Radiologist,
    Emergency,
    Gastroenterologist,
}

impl Role {
    const ALL: [Self; 8] = [
        Self::Physician,
        Self::Nurse,
        Self::Cardiologist,
        Self::Psychologist,
        Self::Obstetrician,
        Self::Radiologist,
        Self::Emergency,
        Self::Gastroenterologist,
    ];

    pub(super) const fn specialty(self) -> &'static str {
        match self {
            Self::Physician => "Family medicine",
            Self::Nurse => "Practice nursing",
            Self::Cardiologist => "Cardiology",
            Self::Psychologist => "Clinical psychology",
            Self::Obstetrician => "Obstetrics and gynaecology",
            Self::Radiologist => "Radiology",
            Self::Emergency => "Emergency medicine",
            Self::Gastroenterologist => "Gastroenterology",
        }
    }

    pub(super) const fn place(self) -> Place {
        match self {
            Self::Physician | Self::Nurse | Self::Psychologist => Place::Practice,
            _ => Place::Hospital,
        }
    }

    const fn prefix(self) -> Option<&'static str> {
        if matches!(self, Self::Nurse) { None } else { Some("Dr") }
    }
}

/// An organization, with its one location.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
    pub(super) npi: String,
    location: Uuid,
    town: &'static str,
}

/// Somebody who works there.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) id: Uuid,
    pub(super) role: Role,
    pub(super) given: &'static str,
    pub(super) family: String,
    pub(super) npi: String,
}

impl Worker {
    /// The name as it stands on a letter.
    pub(super) fn name(&self) -> String {
        let prefix = self.role.prefix().map(|prefix| format!("{prefix} ")).unwrap_or_default();
        format!("{prefix}{} {}", self.given, self.family)
    }
}

/// Everybody who gives care in one clinic.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    sites: [Site; 3],
    workers: Vec<Worker>,
}

impl Staff {
    /// The staff of a clinic. Those three who have accounts keep their names.
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::part(seed, "staff");
        let sites =
            [("Larkspur Practice", "Alder Ford"), ("Northfield Hospital", "Northfield Quay"), ("Eastbrook Laboratory", "Eastbrook")]
                .map(|(name, town)| Site { id: random.uuid(), name, npi: npi(random.next()), location: random.uuid(), town });
        let workers = Role::ALL
            .into_iter()
            .map(|role| {
                let (given, family) = match role {
                    Role::Physician => ("Samuel", "Adeyemi".to_owned()),
                    Role::Nurse => ("Priya", "Nandakumar".to_owned()),
                    Role::Cardiologist => ("Hana", "Lindqvist".to_owned()),
                    _ => {
                        let sex = if random.chance(0.5) { Sex::Female } else { Sex::Male };
                        (names::given(&mut random, sex), names::family(&mut random))
                    }
                };
                Worker { id: random.uuid(), role, given, family, npi: npi(random.next()) }
            })
            .collect();
        Self { sites, workers }
    }

    /// The organization behind a place.
    pub(super) const fn site(&self, place: Place) -> &Site {
        let [practice, hospital, laboratory] = &self.sites;
        match place {
            Place::Practice => practice,
            Place::Hospital => hospital,
            Place::Laboratory => laboratory,
        }
    }

    /// The person in a role; there is one for each.
    pub(super) fn worker(&self, role: Role) -> &Worker {
        &self.workers[role as usize]
    }
}

impl Site {
    /// The Organization.
    pub(super) fn organization(&self) -> Value {
        json!({
            "resourceType": "Organization",
            "id": self.id.to_string(),
            "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": self.npi }],
            "active": true,
            "type": [super::code::hl7("organization-type", "prov")],
            "name": self.name,
            "address": [{ "city": self.town }],
        })
    }

    /// Its Location.
    pub(super) fn location(&self) -> Value {
        json!({
            "resourceType": "Location",
            "id": self.location.to_string(),
            "status": "active",
            "name": format!("{}, {}", self.name, self.town),
            "address": { "city": self.town },
            "managingOrganization": { "reference": format!("urn:uuid:{}", self.id), "display": self.name },
        })
    }
}

impl Worker {
    /// The Practitioner.
    pub(super) fn practitioner(&self) -> Value {
        let mut name = json!({ "family": self.family, "given": [self.given] });
        if let Some(prefix) = self.role.prefix() {
            name["prefix"] = json!([prefix]);
        }
        json!({
            "resourceType": "Practitioner",
            "id": self.id.to_string(),
            "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": self.npi }],
            "active": true,
            "name": [name],
            "qualification": [{ "code": { "text": self.role.specialty() } }],
        })
    }
}
