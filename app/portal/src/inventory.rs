//! What is in a database, to compare a backup with: read as `chartkey_backup`, who
//! sees every row and changes none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use time::OffsetDateTime;

use crate::Error;

/// Tables whose rows come and go with every request: their counts say nothing.
const PASSING: [&str; 16] = [
    "backup_proof",
    "draft",
    "factor_loss",
    "half_sign_in",
    "import_stage",
    "journal_mark",
    "journal_outbox",
    "known_device",
    "letter",
    "mail_token",
    "search",
    "session",
    "sign_in_attempt",
    "sign_in_failure",
    "upload",
    "upload_piece",
];

/// Rows of each table at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The database's time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Where its write-ahead log was.
    pub lsn: String,
    /// The timeline of that log.
    pub timeline: i32,
    /// Which cluster.
    pub system_identifier: String,
    /// The version of PostgreSQL, as in `15.14`.
    pub server: String,
    /// The size of a segment of its log, in bytes.
    pub segment_bytes: i64,
    /// Rows by table.
    pub tables: BTreeMap<String, i64>,
}

/// Stored resources whose bytes were hashed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// How many.
    pub checked: i64,
    /// Of how many the SHA-256 is not the one beside the bytes.
    pub wrong: i64,
}

/// A connection as the role of backups.
#[derive(Debug)]
pub struct Inspector(PgConnection);

impl Inspector {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Ok(Self(url.parse::<PgConnectOptions>()?.application_name("chartkey backup").connect().await?))
    }

    /// Counts every table, all at one moment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count(&mut self) -> Result<Inventory, Error> {
        let mut transaction = self.0.begin().await?;
        sqlx::query!("set transaction isolation level repeatable read, read only").execute(&mut *transaction).await?;
        let now = sqlx::query!(
            r#"select now() as "at!", pg_current_wal_lsn()::text as "lsn!", live.timeline as "timeline!",
                live.system_identifier as "system_identifier!", current_setting('server_version') as "server!",
                pg_size_bytes(current_setting('wal_segment_size')) as "segment_bytes!"
            from gate.incarnation() live"#
        )
        .fetch_one(&mut *transaction)
        .await?;
        // A count of a table whose name is a value: query_to_xml is what runs one inside a statement.
        let tables = sqlx::query!(
            r#"select c.relname::text as "name!",
                (xpath('/row/rows/text()', query_to_xml(format('select count(*) as rows from public.%I', c.relname), false, true, '')))[1]::text::bigint as "rows!"
            from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all($1)"#,
            &PASSING.map(str::to_owned)
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        Ok(Inventory {
            at: now.at,
            lsn: now.lsn,
            timeline: now.timeline,
            system_identifier: now.system_identifier,
            server: now.server,
            segment_bytes: now.segment_bytes,
            tables: tables.into_iter().map(|table| (table.name, table.rows)).collect(),
        })
    }

    /// Hashes the bytes of every stored resource again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hash_again(&mut self) -> Result<Hashes, Error> {
        let row = sqlx::query!(
            r#"select count(*) as "checked!", count(*) filter (where sha256(bytes) <> sha256) as "wrong!"
            from (select bytes, sha256 from item_version union all select bytes, sha256 from unassigned) stored"#
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(Hashes { checked: row.checked, wrong: row.wrong })
    }
}

impl Inventory {
    /// Tables of a restored database that hold fewer or more rows than there were between
    /// the two countings around its backup. Equal countings leave no room.
    #[must_use]
    pub fn differs(before: &Self, after: &Self, restored: &Self) -> Vec<Difference> {
        before
            .tables
            .iter()
            .filter_map(|(table, before)| {
                let after = after.tables.get(table).copied().unwrap_or(*before);
                let restored = restored.tables.get(table).copied().unwrap_or(-1);
                let is_between = (restored >= *before.min(&after)) && (restored <= *before.max(&after));
                (!is_between).then(|| Difference { table: table.clone(), before: *before, after, restored })
            })
            .collect()
    }
}

/// A table whose rows are not what they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows before the backup.
    pub before: i64,
    /// Rows after it.
    pub after: i64,
    /// Rows in what was restored; -1: there is no such table.
    pub restored: i64,
}
