//! Attempts at an organization's provider, and the clinicians that it vouches for.

use chartkey_domain::{
    account::Actor,
    id::{AccountId, OrganizationId},
};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;

use super::{SignedIn, logout, note_sign_in};
use crate::{
    Error, Portal,
    admissions::as_admitted,
    audit,
    pool::detached,
    secrets::{digest, random_token},
};

impl Portal {
    /// Begins an attempt at an organization's provider.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_attempt(&self, attempt: NewAttempt) -> Result<(), Error> {
        let portal = self.clone();
        detached(async move {
            sqlx::query!(
                "insert into sign_in_attempt (state_hash, browser_hash, organization_id, nonce, verifier, return_to, is_again)
                values ($1, $2, $3, $4, $5, $6, $7)",
                digest(&attempt.state),
                digest(&attempt.browser),
                attempt.organization.0,
                attempt.nonce,
                attempt.verifier,
                attempt.return_to,
                attempt.is_again
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
                returning nonce, verifier, return_to, is_again, started_at",
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
    /// [`Error::NotFound`] where the operator has to admit each, and has not admitted them: no account is made.
    pub async fn sign_in_clinician(&self, clinician: VerifiedClinician) -> Result<SignedIn, Error> {
        let portal = self.clone();
        detached(async move { portal.admit_clinician(clinician).await }).await
    }

    /// Notes that the provider vouched for a fresh proof at this sign-in: for what needs
    /// one, this sign-in counts as a person's with their password does.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn note_fresh_proof(&self, signed_in: &SignedIn) -> Result<(), Error> {
        let (portal, signed_in) = (self.clone(), signed_in.clone());
        detached(async move {
            let account = signed_in.actor.account();
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("update clinician set proven_at = $2 where account_id = $1", account.0, signed_in.at)
                .execute(&mut *transaction)
                .await?;
            audit::append_to_account(&mut transaction, signed_in.who(), account, "signed-in-again").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    async fn admit_clinician(&self, clinician: VerifiedClinician) -> Result<SignedIn, Error> {
        let mut transaction = self.pool.begin().await?;
        hold_identity(&mut transaction, clinician.organization, &clinician.issuer, &clinician.subject).await?;
        let clinician = as_admitted(&mut transaction, clinician).await?;
        let known = sqlx::query_scalar!(
            "update clinician set profession = $4, identifier = coalesce($5, identifier), signed_in_at = now()
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
            provider_session: clinician.session.as_deref().map(logout::kept),
        };
        note_sign_in(&mut transaction, &signed_in).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}

/// Holds an identity until the commit: two first sign-ins at once make one account, and nobody signs in while they are
/// dismissed.
pub(crate) async fn hold_identity(
    connection: &mut PgConnection,
    organization: OrganizationId,
    issuer: &str,
    subject: &str,
) -> Result<(), Error> {
    let identity = format!("{organization}\n{issuer}\n{subject}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", identity).execute(connection).await?;
    Ok(())
}

async fn make_clinician(transaction: &mut Transaction<'_, Postgres>, clinician: &VerifiedClinician) -> Result<uuid::Uuid, Error> {
    let account = sqlx::query_scalar!(
        "insert into account (kind, display_name, language) values ('clinician', $1, $2) returning account_id",
        clinician.name,
        clinician.language
    )
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
    /// Whether they must prove themselves there afresh.
    pub is_again: bool,
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
    /// Whether they must prove themselves there afresh, at or after `started_at`.
    pub is_again: bool,
    /// When it began.
    pub started_at: OffsetDateTime,
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
    /// Their name as the provider gave it; of an independent clinician the operator's word counts instead, as for profession
    /// and identifier.
    pub name: String,
    /// The profession here.
    pub profession: String,
    /// An identifier that the organization asserts.
    pub identifier: Option<String>,
    /// The `sid` of the ID token, where it has one.
    pub session: Option<String>,
    /// The tag of the language in which they signed in: that of a new account.
    pub language: &'static str,
}
