//! What somebody typed into a form that was refused, for its page to show again.
//!
//! It travels in a cookie, sealed and for one page only: nothing of it is in an
//! address, in the log or in the database, and nobody can fill a table by failing.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chartkey_app::{endpoints::endpoints, request::Typed};
use chartkey_portal::secrets::Pepper;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{BODY_LIMIT, Shared, plain, session::Known};

/// How long it is kept.
const LIFE: Duration = Duration::minutes(15);

/// Longer fields are not kept, so that none takes the others with it: what is sealed has four letters for three bytes, and has
/// to fit into a cookie, of which browsers keep 4,096 bytes. Words that may be longer wait in a draft where they are refused.
const FIELD: usize = 2_700;
const COOKIE: usize = 3_900;

/// Keeps what is refused, and hands it to the page that comes next.
#[derive(Debug, Clone)]
pub struct Keeper {
    pepper: Pepper,
    secure: bool,
    /// For each endpoint the fields that may be kept.
    fields: Arc<BTreeMap<&'static str, &'static [&'static str]>>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
    fields: BTreeMap<String, String>,
}

impl Keeper {
    /// For every endpoint that keeps something.
    #[must_use]
    pub fn new(shared: &Shared) -> Self {
        let fields = endpoints().into_iter().filter(|endpoint| !endpoint.keeps.is_empty()).map(|endpoint| (endpoint.path, endpoint.keeps));
        Self { pepper: shared.config.pepper.clone(), secure: shared.secure, fields: Arc::new(fields.collect()) }
    }

    const fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-chartkey-typed" } else { "chartkey-typed" }
    }

    fn cookie(&self, value: String) -> Cookie<'static> {
        Cookie::build((self.cookie_name(), value)).path("/").http_only(true).secure(self.secure).same_site(SameSite::Lax).build()
    }

    /// The cookie's value; nothing where it would be too long for one.
    fn seal(&self, context: &str, kept: &Kept) -> Option<String> {
        let text = serde_json::to_vec(kept).ok()?;
        let value = URL_SAFE_NO_PAD.encode(self.pepper.seal("typed", context, &text).ok()?);
        (value.len() <= COOKIE).then_some(value)
    }

    fn open(&self, context: &str, value: &str) -> Option<Kept> {
        let text = self.pepper.open("typed", context, &URL_SAFE_NO_PAD.decode(value).ok()?)?;
        serde_json::from_slice(&text).ok()
    }
}

/// A form that comes back to its page leaves what was typed; the page takes it away.
pub async fn keep(State(keeper): State<Keeper>, jar: CookieJar, request: Request, next: Next) -> Response {
    let context = request.extensions().get::<Known>().map_or_else(String::new, |known| known.visitor.actor.account().to_string());
    match *request.method() {
        Method::POST => refused(&keeper, &context, jar, request, next).await,
        Method::GET if is_problem(request.uri().query()) => shown(&keeper, &context, jar, request, next).await,
        _ => next.run(request).await,
    }
}

async fn refused(keeper: &Keeper, context: &str, jar: CookieJar, request: Request, next: Next) -> Response {
    let Some(fields) = keeper.fields.get(request.uri().path()).filter(|_| is_form(request.headers())) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    // The limit stands around this already; what fails here was cut off or came too slowly.
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return plain::unread() };
    let response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    if !came_back(&response) {
        return response;
    }
    let kept = Kept { until: now() + LIFE, fields: typed(&body, fields) };
    match keeper.seal(context, &kept) {
        Some(value) => (jar.add(keeper.cookie(value)), response).into_response(),
        None => response,
    }
}

async fn shown(keeper: &Keeper, context: &str, jar: CookieJar, mut request: Request, next: Next) -> Response {
    let Some(value) = jar.get(keeper.cookie_name()).map(|cookie| cookie.value().to_owned()) else { return next.run(request).await };
    if let Some(kept) = keeper.open(context, &value).filter(|kept| kept.until > now()) {
        request.extensions_mut().insert(Typed(Arc::new(kept.fields)));
    }
    let response = next.run(request).await;
    (jar.remove(keeper.cookie(String::new())), response).into_response()
}

/// The fields of a form that may be kept, those that hold something.
fn typed(body: &Bytes, fields: &[&str]) -> BTreeMap<String, String> {
    form_urlencoded::parse(body)
        .filter(|(name, value)| fields.contains(&name.as_ref()) && !value.is_empty() && value.len() <= FIELD)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

fn is_form(headers: &HeaderMap) -> bool {
    let content = headers.get(header::CONTENT_TYPE).and_then(|content| content.to_str().ok());
    content.is_some_and(|content| content.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"))
}

fn came_back(response: &Response) -> bool {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    response.status() == StatusCode::SEE_OTHER
        && location.is_some_and(|location| is_problem(location.split_once('?').map(|(_, query)| query)))
}

fn is_problem(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("problem=")))
}

fn now() -> OffsetDateTime {
    #[expect(clippy::disallowed_methods, reason = "how long a cookie is good for; no permission rests on it")]
    OffsetDateTime::now_utc()
}
