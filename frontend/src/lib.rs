//! The WebAssembly entry: hydrates the islands, nothing else.

// Islands register themselves when they are linked; nothing else names the crate.
use chartkey_app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by `app/browser/islands.js`, before it hydrates each island of the page.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
