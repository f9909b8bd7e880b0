//! The rule of sharing: the oracle agrees, and each property holds.

#[path = "world/elsewhere.rs"]
mod elsewhere;
mod world;

use chartkey_domain::{
    account::Actor,
    category::{Categories, Category},
    grant::{Dates, Grant, GrantState, Grantee, Purpose, Scope, Through},
    id::{GrantId, ItemId},
    item::{ItemFacts, PartFacts},
    label::Labels,
    policy::{Decision, InForce, Permission, Whom, decide},
    when::{Interval, Precision},
};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;
use world::{CARER, COLLEAGUE, Dice, ELSEWHERE, HERE, LOOKS, World, oracle, oracle_of_part, oracle_of_words, part, world};

const NOW: OffsetDateTime = datetime!(2026-06-01 9:00 UTC);
const WORLDS: usize = 100_000;

/// Says what a proof saw, also where the output of tests that pass is kept back.
fn saw(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "proof: {text}");
}

fn seen(world: &World, now: OffsetDateTime) -> Vec<ItemId> {
    match decide(&world.actor, world.purpose, &world.in_force, now) {
        Decision::Own => world.items.iter().map(|item| item.id).collect(),
        Decision::Shared(permission) => covered(&permission, &world.items),
        Decision::Refused => Vec::new(),
    }
}

fn covered(permission: &Permission, items: &[ItemFacts]) -> Vec<ItemId> {
    items.iter().filter(|item| permission.covers(item)).map(|item| item.id).collect()
}

/// Runs a check over many worlds; returns how many showed anything at all.
fn over_worlds(seed: u64, count: usize, mut check: impl FnMut(&mut Dice, World)) {
    let mut dice = Dice(seed);
    let mut showing = 0;
    for _ in 0..count {
        let world = world(&mut dice, NOW);
        showing += usize::from(!seen(&world, NOW).is_empty());
        check(&mut dice, world);
    }
    assert!(showing * 10 > count * 3, "the worlds must be worth looking at: {showing} of {count} show something");
}

#[test]
fn the_table_agrees_with_the_oracle() {
    let mut looks = 0;
    over_worlds(1, WORLDS, |_, world| {
        let seen = seen(&world, NOW);
        for item in &world.items {
            assert_eq!(seen.contains(&item.id), oracle(&world, item, NOW), "{item:#?}\n{world:#?}");
            looks += 1;
        }
    });
    saw(&format!("{WORLDS} worlds, {looks} looks, 0 mismatches"));
}

#[test]
fn the_table_agrees_with_an_oracle_in_another_language() {
    let mut worlds = Vec::with_capacity(WORLDS);
    over_worlds(2, WORLDS, |_, world| worlds.push(world));
    // The patient, and a clinician who says that they are the patient.
    for (place, world) in worlds.iter_mut().enumerate().filter(|(place, _)| place % 500 == 0) {
        world.in_force.own = true;
        if place % 1_000 == 0 {
            world.actor = Actor::Person { account: CARER };
        }
    }
    let answers = elsewhere::ask(&worlds, NOW);
    assert_eq!(answers.len(), WORLDS);
    let (mut looks, mut shown) = (0, 0);
    for (world, answer) in worlds.iter().zip(&answers) {
        let seen = seen(world, NOW);
        assert_eq!(answer.len(), world.items.len());
        for (item, said) in world.items.iter().zip(answer) {
            assert_eq!(seen.contains(&item.id), *said, "{item:#?}\n{world:#?}");
            looks += 1;
            shown += usize::from(*said);
        }
    }
    assert!(shown > looks / 20 && shown < looks / 2, "{shown} of {looks} shown");
    saw(&format!("{WORLDS} worlds by an oracle in JavaScript, {looks} looks, {shown} shown, 0 mismatches"));
}

fn shows_part(world: &World, item: &ItemFacts, part: &PartFacts) -> bool {
    match decide(&world.actor, world.purpose, &world.in_force, NOW) {
        Decision::Own => true,
        Decision::Shared(permission) => permission.covers_part(item, part),
        Decision::Refused => false,
    }
}

