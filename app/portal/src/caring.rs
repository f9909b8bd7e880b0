//! Whose records somebody may look at to help them: carers, who have an account of their own and are no clinicians.
//! Nothing of a record is on the list but the name and the birth date.

use chartkey_domain::{
    account::{Actor, Visitor},
    id::PatientId,
};
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
};

/// Somebody whom the visitor helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cared {
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
}

impl Portal {
    /// Whom the visitor may help, by name, with the time of the database.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician: theirs is [`Self::shared_list`].
    pub async fn cared_for(&self, visitor: &Visitor) -> Result<(Vec<Cared>, OffsetDateTime), Error> {
        let Actor::Person { account } = visitor.actor else { return Err(Error::NotFound) };
        let (mut transaction, now) = self.enter(visitor).await?;
        sqlx::query!("select set_config('chartkey.task', 'shared', true)").fetch_one(&mut *transaction).await?;
        let rows = sqlx::query!(
            r#"select g.patient_id, p.full_name, p.birth_date, g.sentence, g.starts_at, g.ends_at
            from access_grant g
            join patient p on p.patient_id = g.patient_id
            where g.grantee_account_id = $1 and g.organization_id is null
                and g.state = 'active' and g.starts_at <= now() and (g.ends_at is null or now() < g.ends_at)
                and not gate.is_blocked(g.patient_id, $1, null)
            order by p.full_name, g.patient_id limit 100"#,
            account.0
        )
        .fetch_all(&mut *transaction)
        .await?;
        let cared: Vec<_> = rows
            .into_iter()
            .map(|row| Cared {
                patient: PatientId(row.patient_id),
                name: row.full_name,
                birth_date: row.birth_date,
                sentence: row.sentence,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
            })
            .collect();
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
}
