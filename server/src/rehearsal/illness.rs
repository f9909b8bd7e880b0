//! An illness as data, and the visits, results, medicines and notes it leads to.

use chartkey_domain::label::Label;

use super::{
    analyte::Panel,
    body::{Body, Course, at, schedule},
    calendar::{days, years},
    code::Code,
    insurance::Insurance,
    laboratory,
    medicine::{Medicine, Prescription},
    note,
    plan::{self, Plan},
    problem::problem,
    record::Record,
    staff::Role,
    survey,
    visit::{Call, Contact, Reason, visit},
    vital,
};

/// Questions that belong to an illness.
#[derive(Debug, Clone, Copy)]
pub(super) enum Questions {
    Mood,
    Drinking,
}

/// An illness and its care. Times are years before today.
#[derive(Debug, Clone, Copy)]
pub(super) struct Illness {
    pub(super) code: Code,
    pub(super) since: f64,
    pub(super) until: Option<f64>,
    pub(super) labels: &'static [Label],
    /// The values it moves.
    pub(super) courses: &'static [(&'static str, Course)],
    pub(super) medicines: &'static [Medicine],
    /// What is measured at every review.
    pub(super) panels: &'static [Panel],
    pub(super) questions: Option<(Questions, Course)>,
    /// The name of a review, who does it, and how often in months.
    pub(super) review: &'static str,
    pub(super) role: Role,
    pub(super) months: f64,
    /// Notes in the order of the illness.
    pub(super) notes: &'static [&'static str],
    pub(super) plan: Option<Plan>,
}

/// Lives with illnesses. All of them move the body before any is reviewed, so
/// that a check for one sees the values of the others.
pub(super) fn live(record: &mut Record, body: &mut Body, insurance: &Insurance, illnesses: &[Illness]) -> Vec<Reason> {
    for (code, course) in illnesses.iter().flat_map(|illness| illness.courses) {
        body.follow(code, course);
    }
    illnesses.iter().map(|illness| care(record, body, insurance, illness)).collect()
}

fn care(record: &mut Record, body: &mut Body, insurance: &Insurance, illness: &Illness) -> Reason {
    // A child has had it for less than its life.
    let since = illness.since.min(body.age(0) * 0.7);
    let reason = problem(record, illness.code, days(since), illness.until.map(days), illness.labels);
    let mut prescriptions: Vec<_> = illness.medicines.iter().copied().map(Prescription::new).collect();
    let from = since.min(5.0);
    let limit = record.span();
    let reviews = schedule(&mut record.random, from, illness.until.unwrap_or(0.0), illness.months, limit);
    for (index, ago) in reviews.iter().copied().enumerate() {
        let next = reviews.get(index + 1).copied();
        let contact = if index % 5 == 3 && illness.panels.is_empty() { Contact::Telephone } else { Contact::Office };
        let call = Call { ago, contact, name: illness.review, role: illness.role, reason: Some(&reason), labels: illness.labels };
        let visit = visit(record, call);
        if contact == Contact::Office {
            vital::short(record, body, &visit);
        }
        for panel in illness.panels {
            laboratory::report(record, body, &visit, *panel);
        }
        if let Some((questions, course)) = illness.questions {
            let score = at(course, years(ago)).unwrap_or(0.0) + record.random.wobble() * 0.8;
            match questions {
                Questions::Mood => survey::mood(record, &visit, (score.round() as i64).clamp(0, 24)),
                Questions::Drinking => survey::drinking(record, &visit, (score.round() as i64).clamp(0, 12)),
            }
        }
        for prescription in &mut prescriptions {
            prescription.at(record, &visit, next, Some(&reason), illness.labels);
        }
        write(record, &visit, illness, index, reviews.len(), ago);
        insurance.bill(record, &visit, contact);
        if let (0, Some(plan)) = (index, illness.plan) {
            plan::plan(record, &visit, plan, &reason);
        }
    }
    reason
}

fn write(record: &mut Record, visit: &super::visit::Visit, illness: &Illness, index: usize, of: usize, ago: i64) {
    let Some(sentence) = illness.notes.get(index * illness.notes.len() / of.max(1)) else { return };
    let taken =
        illness.medicines.iter().filter(|medicine| days(medicine.from) >= ago && medicine.until.is_none_or(|until| days(until) < ago));
    let table: Vec<_> = taken.map(|medicine| (medicine.name, medicine.dose.to_owned())).collect();
    let sentences = [illness.code.text, sentence];
    if index % 3 == 1 {
        note::html(record, visit, note::PROGRESS, &sentences, &table, illness.labels);
    } else {
        note::plain(record, visit, note::PROGRESS, &sentences, illness.labels);
    }
}
