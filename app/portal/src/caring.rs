//! Whose records somebody may look at to help them: carers, who have an account of their own and are no clinicians.
//! Nothing of a record is on the list but the name and the birth date.

use chartkey_domain::{
    account::{Actor, Visitor},
    grant::GrantState,
    id::{AccountId, GrantId, PatientId},
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    letters::{self, LetterSubject},
    pool::detached,
    sharing::give_back,
};

/// Somebody whom the visitor helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cared {
    /// What they were given for it.
    pub grant: GrantId,
    /// Their record.
    pub patient: PatientId,
    /// Their name.
    pub name: String,
    /// Their birth date as the source gave it.
    pub birth_date: Option<String>,
    /// What they read and confirmed.
    pub sentence: String,
    /// Since when.
    pub starts_at: OffsetDateTime,
    /// The first moment at which it is over.
    pub ends_at: Option<OffsetDateTime>,
    /// From when on they see nothing sensitive, where a birthday says so.
    pub labels_until: Option<OffsetDateTime>,
    /// Whether the visitor may share some of it in their place ([`Portal::pass_on`]).
    pub may_share: bool,
}

impl Portal {
    /// Whom the visitor may help, by name, with the time of the database.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician: theirs is [`Self::shared_list`].
    pub async fn cared_for(&self, visitor: &Visitor) -> Result<(Vec<Cared>, OffsetDateTime), Error> {
        let Actor::Person { account } = visitor.actor else { return Err(Error::NotFound) };
        let (mut transaction, now) = self.enter(visitor).await?;
        let cared = cared(&mut transaction, account, None).await?;
        let what = What {
            action: "read".to_owned(),
            page: Some("shared".to_owned()),
            items: u32::try_from(cared.len()).unwrap_or(u32::MAX),
            ..What::default()
        };
        let event = Event { at: now, who: visitor.into(), what, why: Why::Own };
        audit::append(&mut transaction, Chain::Account(account), &event).await?;
        transaction.commit().await?;
        Ok((cared, now))
    }

    /// The visitor stops helping: what they were given for it ends. The patient is told by a line in their log and a message. To stop again
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they were never given this, or it lets them see nothing now.
    pub async fn stop_helping(&self, visitor: &Visitor, grant: GrantId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (patient, _) = portal.given_to_help(&visitor, grant).await?.ok_or(Error::NotFound)?;
            let opened = portal.open(&visitor, patient).await;
            // Of a double click the second finds it ended.
            let has_stopped = matches!(&opened, Err(Error::NotFound))
                && portal.given_to_help(&visitor, grant).await?.is_some_and(|(_, state)| state == GrantState::Withdrawn);
            if has_stopped {
                return Ok(());
            }
            let mut record = opened?;
            if record.is_own() {
                return record.refuse().await;
            }
            sqlx::query!("select set_config('chartkey.task', 'give-back', true)").fetch_one(record.connection()).await?;
            let Some(what) = give_back(&mut record, grant).await? else { return Ok(()) };
            let holders = sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", patient.0)
                .fetch_all(record.connection())
                .await?;
            for holder in holders {
                letters::tell(record.connection(), holder, LetterSubject::News).await?;
            }
            record.finish(what).await?;
            Ok(())
        })
        .await
    }

    /// Whose record the visitor was given this grant of, as somebody who helps, and where it stands.
    async fn given_to_help(&self, visitor: &Visitor, grant: GrantId) -> Result<Option<(PatientId, GrantState)>, Error> {
        let Actor::Person { account } = visitor.actor else { return Ok(None) };
        let (mut transaction, _) = self.enter(visitor).await?;
        let given = sqlx::query!(
            "select patient_id, state from access_grant where grant_id = $1 and grantee_account_id = $2 and organization_id is null",
            grant.0,
            account.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        Ok(given.and_then(|given| Some((PatientId(given.patient_id), GrantState::from_slug(&given.state)?))))
    }
}

/// Whom an account may help, or the one of this grant, in a transaction that knows the account; from here on it is for this list.
pub(crate) async fn cared(connection: &mut PgConnection, account: AccountId, grant: Option<GrantId>) -> Result<Vec<Cared>, Error> {
    sqlx::query!("select set_config('chartkey.task', 'shared', true)").fetch_one(&mut *connection).await?;
    let rows = sqlx::query!(
        r#"select g.grant_id, g.patient_id, p.full_name, p.birth_date, g.sentence, g.starts_at, gate.ends(g) as ends_at,
            g.labels_until, g.may_delegate and g.categories <> 0 as "may_share!"
        from access_grant g
        join patient p on p.patient_id = g.patient_id
        where g.grantee_account_id = $1 and g.organization_id is null and ($2::uuid is null or g.grant_id = $2)
            and g.state = 'active' and g.starts_at <= now() and coalesce(now() < gate.ends(g), true) and gate.stands(g)
            and not gate.is_blocked(g.patient_id, $1, null)
        order by p.full_name, g.patient_id limit 100"#,
        account.0,
        grant.map(|grant| grant.0)
    )
    .fetch_all(connection)
    .await?;
    let cared = rows.into_iter().map(|row| Cared {
        grant: GrantId(row.grant_id),
        patient: PatientId(row.patient_id),
        name: row.full_name,
        birth_date: row.birth_date,
        sentence: row.sentence,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        labels_until: row.labels_until,
        may_share: row.may_share,
    });
    Ok(cared.collect())
}

/// The accounts of those who help a patient now.
pub(crate) async fn helpers(connection: &mut PgConnection, patient: PatientId) -> Result<Vec<Uuid>, Error> {
    let helpers = sqlx::query_scalar!(
        r#"select distinct grantee_account_id as "helper!" from access_grant
        where patient_id = $1 and organization_id is null and purpose <> 'incapacity' and state = 'active' and starts_at <= now()
            and coalesce(now() < gate.ends(access_grant), true) and not gate.is_blocked(patient_id, grantee_account_id, null)
        order by 1"#,
        patient.0
    )
    .fetch_all(connection)
    .await?;
    Ok(helpers)
}
