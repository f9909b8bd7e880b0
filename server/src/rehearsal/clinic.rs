//! The rehearsal clinic as a whole.

use time::Date;
use uuid::Uuid;

use super::{
    family,
    grant::{GrantPlan, grants},
    names::password,
    patient::GeneratedPatient,
    random::Random,
    staff::{Place, Role, Staff},
};

/// Everything that a rehearsal starts with.
#[derive(Debug, Clone)]
pub struct Clinic {
    /// A practice and a hospital, in this order.
    pub organizations: Vec<Organization>,
    /// Physician and nurse of the practice, physician of the hospital.
    pub clinicians: Vec<Clinician>,
    /// Mother, father, daughter, grandson, and two more adults.
    pub people: Vec<ClinicPerson>,
    /// What they have shared.
    pub grants: Vec<GrantPlan>,
}

/// What an organization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganizationKind {
    /// A practice.
    Practice,
    /// A hospital.
    Hospital,
}

/// An organization whose clinicians sign in.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The identifier of the Organization in every Bundle.
    pub id: Uuid,
    /// Its name.
    pub name: &'static str,
    /// The name in addresses.
    pub slug: &'static str,
    /// What it is.
    pub kind: OrganizationKind,
    /// Its provider number, from a range that is never given out.
    pub npi: String,
}

/// What a clinician's token says they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profession {
    /// A physician.
    Physician,
    /// A nurse.
    Nurse,
}

impl Profession {
    /// The name in tokens and tables.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Physician => "physician",
            Self::Nurse => "nurse",
        }
    }
}

/// A clinician with an account at an organization's identity provider.
#[derive(Debug, Clone)]
pub struct Clinician {
    /// The subject in tokens: says nothing about the person.
    pub subject: String,
    /// The name as it stands in records.
    pub name: String,
    /// The profession.
    pub profession: Profession,
    /// The specialty, in words.
    pub specialty: &'static str,
    /// The provider number, equal to that of the Practitioner in the Bundles.
    pub npi: String,
    /// Position in [`Clinic::organizations`].
    pub organization: usize,
    /// What they type to sign in there.
    pub username: &'static str,
    /// The password there.
    pub password: String,
}

/// A person with a record, and, where nobody helps them, an account.
#[derive(Debug, Clone)]
pub struct ClinicPerson {
    /// Who they are to each other: mother, father, daughter, grandson, neighbour, colleague.
    pub relation: &'static str,
    /// The address they sign in with.
    pub email: &'static str,
    /// Position of who helps them: a child has no account.
    pub helped_by: Option<usize>,
    /// The password.
    pub password: String,
    /// The record.
    pub record: GeneratedPatient,
}

/// The clinic of a seed on a day. The same seed and day give the same bytes.
#[must_use]
pub fn clinic(seed: u64, today: Date) -> Clinic {
    let staff = Staff::new(seed);
    let mut random = Random::part(seed, "accounts");
    let organizations =
        [(Place::Practice, "larkspur", OrganizationKind::Practice), (Place::Hospital, "northfield", OrganizationKind::Hospital)]
            .map(|(place, slug, kind)| {
                let site = staff.site(place);
                Organization { id: site.id, name: site.name, slug, kind, npi: site.npi.clone() }
            })
            .into();
    let clinicians = [
        (Role::Physician, Profession::Physician, 0, "samuel.adeyemi"),
        (Role::Nurse, Profession::Nurse, 0, "priya.nandakumar"),
        (Role::Cardiologist, Profession::Physician, 1, "hana.lindqvist"),
    ]
    .map(|(role, profession, organization, username)| {
        let worker = staff.worker(role);
        Clinician {
            subject: random.uuid().simple().to_string(),
            name: worker.name(),
            profession,
            specialty: role.specialty(),
            npi: worker.npi.clone(),
            organization,
            username,
            password: password(&mut random),
        }
    })
    .into();
    let people = family::members(today)
        .iter()
        .map(|member| ClinicPerson {
            relation: member.relation,
            email: member.email,
            helped_by: member.helped_by,
            password: password(&mut random),
            record: member.record(seed, &staff, today),
        })
        .collect();
    Clinic { organizations, clinicians, people, grants: grants(today) }
}
