//! Stage one: what is in force around a record, as the policy needs it.

use std::collections::BTreeSet;

use chartkey_domain::{
    account::Actor,
    category::{Categories, Category},
    grant::{Dates, Grant, GrantState, Grantee, Purpose, Scope, Seen, Through},
    id::{GrantId, ItemId, PatientId},
    item::ItemFacts,
    label::Labels,
    policy::{InForce, Permission, Whom},
    when::{Interval, Precision},
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::SharedGrant;
use crate::{Error, LABEL_TABLE_VERSION};

/// What was loaded: the policy's input, and the words that go with it.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) in_force: InForce,
    sentences: Vec<SharedGrant>,
    /// Who was kept from something, and when.
    kept: Vec<(ItemId, Whom, OffsetDateTime)>,
    /// The categories in which something was marked as sensitive again, and when.
    marked: Vec<(i16, String)>,
    /// When grants stop to reach what is sensitive.
    narrows: Vec<(GrantId, OffsetDateTime)>,
    /// When it was reported that the patient has died.
    pub(super) death_reported_at: Option<OffsetDateTime>,
}

/// A row of access_grant, as JSON.
#[derive(Debug, Deserialize)]
struct GrantRow {
    grant_id: Uuid,
    grantee_account_id: Option<Uuid>,
    organization_id: Option<Uuid>,
    professions: Option<Vec<String>>,
    purpose: String,
    purpose_text: Option<String>,
    categories: i32,
    labels: u8,
    #[serde(with = "time::serde::rfc3339::option")]
    data_from: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    data_to: Option<OffsetDateTime>,
    includes_new: bool,
    may_export: bool,
    may_write: bool,
    may_delegate: bool,
    parent_grant_id: Option<Uuid>,
    made_by_account_id: Option<Uuid>,
    #[serde(with = "time::serde::rfc3339")]
    starts_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    ends_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    labels_until: Option<OffsetDateTime>,
    state: String,
    sentence: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    named: Vec<(Uuid, i32, u8)>,
}

/// A row of block or exclusion, as JSON.
#[derive(Debug, Deserialize)]
struct WhomRow {
    item_id: Option<Uuid>,
    account_id: Option<Uuid>,
    organization_id: Option<Uuid>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_at: Option<OffsetDateTime>,
}

impl Loaded {
    /// For the patient, nothing needs loading.
    pub(crate) fn own() -> Self {
        Self { in_force: InForce { own: true, ..InForce::default() }, ..Self::default() }
    }

    /// Loads every grant, block and exclusion that could matter to the account
    /// that the transaction has entered with.
    pub(crate) async fn load(connection: &mut PgConnection, patient: PatientId) -> Result<Self, Error> {
        Self::load_with(connection, patient, None).await
    }

