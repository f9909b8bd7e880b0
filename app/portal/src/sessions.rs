//! Sessions as PostgreSQL keeps them. The key is the digest of what the browser
//! holds, so a copy of the database signs nobody in.

use std::collections::HashSet;

use chartkey_domain::{account::Visitor, device::Device, id::AccountId};
use serde_json::Value;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::{
    Error, Portal,
    audit::{self, Who},
    notices::{self, Notice},
    pool::detached,
    secrets::digest,
};

/// The digest of a session's cookie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey(Vec<u8>);

impl SessionKey {
    /// The key of a cookie's value.
    #[must_use]
    pub fn of(cookie: &str) -> Self {
        Self(digest(cookie))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A session that is to begin.
#[derive(Debug)]
pub struct NewSession {
    /// Whose.
    pub account: AccountId,
    /// When the sign-in was proven.
    pub signed_in_at: OffsetDateTime,
    /// What the server keeps in it.
    pub data: Value,
    /// Where it is, as its owner recognises it.
    pub device: Device,
    /// How long it lives without being used.
    pub idle: Duration,
    /// How long it lives at most.
    pub absolute: Duration,
}

/// A session that is alive.
#[derive(Debug)]
pub struct Session {
    /// What the server keeps in it.
    pub data: Value,
    /// When it ends, used or not.
    pub ends_at: OffsetDateTime,
    /// Whether its use was last noted more than a minute ago.
    pub is_stale: bool,
    /// When the account opens without its second factor, where somebody says that it is
    /// lost: every page tells the one who can still say otherwise.
    pub factor_ends_at: Option<OffsetDateTime>,
    /// The language of the account, as a BCP 47 tag.
    pub language: String,
}

impl Portal {
    /// Begins a session. False where the account's sessions were ended after this
    /// sign-in was proven: then there is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_session(&self, key: SessionKey, session: NewSession) -> Result<bool, Error> {
        let portal = self.clone();
        detached(async move {
            // Whoever signs in is there to decide. Before there is a session, so that none is left where this fails.
            portal.is_back(session.account).await?;
            let begun = sqlx::query!(
                "insert into session (session_key, account_id, data, signed_in_at, idle_until, ends_at, browser, system)
                select $1, account_id, $3, $4, now() + make_interval(secs => $5), now() + make_interval(secs => $6), $7, $8
                from account where account_id = $2 and sessions_valid_after <= $4
                for key share",
                key.0,
                session.account.0,
                session.data,
                session.signed_in_at,
                session.idle.as_seconds_f64(),
                session.absolute.as_seconds_f64(),
                session.device.browser.slug(),
                session.device.system.slug()
            )
            .execute(&portal.pool)
            .await?;
            Ok(begun.rows_affected() == 1)
        })
        .await
    }

    /// A session that is alive, or nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session(&self, key: &SessionKey) -> Result<Option<Session>, Error> {
        let session = sqlx::query_as!(
            Session,
            r#"select s.data, s.ends_at, s.seen_at < now() - interval '1 minute' as "is_stale!", l.ready_at as "factor_ends_at?", a.language
            from session s join account a on a.account_id = s.account_id
            left join factor_loss l on l.account_id = s.account_id and l.ends_at > now()
            where s.session_key = $1 and s.idle_until > now() and s.ends_at > now() and s.signed_in_at >= a.sessions_valid_after"#,
            key.0
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(session)
    }

    /// Which of these sessions are alive.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sessions_alive(&self, keys: impl IntoIterator<Item = &SessionKey>) -> Result<HashSet<SessionKey>, Error> {
        let keys: Vec<_> = keys.into_iter().map(|key| key.0.clone()).collect();
        let alive = sqlx::query_scalar!(
            "select s.session_key from session s join account a on a.account_id = s.account_id
            where s.session_key = any ($1) and s.idle_until > now() and s.ends_at > now() and s.signed_in_at >= a.sessions_valid_after",
            &keys
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(alive.into_iter().map(SessionKey).collect())
    }

    /// Stores what the server keeps in a session. One that ended meanwhile stays
    /// ended: nothing is stored, and that is no error.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_session(&self, key: SessionKey, data: Value) -> Result<(), Error> {
        let portal = self.clone();
        detached(async move {
            sqlx::query!(
                "update session s set data = $2 from account a
                where s.session_key = $1 and a.account_id = s.account_id
                    and s.idle_until > now() and s.ends_at > now() and s.signed_in_at >= a.sessions_valid_after",
                key.0,
                data
            )
            .execute(&portal.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Notes that a session was used: it lives `idle` from now. Writes at most once a
    /// minute.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn touch_session(&self, key: SessionKey, idle: Duration) -> Result<(), Error> {
        let portal = self.clone();
        detached(async move {
            sqlx::query!(
                "update session set seen_at = now(), idle_until = least(ends_at, now() + make_interval(secs => $2))
                where session_key = $1 and idle_until > now() and seen_at < now() - interval '1 minute'",
                key.0,
                idle.as_seconds_f64()
            )
            .execute(&portal.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Ends a session. One that has ended already stays so, and that is no error.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_session(&self, key: SessionKey) -> Result<(), Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let ended = sqlx::query!(
                "delete from session s using account a
                where s.session_key = $1 and a.account_id = s.account_id
                returning a.account_id, a.display_name, a.kind",
                key.0
            )
            .fetch_optional(&mut *transaction)
            .await?;
            if let Some(ended) = ended {
                let account = AccountId(ended.account_id);
                let who = Who { kind: ended.kind, ..Who::account(account, &ended.display_name) };
                notices::send(&mut transaction, Notice::of_account(account)).await?;
                audit::append_to_account(&mut transaction, who, account, "signed-out").await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Ends every session of an account, those being signed in at this moment too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_every_session(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, account, who) = (self.clone(), visitor.actor.account(), Who::from(visitor));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            end_all(&mut transaction, account).await?;
            audit::append_to_account(&mut transaction, who, account, "sessions-ended").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Takes a session away that goes on under another id: no sign-out, and no page closes.
    /// False where there was none: it was ended before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn retire_session(&self, key: SessionKey) -> Result<bool, Error> {
        let portal = self.clone();
        detached(async move {
            let retired = sqlx::query!("delete from session where session_key = $1", key.0).execute(&portal.pool).await?;
            Ok(retired.rows_affected() == 1)
        })
        .await
    }

    /// Removes what has ended: sessions, attempts, tokens, and tries older than a
    /// day. Returns the number of sessions.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_sessions(&self) -> Result<u64, Error> {
        let swept = sqlx::query!("delete from session where idle_until < now() or ends_at < now()").execute(&self.pool).await?;
        sqlx::query!("delete from sign_in_attempt where started_at < now() - interval '10 minutes'").execute(&self.pool).await?;
        sqlx::query!("delete from logout_token where ends_at < now()").execute(&self.pool).await?;
        sqlx::query!("delete from passkey_question where ends_at < now()").execute(&self.pool).await?;
        sqlx::query!("delete from sign_in_failure where failed_at < now() - interval '1 day'").execute(&self.pool).await?;
        sqlx::query!("delete from mail_token where ends_at < now() - interval '1 day'").execute(&self.pool).await?;
        Ok(swept.rows_affected())
    }
}

/// Ends every session of an account, and every link that would change it. The moment is
/// taken under the lock: a sign-in is either proven before it, and ends, or waits and
/// finds what this transaction leaves behind. Returns the moment; a session that is to
/// outlive it begins with it.
pub(crate) async fn end_all(connection: &mut PgConnection, account: AccountId) -> Result<OffsetDateTime, Error> {
    sqlx::query!("select account_id from account where account_id = $1 for update", account.0).fetch_one(&mut *connection).await?;
    let moment = sqlx::query_scalar!(
        "update account set sessions_valid_after = clock_timestamp() where account_id = $1 returning sessions_valid_after",
        account.0
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!("delete from session where account_id = $1", account.0).execute(&mut *connection).await?;
    sqlx::query!("delete from mail_token where account_id = $1 and purpose in ('password', 'email') and used_at is null", account.0)
        .execute(&mut *connection)
        .await?;
    notices::send(connection, Notice::of_account(account)).await?;
    Ok(moment)
}
