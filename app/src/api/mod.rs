//! Server functions: every change a person makes, and the few reads that an
//! island makes. Each names its endpoint, asks who is calling, calls one portal
//! method and redirects.

pub mod accounts;
pub mod activity;
pub mod added;
pub mod blocks;
pub mod codes;
pub mod corrections;
pub mod credentials;
pub mod deaths;
pub mod devices;
pub mod emergency;
mod error;
pub mod incapacity;
pub mod passing;
pub mod passkeys;
pub mod practices;
pub mod prescribing;
pub mod reach;
pub mod requests;
pub mod search;
pub mod second_factor;
pub mod second_step;
pub mod sharing;
pub mod sources;
pub mod telling;
pub mod twins;
pub mod waiting;

pub use error::ApiError;
