//! The policy in Rust, row security in PostgreSQL and the oracle say the same of
//! every item of many random worlds.

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::{Grant, GrantState, Grantee},
    id::{ItemId, PatientId},
    item::{ItemFacts, PartFacts},
    policy::{Decision, Whom, decide},
    when::Interval,
};
use serde_json::{Value, json};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::Portal;

#[path = "../../tests/harness/mod.rs"]
mod harness;
#[path = "../../../domain/tests/world/mod.rs"]
mod world;

use harness::Ground;
use world::{CARER, COLLEAGUE, Dice, ELSEWHERE, HERE, LOOKS, World, oracle, oracle_of_part, oracle_of_words, part, world as random_world};

const WORLDS: usize = 20_000;
const BATCH: usize = 500;

#[sqlx::test(migrations = "../../migrations")]
async fn rust_postgresql_and_the_oracle_agree(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    lay_out_people(&ground.superuser).await;
    let portal = Portal::new(ground.runtime.clone(), crate::secrets::Pepper::new([7; 32])).unwrap();
    let mut dice = Dice(42);
    let (mut looks, mut shown, mut mixed, mut twins, mut asks) = (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    for _ in 0..WORLDS / BATCH {
        let now: OffsetDateTime = sqlx::query_scalar("select now()").fetch_one(&ground.superuser).await.unwrap();
        let worlds: Vec<_> = (0..BATCH).map(|_| (PatientId(dice.id()), random_world(&mut dice, now))).collect();
        lay_out(&ground.superuser, &worlds).await;
        let halves = worlds.split_at(BATCH / 2);
        let (first, second) = tokio::join!(compare(&portal, halves.0), compare(&portal, halves.1));
        looks += worlds.iter().map(|(_, world)| world.items.len()).sum::<usize>();
        shown += first.0 + second.0;
        twins += first.1 + second.1;
        asks += first.2 + second.2;
        mixed += worlds.iter().filter(|(_, world)| differ_at_once(world)).count();
    }
    assert!(mixed > WORLDS / 20, "worlds with two grants that differ in categories, dates and labels at once: {mixed}");
    assert!(shown > WORLDS / 2, "items shown: {shown}");
    assert!(twins > WORLDS / 2, "parts with an item like them: {twins}");
    assert!(asks > WORLDS / 50, "readers who are to ask first: {asks}");
    chartkey_ground::saw(&format!(
        "{WORLDS} worlds ({mixed} with grants that differ in everything at once), {looks} looks, {shown} items shown, {twins} parts held against an item like them, {asks} readers who are to ask first, 0 mismatches"
    ));
}

/// Opens each record through the door and compares what PostgreSQL returns with
/// the policy and the oracle; a part with the oracle, and with what PostgreSQL returns of an item of the same
/// category, labels and times. Returns how many items were shown, how many parts had such an item, and how many readers
/// were to ask the patient first.
async fn compare(portal: &Portal, worlds: &[(PatientId, World)]) -> (usize, usize, usize) {
    let (mut shown, mut twins, mut asks) = (0, 0, 0);
    for (patient, world) in worlds {
        let visitor = visitor(*patient, world);
        #[expect(clippy::disallowed_methods, reason = "a refusal hands out no clock of the database")]
        let (mut rows, now) = match portal.open(&visitor, *patient).await {
            Ok(mut record) => {
                let now = record.now();
                let rows: Vec<Uuid> = sqlx::query_scalar("select item_id from item where patient_id = $1")
                    .bind(patient.0)
                    .fetch_all(record.connection())
                    .await
                    .unwrap();
                let mut dice = Dice(u64::from_be_bytes(*patient.0.as_bytes().first_chunk().unwrap()));
                for item in world.items.iter().step_by(3) {
                    let part = part(&mut dice);
                    let expected = oracle_of_part(world, item, &part, now);
                    assert_eq!(record.shows_part(item, &part), expected, "{item:#?}\n{part:#?}\n{world:#?}");
                }
                // A negation is decided by what else is kept as well, which neither of the others knows.
                let Decision::Shared(permission) = decide(&world.actor, world.purpose, &world.in_force, now) else { panic!("{world:#?}") };
                for item in world.items.iter().skip(1).step_by(3).filter(|item| !is_negation(item)) {
                    let with = part(&mut dice).labels;
                    let told: bool = sqlx::query_scalar("select gate.opens($1, $2)")
                        .bind(item.id.0)
                        .bind(i16::from(with.bits()))
                        .fetch_one(record.connection())
                        .await
                        .unwrap();
                    assert_eq!(
                        told,
                        permission.opens(item, with),
                        "PostgreSQL and the policy differ in words: {with:?}\n{item:#?}\n{world:#?}"
                    );
                    assert_eq!(told, oracle_of_words(world, item, with, now), "PostgreSQL and the oracle: {with:?}\n{item:#?}\n{world:#?}");
                }
                let is_kept = |item: &ItemFacts| {
                    let bears = matches!(item.category, Category::Problems | Category::Medicines | Category::Allergies);
                    bears && !is_negation(item) && !rows.contains(&item.id.0)
                };
                let asks_first = has_it_asked(*patient) && world.items.iter().any(is_kept);
                assert_eq!(record.whose().asks_first, asks_first, "{rows:?}\n{world:#?}");
                asks += usize::from(asks_first);
                for (item, twin) in with_twins(world, &rows) {
                    let categories = Categories::NONE.with(twin.category);
                    let part = PartFacts { categories, labels: twin.labels, when: twin.when };
                    assert_eq!(record.shows_part(item, &part), rows.contains(&twin.id.0), "{item:#?}\n{twin:#?}\n{world:#?}");
                    twins += 1;
                }
                (rows, now)
            }
            Err(crate::Error::NotFound) => (Vec::new(), OffsetDateTime::now_utc()),
            Err(error) => panic!("{error}: {world:#?}"),
        };
        rows.sort_unstable();
        let mut by_policy: Vec<_> = match decide(&world.actor, world.purpose, &world.in_force, now) {
            Decision::Shared(permission) => world.items.iter().filter(|item| permission.covers(item)).map(|item| item.id.0).collect(),
            Decision::Refused | Decision::Own => Vec::new(),
        };
        let mut by_oracle: Vec<_> = world.items.iter().filter(|item| oracle(world, item, now)).map(|item| item.id.0).collect();
        for seen in [&mut by_policy, &mut by_oracle] {
            withhold_negations(&world.items, seen);
            seen.sort_unstable();
        }
        assert_eq!(rows, by_policy, "PostgreSQL and the policy differ: {world:#?}");
        assert_eq!(rows, by_oracle, "PostgreSQL and the oracle differ: {world:#?}");
        shown += rows.len();
    }
    (shown, twins, asks)
}

/// Whether the patient has clinicians told to ask before they prescribe: two of three have.
const fn has_it_asked(patient: PatientId) -> bool {
    !patient.0.as_u128().is_multiple_of(3)
}

/// Items that are shown, each with others that came in with it and that only the table decides.
fn with_twins<'w>(world: &'w World, shown: &[Uuid]) -> Vec<(&'w ItemFacts, &'w ItemFacts)> {
    let is_singled = |item: &ItemFacts| world.in_force.singled.iter().any(|singled| singled.id == item.id);
    let in_table = |item: &&ItemFacts| {
        !is_singled(item) && item.labels_current && !item.is_private && item.category != Category::Own && !is_negation(item)
    };
    let items = world.items.iter().filter(|item| shown.contains(&item.id.0) && !is_singled(item));
    items
        .flat_map(|item| world.items.iter().filter(in_table).filter(|twin| twin.added_at == item.added_at).map(move |twin| (item, twin)))
        .collect()
}

