//! Any number of patients, for measuring.

use time::{Date, Duration};

use super::{
    allergy::{self, Allergy},
    calendar::days,
    chronic, episode, everyday,
    illness::{Illness, live},
    names::{self, Sex},
    patient::{GeneratedPatient, generated},
    person::Person,
    random::Random,
    staff::Staff,
    survey::Smoking,
    vaccine,
};

/// A kind of patient: ages, sex where it matters, and what they live with.
struct Template {
    ages: (i64, i64),
    sex: Option<Sex>,
    illnesses: &'static [Illness],
    ailments: usize,
    pregnancy: bool,
}

const fn template(ages: (i64, i64), illnesses: &'static [Illness], ailments: usize) -> Template {
    Template { ages, sex: None, illnesses, ailments, pregnancy: false }
}

const TEMPLATES: &[Template] = &[
    template((1, 6), &[], 10),
    template((4, 15), &[chronic::ASTHMA], 8),
    template((18, 38), &[chronic::MIGRAINE, chronic::DEPRESSION], 6),
    Template { sex: Some(Sex::Female), pregnancy: true, ..template((24, 40), &[chronic::CONTRACEPTION, chronic::IRON], 6) },
    template((26, 60), &[chronic::HIV, chronic::CHOLESTEROL], 5),
    template((38, 66), &[chronic::BACK, chronic::ALCOHOL], 7),
    template((40, 75), &[chronic::THYROID, chronic::BLOOD_PRESSURE], 6),
    template((45, 82), &[chronic::DIABETES, chronic::BLOOD_PRESSURE, chronic::CHOLESTEROL], 5),
    template((55, 85), &[chronic::HEART, chronic::CHOLESTEROL], 4),
    template((60, 88), &[chronic::LUNGS, chronic::KIDNEYS], 5),
    template((68, 97), &[chronic::DIABETES, chronic::KIDNEYS, chronic::HEART], 4),
];

const ALLERGIES: &[Allergy] = &[allergy::PENICILLIN, allergy::SULFA, allergy::PEANUT, allergy::CATS, allergy::IBUPROFEN];

/// Patients of all ages, about whom the same seed and day always say the same;
/// a longer run begins with the shorter one.
pub fn patients(seed: u64, today: Date, count: usize) -> impl Iterator<Item = GeneratedPatient> {
    let staff = Staff::new(seed);
    (0..count).map(move |index| patient(seed, &staff, today, index))
}

fn patient(seed: u64, staff: &Staff, today: Date, index: usize) -> GeneratedPatient {
    let mut random = Random::part(seed, &format!("patient {index}"));
    let template = random.pick(TEMPLATES);
    let sex = template.sex.unwrap_or(if random.chance(0.5) { Sex::Female } else { Sex::Male });
    let age = days(random.between(template.ages.0, template.ages.1) as f64) + random.between(0, 364);
    let person = Person {
        given: names::given(&mut random, sex).to_owned(),
        family: names::family(&mut random),
        sex,
        birth: today - Duration::days(age),
        language: "en",
    };
    let mut home = random.clone();
    generated(random, &mut home, &person, None, staff, today, |record, body, insurance| {
        if age < days(18.0) {
            vaccine::childhood(record);
        }
        let allergies: Vec<_> = if record.random.chance(0.4) { vec![*record.random.pick(ALLERGIES)] } else { Vec::new() };
        episode::allergies(record, &allergies);
        if template.pregnancy {
            episode::pregnancy(record, body, insurance);
        }
        live(record, body, insurance, template.illnesses);
        let smoking = *record.random.pick(&[Smoking::Never, Smoking::Never, Smoking::Former, Smoking::Daily]);
        everyday::checks(record, body, insurance, smoking);
        everyday::ailments(record, body, insurance, template.ailments);
    })
}