#[test]
fn a_part_is_decided_as_an_item_of_its_own_category_and_never_without_its_item() {
    let (mut looks, mut shown, mut withheld, mut narrowed) = (0, 0, 0, 0);
    over_worlds(10, WORLDS / 5, |dice, mut world| {
        // Kept from somebody who may have passed on a grant.
        if let Some(item) = world.items.first().filter(|_| dice.percent(80)).cloned() {
            world.in_force.exclusions.push((item.id, Whom::Account(COLLEAGUE)));
            if world.in_force.singled.iter().all(|singled| singled.id != item.id) {
                world.in_force.singled.push(item);
            }
        }
        let decision = decide(&world.actor, world.purpose, &world.in_force, NOW);
        narrowed += usize::from(matches!(&decision, Decision::Shared(permission) if !permission.narrowed.is_empty()));
        for item in &world.items {
            let part = part(dice);
            let shows = matches!(&decision, Decision::Shared(permission) if permission.covers_part(item, &part));
            assert_eq!(shows, oracle_of_part(&world, item, &part, NOW), "{item:#?}\n{part:#?}\n{world:#?}");
            looks += 1;
            shown += usize::from(shows);
            withheld += usize::from(!shows && oracle(&world, item, NOW));
        }
    });
    assert!(
        shown > looks / 100 && withheld > looks / 50 && narrowed > 10,
        "{looks}: {shown} shown, {withheld} withheld, {narrowed} narrowed"
    );
    saw(&format!("{looks} parts, {shown} shown, {withheld} withheld from readers of their item, 0 mismatches"));
}

#[test]
fn narrowing_a_grant_never_makes_a_part_visible_and_adding_one_never_hides_it() {
    over_worlds(11, 20_000, |dice, mut world| {
        let Some(item) = world.items.first().cloned() else { return };
        let part = part(dice);
        let before = shows_part(&world, &item, &part);
        let Some(mut last) = world.in_force.grants.pop() else { return };
        assert!(before || !shows_part(&world, &item, &part), "{part:#?}\n{world:#?}");
        narrow(dice, &mut last);
        world.in_force.grants.push(last);
        assert!(before || !shows_part(&world, &item, &part), "{part:#?}\n{world:#?}");
    });
}

#[test]
fn what_is_kept_from_somebody_is_kept_part_by_part_from_whom_they_passed_a_grant_on_to() {
    let grant = |id: u128, account, categories: &[Category], through| Grant {
        id: GrantId(Uuid::from_u128(id)),
        grantee: Grantee::Clinician { account, organization: HERE },
        purpose: Purpose::Treatment,
        scope: Scope {
            categories: categories.iter().copied().collect(),
            labels: Labels::NONE,
            dates: Dates::default(),
            added_before: None,
            named: Vec::new(),
        },
        state: GrantState::Active,
        starts_at: NOW - Duration::days(2),
        ends_at: None,
        may_delegate: true,
        may_export: false,
        may_write: false,
        through,
    };
    let parent = grant(1, COLLEAGUE, &[Category::Visits, Category::Problems], None);
    let through = Some(Through { parent: parent.id, giver: COLLEAGUE });
    let passed_on = grant(2, LOOKS, &[Category::Problems], through);
    let direct = grant(3, LOOKS, &[Category::Visits], None);
    let item = |id| ItemFacts {
        id: ItemId(Uuid::from_u128(id)),
        version: 1,
        category: Category::Visits,
        labels: Labels::NONE,
        labels_current: true,
        when: None,
        added_at: NOW,
        is_private: false,
    };
    let (kept, other) = (item(10), item(11));
    let reason = PartFacts { categories: Categories::NONE.with(Category::Problems), labels: Labels::NONE, when: None };
    let in_force = InForce {
        own: false,
        grants: vec![parent, passed_on, direct],
        blocks: Vec::new(),
        exclusions: vec![(kept.id, Whom::Account(COLLEAGUE))],
        singled: vec![kept.clone()],
    };
    let actor = Actor::Clinician { account: LOOKS, organization: HERE, profession: "physician".into() };
    let Decision::Shared(permission) = decide(&actor, Some(Purpose::Treatment), &in_force, NOW) else { panic!("it is shared") };
    assert!(permission.covers(&kept) && permission.covers(&other), "both by the patient's own grant");
    assert!(permission.covers_part(&other, &reason) && !permission.covers_part(&kept, &reason));
}

