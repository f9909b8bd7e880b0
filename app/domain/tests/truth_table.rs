//! The rule of sharing as a table in `docs/policy.md`, reviewed like code. The
//! test asks the policy and compares; `UPDATE_DOCS=1` writes the file anew.

use std::fmt::Write;

use chartkey_domain::{
    account::Actor,
    category::{Categories, Category},
    grant::{Dates, EMERGENCY, Grant, GrantState, Grantee, Purpose, Scope, Seen},
    id::{AccountId, GrantId, ItemId, OrganizationId},
    item::ItemFacts,
    label::{Label, Labels},
    policy::{Decision, InForce, Whom, decide},
    when::{Interval, Precision},
};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-06-01 9:00 UTC);
const DOCTOR: AccountId = AccountId(Uuid::from_u128(1));
const SOMEBODY: AccountId = AccountId(Uuid::from_u128(2));
const CLINIC: OrganizationId = OrganizationId(Uuid::from_u128(3));
const ELSEWHERE: OrganizationId = OrganizationId(Uuid::from_u128(4));
const ITEM: ItemId = ItemId(Uuid::from_u128(5));

fn grant(grantee: Grantee) -> Grant {
    Grant {
        id: GrantId(Uuid::from_u128(6)),
        grantee,
        purpose: Purpose::Treatment,
        scope: Scope {
            categories: Categories::NONE.with(Category::Results).with(Category::Problems).with(Category::Allergies),
            labels: Labels::NONE.with(Label::Genetic),
            dates: Dates::default(),
            added_before: None,
            named: Vec::new(),
        },
        state: GrantState::Active,
        starts_at: NOW - Duration::days(1),
        ends_at: Some(NOW + Duration::days(29)),
        may_delegate: false,
        may_export: false,
        may_write: false,
        through: None,
    }
}

fn item(category: Category) -> ItemFacts {
    let first = datetime!(2025-03-01 0:00 UTC);
    ItemFacts {
        id: ITEM,
        version: 1,
        category,
        labels: Labels::NONE,
        labels_current: true,
        when: Some(Interval { first, last: Some(first), precision: Precision::Instant }),
        added_at: first,
        is_private: false,
    }
}

fn named() -> Grantee {
    Grantee::Clinician { account: DOCTOR, organization: CLINIC }
}

fn answer(decision: &Decision, item: &ItemFacts) -> &'static str {
    match decision {
        Decision::Own => "everything",
        Decision::Shared(permission) if permission.covers(item) => "shown",
        Decision::Shared(_) => "not shown",
        Decision::Refused => "refused",
    }
}

