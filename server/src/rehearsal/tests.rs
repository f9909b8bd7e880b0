//! What every generated record keeps to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use chartkey_domain::{label::Label, when::Moment};
use serde_json::Value;
use time::{Date, Time, macros::date};

use super::{Clinic, GeneratedPatient, GrantState, Grantee, clinic, patients};

const TODAY: Date = date!(2026 - 11 - 23);

/// Written once, because writing takes longer than reading.
static CLINIC: LazyLock<Clinic> = LazyLock::new(|| clinic(1, TODAY));
static PATIENTS: LazyLock<Vec<GeneratedPatient>> = LazyLock::new(|| patients(1, TODAY, 40).collect());

fn everybody() -> impl Iterator<Item = &'static GeneratedPatient> {
    CLINIC.people.iter().map(|person| &person.record).chain(PATIENTS.iter().take(20))
}

fn resources(patient: &GeneratedPatient) -> impl Iterator<Item = &Value> {
    patient.bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"])
}

/// Calls `see` with every member of the JSON, however deep.
fn walk<'v>(value: &'v Value, see: &mut impl FnMut(&'v str, &'v Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                see(name, member);
                walk(member, see);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        _ => {}
    }
}

#[test]
fn the_same_seed_and_day_give_the_same_bytes() {
    let bytes = |clinic: &Clinic| clinic.people.iter().map(|person| person.record.bytes()).collect::<Vec<_>>();
    let (again, other) = (clinic(1, TODAY), clinic(2, TODAY));
    assert_eq!(bytes(&CLINIC), bytes(&again));
    assert_eq!(format!("{:?}", CLINIC.clinicians), format!("{:?}", again.clinicians));
    assert!(bytes(&CLINIC).iter().zip(bytes(&other)).all(|(first, other)| *first != other));
}

#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    let longer = PATIENTS.iter().map(GeneratedPatient::bytes);
    assert!(patients(1, TODAY, 4).map(|patient| patient.bytes()).eq(longer.take(4)));
}

#[test]
fn identifiers_are_unique_and_every_reference_resolves_inside_its_bundle() {
    let mut seen = BTreeMap::new();
    for patient in everybody() {
        let mut here = BTreeSet::new();
        for entry in patient.bundle["entry"].as_array().unwrap() {
            let url = entry["fullUrl"].as_str().unwrap().to_owned();
            assert_eq!(url, format!("urn:uuid:{}", entry["resource"]["id"].as_str().unwrap()));
            assert!(here.insert(url.clone()), "{url}");
            // Only places and staff are in more than one record, and always the same.
            let before = seen.insert(url, entry.clone());
            assert!(before.is_none_or(|before| before == *entry));
        }
        walk(&patient.bundle, &mut |name, value| {
            if name == "reference" {
                assert!(here.contains(value.as_str().unwrap()), "{value} of {}", patient.name());
            }
        });
        assert!(patient.sensitive.iter().all(|sensitive| here.contains(&sensitive.full_url)));
        assert!(here.contains(&format!("urn:uuid:{}", patient.id)));
    }
}

#[test]
fn everything_happens_between_birth_and_today_but_an_appointment_within_60_days() {
    let midnight = TODAY.next_day().unwrap().with_time(Time::MIDNIGHT).assume_utc();
    let mut appointments = 0;
    for patient in everybody() {
        let birth = patient.birth_date.with_time(Time::MIDNIGHT).assume_utc();
        for resource in resources(patient) {
            let kind = resource["resourceType"].as_str().unwrap();
            walk(resource, &mut |name, value| {
                // A text with the form of a date is one.
                let Some(moment) = value.as_str().filter(|text| text.contains('-')).and_then(Moment::parse) else { return };
                let ahead = kind == "Appointment" && matches!(name, "start" | "end");
                if ahead {
                    appointments += 1;
                    assert!(moment.first >= midnight && moment.first < midnight + time::Duration::days(60), "{value}");
                } else {
                    assert!(moment.first >= birth && moment.first < midnight, "{kind}.{name} {value} of {}", patient.name());
                }
            });
        }
    }
    assert_eq!(appointments, 6 * 2, "each of the clinic's people has one");
}

