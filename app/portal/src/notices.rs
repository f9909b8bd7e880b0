//! Telling open pages that what they rest on has changed.
//!
//! A notice carries identifiers only, and no verdict: whoever hears it asks the
//! door again ([`Portal::standing`]). PostgreSQL delivers it after the commit.

use chartkey_domain::id::{AccountId, OrganizationId, PatientId};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, postgres::PgListener};

use crate::{Error, Portal};

/// The channel on which notices travel.
const CHANNEL: &str = "chartkey_access";

/// What has changed, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Notice {
    /// The record; `None`: an account's sessions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub patient: Option<PatientId>,
    /// The account it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<AccountId>,
    /// Everybody at this organization.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub organization: Option<OrganizationId>,
    /// Whether it is for whoever holds the record alone: nothing that others read has changed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_holders: bool,
}

impl Notice {
    /// Something about the sessions of an account.
    #[must_use]
    pub fn of_account(account: AccountId) -> Self {
        Self { account: Some(account), ..Self::default() }
    }

    /// Something that only whoever holds a record is told.
    #[must_use]
    pub fn of_holder(patient: PatientId) -> Self {
        Self { patient: Some(patient), is_holders: true, ..Self::default() }
    }

    /// Whether it could matter to this reader of this record.
    #[must_use]
    pub fn concerns(&self, patient: PatientId, account: AccountId, organization: Option<OrganizationId>) -> bool {
        let record = self.patient.is_none_or(|changed| changed == patient);
        let reader = match (self.account, self.organization) {
            (Some(changed), _) => changed == account,
            (None, Some(changed)) => Some(changed) == organization,
            (None, None) => self.patient.is_some(),
        };
        record && reader && !self.is_holders
    }
}

/// Sends the notice with the commit of the transaction.
pub(crate) async fn send(connection: &mut PgConnection, notice: Notice) -> Result<(), Error> {
    let payload = serde_json::to_string(&notice).map_err(Error::internal)?;
    sqlx::query!(r#"select pg_notify($1, $2)::text as "sent""#, CHANNEL, payload).fetch_one(connection).await?;
    Ok(())
}

/// A connection that hears every notice.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Portal {
    /// Listens on a connection of its own, beside the pool's.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn listen(&self) -> Result<Listener, Error> {
        let alone = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(self.pool.connect_options().as_ref().clone());
        let mut listener = PgListener::connect_with(&alone.await?).await?;
        listener.listen(CHANNEL).await?;
        Ok(Listener(listener))
    }
}

impl Listener {
    /// Waits for the next notice. `None`: the connection was lost and has been made
    /// again, so notices may have been missed and everybody must ask afresh.
    ///
    /// # Errors
    /// [`Error::Database`] where the connection cannot be made again now.
    pub async fn next(&mut self) -> Result<Option<Notice>, Error> {
        loop {
            let Some(notification) = self.0.try_recv().await? else { return Ok(None) };
            match serde_json::from_str(notification.payload()) {
                Ok(notice) => return Ok(Some(notice)),
                Err(cause) => tracing::warn!(%cause, "a notice that cannot be read"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_notice_reaches_those_it_is_about() {
        let [one, two] = [1, 2].map(Uuid::from_u128);
        let concerns = |notice: Notice| notice.concerns(PatientId(one), AccountId(one), Some(OrganizationId(one)));
        let of = |patient: Option<Uuid>, account: Option<Uuid>, organization: Option<Uuid>| Notice {
            patient: patient.map(PatientId),
            account: account.map(AccountId),
            organization: organization.map(OrganizationId),
            is_holders: false,
        };
        assert!(concerns(of(Some(one), Some(one), None)));
        assert!(concerns(of(Some(one), None, Some(one))));
        assert!(concerns(of(Some(one), None, None)));
        assert!(concerns(of(None, Some(one), None)));
        assert!(!concerns(of(Some(two), Some(one), None)));
        assert!(!concerns(of(Some(one), Some(two), None)));
        assert!(!concerns(of(Some(one), None, Some(two))));
        assert!(!concerns(of(None, None, None)));
    }
}
