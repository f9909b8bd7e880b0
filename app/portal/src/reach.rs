//! Who can see one thing of a record now, and keeping it from one of them, or from everybody. The patient alone asks either.

use std::collections::BTreeMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    category::Category,
    draft::Thing,
    grant::Purpose,
    id::{AccountId, DraftId, GrantId, ItemId, OrganizationId, PatientId},
    item::ItemFacts,
    label::{Label, Labels},
    policy::{Decision, InForce, Whom, decide},
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::{Shown, What},
    entry::{Entry, entries},
    fresh, notices,
    notices::Notice,
    pool::detached,
    record::{Loaded, Record, facts},
    sharing::{self, Columns, things::things},
    whom::{called, columns},
};

/// One thing, and who could see it.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The thing.
    pub entry: Entry,
    /// Whether the patient keeps it to themselves.
    pub is_kept: bool,
    /// The same as a share can name it; `None` where none can.
    pub thing: Option<Thing>,
    /// The newest share that the patient has begun and not given.
    pub draft: Option<DraftId>,
    /// Whoever has a share in force, and whoever it is kept from; by organization and name.
    pub holders: Vec<Holder>,
    /// What it is marked with.
    pub marks: Vec<Mark>,
    /// The labels that the patient has lowered.
    pub lowered: Labels,
}

/// A sensitive label of the thing.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Which.
    pub label: Label,
    /// Those of the holders who would see it without this one.
    pub opens_to: Vec<Holder>,
}

/// Somebody with a share, or from whom something is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// A person, or everybody at an organization.
    pub whom: Whom,
    /// The person.
    pub name: Option<String>,
    /// Of the person, or those that a share with an organization names.
    pub professions: Vec<String>,
    /// Where; a carer is nowhere.
    pub organization: Option<String>,
    /// Whether they see it.
    pub access: Access,
    /// The share of theirs that the patient can change, where it is the only one.
    pub grant: Option<GrantId>,
}

/// Whether somebody sees a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Now.
    Sees,
    /// Not while the patient keeps it from them.
    Kept,
    /// Not while the patient keeps it from everybody where they are.
    KeptFromAll,
    /// No share of theirs reaches it.
    Closed,
}

/// A person or a place of a share, with what the share is for; or of an exclusion, which is for nothing.
struct Row {
    account: Option<Uuid>,
    organization: Option<Uuid>,
    profession: Option<String>,
    professions: Option<Vec<String>>,
    purpose: Option<String>,
    grant: Option<Uuid>,
    name: Option<String>,
    organization_name: Option<String>,
}

