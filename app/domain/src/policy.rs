//! The rule of sharing. [`decide`] is the only way to a permission.
//!
//! The numbers in the comments are those of the rule in the project's design:
//! 1 the patient, 2 blocks, 3 grants in force, 4 coverage, 5 private items and
//! exclusions, 6 delegated and carer-made grants, 7 emergencies, 10 what nobody
//! else sees.
//! Nothing applicable means no, and a refusal outranks any permission.
//!
//! A permission is a table rather than a list of items: the dates of the grants
//! cut time into buckets, and between two cuts every item of one category is
//! treated alike. PostgreSQL evaluates the same table once a row. Single items
//! that a grant or an exclusion names are decided here, one by one.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    account::Actor,
    category::{Categories, Category},
    grant::{Grant, Grantee, Purpose, Through},
    id::{AccountId, GrantId, ItemId, OrganizationId},
    item::{ItemFacts, PartFacts},
    label::Labels,
    when::{Interval, Precision},
};

mod table;
pub use table::Table;
use table::allows;

/// Whom a block or an exclusion is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// A clinician's or carer's account.
    Account(AccountId),
    /// Everybody at an organization.
    Organization(OrganizationId),
    /// Everybody but the patient: an exclusion alone.
    Everybody,
}

/// Everything in force around one record, as loaded in stage one.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// Whether the account is the patient's own.
    pub own: bool,
    /// Every grant of the patient that could matter; the policy sorts them out.
    pub grants: Vec<Grant>,
    /// Who gets nothing.
    pub blocks: Vec<Whom>,
    /// What is kept from whom.
    pub exclusions: Vec<(ItemId, Whom)>,
    /// The facts of every item that a grant or an exclusion names.
    pub singled: Vec<ItemFacts>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The patient's own record: everything.
    Own,
    /// What the permission covers, and nothing else.
    Shared(Box<Permission>),
    /// Nothing.
    Refused,
}

/// What somebody who is not the patient may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The grants that it rests on, in the order given.
    pub grants: Vec<GrantId>,
    /// Items by category, time and labels.
    pub table: Table,
    /// Items decided one by one: they are never looked up in the table.
    pub singled: Vec<ItemId>,
    /// Those of them that may be seen.
    pub named: Vec<Named>,
    /// Those of them that are kept from somebody who has passed on a grant or made one: their
    /// parts are looked up in a table without it.
    pub narrowed: Vec<(ItemId, Table)>,
    /// The categories of which anything could be seen.
    pub categories: Categories,
    /// What of it may be copied (rule 9).
    pub copying: Copying,
    /// The categories into which something may be written (rule 9): where what is written now, without a label, would be
    /// seen through grants that allow it.
    pub writes: Categories,
    /// What is seen through the grants that allow to write, each for itself.
    pub writing: Table,
    /// The earliest end of a grant that it rests on.
    pub closes_at: Option<OffsetDateTime>,
}

/// What of a permission may leave as a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copying {
    /// No grant that it rests on allows a copy.
    Nothing,
    /// All of them do.
    Everything,
    /// Some do: what is seen through these.
    Through(Box<Permission>),
}

/// A single item that may be seen, in this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Which.
    pub item: ItemId,
    /// As it was named, or is.
    pub version: i32,
    /// With which combinations of labels it would be seen if nobody had named it; bits as in [`Table::cells`].
    pub labels: u64,
}

impl Permission {
    /// Whether the item may be seen.
    #[must_use]
    pub fn covers(&self, item: &ItemFacts) -> bool {
        if item.is_private || !item.labels_current || item.category == Category::Own {
            return false; // rules 5 and 10
        }
        if self.singled.contains(&item.id) { self.named(item).is_some() } else { self.table.holds(item) }
    }

    /// Whether something that is written at `now`, without a label, and happened at this time may be written into the
    /// category (rule 9).
    #[must_use]
    pub fn may_write(&self, category: Category, when: Interval, now: OffsetDateTime) -> bool {
        self.writes.contains(category) && self.writing.holds(&ItemFacts { when: Some(when), ..written(category, now) })
    }

    /// The permission by which a copy leaves, if one may: what it covers, and the parts that it covers.
    #[must_use]
    pub fn copies(&self) -> Option<&Self> {
        match &self.copying {
            Copying::Nothing => None,
            Copying::Everything => Some(self),
            Copying::Through(permission) => Some(permission),
        }
    }

    fn named(&self, item: &ItemFacts) -> Option<&Named> {
        self.named.iter().find(|named| named.item == item.id && named.version == item.version)
    }

    /// Whether what is said of the item may be told with it, where the words have labels of their own: as if it had
    /// them, too, and no grant named it. What adds no label needs no more than the item.
    #[must_use]
    pub fn opens(&self, item: &ItemFacts, with: Labels) -> bool {
        let combinations = self.named(item).map_or_else(|| self.table.labels(item), |named| named.labels);
        self.covers(item) && (with.is_subset(item.labels) || allows(combinations, item.labels.union(with)))
    }

