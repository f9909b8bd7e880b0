//! What benchmarks, proofs and tests stand on: a PostgreSQL, a database with a
//! record of 10,000 results, a server over it, and two visitors who are signed in.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

mod authenticator;
mod cluster;
pub mod cpu;
pub mod machine;
pub mod mutate;
mod record;
mod server;
mod size;
mod tap;

pub use authenticator::Authenticator;
pub use cluster::{Cluster, is_root, signal};
pub use record::{LABEL_TABLE, RESULTS, lay_record};
pub use server::{Running, Server};
pub use size::{Size, VARIABLE, saw};
pub use tap::{Statement, Tap};

/// Where things are.
#[derive(Debug, Clone)]
pub struct Place {
    /// A URL of the cluster, as its superuser.
    pub cluster: String,
    /// The binary.
    pub binary: PathBuf,
    /// The built site.
    pub site: PathBuf,
}

/// A database with a record, and a server over it.
#[derive(Debug)]
pub struct Ground {
    /// Whose record it is.
    pub patient: Uuid,
    /// Where the server answers, without a path.
    pub address: String,
    /// The database, as the cluster's superuser.
    pub superuser: String,
    /// The cookie of the patient.
    pub own: String,
    /// The cookie of a clinician with a grant of results and vital signs.
    pub clinician: String,
    /// The cluster's first process.
    pub postmaster: u32,
    /// The server.
    pub server: Server,
    /// What it is set up with.
    pub environment: Vec<(String, String)>,
}

/// The same cluster, another database and role. The query may hold slashes: a socket is a path.
fn url(cluster: &str, database: &str, role: Option<&str>) -> Result<String> {
    let (address, query) = cluster.split_once('?').map_or((cluster, String::new()), |(address, query)| (address, format!("?{query}")));
    let (scheme, rest) = address.split_once("://").context("a database URL has a scheme")?;
    let (authority, _) = rest.split_once('/').context("a database URL has a path")?;
    let authority = match role {
        None => authority.to_owned(),
        Some(role) => format!("{role}@{}", authority.rsplit('@').next().unwrap_or(authority)),
    };
    Ok(format!("{scheme}://{authority}/{database}{query}"))
}

impl Ground {
    /// Lays it, in a database of this name that is made anew; takes about ten seconds.
    ///
    /// # Errors
    /// A cluster that cannot be used, a server that does not start.
    pub async fn lay(place: &Place, database: &str, port: u16) -> Result<Self> {
        let mut cluster = PgConnection::connect(&place.cluster).await?;
        for statement in
            [format!("drop database if exists {database} with (force)"), format!("create database {database} template template0")]
        {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut cluster).await?;
        }
        let pid_file: String = sqlx::query_scalar("select pg_read_file('postmaster.pid')").fetch_one(&mut cluster).await?;
        let postmaster = pid_file.lines().next().unwrap_or_default().trim().parse()?;

        let superuser = url(&place.cluster, database, None)?;
        let address = format!("http://127.0.0.1:{port}");
        let scratch = std::env::temp_dir().join(database.replace('_', "-"));
        std::fs::create_dir_all(&scratch)?;
        // The roots of the database that was here before are of another installation.
        let _ = std::fs::remove_file(scratch.join("log-key.roots"));
        let environment: Vec<(String, String)> = [
            ("DATABASE_URL", url(&place.cluster, database, Some("chartkey_runtime"))?),
            ("CHARTKEY_MIGRATE_DATABASE_URL", superuser.clone()),
            ("CHARTKEY_PUBLIC_URL", address.clone()),
            ("CHARTKEY_LISTEN", format!("127.0.0.1:{port}")),
            ("CHARTKEY_SITE_DIR", place.site.display().to_string()),
            ("CHARTKEY_MAIL_DIR", scratch.join("mail").display().to_string()),
            ("CHARTKEY_PEPPER_FILE", scratch.join("pepper").display().to_string()),
            ("CHARTKEY_ANCHOR_FILE", scratch.join("anchor").display().to_string()),
            ("CHARTKEY_LOG_KEY_FILE", scratch.join("log-key").display().to_string()),
            ("RUST_LOG", "warn".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let migrated = Command::new(&place.binary).args(["migrate", "--create-roles"]).envs(environment.clone()).output()?;
        if !migrated.status.success() {
            bail!("the database was not migrated: {}", String::from_utf8_lossy(&migrated.stderr));
        }
        let mut connection = PgConnection::connect(&superuser).await?;
        let patient = lay_record(&mut connection).await?;
        let own = record::session(&mut connection, patient, false).await?;
        let clinician = record::session(&mut connection, patient, true).await?;
        sqlx::query("vacuum analyze").execute(&mut connection).await?;
        let log = scratch.join("server.log");
        let _ = std::fs::remove_file(&log);
        let server = Server::start(place.binary.clone(), environment.clone(), address.clone(), log).await?;
        Ok(Self { patient, address, superuser, own, clinician, postmaster, server, environment })
    }

    /// Somebody who holds this record, signed in; their cookie.
    ///
    /// # Errors
    /// A record that is held already.
    pub async fn holder(&self, patient: Uuid) -> Result<String> {
        let mut connection = PgConnection::connect(&self.superuser).await?;
        record::session(&mut connection, patient, false).await
    }

    /// So many sessions more of whoever has this cookie; their cookies.
    ///
    /// # Errors
    /// A database that does not answer.
    pub async fn sessions_beside(&self, cookie: &str, count: usize) -> Result<Vec<String>> {
        let mut connection = PgConnection::connect(&self.superuser).await?;
        record::sessions_beside(&mut connection, cookie, count).await
    }
}
