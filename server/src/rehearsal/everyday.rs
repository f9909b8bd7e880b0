//! What happens to everybody: yearly checks, and ailments that pass.

use chartkey_domain::label::Label;

use super::{
    analyte,
    body::Body,
    code::Code,
    imaging::{self, Picture},
    insurance::Insurance,
    laboratory::{self, Said, finding},
    medicine, note,
    problem::diagnosis,
    record::Record,
    staff::Role,
    survey::{self, Smoking},
    vaccine,
    visit::{Call, Contact, visit},
    vital,
};

/// A check once a year, with blood tests for adults, and the flu vaccine.
pub(super) fn checks(record: &mut Record, body: &mut Body, insurance: &Insurance, smoking: Smoking) {
    let offset = record.random.between(20, 200);
    for year in (0..5).rev() {
        let ago = year * 365 + offset;
        if ago > record.span() {
            continue;
        }
        let call = Call { ago, contact: Contact::Office, name: "Yearly check", role: Role::Physician, reason: None, labels: &[] };
        let visit = visit(record, call);
        let age = record.age(visit.day);
        vital::full(record, body, &visit);
        if age >= 16 {
            survey::smoking(record, &visit, smoking);
            laboratory::report(record, body, &visit, analyte::BLOOD_COUNT);
        }
        if age >= 40 {
            laboratory::report(record, body, &visit, analyte::KIDNEY);
            laboratory::report(record, body, &visit, analyte::LIPIDS);
        }
        if age >= 50 && year % 2 == 0 {
            laboratory::report(record, body, &visit, analyte::THYROID);
            laboratory::report(record, body, &visit, analyte::VITAMINS);
        }
        vaccine::given(record, &visit, vaccine::INFLUENZA);
        match (year, age) {
            (4, 12..) => vaccine::given(record, &visit, vaccine::COVID),
            (3, 20..) => vaccine::given(record, &visit, vaccine::TETANUS),
            (2, 50..) => vaccine::given(record, &visit, vaccine::SHINGLES),
            (1, 65..) => vaccine::given(record, &visit, vaccine::PNEUMOCOCCUS),
            (0, 12..) => vaccine::declined(record, &visit, vaccine::COVID),
            _ => {}
        }
        let sentences = ["{They} feels well today. Heart and lungs without a finding.", "Vaccines were talked about."];
        note::html(record, &visit, note::PROGRESS, &sentences, &[("Next check", format!("{}", visit.day.year() + 1))], &[]);
        insurance.bill(record, &visit, Contact::Office);
    }
}

/// Something that passes.
struct Ailment {
    code: Code,
    visit: &'static str,
    contact: Contact,
    temperature: Option<f64>,
    medicine: Option<(Code, &'static str, &'static str)>,
    picture: Option<Picture>,
    note: &'static str,
}

const AMOXICILLIN: Code = Code::rxnorm("308192", "Amoxicillin");
const ACETAMINOPHEN: Code = Code::rxnorm("313782", "Acetaminophen");

