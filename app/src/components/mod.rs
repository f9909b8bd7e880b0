//! Parts of pages. Plain functions: nothing here has a state.

pub mod brief;
pub mod disputed;
pub mod entry;
pub mod facts;
pub mod flag;
pub mod form;
pub mod icon;
pub mod line;
pub mod list;
pub mod log;
pub mod meaning;
pub mod news;
pub mod notice;
pub mod passkey;
pub mod picture;
pub mod preview;
pub mod result;
pub mod row;
pub mod search;
pub mod sentence;
pub mod sheet;
pub mod source;
pub mod steps;
pub mod trend;
pub mod verified;
pub mod when;
