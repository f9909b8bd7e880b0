//! For machines: alive, and ready.

use axum::{extract::State, http::StatusCode};

use super::Shared;

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// The database answers and has every migration. The reason is for the log.
pub async fn ready(State(shared): State<Shared>) -> (StatusCode, &'static str) {
    if *shared.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match shared.portal.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