#[test]
fn what_is_said_of_an_item_is_told_as_if_the_item_had_the_labels_of_the_words_too() {
    let (mut looks, mut told, mut single, mut withheld) = (0, 0, 0, 0);
    over_worlds(14, WORLDS / 5, |dice, mut world| {
        // Kept from somebody else: that must close nothing to those who look.
        if let Some(item) = world.items.first().filter(|_| dice.percent(50)).cloned() {
            world.in_force.exclusions.push((item.id, Whom::Organization(ELSEWHERE)));
            if world.in_force.singled.iter().all(|singled| singled.id != item.id) {
                world.in_force.singled.push(item);
            }
        }
        let decision = decide(&world.actor, world.purpose, &world.in_force, NOW);
        for item in &world.items {
            let with = part(dice).labels;
            let opens = matches!(&decision, Decision::Shared(permission) if permission.opens(item, with));
            assert_eq!(opens, oracle_of_words(&world, item, with, NOW), "{with:?}\n{item:#?}\n{world:#?}");
            let adds = !with.is_subset(item.labels);
            looks += usize::from(adds);
            told += usize::from(adds && opens);
            single += usize::from(adds && opens && world.in_force.singled.iter().any(|singled| singled.id == item.id));
            withheld += usize::from(adds && !opens && oracle(&world, item, NOW));
        }
    });
    assert!(
        told > looks / 100 && single > 50 && withheld > looks / 50,
        "{looks}: {told} told, {single} of single items, {withheld} withheld"
    );
    saw(&format!("{looks} words with labels of their own, {told} told, {withheld} withheld from readers of their item, 0 mismatches"));
}

#[test]
fn a_part_that_belongs_nowhere_is_nobody_elses() {
    let nowhere = PartFacts { categories: Categories::NONE, labels: Labels::NONE, when: None };
    over_worlds(12, 2_000, |_, world| assert!(world.items.iter().all(|item| !shows_part(&world, item, &nowhere))));
}

#[test]
fn the_patient_sees_everything_and_is_never_a_clinician() {
    over_worlds(2, 2_000, |_, mut world| {
        world.in_force.own = true;
        let everything = if matches!(world.actor, Actor::Person { .. }) { world.items.len() } else { 0 };
        assert_eq!(seen(&world, NOW).len(), everything);
    });
}

#[test]
fn ending_pausing_or_narrowing_a_grant_never_makes_an_item_visible() {
    over_worlds(3, 20_000, |dice, world| {
        if world.in_force.grants.is_empty() {
            return;
        }
        let before = seen(&world, NOW);
        let mut narrowed = world.clone();
        let index = dice.below(narrowed.in_force.grants.len());
        narrow(dice, &mut narrowed.in_force.grants[index]);
        for id in seen(&narrowed, NOW) {
            assert!(before.contains(&id), "{id} appeared\n{world:#?}\n{narrowed:#?}");
        }
    });
}

