//! Another password: with the link of a message, or signed in freshly.

use chartkey_domain::{
    account::{Actor, Visitor},
    id::AccountId,
};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    accounts::{DOUBLE_CLICK, Email, NewPassword},
    audit::{self, Who},
    fresh,
    letters::{self, Letter, LetterSubject},
    passwords::Verdict,
    pool::detached,
    secrets::digest,
    sessions,
    sign_in::SignedIn,
};

impl Portal {
    /// Begins choosing a new password; nothing comes back for an unknown address.
    /// The caller says the same whatever comes back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_new_password(&self, email: &Email) -> Result<Option<Letter>, Error> {
        // For an unknown address a token is stored all the same, and never sent: the
        // time of the answer says nothing.
        let stored = self.store_token(email).await?.filter(|(_, language)| language.is_some());
        let letter =
            |(token, language)| Letter { to: email.as_str().to_owned(), subject: LetterSubject::NewPassword, token, language, about: None };
        Ok(stored.map(letter))
    }

    /// Chooses a new password with the token of the message. Every session of the
    /// account ends, and so do its other links; one from an address that is no more the
    /// account's is none. The same form once more within a minute changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the token was used, is older than an hour, or never
    /// was.
    pub async fn choose_password(&self, token: &str, password: NewPassword) -> Result<(), Error> {
        let (portal, token) = (self.clone(), digest(token));
        detached(async move {
            match portal.choose_by_link(&token, password.0.clone()).await {
                Err(Error::NotFound) => portal.chosen_just_now(&token, password.0).await,
                chosen => chosen,
            }
        })
        .await
    }

    async fn choose_by_link(&self, token: &[u8], password: String) -> Result<(), Error> {
        self.is_live(token, "password").await?;
        let hash = self.passwords.hash(password).await?;
        let mut transaction = self.pool.begin().await?;
        // The account before its links, as everybody locks them.
        let account = sqlx::query_scalar!(
            r#"select a.account_id from account a
            where a.account_id = (select m.account_id from mail_token m where m.token_hash = $1 and m.purpose = 'password')
            for update"#,
            token
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound)?;
        sqlx::query!(
            "update mail_token m set used_at = now() from account a
            where m.token_hash = $1 and m.purpose = 'password' and m.used_at is null and m.ends_at > now()
                and a.account_id = m.account_id and a.email = m.email
            returning m.token_hash",
            token
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound)?;
        replace(&mut transaction, Who::account(AccountId(account), ""), AccountId(account), &hash).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The second click of a double one: the password was changed to this one with this
    /// token a moment ago.
    async fn chosen_just_now(&self, token: &[u8], password: String) -> Result<(), Error> {
        let stored = sqlx::query_scalar!(
            "select a.password_hash from mail_token m join account a on a.account_id = m.account_id
            where m.token_hash = $1 and m.purpose = 'password' and m.used_at > now() - make_interval(secs => $2)",
            token,
            DOUBLE_CLICK
        )
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::NotFound)?;
        if self.passwords.verify(password, stored).await? == Verdict::Wrong { Err(Error::NotFound) } else { Ok(()) }
    }

    /// Changes the visitor's password. Every session ends but the one that goes on under
    /// the answer.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::NotFound`] for a clinician.
    pub async fn change_password(&self, visitor: &Visitor, password: NewPassword) -> Result<SignedIn, Error> {
        let Actor::Person { account } = visitor.actor else { return Err(Error::NotFound) };
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            portal.require_fresh(&visitor).await?;
            let hash = portal.passwords.hash(password.0).await?;
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select account_id from account where account_id = $1 for update", account.0).fetch_one(&mut *transaction).await?;
            fresh::require(&mut transaction, &visitor).await?;
            let at = replace(&mut transaction, Who::from(&visitor), account, &hash).await?;
            transaction.commit().await?;
            let Visitor { actor, name, organization_name, signed_in_by, .. } = visitor;
            Ok(SignedIn { actor, name, organization_name, signed_in_by, at, provider_session: None })
        })
        .await
    }
}

/// Stores another password for an account that this transaction has locked, and ends what
/// rested on the one before. Returns the moment.
async fn replace(connection: &mut PgConnection, who: Who, account: AccountId, hash: &str) -> Result<OffsetDateTime, Error> {
    sqlx::query!("update account set password_hash = $2 where account_id = $1", account.0, hash).execute(&mut *connection).await?;
    let moment = sessions::end_all(connection, account).await?;
    letters::tell(connection, account.0, LetterSubject::PasswordChanged).await?;
    audit::append_to_account(connection, who, account, "password-changed").await?;
    Ok(moment)
}
