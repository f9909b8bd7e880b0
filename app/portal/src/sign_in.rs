//! Signing in: passwords with waits that grow, second factors, and attempts at an
//! organization.

use chartkey_domain::{account::Actor, id::AccountId};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    accounts::Email,
    audit::{self, Chain, Event, What, Who, Why},
    passwords::Verdict,
    pool::detached,
    second_factor,
    tally::count,
};

mod again;
mod clinicians;
pub mod logout;
mod passkey;
mod second_step;
mod waits;

pub(crate) use clinicians::hold_identity;
pub use clinicians::{Attempt, NewAttempt, VerifiedClinician};
pub use waits::Origin;
pub(crate) use waits::Subjects;

/// A proven sign-in, from which a session may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who it is.
    pub actor: Actor,
    /// Their name as shown.
    pub name: String,
    /// The name of a clinician's organization.
    pub organization_name: Option<String>,
    /// How they signed in: `password`, `password and code`, `passkey`, or `oidc` and the issuer.
    pub signed_in_by: String,
    /// When it was proven, by the database's clock: a session that begins after the
    /// account's sessions were ended, but was proven before, does not begin.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The session at an organization's provider in which it was proven, where the provider names it: not itself, but as
    /// [`logout`] compares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_session: Option<String>,
}

impl SignedIn {
    /// Somebody who proved a password.
    pub(crate) fn person(account: AccountId, name: String, at: OffsetDateTime) -> Self {
        Self {
            actor: Actor::Person { account },
            name,
            organization_name: None,
            signed_in_by: "password".to_owned(),
            at,
            provider_session: None,
        }
    }

    /// Somebody who proved a password and a second factor.
    pub(crate) fn with_code(account: AccountId, name: String, at: OffsetDateTime) -> Self {
        Self { signed_in_by: "password and code".to_owned(), ..Self::person(account, name, at) }
    }

    /// Somebody who proved a passkey: both in one.
    pub(crate) fn with_passkey(account: AccountId, name: String, at: OffsetDateTime) -> Self {
        Self { signed_in_by: "passkey".to_owned(), ..Self::person(account, name, at) }
    }

    pub(crate) fn who(&self) -> Who {
        let profession = match &self.actor {
            Actor::Person { .. } => None,
            Actor::Clinician { profession, .. } => Some(profession.clone()),
        };
        Who {
            kind: if profession.is_some() { "clinician" } else { "person" }.to_owned(),
            account: Some(self.actor.account()),
            name: self.name.clone(),
            profession,
            organization: self.organization_name.clone(),
            signed_in: self.signed_in_by.clone(),
        }
    }
}

/// What a right password leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstStep {
    /// A session may begin.
    In(SignedIn),
    /// A code of the second factor is needed. The browser keeps this for ten minutes; it
    /// is no session, and opens nothing.
    Half(String),
}

/// An account as a password is tried on it.
struct Tried {
    account: AccountId,
    name: String,
    hash: Option<String>,
    /// Before the password was tried.
    at: OffsetDateTime,
}

impl Portal {
    /// Tries an e-mail address and a password. The same work is done whether the account
    /// exists or not.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such account with this password (which of
    /// the two is not said), [`Error::TooManyTries`] after too many of them lately from
    /// this address or for this account, known or not. Tries from a browser that is known
    /// for the account are counted by themselves. [`Error::Busy`] where too many others are
    /// signing in.
    pub async fn sign_in(&self, email: &str, password: String, origin: impl Into<Origin>) -> Result<FirstStep, Error> {
        self.passwords.refuse_a_crowd()?;
        let (portal, email, origin) = (self.clone(), Email::parse(email), origin.into());
        let tried = detached(async move { portal.try_password(email, password, &origin).await }).await;
        match &tried {
            Ok(FirstStep::In(_)) => count(&self.counters.signed_in),
            Ok(FirstStep::Half(_)) => {}
            Err(Error::NotFound) => count(&self.counters.sign_ins_refused),
            Err(Error::TooManyTries) => count(&self.counters.sign_ins_waiting),
            Err(_) => {}
        }
        tried
    }

