//! Things that happen once.

use chartkey_domain::label::Label;

use super::{
    allergy, analyte,
    body::{Body, Course, WEIGHT},
    calendar::days,
    code::Code,
    imaging,
    insurance::Insurance,
    laboratory::{self, Said, finding, sensitive},
    medicine::{Medicine, Prescription},
    note,
    problem::{diagnosis, problem},
    record::Record,
    staff::Role,
    survey,
    visit::{Call, Contact, Reason, Visit, visit},
    vital,
};

const fn call<'c>(ago: i64, contact: Contact, name: &'c str, role: Role) -> Call<'c> {
    Call { ago, contact, name, role, reason: None, labels: &[] }
}

/// A heart attack: emergency department, stay, stent, letter as PDF, ultrasound.
pub(super) fn heart_attack(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    let ago = days(4.15);
    let mut emergency = visit(record, call(ago + 1, Contact::Emergency, "Chest pain", Role::Emergency));
    let attack = diagnosis(record, &emergency, Code::icd10("I21.4", "Heart attack"));
    emergency.reason = Some(attack.clone());
    vital::feverish(record, &emergency, 36.9);
    let said =
        [finding(Code::loinc("11524-6", "Electrocardiogram"), Said::Text("Regular rhythm, 88 a minute. Changes in the lower wall."))];
    laboratory::findings(record, &emergency, Code::loinc("", "Electrocardiogram"), &said, "Suggests a heart attack.");
    laboratory::mistaken(record, &emergency);
    insurance.bill(record, &emergency, Contact::Emergency);
    let stay =
        visit(record, Call { reason: Some(&attack), ..call(ago, Contact::Stay, "Hospital stay for a heart attack", Role::Cardiologist) });
    vital::short(record, body, &stay);
    laboratory::report(record, body, &stay, analyte::HEART);
    laboratory::report(record, body, &stay, analyte::BLOOD_COUNT);
    imaging::picture(record, &stay, imaging::CHEST);
    imaging::picture(record, &stay, imaging::HEART_ULTRASOUND);
    let stent = Code::procedure("027034Z", "Heart artery widened, with a stent");
    imaging::procedure(record, &stay, stent, "Blood flows freely through the artery");
    imaging::device(record, &stay, "Heart stent", "Quince Medical (invented)");
    let letter = [
        "Admitted with chest pain of three hours. One artery was widened and a stent set in. No further pain.",
        "{They} goes home with aspirin, clopidogrel and metoprolol. Clopidogrel for one year.",
    ];
    note::letter(record, &stay, note::DISCHARGE, &letter, &[]);
    insurance.bill(record, &stay, Contact::Stay);
}

/// A test for the inherited form of high cholesterol.
pub(super) fn inherited_cholesterol(record: &mut Record, insurance: &Insurance) {
    let ago = days(2.3);
    let carrier = problem(record, Code::icd10("Z15.89", "Inherited risk of high cholesterol"), ago - 30, None, &[Label::Genetic]);
    let call =
        Call { reason: Some(&carrier), labels: &[Label::Genetic], ..call(ago, Contact::Office, "Genetic counselling", Role::Cardiologist) };
    let visit = visit(record, call);
    let change = Said::Text("Positive: a change in the LDL receptor gene, on one of two copies");
    let said = [sensitive(Code::loinc("51968-6", "Genetic test, overall"), change, &[Label::Genetic])];
    laboratory::findings(record, &visit, Code::loinc("51969-4", "Genetic test"), &said, "Children should be offered a test.");
    note::letter(
        record,
        &visit,
        note::CONSULT,
        &["Genetic test positive for inherited high cholesterol. Family informed."],
        &[Label::Genetic],
    );
    insurance.bill(record, &visit, Contact::Office);
}

