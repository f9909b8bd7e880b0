//! The second step of a sign-in: a right password waits in one browser for its code.

use chartkey_domain::id::AccountId;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Origin, SignedIn, note_sign_in};
use crate::{
    Error, Portal,
    audit::{self, Who},
    pool::detached,
    second_factor,
    secrets::{digest, random_token},
};

/// Begins the wait for a code. The answer is what the browser keeps.
pub(super) async fn begin(connection: &mut PgConnection, account: Uuid, proven_at: OffsetDateTime) -> Result<String, Error> {
    let token = random_token();
    sqlx::query!("insert into half_sign_in (half_hash, account_id, proven_at) values ($1, $2, $3)", digest(&token), account, proven_at)
        .execute(connection)
        .await?;
    Ok(token)
}

impl Portal {
    /// Ends a sign-in with a code of the app, or a recovery code. What the password
    /// proved is taken once, bears five wrong codes, and is worth nothing after the
    /// password was changed or all sessions were ended.
    ///
    /// # Errors
    /// [`Error::Invalid`] `wrong-code`, [`Error::NotFound`] where the half sign-in has
    /// ended, [`Error::TooManyTries`].
    pub async fn sign_in_with_code(&self, half: &str, code: &str, origin: impl Into<Origin>) -> Result<SignedIn, Error> {
        let (portal, half, code, origin) = (self.clone(), digest(half), code.to_owned(), origin.into());
        detached(async move { portal.try_code_of(&half, &code, &origin).await }).await
    }

    async fn try_code_of(&self, half: &[u8], code: &str, origin: &Origin) -> Result<SignedIn, Error> {
        let account = sqlx::query_scalar!("select account_id from half_sign_in where half_hash = $1 and ends_at > now()", half)
            .fetch_optional(&self.pool)
            .await?
            .ok_or(Error::NotFound)?;
        let subjects = self.subjects("code", &account.to_string(), Some(account), origin).await?;
        if !self.count(&subjects).await? {
            return Err(Error::TooManyTries);
        }
        let mut transaction = self.pool.begin().await?;
        // Both are held until the commit: a new password and "sign out everywhere" are
        // either before this, and end it, or after it, and end the session that begins.
        let found = sqlx::query!(
            r#"select a.display_name, clock_timestamp() as "at!" from half_sign_in h join account a on a.account_id = h.account_id
            where h.half_hash = $1 and h.tries_left > 0 and h.ends_at > now() and a.sessions_valid_after <= h.proven_at
            for update of h for share of a"#,
            half
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound)?;
        let who = Who::account(AccountId(account), &found.display_name);
        let Some(taken) = self.take_code(&mut transaction, account, code).await? else {
            sqlx::query!("update half_sign_in set tries_left = tries_left - 1 where half_hash = $1", half)
                .execute(&mut *transaction)
                .await?;
            audit::append_to_account(&mut transaction, who, AccountId(account), "code-failed").await?;
            transaction.commit().await?;
            return Err(Error::Invalid("wrong-code"));
        };
        sqlx::query!("delete from half_sign_in where half_hash = $1", half).execute(&mut *transaction).await?;
        subjects.forgive(&mut transaction).await?;
        second_factor::code_was_right(&mut transaction, &who, account, taken).await?;
        let signed_in = SignedIn::with_code(AccountId(account), found.display_name, found.at);
        note_sign_in(&mut transaction, &signed_in).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}