fn narrow(dice: &mut Dice, grant: &mut Grant) {
    match dice.below(8) {
        0 => grant.state = GrantState::Withdrawn,
        1 => grant.state = GrantState::Paused,
        2 => grant.ends_at = Some(NOW),
        3 => grant.scope.labels = Labels::NONE,
        4 => grant.scope.categories = grant.scope.categories.iter().skip(1).collect(),
        5 => {
            let later = datetime!(2021-01-01 0:00 UTC);
            grant.scope.dates.from = Some(grant.scope.dates.from.map_or(later, |from| from.max(later)));
            if grant.scope.dates.to.is_some_and(|to| to <= later) {
                grant.state = GrantState::Withdrawn;
            }
        }
        6 => grant.scope.named.clear(),
        _ => grant.scope.added_before = Some(datetime!(2019-01-01 0:00 UTC).min(grant.scope.added_before.unwrap_or(NOW))),
    }
}

#[test]
fn time_passing_never_makes_an_item_visible_through_grants_that_have_begun() {
    over_worlds(4, 20_000, |_, mut world| {
        world.in_force.grants.retain(|grant| grant.starts_at <= NOW);
        let before = seen(&world, NOW);
        for id in seen(&world, NOW + Duration::days(400)) {
            assert!(before.contains(&id));
        }
    });
}

#[test]
fn adding_a_grant_never_hides_an_item() {
    over_worlds(5, 20_000, |_, mut world| {
        let Some(added) = world.in_force.grants.pop() else { return };
        let before = seen(&world, NOW);
        world.in_force.grants.push(added);
        let after = seen(&world, NOW);
        assert!(before.iter().all(|id| after.contains(id)), "{world:#?}");
    });
}

#[test]
fn a_delegated_grant_reaches_at_most_what_its_giver_sees() {
    over_worlds(6, 40_000, |_, mut world| {
        world.in_force.grants.retain(|grant| {
            grant.through.is_some_and(|through| through.giver == COLLEAGUE)
                || grant.grantee == Grantee::Clinician { account: COLLEAGUE, organization: HERE }
        });
        let mut giver = world.clone();
        let passed_on = seen(&world, NOW);
        giver.actor = Actor::Clinician { account: COLLEAGUE, organization: HERE, profession: "none".into() };
        let giver_sees: Vec<_> = Purpose::CHOICES
            .into_iter()
            .flat_map(|purpose| {
                giver.purpose = Some(purpose);
                seen(&giver, NOW)
            })
            .collect();
        assert!(passed_on.iter().all(|id| giver_sees.contains(id)), "{world:#?}");
    });
}

#[test]
fn a_grant_made_by_a_carer_reaches_at_most_what_the_carer_sees() {
    over_worlds(7, 40_000, |_, mut world| {
        let is_carers = |grant: &Grant| grant.through.is_some_and(|through| through.giver == CARER);
        world.in_force.grants.retain(|grant| is_carers(grant) || grant.grantee == Grantee::Carer { account: CARER });
        let mut carer = world.clone();
        carer.actor = Actor::Person { account: CARER };
        let carer_sees = seen(&carer, NOW);
        world.actor = Actor::Clinician { account: LOOKS, organization: HERE, profession: "physician".into() };
        assert!(seen(&world, NOW).iter().all(|id| carer_sees.contains(id)), "{world:#?}");
    });
}

#[test]
fn a_change_to_a_hidden_item_changes_nothing_visible() {
    over_worlds(8, 20_000, |dice, world| {
        let before = seen(&world, NOW);
        let hidden: Vec<_> = world.items.iter().map(|item| item.id).filter(|id| !before.contains(id)).collect();
        let Some(id) = hidden.first().copied() else { return };
        let mut changed = world.clone();
        let change = |item: &mut ItemFacts| {
            item.labels = Labels::ALL;
            item.version += 1;
            item.category = Category::Own;
        };
        changed.items.iter_mut().filter(|item| item.id == id).for_each(change);
        changed.in_force.singled.iter_mut().filter(|item| item.id == id).for_each(change);
        if dice.percent(50) {
            changed.items.retain(|item| item.id != id);
            changed.in_force.singled.retain(|item| item.id != id);
        }
        assert_eq!(before, seen(&changed, NOW));
    });
}

