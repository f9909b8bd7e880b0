//! The second WebAssembly entry: checks a patient's own log in their browser, nothing else.
//!
//! `app/browser/log.js` asks for it when somebody presses the button of `/activity`, and gives it
//! the log in the pieces in which it comes.

use chartkey_evidence::check::{Check, Seen};
use wasm_bindgen::prelude::wasm_bindgen;

/// A check that goes on.
#[derive(Debug)]
#[wasm_bindgen]
pub struct Checking(Check);

#[wasm_bindgen]
impl Checking {
    /// Begins. `seen` is what an earlier report said to remember: `NUMBER.ROOT.SEQ.HEAD`.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(seen: Option<String>) -> Self {
        Self(Check::new(seen.and_then(|seen| Seen::parse(&seen.replace('.', " ")))))
    }

    /// Takes the next piece.
    pub fn feed(&mut self, piece: &[u8]) {
        self.0.feed(piece);
    }

    /// Ends it, with the report as `name=value`, with spaces.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finish().to_string()
    }
}
