//! Nothing that took access away is acknowledged before it is in the journal.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{Shared, plain};

/// What opens or ends a session and takes nothing from anybody else: a journal that cannot be
/// written keeps nobody from it. What it notes all the same is written beside it.
const ONLY_SIGNS_IN: [&str; 8] = [
    "/api/sign-in",
    "/api/sign-in-code",
    "/api/sign-in-again",
    "/api/ask-for-passkey",
    "/api/sign-in-passkey",
    "/api/sign-in-again-passkey",
    "/api/sign-out",
    "/api/sign-out-everywhere",
];

/// Around every request that may change something: its answer waits for the journal, within the
/// time that admission gives it. A refusal waits for nothing; and what goes on after an answer
/// that came too early, or after somebody hung up, is kept when it has ended.
pub async fn keep(State(shared): State<Shared>, request: Request, next: Next) -> Response<Body> {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let only_signs_in = ONLY_SIGNS_IN.contains(&request.uri().path());
    let (response, owed) = shared.portal.owing(next.run(request)).await;
    if only_signs_in || refuses(response.status()) {
        return response;
    }
    match owed.settle().await {
        Ok(_) => response,
        Err(error) => {
            // What was asked for may be done; that it will stay so cannot be promised.
            tracing::error!(%error, "the journal was not written");
            let mut answer = plain::uncertain();
            for cookie in response.headers().get_all(header::SET_COOKIE) {
                answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            answer
        }
    }
}

fn refuses(status: StatusCode) -> bool {
    status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_signs_in_is_there() {
        let paths: Vec<_> = chartkey_app::endpoints::endpoints().into_iter().map(|endpoint| endpoint.path).collect();
        for path in ONLY_SIGNS_IN {
            assert!(paths.contains(&path), "{path}");
        }
    }
}
