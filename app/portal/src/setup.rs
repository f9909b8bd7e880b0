//! Making a database: roles once a cluster, then the migrations.

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection,
    error::DatabaseError,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgSslMode},
};

use crate::Error;

/// Every migration of this build.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How long a migration waits for a lock, and whoever comes after it behind it: people
/// read and write meanwhile. Much less than the second after which PostgreSQL looks for
/// deadlocks and ends one of two transactions, which could be a person's.
const LOCK_PATIENCE: &str = "set lock_timeout = '200ms'";

/// How long it leaves them in peace before it tries again, and how often it does.
const LOCK_PAUSE: Duration = Duration::from_millis(300);
const LOCK_TRIES: u32 = 360;

/// Brings the database up to this build, as the migrator. Running it again changes
/// nothing. People may read and write meanwhile: a step that would make them wait behind
/// somebody's long transaction is rolled back and tried again, for three minutes.
///
/// # Errors
/// [`Error::Database`] where the database cannot be reached or a migration fails.
pub async fn migrate(migrator: &str) -> Result<(), Error> {
    let mut connection = migrator.parse::<PgConnectOptions>()?.connect().await?;
    connection.execute(LOCK_PATIENCE).await?;
    let mut tries = 1;
    while let Err(error) = MIGRATIONS.run(&mut connection).await {
        if !is_lock_timeout(&error) || tries == LOCK_TRIES {
            return Err(sqlx::Error::from(error).into());
        }
        tries += 1;
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    // So that the server can tell whether it is ready.
    connection.execute("grant select on _sqlx_migrations to chartkey_runtime, chartkey_backup").await?;
    connection.close().await?;
    Ok(())
}

/// Whether somebody held a lock for too long (`lock_not_available`).
fn is_lock_timeout(error: &MigrateError) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else { return false };
    cause.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "55P03")
}

/// Makes the roles, and the database that `migrator` names where it is absent.
/// `admin` is somebody who may do that; the passwords of the migrator and of the
/// runtime role are those in their addresses, where there are any.
///
/// # Errors
/// [`Error::Database`] where `admin` may not make roles or databases.
pub async fn create_roles(admin: &str, migrator: &str, runtime: &str) -> Result<(), Error> {
    let database = name(migrator)?;
    let admin: PgConnectOptions = admin.parse()?;
    let mut connection = admin.connect().await?;
    connection.execute(include_str!("../../../migrations/roles.sql")).await?;
    for (role, url) in [("chartkey_migrator", migrator), ("chartkey_runtime", runtime)] {
        if let Some(password) = password(url)? {
            set_password(&mut connection, role, &password).await?;
        }
    }
    let exists = sqlx::query_scalar!(r#"select exists (select from pg_database where datname = $1) as "exists!""#, database)
        .fetch_one(&mut connection)
        .await?;
    // A name cannot be a parameter; quote_ident in the database makes it safe.
    let quoted = sqlx::query_scalar!(r#"select quote_ident($1) as "quoted!""#, database).fetch_one(&mut connection).await?;
    if exists {
        connection.execute(AssertSqlSafe(format!("alter database {quoted} owner to chartkey_migrator"))).await?;
    } else {
        // Empty, whatever an administrator, or a build server, has put into the template that is copied by itself.
        connection
            .execute(AssertSqlSafe(format!("create database {quoted} owner chartkey_migrator template template0 encoding 'UTF8'")))
            .await?;
    }
    connection.close().await?;
    Ok(())
}

/// Gives the role of backups the password in its address, where there is one.
///
/// # Errors
/// [`Error::Database`] where `admin` may not change roles.
pub async fn set_backup_password(admin: &str, backup: &str) -> Result<(), Error> {
    let Some(password) = password(backup)? else { return Ok(()) };
    let mut connection = admin.parse::<PgConnectOptions>()?.connect().await?;
    set_password(&mut connection, "chartkey_backup", &password).await?;
    connection.close().await?;
    Ok(())
}

async fn set_password(connection: &mut PgConnection, role: &'static str, password: &str) -> Result<(), Error> {
    let statement =
        sqlx::query_scalar!(r#"select format('alter role %I password %L', $1::text, $2::text) as "statement!""#, role, password)
            .fetch_one(&mut *connection)
            .await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    Ok(())
}

/// The database that an address names.
///
/// # Errors
/// [`Error::Internal`] where it names none.
pub fn name(url: &str) -> Result<String, Error> {
    let options: PgConnectOptions = url.parse()?;
    options.get_database().map(str::to_owned).ok_or_else(|| Error::internal("the address names no database"))
}

/// The password in an address, decoded. Connection options do not give it back.
///
/// # Errors
/// [`Error::Internal`] where it is not percent-encoded.
pub fn password(url: &str) -> Result<Option<String>, Error> {
    let Some((_, rest)) = url.split_once("://") else { return Ok(None) };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return Ok(None) };
    let Some((_, password)) = user.split_once(':') else { return Ok(None) };
    percent_decoded(password).map(Some)
}

/// What PostgreSQL's own programs read from their environment to reach this address:
/// a password never stands on a command line.
///
/// # Errors
/// [`Error::Database`] where it is no address, [`Error::Internal`] where its password is not
/// percent-encoded.
pub fn libpq(url: &str) -> Result<Vec<(&'static str, String)>, Error> {
    let options: PgConnectOptions = url.parse()?;
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let mode = match options.get_ssl_mode() {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    };
    let mut said = vec![
        ("PGHOST", host),
        ("PGPORT", options.get_port().to_string()),
        ("PGUSER", options.get_username().to_owned()),
        ("PGSSLMODE", mode.to_owned()),
    ];
    said.extend(password(url)?.map(|password| ("PGPASSWORD", password)));
    Ok(said)
}

fn percent_decoded(text: &str) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next(), rest.next()].into_iter().flatten().map(char::from).collect::<String>();
        bytes.push(u8::from_str_radix(&digits, 16).map_err(|_| bad_password())?);
    }
    String::from_utf8(bytes).map_err(|_| bad_password())
}

fn bad_password() -> Error {
    Error::internal("the password in a database address is not percent-encoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_one_in_the_address() {
        assert_eq!(password("postgres://chartkey_runtime:a%40b%25c@localhost/x").unwrap().as_deref(), Some("a@b%c"));
        assert_eq!(password("postgres://chartkey_runtime@localhost/x?host=/tmp/a@b:c").unwrap(), None);
        assert!(password("postgres://u:%zz@localhost/x").is_err());
    }
}
