//! What a page or a server function asks of the request: who visits, the portal,
//! the session, and where to go afterwards. The server provides all of it as
//! context; nothing here knows of cookies.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
};

use axum::http::{Method, StatusCode, header, request::Parts};
use chartkey_domain::{
    account::{Actor, Visitor},
    device::Use,
    grant::Purpose,
    id::{ItemId, PatientId, PreviewId},
};
use chartkey_portal::{
    Portal,
    letters::Letter,
    news::Look,
    sessions::SessionKey,
    sign_in::{Origin, SignedIn},
};
use leptos::prelude::{GetUntracked, use_context};
use leptos_axum::ResponseOptions;
use leptos_router::hooks::{use_params_map, use_query_map};
use time::{Date, Duration, Month, OffsetDateTime};

use crate::{api::ApiError, catalogue::Say};

mod address;
mod refused;

pub use address::{again, code_page, of_record, ours, percent_encoded, preview_of, preview_page, welcome, with_token, with_way_back};

/// Who calls, as the server knows them. Nobody is the default.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Who is signed in, if anybody is.
    pub visitor: Option<Visitor>,
    /// The record of which this account is the holder, if there is one.
    pub record: Option<PatientId>,
    /// The catalogue in the language to answer in.
    pub say: Say,
    /// The grant, or the draft of one, with whose grantee's eyes the page is looked at.
    pub preview: Option<PreviewId>,
    /// When the request came: the server's clock, for what a page prints.
    pub now: Option<OffsetDateTime>,
    /// When the account opens without its second factor, where somebody says that it is
    /// lost.
    pub factor_ends_at: Option<OffsetDateTime>,
    /// After how long without use the session ends, where it was begun on a shared device.
    pub leaves_after: Option<Duration>,
}

impl Caller {
    /// The catalogue in the caller's language.
    #[must_use]
    pub const fn say(&self) -> Say {
        self.say
    }

    /// Whether this is a clinician.
    #[must_use]
    pub fn is_clinician(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| matches!(visitor.actor, Actor::Clinician { .. }))
    }
}

/// Where the files of the site are: logical name (`style.css`) to address.
#[derive(Debug, Clone, Default)]
pub struct Assets(pub Arc<HashMap<String, String>>);

impl Assets {
    /// The address of an asset; a plain one where the site has not been built.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| format!("/assets/{name}"))
    }
}

/// Present in the context where everybody in the database is invented.
#[derive(Debug, Clone, Copy)]
pub struct Rehearsal;

/// How this Chartkey is installed, for the page that leads through the set-up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Installation {
    /// Whether people reach it from elsewhere, by https.
    pub is_reachable: bool,
    /// Whether messages go out through a mail server.
    pub has_mail_server: bool,
    /// Whether the heads of the access log go into an anchor file.
    pub has_anchor: bool,
    /// Whether what takes access away goes into a journal.
    pub has_journal: bool,
}

/// A future that a [`SessionControl`] answers with.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>>;

/// What a server function may do to the session of its request. The server
/// implements it; cookies and stores stay there.
pub trait SessionControl: Send + Sync {
    /// Begins a session for a proven sign-in, under a new session id.
    fn begin(&self, signed_in: SignedIn, of: Use) -> Answer<'_>;
    /// Goes on with the session under a new id, for a sign-in that was proven again.
    fn again(&self, signed_in: SignedIn) -> Answer<'_>;
    /// Goes on under a new session id after a change that has ended every session.
    fn go_on(&self, signed_in: SignedIn) -> Answer<'_>;
    /// Keeps in this browser, for ten minutes, what a right password proved while its
    /// code is missing. It is no session.
    fn wait_for_code(&self, half: &str);
    /// What [`Self::wait_for_code`] kept.
    fn half(&self) -> Option<String>;
    /// Keeps in this browser, for five minutes, that it was asked for a passkey.
    fn wait_for_passkey(&self, token: &str);
    /// What [`Self::wait_for_passkey`] kept.
    fn asked_for_passkey(&self) -> Option<String>;
    /// The key of the session, if there is one: for saying which of a list it is.
    fn key(&self) -> Option<SessionKey>;
    /// Signs out: the session is gone before the answer is.
    fn end(&self) -> Answer<'_>;
    /// Fixes the purpose for which a record is opened in this session.
    fn declare(&self, patient: PatientId, purpose: Purpose) -> Answer<'_>;
    /// Notes the record that the visitor holds now, for the navigation.
    fn hold(&self, patient: PatientId) -> Answer<'_>;
    /// Keeps in this browser the language that was chosen in it, by its tag.
    fn speak(&self, tag: &'static str);
}

/// Sends messages. The server implements it; it answers before a message is sent,
/// so that the time says nothing about whether there was one.
pub trait Letters: Send + Sync {
    /// Sends this one, in the background.
    fn send(&self, letter: Letter);
    /// Sends what was stored with a change, in the background; the worker sends what
    /// this does not.
    fn send_due(&self);
}

/// Where messages go, as the server provides it in the context.
#[derive(Clone)]
pub struct Post(pub Arc<dyn Letters>);

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post")
    }
}

