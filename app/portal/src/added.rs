//! What a patient writes into their own record by hand, and what a clinician writes into it through a grant that allows
//! it. It waits in a draft until it has been checked, and then takes the way of an import from a source of its own: lists,
//! trends, search, copies and shares know it as anything else, and everywhere by whom it is. What a patient changes is a
//! new version, and what they take back stays, as entered in error. What a clinician has written stays as it is.

use chartkey_domain::{
    account::Visitor,
    added::{Added, Kind, Problem, Says, Typed},
    category::Category,
    id::{DraftId, ItemId, PatientId},
    when::Moment,
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, category, entries},
    fhir::{
        added::{Version, pulse_of, resource, typed as typed_in},
        written::{Clinician, written},
    },
    import::{
        self, ImportOptions, Into,
        identity::{item_id, source_id},
        own::{Part, hand_of},
    },
    notices,
    notices::Notice,
    pool::detached,
    record::Record,
    sources::{take_turn, work_in},
};

/// What a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Something new.
    New(Kind),
    /// What stands there already.
    Change(Category, ItemId),
}

/// What the form shows.
#[derive(Debug, Clone)]
pub struct Writing {
    /// What is written.
    pub kind: Kind,
    /// What stands in its fields.
    pub typed: Typed,
    /// What it changes, if it changes anything.
    pub changes: Option<Entry>,
    /// Where it is, if its draft was kept already.
    pub done: Option<(Category, ItemId)>,
    /// The day by the database's clock, in UTC.
    pub today: Date,
}

/// What a draft became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Where it belongs.
    pub category: Category,
    /// Which item.
    pub item: ItemId,
    /// Whether it was there before.
    pub is_change: bool,
}

/// A draft as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    patient: Uuid,
    kind: String,
    item: Option<Uuid>,
    typed: Typed,
    /// Category and item that it became; then nothing of what was typed is left in it.
    done: Option<(i16, Uuid)>,
}

/// Something by the patient's hand, in the version in force.
struct ByHand {
    fhir_id: String,
    version: i32,
    category: Category,
    is_error: bool,
    is_private: bool,
    kind: Kind,
    typed: Typed,
}