impl Portal {
    /// Who can see an item of the visitor's own record now.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, or the record is not theirs.
    pub async fn reach(&self, visitor: &Visitor, patient: PatientId, category: Category, item: ItemId) -> Result<Opened<Reach>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        let row = entries!("where i.patient_id = $1 and i.item_id = $2 and i.category = $3 limit 1", patient.0, item.0, category.number())
            .fetch_optional(record.connection())
            .await?;
        let Some(row) = row else { return record.refuse().await };
        let entry = Entry::from(row);
        let in_force = Loaded::load(record.connection(), patient).await?.in_force;
        let is_kept = in_force.exclusions.contains(&(item, Whom::Everybody));
        let facts = facts(record.connection(), patient, &[item]).await?.pop();
        let (rows, now) = (rows(&mut record, item).await?, record.now());
        let holders = facts.as_ref().map(|facts| holders(&rows, facts, &in_force, now)).unwrap_or_default();
        let marks = facts.map(|facts| marks(&rows, &facts, &in_force, now, &holders)).unwrap_or_default();
        let thing = things(&mut record, &[item.0]).await?.pop();
        let of_own = sqlx::query!(
            "select (select draft_id from draft where account_id = $1 and kind = 'grant' and ends_at > now() and fields -> 'recipient' <> 'null'
                order by created_at desc, draft_id limit 1) as draft,
                (select labels from lowering where patient_id = $2 and item_id = $3) as lowered",
            visitor.actor.account().0,
            patient.0,
            item.0
        )
        .fetch_one(record.connection())
        .await?;
        let draft = of_own.draft.map(DraftId);
        let lowered = Labels::from_bits(of_own.lowered.and_then(|bits| u8::try_from(bits).ok()).unwrap_or_default());
        let mut shown = Shown::default();
        shown.entries([&entry]);
        record.close("who", shown, Reach { entry, is_kept, thing, draft, holders, marks, lowered }).await
    }

    /// Keeps an item of the visitor's own record from somebody, or from everybody, whatever they are given: with it what other
    /// sources tell of the same. Their open pages close. Returns the category of the item.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item, nothing was ever shared with them, or no share could reach it.
    pub async fn keep_from(&self, visitor: &Visitor, patient: PatientId, item: ItemId, whom: Whom) -> Result<Category, Error> {
        self.keep(visitor, patient, item, whom, true).await
    }

    /// Lets shares reach the item for them again.
    ///
    /// # Errors
    /// As [`Self::keep_from`], and [`Error::SignInAgain`]: what opens needs a fresh sign-in.
    pub async fn show_again(&self, visitor: &Visitor, patient: PatientId, item: ItemId, whom: Whom) -> Result<Category, Error> {
        self.keep(visitor, patient, item, whom, false).await
    }

    async fn keep(&self, visitor: &Visitor, patient: PatientId, item: ItemId, whom: Whom, is_kept: bool) -> Result<Category, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open(&visitor, patient).await?;
            if !record.is_own() {
                return record.refuse().await;
            }
            if !is_kept {
                fresh::require(record.connection(), &visitor).await?;
            }
            let (account, organization) = columns(whom);
            let found = sqlx::query_scalar!(
                "select i.category from item i where i.patient_id = $1 and i.item_id = $2 and ($5 or exists (
                    select from access_grant g where g.patient_id = $1 and (g.grantee_account_id = $3 or g.organization_id = $4)))",
                patient.0,
                item.0,
                account,
                organization,
                whom == Whom::Everybody
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(category) = found.and_then(Category::from_number) else { return record.refuse().await };
            if whom == Whom::Everybody && category == Category::Own {
                return record.refuse().await;
            }
            let name = match called(record.connection(), whom).await? {
                // A carer has no place.
                None => sqlx::query_scalar!("select display_name from account where account_id = $1", account)
                    .fetch_optional(record.connection())
                    .await?,
                name => name,
            };
            let changed = if is_kept {
                sqlx::query!(
                    "insert into exclusion (patient_id, item_id, account_id, organization_id) values ($1, $2, $3, $4) on conflict do nothing",
                    patient.0,
                    item.0,
                    account,
                    organization
                )
            } else {
                sqlx::query!(
                    "delete from exclusion where patient_id = $1 and item_id = $2
                        and account_id is not distinct from $3 and organization_id is not distinct from $4",
                    patient.0,
                    item.0,
                    account,
                    organization
                )
            };
            // Doing it again changes nothing, and nothing is written.
            if changed.execute(record.connection()).await?.rows_affected() == 0 {
                return Ok(category);
            }
            let notice =
                Notice { patient: Some(patient), account: account.map(AccountId), organization: organization.map(OrganizationId), is_holders: false };
            notices::send(record.connection(), notice).await?;
            tell_those_it_was_passed_on_to(&mut record, whom).await?;
            let mut shown = Shown::default();
            shown.add(item, category);
            let action = match (whom, is_kept) {
                (Whom::Everybody, true) => "kept-to-oneself",
                (Whom::Everybody, false) => "left-to-shares",
                (_, true) => "kept-from",
                (_, false) => "shown-again",
            };
            record.finish(What { text: name, ..shown.what(action, "who") }).await?;
            Ok(category)
        })
        .await
    }
}

/// To whom something was passed on by somebody sees no more than they do: their open pages ask again.
async fn tell_those_it_was_passed_on_to(record: &mut Record, giver: Whom) -> Result<(), Error> {
    let (patient, (account, organization)) = (record.whose().patient, columns(giver));
    let passed = sqlx::query!(
        "select distinct grantee_account_id, organization_id from access_grant
        where patient_id = $1 and parent_grant_id is not null and state = 'active' and ends_at > now()
            and (made_by_account_id = $2 or (select true from clinician c where c.account_id = made_by_account_id and c.organization_id = $3))",
        patient.0,
        account,
        organization
    )
    .fetch_all(record.connection())
    .await?;
    for passed in passed {
        let columns = Columns { account: passed.grantee_account_id, organization: passed.organization_id, professions: None };
        notices::send(record.connection(), sharing::notice(patient, &columns)).await?;
    }
    Ok(())
}

