//! The door to a record.
//!
//! [`Portal::open`] is the only way in: a transaction, what is in force, the
//! policy's answer, the same answer told to PostgreSQL, and a [`Record`] under
//! whose connection a query can return only what the answer allows. `close`
//! writes the access event and commits; a record that is dropped instead is
//! rolled back, and nothing that was read may be returned.

use chartkey_domain::{
    account::{Actor, Visitor},
    category::{Categories, Category},
    grant::Purpose,
    id::{GrantId, PatientId},
    item::{ItemFacts, PartFacts},
    policy::{Copying, Decision, Permission, decide},
    when::Interval,
};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, Shown, UsedGrant, What, Why},
    import,
    sources::work_in,
    tally::count,
};

mod in_force;
mod preview;
#[cfg(test)]
mod tests;
mod unread;
use preview::Subject;

pub(crate) use in_force::{Loaded, facts, grantee, on_clock};
pub use preview::{Eyes, Preview, PreviewedPart, Stage};
pub(crate) use unread::Reader;

/// What a page shows, and whose it is.
#[derive(Debug, Clone)]
pub struct Opened<T> {
    /// Whose record.
    pub whose: Whose,
    /// What was read from it.
    pub view: T,
}

/// Whose record is open, and to whom.
#[derive(Debug, Clone)]
pub struct Whose {
    /// The patient.
    pub patient: PatientId,
    /// Their name.
    pub name: String,
    /// Their birth date as the source gave it: a year, a month or a day.
    pub birth_date: Option<String>,
    /// As the source gave it.
    pub sex: Option<String>,
    /// The reader.
    pub viewer: Viewer,
    /// Whether the patient has it said that something is kept from this reader which bears on what they prescribe.
    pub asks_first: bool,
    /// When it was reported that they have died: nothing is changed since then.
    pub death_reported_at: Option<OffsetDateTime>,
    /// Set where the patient looks with the eyes of this reader.
    pub preview: Option<Preview>,
}

/// Who is reading.
#[derive(Debug, Clone)]
pub enum Viewer {
    /// The patient.
    Own,
    /// Somebody else, through grants.
    Shared {
        /// The grants in force, for the sentence on the page.
        grants: Vec<SharedGrant>,
        /// The categories of which anything could be shown.
        categories: Categories,
        /// The categories into which they may write.
        writes: Categories,
        /// The earliest end of a grant, if one has an end.
        closes_at: Option<OffsetDateTime>,
        /// What the page rests on, as [`Standing::Open`] says it: while an open page's
        /// mark is still the door's answer, the page may stay open.
        mark: String,
    },
}

/// Whether an open page may stay open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The record is open to the visitor, on the grants that the mark stands for.
    Open {
        /// Compared with the mark of the page.
        mark: String,
        /// The earliest end of a grant, if one has an end.
        closes_at: Option<OffsetDateTime>,
    },
    /// It is not.
    Closed,
}

/// A grant as its grantee sees it.
#[derive(Debug, Clone)]
pub struct SharedGrant {
    /// Which.
    pub id: GrantId,
    /// What the patient read and confirmed.
    pub sentence: String,
    /// Until when.
    pub ends_at: Option<OffsetDateTime>,
    /// The reason, where it is of an emergency.
    pub emergency: Option<String>,
}

impl Viewer {
    /// Somebody who reads through the grants of a permission.
    fn through(loaded: &Loaded, permission: &Permission, actor: &Actor, now: OffsetDateTime) -> Self {
        Self::Shared {
            writes: permission.writes,
            grants: loaded.shared(permission),
            categories: permission.categories,
            closes_at: loaded.closes_at(permission, now),
            mark: mark(permission, loaded, actor),
        }
    }
}

impl Whose {
    /// Whether the reader is the patient.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self.viewer, Viewer::Own)
    }

    /// Whether a clinician may write into the category.
    #[must_use]
    pub const fn may_write(&self, category: Category) -> bool {
        match &self.viewer {
            Viewer::Shared { writes, .. } if self.death_reported_at.is_none() => writes.contains(category),
            Viewer::Own | Viewer::Shared { .. } => false,
        }
    }

    /// Whether anything of the category could be shown to the reader.
    #[must_use]
    pub const fn may_show(&self, category: Category) -> bool {
        match &self.viewer {
            Viewer::Own => true,
            Viewer::Shared { categories, .. } => categories.contains(category),
        }
    }
}

