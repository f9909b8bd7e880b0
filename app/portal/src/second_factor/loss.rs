//! Losing the second factor without a recovery code: whoever has the password may say
//! so, and waits. Meanwhile its holder is told each day, and ends it with one link.

use chartkey_domain::{account::Visitor, id::AccountId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::person;
use crate::{
    Error, Portal,
    audit::{self, Who},
    letters::{self, LetterSubject},
    pool::detached,
    secrets::digest,
};

/// A second factor that somebody says is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Since when.
    pub begun_at: OffsetDateTime,
    /// When a right password opens the account without it.
    pub ready_at: OffsetDateTime,
}

/// The link of a message works as long as the loss can last.
const LINK_HOURS: i32 = 72 + 14 * 24;

impl Portal {
    /// Begins the wait, for whoever has proven the password in this browser. One that
    /// runs goes on. Returns when it is over.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the half sign-in has ended.
    pub async fn begin_loss(&self, half: &str) -> Result<OffsetDateTime, Error> {
        let (portal, half) = (self.clone(), digest(half));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let whose = sqlx::query!(
                "select a.account_id, a.display_name from half_sign_in h join account a on a.account_id = h.account_id
                where h.half_hash = $1 and h.ends_at > now() and a.sessions_valid_after <= h.proven_at
                for share of a",
                half
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound)?;
            let account = whose.account_id;
            let begun = sqlx::query!(
                "insert into factor_loss (account_id) select account_id from second_factor where account_id = $1 and confirmed_at is not null
                on conflict (account_id) do update
                    set begun_at = now(), ready_at = excluded.ready_at, ends_at = excluded.ends_at, told_at = now()
                    where factor_loss.ends_at <= now()",
                account
            )
            .execute(&mut *transaction)
            .await?;
            let ready_at = sqlx::query_scalar!("select ready_at from factor_loss where account_id = $1", account)
                .fetch_optional(&mut *transaction)
                .await?
                .ok_or(Error::NotFound)?;
            if begun.rows_affected() == 1 {
                portal.tell_with_link(&mut transaction, account, LetterSubject::FactorLost, "keep-factor", LINK_HOURS).await?;
                let who = Who::account(AccountId(account), &whose.display_name);
                audit::append_to_account(&mut transaction, who, AccountId(account), "second-factor-lost").await?;
            }
            transaction.commit().await?;
            Ok(ready_at)
        })
        .await
    }

    /// Keeps the second factor, by the link of a message. Asking twice has one effect.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is none, or has ended.
    pub async fn keep_factor_by_link(&self, token: &str) -> Result<(), Error> {
        let (portal, token) = (self.clone(), digest(token));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let whose = sqlx::query!(
                "select a.account_id, a.display_name from mail_token m join account a on a.account_id = m.account_id
                where m.token_hash = $1 and m.purpose = 'keep-factor' and m.ends_at > now()",
                token
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound)?;
            let who = Who::account(AccountId(whose.account_id), &whose.display_name);
            end(&mut transaction, &who, whose.account_id).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Keeps the second factor, from wherever its holder is signed in.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician.
    pub async fn keep_factor(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, account, who) = (self.clone(), person(visitor)?, Who::from(visitor));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            end(&mut transaction, &who, account).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Tells again, once a day, those whose second factor is said to be lost. Returns how
    /// many were told.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_losses(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let due = sqlx::query_scalar!(
                "update factor_loss set told_at = now() where told_at <= now() - interval '1 day' and ends_at > now() returning account_id"
            )
            .fetch_all(&mut *transaction)
            .await?;
            for account in &due {
                portal.tell_with_link(&mut transaction, *account, LetterSubject::FactorLost, "keep-factor", LINK_HOURS).await?;
            }
            transaction.commit().await?;
            Ok(due.len())
        })
        .await
    }
}

/// Ends a loss, if there is one: the second factor stays.
pub(super) async fn end(connection: &mut PgConnection, who: &Who, account: Uuid) -> Result<(), Error> {
    let ended = sqlx::query!("delete from factor_loss where account_id = $1", account).execute(&mut *connection).await?;
    if ended.rows_affected() == 1 {
        audit::append_to_account(connection, who.clone(), account.into(), "second-factor-kept").await?;
    }
    Ok(())
}

/// Removes the second factor where the wait is over, and says whether it did.
pub(super) async fn settle(connection: &mut PgConnection, who: &Who, account: Uuid) -> Result<bool, Error> {
    // The loss first: whoever keeps the second factor at this moment is before this, or after it.
    let over = sqlx::query!("delete from factor_loss where account_id = $1 and ready_at <= now() and ends_at > now()", account)
        .execute(&mut *connection)
        .await?;
    if over.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("delete from second_factor where account_id = $1", account).execute(&mut *connection).await?;
    letters::tell(connection, account, LetterSubject::FactorOff).await?;
    audit::append_to_account(connection, who.clone(), account.into(), "second-factor-removed").await?;
    Ok(true)
}