#[test]
fn five_years_are_covered_and_end_near_today() {
    for person in &CLINIC.people {
        let mut days: Vec<_> = resources(&person.record)
            .filter(|resource| resource["resourceType"] == "Encounter")
            .map(|visit| Moment::parse(visit["period"]["start"].as_str().unwrap()).unwrap().first.date())
            .collect();
        days.sort();
        assert!((TODAY - days[0]).whole_days() > 4 * 365, "{}", person.email);
        assert!((TODAY - days[days.len() - 1]).whole_days() < 210, "{}", person.email);
    }
}

#[test]
fn a_period_does_not_end_before_it_begins() {
    for patient in everybody() {
        for (from, until) in [("start", "end"), ("onsetDateTime", "abatementDateTime")] {
            walk(&patient.bundle, &mut |_, value| {
                if let (Some(from), Some(until)) = (value[from].as_str(), value[until].as_str()) {
                    assert!(from <= until, "{from} {until}");
                }
            });
        }
    }
}

#[test]
fn interpretations_agree_with_ranges() {
    let mut words = BTreeMap::<String, usize>::new();
    for patient in everybody() {
        for resource in resources(patient).filter(|resource| resource["resourceType"] == "Observation") {
            let word = resource["interpretation"][0]["coding"][0]["code"].as_str();
            let range = &resource["referenceRange"][0];
            assert_eq!(word.is_some(), range.is_object());
            let (Some(word), Some(value)) = (word, resource["valueQuantity"]["value"].as_f64()) else { continue };
            let low = range["low"]["value"].as_f64().is_some_and(|low| value < low);
            let high = range["high"]["value"].as_f64().is_some_and(|high| value > high);
            let expected: &[&str] = if low {
                &["L", "LL"]
            } else if high {
                &["H", "HH"]
            } else {
                &["N"]
            };
            assert!(expected.contains(&word), "{resource}");
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    assert!(["N", "H", "HH", "L"].iter().all(|word| words.contains_key(*word)), "{words:?}");
}

#[test]
fn what_is_worked_out_agrees_with_what_was_measured() {
    let mut compared = 0;
    for patient in everybody() {
        let mut by_visit = BTreeMap::<(&str, &str), f64>::new();
        for resource in resources(patient).filter(|resource| resource["resourceType"] == "Observation" && resource["status"] == "final") {
            if let (Some(code), Some(value)) = (resource["code"]["coding"][0]["code"].as_str(), resource["valueQuantity"]["value"].as_f64())
            {
                by_visit.insert((resource["encounter"]["reference"].as_str().unwrap(), code), value);
            }
        }
        for ((visit, code), value) in &by_visit {
            let other = |code| by_visit.get(&(*visit, code)).copied();
            if *code == "39156-5" {
                let (weight, height) = (other("29463-7").unwrap(), other("8302-2").unwrap());
                assert!((weight / (height / 100.0_f64).powi(2) / value - 1.0).abs() <= 0.015, "{weight} {height} {value}");
                compared += 1;
            }
            if *code == "98979-8" {
                let creatinine = other("14682-9").unwrap();
                assert!((40.0..200.0).contains(&creatinine));
                // More in the blood, less filtered: never both good or both bad beyond doubt.
                assert!(if *value > 75.0 { creatinine <= 125.0 } else { creatinine >= 45.0 }, "{creatinine} {value}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn treatment_helps() {
    let mother = &CLINIC.people[0].record;
    let mut values: Vec<_> = resources(mother)
        .filter(|resource| resource["code"]["coding"][0]["code"] == "59261-8")
        .map(|result| (result["effectiveDateTime"].as_str().unwrap(), result["valueQuantity"]["value"].as_f64().unwrap()))
        .collect();
    values.sort_by_key(|(when, _)| *when);
    let highest = values.iter().position(|(_, value)| *value == values.iter().fold(0.0, |high: f64, (_, value)| high.max(*value))).unwrap();
    assert!(values.len() >= 12);
    assert!(highest > 1 && highest < values.len() - 4, "worsens first: {values:?}");
    assert!(values[highest].1 - values[values.len() - 1].1 >= 5.0, "then gets better: {values:?}");
    assert!(values.windows(2).all(|pair| (pair[0].1 - pair[1].1).abs() < 9.0), "and does not jump: {values:?}");
}

#[test]
fn the_family_has_something_of_every_label() {
    let clinic = &*CLINIC;
    let family = &clinic.people[..4];
    for label in Label::ALL {
        let items = family.iter().flat_map(|person| &person.record.sensitive).filter(|item| item.label == label).count();
        assert!(items >= 3, "{label:?}: {items}");
    }
    // Somebody has nothing sensitive, so that both can be rehearsed.
    assert!(family[3].record.sensitive.is_empty());
}

#[test]
fn the_clinic_has_every_kind_of_entry() {
    let clinic = &*CLINIC;
    let kinds: BTreeSet<_> =
        clinic.people.iter().flat_map(|person| resources(&person.record)).map(|one| one["resourceType"].as_str().unwrap()).collect();
    for kind in [
        "AllergyIntolerance",
        "Appointment",
        "CarePlan",
        "CareTeam",
        "Claim",
        "Condition",
        "Coverage",
        "Device",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "ExplanationOfBenefit",
        "FamilyMemberHistory",
        "Goal",
        "ImagingStudy",
        "Immunization",
        "Location",
        "MedicationRequest",
        "Observation",
        "Organization",
        "Patient",
        "Practitioner",
        "Procedure",
        "Provenance",
        "QuestionnaireResponse",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let text: String = clinic.people.iter().map(|person| person.record.bundle.to_string()).collect();
    for part in [
        "entered-in-error",
        "\"stopped\"",
        "No known allergies",
        "1:80",
        "\"<0.5\"",
        "\"comparator\":\"<\"",
        "application/pdf",
        "text/html",
        "not-done",
    ] {
        assert!(text.contains(part), "{part}");
    }
    for person in &clinic.people {
        assert!(person.email.ends_with("@example.org"));
        assert!(person.password.len() >= 12);
    }
}

#[test]
fn clinicians_are_those_of_the_record() {
    let clinic = &*CLINIC;
    let father = clinic.people[1].record.bundle.to_string();
    for clinician in &clinic.clinicians {
        assert!(father.contains(&clinician.name) && father.contains(&clinician.npi), "{}", clinician.name);
    }
    assert_eq!(clinic.clinicians.iter().map(|clinician| clinician.npi.as_str()).collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn grants_name_what_there_is_and_stand_in_every_state() {
    let clinic = &*CLINIC;
    for grant in &clinic.grants {
        assert!(clinic.people[grant.patient].helped_by.is_none(), "a child gives nothing");
        match &grant.grantee {
            Grantee::Clinician(index) => assert!(*index < clinic.clinicians.len()),
            Grantee::Organization(index, professions) => assert!(*index < clinic.organizations.len() && !professions.is_empty()),
            Grantee::Redeemer => assert_eq!(grant.state, GrantState::CodeWaiting),
        }
        assert!(grant.starts < grant.ends);
        assert_eq!(grant.state == GrantState::Expired, grant.ends <= 0);
    }
    for state in [GrantState::Active, GrantState::Expired, GrantState::Withdrawn, GrantState::Paused, GrantState::CodeWaiting] {
        assert!(clinic.grants.iter().any(|grant| grant.state == state), "{state:?}");
    }
}

#[test]
fn records_have_the_size_that_measuring_needs() {
    let clinic = &*CLINIC;
    for person in &clinic.people {
        println!("{:<12}{:>5} resources {:>8} bytes", person.relation, person.record.resources(), person.record.bytes().len());
    }
    let sizes: Vec<_> = PATIENTS.iter().map(GeneratedPatient::resources).collect();
    let bytes: usize = PATIENTS.iter().map(|patient| patient.bytes().len()).sum();
    let sum: usize = sizes.iter().sum();
    println!("40 patients {sum} resources, {:?} to {:?} each, {bytes} bytes", sizes.iter().min(), sizes.iter().max());
    assert!((150..=600).contains(&(sum / 40)));
}