    /// Whether a part of the item may be seen with it (rule 8): as an item of the part's own category,
    /// labels and time that no grant names. What a grant names is the whole, and opens no other category.
    #[must_use]
    pub fn covers_part(&self, item: &ItemFacts, part: &PartFacts) -> bool {
        let table = self.narrowed.iter().find(|(narrowed, _)| *narrowed == item.id).map_or(&self.table, |(_, table)| table);
        let shows = |category| table.holds(&ItemFacts { category, labels: part.labels, when: part.when, ..item.clone() });
        !part.categories.is_empty() && self.covers(item) && part.categories.iter().all(shows)
    }
}

/// Decides what `actor` may see of a record, for the purpose declared, at `now`
/// (the database's, at the start of the transaction).
///
/// Total: every input has an answer, and what is not allowed is refused.
#[must_use]
pub fn decide(actor: &Actor, purpose: Option<Purpose>, in_force: &InForce, now: OffsetDateTime) -> Decision {
    if in_force.own {
        return match actor {
            Actor::Person { .. } => Decision::Own, // rule 1
            Actor::Clinician { .. } => Decision::Refused,
        };
    }
    if blocked(in_force, actor.account(), organization_of(actor)) {
        return Decision::Refused; // rule 2
    }
    let terms: Vec<Term> = in_force
        .grants
        .iter()
        .filter(|grant| grant.in_force(now) && names(grant, actor, purpose)) // rule 3
        .filter_map(|grant| Term::of(grant, in_force, now)) // rule 6
        .collect();
    if terms.is_empty() {
        return Decision::Refused;
    }
    let mut decided = permission(&terms, actor, in_force, now);
    let (seen, copied) = (terms.len(), terms.into_iter().filter(|term| term.grants().all(|grant| grant.may_export)).collect::<Vec<_>>());
    decided.copying = match copied.len() {
        0 => Copying::Nothing,
        all if all == seen => Copying::Everything,
        _ => Copying::Through(Box::new(Permission { copying: Copying::Everything, ..permission(&copied, actor, in_force, now) })),
    };
    Decision::Shared(Box::new(decided))
}

/// One grant in force, with what its giver sees now, if it has one.
struct Term<'a> {
    grant: &'a Grant,
    /// The grant through which the giver sees, and the giver.
    giver: Option<(&'a Grant, AccountId, Option<OrganizationId>)>,
}

impl<'a> Term<'a> {
    /// `None` where a delegated or carer-made grant has lost its ground.
    fn of(grant: &'a Grant, in_force: &'a InForce, now: OffsetDateTime) -> Option<Self> {
        let giver = match grant.through {
            None => None,
            Some(Through { parent, giver }) => {
                let parent = in_force.grants.iter().find(|candidate| candidate.id == parent)?;
                let organization = match &parent.grantee {
                    Grantee::Clinician { account, organization } if *account == giver => Some(*organization),
                    Grantee::Professions { organization, .. } => Some(*organization),
                    Grantee::Carer { account } if *account == giver => None,
                    Grantee::Clinician { .. } | Grantee::Carer { .. } => return None,
                };
                let sound = parent.in_force(now) && parent.may_delegate && parent.through.is_none();
                sound.then_some((parent, giver, organization))?.into()
            }
        };
        if let Some((_, account, organization)) = giver
            && blocked(in_force, account, organization)
        {
            return None;
        }
        Some(Self { grant, giver })
    }

    /// Rules 4 to 6 for an item that is named somewhere.
    fn covers(&self, item: &ItemFacts, exclusions: &[(ItemId, Whom)], now: OffsetDateTime) -> bool {
        let giver_sees = self.giver.is_none_or(|(grant, ..)| reaches(grant, item, now));
        reaches(self.grant, item, now) && giver_sees && !self.is_kept_from(item.id, exclusions)
    }

    /// Whether the item is kept from the giver.
    fn is_kept_from(&self, item: ItemId, exclusions: &[(ItemId, Whom)]) -> bool {
        self.giver.is_some_and(|(_, account, organization)| excluded(exclusions, item, account, organization))
    }

    fn grants(&self) -> impl Iterator<Item = &'a Grant> {
        std::iter::once(self.grant).chain(self.giver.map(|(grant, ..)| grant))
    }
}

