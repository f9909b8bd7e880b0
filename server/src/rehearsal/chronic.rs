//! The illnesses that the rehearsal knows, with courses that worsen, are treated
//! and get better, or do not.

use chartkey_domain::label::Label;

use super::{
    analyte::{self, Panel},
    body::{SYSTOLIC, WEIGHT},
    code::Code,
    illness::{Illness, Questions},
    medicine::Medicine,
    plan::Plan,
    staff::Role,
};

const fn medicine(code: Code, name: &'static str, dose: &'static str, from: f64) -> Medicine {
    Medicine { code, name, dose, from, until: None, stopped: "" }
}

impl Medicine {
    const fn stopped(mut self, until: f64, why: &'static str) -> Self {
        self.until = Some(until);
        self.stopped = why;
        self
    }
}

const METFORMIN: Code = Code::rxnorm("860975", "Metformin");
const LISINOPRIL: Code = Code::rxnorm("314076", "Lisinopril");
const ATORVASTATIN: Code = Code::rxnorm("83367", "Atorvastatin");
const SERTRALINE: Code = Code::rxnorm("36437", "Sertraline");

/// Where every illness starts from: a review every half year by the physician.
const QUIET: Illness = Illness {
    code: Code::icd10("", ""),
    since: 8.0,
    until: None,
    labels: &[],
    courses: &[],
    medicines: &[],
    panels: &[],
    questions: None,
    review: "Follow-up visit",
    role: Role::Physician,
    months: 6.0,
    notes: &[],
    plan: None,
};

pub(super) const DIABETES: Illness = Illness {
    code: Code::icd10("E11.9", "Type 2 diabetes"),
    since: 7.6,
    courses: &[
        ("59261-8", &[(5.0, 51.0), (3.4, 58.0), (2.7, 62.0), (2.0, 57.0), (1.2, 55.0), (0.5, 53.0), (0.0, 52.0)]),
        ("14771-0", &[(5.0, 7.4), (2.7, 9.1), (1.2, 7.6), (0.0, 7.0)]),
        ("14959-1", &[(5.0, 14.0), (2.0, 27.0), (0.0, 22.0)]),
        (WEIGHT, &[(5.0, 11.0), (2.7, 15.0), (0.0, 9.0)]),
    ],
    medicines: &[
        medicine(METFORMIN, "Metformin 500 mg, long-acting tablet", "1 tablet with the evening meal", 7.5).stopped(2.6, "Dose raised"),
        medicine(METFORMIN, "Metformin 500 mg, long-acting tablet", "2 tablets with breakfast, 2 with the evening meal", 2.6),
        medicine(Code::rxnorm("1545653", "Empagliflozin"), "Empagliflozin 10 mg tablet", "1 tablet in the morning", 1.9),
    ],
    panels: &[analyte::DIABETES],
    review: "Care review",
    role: Role::Nurse,
    months: 4.0,
    notes: &[
        "Sugar a little higher than last year. {They} wants to try with food and walking first.",
        "Sugar rising over three visits. More tablets agreed on; feet without a finding.",
        "Second medicine started. No low sugars. Eyes were checked in spring.",
        "Going the right way. No change to the tablets until the next visit.",
    ],
    plan: Some(Plan {
        title: "Living with diabetes",
        goal: "Long-term blood sugar of 48 mmol/mol or less",
        steps: &["Walk for 30 minutes on five days a week", "Look at the feet every evening", "Have the eyes checked once a year"],
    }),
    ..QUIET
};

