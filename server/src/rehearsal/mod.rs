//! The rehearsal: invented people with whole records, from a seed.
//!
//! Pure: no clock, no files, no database. [`clinic`] is the first clinic of a
//! demonstration; [`patients`] gives any number of records to measure with. The
//! same seed and the same `today` give the same bytes.
//!
//! Names, places and provider numbers are invented; nobody is meant. Codes of
//! ICD-10-CM, ICD-10-PCS, LOINC, CVX and RxNorm are facts; the words are ours.

mod allergy;
mod analyte;
mod body;
mod calendar;
mod chronic;
mod clinic;
mod code;
mod episode;
mod everyday;
mod family;
mod grant;
mod illness;
mod imaging;
mod insurance;
mod laboratory;
mod medicine;
mod names;
mod note;
mod npi;
mod patient;
mod pdf;
mod person;
mod plan;
mod problem;
mod random;
mod record;
mod staff;
mod survey;
mod template;
#[cfg(test)]
mod tests;
mod vaccine;
mod visit;
mod vital;

pub use clinic::{Clinic, ClinicPerson, Clinician, Organization, OrganizationKind, Profession, clinic};
pub use grant::{GrantPlan, GrantState, Grantee, Purpose};
pub use names::Sex;
pub use patient::GeneratedPatient;
pub use record::Sensitive;
pub use template::patients;