fn permission(terms: &[Term], actor: &Actor, in_force: &InForce, now: OffsetDateTime) -> Permission {
    let scopes = || terms.iter().flat_map(Term::grants).map(|grant| &grant.scope);
    let compiled = |counts: &dyn Fn(&&Term) -> bool| {
        let mut table = Table::cut(scopes());
        for term in terms.iter().filter(counts) {
            table.add(&term.grant.scope, term.giver.map(|(grant, ..)| &grant.scope), now);
        }
        table
    };
    let table = compiled(&|_| true);
    let writing = compiled(&|term| term.grants().all(|grant| grant.may_write));
    let named = in_force.singled.iter().filter(|item| {
        terms.iter().any(|term| term.covers(item, &in_force.exclusions, now))
            && !excluded(&in_force.exclusions, item.id, actor.account(), organization_of(actor)) // rule 5
            && !item.is_private
            && item.labels_current
            && item.category != Category::Own
    });
    let seen: Vec<_> = named.collect();
    let narrowed = seen.iter().map(|item| item.id).filter(|item| terms.iter().any(|term| term.is_kept_from(*item, &in_force.exclusions)));
    let narrowed: Vec<_> = narrowed.map(|item| (item, compiled(&|term| !term.is_kept_from(item, &in_force.exclusions)))).collect();
    let table_of = |item: ItemId| narrowed.iter().find(|(narrowed, _)| *narrowed == item).map_or(&table, |(_, table)| table);
    let named = seen.iter().map(|item| Named { item: item.id, version: item.version, labels: table_of(item.id).labels(item) }).collect();
    let named_categories = seen.iter().map(|item| item.category);
    let categories = terms.iter().flat_map(|term| term.grant.scope.categories.iter()).chain(named_categories).collect();
    let closes_at = terms.iter().flat_map(Term::grants).filter_map(|grant| grant.ends_at).min();
    Permission {
        grants: terms.iter().map(|term| term.grant.id).collect(),
        table,
        singled: in_force.singled.iter().map(|item| item.id).collect(),
        named,
        narrowed,
        categories,
        writes: Category::SHAREABLE.into_iter().filter(|category| writing.holds(&written(*category, now))).collect(),
        writing,
        copying: Copying::Nothing,
        closes_at,
    }
}

/// Something without a label that is written now and happens now.
const fn written(category: Category, now: OffsetDateTime) -> ItemFacts {
    ItemFacts {
        id: ItemId(Uuid::nil()),
        version: 0,
        category,
        labels: Labels::NONE,
        labels_current: true,
        when: Some(Interval { first: now, last: Some(now), precision: Precision::Instant }),
        added_at: now,
        is_private: false,
    }
}

/// Rule 4: by category, labels and dates together, or by name.
fn reaches(grant: &Grant, item: &ItemFacts, now: OffsetDateTime) -> bool {
    let scope = &grant.scope;
    scope.named.iter().any(|seen| seen.is(item)) || {
        let mut table = Table::cut(std::iter::once(scope));
        table.add(scope, None, now);
        table.holds(item)
    }
}

/// Rules 3 and 7: whether the grant names this actor, for the purpose declared. A
/// carer declares none, and an emergency needs none.
fn names(grant: &Grant, actor: &Actor, purpose: Option<Purpose>) -> bool {
    match (&grant.grantee, actor) {
        (Grantee::Clinician { account, organization }, Actor::Clinician { account: asks, organization: at, .. }) => {
            account == asks && organization == at && grant.serves(purpose) // rule 7 for an emergency
        }
        (Grantee::Professions { organization, professions }, Actor::Clinician { organization: at, profession, .. }) => {
            let is_chosen = grant.purpose != Purpose::Emergency;
            organization == at && professions.contains(profession) && is_chosen && grant.serves(purpose)
        }
        (Grantee::Carer { account }, Actor::Person { account: asks }) => account == asks,
        (Grantee::Carer { .. }, Actor::Clinician { .. })
        | (Grantee::Clinician { .. } | Grantee::Professions { .. }, Actor::Person { .. }) => false,
    }
}

fn organization_of(actor: &Actor) -> Option<OrganizationId> {
    match actor {
        Actor::Person { .. } => None,
        Actor::Clinician { organization, .. } => Some(*organization),
    }
}

fn blocked(in_force: &InForce, account: AccountId, organization: Option<OrganizationId>) -> bool {
    in_force.blocks.iter().any(|whom| is(*whom, account, organization))
}

fn excluded(exclusions: &[(ItemId, Whom)], item: ItemId, account: AccountId, organization: Option<OrganizationId>) -> bool {
    exclusions.iter().any(|(excluded, whom)| *excluded == item && is(*whom, account, organization))
}

fn is(whom: Whom, account: AccountId, organization: Option<OrganizationId>) -> bool {
    match whom {
        Whom::Account(named) => named == account,
        Whom::Organization(named) => Some(named) == organization,
        Whom::Everybody => true,
    }
}

/// The combinations of labels that a grant with `labels` lets through: bit `s`
/// is set where the set `s` is a subset.
fn combinations(labels: Labels) -> u64 {
    (0..64).filter(|set| Labels::from_bits(*set).is_subset(labels)).fold(0, |bits, set| bits | 1 << set)
}