impl Portal {
    /// Whether the visitor may write anything into this record: it is their own, or shared with them so.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not.
    pub async fn may_write(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<()>, Error> {
        self.open_to_write_something(visitor, patient).await?.close("added", Shown::default(), ()).await
    }

    /// What a form for something by the patient's own hand shows.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is nothing that they could change, or no such draft, or the visitor is not the patient.
    pub async fn writing(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        about: About,
        draft: Option<DraftId>,
    ) -> Result<Opened<Writing>, Error> {
        let of = if let About::New(kind) = about { Some(kind) } else { None };
        let mut record = self.open_to_write(visitor, patient, of).await?;
        let (today, mut shown) = (record.now().date(), Shown::default());
        let (kind, item, typed, changes) = match about {
            About::New(kind) if kind.is_clinical() => (kind, None, on(today), None),
            About::New(kind) => (kind, None, Typed { seen: seen(kind.starts_private()), ..Typed::default() }, None),
            About::Change(category, item) => {
                let Some(by_hand) = by_hand(&mut record, item).await?.filter(|found| !found.is_error) else { return record.refuse().await };
                let Some(entry) = one(&mut record, category, item).await? else { return record.refuse().await };
                shown.entries([&entry]);
                (by_hand.kind, Some(item), Typed { seen: seen(by_hand.is_private), ..by_hand.typed }, Some(entry))
            }
        };
        let waiting = match draft {
            Some(draft) => Some(waiting(&mut record, draft).await?.filter(|kept| kept.is_about(kind, item)).ok_or(Error::NotFound)?),
            None => None,
        };
        let done = waiting.as_ref().and_then(|waiting| waiting.done).map(|(number, item)| (category(number), ItemId(item)));
        let typed = waiting.map_or(typed, |waiting| waiting.typed);
        record.close("added", shown, Writing { kind, typed, changes, done, today }).await
    }

    /// Keeps what was typed, usable or not, for the page that comes next; and the day by the database's clock. The same
    /// sent twice waits once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor is not the patient.
    pub async fn keep_writing(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        kind: Kind,
        item: Option<ItemId>,
        draft: Option<DraftId>,
        typed: Typed,
    ) -> Result<(DraftId, Date), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        let fields = Waiting { patient: patient.0, kind: kind.slug().to_owned(), item: item.map(|item| item.0), typed, done: None };
        // PostgreSQL keeps no NUL in a text.
        let fields = import::storable(&fields);
        detached(async move {
            let mut record = portal.open_to_write(&visitor, patient, Some(kind)).await?;
            if let Some(item) = item
                && by_hand(&mut record, item).await?.is_none_or(|found| found.is_error || found.kind != kind)
            {
                return record.refuse().await;
            }
            let kept = sqlx::query_scalar!(
                r#"with again as (
                    update draft set fields = $3 where account_id = $1 and kind = 'added' and ends_at > now() and fields ->> 'done' is null
                        and case when $2::uuid is null then fields = $3 else draft_id = $2 end
                    returning draft_id
                ), begun as (
                    insert into draft (account_id, kind, fields) select $1, 'added', $3 where not exists (select from again) returning draft_id
                )
                select draft_id as "draft_id!" from (table again union all table begun) kept limit 1"#,
                visitor.actor.account().0,
                draft.map(|draft| draft.0),
                fields as _
            )
            .fetch_one(record.connection())
            .await?;
            let today = record.now().date();
            record.close("added", Shown::default(), (DraftId(kept), today)).await.map(|opened| opened.view)
        })
        .await
    }

    /// Takes what a draft holds into the record. Asked for twice it is done once.
    ///
    /// # Errors
    /// `Invalid` with the code of a [`Problem`] where it cannot be used, `file-is-read` while one of the patient's files is
    /// read, [`Error::Conflict`] where the draft is no more, [`Error::NotFound`] where the visitor is not the patient.
    pub async fn add_writing(&self, visitor: &Visitor, patient: PatientId, draft: DraftId) -> Result<Kept, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_to_write_something(&visitor, patient).await?;
            take_turn(&mut record).await?;
            let waiting = waiting(&mut record, draft).await?.ok_or(Error::Conflict("added"))?;
            if let Some((number, item)) = waiting.done {
                return Ok(Kept { category: category(number), item: ItemId(item), is_change: waiting.item.is_some() });
            }
            let kind = Kind::from_slug(&waiting.kind).ok_or(Error::NotFound)?;
            if !may_write(&record, kind) {
                return record.refuse().await;
            }
            let added = waiting.typed.read(kind, record.now().date()).map_err(refused)?;
            if !reaches(&record, &added) {
                return record.undo(refused(Problem::Unshared)).await;
            }
            let before = match waiting.item {
                Some(item) => match by_hand(&mut record, ItemId(item)).await?.filter(|found| !found.is_error) {
                    Some(found) => Some((ItemId(item), found)),
                    None => return record.refuse().await,
                },
                None => None,
            };
            let (at, items) = write(&mut record, &added, draft, before.as_ref().map(|(_, found)| found), false).await?;
            let Some(item) = before.as_ref().map(|(item, _)| *item).or_else(|| items.first().copied()) else {
                return record.refuse().await;
            };
            // Others were waited for: what was withdrawn meanwhile is not written into.
            if !record.still_stands().await? {
                return record.undo(Error::NotFound).await;
            }
            hide(&mut record, &items, added.is_private).await?;
            let done = Waiting { typed: Typed::default(), done: Some((kind.category().number(), item.0)), ..waiting };
            sqlx::query!("update draft set fields = $2 where draft_id = $1 and kind = 'added'", draft.0, Json(&done) as _)
                .execute(record.connection())
                .await?;
            let is_change = before.is_some();
            let action = match (kind.is_clinical(), is_change) {
                (true, _) => "entry-written",
                (false, true) => "entry-changed",
                (false, false) => "entry-added",
            };
            finish(record, action, kind.category(), &items, at).await?;
            Ok(Kept { category: kind.category(), item, is_change })
        })
        .await
    }

    /// What the page shows that asks before something is taken back.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is nothing by the visitor's own hand that stands.
    pub async fn ask_take_back(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        category: Category,
        item: ItemId,
    ) -> Result<Opened<Entry>, Error> {
        let mut record = self.open_to_write(visitor, patient, None).await?;
        let stands = by_hand(&mut record, item).await?.is_some_and(|found| !found.is_error);
        let Some(entry) = one(&mut record, category, item).await?.filter(|_| stands) else { return record.refuse().await };
        let mut shown = Shown::default();
        shown.entries([&entry]);
        record.close("added", shown, entry).await
    }

    /// Takes back something by the patient's own hand: it stays, as entered in error. Done twice it is done once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such thing, or the visitor is not the patient; `file-is-read` as above.
    pub async fn take_back_writing(&self, visitor: &Visitor, patient: PatientId, item: ItemId) -> Result<Category, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_to_write(&visitor, patient, None).await?;
            take_turn(&mut record).await?;
            let Some(found) = by_hand(&mut record, item).await? else { return record.refuse().await };
            let category = found.category;
            if found.is_error {
                return Ok(category);
            }
            let typed = Typed { seen: seen(found.is_private), ..found.typed.clone() };
            let added = typed.read(found.kind, record.now().date()).map_err(refused)?;
            let (at, items) = write(&mut record, &added, DraftId(Uuid::nil()), Some(&found), true).await?;
            // What they say is wrong with it is answered with that.
            sqlx::query!(
                "update correction set state = 'withdrawn', ended_at = now() where patient_id = $1 and item_id = $2 and ended_at is null",
                patient.0,
                item.0
            )
            .execute(record.connection())
            .await?;
            finish(record, "entry-taken-back", category, &items, at).await?;
            Ok(category)
        })
        .await
    }
}