#[test]
fn blocking_leaves_nothing() {
    over_worlds(9, 5_000, |_, mut world| {
        world.in_force.blocks.push(Whom::Account(world.actor.account()));
        assert!(seen(&world, NOW).is_empty());
    });
}

/// The world in which there are only the grants that allow something (rule 9): what is seen in it is seen through these, and
/// through these alone.
fn allowing(world: &World, allows: impl Fn(&Grant) -> bool) -> World {
    let mut left = world.clone();
    left.in_force.grants.retain(allows);
    left
}

#[test]
fn a_copy_needs_grants_that_allow_it_and_show_what_is_copied() {
    let (mut looks, mut copied, mut seen_alone) = (0, 0, 0);
    over_worlds(15, WORLDS / 5, |dice, world| {
        let Decision::Shared(permission) = decide(&world.actor, world.purpose, &world.in_force, NOW) else { return };
        let copying = allowing(&world, |grant| grant.may_export);
        for item in &world.items {
            let says = oracle(&copying, item, NOW);
            assert_eq!(permission.copies().is_some_and(|copies| copies.covers(item)), says, "{item:#?}\n{world:#?}");
            assert!(!says || permission.covers(item), "{item:#?}\n{world:#?}");
            let part = part(dice);
            let of_part = permission.copies().is_some_and(|copies| copies.covers_part(item, &part));
            assert_eq!(of_part, oracle_of_part(&copying, item, &part, NOW), "{part:#?} of {item:#?}\n{world:#?}");
            looks += 1;
            copied += usize::from(says);
            seen_alone += usize::from(!says && permission.covers(item));
        }
    });
    assert!(copied > looks / 50 && seen_alone > looks / 50, "{copied} of {looks}, {seen_alone} only seen");
    saw(&format!("{looks} items to copy, {copied} allowed, {seen_alone} only seen, 0 mismatches"));
}

/// What the rule says of writing into a category now: what would then be there is seen through grants that allow it.
fn oracle_of_writing(world: &World, category: Category, when: Interval, now: OffsetDateTime) -> bool {
    let writing = allowing(world, |grant| grant.may_write);
    let id = ItemId(Uuid::from_u128(0xffff));
    let item = ItemFacts {
        id,
        version: 1,
        category,
        labels: Labels::NONE,
        labels_current: true,
        when: Some(when),
        added_at: now,
        is_private: false,
    };
    oracle(&writing, &item, now)
}

#[test]
fn writing_needs_a_grant_that_allows_it_and_shows_what_was_written() {
    let (mut looks, mut allowed, mut of_other_days) = (0, 0, 0);
    let at = |moment| Interval { first: moment, last: Some(moment), precision: Precision::Instant };
    over_worlds(12, WORLDS / 5, |dice, world| {
        let permission = match decide(&world.actor, world.purpose, &world.in_force, NOW) {
            Decision::Shared(permission) => Some(permission),
            Decision::Own | Decision::Refused => None,
        };
        let writes = permission.as_ref().map_or(Categories::NONE, |permission| permission.writes);
        let earlier = at(NOW - Duration::days(i64::try_from(dice.id().as_u128() % 4_000).unwrap()));
        for category in [Category::Problems, Category::Allergies, Category::Results, Category::Documents, Category::Own] {
            let says = oracle_of_writing(&world, category, at(NOW), NOW);
            assert_eq!(writes.contains(category), says, "{category:?}\n{world:#?}");
            let then = says && oracle_of_writing(&world, category, earlier, NOW);
            let may = permission.as_ref().is_some_and(|permission| permission.may_write(category, earlier, NOW));
            assert_eq!(may, then, "{category:?} {earlier:?}\n{world:#?}");
            of_other_days += usize::from(says && !then);
            looks += 1;
            allowed += usize::from(says);
        }
    });
    assert!(allowed > looks / 50 && of_other_days > 100, "{allowed} of {looks}, {of_other_days} that reach no other day");
    saw(&format!("{looks} categories to write into, {allowed} allowed, 0 mismatches"));
}
