//! Where somebody is signed in, and the browsers that are known to be theirs.

use chartkey_domain::{
    account::{Actor, Visitor},
    device::{Browser, Device, System},
    id::{AccountId, DeviceId, SessionId},
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::{self, Who},
    notices::{self, Notice},
    pool::detached,
    secrets::{digest, random_token},
    sessions::SessionKey,
};

/// A session as its owner recognises it.
#[derive(Debug, Clone)]
pub struct OwnSession {
    /// Which.
    pub id: SessionId,
    /// Where.
    pub device: Device,
    /// When it began, or was proven again.
    pub signed_in_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub seen_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// A browser that is known to be somebody's.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// Which.
    pub id: DeviceId,
    /// Where.
    pub device: Device,
    /// When somebody last signed in there.
    pub signed_in_at: OffsetDateTime,
}

/// Everything that an account is open or known on.
#[derive(Debug, Clone, Default)]
pub struct Devices {
    /// The sessions that are alive, the last used first.
    pub sessions: Vec<OwnSession>,
    /// The known browsers, the last used first.
    pub known: Vec<KnownDevice>,
}

/// A browser is known for so many days after the last sign-in there.
const DAYS: i32 = 180;

impl Portal {
    /// Where the visitor is signed in and known; `this` is the session that asks.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn devices(&self, visitor: &Visitor, this: Option<&SessionKey>) -> Result<Devices, Error> {
        let account = visitor.actor.account().0;
        let sessions = sqlx::query!(
            r#"select s.session_id, s.browser, s.system, s.signed_in_at as "signed_in_at!", s.seen_at, s.session_key = $2 as "is_this?"
            from session s join account a on a.account_id = s.account_id
            where s.account_id = $1 and s.idle_until > now() and s.ends_at > now() and s.signed_in_at >= a.sessions_valid_after
            order by s.seen_at desc, s.session_id"#,
            account,
            this.map(SessionKey::bytes)
        )
        .fetch_all(&self.pool)
        .await?;
        let known = sqlx::query!(
            "select device_id, browser, system, signed_in_at from known_device
            where account_id = $1 and ends_at > now() order by signed_in_at desc, device_id",
            account
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(Devices {
            sessions: sessions
                .into_iter()
                .map(|row| OwnSession {
                    id: SessionId(row.session_id),
                    device: named(&row.browser, &row.system),
                    signed_in_at: row.signed_in_at,
                    seen_at: row.seen_at,
                    is_this: row.is_this.unwrap_or_default(),
                })
                .collect(),
            known: known
                .into_iter()
                .map(|row| KnownDevice {
                    id: DeviceId(row.device_id),
                    device: named(&row.browser, &row.system),
                    signed_in_at: row.signed_in_at,
                })
                .collect(),
        })
    }

    /// Ends one of the visitor's sessions. One that has ended stays so, and for one that is
    /// not theirs the answer is the same.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_one_session(&self, visitor: &Visitor, session: SessionId) -> Result<(), Error> {
        let (portal, account, who) = (self.clone(), visitor.actor.account(), Who::from(visitor));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let ended = sqlx::query!("delete from session where session_id = $1 and account_id = $2", session.0, account.0)
                .execute(&mut *transaction)
                .await?;
            if ended.rows_affected() == 0 {
                return Ok(());
            }
            // What that device has begun to change is not carried on by its link.
            sqlx::query!("delete from mail_token where account_id = $1 and purpose = 'email' and used_at is null", account.0)
                .execute(&mut *transaction)
                .await?;
            notices::send(&mut transaction, Notice::of_account(account)).await?;
            audit::append_to_account(&mut transaction, who, account, "device-signed-out").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Forgets a browser: tries from it count like a stranger's again. One that was
    /// forgotten stays so, and for one that is not the visitor's the answer is the same.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_device(&self, visitor: &Visitor, device: DeviceId) -> Result<(), Error> {
        let (portal, account, who) = (self.clone(), visitor.actor.account(), Who::from(visitor));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let forgotten = sqlx::query!("delete from known_device where device_id = $1 and account_id = $2", device.0, account.0)
                .execute(&mut *transaction)
                .await?;
            if forgotten.rows_affected() == 0 {
                return Ok(());
            }
            audit::append_to_account(&mut transaction, who, account, "device-forgotten").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Knows the browser of a proven sign-in from now on. `held` is what its cookie held
    /// before; the answer is what it holds from now on. Another value each time: what
    /// somebody else put there, or saw there, is worth nothing after a sign-in.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician, who has no password to try.
    pub async fn know_device(&self, actor: &Actor, held: Option<String>, device: Device) -> Result<String, Error> {
        let Actor::Person { account: AccountId(account) } = *actor else { return Err(Error::NotFound) };
        let (portal, held, token) = (self.clone(), held.as_deref().map(digest), random_token());
        detached(async move {
            let hash = digest(&token);
            let mut transaction = portal.pool.begin().await?;
            // Everybody who is known in this browser stays so.
            sqlx::query!("update known_device set device_hash = $2 where device_hash = $1 and ends_at > now()", held, hash)
                .execute(&mut *transaction)
                .await?;
            sqlx::query!(
                "insert into known_device (account_id, device_hash, browser, system, ends_at)
                values ($1, $2, $3, $4, now() + make_interval(days => $5))
                on conflict (device_hash, account_id) do update
                    set browser = excluded.browser, system = excluded.system, signed_in_at = now(), ends_at = excluded.ends_at",
                account,
                hash,
                device.browser.slug(),
                device.system.slug(),
                DAYS
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(token)
        })
        .await
    }

    /// Whether a cookie's value is that of a browser known for this account.
    pub(crate) async fn is_known_device(&self, held: Option<&str>, account: Option<Uuid>) -> Result<bool, Error> {
        let known = sqlx::query_scalar!(
            r#"select exists (select from known_device where device_hash = $1 and account_id = $2 and ends_at > now()) as "known!""#,
            held.map(digest),
            account
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(known)
    }

    /// Removes the browsers that nobody has signed in from for long. Returns how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_devices(&self) -> Result<u64, Error> {
        Ok(sqlx::query!("delete from known_device where ends_at < now()").execute(&self.pool).await?.rows_affected())
    }
}

fn named(browser: &str, system: &str) -> Device {
    Device { browser: Browser::from_slug(browser), system: System::from_slug(system) }
}
