//! The rule of sharing: the oracle agrees, and each property holds.

mod world;

use chartkey_domain::{
    category::Category,
    grant::{Grant, GrantState, Grantee, Through},
    id::ItemId,
    item::ItemFacts,
    label::Labels,
    policy::{Decision, Permission, decide},
};
use time::{Duration, OffsetDateTime, macros::datetime};
use world::{CARER, COLLEAGUE, Dice, HERE, World, oracle, world};

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
fn the_patient_sees_everything_and_is_never_a_clinician() {
    over_worlds(2, 2_000, |_, mut world| {
        world.in_force.own = true;
        let everything = if matches!(world.actor, chartkey_domain::account::Actor::Person { .. }) { world.items.len() } else { 0 };
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
            matches!(grant.through, Some(Through::Delegated { .. }))
                || grant.grantee == Grantee::Clinician { account: COLLEAGUE, organization: HERE }
        });
        let mut giver = world.clone();
        let passed_on = seen(&world, NOW);
        giver.actor = chartkey_domain::account::Actor::Clinician { account: COLLEAGUE, organization: HERE, profession: "none".into() };
        let giver_sees: Vec<_> = chartkey_domain::grant::Purpose::ALL
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
        world
            .in_force
            .grants
            .retain(|grant| matches!(grant.through, Some(Through::Carer { .. })) || grant.grantee == Grantee::Carer { account: CARER });
        let mut carer = world.clone();
        carer.actor = chartkey_domain::account::Actor::Person { account: CARER };
        let carer_sees = seen(&carer, NOW);
        world.actor =
            chartkey_domain::account::Actor::Clinician { account: world::LOOKS, organization: HERE, profession: "physician".into() };
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
        world.in_force.blocks.push(chartkey_domain::policy::Whom::Account(world.actor.account()));
        assert!(seen(&world, NOW).is_empty());
    });
}