pub(super) const BLOOD_PRESSURE: Illness = Illness {
    code: Code::icd10("I10", "High blood pressure"),
    since: 10.2,
    courses: &[(SYSTOLIC, &[(5.0, 148.0), (3.9, 156.0), (3.1, 142.0), (1.5, 136.0), (0.0, 132.0)])],
    medicines: &[
        medicine(LISINOPRIL, "Lisinopril 10 mg tablet", "1 tablet in the morning", 10.0),
        medicine(Code::rxnorm("197361", "Amlodipine"), "Amlodipine 5 mg tablet", "1 tablet in the evening", 3.7),
    ],
    panels: &[analyte::KIDNEY],
    review: "Routine check",
    notes: &[
        "Pressure too high here and at home. {They} takes the tablet every day.",
        "A second tablet was added. Ankles not swollen.",
        "Pressure near the goal. Go on.",
    ],
    plan: Some(Plan {
        title: "Blood pressure",
        goal: "Below 135 over 85 at home",
        steps: &["Measure twice a day in the week before a visit", "Less salt"],
    }),
    ..QUIET
};

pub(super) const DEPRESSION: Illness = Illness {
    code: Code::icd10("F32.1", "Depression, moderate episode"),
    since: 3.3,
    until: Some(1.7),
    labels: &[Label::MentalHealth],
    medicines: &[medicine(SERTRALINE, "Sertraline 50 mg tablet", "1 tablet in the morning", 3.2)
        .stopped(1.8, "Better for half a year; stopped step by step")],
    questions: Some((Questions::Mood, &[(3.3, 17.0), (2.9, 14.0), (2.3, 8.0), (1.7, 3.0)])),
    review: "Talk about mood",
    role: Role::Psychologist,
    months: 2.0,
    notes: &[
        "Low mood since the winter, poor sleep, little joy. No thoughts of self-harm. Depression, moderate.",
        "Sertraline is taken and tolerated. Sleeps better. Therapy goes on every second week.",
        "Depression lifting. {They} sings in the choir again.",
    ],
    ..QUIET
};

pub(super) const ALCOHOL: Illness = Illness {
    code: Code::icd10("F10.10", "Harmful use of alcohol"),
    since: 2.9,
    until: Some(1.0),
    labels: &[Label::SubstanceUse],
    courses: &[("2324-2", &[(3.5, 40.0), (2.8, 96.0), (1.6, 48.0), (0.5, 30.0)])],
    panels: &[analyte::LIVER],
    questions: Some((Questions::Drinking, &[(2.9, 8.0), (2.0, 4.0), (1.0, 2.0)])),
    review: "Alcohol counselling",
    months: 4.0,
    notes: &[
        "Alcohol counselling: about a bottle of wine a day since the summer. Wants to stop. No withdrawal so far.",
        "Alcohol counselling: two glasses a week. Liver values falling.",
    ],
    ..QUIET
};

pub(super) const HEART: Illness = Illness {
    code: Code::icd10("I25.10", "Narrowed heart arteries"),
    since: 4.1,
    courses: &[
        ("33762-6", &[(4.2, 900.0), (3.6, 520.0), (2.0, 260.0), (0.0, 190.0)]),
        (SYSTOLIC, &[(5.0, 144.0), (4.0, 128.0), (0.0, 124.0)]),
        ("14682-9", &[(5.0, 88.0), (2.0, 99.0), (0.0, 108.0)]),
    ],
    medicines: &[
        medicine(Code::rxnorm("243670", "Aspirin"), "Aspirin 81 mg tablet", "1 tablet in the morning", 4.1),
        medicine(Code::rxnorm("309362", "Clopidogrel"), "Clopidogrel 75 mg tablet", "1 tablet in the morning", 4.1)
            .stopped(3.0, "One year after the stent, as planned"),
        medicine(Code::rxnorm("866414", "Metoprolol succinate"), "Metoprolol 100 mg, long-acting tablet", "1 tablet in the morning", 4.1),
        medicine(
            Code::rxnorm("705129", "Nitroglycerin"),
            "Nitroglycerin 0.4 mg spray",
            "1 spray under the tongue for chest pain, as needed",
            4.0,
        ),
    ],
    panels: &[analyte::HEART, analyte::KIDNEY],
    review: "Heart clinic",
    role: Role::Cardiologist,
    months: 5.0,
    notes: &[
        "Some weeks after the heart attack. No chest pain on the stairs. Begins the training group.",
        "Stable. Clopidogrel stopped as planned; aspirin for good.",
        "Walks five kilometres without pain. Kidney values to be watched.",
    ],
    plan: Some(Plan {
        title: "After the heart attack",
        goal: "Walk for 45 minutes without chest pain",
        steps: &["Training group on Tuesdays", "Carry the spray", "No smoking"],
    }),
    ..QUIET
};