/// Whoever has a share in force, and whoever it is kept from.
async fn rows(record: &mut Record, item: ItemId) -> Result<Vec<Row>, Error> {
    let patient = record.whose().patient;
    let rows = sqlx::query_as!(
        Row,
        r#"with kept as (
            select e.account_id, coalesce(e.organization_id, c.organization_id) as organization_id
            from exclusion e left join clinician c on c.account_id = e.account_id
            where e.patient_id = $1 and e.item_id = $2 and (e.account_id is not null or e.organization_id is not null)
        ), named as (
            select g.grantee_account_id as account_id, g.organization_id, g.professions, g.purpose,
                case when g.organization_id is not null and g.purpose <> 'emergency' and g.made_by_account_id is null then g.grant_id end as grant_id
            from access_grant g
            where g.patient_id = $1 and g.state = 'active' and g.starts_at <= now() and (g.ends_at is null or now() < g.ends_at)
            union all
            select account_id, organization_id, null, null, null from kept
        )
        select n.account_id as account, n.organization_id as organization, c.profession as "profession?", n.professions, n.purpose, n.grant_id as grant,
            a.display_name as "name?", o.name as "organization_name?"
        from named n
        left join organization o on o.organization_id = n.organization_id
        left join account a on a.account_id = n.account_id
        left join clinician c on c.account_id = n.account_id
        where not gate.is_blocked($1, n.account_id, n.organization_id)
        order by o.name nulls first, a.display_name nulls last, n.account_id, n.purpose nulls last"#,
        patient.0,
        item.0
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows)
}

/// What the policy would answer each of them, with all that is in force around the record now.
fn holders(rows: &[Row], item: &ItemFacts, in_force: &InForce, now: OffsetDateTime) -> Vec<Holder> {
    let mut holders: Vec<Holder> = Vec::new();
    let mut places = BTreeMap::new();
    for row in rows {
        let Some(one) = holder(row, item.id, in_force) else { continue };
        let (place, shares) = places.entry((row.organization, row.account)).or_insert_with(|| {
            holders.push(one);
            (holders.len() - 1, 0_usize)
        });
        if let Some(holder) = holders.get_mut(*place) {
            holder.professions.extend(row.professions.clone().unwrap_or_default());
            holder.professions.sort_unstable();
            holder.professions.dedup();
            // Of several shares nobody knows which one to change.
            if row.purpose.is_some() {
                holder.grant = row.grant.map(GrantId).filter(|_| *shares == 0);
                *shares += 1;
            }
            if holder.access == Access::Closed && sees(row, item, in_force, now) {
                holder.access = Access::Sees;
            }
        }
    }
    holders
}

/// Each label, with who would see the thing without it.
fn marks(rows: &[Row], item: &ItemFacts, in_force: &InForce, now: OffsetDateTime, as_it_is: &[Holder]) -> Vec<Mark> {
    let without = |label: Label| {
        let lowered = ItemFacts { labels: item.labels.without(Labels::NONE.with(label)), ..item.clone() };
        let mut in_force = in_force.clone();
        in_force.singled.iter_mut().filter(|named| named.id == item.id).for_each(|named| named.clone_from(&lowered));
        let mut opens_to = holders(rows, &lowered, &in_force, now);
        opens_to.retain(|holder| holder.access == Access::Sees && !as_it_is.contains(holder));
        Mark { label, opens_to }
    };
    item.labels.iter().map(without).collect()
}

/// Somebody as far as one row tells: whether something is kept from them, not yet whether they see it.
fn holder(row: &Row, item: ItemId, in_force: &InForce) -> Option<Holder> {
    let organization = row.organization.map(|organization| Whom::Organization(OrganizationId(organization)));
    let whom = row.account.map(|account| Whom::Account(AccountId(account))).or(organization);
    let is_kept = |from: Option<Whom>| from.is_some_and(|from| in_force.exclusions.contains(&(item, from)));
    let access = match () {
        () if is_kept(whom) => Access::Kept,
        () if is_kept(organization) => Access::KeptFromAll,
        () => Access::Closed,
    };
    Some(Holder {
        whom: whom?,
        name: row.name.clone(),
        professions: row.profession.clone().into_iter().collect(),
        organization: row.organization_name.clone(),
        access,
        grant: None,
    })
}

/// Whether the policy shows them the item for the purpose of this share.
fn sees(row: &Row, item: &ItemFacts, in_force: &InForce, now: OffsetDateTime) -> bool {
    let Some(purpose) = row.purpose.as_deref().and_then(Purpose::from_slug) else { return false };
    let account = AccountId(row.account.unwrap_or_default());
    let shows = |actor: &Actor, purpose: Option<Purpose>| matches!(decide(actor, purpose, in_force, now), Decision::Shared(permission) if permission.covers(item));
    let Some(organization) = row.organization.map(OrganizationId) else { return shows(&Actor::Person { account }, None) };
    // Of a share with professions: somebody with one of them, and no share of their own.
    let professions = row.profession.iter().chain(row.professions.iter().flatten());
    professions.cloned().any(|profession| {
        let actor = Actor::Clinician { account, organization, profession };
        shows(&actor, Some(purpose))
    })
}
