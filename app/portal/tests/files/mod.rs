//! Files that come in, those of others and short ones, and how they are taken in.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::path::{Path, PathBuf};

use chartkey_portal::import::{self, Error, ImportOptions, ImportReport};
use sqlx::PgConnection;

use crate::harness::Ground;

pub fn shared() -> PathBuf {
    let path = std::env::var_os("CHARTKEY_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    assert!(path.is_dir(), "the shared records are not at {}: set CHARTKEY_SHARED_DATA", path.display());
    path
}

pub async fn take(connection: &mut PgConnection, source: &str, bytes: &[u8]) -> Result<ImportReport, Error> {
    import::run(connection, bytes, &ImportOptions::new(source, "test"), |_| {}).await
}

/// A Bundle of these resources.
pub fn bundle(resources: &[&str]) -> String {
    let entries: Vec<String> = resources.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
}

pub const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Roe","given":["Ana"]}],"birthDate":"1970-02-03"}"#;
pub const BEN: &str = r#"{"resourceType":"Patient","id":"ben","name":[{"family":"Roe","given":["Ben"]}]}"#;

pub async fn one<T>(ground: &Ground, query: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(query).fetch_one(&ground.superuser).await.unwrap()
}
