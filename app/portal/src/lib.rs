//! Everything the portal can do, and the only crate that knows PostgreSQL.

pub mod portal;

pub use portal::Portal;