/// A pregnancy and a birth. Call it before anything else that weighs.
pub(super) fn pregnancy(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    const LABELS: &[Label] = &[Label::SexualReproductive];
    const WEIGHT_GAINED: Course = &[(3.2, 0.0), (2.42, 13.0), (2.38, 6.0), (1.8, 2.0), (1.2, 0.0)];
    let birth = days(2.4);
    body.follow(WEIGHT, WEIGHT_GAINED);
    let reason = problem(record, Code::icd10("Z34.90", "Pregnancy"), birth + 245, Some(birth), LABELS);
    for (weeks, name) in
        [(9, "First pregnancy visit"), (13, "Pregnancy visit"), (20, "Pregnancy visit"), (28, "Pregnancy visit"), (36, "Pregnancy visit")]
    {
        let ago = birth + (40 - weeks) * 7;
        let visit = visit(record, Call { reason: Some(&reason), labels: LABELS, ..call(ago, Contact::Office, name, Role::Obstetrician) });
        vital::short(record, body, &visit);
        match weeks {
            9 => first_tests(record, &visit),
            20 => imaging::picture(record, &visit, imaging::WOMB_ULTRASOUND),
            28 => laboratory::report(record, body, &visit, analyte::BLOOD_COUNT),
            _ => {}
        }
        note::plain(record, &visit, note::PROGRESS, &["Pregnancy going well. Child moves, heart tones regular."], LABELS);
        insurance.bill(record, &visit, Contact::Office);
    }
    let stay =
        visit(record, Call { reason: Some(&reason), labels: LABELS, ..call(birth, Contact::Stay, "Birth of a child", Role::Obstetrician) });
    imaging::procedure(record, &stay, Code::procedure("10E0XZZ", "Birth of a child"), "Mother and child well");
    note::letter(
        record,
        &stay,
        note::DISCHARGE,
        &["Pregnancy ended with the birth of a girl, 3,420 g, after 39 weeks and 5 days. Both well."],
        LABELS,
    );
    insurance.bill(record, &stay, Contact::Stay);
}

fn first_tests(record: &mut Record, visit: &Visit) {
    let said = [
        sensitive(Code::loinc("2106-3", "Pregnancy test in urine"), Said::Text("Positive"), &[Label::SexualReproductive]),
        finding(Code::loinc("882-1", "Blood group"), Said::Text("A, Rh positive")),
        finding(Code::loinc("5196-1", "Hepatitis B surface antigen"), Said::Text("Negative")),
    ];
    laboratory::findings(record, visit, Code::loinc("", "Tests early in pregnancy"), &said, "Nothing unusual.");
}

/// Visits to prevent HIV: tests, and a tablet a day.
pub(super) fn hiv_prevention(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    const LABELS: &[Label] = &[Label::Hiv];
    let reason = problem(record, Code::icd10("Z29.81", "Prevention of HIV with medicine"), days(1.4), None, LABELS);
    let mut tablet = Prescription::new(Medicine {
        code: Code::rxnorm("276237", "Emtricitabine"),
        name: "Emtricitabine 200 mg and tenofovir disoproxil 300 mg tablet",
        dose: "1 tablet a day",
        from: 1.4,
        until: None,
        stopped: "",
    });
    for (ago, next) in [(days(1.35), Some(days(0.9))), (days(0.9), Some(days(0.3))), (days(0.3), None)] {
        let call = Call { reason: Some(&reason), labels: LABELS, ..call(ago, Contact::Office, "HIV prevention visit", Role::Physician) };
        let visit = visit(record, call);
        vital::short(record, body, &visit);
        let said = [
            sensitive(Code::loinc("56888-1", "HIV test"), Said::Text("Not reactive"), &[Label::Hiv]),
            sensitive(Code::loinc("22587-0", "Syphilis antibodies"), Said::Text("Negative"), &[Label::SexualReproductive]),
        ];
        laboratory::findings(record, &visit, Code::loinc("", "HIV and syphilis tests"), &said, "Nothing found.");
        laboratory::report(record, body, &visit, analyte::KIDNEY);
        tablet.at(record, &visit, next, Some(&reason), LABELS);
        note::plain(
            record,
            &visit,
            note::PROGRESS,
            &["HIV prevention: takes the tablet daily, no side effects. HIV test not reactive."],
            LABELS,
        );
        insurance.bill(record, &visit, Contact::Office);
    }
}

