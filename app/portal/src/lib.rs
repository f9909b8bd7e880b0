//! Everything the portal can do, and the only crate that knows PostgreSQL.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod accounts;
mod audit;
pub mod claims;
pub mod error;
pub mod organizations;
mod passwords;
pub mod pool;
pub mod portal;
pub mod secrets;
pub mod sessions;
pub mod setup;
pub mod sign_in;

pub use error::Error;
pub use portal::Portal;
