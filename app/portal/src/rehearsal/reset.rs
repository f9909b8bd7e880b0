//! Emptying a rehearsal, so that it can begin again.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, postgres::PgConnectOptions};

use crate::Error;

/// Removes everybody and everything from a database that is a rehearsal's, as the
/// migrator. The schema stays, and so does which database it is, and what was signed over its log:
/// the line of roots goes on.
///
/// # Errors
/// [`Error::Conflict`] where the database is not a rehearsal's: then nothing is removed.
pub async fn empty(migrator: &str) -> Result<(), Error> {
    let mut connection = migrator.parse::<PgConnectOptions>()?.connect().await?;
    let mut transaction = connection.begin().await?;
    transaction.execute("set local role chartkey_owner").await?;
    // Locked first: nothing comes in between the question and the answer.
    transaction.execute("lock table rehearsal in access exclusive mode").await?;
    let is_rehearsal = sqlx::query_scalar!(r#"select exists (select from rehearsal) as "is!""#).fetch_one(&mut *transaction).await?;
    if !is_rehearsal {
        return Err(Error::Conflict("not-a-rehearsal"));
    }
    let tables = sqlx::query_scalar!(
        r#"select string_agg(format('%I.%I', schemaname, tablename), ', ') as "tables!"
        from pg_tables where schemaname = 'public' and tablename not in
            ('_sqlx_migrations', 'incarnation', 'journal_mark', 'log_key', 'log_root', 'log_intent')"#
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.execute(AssertSqlSafe(format!("truncate {tables} restart identity"))).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}