pub(super) const CHOLESTEROL: Illness = Illness {
    code: Code::icd10("E78.5", "High cholesterol"),
    since: 6.0,
    courses: &[
        ("14647-2", &[(5.0, 6.9), (3.9, 6.6), (3.2, 4.9), (0.0, 4.4)]),
        ("22748-8", &[(5.0, 4.6), (3.9, 4.4), (3.2, 2.8), (0.0, 2.2)]),
        ("14927-8", &[(5.0, 2.4), (3.2, 1.9), (0.0, 1.6)]),
    ],
    medicines: &[
        medicine(Code::rxnorm("312961", "Simvastatin"), "Simvastatin 20 mg tablet", "1 tablet at bedtime", 6.0).stopped(3.8, "Muscle pain"),
        medicine(ATORVASTATIN, "Atorvastatin 40 mg tablet", "1 tablet at bedtime", 3.8),
    ],
    panels: &[analyte::LIPIDS],
    review: "Routine check",
    months: 9.0,
    notes: &["Muscle pain with simvastatin.", "Better on the new tablet. Values much lower."],
    ..QUIET
};

pub(super) const ASTHMA: Illness = Illness {
    code: Code::icd10("J45.30", "Mild asthma"),
    since: 5.5,
    medicines: &[
        medicine(Code::rxnorm("2123111", "Albuterol"), "Albuterol inhaler 90 micrograms", "2 puffs when needed, and before sport", 5.5),
        medicine(Code::rxnorm("41126", "Fluticasone"), "Fluticasone inhaler 44 micrograms", "2 puffs in the morning and evening", 2.4),
    ],
    review: "Care review",
    role: Role::Nurse,
    months: 5.0,
    notes: &["Coughs at night twice a week.", "Daily inhaler begun. Technique shown and practised.", "Sleeps through. Plays football."],
    plan: Some(Plan {
        title: "Asthma plan",
        goal: "No night with coughing in a month",
        steps: &["Inhaler morning and evening", "Blue inhaler before sport"],
    }),
    ..QUIET
};

pub(super) const THYROID: Illness = Illness {
    code: Code::icd10("E03.9", "Underactive thyroid"),
    since: 4.6,
    courses: &[("3016-3", &[(4.7, 9.4), (4.0, 5.2), (3.0, 2.6), (0.0, 2.1)])],
    medicines: &[medicine(Code::rxnorm("10582", "Levothyroxine"), "Levothyroxine 50 micrograms tablet", "1 tablet before breakfast", 4.6)],
    panels: &[analyte::THYROID],
    review: "Routine check",
    months: 7.0,
    notes: &["Tired and cold. Tablets begun.", "Feels well."],
    ..QUIET
};

pub(super) const IRON: Illness = Illness {
    code: Code::icd10("D50.9", "Anaemia from too little iron"),
    since: 0.9,
    courses: &[
        ("718-7", &[(2.5, 128.0), (0.9, 109.0), (0.4, 114.0), (0.0, 118.0)]),
        ("2276-4", &[(2.5, 30.0), (0.9, 7.0), (0.0, 11.0)]),
        ("787-2", &[(2.5, 88.0), (0.9, 78.0), (0.0, 82.0)]),
    ],
    medicines: &[medicine(Code::rxnorm("310325", "Ferrous sulfate"), "Iron tablet 325 mg", "1 tablet every second day", 0.9)],
    panels: &[analyte::BLOOD_COUNT],
    review: "Routine check",
    months: 3.0,
    notes: &["Pale and tired. Iron store nearly empty.", "A little better. Go on with iron."],
    ..QUIET
};

