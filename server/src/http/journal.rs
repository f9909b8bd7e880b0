//! Nothing that took access away is acknowledged before it is in the journal.

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{Shared, plain};

/// Around every request that may change something: its answer waits for the journal. A
/// request that changed nothing of the kind waits for one query.
pub async fn keep(State(shared): State<Shared>, request: Request, next: Next) -> Response<Body> {
    let may_change = !request.method().is_safe();
    let response = next.run(request).await;
    if !may_change {
        return response;
    }
    match shared.portal.keep_journal().await {
        Ok(_) => response,
        Err(error) => {
            // What was asked for is done; that it will stay so cannot be promised.
            tracing::error!(%error, "the journal was not written");
            plain::failed()
        }
    }
}
