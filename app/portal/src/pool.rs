//! Connections that nobody left in the middle of something.
//!
//! A request whose client hangs up is dropped wherever it waits. Where that is
//! between `BEGIN` and its answer, sqlx 0.9.0 gives the connection back while
//! PostgreSQL is inside a transaction, and the next write on it is acknowledged
//! and then lost. Both ends are closed here: a connection is rolled back when it
//! comes back, and again before it is lent if it lay idle, and a change runs
//! detached from the request that asked for it.

use std::time::Duration;

use sqlx::{
    Connection, Executor,
    postgres::{PgConnection, PgPoolOptions},
};
use tracing::Instrument;

use crate::{Error, journal};

/// A connection that came back so recently was rolled back then and was alive.
const FRESH: Duration = Duration::from_secs(1);

/// Whoever waits longer for a connection is told that it does not work: a person would have gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// Options of every pool of the portal: no connection is lent or kept inside a
/// transaction that somebody left open.
#[must_use]
pub fn guarded(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        // The rollback before lending also proves that an idle connection is alive.
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(quiet(connection)))
        .before_acquire(|connection, lent| {
            let is_fresh = lent.idle_for < FRESH;
            Box::pin(async move { if is_fresh { Ok(true) } else { leave_nothing_open(connection).await } })
        })
        .after_release(|connection, _| Box::pin(leave_nothing_open(connection)))
}

/// A rollback outside a transaction is a warning to PostgreSQL, and routine here.
async fn quiet(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute("set client_min_messages = error").await.map(drop)
}

/// Ends whatever transaction the connection is in; without one it does nothing.
/// An error closes the connection, and the pool opens another.
async fn leave_nothing_open(connection: &mut PgConnection) -> sqlx::Result<bool> {
    connection.execute("rollback").await?;
    Ok(!connection.is_in_transaction())
}

/// Runs a change to its end, also when the caller is dropped while it waits: what
/// is committed was wanted, and what is not is rolled back as a whole.
///
/// # Errors
/// Whatever the work returns, and [`Error::Internal`] when it panicked or the
/// process is shutting down.
pub(crate) async fn detached<T, W>(work: W) -> Result<T, Error>
where
    T: Send + 'static,
    W: Future<Output = Result<T, Error>> + Send + 'static,
{
    let running = journal::begins();
    let work = async move {
        let done = work.await;
        drop(running);
        done
    };
    tokio::spawn(work.in_current_span()).await.map_err(Error::internal)?
}
