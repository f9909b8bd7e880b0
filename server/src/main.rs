//! The Chartkey server.
fn main() {}
