//! Pure types and rules of Chartkey: no I/O, no async, no clock.
//!
//! A record is a set of items ([`item`]); a patient's grants ([`grant`]) and the
//! facts about who is asking go into [`policy::decide`], which alone can say yes.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod account;
pub mod added;
pub mod ages;
pub mod alike;
pub mod called;
pub mod category;
pub mod correction;
pub mod device;
pub mod draft;
pub mod emergency;
pub mod exact;
pub mod fold;
pub mod grant;
pub mod id;
pub mod item;
pub mod label;
pub mod lens;
pub mod meanings;
pub mod names;
pub mod phrase;
pub mod policy;
pub mod preset;
pub mod query;
pub mod telling;
pub mod ucum;
pub mod understanding;
pub mod verdict;
pub mod waiting;
pub mod when;
