//! Single things in a share: named as the patient sees them, one by one or by a condition that they belong to.

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, Thing},
    grant::{Grantee, Purpose},
    id::{DraftId, GrantId, ItemId, PatientId},
    label::Labels,
    lens::Lens,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Columns, change};
use crate::{
    Error, LABEL_TABLE_VERSION, Portal,
    audit::Shown,
    entry::{Entry, entries},
    pool::detached,
    record::Record,
    search::lens,
};

/// What a thing is to be shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing: it begins a share.
    Nothing,
    /// What a draft says.
    Draft(DraftId),
    /// What a grant says: it begins a new version.
    Grant(GrantId),
}

impl Portal {
    /// Names an item of the visitor's own record in a draft, in the version that they have before them. Returns the draft.
    ///
    /// # Errors
    /// [`Error::Conflict`] with `changed` where the item is another one by now, and with `full` where a share names no more,
    /// [`Error::NotFound`] where no share could show it, or there is no such draft or grant of theirs.
    pub async fn name_thing(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        item: ItemId,
        version: i32,
        beside: Beside,
    ) -> Result<DraftId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            if record.whose().patient != patient {
                return Err(Error::NotFound);
            }
            let thing = things(&mut record, &[item.0]).await?.pop().ok_or(Error::NotFound)?;
            if thing.version != version {
                return Err(Error::Conflict("changed"));
            }
            let id = match beside {
                Beside::Draft(draft) => {
                    has_room(&name(&mut record, draft, |draft| draft.name([thing])).await?, item)?;
                    draft
                }
                Beside::Nothing | Beside::Grant(_) => {
                    let mut draft = match beside {
                        Beside::Grant(grant) => change::begun(&mut record, grant).await?,
                        Beside::Nothing | Beside::Draft(_) => Draft::default(),
                    };
                    draft.name([thing]);
                    has_room(&draft, item)?;
                    change::begin(&mut record, draft).await?
                }
            };
            record.close("who", Shown::default(), id).await.map(|opened| opened.view)
        })
        .await
    }

    /// Makes a draft one of what belongs to a condition alone: the newest of it as far as there is room, and nothing that is sensitive, private, or that the patient keeps to themselves.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such draft of theirs.
    pub async fn name_belonging(&self, visitor: &Visitor, draft: DraftId, lens: &'static Lens) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let belonging = lens::all_of(&mut record, lens).await?;
            let ids: Vec<Uuid> = belonging.iter().map(|item| item.0).collect();
            let mut found = things(&mut record, &ids).await?;
            found.retain(|thing| thing.labels.is_empty());
            found.sort_by_key(|thing| ids.iter().position(|id| *id == thing.item.0));
            name(&mut record, draft, |draft| {
                draft.categories = Categories::NONE;
                draft.labels = Labels::NONE;
                draft.things.clear();
                draft.name(found);
            })
            .await?;
            record.close("lens", Shown::default(), ()).await.map(|opened| opened.view)
        })
        .await
    }
}

/// What a draft names, as rows, and as a share would name each now. What none can show by now is left out.
pub(super) async fn of_draft(record: &mut Record, named: &[Thing]) -> Result<Vec<(Entry, Thing)>, Error> {
    let ids: Vec<Uuid> = named.iter().map(|thing| thing.item.0).collect();
    let now = things(record, &ids).await?;
    let entries = rows(record, &ids).await?;
    let with_thing = |entry: Entry| now.iter().find(|thing| thing.item == entry.id).map(|thing| (entry, *thing));
    Ok(entries.into_iter().filter_map(with_thing).collect())
}

/// What a grant names that still is as it was, for a new version of it.
pub(super) async fn of_grant(record: &mut Record, grant: GrantId) -> Result<Vec<Thing>, Error> {
    let patient = record.whose().patient;
    let ids = sqlx::query_scalar!(
        "select n.item_id from grant_item n join item i on i.patient_id = n.patient_id and i.item_id = n.item_id and i.version_no = n.version_no
        where n.patient_id = $1 and n.grant_id = $2 and i.labels & ~n.labels = 0",
        patient.0,
        grant.0
    )
    .fetch_all(record.connection())
    .await?;
    things(record, &ids).await
}

/// What the grant to somebody names of which another for this purpose would take the place: so that it is not lost unseen.
pub(crate) async fn of_grantee(record: &mut Record, grantee: &Grantee, purpose: Option<Purpose>) -> Result<Vec<Thing>, Error> {
    let (patient, columns) = (record.whose().patient, Columns::from(grantee));
    let grant = sqlx::query_scalar!(
        "select grant_id from access_grant
        where patient_id = $1 and grantee_account_id is not distinct from $2 and organization_id is not distinct from $3
            and professions is not distinct from $5 and purpose = $4 and state in ('active', 'paused') and parent_grant_id is null",
        patient.0,
        columns.account,
        columns.organization,
        purpose.map(Purpose::slug),
        columns.professions.as_deref()
    )
    .fetch_optional(record.connection())
    .await?;
    match grant {
        Some(grant) => of_grant(record, GrantId(grant)).await,
        None => Ok(Vec::new()),
    }
}

