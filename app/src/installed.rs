//! Chartkey beside other applications of a telephone: its manifest, and the worker that keeps
//! the shell. The shell is the page that says there is no network, and how it looks; nothing
//! of a record is ever in it.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{catalogue::Say, request::Assets};

/// Where the manifest is.
pub const MANIFEST: &str = "/manifest.webmanifest";
/// Where the worker is: above every page that it stands in for.
pub const WORKER: &str = "/service-worker.js";
/// The page that it shows where there is no network.
pub const OFFLINE: &str = "/offline";

const SCRIPT: &str = include_str!("../browser/shell/worker.js");
/// What that page is made of.
const FILES: [&str; 2] = ["style.css", "icon.svg"];

/// The manifest (W3C Web Application Manifest).
#[must_use]
pub fn manifest(say: Say, assets: &Assets) -> String {
    let png = |name: &str, size: &str, purpose: &str| json!({ "src": assets.address(name), "sizes": size, "type": "image/png", "purpose": purpose });
    json!({
        "id": "/",
        "start_url": "/home",
        "scope": "/",
        "display": "standalone",
        "name": say.product(),
        "short_name": say.product(),
        "description": say.promise(),
        "lang": say.tag(),
        "background_color": "#6b1d56",
        "theme_color": "#6b1d56",
        "icons": [
            png("icon-192.png", "192x192", "any"),
            png("icon-512.png", "512x512", "any"),
            png("icon-maskable.png", "512x512", "maskable"),
            { "src": assets.address("icon.svg"), "sizes": "any", "type": "image/svg+xml" },
        ],
    })
    .to_string()
}

/// The worker. Its shell is named after what is in it, so that a browser takes up a new one.
#[must_use]
pub fn worker(assets: &Assets) -> String {
    let files = FILES.map(|name| assets.address(name));
    let mut digest = Sha256::new();
    [SCRIPT, env!("CARGO_PKG_VERSION")].iter().for_each(|part| digest.update(part));
    files.iter().for_each(|file| digest.update(file));
    let name: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("const SHELL = {};\n{SCRIPT}", json!({ "name": format!("shell-{name}"), "page": OFFLINE, "files": files }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_another_shell() {
        let assets = |style: &str| Assets(std::sync::Arc::new([("style.css".to_owned(), style.to_owned())].into()));
        assert_eq!(worker(&assets("/assets/style-1.css")), worker(&assets("/assets/style-1.css")));
        let name = |style: &str| worker(&assets(style)).split("shell-").nth(1).unwrap()[..12].to_owned();
        assert_ne!(name("/assets/style-1.css"), name("/assets/style-2.css"));
    }
}