    async fn try_password(&self, email: Option<Email>, password: String, origin: &Origin) -> Result<FirstStep, Error> {
        let key = email.as_ref().map(Email::as_str);
        let tried = sqlx::query!(
            r#"select account_id, display_name, password_hash, clock_timestamp() as "at!" from account where email = $1 and kind = 'person'"#,
            key
        )
        .fetch_optional(&self.pool)
        .await?
        .map(|row| Tried { account: AccountId(row.account_id), name: row.display_name, hash: row.password_hash, at: row.at });
        let account = tried.as_ref().map(|tried| tried.account.0);
        let subjects = self.subjects("email", key.unwrap_or_default(), account, origin).await?;
        // The try is counted before it is judged, so that many at once do not pass.
        if !self.count(&subjects).await? {
            return Err(Error::TooManyTries);
        }
        let Some(tried) = tried else {
            self.passwords.verify(password, None).await?;
            self.note_failure(None).await?;
            return Err(Error::NotFound);
        };
        let Some(right) = self.right_password(&tried, password).await? else {
            self.note_failure(Some((tried.account, &tried.name))).await?;
            return Err(Error::NotFound);
        };
        let who = Who::account(tried.account, &tried.name);
        let mut transaction = self.pool.begin().await?;
        if !is_still_right(&mut transaction, tried.account.0, Some(right)).await? {
            transaction.rollback().await?;
            self.note_failure(Some((tried.account, &tried.name))).await?;
            return Err(Error::NotFound);
        }
        subjects.forgive(&mut transaction).await?;
        let step = if second_factor::is_asked(&mut transaction, &who, tried.account.0).await? {
            FirstStep::Half(second_step::begin(&mut transaction, tried.account.0, tried.at).await?)
        } else {
            let signed_in = SignedIn::person(tried.account, tried.name, tried.at);
            note_sign_in(&mut transaction, &signed_in).await?;
            FirstStep::In(signed_in)
        };
        transaction.commit().await?;
        Ok(step)
    }

    /// The stored hash that the password is right for; nothing where it is wrong.
    async fn right_password(&self, tried: &Tried, password: String) -> Result<Option<String>, Error> {
        match self.passwords.verify(password.clone(), tried.hash.clone()).await? {
            Verdict::Wrong => Ok(None),
            Verdict::Right => Ok(tried.hash.clone()),
            Verdict::RightButWeak => {
                let hash = self.passwords.hash(password.clone()).await?;
                let stronger = sqlx::query!(
                    "update account set password_hash = $2 where account_id = $1 and password_hash = $3",
                    tried.account.0,
                    hash,
                    tried.hash
                )
                .execute(&self.pool)
                .await?;
                if stronger.rows_affected() == 1 { Ok(Some(hash)) } else { self.changed_meanwhile(tried.account, password).await }
            }
        }
    }

    /// What is stored by now, if this password is right for it: another sign-in may have
    /// made the hash stronger first.
    async fn changed_meanwhile(&self, account: AccountId, password: String) -> Result<Option<String>, Error> {
        let stored =
            sqlx::query_scalar!("select password_hash from account where account_id = $1", account.0).fetch_one(&self.pool).await?;
        let verdict = self.passwords.verify(password, stored.clone()).await?;
        Ok(stored.filter(|_| verdict != Verdict::Wrong))
    }

    /// The same work for a known account and for an unknown one, which has no chain.
    async fn note_failure(&self, account: Option<(AccountId, &str)>) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        match account {
            Some((account, name)) => {
                audit::append_to_account(&mut transaction, Who::account(account, name), account, "sign-in-failed").await?;
            }
            None => {
                let at = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(&mut *transaction).await?;
                let what = What { action: "sign-in-failed".to_owned(), ..What::default() };
                let event = Event { at, who: Who::nobody(), what, why: Why::Refused };
                audit::append(&mut transaction, Chain::System, &event).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Whether the hash that the password was right for is the account's still, and holds it
/// until the commit: a password that was changed while another was tried is not the one
/// that was right.
async fn is_still_right(transaction: &mut Transaction<'_, Postgres>, account: Uuid, right: Option<String>) -> Result<bool, Error> {
    let found = sqlx::query!("select account_id from account where account_id = $1 and password_hash = $2 for share", account, right)
        .fetch_optional(&mut **transaction)
        .await?;
    Ok(found.is_some())
}

pub(crate) async fn note_sign_in(transaction: &mut Transaction<'_, Postgres>, signed_in: &SignedIn) -> Result<(), Error> {
    audit::append_to_account(transaction, signed_in.who(), signed_in.actor.account(), "signed-in").await
}