    /// The same as it will be when this grant, with its words, has been given: it takes the place of the one to the same
    /// grantee for the same purpose.
    pub(super) async fn load_with(
        connection: &mut PgConnection,
        patient: PatientId,
        given: Option<(Grant, SharedGrant)>,
    ) -> Result<Self, Error> {
        let row = sqlx::query!(
            r#"select
                coalesce((select jsonb_agg(to_jsonb(g) || jsonb_build_object('labels', gate.labels_now(g), 'ends_at', gate.ends(g), 'named', coalesce(
                        (select jsonb_agg(jsonb_build_array(n.item_id, n.version_no,
                                case when g.labels_until <= now() then 0 else n.labels end)) from grant_item n
                            where n.patient_id = g.patient_id and n.grant_id = g.grant_id), '[]')) order by g.created_at, g.grant_id)
                    from access_grant g where g.patient_id = $1 and g.state in ('active', 'paused') and gate.stands(g)), '[]') as "grants!: Json<Vec<GrantRow>>",
                coalesce((select jsonb_agg(jsonb_build_object('account_id', a.account_id, 'organization_id', b.organization_id))
                    from block b cross join lateral unnest(gate.accounts_of(b.account_id)) a (account_id)
                    where b.patient_id = $1), '[]')
                -- Nor does whom the operator has dismissed see anything, or give it on.
                || coalesce((select jsonb_agg(jsonb_build_object('account_id', d.account_id)) from (
                        select gate.account() as account_id
                        union select g.made_by_account_id from access_grant g where g.patient_id = $1 and g.state = 'active') d
                    where gate.is_dismissed(d.account_id)), '[]') as "blocks!: Json<Vec<WhomRow>>",
                coalesce((select jsonb_agg(to_jsonb(e)) from exclusion e where e.patient_id = $1), '[]') as "exclusions!: Json<Vec<WhomRow>>",
                coalesce((select jsonb_agg(jsonb_build_array(l.category, l.marked_at) order by l.marked_at) from lowering l
                    where l.patient_id = $1 and l.marked_at is not null), '[]') as "marked!: Json<Vec<(i16, String)>>",
                (select d.reported_at from death_report d where d.patient_id = $1) as death_reported_at"#,
            patient.0
        )
        .fetch_one(&mut *connection)
        .await?;
        let mut sentences: Vec<_> = row.grants.iter().map(SharedGrant::from).collect();
        let narrows = row.grants.iter().filter_map(|row| Some((GrantId(row.grant_id), row.labels_until?)));
        let narrows = narrows.collect();
        let mut grants: Vec<_> = row.grants.0.into_iter().filter_map(GrantRow::into_grant).collect();
        if let Some((given, words)) = given {
            grants.retain(|grant| grant.through.is_some() || grant.grantee != given.grantee || grant.purpose != given.purpose);
            grants.push(given);
            sentences.push(words);
        }
        let blocks = row.blocks.0.iter().map(WhomRow::whom).collect();
        let exclusions: Vec<_> =
            row.exclusions.0.iter().filter_map(|exclusion| Some((ItemId(exclusion.item_id?), exclusion.whom()))).collect();
        let kept = row
            .exclusions
            .0
            .iter()
            .filter_map(|exclusion| Some((ItemId(exclusion.item_id?), exclusion.whom(), exclusion.created_at?)))
            .collect();
        let mut singled: Vec<_> = grants
            .iter()
            .flat_map(|grant| grant.scope.named.iter().map(|seen| seen.item))
            .chain(exclusions.iter().map(|(item, _)| *item))
            .collect();
        singled.sort_unstable();
        singled.dedup();
        let singled = if singled.is_empty() { Vec::new() } else { facts(connection, patient, &singled).await? };
        let in_force = InForce { own: false, grants, blocks, exclusions, singled };
        Ok(Self { in_force, sentences, kept, marked: row.marked.0, narrows, death_reported_at: row.death_reported_at })
    }

    /// When this reader was kept from something, each moment once, in order; where a grant of theirs rests on somebody else,
    /// whoever was. What is kept from everybody counts where a grant of theirs reaches its category: no page of others closes for it,
    /// and what becomes of its labels and dates changes nothing.
    pub(super) fn kept_from(&self, permission: &Permission, actor: &Actor) -> BTreeSet<OffsetDateTime> {
        let given = self.in_force.grants.iter().filter(|grant| permission.grants.contains(&grant.id));
        let rests_on_others = given.into_iter().any(|grant| grant.through.is_some());
        let reaches =
            |item: ItemId| self.in_force.singled.iter().any(|facts| facts.id == item && permission.categories.contains(facts.category));
        let is_theirs = |item: ItemId, whom: Whom| match (whom, actor) {
            (Whom::Account(account), _) => account == actor.account(),
            (Whom::Organization(organization), Actor::Clinician { organization: theirs, .. }) => organization == *theirs,
            (Whom::Organization(_), Actor::Person { .. }) => false,
            (Whom::Everybody, _) => reaches(item),
        };
        self.kept.iter().filter(|(item, whom, _)| rests_on_others || is_theirs(*item, *whom)).map(|(.., at)| *at).collect()
    }

    /// When something of the categories of a permission was marked as sensitive again, in order.
    pub(super) fn marked_in(&self, permission: &Permission) -> impl Iterator<Item = &str> {
        let reaches = |number: i16| Category::from_number(number).is_some_and(|category| permission.categories.contains(category));
        self.marked.iter().filter(move |(category, _)| reaches(*category)).map(|(_, at)| at.as_str())
    }

    /// When a page that rests on a permission closes: a grant of it, or of whoever passed one on, ends or narrows.
    pub(super) fn closes_at(&self, permission: &Permission, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let parents = self.in_force.grants.iter().filter(|grant| permission.grants.contains(&grant.id)).filter_map(|grant| grant.through);
        let grants: Vec<_> = permission.grants.iter().copied().chain(parents.map(|through| through.parent)).collect();
        let narrows = self.narrows.iter().filter(|(grant, at)| grants.contains(grant) && *at > now).map(|(_, at)| *at);
        narrows.chain(permission.closes_at).min()
    }