/// Where the request came from, as the server provides it in the context: for the
/// waits of sign-in alone.
#[derive(Debug, Clone)]
pub struct ClientAddress(pub String);

/// What was typed into the form that came back to this page, by the names of its
/// fields: never a password or a code. The server provides it in the context.
#[derive(Clone, Default)]
pub struct Typed(pub Arc<BTreeMap<String, String>>);

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed")
    }
}

/// What the browser's device cookie holds, as the server provides it in the context:
/// for the waits of sign-in alone.
#[derive(Debug, Clone)]
pub struct ClientDevice(pub Option<String>);

/// The session of the request, as the server provides it in the context.
#[derive(Clone)]
pub struct Session(pub Arc<dyn SessionControl>);

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

/// The portal.
///
/// # Errors
/// [`ApiError::Unavailable`] where the server provides none.
pub fn portal() -> Result<Portal, ApiError> {
    use_context().ok_or(ApiError::Unavailable)
}

/// Who calls.
#[must_use]
pub fn caller() -> Caller {
    use_context().unwrap_or_default()
}

/// The catalogue in the language in which a form says that its page was read: a language may be
/// chosen while a page is open. The caller's own, where the form says nothing that is known.
#[must_use]
pub fn read_in(language: &str) -> Say {
    Say::from_tag(language).unwrap_or_else(|| caller().say())
}

/// Who is signed in, as portal methods ask for it.
///
/// # Errors
/// [`ApiError::SignedOut`] where nobody is.
pub fn visitor() -> Result<Visitor, ApiError> {
    caller().visitor.ok_or(ApiError::SignedOut)
}

/// Who asks.
///
/// # Errors
/// [`ApiError::SignedOut`] where nobody does.
pub fn actor() -> Result<Actor, ApiError> {
    visitor().map(|visitor| visitor.actor)
}

/// The session of this request.
///
/// # Errors
/// [`ApiError::Unavailable`] where the server provides none.
pub fn session() -> Result<Session, ApiError> {
    use_context().ok_or(ApiError::Unavailable)
}

/// The key of this session.
///
/// # Errors
/// [`ApiError::SignedOut`] where there is none.
pub fn session_key() -> Result<SessionKey, ApiError> {
    session()?.0.key().ok_or(ApiError::SignedOut)
}

/// Where messages go.
///
/// # Errors
/// [`ApiError::Unavailable`] where the server provides nothing.
pub fn post() -> Result<Post, ApiError> {
    use_context().ok_or(ApiError::Unavailable)
}

/// Sends the messages that a change has stored, if it was made: whoever is refused costs
/// no further look.
pub fn send_due<T>(made: &Result<T, ApiError>) {
    if let (Ok(_), Ok(post)) = (made, post()) {
        post.0.send_due();
    }
}

/// Where the request came from.
#[must_use]
pub fn client_address() -> String {
    use_context::<ClientAddress>().map(|address| address.0).unwrap_or_default()
}

/// How this Chartkey is installed; nothing of it where the server does not say.
#[must_use]
pub fn installation() -> Installation {
    use_context().unwrap_or_default()
}

/// Where a try to sign in comes from.
#[must_use]
pub fn origin() -> Origin {
    Origin { address: client_address(), device: use_context::<ClientDevice>().and_then(|device| device.0) }
}

/// The addresses of the site's files.
#[must_use]
pub fn assets() -> Assets {
    use_context().unwrap_or_default()
}