/// Asked about violence at home; help was offered.
pub(super) fn safety_at_home(record: &mut Record, insurance: &Insurance) {
    const LABELS: &[Label] = &[Label::Violence];
    let reason = problem(record, Code::icd10("Z91.410", "Earlier violence by a partner"), days(3.1), None, LABELS);
    for (years, score, sentence) in [
        (3.05, 2, "Talked alone. Violence by the former partner; safe place and numbers to call given. Does not want a report."),
        (2.0, 0, "Domestic violence is over: lives with the child near her parents, feels safe."),
    ] {
        let call =
            Call { reason: Some(&reason), labels: LABELS, ..call(days(years), Contact::Office, "Talk about safety at home", Role::Nurse) };
        let visit = visit(record, call);
        survey::safety(record, &visit, score);
        note::plain(record, &visit, note::PROGRESS, &[sentence], LABELS);
        insurance.bill(record, &visit, Contact::Office);
    }
}

/// A night in the emergency department with asthma.
pub(super) fn asthma_attack(record: &mut Record, insurance: &Insurance, asthma: &Reason) {
    let visit = visit(record, Call { reason: Some(asthma), ..call(days(2.5), Contact::Emergency, "Asthma attack", Role::Emergency) });
    vital::feverish(record, &visit, 37.2);
    imaging::picture(record, &visit, imaging::Picture { finding: "Lungs full of air, no inflammation.", ..imaging::CHEST });
    imaging::device(record, &visit, "Inhaler chamber", "Heron Plastics (invented)");
    note::plain(
        record,
        &visit,
        note::DISCHARGE,
        &["Short of breath since the evening. Better after the third dose. Home in the morning."],
        &[],
    );
    insurance.bill(record, &visit, Contact::Emergency);
}

/// Sore joints: results as a titre, as text and under a limit.
pub(super) fn sore_joints(record: &mut Record, body: &mut Body, insurance: &Insurance) {
    let mut visit = visit(record, call(days(0.6), Contact::Office, "Sore joints", Role::Physician));
    visit.reason = Some(diagnosis(record, &visit, Code::icd10("M25.50", "Joint pain")));
    vital::short(record, body, &visit);
    let said = [
        finding(Code::loinc("5048-4", "Antibodies against cell nuclei"), Said::Text("1:80")),
        finding(Code::loinc("1988-5", "C-reactive protein"), Said::Under(0.5, 1, "mg/L", "mg/L")),
        finding(Code::loinc("11572-5", "Rheumatoid factor"), Said::Text("<0.5")),
        finding(Code::loinc("", "Blood smear"), Said::Text("Red cells of even size. No unusual cells. Seen by two people.")),
    ];
    laboratory::findings(
        record,
        &visit,
        Code::loinc("", "Tests for inflammation"),
        &said,
        "A weak titre that is often found in healthy people.",
    );
    note::html(record, &visit, note::PROGRESS, &["Both hands stiff in the morning for a quarter of an hour."], &[], &[]);
    insurance.bill(record, &visit, Contact::Office);
}

/// A look into the bowel, as offered from 45 on.
pub(super) fn bowel_check(record: &mut Record, insurance: &Insurance) {
    let visit = visit(record, call(days(3.6), Contact::Office, "Look into the bowel", Role::Gastroenterologist));
    imaging::procedure(record, &visit, Code::procedure("0DJD8ZZ", "Look into the large bowel"), "Nothing found. Next in ten years");
    note::letter(record, &visit, note::CONSULT, &["Bowel seen to its beginning. Nothing found."], &[]);
    insurance.bill(record, &visit, Contact::Office);
}

/// The allergies of a person, or that there are none.
pub(super) fn allergies(record: &mut Record, allergies: &[allergy::Allergy]) {
    for one in allergies {
        allergy::allergy(record, *one);
    }
    if allergies.is_empty() {
        let ago = record.span().min(400);
        allergy::none_known(record, ago);
    }
}
