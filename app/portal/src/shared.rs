//! A clinician's list of patients: who shares with them, in the patient's words.
//! Nothing of a record is on it but the name and the birth date.

use chartkey_domain::{
    account::{Actor, Visitor},
    grant::Purpose,
    id::{GrantId, PatientId},
};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
};

mod ended;
pub mod passing;
mod print;
mod unread;

pub(crate) use ended::once_shared;
pub(crate) use print::essentials;
pub use print::{MOST, PrintedSummaries, PrintedSummary};

/// A grant as its grantee sees it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedEntry {
    /// Which.
    pub grant: GrantId,
    /// The patient's name.
    pub name: String,
    /// The patient's birth date as the source gave it.
    pub birth_date: Option<String>,
    /// What the patient read and confirmed.
    pub sentence: String,
    /// What for.
    pub purpose: Purpose,
    /// Since when.
    pub starts_at: OffsetDateTime,
    /// The first moment at which it is over.
    pub ends_at: Option<OffsetDateTime>,
    /// Whether that is near.
    pub ends_soon: bool,
    /// Whether it is in force.
    pub is_open: bool,
    /// Whether something has come in since the visitor last looked that they may see through it.
    pub is_new: bool,
    /// Whether it reaches parts of the record, and not single things alone.
    pub has_parts: bool,
    /// Whether the visitor may pass part of it on to a colleague.
    pub may_pass_on: bool,
}

impl SharedEntry {
    /// Whether it can be asked for again: nobody asks for an emergency, nor for single things, which the patient chose as they were.
    #[must_use]
    pub fn may_be_asked(&self) -> bool {
        self.purpose != Purpose::Emergency && self.has_parts
    }
}

/// What is shared with a clinician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedList {
    /// In force now, by name.
    pub open: Vec<SharedEntry>,
    /// Over within the last 90 days; how they ended is the patient's business.
    pub ended: Vec<SharedEntry>,
    /// The database's time.
    pub now: OffsetDateTime,
}

struct Row {
    entry: SharedEntry,
    patient: PatientId,
    /// When it was over, whatever ended it; it is told to nobody.
    over_at: Option<OffsetDateTime>,
}

/// Of whom the list is to be.
#[derive(Debug, Clone, Copy)]
enum Of {
    Everybody,
    Grant(GrantId),
    Patient(PatientId),
}

impl Portal {
    /// The grants that name this clinician, or their profession at their organization.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody who is no clinician.
    pub async fn shared_list(&self, visitor: &Visitor) -> Result<SharedList, Error> {
        let (rows, now) = self.entries(visitor, "shared", Of::Everybody).await?;
        let (open, ended): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.entry.is_open);
        let entries = |rows: Vec<Row>| rows.into_iter().map(|row| row.entry).collect();
        Ok(SharedList { open: entries(open), ended: entries(ended), now })
    }

    /// The record and the purpose that picking this grant declares.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not in force for the visitor.
    pub async fn pick_grant(&self, visitor: &Visitor, grant: GrantId) -> Result<(PatientId, Purpose), Error> {
        let (rows, _) = self.entries(visitor, "shared-picked", Of::Grant(grant)).await?;
        rows.into_iter().find(|row| row.entry.is_open).map(|row| (row.patient, row.entry.purpose)).ok_or(Error::NotFound)
    }

    async fn entries(&self, visitor: &Visitor, page: &str, of: Of) -> Result<(Vec<Row>, OffsetDateTime), Error> {
        let (mut transaction, now) = self.enter(visitor).await?;
        let rows = rows(&mut transaction, visitor, of).await?;
        note(&mut transaction, visitor, now, page, rows.len(), of).await?;
        transaction.commit().await?;
        Ok((rows, now))
    }
}