/// What a grant names, as rows, and whether each is open through it: what has changed since is not.
pub(super) async fn named(record: &mut Record, grant: GrantId) -> Result<Vec<(Entry, bool)>, Error> {
    let patient = record.whose().patient;
    let ids = sqlx::query_scalar!("select item_id from grant_item where patient_id = $1 and grant_id = $2", patient.0, grant.0)
        .fetch_all(record.connection())
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let open = of_grant(record, grant).await?;
    let with_state = |entry: Entry| {
        let is_open = open.iter().any(|thing| thing.item == entry.id);
        (entry, is_open)
    };
    Ok(rows(record, &ids).await?.into_iter().map(with_state).collect())
}

/// Puts what a grant names beside it.
///
/// # Errors
/// [`Error::Conflict`] with `changed` where any of it is not what the patient saw: another version by now, or with a label more.
pub(super) async fn insert(record: &mut Record, grant: GrantId, things: &[Thing]) -> Result<(), Error> {
    if things.is_empty() {
        return Ok(());
    }
    let patient = record.whose().patient;
    let items: Vec<Uuid> = things.iter().map(|thing| thing.item.0).collect();
    let versions: Vec<i32> = things.iter().map(|thing| thing.version).collect();
    let labels: Vec<i16> = things.iter().map(|thing| thing.labels.bits().into()).collect();
    let named = sqlx::query!(
        "insert into grant_item (patient_id, grant_id, item_id, version_no, labels)
        select $1, $2, i.item_id, i.version_no, t.labels
        from unnest($3::uuid[], $4::int[], $5::smallint[]) t (item_id, version_no, labels)
        join item i on i.patient_id = $1 and i.item_id = t.item_id and i.version_no = t.version_no
        where i.labels & ~t.labels = 0",
        patient.0,
        grant.0,
        &items,
        &versions,
        &labels
    )
    .execute(record.connection())
    .await?;
    if named.rows_affected() == items.len() as u64 { Ok(()) } else { Err(Error::Conflict("changed")) }
}

/// Of these items those that a grant can name: the newest version of each.
pub(crate) async fn things(record: &mut Record, items: &[Uuid]) -> Result<Vec<Thing>, Error> {
    let patient = record.whose().patient;
    let rows = sqlx::query!(
        "select i.item_id, i.version_no, i.category, i.labels from item i
        where i.patient_id = $1 and i.item_id = any ($2) and i.labelled_by = $3 and not i.is_private and not i.is_error
            and i.item_id <> all ((select gate.kept_to_oneself())::uuid[])",
        patient.0,
        items,
        LABEL_TABLE_VERSION
    )
    .fetch_all(record.connection())
    .await?;
    let things = rows.into_iter().filter_map(|row| {
        let category = Category::from_number(row.category).filter(|category| *category != Category::Own)?;
        let labels = Labels::from_bits(u8::try_from(row.labels).ok()?);
        Some(Thing { item: ItemId(row.item_id), version: row.version_no, category, labels })
    });
    Ok(things.collect())
}

async fn rows(record: &mut Record, ids: &[Uuid]) -> Result<Vec<Entry>, Error> {
    let patient = record.whose().patient;
    let rows = entries!(
        "where i.patient_id = $1 and i.item_id = any($2) order by i.category, i.first_at desc nulls last, i.item_id",
        patient.0,
        ids
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// Whether the item that was to be named is.
fn has_room(draft: &Draft, item: ItemId) -> Result<(), Error> {
    if draft.things.iter().any(|thing| thing.item == item) { Ok(()) } else { Err(Error::Conflict("full")) }
}

/// Changes what a draft of the visitor's says, and returns it.
async fn name(record: &mut Record, id: DraftId, change: impl FnOnce(&mut Draft)) -> Result<Draft, Error> {
    let account = record.visitor().actor.account();
    let kept = sqlx::query_scalar!(
        r#"select fields as "fields: Json<Draft>" from draft
        where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now() for update"#,
        id.0,
        account.0
    )
    .fetch_optional(record.connection())
    .await?;
    let mut draft = kept.ok_or(Error::NotFound)?.0;
    change(&mut draft);
    sqlx::query!("update draft set fields = $2, words = null where draft_id = $1", id.0, Json(&draft) as _)
        .execute(record.connection())
        .await?;
    Ok(draft)
}
