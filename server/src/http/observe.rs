//! One log line a request: its id, method, route pattern, status and time. Never
//! the path, the query, a header or a body: those can say something of a patient.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

/// The identifier of a request, in its log lines and in the answer.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// Classes of status, by their first digit.
const CLASSES: [&str; 6] = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// A method, one of few: a client may make up others.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Gives the request an identifier and logs how it ended.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id));
    let span = tracing::info_span!("request", %id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    let class = CLASSES.get(usize::from(response.status().as_u16() / 100)).copied().unwrap_or("other");
    metrics::counter!("chartkey_requests_total", "method" => known(&method), "route" => route.clone(), "status" => class).increment(1);
    metrics::histogram!("chartkey_request_duration_seconds", "method" => known(&method), "route" => route, "status" => class)
        .record(started.elapsed().as_secs_f64());
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, milliseconds, "answered"));
    response
}