/// Who asks, for what, under which grant: is a plain result shown?
fn who_is_let_in() -> String {
    let doctor_at = |organization, profession: &str| Actor::Clinician { account: DOCTOR, organization, profession: profession.to_owned() };
    let physician = || doctor_at(CLINIC, "physician");
    let professions = || Grantee::Professions { organization: CLINIC, professions: vec!["physician".to_owned()] };
    let with = |change: fn(&mut Grant)| {
        let mut grant = grant(named());
        change(&mut grant);
        vec![grant]
    };
    let emergency = |change: fn(&mut Grant)| {
        let mut grant = opened();
        change(&mut grant);
        vec![grant]
    };
    let treatment = Some(Purpose::Treatment);
    let rows: Vec<(&str, Actor, Option<Purpose>, InForce)> = vec![
        ("the patient", Actor::Person { account: SOMEBODY }, None, InForce { own: true, ..InForce::default() }),
        ("a clinician on a record that claims to be their own", physician(), treatment, InForce { own: true, ..InForce::default() }),
        ("another person, without a grant", Actor::Person { account: SOMEBODY }, None, InForce::default()),
        ("a clinician without a grant", physician(), treatment, InForce::default()),
        ("the clinician that the grant names", physician(), treatment, InForce { grants: vec![grant(named())], ..InForce::default() }),
        ("the same, having declared no purpose", physician(), None, InForce { grants: vec![grant(named())], ..InForce::default() }),
        (
            "the same, for another purpose",
            physician(),
            Some(Purpose::SecondOpinion),
            InForce { grants: vec![grant(named())], ..InForce::default() },
        ),
        (
            "the same person at another organization",
            doctor_at(ELSEWHERE, "physician"),
            treatment,
            InForce { grants: vec![grant(named())], ..InForce::default() },
        ),
        ("a profession that the grant names", physician(), treatment, InForce { grants: vec![grant(professions())], ..InForce::default() }),
        (
            "a profession that it does not name",
            doctor_at(CLINIC, "nurse"),
            treatment,
            InForce { grants: vec![grant(professions())], ..InForce::default() },
        ),
        (
            "a carer with a grant",
            Actor::Person { account: SOMEBODY },
            None,
            InForce { grants: vec![grant(Grantee::Carer { account: SOMEBODY })], ..InForce::default() },
        ),
        (
            "the named clinician, grant paused",
            physician(),
            treatment,
            InForce { grants: with(|grant| grant.state = GrantState::Paused), ..InForce::default() },
        ),
        (
            "the named clinician, grant withdrawn",
            physician(),
            treatment,
            InForce { grants: with(|grant| grant.state = GrantState::Withdrawn), ..InForce::default() },
        ),
        (
            "the named clinician, grant replaced",
            physician(),
            treatment,
            InForce { grants: with(|grant| grant.state = GrantState::Replaced), ..InForce::default() },
        ),
        (
            "the named clinician, grant not begun",
            physician(),
            treatment,
            InForce { grants: with(|grant| grant.starts_at = NOW + Duration::SECOND), ..InForce::default() },
        ),
        (
            "the named clinician, grant ends this moment",
            physician(),
            treatment,
            InForce { grants: with(|grant| grant.ends_at = Some(NOW)), ..InForce::default() },
        ),
        (
            "the named clinician, blocked",
            physician(),
            treatment,
            InForce { grants: vec![grant(named())], blocks: vec![Whom::Account(DOCTOR)], ..InForce::default() },
        ),
        (
            "the named clinician, organization blocked",
            physician(),
            treatment,
            InForce { grants: vec![grant(named())], blocks: vec![Whom::Organization(CLINIC)], ..InForce::default() },
        ),
        ("in an emergency, without a purpose", physician(), None, InForce { grants: emergency(|_| ()), ..InForce::default() }),
        (
            "in an emergency, its hour over",
            physician(),
            None,
            InForce { grants: emergency(|grant| grant.ends_at = Some(NOW)), ..InForce::default() },
        ),
        (
            "in an emergency that would last longer than an hour",
            physician(),
            None,
            InForce { grants: emergency(|grant| grant.ends_at = Some(grant.starts_at + Duration::minutes(61))), ..InForce::default() },
        ),
        (
            "in an emergency, a colleague",
            Actor::Clinician { account: SOMEBODY, organization: CLINIC, profession: "physician".to_owned() },
            None,
            InForce { grants: emergency(|_| ()), ..InForce::default() },
        ),
        (
            "in an emergency that names a profession",
            physician(),
            None,
            InForce {
                grants: emergency(|grant| {
                    grant.grantee = Grantee::Professions { organization: CLINIC, professions: vec!["physician".to_owned()] };
                }),
                ..InForce::default()
            },
        ),
        (
            "in an emergency, blocked",
            physician(),
            None,
            InForce { grants: emergency(|_| ()), blocks: vec![Whom::Account(DOCTOR)], ..InForce::default() },
        ),
    ];
    let mut text = "| who asks | a plain result is |\n|---|---|\n".to_owned();
    for (who, actor, purpose, in_force) in rows {
        let decision = decide(&actor, purpose, &in_force, NOW);
        let _ = writeln!(text, "| {who} | {} |", answer(&decision, &item(Category::Results)));
    }
    text
}

