//! The guard against requests that another site makes in our visitor's name.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::plain;
use crate::config::PublicUrl;

/// Lets through what reads, unless it is under `/api`; anything else only from a
/// page of ours and in a form that such a page sends. A Referer of another site
/// is taken away: a failed form post would lead there.
pub async fn guard(State(ours): State<Arc<PublicUrl>>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_call = request.uri().path().starts_with("/api/");
    if (!safe || is_call) && !is_from_a_provider(&request) && !is_from_us(headers, ours.origin()) {
        return plain::refused().into_response();
    }
    if !safe && !has_known_content(headers, is_call) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    if headers.get(header::REFERER).is_some_and(|referer| !is_within(referer, ours.origin())) {
        request.headers_mut().remove(header::REFERER);
    }
    next.run(request).await
}

/// What a provider says by itself comes from no browser, and is believed for its signature alone.
fn is_from_a_provider(request: &Request) -> bool {
    let slug = request.uri().path().strip_prefix("/auth/").and_then(|rest| rest.strip_suffix("/logout"));
    let is_of_a_browser = ["sec-fetch-site", "origin", "cookie"].iter().any(|header| request.headers().contains_key(*header));
    *request.method() == Method::POST && slug.is_some_and(|slug| !slug.contains('/')) && !is_of_a_browser
}

/// Browsers say where a request comes from in `Sec-Fetch-Site`; older ones say at
/// least `Origin` on what changes something.
fn is_from_us(headers: &HeaderMap, ours: &str) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(header::ORIGIN).is_some_and(|origin| origin == ours),
    }
}

/// A server function reads a plain form and nothing else: a body of another kind would be read as if
/// it were one.
fn has_known_content(headers: &HeaderMap, is_call: bool) -> bool {
    let Some(content) = headers.get(header::CONTENT_TYPE).and_then(|content| content.to_str().ok()) else { return false };
    match content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => true,
        "application/json" | "multipart/form-data" => !is_call,
        _ => false,
    }
}

fn is_within(referer: &HeaderValue, ours: &str) -> bool {
    referer.to_str().is_ok_and(|referer| referer.strip_prefix(ours).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referer_that_only_begins_like_ours_is_foreign() {
        for (referer, within) in [
            ("https://key.example.org/sign-in", true),
            ("https://key.example.org", true),
            ("https://key.example.org.evil.example/sign-in", false),
            ("https://key.example.org:444/", false),
        ] {
            assert_eq!(is_within(&HeaderValue::from_static(referer), "https://key.example.org"), within, "{referer}");
        }
    }
}