/// An open record: a transaction in which row security shows what was decided.
pub(crate) struct Record {
    transaction: Transaction<'static, Postgres>,
    visitor: Visitor,
    purpose: Option<Purpose>,
    whose: Whose,
    /// What was decided; none for the patient.
    permission: Option<Box<Permission>>,
    now: OffsetDateTime,
}

impl Record {
    /// The connection under the decision.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Whose record.
    pub(crate) const fn whose(&self) -> &Whose {
        &self.whose
    }

    /// Whether the reader is the patient.
    pub(crate) const fn is_own(&self) -> bool {
        self.whose.is_own()
    }

    /// Whether a part of an item that is shown is shown with it, by the decision that PostgreSQL was told.
    pub(crate) fn shows_part(&self, item: &ItemFacts, part: &PartFacts) -> bool {
        self.permission.as_ref().is_none_or(|permission| permission.covers_part(item, part))
    }

    /// Whether an item, or a part of it that is shown with it, may leave as a copy.
    pub(crate) fn may_copy(&self, item: &ItemFacts, part: Option<&PartFacts>) -> bool {
        let copies = |permission: &Permission| {
            let covers = |by: &Permission| part.map_or_else(|| by.covers(item), |part| by.covers_part(item, part));
            permission.copies().is_some_and(covers)
        };
        self.permission.as_deref().is_none_or(copies)
    }

    /// Whether all that is shown may leave as a copy.
    pub(crate) fn copies_everything(&self) -> bool {
        self.permission.as_ref().is_none_or(|permission| permission.copying == Copying::Everything)
    }

    /// Whether something that happened at this time may be written into the category.
    pub(crate) fn may_write(&self, category: Category, when: Interval) -> bool {
        self.permission.as_ref().is_some_and(|permission| permission.may_write(category, when, self.now))
    }

