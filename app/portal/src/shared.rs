//! A clinician's list of patients: who shares with them, in the patient's words.
//! Nothing of a record is on it but the name and the birth date.

use chartkey_domain::{
    account::{Actor, Visitor},
    grant::Purpose,
    id::{GrantId, PatientId},
};
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
};

mod print;

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
    open: bool,
}

impl Portal {
    /// The grants that name this clinician, or their profession at their organization.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody who is no clinician.
    pub async fn shared_list(&self, visitor: &Visitor) -> Result<SharedList, Error> {
        let (rows, now) = self.entries(visitor, "shared", None).await?;
        let (open, ended): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.open);
        let entries = |rows: Vec<Row>| rows.into_iter().map(|row| row.entry).collect();
        Ok(SharedList { open: entries(open), ended: entries(ended), now })
    }

    /// The record and the purpose that picking this grant declares.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not in force for the visitor.
    pub async fn pick_grant(&self, visitor: &Visitor, grant: GrantId) -> Result<(PatientId, Purpose), Error> {
        let (rows, _) = self.entries(visitor, "shared-picked", Some(grant)).await?;
        rows.into_iter().find(|row| row.open).map(|row| (row.patient, row.entry.purpose)).ok_or(Error::NotFound)
    }

    async fn entries(&self, visitor: &Visitor, page: &str, only: Option<GrantId>) -> Result<(Vec<Row>, OffsetDateTime), Error> {
        let Actor::Clinician { account, organization, profession } = &visitor.actor else { return Err(Error::NotFound) };
        let (mut transaction, now) = self.enter(visitor).await?;
        sqlx::query!("select set_config('chartkey.task', 'shared', true)").fetch_one(&mut *transaction).await?;
        let rows = sqlx::query!(
            r#"select g.grant_id, g.patient_id, p.full_name, p.birth_date, g.sentence, g.purpose, g.starts_at, g.ends_at,
                g.state = 'active' and g.starts_at <= now() and (g.ends_at is null or now() < g.ends_at) as "open!"
            from access_grant g
            join patient p on p.patient_id = g.patient_id
            where (g.grantee_account_id = $1 or g.grantee_account_id is null) and g.organization_id = $2
                and (g.professions is null or $4 = any (g.professions))
                and ($3::uuid is null or g.grant_id = $3)
                -- What is paused or has not begun is nothing to them now, and not ended either.
                and (g.state = 'withdrawn' or g.ends_at <= now() or (g.state = 'active' and g.starts_at <= now()))
                and coalesce(least(g.ended_at, g.ends_at) > now() - interval '90 days', true)
                and not exists (select from block b where b.patient_id = g.patient_id
                    and (b.account_id = any ((select gate.accounts_of($1))::uuid[]) or b.organization_id = $2))
            order by p.full_name, g.patient_id, g.created_at desc
            limit 1000"#,
            account.0,
            organization.0,
            only.map(|only| only.0),
            profession
        )
        .fetch_all(&mut *transaction)
        .await?;
        let rows: Vec<_> = rows
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
                    },
                    patient: PatientId(row.patient_id),
                    open: row.open,
                })
            })
            .collect();
        let what = What {
            action: "read".to_owned(),
            page: Some(page.to_owned()),
            items: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            grant: only,
            ..What::default()
        };
        let event = Event { at: now, who: visitor.into(), what, why: Why::Own };
        audit::append(&mut transaction, Chain::Account(*account), &event).await?;
        transaction.commit().await?;
        Ok((rows, now))
    }
}