impl Portal {
    /// The record, into which the visitor may write some kind.
    async fn open_to_write_something(&self, visitor: &Visitor, patient: PatientId) -> Result<Record, Error> {
        let record = self.open(visitor, patient).await?;
        let may = record.is_own() || Kind::CLINICAL.into_iter().any(|kind| may_write(&record, kind));
        if may { Ok(record) } else { record.refuse().await }
    }

    /// The record, into which the visitor may write this kind; without one, their own.
    async fn open_to_write(&self, visitor: &Visitor, patient: PatientId, kind: Option<Kind>) -> Result<Record, Error> {
        let record = self.open(visitor, patient).await?;
        let may = kind.map_or_else(|| record.is_own(), |kind| may_write(&record, kind));
        if may { Ok(record) } else { record.refuse().await }
    }
}

/// Patients write what is theirs, and clinicians what is theirs, where a grant allows it.
fn may_write(record: &Record, kind: Kind) -> bool {
    if kind.is_clinical() { record.whose().may_write(kind.category()) } else { record.is_own() }
}

/// What a clinician has found on another day is written where shares reach that day.
fn reaches(record: &Record, added: &Added) -> bool {
    let Says::Finding { day, .. } = &added.says else { return true };
    Moment::parse(&day.to_string()).is_some_and(|day| record.may_write(added.kind.category(), day.into()))
}

/// What was found today, unless somebody says otherwise.
fn on(today: Date) -> Typed {
    Typed { day: today.day().to_string(), month: u8::from(today.month()).to_string(), year: today.year().to_string(), ..Typed::default() }
}

impl Waiting {
    fn is_about(&self, kind: Kind, item: Option<ItemId>) -> bool {
        self.kind == kind.slug() && self.item == item.map(|item| item.0)
    }
}

fn seen(is_private: bool) -> String {
    if is_private { "private" } else { "shared" }.to_owned()
}

const fn refused(problem: Problem) -> Error {
    Error::Invalid(problem.code())
}

