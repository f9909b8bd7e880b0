//! The process: configuration, the HTTP server, the worker and the command line.
//!
//! [`http::router`] is everything that answers a request; tests call it in
//! process. [`serve`] gives it a socket.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod backup;
pub mod cli;
pub mod config;
pub mod http;
pub mod mail;
pub mod metrics;
#[expect(clippy::indexing_slicing, reason = "invented resources are made of literals, and no request reaches them")]
pub mod rehearsal;
pub mod serve;
pub mod tls;
pub mod worker;
