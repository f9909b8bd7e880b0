//! Signing in again in a session that is alive, for what needs a fresh proof.

use chartkey_domain::account::{Actor, Visitor};

use super::{Origin, SignedIn, Tried, is_still_right};
use crate::{
    Error, Portal,
    audit::{self, Who},
    pool::detached,
    second_factor,
};

impl Portal {
    /// Proves the visitor's password again, and the code where they have a second factor.
    /// The session goes on under the answer, with another id.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the password is wrong or the session is over,
    /// [`Error::Invalid`] `wrong-code`, [`Error::TooManyTries`]; for a clinician
    /// [`Error::NotFound`]: they prove themselves at their organization.
    pub async fn sign_in_again(
        &self,
        visitor: &Visitor,
        password: String,
        code: &str,
        origin: impl Into<Origin>,
    ) -> Result<SignedIn, Error> {
        let (portal, visitor, code, origin) = (self.clone(), visitor.clone(), code.to_owned(), origin.into());
        detached(async move { portal.try_again(&visitor, password, &code, &origin).await }).await
    }

    async fn try_again(&self, visitor: &Visitor, password: String, code: &str, origin: &Origin) -> Result<SignedIn, Error> {
        let Actor::Person { account } = visitor.actor else { return Err(Error::NotFound) };
        let subjects = self.subjects("again", &account.to_string(), Some(account.0), origin).await?;
        if !self.count(&subjects).await? {
            return Err(Error::TooManyTries);
        }
        let row = sqlx::query!(
            r#"select display_name, password_hash, clock_timestamp() as "at!" from account where account_id = $1 and kind = 'person'"#,
            account.0
        )
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::NotFound)?;
        let tried = Tried { account, name: row.display_name, hash: row.password_hash, at: row.at };
        let right = self.right_password(&tried, password).await?;
        let who = Who::from(visitor);
        let mut transaction = self.pool.begin().await?;
        let is_right = is_still_right(&mut transaction, account.0, right).await?;
        let is_alive = sqlx::query_scalar!(
            r#"select sessions_valid_after <= $2 as "alive!" from account where account_id = $1"#,
            account.0,
            visitor.signed_in_at
        )
        .fetch_one(&mut *transaction)
        .await?;
        if !is_right || !is_alive {
            audit::append_to_account(&mut transaction, who, account, "sign-in-failed").await?;
            transaction.commit().await?;
            return Err(Error::NotFound);
        }
        let signed_in = if second_factor::is_asked(&mut transaction, &who, account.0).await? {
            let Some(taken) = self.take_code(&mut transaction, account.0, code).await? else {
                audit::append_to_account(&mut transaction, who, account, "code-failed").await?;
                transaction.commit().await?;
                return Err(Error::Invalid("wrong-code"));
            };
            second_factor::code_was_right(&mut transaction, &who, account.0, taken).await?;
            SignedIn::with_code(account, tried.name, tried.at)
        } else {
            SignedIn::person(account, tried.name, tried.at)
        };
        subjects.forgive(&mut transaction).await?;
        audit::append_to_account(&mut transaction, signed_in.who(), account, "signed-in-again").await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}