    /// Whether the door would open this record to this reader now, as it has: what was withdrawn since is not.
    pub(crate) async fn still_stands(&mut self) -> Result<bool, Error> {
        let Viewer::Shared { mark: stood, .. } = &self.whose.viewer else { return Ok(true) };
        let loaded = Loaded::load(&mut self.transaction, self.whose.patient).await?;
        // What was asked of single items is asked no more.
        let at = sqlx::query_scalar!(r#"select clock_timestamp() as "at!" from set_config('chartkey.asked', '', true)"#)
            .fetch_one(&mut *self.transaction)
            .await?;
        let decision = decide(&self.visitor.actor, self.purpose, &loaded.in_force, at);
        Ok(matches!(decision, Decision::Shared(permission) if mark(&permission, &loaded, &self.visitor.actor) == *stood))
    }

    /// Ends it as if nothing had been done.
    pub(crate) async fn undo<T>(self, error: Error) -> Result<T, Error> {
        self.transaction.rollback().await?;
        Err(error)
    }

    /// The database's time at the start of the transaction.
    pub(crate) const fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// Who is reading.
    pub(crate) const fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// Whether the patient looks with the eyes of somebody else.
    pub(crate) const fn is_preview(&self) -> bool {
        self.whose.preview.is_some()
    }

    /// Ends a read: writes its event, commits, and hands out what was read. The event of a preview is in the
    /// transaction since it was opened.
    pub(crate) async fn close<T>(self, page: &str, shown: Shown, view: T) -> Result<Opened<T>, Error> {
        if self.is_preview() {
            self.transaction.commit().await?;
            return Ok(Opened { whose: self.whose, view });
        }
        let whose = self.finish(shown.what("read", page)).await?;
        Ok(Opened { whose, view })
    }

    /// Ends a look at something that is not there, or not for this reader: the two are
    /// written alike, and answered alike.
    pub(crate) async fn refuse<T>(self) -> Result<T, Error> {
        if self.is_own() || self.is_preview() {
            return Err(Error::NotFound);
        }
        let Self { transaction, visitor, whose, now, .. } = self;
        refuse(transaction, &visitor, whose.patient, now).await
    }

    /// Ends a change or an export in the same way.
    pub(crate) async fn finish(mut self, what: What) -> Result<Whose, Error> {
        self.append(what).await?;
        self.transaction.commit().await?;
        Ok(self.whose)
    }

    /// Ends a change that brought something in, at this moment: it is new to whoever reads the record next.
    pub(crate) async fn finish_bringing(mut self, what: What, at: OffsetDateTime) -> Result<(), Error> {
        self.append(what).await?;
        work_in(&mut self, "import").await?;
        import::arrived(&mut self.transaction, self.whose.patient, at).await?;
        self.transaction.commit().await?;
        Ok(())
    }

    async fn append(&mut self, what: What) -> Result<(), Error> {
        // Whoever only looks with somebody's eyes changes nothing and takes nothing along.
        if self.is_preview() {
            return Err(Error::NotFound);
        }
        let why = match &self.whose.viewer {
            Viewer::Own => Why::Own,
            Viewer::Shared { grants, .. } => Why::Grant {
                purpose: self.purpose,
                grants: grants.iter().map(|grant| UsedGrant { id: grant.id, sentence: grant.sentence.clone() }).collect(),
                emergency: grants.iter().find_map(|grant| grant.emergency.clone()),
            },
        };
        let event = Event { at: self.now, who: (&self.visitor).into(), what, why };
        audit::append(&mut self.transaction, Chain::Patient(self.whose.patient), &event).await
    }
}

/// What the gate says first.
struct Entered {
    own: bool,
    at: OffsetDateTime,
    full_name: Option<String>,
    birth_date: Option<String>,
    sex: Option<String>,
    death_reported_at: Option<OffsetDateTime>,
}

impl Portal {
    /// Begins the transaction of a record: who asks, for whom, and whether it is their own.
    async fn step_in(&self, visitor: &Visitor, patient: PatientId) -> Result<(Transaction<'static, Postgres>, Entered), Error> {
        let mut transaction = self.pool.begin().await?;
        let entered = sqlx::query_as!(
            Entered,
            r#"select own as "own!", at as "at!", full_name, birth_date, sex, reported_at as death_reported_at
            from gate.enter($1, $2) e
            -- For whoever holds it; a reader learns of it with what is in force.
            left join lateral (select d.reported_at from death_report d where e.own and d.patient_id = $2) d on true"#,
            visitor.actor.account().0,
            patient.0
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok((transaction, entered))
    }

    /// Opens a record for a visitor, for the purpose they declared. A refusal is
    /// written to the system chain; absent and refused are the same `NotFound`.
    pub(crate) async fn open(&self, visitor: &Visitor, patient: PatientId) -> Result<Record, Error> {
        let (mut transaction, entered) = self.step_in(visitor, patient).await?;
        let now = entered.at;
        if let Some(preview) = self.preview {
            if !entered.own {
                return refuse(transaction, visitor, patient, now).await;
            }
            return Subject::of(&mut transaction, visitor, patient, preview, now).await?.open(transaction, visitor, patient, now).await;
        }
        let purpose = visitor.purposes.get(&patient).copied();
        let loaded = if entered.own { Loaded::own() } else { Loaded::load(&mut transaction, patient).await? };
        let (head, viewer, permission) = match decide(&visitor.actor, purpose, &loaded.in_force, now) {
            Decision::Refused => {
                count(&self.counters.records_refused);
                return refuse(transaction, visitor, patient, now).await;
            }
            Decision::Own => {
                let Entered { full_name, birth_date, sex, death_reported_at, .. } = entered;
                (Head { full_name, birth_date, sex, asks_first: Some(false), death_reported_at }, Viewer::Own, None)
            }
            Decision::Shared(permission) => {
                let head = tell(&mut transaction, &loaded, &permission, crate::LABEL_TABLE_VERSION).await?;
                (head, Viewer::through(&loaded, &permission, &visitor.actor, now), Some(permission))
            }
        };
        let whose = head.of(patient, viewer, None);
        Ok(Record { transaction, visitor: visitor.clone(), purpose, whose, permission, now })
    }
}

impl Portal {
    /// Whether what a page rests on still holds: the door's answer at this moment,
    /// without anything of the record. It writes no event, because nothing is shown.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn standing(&self, visitor: &Visitor, patient: PatientId) -> Result<Standing, Error> {
        let mut transaction = self.pool.begin().await?;
        let entered = sqlx::query!(r#"select own as "own!", at as "at!" from gate.enter($1, $2)"#, visitor.actor.account().0, patient.0)
            .fetch_one(&mut *transaction)
            .await?;
        let loaded = if entered.own { Loaded::own() } else { Loaded::load(&mut transaction, patient).await? };
        transaction.rollback().await?;
        let purpose = visitor.purposes.get(&patient).copied();
        Ok(match decide(&visitor.actor, purpose, &loaded.in_force, entered.at) {
            Decision::Refused => Standing::Closed,
            Decision::Own => Standing::Open { mark: OWN_MARK.to_owned(), closes_at: None },
            Decision::Shared(permission) => {
                Standing::Open { mark: mark(&permission, &loaded, &visitor.actor), closes_at: loaded.closes_at(&permission, entered.at) }
            }
        })
    }
}

/// The mark of a page of one's own.
const OWN_MARK: &str = "own";

/// What a page rests on: its grants, which are never edited, when its reader was kept from something, and when something of their
/// categories was marked as sensitive again. Nothing of the items themselves: what becomes of one that is kept closes no page.
fn mark(permission: &Permission, loaded: &Loaded, actor: &Actor) -> String {
    let mut hash = Sha256::new();
    permission.grants.iter().for_each(|grant| hash.update(grant.0.as_bytes()));
    hash.update([0]);
    loaded.kept_from(permission, actor).iter().for_each(|at| hash.update(at.unix_timestamp_nanos().to_be_bytes()));
    loaded.marked_in(permission).for_each(|at| hash.update(at.as_bytes()));
    audit::hex(&hash.finalize()).chars().take(16).collect()
}

/// What every reader sees of a record.
struct Head {
    full_name: Option<String>,
    birth_date: Option<String>,
    sex: Option<String>,
    asks_first: Option<bool>,
    death_reported_at: Option<OffsetDateTime>,
}

impl Head {
    fn of(self, patient: PatientId, viewer: Viewer, preview: Option<Preview>) -> Whose {
        let Self { full_name, birth_date, sex, asks_first, death_reported_at } = self;
        let (name, asks_first) = (full_name.unwrap_or_default(), asks_first.unwrap_or_default());
        Whose { patient, name, birth_date, sex, viewer, asks_first, death_reported_at, preview }
    }
}

/// Tells PostgreSQL the answer to what was loaded.
async fn tell(connection: &mut PgConnection, loaded: &Loaded, permission: &Permission, label_table: i16) -> Result<Head, Error> {
    let table = &permission.table;
    let cells: Vec<i64> = table.cells.iter().map(|cell| cell.cast_signed()).collect();
    let singled: Vec<_> = permission.singled.iter().map(|item| item.0).collect();
    let named: Vec<_> = permission.named.iter().map(|named| named.item.0).collect();
    let versions: Vec<_> = permission.named.iter().map(|named| named.version).collect();
    let named_labels: Vec<_> = permission.named.iter().map(|named| named.labels.cast_signed()).collect();
    let size = |length: usize| i32::try_from(length).map_err(Error::internal);
    let head = sqlx::query_as!(
        Head,
        "select full_name, birth_date, sex, asks_first, $11::timestamptz as death_reported_at
        from gate.decide($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &cells,
        &table.breaks,
        size(table.side())?,
        &table.added_breaks,
        size(table.depth())?,
        &singled,
        &named,
        &versions,
        label_table,
        &named_labels,
        loaded.death_reported_at
    )
    .fetch_one(connection)
    .await?;
    Ok(head)
}

/// Writes the refusal, with the same work whether or not the patient exists.
async fn refuse<T>(
    mut transaction: Transaction<'static, Postgres>,
    visitor: &Visitor,
    patient: PatientId,
    now: OffsetDateTime,
) -> Result<T, Error> {
    let what = What { action: "read".to_owned(), patient: Some(patient), ..What::default() };
    let event = Event { at: now, who: visitor.into(), what, why: Why::Refused };
    audit::append(&mut transaction, Chain::System, &event).await?;
    transaction.commit().await?;
    Err(Error::NotFound)
}
