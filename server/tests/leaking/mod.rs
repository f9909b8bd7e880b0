//! What a reader of a record can see of it by any means, and changes to what is kept from them.

pub mod change;
pub mod sight;

use chartkey_domain::{
    account::Actor,
    category::Category,
    id::{AccountId, GrantId, ItemId, OrganizationId},
};
use chartkey_ground::mutate::Dice;
use chartkey_portal::audit::Event;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    harness::Browser,
    previewing::{World, places, random::Plan},
};

/// Somebody to whom a patient has given something.
pub struct Reader {
    pub record: usize,
    pub browser: Browser,
    pub account: AccountId,
    organization: Option<OrganizationId>,
    profession: Option<String>,
    grant: GrantId,
}

impl Reader {
    /// Gives what is planned, and signs its grantee in.
    pub async fn build(world: &World, record: usize, plan: &Plan) -> Self {
        let draft = world.draft(record, plan).await;
        let (grant, grantee) = world.give_to(record, plan, draft).await;
        let account = grantee.actor.account();
        let (organization, profession) = match grantee.actor.clone() {
            Actor::Clinician { organization, profession, .. } => (Some(organization), Some(profession)),
            Actor::Person { .. } => (None, None),
        };
        let browser = world.reader(record, plan, &grantee).await;
        Self { record, browser, account, organization, profession, grant }
    }

    /// Where the record is for them.
    pub fn address(&self, world: &World) -> String {
        format!("/record/{}", world.records[self.record].patient)
    }

    /// Half of what is given stands beside what is given next.
    pub async fn leave(self, world: &World, dice: &mut Dice) {
        world.put_back(self.record, self.grant, dice).await;
    }

    /// Whether what stands in the tables keeps this from them for certain, for whatever purpose: by another way than the
    /// server's, and one that knows no item that is near to being shown.
    pub async fn is_kept(&self, world: &World, item: ItemId) -> bool {
        sqlx::query_scalar(
            "select i.is_private or i.category = 16
                or exists (select from exclusion e where e.patient_id = i.patient_id and e.item_id = i.item_id
                    and (e.account_id = $3 or e.organization_id = $4 or e.account_id is null and e.organization_id is null))
                or not exists (select from access_grant g where g.patient_id = i.patient_id and g.state = 'active'
                    and (g.grantee_account_id = $3 or (g.organization_id = $4 and $5 = any (g.professions)))
                    and (g.categories >> i.category) & 1 = 1 and i.labels & ~g.labels = 0
                    and (g.includes_new or i.added_at < g.created_at + interval '1 minute')
                    and (i.category = 4 or g.data_to is null or i.first_at is null or i.first_at < g.data_to + interval '2 days')
                    and (i.category = 4 or g.data_from is null or i.last_at is null or i.last_at > g.data_from - interval '2 days'))
                and not exists (select from grant_item n join access_grant g on g.patient_id = n.patient_id and g.grant_id = n.grant_id
                    where n.patient_id = i.patient_id and n.item_id = i.item_id and g.state = 'active'
                    and (g.grantee_account_id = $3 or (g.organization_id = $4 and $5 = any (g.professions))))
            from item i where i.patient_id = $1 and i.item_id = $2",
        )
        .bind(world.records[self.record].patient.0)
        .bind(item.0)
        .bind(self.account.0)
        .bind(self.organization.map(|organization| organization.0))
        .bind(&self.profession)
        .fetch_one(&world.house.superuser)
        .await
        .unwrap()
    }

    /// The entries that they have left in the log of the record since there were `before`, without when.
    pub async fn left(&self, world: &World, before: usize) -> Vec<Value> {
        let events = world.events(self.record).await.split_off(before);
        let of_theirs = |event: &Event| event.who.account == Some(self.account);
        events.into_iter().filter(of_theirs).map(|event| serde_json::json!({"what": event.what, "why": event.why})).collect()
    }
}

/// What has this identifier at this source.
pub async fn item_of(world: &World, record: usize, source: &str, fhir_id: &str) -> Option<ItemId> {
    let item: Option<Uuid> = sqlx::query_scalar(
        "select item_id from item join source using (source_id) where patient_id = $1 and source.name = $2 and fhir_id = $3",
    )
    .bind(world.records[record].patient.0)
    .bind(source)
    .bind(fhir_id)
    .fetch_optional(&world.house.superuser)
    .await
    .unwrap();
    item.map(ItemId)
}

/// Whether it marks what others tell: another source tells the same, of which its own label is one more. It is meant to.
pub async fn meddles(world: &World, record: usize, item: ItemId) -> bool {
    sqlx::query_scalar(
        "select exists (select from item i join item t on t.patient_id = i.patient_id and t.item_id <> i.item_id
            where i.patient_id = $1 and i.item_id = $2
                and t.twin = i.twin and i.own_labels & ~t.own_labels <> 0)",
    )
    .bind(world.records[record].patient.0)
    .bind(item.0)
    .fetch_one(&world.house.superuser)
    .await
    .unwrap()
}

/// Where an item is under the address of its record, and the trend that it belongs to.
pub async fn places_of(world: &World, record: usize, item: ItemId) -> Vec<String> {
    let (category, series): (i16, Option<String>) =
        sqlx::query_as("select category, series from item where patient_id = $1 and item_id = $2")
            .bind(world.records[record].patient.0)
            .bind(item.0)
            .fetch_one(&world.house.superuser)
            .await
            .unwrap();
    let file = (category == Category::Documents.number()).then(|| format!("/documents/{item}/files/0"));
    places(item.0, category, series).into_iter().chain(file).collect()
}

/// Some of these, in another order.
pub fn some<T: Clone>(dice: &mut Dice, from: &[T], most: usize) -> Vec<T> {
    let mut left = from.to_vec();
    let mut some = Vec::new();
    while some.len() < most && !left.is_empty() {
        some.push(left.swap_remove(dice.below(left.len())));
    }
    some
}
