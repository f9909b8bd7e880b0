//! Sessions that an organization ends from its side (OpenID Connect Back-Channel Logout 1.0).

use chartkey_domain::id::{AccountId, OrganizationId};
use time::{Duration, OffsetDateTime};

use crate::{
    Error, Portal, audit,
    audit::Who,
    notices::{self, Notice},
    pool::detached,
    secrets::digest,
    sessions,
};

/// How far the clocks of a provider and ours may differ, and how old a token may be when it comes.
const CLOCKS: Duration = Duration::seconds(60);
const OLD: Duration = Duration::minutes(10);

/// What a logout token says, once its signature, issuer and audience have been checked.
#[derive(Debug, Clone)]
pub struct Logout {
    /// The organization to which it was sent.
    pub organization: OrganizationId,
    /// Its issuer.
    pub issuer: String,
    /// Its own identifier.
    pub token: String,
    /// When it was made.
    pub issued_at: OffsetDateTime,
    /// When it is over.
    pub expires_at: OffsetDateTime,
    /// Whose sessions end.
    pub subject: Option<String>,
    /// Which session at the provider ends; `None`: all of the subject's.
    pub session: Option<String>,
}

/// A provider's session as it is kept: whoever reads the database cannot name it to the provider.
pub(crate) fn kept(session: &str) -> String {
    digest(session).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Portal {
    /// Ends what an organization says has ended there: the sessions that began with this one of the provider's, with those of the
    /// subject of which nobody knows with which they began, or all of a subject's. Of somebody who is not known here nothing ends,
    /// and that is no error. Returns of how many people sessions ended.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the token is over, not yet valid or names nobody, [`Error::Conflict`] where it has come before.
    pub async fn end_at_organization(&self, logout: Logout) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let now = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(&mut *transaction).await?;
            let is_of_now = logout.expires_at > now - CLOCKS && logout.issued_at <= now + CLOCKS && logout.issued_at > now - OLD;
            if !is_of_now || (logout.subject.is_none() && logout.session.is_none()) {
                return Err(Error::Invalid("logout-token"));
            }
            // An older one is refused by its age, however far its own expiry is.
            let first = sqlx::query!(
                "insert into logout_token (organization_id, token_hash, ends_at) values ($1, $2, $3) on conflict do nothing",
                logout.organization.0,
                digest(&logout.token),
                now + OLD + CLOCKS
            )
            .execute(&mut *transaction)
            .await?;
            if first.rows_affected() == 0 {
                return Err(Error::Conflict("logout-token"));
            }
            let ended = sqlx::query!(
                r#"select c.account_id, a.display_name, c.profession, o.name from clinician c
                join account a on a.account_id = c.account_id join organization o on o.organization_id = c.organization_id
                where c.organization_id = $1 and c.issuer = $2 and ($3::text is null or c.subject = $3)
                    and ($4::text is null or exists (select from session s where s.account_id = c.account_id
                        and coalesce(s.data #>> '{signed_in,provider_session}' = $4, $3::text is not null)))
                order by c.account_id for update of c"#,
                logout.organization.0,
                logout.issuer,
                logout.subject,
                logout.session.as_deref().map(kept)
            )
            .fetch_all(&mut *transaction)
            .await?;
            for person in &ended {
                let account = AccountId(person.account_id);
                match &logout.session {
                    None => drop(sessions::end_all(&mut transaction, account).await?),
                    Some(session) => {
                        sqlx::query!(
                            "delete from session where account_id = $1 and coalesce(data #>> '{signed_in,provider_session}' = $2, $3)",
                            account.0,
                            kept(session),
                            logout.subject.is_some()
                        )
                        .execute(&mut *transaction)
                        .await?;
                        notices::send(&mut transaction, Notice::of_account(account)).await?;
                    }
                }
                let who = Who {
                    kind: "clinician".to_owned(),
                    profession: Some(person.profession.clone()),
                    organization: Some(person.name.clone()),
                    signed_in: format!("oidc {}", logout.issuer),
                    ..Who::account(account, &person.display_name)
                };
                audit::append_to_account(&mut transaction, who, account, "signed-out-by-organization").await?;
            }
            transaction.commit().await?;
            Ok(ended.len())
        })
        .await
    }
}
