//! Server functions: every change a person makes, and the few reads that an
//! island makes. Each names its endpoint, asks who is calling, calls one portal
//! method and redirects.

pub mod accounts;
pub mod activity;
pub mod codes;
mod error;
pub mod sharing;

pub use error::ApiError;
