//! A patient with a record, ready to be imported.

use serde_json::Value;
use time::Date;
use uuid::Uuid;

use super::{
    body::Body,
    insurance::Insurance,
    names::Sex,
    person::{self, Person},
    plan,
    random::Random,
    record::{Record, Sensitive, text},
    staff::Staff,
};

/// An invented patient.
#[derive(Debug, Clone)]
pub struct GeneratedPatient {
    /// The identifier of the Patient in the Bundle.
    pub id: Uuid,
    /// Given names.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date.
    pub birth_date: Date,
    /// Sex, as in FHIR's `gender`.
    pub sex: Sex,
    /// A FHIR R4 transaction Bundle about this patient alone. References are
    /// `urn:uuid:` and resolve inside it.
    pub bundle: Value,
    /// Entries that must carry a label, by `fullUrl`.
    pub sensitive: Vec<Sensitive>,
}

impl GeneratedPatient {
    /// The Bundle as bytes: the same for the same seed and day.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bundle.to_string().into_bytes()
    }

    /// Given and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// How many resources the Bundle holds.
    #[must_use]
    pub fn resources(&self) -> usize {
        self.bundle["entry"].as_array().map_or(0, Vec::len)
    }
}

/// Writes a record: `life` is what happened, `home` decides address and telephone.
pub(super) fn generated(
    mut random: Random,
    home: &mut Random,
    person: &Person,
    email: Option<&str>,
    staff: &Staff,
    today: Date,
    life: impl FnOnce(&mut Record, &mut Body, &Insurance),
) -> GeneratedPatient {
    let mut body = Body::new(&mut random, person, today);
    let mut record = Record::new(random, person, staff, today);
    let patient = person::patient(&mut record, home, email);
    let insurance = Insurance::new(&mut record);
    life(&mut record, &mut body, &insurance);
    plan::provenance(&mut record);
    let (bundle, sensitive) = record.finish(patient);
    let id = text(&bundle["entry"][0]["resource"], "id").parse().unwrap_or_default();
    GeneratedPatient {
        id,
        given: person.given.clone(),
        family: person.family.clone(),
        birth_date: person.birth,
        sex: person.sex,
        bundle,
        sensitive,
    }
}
