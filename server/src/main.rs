//! The Chartkey server.

#[expect(dead_code, unused_imports, reason = "wired by the rehearse command")]
mod rehearsal;

fn main() {}
