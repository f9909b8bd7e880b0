//! Headers on every response, errors included.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// What is added where a handler said nothing itself.
#[derive(Debug, Clone, Copy)]
pub struct Headers {
    secure: bool,
}

const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    // Nothing that we answer belongs into a cache unless its handler says so.
    ("cache-control", "no-store"),
    ("content-security-policy", WITHOUT_SCRIPT),
];

const WITHOUT_SCRIPT: &str =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a file that a browser shows: it has no origin, runs nothing and loads nothing, and only a page of
/// ours frames it. The style is the browser's own around a picture.
pub const SHOWN: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The policy of a page: scripts of ours, those that carry its nonce, and the
/// compilation of WebAssembly. In a frame of ours stands only what says itself that it may: [`SHOWN`].
#[must_use]
pub fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         frame-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

impl Headers {
    /// `secure`: whether people reach us by https.
    #[must_use]
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }
}

/// Adds what is missing.
pub async fn add(State(headers): State<Headers>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let present = response.headers_mut();
    for &(name, value) in ALWAYS {
        if !present.contains_key(name) {
            present.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if headers.secure {
        present.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}
