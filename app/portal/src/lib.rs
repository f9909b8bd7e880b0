//! Everything the portal can do; the only crate that knows PostgreSQL.
//!
//! A patient's data leaves through one door: [`Portal`] methods open a record
//! ([`record`]), read under row security, write the access event as the last
//! statement, and commit before they return.

pub mod audit;
mod error;
pub mod export;
pub mod fhir;
pub mod import;
mod portal;
mod record;

pub use error::Error;
pub use portal::Portal;
pub use record::{Opened, SharedGrant, Viewer, Whose};

pub use fhir::LABEL_TABLE_VERSION;
