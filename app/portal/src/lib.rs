//! Everything the portal can do; the only crate that knows PostgreSQL.
//!
//! A patient's data leaves through one door: [`Portal`] methods open a record
//! ([`record`]), read under row security, write the access event as the last
//! statement, and commit before they return.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

// The harness of the tests is a module of the crate's own tests too.
#[cfg(test)]
extern crate self as chartkey_portal;

pub mod account_log;
pub mod accounts;
pub mod activity;
pub mod added;
pub mod admissions;
pub mod allergies;
pub mod audit;
pub mod blocks;
pub mod card;
pub mod care_team;
pub mod caring;
pub mod claims;
pub mod codes;
pub mod corrections;
pub mod courses;
pub mod cursor;
pub mod deaths;
pub mod devices;
pub mod documents;
pub mod drafts;
pub mod email_change;
pub mod emergency;
pub mod entry;
mod error;
pub mod export;
pub mod fhir;
pub mod fresh;
pub mod helper_log;
pub mod home;
pub mod import;
pub mod incapacity;
pub mod inventory;
pub mod items;
pub mod journal;
pub mod keys;
mod language;
pub mod letters;
pub mod list;
mod lowering;
pub mod new_password;
pub mod news;
pub mod notices;
pub mod operator;
pub mod organizations;
pub mod pack_lock;
pub mod paper;
mod parts;
pub mod passkeys;
mod passwords;
pub mod pool;
mod portal;
pub mod practices;
mod prescribing;
pub mod proofs;
pub mod reach;
mod record;
pub mod registering;
pub mod rehearsal;
pub mod requests;
pub mod results;
pub mod seal;
mod sealed;
pub mod search;
pub mod second_factor;
pub mod secret_file;
pub mod secrets;
mod series;
pub mod sessions;
pub mod set_up;
pub mod setup;
pub mod shared;
pub mod sharing;
pub mod sign_in;
pub mod sources;
pub mod summary;
pub mod take_away;
pub mod tally;
pub mod telling;
pub mod timeline;
pub mod trends;
pub mod twins;
pub mod uploads;
pub mod visits;
pub mod waiting;
mod whom;

pub use error::Error;
pub use portal::Portal;
pub use record::{Eyes, Opened, Preview, PreviewedPart, SharedGrant, Stage, Standing, Viewer, Whose};

pub use fhir::LABEL_TABLE_VERSION;
