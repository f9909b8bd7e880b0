//! Worlds as text, for the oracle in another language (`oracle.mjs`), and its answers.

use std::{
    io::{BufRead, BufReader, BufWriter, Write},
    process::{Command, Stdio},
    thread,
};

use chartkey_domain::{
    account::Actor,
    category::Categories,
    grant::{Grant, Grantee},
    item::ItemFacts,
    label::Labels,
    policy::Whom,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::world::World;

/// What the oracle says of each item of each world. It needs Node, as the rest of the tests does.
pub fn ask(worlds: &[World], now: OffsetDateTime) -> Vec<Vec<bool>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/world/oracle.mjs");
    let mut oracle = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Node is installed");
    let mut questions = BufWriter::new(oracle.stdin.take().unwrap());
    let answers = BufReader::new(oracle.stdout.take().unwrap()).lines();
    let answers = thread::scope(|scope| {
        scope.spawn(move || {
            for world in worlds {
                writeln!(questions, "{}", written(world, now)).unwrap();
            }
        });
        answers.map(|line| line.unwrap().chars().map(|shown| shown == '1').collect()).collect()
    });
    assert!(oracle.wait().unwrap().success(), "the oracle failed");
    answers
}

fn written(world: &World, now: OffsetDateTime) -> Value {
    let in_force = &world.in_force;
    let who = match &world.actor {
        Actor::Person { account } => json!({"account": account, "organization": null, "profession": null}),
        Actor::Clinician { account, organization, profession } => {
            json!({"account": account, "organization": organization, "profession": profession})
        }
    };
    json!({
        "now": micros(now),
        "own": in_force.own,
        "who": who,
        "purpose": world.purpose.map(|purpose| purpose.slug()),
        "grants": in_force.grants.iter().map(grant).collect::<Vec<_>>(),
        "blocks": in_force.blocks.iter().map(whom).collect::<Vec<_>>(),
        "exclusions": in_force.exclusions.iter().map(|(item, from)| {
            let mut exclusion = whom(from);
            exclusion["item"] = json!(item);
            exclusion
        }).collect::<Vec<_>>(),
        "items": world.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn grant(grant: &Grant) -> Value {
    let to = match &grant.grantee {
        Grantee::Clinician { account, organization } => json!({"account": account, "organization": organization}),
        Grantee::Professions { organization, professions } => json!({"organization": organization, "professions": professions}),
        Grantee::Carer { account } => json!({"carer": account}),
    };
    let scope = &grant.scope;
    let named = scope.named.iter().map(|seen| json!({"item": seen.item, "version": seen.version, "labels": labels(seen.labels)}));
    json!({
        "id": grant.id,
        "to": to,
        "purpose": grant.purpose.slug(),
        "categories": categories(scope.categories),
        "labels": labels(scope.labels),
        "from": scope.dates.from.map(micros),
        "until": scope.dates.to.map(micros),
        "addedBefore": scope.added_before.map(micros),
        "named": named.collect::<Vec<_>>(),
        "state": grant.state.slug(),
        "starts": micros(grant.starts_at),
        "ends": grant.ends_at.map(micros),
        "mayDelegate": grant.may_delegate,
        "through": grant.through.map(|through| json!({"parent": through.parent, "giver": through.giver})),
    })
}

fn item(item: &ItemFacts) -> Value {
    json!({
        "id": item.id,
        "version": item.version,
        "category": item.category.slug(),
        "labels": labels(item.labels),
        "isCurrent": item.labels_current,
        "first": item.when.map(|when| micros(when.first)),
        "last": item.when.and_then(|when| when.last).map(micros),
        "addedAt": micros(item.added_at),
        "isPrivate": item.is_private,
    })
}

fn whom(whom: &Whom) -> Value {
    match whom {
        Whom::Account(account) => json!({"account": account}),
        Whom::Organization(organization) => json!({"organization": organization}),
        Whom::Everybody => json!({"everybody": true}),
    }
}

fn categories(categories: Categories) -> Vec<&'static str> {
    categories.iter().map(|category| category.slug()).collect()
}

fn labels(labels: Labels) -> Vec<&'static str> {
    labels.iter().map(|label| label.slug()).collect()
}

/// Microseconds since 1970: a number that JavaScript holds exactly.
fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap()
}
