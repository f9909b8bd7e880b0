//! What shows that the access log was not changed: the chain of its entries, the tree over the
//! heads of all chains, the signed line of roots, and the check of a patient's own chain.
//!
//! The server makes and checks with it, and the WebAssembly of `/activity` is nothing else. So
//! there is no I/O here, no clock and no JSON: what is signed is the text that is published, and
//! an auditor needs a line of it, SHA-256 and Ed25519.
//!
//! Hashes are SHA-256, in lower-case hexadecimal wherever they are text. Numbers of roots and
//! places of entries begin with 1.

pub mod chain;
pub mod check;
mod fields;
pub mod key;
pub mod root;
pub mod tree;

pub use fields::{bytes, hex};

/// A SHA-256.
pub type Digest = [u8; 32];

/// What stands where there is nothing before.
pub const BEGINNING: Digest = [0; 32];
