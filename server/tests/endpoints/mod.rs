//! The table of who may reach what, and what it takes to hold the application to it.

pub mod canary;
pub mod probe;
pub mod record;
pub mod table;
pub mod world;
