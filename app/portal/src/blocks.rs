//! Whom a patient has blocked. They get nothing of the record: no share, no code, nothing in an emergency, in whatever account
//! they sign in. They are told nothing.

use chartkey_domain::{
    account::Visitor,
    id::{AccountId, GrantId, OrganizationId},
    policy::Whom,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::{Shown, What},
    fresh, notices,
    notices::Notice,
    pool::detached,
    record::Record,
    sharing::{end_passed_on, hold},
    whom::{called, columns},
};

/// Somebody who gets nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// A clinician, or everybody at an organization.
    pub whom: Whom,
    /// The clinician.
    pub name: Option<String>,
    /// The clinician's, as the organization's sign-in names it.
    pub profession: Option<String>,
    /// Where.
    pub organization: String,
    /// Since when.
    pub since: OffsetDateTime,
}

impl Portal {
    /// Whom the visitor has blocked, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no record.
    pub async fn blocked(&self, visitor: &Visitor) -> Result<Opened<Vec<Blocked>>, Error> {
        let mut record = self.open_own(visitor).await?;
        let rows = sqlx::query!(
            r#"select b.account_id, b.organization_id, a.display_name as "name?", c.profession as "profession?", o.name as organization,
                b.created_at
            from block b
            left join clinician c on c.account_id = b.account_id
            left join account a on a.account_id = b.account_id
            join organization o on o.organization_id = coalesce(b.organization_id, c.organization_id)
            where b.patient_id = $1 order by b.created_at desc, b.block_id"#,
            record.whose().patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let blocked = rows.into_iter().filter_map(|row| {
            let account = row.account_id.map(|account| Whom::Account(AccountId(account)));
            let whom = account.or_else(|| row.organization_id.map(|organization| Whom::Organization(OrganizationId(organization))))?;
            Some(Blocked { whom, name: row.name, profession: row.profession, organization: row.organization, since: row.created_at })
        });
        let blocked = blocked.collect();
        record.close("blocked", Shown::default(), blocked).await
    }

    /// Blocks a clinician or an organization: whatever they are given reaches nothing from now on, and their open pages close.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is nobody like that, or the visitor has no record.
    pub async fn block(&self, visitor: &Visitor, whom: Whom) -> Result<(), Error> {
        self.turn(visitor, whom, true).await
    }

    /// Lets shares reach them again.
    ///
    /// # Errors
    /// As [`Self::block`], and [`Error::SignInAgain`]: what opens needs a fresh sign-in.
    pub async fn unblock(&self, visitor: &Visitor, whom: Whom) -> Result<(), Error> {
        self.turn(visitor, whom, false).await
    }

    async fn turn(&self, visitor: &Visitor, whom: Whom, is_blocked: bool) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            if !is_blocked {
                fresh::require(record.connection(), &visitor).await?;
            }
            let name = called(record.connection(), whom).await?.ok_or(Error::NotFound)?;
            let patient = record.whose().patient;
            let (account, organization) = columns(whom);
            let changed = if is_blocked {
                sqlx::query!(
                    "insert into block (patient_id, account_id, organization_id) values ($1, $2, $3) on conflict do nothing",
                    patient.0,
                    account,
                    organization
                )
            } else {
                sqlx::query!(
                    "delete from block where patient_id = $1
                        and account_id is not distinct from $2 and organization_id is not distinct from $3",
                    patient.0,
                    account,
                    organization
                )
            };
            // Doing it again changes nothing, and nothing is written.
            if changed.execute(record.connection()).await?.rows_affected() == 0 {
                return Ok(());
            }
            end_what_was_passed_on(&mut record, whom).await?;
            let of = |account: Option<AccountId>| Notice {
                patient: Some(patient),
                account,
                organization: organization.map(OrganizationId),
                is_holders: false,
            };
            let accounts = sqlx::query_scalar!(r#"select gate.accounts_of($1) as "accounts!: Vec<Option<Uuid>>""#, account)
                .fetch_one(record.connection())
                .await?;
            for account in accounts {
                notices::send(record.connection(), of(account.map(AccountId))).await?;
            }
            let action = if is_blocked { "blocked" } else { "unblocked" };
            record.finish(What { text: Some(name), ..Shown::default().what(action, "blocked") }).await?;
            Ok(())
        })
        .await
    }
}

/// What somebody has passed on, or was given so, ends when they are blocked, and when they no longer are: it neither rests on anybody
/// blocked nor opens by itself.
async fn end_what_was_passed_on(record: &mut Record, whom: Whom) -> Result<(), Error> {
    let (patient, (account, organization)) = (record.whose().patient, columns(whom));
    // Whoever is passing something on just now has done so by then, or finds the block.
    let passable = sqlx::query_scalar!(
        "select grant_id from access_grant where patient_id = $1 and may_delegate and state in ('active', 'paused') order by grant_id",
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    for grant in passable {
        hold(record.connection(), GrantId(grant)).await?;
    }
    let passed = sqlx::query_scalar!(
        "select grant_id from access_grant
        where patient_id = $1 and parent_grant_id is not null and state in ('active', 'paused') and ends_at > now()
            and (organization_id = $3 or made_by_account_id = any ((select gate.accounts_of($2))::uuid[])
                or grantee_account_id = any ((select gate.accounts_of($2))::uuid[])
                or (select true from clinician c where c.account_id = made_by_account_id and c.organization_id = $3))
        order by grant_id",
        patient.0,
        account,
        organization
    )
    .fetch_all(record.connection())
    .await?;
    for grant in passed {
        end_passed_on(record, GrantId(grant)).await?;
    }
    Ok(())
}
