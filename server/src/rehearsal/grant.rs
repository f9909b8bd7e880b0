//! What the rehearsal's patients have shared, described for whoever carries it out.

use chartkey_domain::{category::Category, label::Label};
use time::{Date, Duration};

use super::clinic::Profession;

/// Whom a grant names. Numbers are positions in the clinic's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    /// A clinician.
    Clinician(usize),
    /// Professions of an organization.
    Organization(usize, Vec<Profession>),
    /// Whoever redeems the code.
    Redeemer,
}

/// What a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Treatment.
    Treatment,
    /// A second opinion.
    SecondOpinion,
}

/// Where a grant stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// In force.
    Active,
    /// Its end has passed.
    Expired,
    /// The patient took it back.
    Withdrawn,
    /// The patient halted it.
    Paused,
    /// A code that nobody has redeemed.
    CodeWaiting,
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantPlan {
    /// Position in the clinic's people.
    pub patient: usize,
    /// Whom it names.
    pub grantee: Grantee,
    /// What it is for.
    pub purpose: Purpose,
    /// What it lets them see.
    pub categories: Vec<Category>,
    /// Sensitive labels it allows.
    pub labels: Vec<Label>,
    /// Only what happened from this day on.
    pub data_from: Option<Date>,
    /// Only what happened up to this day.
    pub data_until: Option<Date>,
    /// The day it begins, counted from today.
    pub starts: i32,
    /// The day it ends, counted from today.
    pub ends: i32,
    /// Where it stands.
    pub state: GrantState,
    /// Whether it includes what is added while it lasts.
    pub include_new: bool,
}

/// The grants of the clinic.
pub(super) fn grants(today: Date) -> Vec<GrantPlan> {
    use Category::{Allergies, Medicines, Problems, Results, Vaccines, Visits, Vitals};
    let plan = |patient, grantee, categories: &[Category], starts, ends, state| GrantPlan {
        patient,
        grantee,
        purpose: Purpose::Treatment,
        categories: categories.to_vec(),
        labels: Vec::new(),
        data_from: None,
        data_until: None,
        starts,
        ends,
        state,
        include_new: true,
    };
    let everything: Vec<_> = Category::SHAREABLE.into_iter().filter(|category| *category != Category::Details).collect();
    let practice = || Grantee::Organization(0, vec![Profession::Physician, Profession::Nurse]);
    let hospital = || Grantee::Organization(1, vec![Profession::Physician]);
    vec![
        plan(0, Grantee::Clinician(2), &[Problems, Medicines, Allergies, Results], -20, 29, GrantState::Active),
        plan(0, practice(), &everything, -170, 190, GrantState::Active),
        GrantPlan {
            purpose: Purpose::SecondOpinion,
            data_from: Some(today - Duration::days(730)),
            include_new: false,
            ..plan(1, Grantee::Clinician(0), &[Problems, Results, Visits, Category::Imaging], -60, -30, GrantState::Expired)
        },
        plan(1, Grantee::Organization(0, vec![Profession::Nurse]), &[Vitals, Medicines], -40, 50, GrantState::Paused),
        plan(1, Grantee::Clinician(2), &everything, -300, 65, GrantState::Active),
        GrantPlan {
            labels: vec![Label::SexualReproductive],
            ..plan(2, Grantee::Clinician(0), &[Problems, Medicines, Allergies, Visits], -45, 45, GrantState::Withdrawn)
        },
        GrantPlan {
            labels: vec![Label::SexualReproductive, Label::Hiv],
            ..plan(2, hospital(), &[Problems, Medicines, Allergies, Results, Visits], -10, 80, GrantState::Active)
        },
        plan(2, Grantee::Redeemer, &[Vaccines, Allergies, Medicines], 0, 30, GrantState::CodeWaiting),
        GrantPlan {
            data_until: Some(today - Duration::days(30)),
            ..plan(4, Grantee::Clinician(1), &[Results, Vitals], -5, 25, GrantState::Active)
        },
    ]
}
