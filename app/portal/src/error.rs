//! What can go wrong, as callers need to tell it apart.

/// A refusal or a failure. Causes stay inside, for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is none of the caller's business: to a
    /// stranger both look the same.
    #[error("not found")]
    NotFound,
    /// What was sent cannot be used; the word is a stable code, not a text for people.
    #[error("invalid: {0}")]
    Invalid(&'static str),
    /// It was changed meanwhile, or has been done already.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Too many tries; wait and try again.
    #[error("too many tries")]
    TooManyTries,
    /// This needs a fresh sign-in, and the last one is too long ago.
    #[error("sign in again")]
    SignInAgain,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// Something of ours failed.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps a cause that nobody outside can do anything about.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}
