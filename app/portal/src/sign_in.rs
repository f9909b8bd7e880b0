//! Signing in: passwords with waits that grow, and attempts at an organization.

use chartkey_domain::{
    account::Actor,
    id::{AccountId, OrganizationId},
};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    accounts::Email,
    audit::{self, Chain, Event, What, Who, Why},
    passwords::Verdict,
    pool::detached,
    secrets::{digest, random_token},
};

/// A proven sign-in, from which a session may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who it is.
    pub actor: Actor,
    /// Their name as shown.
    pub name: String,
    /// The name of a clinician's organization.
    pub organization_name: Option<String>,
    /// How they signed in: `password`, or `oidc` and the issuer.
    pub signed_in_by: String,
    /// When it was proven, by the database's clock: a session that begins after the
    /// account's sessions were ended, but was proven before, does not begin.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl SignedIn {
    /// Somebody who proved a password.
    pub(crate) fn person(account: AccountId, name: String, at: OffsetDateTime) -> Self {
        Self { actor: Actor::Person { account }, name, organization_name: None, signed_in_by: "password".to_owned(), at }
    }

    fn who(&self) -> Who {
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

/// What a try is counted under.
struct Subjects {
    account: Vec<u8>,
    address: Vec<u8>,
}

/// Tries that cost no wait: for one account, and from one address.
const FREE_FOR_ACCOUNT: i64 = 5;
const FREE_FOR_ADDRESS: i64 = 30;

impl Portal {
    /// Tries an e-mail address and a password. `address` is where the request came
    /// from. The same work is done whether the account exists or not.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such account with this password (which of
    /// the two is not said), [`Error::TooManyTries`] after too many of them lately by
    /// this address or for this account, known or not, [`Error::Busy`] where too many
    /// others are signing in.
    pub async fn sign_in(&self, email: &str, password: String, address: &str) -> Result<SignedIn, Error> {
        self.passwords.refuse_a_crowd()?;
        let portal = self.clone();
        let email = Email::parse(email);
        let key = email.as_ref().map_or("", Email::as_str);
        let subjects = Subjects { account: self.pepper.digest("email", key), address: self.pepper.digest("address", address) };
        detached(async move { portal.try_password(email, password, subjects).await }).await
    }

    /// What is stored by now, if this password is right for it: another sign-in may have
    /// made the hash stronger first.
    async fn changed_meanwhile(&self, account: AccountId, password: String) -> Result<Option<String>, Error> {
        let stored =
            sqlx::query_scalar!("select password_hash from account where account_id = $1", account.0).fetch_one(&self.pool).await?;
        let verdict = self.passwords.verify(password, stored.clone()).await?;
        Ok(stored.filter(|_| verdict != Verdict::Wrong))
    }

    async fn try_password(&self, email: Option<Email>, password: String, subjects: Subjects) -> Result<SignedIn, Error> {
        // The try is counted before it is judged, so that many at once do not pass.
        if !self.count_try(&subjects.account, FREE_FOR_ACCOUNT, &subjects.address, FREE_FOR_ADDRESS).await? {
            return Err(Error::TooManyTries);
        }
        let account = sqlx::query!(
            r#"select account_id, display_name, password_hash, clock_timestamp() as "at!"
            from account where email = $1 and kind = 'person'"#,
            email.as_ref().map(Email::as_str)
        )
        .fetch_optional(&self.pool)
        .await?;
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        let verdict = self.passwords.verify(password.clone(), stored).await?;
        let Some(account) = account else {
            self.note_failure(None).await?;
            return Err(Error::NotFound);
        };
        let account_id = AccountId(account.account_id);
        if verdict == Verdict::Wrong {
            self.note_failure(Some((account_id, &account.display_name))).await?;
            return Err(Error::NotFound);
        }
        let mut seen = account.password_hash;
        if verdict == Verdict::RightButWeak {
            let hash = self.passwords.hash(password.clone()).await?;
            let stronger = sqlx::query!(
                "update account set password_hash = $2 where account_id = $1 and password_hash = $3",
                account.account_id,
                hash,
                seen
            )
            .execute(&self.pool)
            .await?;
            seen = if stronger.rows_affected() == 1 { Some(hash) } else { self.changed_meanwhile(account_id, password).await? };
        }
        let signed_in = SignedIn::person(account_id, account.display_name, account.at);
        let mut transaction = self.pool.begin().await?;
        // A password that was changed while this one was tried is not the one that was right.
        let is_still_right =
            sqlx::query!("select account_id from account where account_id = $1 and password_hash = $2 for share", account.account_id, seen)
                .fetch_optional(&mut *transaction)
                .await?;
        if is_still_right.is_none() {
            transaction.rollback().await?;
            self.note_failure(Some((account_id, &signed_in.name))).await?;
            return Err(Error::NotFound);
        }
        sqlx::query!("delete from sign_in_failure where subject_hash = $1", subjects.account).execute(&mut *transaction).await?;
        // What was right does not count against an address that many share.
        sqlx::query!(
            "delete from sign_in_failure where ctid = (
                select ctid from sign_in_failure where subject_hash = $1 order by failed_at desc limit 1)",
            subjects.address
        )
        .execute(&mut *transaction)
        .await?;
        note_sign_in(&mut transaction, &signed_in).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// Counts one try under both subjects; false, and not counted, where either has
    /// to wait. After the free tries the wait doubles from one second to 15 minutes.
    pub(crate) async fn count_try(&self, first: &[u8], free_first: i64, second: &[u8], free_second: i64) -> Result<bool, Error> {
        let mut transaction = self.pool.begin().await?;
        // One at a time for each subject: two tries at once see each other.
        for subject in [first, second] {
            sqlx::query!("select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", subject)
                .execute(&mut *transaction)
                .await?;
        }
        let waiting = sqlx::query_scalar!(
            r#"select coalesce(bool_or(
                tries >= free and last + least(interval '15 minutes', interval '1 second' * 2 ^ least(tries - free, 20)) > now()
            ), false) as "waiting!"
            from (
                select s.free, count(f.failed_at) as tries, max(f.failed_at) as last
                from (values ($1::bytea, $2::bigint), ($3::bytea, $4::bigint)) s (subject, free)
                left join sign_in_failure f on f.subject_hash = s.subject and f.failed_at > now() - interval '1 day'
                group by s.subject, s.free
            ) counted"#,
            first,
            free_first,
            second,
            free_second
        )
        .fetch_one(&mut *transaction)
        .await?;
        if waiting {
            return Ok(false);
        }
        sqlx::query!("insert into sign_in_failure (subject_hash) values ($1), ($2)", first, second).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
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

    /// Begins an attempt at an organization's provider.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_attempt(&self, attempt: NewAttempt) -> Result<(), Error> {
        let portal = self.clone();
        detached(async move {
            sqlx::query!(
                "insert into sign_in_attempt (state_hash, browser_hash, organization_id, nonce, verifier, return_to)
                values ($1, $2, $3, $4, $5, $6)",
                digest(&attempt.state),
                digest(&attempt.browser),
                attempt.organization.0,
                attempt.nonce,
                attempt.verifier,
                attempt.return_to
            )
            .execute(&portal.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Takes an attempt: whoever asks second finds nothing, and so does another
    /// browser, another organization, or anybody after ten minutes.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::Database`].
    pub async fn take_attempt(&self, state: &str, browser: &str, organization: OrganizationId) -> Result<Attempt, Error> {
        let portal = self.clone();
        let (state, browser) = (digest(state), digest(browser));
        detached(async move {
            sqlx::query_as!(
                Attempt,
                "delete from sign_in_attempt
                where state_hash = $1 and browser_hash = $2 and organization_id = $3 and started_at > now() - interval '10 minutes'
                returning nonce, verifier, return_to",
                state,
                browser,
                organization.0
            )
            .fetch_optional(&portal.pool)
            .await?
            .ok_or(Error::NotFound)
        })
        .await
    }

    /// Signs in whom an organization vouches for, making their account at the first
    /// time. The identity is (organization, issuer, subject), never an e-mail address.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sign_in_clinician(&self, clinician: VerifiedClinician) -> Result<SignedIn, Error> {
        let portal = self.clone();
        detached(async move { portal.admit_clinician(clinician).await }).await
    }

    async fn admit_clinician(&self, clinician: VerifiedClinician) -> Result<SignedIn, Error> {
        let mut transaction = self.pool.begin().await?;
        // Two first sign-ins at once make one account.
        let identity = format!("{}\n{}\n{}", clinician.organization, clinician.issuer, clinician.subject);
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", identity).execute(&mut *transaction).await?;
        let known = sqlx::query_scalar!(
            "update clinician set profession = $4, identifier = $5, signed_in_at = now()
            where organization_id = $1 and issuer = $2 and subject = $3
            returning account_id",
            clinician.organization.0,
            clinician.issuer,
            clinician.subject,
            clinician.profession,
            clinician.identifier
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let account = match known {
            Some(account) => {
                sqlx::query!("update account set display_name = $2 where account_id = $1", account, clinician.name)
                    .execute(&mut *transaction)
                    .await?;
                account
            }
            None => make_clinician(&mut transaction, &clinician).await?,
        };
        let at = sqlx::query_scalar!(r#"select clock_timestamp() as "at!""#).fetch_one(&mut *transaction).await?;
        let actor =
            Actor::Clinician { account: AccountId(account), organization: clinician.organization, profession: clinician.profession };
        let signed_in = SignedIn {
            actor,
            name: clinician.name,
            organization_name: Some(clinician.organization_name),
            signed_in_by: format!("oidc {}", clinician.issuer),
            at,
        };
        note_sign_in(&mut transaction, &signed_in).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}

async fn make_clinician(transaction: &mut Transaction<'_, Postgres>, clinician: &VerifiedClinician) -> Result<uuid::Uuid, Error> {
    let account =
        sqlx::query_scalar!("insert into account (kind, display_name) values ('clinician', $1) returning account_id", clinician.name)
            .fetch_one(&mut **transaction)
            .await?;
    sqlx::query!(
        "insert into clinician (account_id, organization_id, issuer, subject, profession, identifier)
        values ($1, $2, $3, $4, $5, $6)",
        account,
        clinician.organization.0,
        clinician.issuer,
        clinician.subject,
        clinician.profession,
        clinician.identifier
    )
    .execute(&mut **transaction)
    .await?;
    Ok(account)
}

pub(crate) async fn note_sign_in(transaction: &mut Transaction<'_, Postgres>, signed_in: &SignedIn) -> Result<(), Error> {
    audit::append_to_account(transaction, signed_in.who(), signed_in.actor.account(), "signed-in").await
}

/// An attempt as it begins; the secrets are stored as digests.
#[derive(Debug)]
pub struct NewAttempt {
    /// The OAuth state.
    pub state: String,
    /// What the browser's cookie holds.
    pub browser: String,
    /// Where it is made.
    pub organization: OrganizationId,
    /// What the ID token must repeat.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// Where to go afterwards; a path of ours.
    pub return_to: Option<String>,
}

impl NewAttempt {
    /// A value for the browser's cookie.
    #[must_use]
    pub fn browser_secret() -> String {
        random_token()
    }
}

/// An attempt as it was taken.
#[derive(Debug)]
pub struct Attempt {
    /// What the ID token must repeat.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// Where to go afterwards.
    pub return_to: Option<String>,
}

/// Whom an organization's provider vouched for, with the profession mapped.
#[derive(Debug, Clone)]
pub struct VerifiedClinician {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// The `iss` of the ID token.
    pub issuer: String,
    /// The `sub` of the ID token.
    pub subject: String,
    /// Their name as the provider gave it.
    pub name: String,
    /// The profession here.
    pub profession: String,
    /// An identifier that the organization asserts.
    pub identifier: Option<String>,
}
