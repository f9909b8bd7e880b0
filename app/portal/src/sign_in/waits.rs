//! Waits that grow: tries are counted by account and by address, and those from a known
//! device by that device alone.

use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::{Error, Portal};

/// Where a try comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address of the request.
    pub address: String,
    /// What the browser's device cookie holds, if it has one.
    pub device: Option<String>,
}

impl From<&str> for Origin {
    fn from(address: &str) -> Self {
        Self { address: address.to_owned(), device: None }
    }
}

/// What a try is counted under, with the tries that cost no wait.
pub(crate) struct Subjects {
    /// The account.
    pub account: (Vec<u8>, i64),
    /// Where it comes from.
    pub address: (Vec<u8>, i64),
}

/// Tries that cost no wait: for one account, and from one address.
const FREE_FOR_ACCOUNT: i64 = 5;
const FREE_FOR_ADDRESS: i64 = 30;

impl Subjects {
    /// What was right forgives the tries before it, and does not count against an
    /// address that many share.
    pub(crate) async fn forgive(&self, transaction: &mut Transaction<'_, Postgres>) -> Result<(), Error> {
        sqlx::query!("delete from sign_in_failure where subject_hash = $1", self.account.0).execute(&mut **transaction).await?;
        sqlx::query!(
            "delete from sign_in_failure where ctid = (
                select ctid from sign_in_failure where subject_hash = $1 order by failed_at desc limit 1)",
            self.address.0
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

impl Portal {
    /// What a try is counted under: `purpose` and `key` say the account as it was tried,
    /// known or not. Strangers cannot use up the tries of a known device, and whoever has
    /// the device has its tries alone.
    pub(super) async fn subjects(&self, purpose: &str, key: &str, account: Option<Uuid>, origin: &Origin) -> Result<Subjects, Error> {
        let known = self.is_known_device(origin.device.as_deref(), account).await?;
        let (key, address, free) = match origin.device.as_deref().filter(|_| known) {
            Some(device) => (format!("{key}\n{device}"), format!("device {device}"), i64::MAX),
            None => (key.to_owned(), origin.address.clone(), FREE_FOR_ADDRESS),
        };
        Ok(Subjects {
            account: (self.pepper.digest(purpose, &key), FREE_FOR_ACCOUNT),
            address: (self.pepper.digest("address", &address), free),
        })
    }

    /// Counts one try; false, and not counted, where it has to wait.
    pub(crate) async fn count(&self, Subjects { account, address }: &Subjects) -> Result<bool, Error> {
        self.count_try(&account.0, account.1, &address.0, address.1).await
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
}