/// A draft of the visitor's that is about the open record. Who has it keeps it until the end of their transaction.
async fn waiting(record: &mut Record, draft: DraftId) -> Result<Option<Waiting>, Error> {
    let (account, patient) = (record.visitor().actor.account(), record.whose().patient);
    let fields = sqlx::query_scalar!(
        r#"select fields as "fields: Json<Waiting>" from draft where draft_id = $1 and account_id = $2 and kind = 'added' and ends_at > now()"#,
        draft.0,
        account.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(fields.map(|Json(waiting)| waiting).filter(|waiting| waiting.patient == patient.0))
}

async fn one(record: &mut Record, category: Category, item: ItemId) -> Result<Option<Entry>, Error> {
    let patient = record.whose().patient;
    let row = entries!("where i.patient_id = $1 and i.item_id = $2 and i.category = $3 limit 1", patient.0, item.0, category.number())
        .fetch_optional(record.connection())
        .await?;
    Ok(row.map(Entry::from))
}

/// An item of the open record that its patient wrote by hand.
async fn by_hand(record: &mut Record, item: ItemId) -> Result<Option<ByHand>, Error> {
    let patient = record.whose().patient;
    let row = sqlx::query!(
        "select i.fhir_id, i.version_no, i.category, i.is_error, i.is_private, v.bytes from item i
        join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
        where i.patient_id = $1 and i.item_id = $2 and i.source_id = $3",
        patient.0,
        item.0,
        source_id(&hand_of(patient)).0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(row.and_then(|row| {
        let (kind, typed) = typed_in(&String::from_utf8_lossy(&row.bytes))?;
        Some(ByHand {
            fhir_id: row.fhir_id,
            version: row.version_no,
            category: category(row.category),
            is_error: row.is_error,
            is_private: row.is_private,
            kind,
            typed,
        })
    }))
}

/// Writes something, or another version of it; gives when and what. Of something new its draft is the identifier.
async fn write(
    record: &mut Record,
    added: &Added,
    draft: DraftId,
    before: Option<&ByHand>,
    is_error: bool,
) -> Result<(OffsetDateTime, Vec<ItemId>), Error> {
    let patient = record.whose().patient;
    let of_patient = sqlx::query_scalar!(
        "select fhir_id from item where patient_id = $1 and resource_type = 'Patient' order by added_at, item_id limit 1",
        patient.0
    )
    .fetch_optional(record.connection())
    .await?;
    let id = before.map_or_else(|| draft.to_string(), |before| before.fhir_id.clone());
    let number = before.map_or(1, |before| before.version + 1);
    let version = Version { id: &id, number, at: record.now(), patient: of_patient.as_deref(), is_error };
    let by = Clinician::of(record.visitor());
    let (source, mut lines) = match by.filter(|_| added.kind.is_clinical()) {
        Some(by) => (by.source(patient), written(added, version, &by)),
        None => (hand_of(patient), vec![resource(added, version)]),
    };
    if let Some(pulse) = pulse_of(added).filter(|_| before.is_none()) {
        lines.push(resource(&pulse, Version { id: &format!("{id}-pulse"), ..version }));
    }
    let options = ImportOptions { into: Into::Patient(patient), ..ImportOptions::new(source, "") };
    let parts = [Part { name: None, text: lines.join("\n") }];
    let understood = import::understand(&parts, None).map_err(failed)?;
    // Who wrote it, and where they work, stand beside it and are no entries.
    let is_entry = |of_type: &str| !matches!(of_type, "Practitioner" | "Organization");
    let named = understood.named().filter(|(of_type, _)| is_entry(of_type));
    let items = named.map(|(of_type, id)| item_id(source_id(&options.source), patient, of_type, id)).collect();
    let brought = import::bring(record.connection(), &parts, understood, &options, |_| {}).await.map_err(failed)?;
    work_in(record, "").await?;
    Ok((brought.at, items))
}

fn failed(error: import::Error) -> Error {
    match error {
        import::Error::Database(error) => import::twins::refused(error),
        error => Error::internal(error),
    }
}

async fn hide(record: &mut Record, items: &[ItemId], is_private: bool) -> Result<(), Error> {
    let (patient, items): (_, Vec<Uuid>) = (record.whose().patient, items.iter().map(|item| item.0).collect());
    sqlx::query!(
        "update item set is_private = $3 where patient_id = $1 and item_id = any($2) and is_private <> $3",
        patient.0,
        &items,
        is_private
    )
    .execute(record.connection())
    .await?;
    Ok(())
}

/// Writes the event, which says where and how much, and not what was written.
async fn finish(mut record: Record, action: &str, of: Category, items: &[ItemId], at: OffsetDateTime) -> Result<(), Error> {
    let mut shown = Shown::default();
    items.iter().for_each(|item| shown.add(*item, of));
    let patient = record.whose().patient;
    notices::send(record.connection(), Notice::of_holder(patient)).await?;
    record.finish_bringing(shown.what(action, "added"), at).await
}
