//! When a backup was last proved, and how far what is kept outside the database is
//! behind it.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::{Error, Portal};

/// One proof of a backup.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The name of the backup.
    pub backup: String,
    /// Its encrypted size.
    pub bytes: Option<i64>,
    /// How long it took.
    pub seconds: f64,
    /// What was not equal; `None`: nothing could be compared.
    pub differences: Option<i32>,
    /// Whether a cluster was started from it.
    pub is_restored: bool,
    /// What failed.
    pub failed: Option<String>,
}

/// What becomes of one backup, to be kept.
#[derive(Debug, Clone)]
pub struct NewProof {
    /// The name of the backup.
    pub backup: String,
    /// Its encrypted size.
    pub bytes: Option<i64>,
    /// How long it took.
    pub seconds: f64,
    /// What was not equal; `None`: nothing could be compared.
    pub differences: Option<i32>,
    /// Whether a cluster was started from it.
    pub is_restored: bool,
    /// What failed.
    pub failed: Option<String>,
    /// The whole report.
    pub report: Value,
}

/// The archive of the write-ahead log, as PostgreSQL counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveLag {
    /// Whether PostgreSQL archives.
    pub is_on: bool,
    /// The last segment that was archived, and when.
    pub last: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_at: Option<OffsetDateTime>,
    /// Whether the newest try failed.
    pub is_failing: bool,
    /// Seconds since the last segment.
    pub seconds: Option<i64>,
}

impl Portal {
    /// Keeps what became of a backup.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_proof(&self, proof: NewProof) -> Result<(), Error> {
        sqlx::query!(
            "insert into backup_proof (backup, size_bytes, seconds, differences, is_restored, failed, report) values ($1, $2, $3, $4, $5, $6, $7)",
            proof.backup,
            proof.bytes,
            proof.seconds,
            proof.differences,
            proof.is_restored,
            proof.failed,
            proof.report
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The last proofs, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_proofs(&self, count: i64) -> Result<Vec<Proof>, Error> {
        Ok(sqlx::query_as!(
            Proof,
            "select at, backup, size_bytes as bytes, seconds, differences, is_restored, failed from backup_proof order by at desc limit $1",
            count
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// How far the archive of the write-ahead log is behind.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn archive_lag(&self) -> Result<ArchiveLag, Error> {
        Ok(sqlx::query_as!(
            ArchiveLag,
            r#"select current_setting('archive_mode') <> 'off' as "is_on!", last_archived_wal as last, last_archived_time as last_at,
                coalesce(last_failed_time > last_archived_time or last_failed_time is not null and last_archived_time is null, false)
                    as "is_failing!",
                extract(epoch from now() - last_archived_time)::bigint as seconds
            from pg_stat_archiver"#
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// The database's time: whether a job of the day is due is asked of it, not of this machine.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn now(&self) -> Result<OffsetDateTime, Error> {
        Ok(sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(&self.pool).await?)
    }
}
