//! The few pages that do not come from the application, because it is what failed
//! or was not reached.

use std::any::Any;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chartkey_app::{api::ApiError, catalogue::Say};

use super::language::spoken;

fn page(status: StatusCode, say: Say, title: &'static str, text: &'static str) -> Response {
    let (language, direction, patients) = (say.tag(), say.direction(), say.your_patients());
    let html = format!(
        "<!DOCTYPE html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} – Chartkey</title></head>\
         <body><main><h1>{title}</h1><p>{text}</p><p><a href=\"/\">Chartkey</a> <a href=\"/shared\">{patients}</a></p></main></body></html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// After a panic, whose place the log holds: nothing of its reason reaches the browser.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    uncertain()
}

/// Something of ours failed, maybe after what was asked for had been done.
#[must_use]
pub fn uncertain() -> Response {
    let say = spoken();
    page(StatusCode::INTERNAL_SERVER_ERROR, say, say.went_wrong(), say.went_wrong_says())
}

/// The database does not answer.
#[must_use]
pub fn unavailable() -> Response {
    let say = spoken();
    later(page(StatusCode::SERVICE_UNAVAILABLE, say, say.page_failed(), say.page_failed_says()))
}

/// More people are here than can be served.
#[must_use]
pub fn busy() -> Response {
    let say = spoken();
    later(page(StatusCode::SERVICE_UNAVAILABLE, say, say.busy(), say.busy_says()))
}

/// A page took longer than anybody waits.
#[must_use]
pub fn too_slow() -> Response {
    let say = spoken();
    later(page(StatusCode::SERVICE_UNAVAILABLE, say, say.too_slow(), say.too_slow_says()))
}

/// A change took longer than anybody waits. It goes on without them, so nobody may say that
/// nothing was changed.
#[must_use]
pub fn unfinished() -> Response {
    let say = spoken();
    later(page(StatusCode::SERVICE_UNAVAILABLE, say, say.too_slow(), say.unfinished_says()))
}

/// With when to come back, in seconds.
fn later(mut response: Response) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Another site sent this request.
#[must_use]
pub fn refused() -> Response {
    let say = spoken();
    page(StatusCode::FORBIDDEN, say, say.not_from_here(), say.not_from_here_says())
}

/// An endpoint could not do what it was asked, and has no page that says so.
#[must_use]
pub fn problem(problem: ApiError) -> Response {
    let say = spoken();
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(status, say, say.there_is_a_problem(), say.problem(problem))
}

/// The body of a request did not come whole.
#[must_use]
pub fn unread() -> Response {
    problem(ApiError::Invalid)
}

/// An address that is none of ours, because of what follows its path.
#[must_use]
pub fn unreadable() -> Response {
    StatusCode::BAD_REQUEST.into_response()
}

/// No such endpoint.
#[must_use]
pub fn no_endpoint() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], "{\"error\":\"not-found\"}").into_response()
}
