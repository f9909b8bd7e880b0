//! Care plans with their goals and teams, and what is still to come.

use chartkey_domain::label::Label;
use serde_json::json;
use time::Duration;

use super::{
    calendar::instant,
    code::hl7,
    record::Record,
    staff::Role,
    visit::{Reason, Visit},
};

/// A plan against one problem.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) title: &'static str,
    pub(super) goal: &'static str,
    pub(super) steps: &'static [&'static str],
}

/// CarePlan, Goal and CareTeam, made at a visit.
pub(super) fn plan(record: &mut Record, visit: &Visit, plan: Plan, problem: &Reason) {
    let (subject, author) = (record.subject(), record.by(visit.role));
    let members: Vec<_> = [Role::Physician, Role::Nurse, visit.role]
        .into_iter()
        .enumerate()
        .filter(|(index, role)| *index < 2 || !matches!(role, Role::Physician | Role::Nurse))
        .map(|(_, role)| json!({ "role": [{ "text": role.specialty() }], "member": record.by(role) }))
        .collect();
    let start = visit.day.to_string();
    let goal = record.add_labelled(
        &visit.labels,
        json!({
            "resourceType": "Goal",
            "lifecycleStatus": "active",
            "achievementStatus": hl7("goal-achievement", "in-progress"),
            "description": { "text": plan.goal },
            "subject": subject,
            "startDate": start,
            "addresses": [problem.reference()],
        }),
    );
    let team = record.add(json!({
        "resourceType": "CareTeam",
        "status": "active",
        "name": format!("Team for: {}", plan.title),
        "subject": subject,
        "period": { "start": start },
        "participant": members,
    }));
    let activity: Vec<_> = plan
        .steps
        .iter()
        .map(|step| json!({ "detail": { "code": { "text": step }, "status": "in-progress", "description": step } }))
        .collect();
    record.add_labelled(
        &visit.labels,
        json!({
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "title": plan.title,
            "subject": subject,
            "encounter": visit.reference(),
            "period": { "start": start },
            "created": start,
            "author": author,
            "careTeam": [{ "reference": team }],
            "addresses": [problem.reference()],
            "goal": [{ "reference": goal, "display": plan.goal }],
            "activity": activity,
        }),
    );
}

/// The one thing in a record that lies ahead: an appointment within 60 days.
pub(super) fn appointment(record: &mut Record, name: &str, role: Role, labels: &[Label]) {
    let day = super::calendar::working_day(record.today + Duration::days(record.random.between(5, 58)), 0);
    let (subject, practitioner, location) = (record.subject(), record.by(role), record.location(role.place()));
    let start = record.random.between(100, 190) * 5;
    let appointment = json!({
        "resourceType": "Appointment",
        "status": "booked",
        "serviceType": [{ "text": name }],
        "description": name,
        "start": instant(day, start),
        "end": instant(day, start + 20),
        "minutesDuration": 20,
        "created": record.day(6).to_string(),
        "participant": [
            { "actor": subject, "status": "accepted" },
            { "actor": practitioner, "status": "accepted" },
            { "actor": location, "status": "accepted" },
        ],
    });
    record.add_labelled(labels, appointment);
}

/// Who gathered the record, and when.
pub(super) fn provenance(record: &mut Record) {
    let (organization, day) = (record.at(super::staff::Place::Practice), record.day(1));
    let target = record.subject();
    record.add(json!({
        "resourceType": "Provenance",
        "target": [target],
        "recorded": instant(day, 1_080),
        "agent": [{ "type": hl7("provenance-participant-type", "assembler"), "who": organization }],
    }));
}
