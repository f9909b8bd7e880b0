//! Connections that nobody left in the middle of something.
//!
//! A request whose client hangs up is dropped wherever it waits. Where that is
//! between `BEGIN` and its answer, sqlx 0.9.0 gives the connection back while
//! PostgreSQL is inside a transaction, and the next write on it is acknowledged
//! and then lost. Both ends are closed here: a connection is rolled back when it
//! comes back, and again before it is lent if it lay idle, and a change runs
//! detached from the request that asked for it.
//!
//! Nor is one lent to a database that was restored or failed over to behind our
//! back, before its journal was replayed: see [`Strict`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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
    guarded_in(connections, &Strict::default())
}

/// The same; once that is strict, new connections have to be to the database that the journal knows.
pub(crate) fn guarded_in(connections: u32, strict: &Strict) -> PgPoolOptions {
    let strict = strict.clone();
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        // The rollback before lending also proves that an idle connection is alive.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let strict = strict.clone();
            Box::pin(async move {
                quiet(connection).await?;
                strict.ask(connection).await
            })
        })
        .before_acquire(|connection, lent| {
            let is_fresh = lent.idle_for < FRESH;
            Box::pin(async move { if is_fresh { Ok(true) } else { leave_nothing_open(connection).await } })
        })
        .after_release(|connection, _| Box::pin(leave_nothing_open(connection)))
}

/// Whether each new connection is asked if it is to the database that the journal knows, or to
/// one that was restored or failed over to since. Not before that was found once: who replays
/// the journal has to reach such a database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strict(Arc<AtomicBool>);

impl Strict {
    /// From now on.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    async fn ask(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if self.0.load(Ordering::Relaxed) && is_another_incarnation(connection).await? {
            tracing::error!("the database was restored or moved; run `chartkey replay-journal`. Until then nobody is let in");
            return Err(sqlx::Error::Protocol("the database was restored or moved".to_owned()));
        }
        Ok(())
    }
}

/// Whether the cluster is another, or on another timeline, than the journal was last replayed for.
pub(crate) async fn is_another_incarnation(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select (i.system_identifier, i.timeline) <> (live.system_identifier, live.timeline) as "other!"
        from incarnation i, gate.incarnation() live"#
    )
    .fetch_one(connection)
    .await
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
