//! Step-up: what is costly in the wrong hands needs a sign-in of the last minutes.
//!
//! The check stands in the transaction of the change and holds the account until the
//! commit: "sign out everywhere" and a new password are either before it, and refuse
//! it, or wait for it.

use chartkey_domain::account::{Actor, Visitor};
use sqlx::PgConnection;

use crate::{Error, Portal, pool::detached, second_factor::person};

/// With what a person can prove themselves again, beside their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgainBy {
    /// The password is asked for a code.
    pub code: bool,
    /// They have a passkey that opens something.
    pub passkey: bool,
}

impl Portal {
    /// With what the visitor can prove themselves again.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician: they do that at their organization.
    pub async fn again_by(&self, visitor: &Visitor) -> Result<AgainBy, Error> {
        Ok(sqlx::query_as!(
            AgainBy,
            r#"select exists (select from second_factor where account_id = $1 and confirmed_at is not null) as "code!",
                exists (select from passkey where account_id = $1 and stopped_at is null) as "passkey!""#,
            person(visitor)?
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Whether the visitor has signed in freshly, for a page that shows what is then
    /// asked for, or a download.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] where they have not.
    pub async fn require_fresh(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            require(&mut transaction, &visitor).await?;
            transaction.rollback().await?;
            Ok(())
        })
        .await
    }

    /// The same as an answer, for a page that asks first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn is_fresh(&self, visitor: &Visitor) -> Result<bool, Error> {
        match self.require_fresh(visitor).await {
            Ok(()) => Ok(true),
            Err(Error::SignInAgain) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Refuses what a sign-in of more than five minutes ago, or of before all sessions were
/// ended, asks for. A clinician's counts only where their provider said that they proved
/// themselves for it: a session at the provider would vouch silently.
pub(crate) async fn require(connection: &mut PgConnection, visitor: &Visitor) -> Result<(), Error> {
    let proven = match visitor.actor {
        Actor::Person { .. } => Some(visitor.signed_in_at),
        Actor::Clinician { account, .. } => {
            sqlx::query_scalar!("select proven_at from clinician where account_id = $1", account.0).fetch_one(&mut *connection).await?
        }
    };
    let fresh = sqlx::query_scalar!(
        r#"select 1 as "fresh!" from account
        where account_id = $1 and sessions_valid_after <= $2 and $2 > now() - interval '5 minutes' and $2 = $3
        for share"#,
        visitor.actor.account().0,
        visitor.signed_in_at,
        proven
    )
    .fetch_optional(connection)
    .await?;
    fresh.map(drop).ok_or(Error::SignInAgain)
}