/// Whether the row of an item says that there is none, and how far its source's clock is
/// from UTC in minutes: of the world's items neither is known, so their identifiers say.
fn is_negation(item: &ItemFacts) -> bool {
    item.category == Category::Allergies && item.id.0.as_u128().is_multiple_of(2)
}

fn utc_offset(item: &ItemFacts) -> Option<i16> {
    [None, Some(-300), Some(0), Some(330)].get((item.id.0.as_u128() >> 8) as usize % 4).copied().flatten()
}

/// Rule 11, its last clause: "none known" is not told to somebody from whom any is kept.
fn withhold_negations(items: &[ItemFacts], seen: &mut Vec<Uuid>) {
    let is_kept = |item: &ItemFacts| item.category == Category::Allergies && !is_negation(item) && !seen.contains(&item.id.0);
    if items.iter().any(is_kept) {
        seen.retain(|id| !items.iter().any(|item| item.id.0 == *id && is_negation(item)));
    }
}

fn visitor(patient: PatientId, world: &World) -> Visitor {
    Visitor {
        actor: world.actor.clone(),
        name: "Somebody".to_owned(),
        organization_name: None,
        signed_in_by: "test".to_owned(),
        signed_in_at: OffsetDateTime::UNIX_EPOCH,
        session_ends_at: OffsetDateTime::UNIX_EPOCH,
        purposes: world.purpose.map(|purpose| (patient, purpose)).into_iter().collect(),
    }
}