/// A path parameter of the page, read as `T`.
///
/// # Errors
/// [`ApiError::NotFound`] where it is missing or cannot be read.
pub fn parameter<T: std::str::FromStr>(name: &str) -> Result<T, ApiError> {
    use_params_map().get_untracked().get_str(name).and_then(|text| text.parse().ok()).ok_or(ApiError::NotFound)
}

/// The `{patient}` of the page's address.
///
/// # Errors
/// [`ApiError::NotFound`] where it is no identifier.
pub fn patient() -> Result<PatientId, ApiError> {
    parameter("patient")
}

/// The `{item}` of the page's address.
///
/// # Errors
/// [`ApiError::NotFound`] where it is no identifier.
pub fn item() -> Result<ItemId, ApiError> {
    parameter("item")
}

/// A field of the page's query, if it is there and not empty.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    use_query_map().get_untracked().get_str(name).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The problem that a form post came back with, if any.
#[must_use]
pub fn problem() -> Option<ApiError> {
    query("problem").and_then(|code| ApiError::from_code(&code))
}

/// What was typed into this field of the form that came back, if anything.
#[must_use]
pub fn typed(field: &str) -> Option<String> {
    use_context::<Typed>()?.0.get(field).cloned()
}

/// The path of the request, without its query.
#[must_use]
pub fn path() -> String {
    use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// The path of the request with its query: where a form leads back to that may stand on any page.
#[must_use]
pub fn here() -> String {
    let parts = use_context::<Parts>();
    parts.and_then(|parts| parts.uri.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/".to_owned())
}

/// Whether this page is read now: a browser that fetches a page in advance says so.
#[must_use]
pub fn look() -> Look {
    use_context::<Parts>().map_or(Look::Ahead, |parts| {
        let is_ahead = ["sec-purpose", "purpose", "x-moz", "x-purpose"].iter().any(|name| {
            let said = parts.headers.get(*name).and_then(|said| said.to_str().ok());
            said.is_some_and(|said| said.contains("prefetch") || said.contains("preview"))
        });
        if parts.method == Method::GET && !is_ahead { Look::Opened } else { Look::Ahead }
    })
}

/// Answers with this status.
pub fn status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// Goes on to a path of ours: 303 after a plain form post or for a page, and what
/// the islands understand otherwise.
pub fn redirect(path: &str) {
    leptos_axum::redirect(path, false);
    if is_plain() {
        status(StatusCode::SEE_OTHER);
    }
}

/// Whether a browser asks without one of our islands: it is answered with a page.
#[must_use]
pub fn is_plain() -> bool {
    use_context::<Parts>().is_none_or(|parts| {
        parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_none_or(|accept| !accept.contains("application/json"))
    })
}

/// Ends a form post: goes on to the path that `result` names, or back to `page`,
/// the form's own, with the problem's code. `page` may carry a query already.
///
/// # Errors
/// Never for a plain form post; the type is that of server functions.
pub fn answer(result: Result<impl AsRef<str>, ApiError>, page: &str) -> Result<(), ApiError> {
    match result {
        Ok(next) => redirect(next.as_ref()),
        Err(ApiError::SignedOut) => redirect(&welcome(page)),
        Err(ApiError::SignInAgain) => redirect(&again(page)),
        Err(problem) => {
            let mark = if page.contains('?') { '&' } else { '?' };
            redirect(&format!("{page}{mark}problem={}", problem.code()));
        }
    }
    Ok(())
}

/// What the box about the device says that somebody signs in on.
#[must_use]
pub const fn device_use(shared: Option<&str>) -> Use {
    if shared.is_some() { Use::Shared } else { Use::Own }
}

/// Where to go after signing in, if the page was asked for one of ours.
#[must_use]
pub fn way_back() -> Option<String> {
    query("to").filter(|to| ours(to))
}

/// A date as somebody typed it in three fields.
#[must_use]
pub fn date(day: &str, month: &str, year: &str) -> Option<Date> {
    let month = Month::try_from(month.trim().parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.trim().parse().ok()?, month, day.trim().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_date_is_one_of_the_calendar() {
        assert_eq!(date(" 29", "2", "2024 ").map(|date| date.to_string()), Some("2024-02-29".to_owned()));
        assert_eq!(date("29", "2", "2023"), None);
        assert_eq!(date("", "2", "2023"), None);
    }
}