const AILMENTS: &[Ailment] = &[
    Ailment {
        code: Code::icd10("J02.9", "Sore throat"),
        visit: "Sore throat",
        contact: Contact::Office,
        temperature: Some(38.1),
        medicine: Some((ACETAMINOPHEN, "Acetaminophen 325 mg tablet", "1 tablet every six hours for fever")),
        picture: None,
        note: "Red throat, no pus. Should pass within a week.",
    },
    Ailment {
        code: Code::icd10("H66.90", "Middle ear infection"),
        visit: "Ear pain",
        contact: Contact::Office,
        temperature: Some(38.6),
        medicine: Some((AMOXICILLIN, "Amoxicillin 500 mg tablet", "1 tablet three times a day for seven days")),
        picture: None,
        note: "Eardrum red and bulging on the left.",
    },
    Ailment {
        code: Code::icd10("S93.401A", "Sprained ankle"),
        visit: "Ankle injury",
        contact: Contact::Emergency,
        temperature: None,
        medicine: None,
        picture: Some(imaging::ANKLE),
        note: "Turned the foot on a kerb. Swollen outside. Bandage and rest.",
    },
    Ailment {
        code: Code::icd10("J06.9", "Common cold"),
        visit: "Cough and cold",
        contact: Contact::Telephone,
        temperature: None,
        medicine: None,
        picture: None,
        note: "Runny nose and cough for four days. Drink, rest, call again if short of breath.",
    },
    Ailment {
        code: Code::icd10("N39.0", "Bladder infection"),
        visit: "Pain when passing water",
        contact: Contact::Office,
        temperature: Some(37.4),
        medicine: None,
        picture: None,
        note: "Urine cloudy. Drinks plenty. Result of the culture by telephone.",
    },
    Ailment {
        code: Code::icd10("K52.9", "Upset stomach"),
        visit: "Vomiting and loose stools",
        contact: Contact::Telephone,
        temperature: None,
        medicine: None,
        picture: None,
        note: "Since yesterday, no blood. Small sips; call again if it lasts three days.",
    },
    Ailment {
        code: Code::icd10("H10.9", "Red eye"),
        visit: "Red eye",
        contact: Contact::Office,
        temperature: None,
        medicine: None,
        picture: None,
        note: "Sticky in the morning, sight not affected. Wash, and wait.",
    },
    Ailment {
        code: Code::icd10("B34.9", "Viral infection"),
        visit: "Fever",
        contact: Contact::Office,
        temperature: Some(38.9),
        medicine: None,
        picture: None,
        note: "Fever for two days, no focus found. Rest and drink.",
    },
    Ailment {
        code: Code::icd10("L23.9", "Skin rash from contact"),
        visit: "Rash",
        contact: Contact::Office,
        temperature: None,
        medicine: None,
        picture: None,
        note: "Itching patches on both wrists, a new watch strap.",
    },
];

/// A few ailments over the years, of those that passed.
pub(super) fn ailments(record: &mut Record, body: &mut Body, insurance: &Insurance, count: usize) {
    let span = record.span();
    // Small children have the first two only: sore throats and ears.
    let of = if record.age(record.today) < 8 { AILMENTS.get(..2).unwrap_or(AILMENTS) } else { AILMENTS };
    let first = record.random.between(0, 99) as usize;
    for index in 0..count {
        // In turn, so that nobody has the same one twice in a row.
        let Some(ailment) = of.get((first + index) % of.len()) else { continue };
        let slot = (span - 30).max(2) / count as i64;
        let ago = slot * index as i64 + record.random.between(15, 15.max(slot));
        if ago > span {
            continue;
        }
        let role = if ailment.contact == Contact::Emergency { Role::Emergency } else { Role::Physician };
        let call = Call { ago, contact: ailment.contact, name: ailment.visit, role, reason: None, labels: &[] };
        let mut visit = visit(record, call);
        visit.reason = Some(diagnosis(record, &visit, ailment.code));
        match ailment.temperature {
            Some(temperature) => vital::feverish(record, &visit, temperature),
            None if ailment.contact != Contact::Telephone => vital::short(record, body, &visit),
            None => {}
        }
        if ailment.code.code == "N39.0" {
            let said = [
                finding(Code::loinc("630-4", "Bacteria in urine (culture)"), Said::Text("Mixed growth, no single cause")),
                finding(Code::loinc("5804-0", "Protein in urine"), Said::Text("Trace")),
            ];
            laboratory::findings(record, &visit, Code::loinc("", "Urine tests"), &said, "No treatment needed from this result.");
        }
        if let Some((code, name, dose)) = ailment.medicine {
            medicine::short_course(record, &visit, code, name, dose);
        }
        if let Some(picture) = ailment.picture {
            imaging::picture(record, &visit, picture);
        }
        note::plain(record, &visit, note::PROGRESS, &[ailment.note], &[] as &[Label]);
        insurance.bill(record, &visit, ailment.contact);
    }
}