pub(super) const LUNGS: Illness = Illness {
    code: Code::icd10("J44.9", "Chronic obstructive lung disease"),
    since: 9.0,
    medicines: &[
        medicine(Code::rxnorm("2123111", "Albuterol"), "Albuterol inhaler 90 micrograms", "2 puffs when short of breath", 9.0),
        medicine(Code::rxnorm("69120", "Tiotropium"), "Tiotropium inhaler 2.5 micrograms", "2 puffs in the morning", 4.0),
    ],
    panels: &[analyte::BLOOD_COUNT],
    review: "Care review",
    months: 5.0,
    notes: &["Short of breath on the second floor.", "Fewer bad days since the new inhaler."],
    ..QUIET
};

pub(super) const KIDNEYS: Illness = Illness {
    code: Code::icd10("N18.31", "Weak kidneys, stage 3a"),
    since: 3.5,
    courses: &[("14682-9", &[(5.0, 92.0), (3.5, 112.0), (1.0, 126.0), (0.0, 129.0)]), ("2823-3", &[(5.0, 4.4), (0.0, 5.2)])],
    panels: &[analyte::KIDNEY],
    review: "Care review",
    months: 4.0,
    notes: &["Filtering slower than last year. Ibuprofen to be avoided.", "Stable."],
    ..QUIET
};

pub(super) const BACK: Illness = Illness {
    code: Code::icd10("M54.50", "Low back pain"),
    since: 3.0,
    medicines: &[medicine(Code::rxnorm("849574", "Naproxen"), "Naproxen 220 mg tablet", "1 tablet twice a day for a week", 3.0)
        .stopped(2.0, "No longer needed")],
    review: "Follow-up visit",
    months: 7.0,
    notes: &["Pain after lifting. No warning signs.", "Exercises help."],
    ..QUIET
};

pub(super) const MIGRAINE: Illness = Illness {
    code: Code::icd10("G43.909", "Migraine"),
    since: 12.0,
    medicines: &[medicine(Code::rxnorm("37418", "Sumatriptan"), "Sumatriptan 50 mg tablet", "1 tablet at the beginning of an attack", 8.0)],
    review: "Follow-up visit",
    months: 8.0,
    notes: &["Three attacks a month. Keeps a diary.", "Fewer attacks."],
    ..QUIET
};

pub(super) const CONTRACEPTION: Illness = Illness {
    code: Code::icd10("Z30.41", "Contraceptive pill"),
    since: 6.0,
    labels: &[Label::SexualReproductive],
    medicines: &[medicine(
        Code::rxnorm("749785", "Norgestimate and ethinyl estradiol"),
        "Contraceptive pill, pack of 28 days",
        "1 tablet a day",
        6.0,
    )],
    review: "Contraception visit",
    role: Role::Nurse,
    months: 10.0,
    notes: &["Contraceptive pill tolerated. Pressure measured. Another year."],
    ..QUIET
};

const IMMUNE: Panel = Panel { code: Code::loinc("", "Immune cells"), analytes: &[analyte::CD4], labels: &[Label::Hiv] };

pub(super) const HIV: Illness = Illness {
    code: Code::icd10("Z21", "HIV, treated, without symptoms"),
    since: 7.0,
    labels: &[Label::Hiv],
    courses: &[("24467-3", &[(5.0, 430.0), (3.0, 560.0), (0.0, 690.0)])],
    medicines: &[medicine(
        Code::rxnorm("276237", "Emtricitabine"),
        "Bictegravir, emtricitabine and tenofovir alafenamide tablet",
        "1 tablet a day",
        7.0,
    )],
    panels: &[IMMUNE, analyte::BLOOD_COUNT],
    review: "HIV clinic",
    months: 6.0,
    notes: &["HIV not detectable in blood. Takes the tablet every day."],
    ..QUIET
};
