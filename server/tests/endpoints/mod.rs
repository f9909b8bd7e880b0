//! The table of who may reach what, and what it takes to hold the application to it.

#![allow(dead_code, reason = "each test binary uses its own part of the world")]

pub mod canary;
pub mod carers;
mod changes;
mod devices;
mod passing;
pub mod probe;
pub mod record;
mod side;
pub mod states;
pub mod table;
pub mod world;