/// Under one grant for results, problems and allergies with genetic findings.
fn what_is_shown() -> String {
    let (from, to) = (Some(datetime!(2025-01-01 0:00 UTC)), Some(datetime!(2026-01-01 0:00 UTC)));
    let everywhen = Dates::default();
    let in_2025 = Dates { from, to };
    let changed = |category, change: fn(&mut ItemFacts)| {
        let mut item = item(category);
        change(&mut item);
        item
    };
    let rows: Vec<(&str, Dates, ItemFacts)> = vec![
        ("a result", everywhen, item(Category::Results)),
        ("a medicine, which the grant does not name", everywhen, item(Category::Medicines)),
        ("a result marked private", everywhen, changed(Category::Results, |item| item.is_private = true)),
        (
            "a result with a label that is allowed",
            everywhen,
            changed(Category::Results, |item| item.labels = Labels::NONE.with(Label::Genetic)),
        ),
        ("a result with a label that is not", everywhen, changed(Category::Results, |item| item.labels = Labels::NONE.with(Label::Hiv))),
        (
            "a result with both",
            everywhen,
            changed(Category::Results, |item| item.labels = Labels::NONE.with(Label::Hiv).with(Label::Genetic)),
        ),
        ("a result labelled by an older table", everywhen, changed(Category::Results, |item| item.labels_current = false)),
        ("what is of the patient only", everywhen, item(Category::Own)),
        ("a result of unknown date", everywhen, changed(Category::Results, |item| item.when = None)),
        ("a result of unknown date, grant for 2025", in_2025, changed(Category::Results, |item| item.when = None)),
        ("a result of March 2025, grant for 2025", in_2025, item(Category::Results)),
        (
            "a result of 1 January 2026, grant for 2025",
            in_2025,
            changed(Category::Results, |item| item.when = day(datetime!(2026-01-01 0:00 UTC), true)),
        ),
        (
            "a problem that began in 2020 and lasts, grant for 2025",
            in_2025,
            changed(Category::Problems, |item| item.when = day(datetime!(2020-01-01 0:00 UTC), false)),
        ),
        (
            "a problem that began in 2020 and ended in 2021, grant for 2025",
            in_2025,
            changed(Category::Problems, |item| item.when = day(datetime!(2020-01-01 0:00 UTC), true)),
        ),
        (
            "a problem that began in 2026, grant for 2025",
            in_2025,
            changed(Category::Problems, |item| item.when = day(datetime!(2026-02-01 0:00 UTC), false)),
        ),
        (
            "an allergy of 1984, grant for 2025",
            in_2025,
            changed(Category::Allergies, |item| item.when = day(datetime!(1984-01-01 0:00 UTC), true)),
        ),
    ];
    let physician = Actor::Clinician { account: DOCTOR, organization: CLINIC, profession: "physician".to_owned() };
    let mut text = "| item | is |\n|---|---|\n".to_owned();
    for (what, dates, item) in rows {
        let mut grant = grant(named());
        grant.scope.dates = dates;
        let decision = decide(&physician, Some(Purpose::Treatment), &InForce { grants: vec![grant], ..InForce::default() }, NOW);
        let _ = writeln!(text, "| {what} | {} |", answer(&decision, &item));
    }
    for (what, item, in_force) in singled() {
        let decision = decide(&physician, Some(Purpose::Treatment), &in_force, NOW);
        let _ = writeln!(text, "| {what} | {} |", answer(&decision, &item));
    }
    text
}

/// An emergency that is open.
fn opened() -> Grant {
    let starts_at = NOW - Duration::minutes(20);
    Grant { purpose: Purpose::Emergency, starts_at, ends_at: Some(starts_at + EMERGENCY), ..grant(named()) }
}

/// Items that a grant or an exclusion names.
fn singled() -> Vec<(&'static str, ItemFacts, InForce)> {
    let seen = |version, labels| {
        let mut grant = grant(named());
        grant.scope.named.push(Seen { item: ITEM, version, labels });
        vec![grant]
    };
    let naming = |version| seen(version, Labels::NONE);
    let world = |grants, exclusions, item: &ItemFacts| InForce { grants, exclusions, singled: vec![item.clone()], ..InForce::default() };
    let medicine = item(Category::Medicines);
    let labelled = ItemFacts { labels: Labels::NONE.with(Label::Hiv), ..medicine.clone() };
    let result = item(Category::Results);
    vec![
        ("a medicine that the grant names in this version", medicine.clone(), world(naming(1), vec![], &medicine)),
        ("a medicine that the grant names in an older version", medicine.clone(), world(naming(0), vec![], &medicine)),
        ("a medicine with a label that the grant names with it", labelled.clone(), world(seen(1, labelled.labels), vec![], &labelled)),
        ("a medicine with a label that has come since the grant named it", labelled.clone(), world(naming(1), vec![], &labelled)),
        ("a result kept from this clinician", result.clone(), world(vec![grant(named())], vec![(ITEM, Whom::Account(DOCTOR))], &result)),
        (
            "a result kept from this organization, though named",
            result.clone(),
            world(naming(1), vec![(ITEM, Whom::Organization(CLINIC))], &result),
        ),
        ("a result kept from somebody else", result.clone(), world(vec![grant(named())], vec![(ITEM, Whom::Account(SOMEBODY))], &result)),
        (
            "a result that the patient keeps to themselves, though named",
            result.clone(),
            world(naming(1), vec![(ITEM, Whom::Everybody)], &result),
        ),
        ("a result in an emergency", result.clone(), world(vec![opened()], vec![], &result)),
        (
            "a result that the patient keeps to themselves, in an emergency",
            result.clone(),
            world(vec![opened()], vec![(ITEM, Whom::Everybody)], &result),
        ),
    ]
}

fn day(first: OffsetDateTime, ended: bool) -> Option<Interval> {
    Some(Interval { first, last: ended.then(|| first + Duration::DAY - Duration::MICROSECOND), precision: Precision::Day })
}

#[test]
fn the_printed_table_is_what_the_policy_says() {
    let text = format!(
        "# What the policy says\n\nPrinted from `chartkey_domain::policy::decide` by its test; review changes like code.\n\n\
         ## Who is let in\n\n{}\n## What is shown\n\nTo a clinician with one grant: results, problems and allergies, genetic findings let through.\n\n{}",
        who_is_let_in(),
        what_is_shown()
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text, "the table changed: review it and run with UPDATE_DOCS=1");
}
