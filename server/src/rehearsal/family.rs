//! The people of the rehearsal clinic: a family of four, and two more.

use chartkey_domain::label::Label;
use time::{Date, Month};

use super::{
    allergy,
    body::Body,
    calendar::born,
    chronic,
    code::Code,
    episode, everyday,
    illness::live,
    insurance::Insurance,
    names::Sex,
    patient::{GeneratedPatient, generated},
    person::Person,
    plan,
    random::Random,
    record::Record,
    staff::{Role, Staff},
    survey::{self, Smoking},
    vaccine,
};

/// Somebody of the clinic, before the record is written.
pub(super) struct Member {
    pub(super) relation: &'static str,
    pub(super) email: &'static str,
    /// Who helps them, where they are a child.
    pub(super) helped_by: Option<usize>,
    person: Person,
    life: fn(&mut Record, &mut Body, &Insurance),
}

/// The position of the child's mother.
const DAUGHTER: usize = 2;

fn member(
    today: Date,
    relation: &'static str,
    email: &'static str,
    name: (&str, &str),
    sex: Sex,
    (age, month, day): (i32, Month, u8),
    life: fn(&mut Record, &mut Body, &Insurance),
) -> Member {
    let person = Person {
        given: name.0.to_owned(),
        family: name.1.to_owned(),
        sex,
        birth: born(today, age, month, day),
        language: if relation == "neighbour" { "es" } else { "en" },
    };
    let helped_by = (relation == "grandson").then_some(DAUGHTER);
    Member { relation, email, helped_by, person, life }
}

/// The six, in the order in which grants count them.
pub(super) fn members(today: Date) -> Vec<Member> {
    use Sex::{Female, Male};
    vec![
        member(today, "mother", "ines@example.org", ("Ines", "Okonjo-Marsh"), Female, (65, Month::March, 14), mother),
        member(today, "father", "tobias@example.org", ("Tobias", "Okonjo-Marsh"), Male, (67, Month::September, 2), father),
        member(today, "daughter", "amara@example.org", ("Amara Zoë", "Okonjo-Marsh"), Female, (34, Month::June, 21), daughter),
        member(today, "grandson", "emil@example.org", ("Emil", "Okonjo-Marsh"), Male, (9, Month::February, 8), grandson),
        member(today, "neighbour", "lucia@example.org", ("Lucía", "Peñalavell"), Female, (47, Month::May, 30), neighbour),
        member(today, "colleague", "lukasz@example.org", ("Łukasz", "Dąbrowimoto"), Male, (52, Month::December, 11), colleague),
    ]
}

impl Member {
    /// Writes the record.
    pub(super) fn record(&self, seed: u64, staff: &Staff, today: Date) -> GeneratedPatient {
        // A household shares its address.
        let home = if matches!(self.relation, "neighbour" | "colleague") { self.email } else { "household" };
        generated(Random::part(seed, self.email), &mut Random::part(seed, home), &self.person, Some(self.email), staff, today, self.life)
    }
}

fn mother(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    episode::allergies(record, &[allergy::PENICILLIN, allergy::CATS]);
    live(record, body, insurance, &[chronic::ALCOHOL, chronic::DIABETES, chronic::BLOOD_PRESSURE, chronic::DEPRESSION, chronic::IRON]);
    everyday::checks(record, body, insurance, Smoking::Former);
    everyday::ailments(record, body, insurance, 4);
    episode::sore_joints(record, body, insurance);
    episode::bowel_check(record, insurance);
    survey::relative(record, "MTH", "Mother", Code::icd10("E11.9", "Type 2 diabetes"), 58, &[]);
    survey::relative(record, "FTH", "Father", Code::icd10("I63.9", "Stroke"), 71, &[]);
    plan::appointment(record, "Care review", Role::Nurse, &[]);
}

fn father(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    episode::allergies(record, &[allergy::SULFA]);
    live(record, body, insurance, &[chronic::HEART, chronic::CHOLESTEROL]);
    episode::heart_attack(record, body, insurance);
    episode::inherited_cholesterol(record, insurance);
    everyday::checks(record, body, insurance, Smoking::Former);
    everyday::ailments(record, body, insurance, 3);
    survey::relative(record, "FTH", "Father", Code::icd10("I21.9", "Heart attack"), 49, &[]);
    plan::appointment(record, "Heart clinic", Role::Cardiologist, &[]);
}

fn daughter(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    episode::allergies(record, &[]);
    episode::pregnancy(record, body, insurance);
    live(record, body, insurance, &[chronic::MIGRAINE]);
    episode::safety_at_home(record, insurance);
    episode::hiv_prevention(record, body, insurance);
    everyday::checks(record, body, insurance, Smoking::Never);
    everyday::ailments(record, body, insurance, 6);
    survey::relative(record, "FTH", "Father", Code::icd10("I25.10", "Narrowed heart arteries"), 62, &[]);
    plan::appointment(record, "HIV prevention visit", Role::Physician, &[Label::Hiv]);
}

fn grandson(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    vaccine::childhood(record);
    episode::allergies(record, &[allergy::PEANUT]);
    for asthma in live(record, body, insurance, &[chronic::ASTHMA]) {
        episode::asthma_attack(record, insurance, &asthma);
    }
    everyday::checks(record, body, insurance, Smoking::Never);
    everyday::ailments(record, body, insurance, 9);
    plan::appointment(record, "Care review", Role::Nurse, &[]);
}

fn neighbour(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    episode::allergies(record, &[allergy::IBUPROFEN]);
    live(record, body, insurance, &[chronic::THYROID, chronic::CONTRACEPTION, chronic::BACK]);
    everyday::checks(record, body, insurance, Smoking::Daily);
    everyday::ailments(record, body, insurance, 5);
    plan::appointment(record, "Routine check", Role::Physician, &[]);
}

fn colleague(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    episode::allergies(record, &[]);
    live(record, body, insurance, &[chronic::KIDNEYS, chronic::BLOOD_PRESSURE]);
    everyday::checks(record, body, insurance, Smoking::Never);
    everyday::ailments(record, body, insurance, 5);
    plan::appointment(record, "Care review", Role::Physician, &[]);
}
