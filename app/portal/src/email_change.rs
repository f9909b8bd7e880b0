//! Another e-mail address: confirmed by a link to it, undone by a link to the one before.

use chartkey_domain::{
    account::{Actor, Visitor},
    id::{AccountId, PatientId},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Portal,
    accounts::{Email, LETTERS_AN_HOUR},
    audit::{self, Chain, Event, What, Who, Why},
    fresh,
    letters::{self, LetterSubject, NewLink},
    pool::detached,
    secrets::digest,
    sessions,
};

/// A link to confirm an address works so long.
const CONFIRM_HOURS: i32 = 1;
/// A link to take an address back works so long.
const UNDO_HOURS: i32 = 7 * 24;
/// How long the link with which a new password is chosen afterwards is good for.
const CHOOSE_HOURS: i32 = 24;

/// Changes that an account may begin in an hour, over all addresses.
const CHANGES_AN_HOUR: i64 = 5;

/// The account of a link, locked.
struct Linked {
    account: AccountId,
    name: String,
    email: String,
}

impl Linked {
    fn who(&self) -> Who {
        Who::account(self.account, &self.name)
    }
}

impl Portal {
    /// Begins to change the visitor's address. The answer is the same whether the new one
    /// is somebody's or not: a message says it, to the one who reads its mail. Too many
    /// messages lately, and none is sent; nor is one for the second click of a double one.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::NotFound`] for a clinician.
    pub async fn begin_email_change(&self, visitor: &Visitor, email: &Email) -> Result<(), Error> {
        let Actor::Person { account } = visitor.actor else { return Err(Error::NotFound) };
        let (portal, visitor, email) = (self.clone(), visitor.clone(), email.clone());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let lately = sqlx::query!(
                r#"select count(*) filter (where email = $1) as "address!",
                    count(*) filter (where account_id = $2 and purpose = 'email') as "account!",
                    coalesce(max(created_at) filter (where email = $1 and account_id = $2 and purpose = 'email')
                        > now() - interval '10 seconds', false) as "double!",
                    exists (select from account where email = $1) as "taken!"
                from mail_token where (email = $1 or account_id = $2) and created_at > now() - interval '1 hour'"#,
                email.as_str(),
                account.0
            )
            .fetch_one(&mut *transaction)
            .await?;
            if !lately.double && lately.address < LETTERS_AN_HOUR && lately.account < CHANGES_AN_HOUR {
                let link = NewLink { purpose: "email", email: email.as_str(), account: account.0, hours: CONFIRM_HOURS };
                let token = portal.make_link(&mut transaction, &link).await?;
                let (subject, token) =
                    if lately.taken { (LetterSubject::AddressInUse, None) } else { (LetterSubject::ConfirmEmail, Some(token)) };
                letters::post(&mut transaction, email.as_str(), subject, token).await?;
            }
            audit::append_to_account(&mut transaction, (&visitor).into(), account, "email-change-begun").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Confirms an address with the link that went there. The one before is told, with a
    /// link that takes it back within seven days.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link was used, has ended or never was, or the address
    /// has become somebody's meanwhile.
    pub async fn confirm_email(&self, token: &str) -> Result<(), Error> {
        let (portal, token) = (self.clone(), digest(token));
        detached(async move {
            match portal.confirm_email_once(&token).await {
                Err(Error::NotFound) if portal.done_just_now(&token, "email").await? => Ok(()),
                done => done,
            }
        })
        .await
    }

    async fn confirm_email_once(&self, token: &[u8]) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        let linked = lock(&mut transaction, token, "email").await?;
        let email = take(&mut transaction, token).await?;
        set_email(&mut transaction, linked.account.0, &email).await?;
        let undo = NewLink { purpose: "undo-email", email: &linked.email, account: linked.account.0, hours: UNDO_HOURS };
        let undo = self.make_link(&mut transaction, &undo).await?;
        letters::post(&mut transaction, &linked.email, LetterSubject::EmailChanged, Some(undo)).await?;
        end_links(&mut transaction, linked.account.0).await?;
        audit::append_to_account(&mut transaction, linked.who(), linked.account, "email-changed").await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives the account that holds a record the address that its holder said in person, because
    /// nothing reaches the one it has. Every session and link ends; a message with a link to choose
    /// a new password goes to the address, and to the one before one that takes it back.
    ///
    /// # Errors
    /// [`Error::NotFound`] where nobody holds such a record, [`Error::Invalid`] where the address is
    /// another account's.
    pub async fn give_address(&self, patient: PatientId, email: &Email, reason: &str) -> Result<(), Error> {
        let (portal, email, reason) = (self.clone(), email.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            let account = sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", patient.0)
                .fetch_optional(&mut *transaction)
                .await?
                .ok_or(Error::NotFound)?;
            let account = AccountId(account);
            sessions::end_all(&mut transaction, account).await?;
            sqlx::query!("delete from mail_token where account_id = $1 and used_at is null", account.0).execute(&mut *transaction).await?;
            let before = sqlx::query_scalar!(r#"select email as "email!" from account where account_id = $1"#, account.0)
                .fetch_one(&mut *transaction)
                .await?;
            let undo = NewLink { purpose: "undo-email", email: &before, account: account.0, hours: UNDO_HOURS };
            let undo = portal.make_link(&mut transaction, &undo).await?;
            letters::post(&mut transaction, &before, LetterSubject::EmailChanged, Some(undo)).await?;
            set_email(&mut transaction, account.0, email.as_str()).await.map_err(|error| match error {
                Error::NotFound => Error::Invalid("email"),
                error => error,
            })?;
            let choose = NewLink { purpose: "password", email: email.as_str(), account: account.0, hours: CHOOSE_HOURS };
            let choose = portal.make_link(&mut transaction, &choose).await?;
            letters::post(&mut transaction, email.as_str(), LetterSubject::NewPassword, Some(choose)).await?;
            let at = audit::enter_account(&mut transaction, account).await?;
            let what = What { action: "email-given".to_owned(), ..What::default() };
            let event = Event { at, who: portal.who(), what, why: Why::Operator { reason } };
            audit::append(&mut transaction, Chain::Account(account), &event).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Takes an address back with the link that went there, and shuts out whoever changed
    /// it: a message with a link to choose a new password goes to the address. Links
    /// of later changes end; those of earlier ones do not, so that the first address
    /// always wins.
    ///
    /// # Errors
    /// As [`Self::confirm_email`].
    pub async fn undo_email(&self, token: &str) -> Result<(), Error> {
        let (portal, token) = (self.clone(), digest(token));
        detached(async move {
            match portal.undo_email_once(&token).await {
                Err(Error::NotFound) if portal.done_just_now(&token, "undo-email").await? => Ok(()),
                done => done,
            }
        })
        .await
    }

    async fn undo_email_once(&self, token: &[u8]) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        let linked = lock(&mut transaction, token, "undo-email").await?;
        let email = take(&mut transaction, token).await?;
        set_email(&mut transaction, linked.account.0, &email).await?;
        sqlx::query!(
            "delete from mail_token where account_id = $1 and purpose = 'undo-email' and used_at is null
                and created_at > (select created_at from mail_token where token_hash = $2)",
            linked.account.0,
            token
        )
        .execute(&mut *transaction)
        .await?;
        self.shut_out(&mut transaction, linked.account, token).await?;
        let choose = NewLink { purpose: "password", email: &email, account: linked.account.0, hours: CHOOSE_HOURS };
        let choose = self.make_link(&mut transaction, &choose).await?;
        letters::post(&mut transaction, &email, LetterSubject::NewPassword, Some(choose)).await?;
        audit::append_to_account(&mut transaction, linked.who(), linked.account, "email-change-undone").await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Leaves nothing to whoever changed the address: neither the password that they knew
    /// or chose, nor a second factor that they made since, nor any passkey, nor a browser, nor a session.
    async fn shut_out(&self, connection: &mut PgConnection, account: AccountId, link: &[u8]) -> Result<(), Error> {
        let nobody = self.passwords.of_nobody();
        sqlx::query!("update account set password_hash = $2 where account_id = $1", account.0, nobody).execute(&mut *connection).await?;
        sqlx::query!(
            "delete from second_factor
            where account_id = $1 and made_at > (select created_at from mail_token where token_hash = $2)",
            account.0,
            link
        )
        .execute(&mut *connection)
        .await?;
        // Unlike a second factor a passkey opens by itself: whoever changed the address may have made one before.
        sqlx::query!("delete from passkey where account_id = $1", account.0).execute(&mut *connection).await?;
        sqlx::query!("delete from known_device where account_id = $1", account.0).execute(&mut *connection).await?;
        sessions::end_all(connection, account).await?;
        Ok(())
    }

    /// The second click of a double one: this link gave its address a moment ago.
    async fn done_just_now(&self, token: &[u8], purpose: &str) -> Result<bool, Error> {
        let done = sqlx::query_scalar!(
            r#"select exists (
                select from mail_token m join account a on a.account_id = m.account_id and a.email = m.email
                where m.token_hash = $1 and m.purpose = $2 and m.used_at > now() - interval '10 seconds'
            ) as "done!""#,
            token,
            purpose
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(done)
    }
}

/// Locks the account of a link that is alive: the account before its links, as everybody
/// locks them.
async fn lock(connection: &mut PgConnection, token: &[u8], purpose: &str) -> Result<Linked, Error> {
    let row = sqlx::query!(
        r#"select a.account_id, a.display_name, a.email as "email!" from account a
        where a.account_id = (
            select m.account_id from mail_token m
            where m.token_hash = $1 and m.purpose = $2 and m.used_at is null and m.ends_at > now()
        )
        for update"#,
        token,
        purpose
    )
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Linked { account: AccountId(row.account_id), name: row.display_name, email: row.email })
}

/// Takes a link once. Returns the address that it went to.
async fn take(connection: &mut PgConnection, token: &[u8]) -> Result<String, Error> {
    sqlx::query_scalar!(
        "update mail_token set used_at = now() where token_hash = $1 and used_at is null and ends_at > now() returning email",
        token
    )
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound)
}

/// Gives an account an address that is nobody else's.
async fn set_email(connection: &mut PgConnection, account: Uuid, email: &str) -> Result<(), Error> {
    let set = sqlx::query!("update account set email = $2 where account_id = $1", account, email).execute(connection).await;
    match set {
        Err(cause) if cause.as_database_error().and_then(|cause| cause.constraint()) == Some("account_email") => Err(Error::NotFound),
        set => Ok(set.map(drop)?),
    }
}

/// What went to the address before opens nothing more.
async fn end_links(connection: &mut PgConnection, account: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from mail_token where account_id = $1 and purpose in ('password', 'email') and used_at is null", account)
        .execute(connection)
        .await?;
    Ok(())
}
