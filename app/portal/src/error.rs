//! Why the portal could not do what it was asked.

use std::error::Error as Cause;

/// What a caller can tell apart. Causes are for the log, never for a browser.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not for this actor: the two look the same.
    #[error("not found")]
    NotFound,
    /// PostgreSQL could not be reached, or refused a statement.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The work was stopped before its end.
    #[error("the work was stopped")]
    Stopped {
        /// Why.
        #[source]
        cause: Box<dyn Cause + Send + Sync>,
    },
    /// Something stored, or a setting, is not what it must be.
    #[error("{what}")]
    Broken {
        /// What is wrong, for an operator; nothing about a person.
        what: String,
    },
}