    /// The grants of a permission, with their words.
    pub(crate) fn shared(&self, permission: &Permission) -> Vec<SharedGrant> {
        self.sentences.iter().filter(|grant| permission.grants.contains(&grant.id)).cloned().collect()
    }
}

impl From<&GrantRow> for SharedGrant {
    fn from(row: &GrantRow) -> Self {
        let is_emergency = Purpose::from_slug(&row.purpose) == Some(Purpose::Emergency);
        let emergency = is_emergency.then(|| row.purpose_text.clone()).flatten();
        Self { id: GrantId(row.grant_id), sentence: row.sentence.clone(), ends_at: row.ends_at, emergency }
    }
}

impl GrantRow {
    /// `None` where a row says something that the policy does not know: it opens nothing.
    fn into_grant(self) -> Option<Grant> {
        let grantee = grantee(self.grantee_account_id, self.organization_id, self.professions)?;
        let through = match (self.parent_grant_id, self.made_by_account_id) {
            (Some(parent), Some(giver)) => Some(Through { parent: parent.into(), giver: giver.into() }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return None,
        };
        Some(Grant {
            id: GrantId(self.grant_id),
            grantee,
            purpose: Purpose::from_slug(&self.purpose)?,
            scope: Scope {
                categories: Categories::from_bits(self.categories),
                labels: Labels::from_bits(self.labels),
                dates: Dates { from: self.data_from, to: self.data_to },
                added_before: (!self.includes_new).then_some(self.created_at),
                named: self
                    .named
                    .into_iter()
                    .map(|(item, version, labels)| Seen { item: ItemId(item), version, labels: Labels::from_bits(labels) })
                    .collect(),
            },
            state: GrantState::from_slug(&self.state)?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            may_delegate: self.may_delegate,
            may_export: self.may_export,
            may_write: self.may_write,
            through,
        })
    }
}

/// The grantee of three columns; `None` where they say what the policy does not know.
pub(crate) fn grantee(account: Option<Uuid>, organization: Option<Uuid>, professions: Option<Vec<String>>) -> Option<Grantee> {
    match (account, organization.map(Into::into), professions) {
        (Some(account), Some(organization), None) => Some(Grantee::Clinician { account: account.into(), organization }),
        (None, Some(organization), Some(professions)) => Some(Grantee::Professions { organization, professions }),
        (Some(account), None, None) => Some(Grantee::Carer { account: account.into() }),
        _ => None,
    }
}

impl WhomRow {
    fn whom(&self) -> Whom {
        match (self.account_id, self.organization_id) {
            (Some(account), _) => Whom::Account(account.into()),
            (None, Some(organization)) => Whom::Organization(organization.into()),
            (None, None) => Whom::Everybody,
        }
    }
}

/// The facts of single items; nothing else of them is read in this stage.
pub(crate) async fn facts(connection: &mut PgConnection, patient: PatientId, items: &[ItemId]) -> Result<Vec<ItemFacts>, Error> {
    let ids: Vec<_> = items.iter().map(|item| item.0).collect();
    sqlx::query!(r#"select set_config('chartkey.asked', $1::uuid[]::text, true) as "asked!""#, &ids).fetch_one(&mut *connection).await?;
    let rows = sqlx::query!(
        "select item_id, version_no, category, labels, labelled_by, first_at, last_at, utc_offset, precision, added_at, is_private
         from item where patient_id = $1 and item_id = any($2)",
        patient.0,
        &ids
    )
    .fetch_all(connection)
    .await?;
    let facts = rows.into_iter().filter_map(|row| {
        Some(ItemFacts {
            id: ItemId(row.item_id),
            version: row.version_no,
            category: Category::from_number(row.category)?,
            labels: Labels::from_bits(u8::try_from(row.labels).ok()?),
            labels_current: row.labelled_by == LABEL_TABLE_VERSION,
            when: on_clock(row.first_at, row.last_at, row.precision, row.utc_offset),
            added_at: row.added_at,
            is_private: row.is_private,
        })
    });
    Ok(facts.collect())
}

/// When an item happened, by the days of its source's own clock, as the policy of PostgreSQL takes them.
pub(crate) fn on_clock(
    first: Option<OffsetDateTime>,
    last: Option<OffsetDateTime>,
    precision: Option<i16>,
    utc_offset: Option<i16>,
) -> Option<Interval> {
    let local = Duration::minutes(utc_offset.unwrap_or(0).into());
    first.map(|first| Interval {
        first: first + local,
        last: last.map(|last| last + local),
        precision: precision.and_then(Precision::from_number).unwrap_or(Precision::Instant),
    })
}
