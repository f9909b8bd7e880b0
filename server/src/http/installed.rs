//! The manifest and the worker of the shell, for telephones that keep Chartkey beside their
//! other applications.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use chartkey_app::installed;

use super::{Shared, language::spoken};

/// What the worker may do: ask us, and nothing else.
const POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/// The manifest.
pub async fn manifest(State(shared): State<Shared>) -> Response {
    ([(header::CONTENT_TYPE, "application/manifest+json")], installed::manifest(spoken(), &shared.assets)).into_response()
}

/// The worker.
pub async fn worker(State(shared): State<Shared>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, installed::worker(&shared.assets)).into_response()
}
