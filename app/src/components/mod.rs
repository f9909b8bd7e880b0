//! Parts of pages. Plain functions: nothing here has a state.

pub mod facts;
pub mod form;
pub mod icon;
pub mod notice;
pub mod row;
pub mod sentence;
pub mod sheet;
pub mod when;