/// The grants of a clinician, in a transaction that knows who they are; from here on it is for this list.
async fn rows(connection: &mut PgConnection, visitor: &Visitor, of: Of) -> Result<Vec<Row>, Error> {
    let Actor::Clinician { account, organization, profession } = &visitor.actor else { return Err(Error::NotFound) };
    sqlx::query!("select set_config('chartkey.task', 'shared', true)").fetch_one(&mut *connection).await?;
    let (grant, patient) = match of {
        Of::Everybody => (None, None),
        Of::Grant(grant) => (Some(grant.0), None),
        Of::Patient(patient) => (None, Some(patient.0)),
    };
    let rows = sqlx::query!(
            r#"select g.grant_id, g.patient_id, p.full_name, p.birth_date, g.sentence, g.purpose, g.starts_at, gate.ends(g) as ends_at, g.categories <> 0 as "has_parts!",
                g.may_delegate and g.grantee_account_id = $1 and g.made_by_account_id is null and g.categories <> 0
                    and not gate.is_independent($2) as "may_pass_on!",
                least(g.ended_at, gate.ends(g)) as over_at, gate.ends_soon(g.starts_at, gate.ends(g)) as "ends_soon!",
                (select true from grant_news n join viewer_mark m on m.patient_id = n.patient_id and m.account_id = n.account_id
                    where n.patient_id = g.patient_id and n.grant_id = g.grant_id and n.account_id = $1 and n.seq > m.seen_seq) is not null as "is_new!",
                g.state = 'active' and g.starts_at <= now() and coalesce(now() < gate.ends(g), true) as "open!"
            from access_grant g
            join patient p on p.patient_id = g.patient_id
            where (g.grantee_account_id = $1 or g.grantee_account_id is null) and g.organization_id = $2
                and (g.professions is null or $4 = any (g.professions))
                and ($3::uuid is null or g.grant_id = $3) and ($5::uuid is null or g.patient_id = $5)
                -- What another version has taken the place of has not ended.
                and (g.state <> 'replaced' or g.purpose = 'emergency')
                -- What is paused or has not begun is nothing to them now, and not ended either.
                and (g.state = 'withdrawn' or g.ends_at <= now() or (g.state = 'active' and g.starts_at <= now()))
                and coalesce(least(g.ended_at, gate.ends(g)) > now() - interval '90 days', true)
                and not exists (select from block b where b.patient_id = g.patient_id
                    and (b.account_id = any ((select gate.accounts_of($1))::uuid[]) or b.organization_id = $2))
            order by p.full_name, g.patient_id, g.created_at desc
            limit 1000"#,
            account.0,
            organization.0,
            grant,
            profession,
            patient
        )
        .fetch_all(connection)
        .await?;
    let rows = rows
        .into_iter()
        .filter_map(|row| {
            Some(Row {
                entry: SharedEntry {
                    grant: GrantId(row.grant_id),
                    name: row.full_name,
                    birth_date: row.birth_date,
                    sentence: row.sentence,
                    purpose: Purpose::from_slug(&row.purpose)?,
                    starts_at: row.starts_at,
                    ends_at: row.ends_at,
                    ends_soon: row.ends_soon,
                    is_open: row.open,
                    is_new: row.open && row.is_new,
                    has_parts: row.has_parts,
                    may_pass_on: row.open && row.may_pass_on,
                },
                patient: PatientId(row.patient_id),
                over_at: row.over_at,
            })
        })
        .collect();
    Ok(rows)
}

/// The event of a look at the list, in the chain of whoever looks.
async fn note(connection: &mut PgConnection, visitor: &Visitor, at: OffsetDateTime, page: &str, rows: usize, of: Of) -> Result<(), Error> {
    let grant = if let Of::Grant(grant) = of { Some(grant) } else { None };
    let what = What {
        action: "read".to_owned(),
        page: Some(page.to_owned()),
        items: u32::try_from(rows).unwrap_or(u32::MAX),
        grant,
        ..What::default()
    };
    let event = Event { at, who: visitor.into(), what, why: Why::Own };
    audit::append(connection, Chain::Account(visitor.actor.account()), &event).await
}