/// Two grants for the one who looks, unlike in categories, dates and labels.
fn differ_at_once(world: &World) -> bool {
    let mine: Vec<_> = world
        .in_force
        .grants
        .iter()
        .filter(|grant| grant.state == GrantState::Active)
        .filter(|grant| match &grant.grantee {
            Grantee::Clinician { account, organization } => *account == LOOKS && *organization == HERE,
            Grantee::Professions { organization, .. } => *organization == HERE,
            Grantee::Carer { .. } => false,
        })
        .map(|grant| &grant.scope)
        .collect();
    mine.iter().enumerate().any(|(index, one)| {
        mine.iter()
            .skip(index + 1)
            .any(|other| one.categories != other.categories && one.dates != other.dates && one.labels != other.labels)
    })
}

async fn lay_out_people(pool: &PgPool) {
    sqlx::query(r#"insert into source values ('00000000-0000-0000-0000-000000000001', 'test') on conflict do nothing"#)
        .execute(pool)
        .await
        .unwrap();
    for (id, slug) in [(HERE, "here"), (ELSEWHERE, "elsewhere")] {
        sqlx::query("insert into organization (organization_id, slug, name, issuer, client_id, professions) values ($1, $2, $2, $2, 'chartkey', '{}')")
            .bind(id.0)
            .bind(slug)
            .execute(pool)
            .await
            .unwrap();
    }
    for account in [LOOKS, COLLEAGUE] {
        sqlx::query("insert into account (account_id, kind, display_name) values ($1, 'clinician', 'Somebody')")
            .bind(account.0)
            .execute(pool)
            .await
            .unwrap();
        sqlx::query("insert into clinician (account_id, organization_id, issuer, subject, profession) values ($1, $2, 'here', $1::text, 'physician')")
            .bind(account.0)
            .bind(HERE.0)
            .execute(pool)
            .await
            .unwrap();
    }
    sqlx::query("insert into account (account_id, kind, display_name, email, password_hash) values ($1, 'person', 'A carer', 'carer@example.org', 'none')")
        .bind(CARER.0)
        .execute(pool)
        .await
        .unwrap();
}

async fn lay_out(pool: &PgPool, worlds: &[(PatientId, World)]) {
    let mut rows: [Vec<Value>; 7] = Default::default();
    let [patients, items, grants, named, blocks, exclusions, asked] = &mut rows;
    for (patient, world) in worlds {
        asked.extend(has_it_asked(*patient).then(|| json!({ "patient_id": patient, "chosen_at": "2026-01-01T00:00:00Z" })));
        patients.push(json!({ "patient_id": patient, "full_name": "Somebody", "phrased_by": 0, "created_at": "2026-01-01T00:00:00Z" }));
        items.extend(world.items.iter().map(|item| item_row(*patient, item)));
        grants.extend(world.in_force.grants.iter().map(|grant| grant_row(*patient, grant)));
        for grant in &world.in_force.grants {
            named.extend(
                grant
                    .scope
                    .named
                    .iter()
                    .map(|seen| json!({ "patient_id": patient, "grant_id": grant.id, "item_id": seen.item, "version_no": seen.version, "labels": seen.labels })),
            );
        }
        blocks.extend(world.in_force.blocks.iter().map(|whom| whom_row("block_id", *patient, None, *whom)));
        exclusions.extend(world.in_force.exclusions.iter().map(|(item, whom)| whom_row("exclusion_id", *patient, Some(*item), *whom)));
    }
    for (table, rows) in ["patient", "item", "access_grant", "grant_item", "block", "exclusion", "asks_first"].into_iter().zip(rows) {
        insert(pool, table, rows).await;
    }
}

/// Inserts rows by the names of their fields; generated columns are left out.
async fn insert(pool: &PgPool, table: &str, rows: Vec<Value>) {
    let columns: String = sqlx::query_scalar(
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
    )
    .bind(table)
    .fetch_one(pool)
    .await
    .unwrap();
    let statement = format!("insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, $1)");
    sqlx::query(sqlx::AssertSqlSafe(statement)).bind(Value::Array(rows)).execute(pool).await.unwrap();
}

fn item_row(patient: PatientId, item: &ItemFacts) -> Value {
    // The world speaks of days on the clock of the source, the table of moments.
    let minutes = utc_offset(item);
    let stored = |local: OffsetDateTime| text(local - Duration::minutes(minutes.unwrap_or(0).into()));
    json!({
        "patient_id": patient, "item_id": item.id, "source_id": "00000000-0000-0000-0000-000000000001", "resource_type": "Observation",
        "fhir_id": item.id, "category": item.category.number(), "version_no": item.version, "own_labels": item.labels.bits(),
        "labels": item.labels.bits(), "labelled_by": if item.labels_current { crate::LABEL_TABLE_VERSION } else { 0 },
        "is_private": item.is_private, "waits": false, "behind": 0, "first_at": item.when.map(|when| stored(when.first)),
        "last_at": item.when.and_then(|when: Interval| when.last).map(stored), "precision": item.when.map(|when| when.precision as i16),
        "title": "Something", "codes": [], "is_error": false, "author_is_named": false, "place_is_named": false, "is_negation": is_negation(item), "utc_offset": minutes,
        "added_at": text(item.added_at),
    })
}

fn grant_row(patient: PatientId, grant: &Grant) -> Value {
    let (account, organization, professions) = match &grant.grantee {
        Grantee::Clinician { account, organization } => (Some(account), Some(organization), None),
        Grantee::Professions { organization, professions } => (None, Some(organization), Some(professions)),
        Grantee::Carer { account } => (Some(account), None, None),
    };
    let (parent, made_by) = (grant.through.map(|through| through.parent), grant.through.map(|through| through.giver));
    let ended = matches!(grant.state, GrantState::Withdrawn | GrantState::Replaced);
    json!({
        "patient_id": patient, "grant_id": grant.id, "lineage_id": grant.id, "version_no": 1, "grantee_account_id": account,
        "organization_id": organization, "professions": professions, "purpose": grant.purpose.slug(), "categories": grant.scope.categories.bits(),
        "labels": grant.scope.labels.bits(), "data_from": grant.scope.dates.from.map(text), "data_to": grant.scope.dates.to.map(text),
        "includes_new": grant.scope.added_before.is_none(), "may_export": false, "may_write": grant.may_write, "may_delegate": grant.may_delegate,
        "parent_grant_id": parent, "made_by_account_id": made_by, "starts_at": text(grant.starts_at), "ends_at": grant.ends_at.map(text),
        "state": grant.state.slug(), "sentence": "Somebody may see something.",
        "created_at": text(grant.scope.added_before.unwrap_or(OffsetDateTime::UNIX_EPOCH)), "ended_at": ended.then(|| text(OffsetDateTime::UNIX_EPOCH)),
    })
}

fn whom_row(key: &str, patient: PatientId, item: Option<ItemId>, whom: Whom) -> Value {
    let (account, organization) = match whom {
        Whom::Account(account) => (Some(account), None),
        Whom::Organization(organization) => (None, Some(organization)),
        Whom::Everybody => (None, None),
    };
    json!({ key: Uuid::new_v4(), "patient_id": patient, "item_id": item, "account_id": account, "organization_id": organization, "created_at": "2026-01-01T00:00:00Z" })
}

fn text(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap()
}

#[test]
fn the_numbers_of_the_categories_are_those_of_the_policies_in_sql() {
    assert_eq!(Category::Own.number(), 16, "beyond the table: nobody else's");
    assert!(Category::SHAREABLE.iter().all(|category| (1..=15).contains(&category.number())));
}
