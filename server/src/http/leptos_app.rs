//! The application's pages and server functions, and what they find in their
//! context.

use std::sync::Arc;

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use chartkey_app::{
    api::ApiError,
    catalogue::Say,
    pages::operator::Operator,
    request::{
        Answer, Caller, ClientAddress, ClientDevice, Installation, Letters, Post, Rehearsal, Session, SessionControl, Typed, preview_of,
        welcome,
    },
    routes::{App, PUBLIC},
};
use chartkey_domain::{account::Actor, device::Use, grant::Purpose, id::PatientId};
use chartkey_portal::{Portal, letters::Letter, sessions::SessionKey, sign_in::SignedIn};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions};

use super::{
    Shared, address,
    device::Browser,
    headers, language, plain,
    session::{Current, Known, NotWritten},
    store,
};
use crate::config::Mail;

/// Every page of the application.
#[must_use]
pub fn pages() -> Vec<AxumRouteListing> {
    leptos_axum::generate_route_list(App)
}

/// Adds pages, server functions, and the answer to every address that is none of
/// ours.
pub fn routes(router: Router<Shared>, shared: &Shared) -> Router<Shared> {
    let context = {
        let shared = shared.clone();
        move || provide(&shared)
    };
    router
        .leptos_routes_with_context(shared, pages(), context.clone(), App)
        .route("/api/{*endpoint}", any(|| async { plain::no_endpoint() }))
        .merge(super::assets::routes(shared.config.site_dir.as_deref()))
        .fallback(leptos_axum::render_app_async_with_context(context, App))
}

/// The operator's page with its files, for the listener that only this machine reaches.
pub fn operator(shared: &Shared) -> Router {
    let context = {
        let shared = shared.clone();
        move || provide(&shared)
    };
    Router::new()
        .route("/", get(leptos_axum::render_app_async_with_context(context, Operator)))
        .merge(super::assets::routes(shared.config.site_dir.as_deref()))
        .layer(middleware::from_fn_with_state(false, language::choose))
        .layer(middleware::from_fn_with_state(headers::Headers::new(false), headers::add))
        .with_state(shared.clone())
}

/// Leads whoever is not signed in from a page that is not for everybody to the
/// page with both doors, and nowhere else: what is there and what is not look the
/// same to them.
pub async fn ask_to_sign_in(request: Request, next: Next) -> Response {
    let page = request.extensions().get::<MatchedPath>().map(|path| path.as_str().trim_end_matches('/').to_owned());
    let is_known = request.extensions().get::<Known>().is_some();
    match page {
        Some(page) if !is_known && is_page(&page) && !PUBLIC.contains(&page.as_str()) => {
            let back = request.uri().path_and_query().map_or("/", |path| path.as_str());
            Redirect::to(&welcome(back)).into_response()
        }
        _ => next.run(request).await,
    }
}

/// A plain form that an endpoint could not answer with a page of its own is
/// answered with the status of its problem, and not with a way back to where it
/// came from.
pub async fn say_the_problem(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.headers().contains_key("serverfnerror") || !response.status().is_redirection() {
        return response;
    }
    let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap_or_default();
    let problem = serde_json::from_slice::<ApiError>(&body).unwrap_or(ApiError::Unavailable);
    plain::problem(problem)
}

/// Whether the pattern is a page's: not the table's, an endpoint's or a file's.
fn is_page(pattern: &str) -> bool {
    let is_file = pattern.starts_with("/assets") || pattern.starts_with("/api/");
    !is_file && !super::routes::ROUTES.iter().any(|route| route.path == pattern)
}

/// The context of a page or a server function.
fn provide(shared: &Shared) {
    provide_context(shared.portal.clone());
    provide_context(shared.assets.clone());
    let say = language::spoken();
    provide_context(Post(Arc::new(Letterbox { post: shared.post.clone(), portal: shared.portal.clone(), say })));
    provide_context(Installation {
        is_reachable: shared.secure,
        has_mail_server: matches!(shared.config.mail, Mail::Smtp { .. }),
        has_anchor: shared.config.anchor_file.is_some(),
        has_journal: shared.config.keeping.journal_file.is_some(),
    });
    if shared.is_rehearsal {
        provide_context(Rehearsal);
    }
    let response = use_context::<ResponseOptions>().unwrap_or_default();
    if let Some(nonce) = leptos::nonce::use_nonce()
        && let Ok(policy) = HeaderValue::from_str(&headers::policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    let Some(parts) = use_context::<Parts>() else { return };
    let known = parts.extensions.get::<Known>();
    provide_context(Caller {
        visitor: known.map(|known| known.visitor.as_ref().clone()),
        record: known.and_then(|known| known.record),
        preview: preview_of(parts.uri.path()),
        #[expect(clippy::disallowed_methods, reason = "the date that a page prints; nothing is decided by it")]
        now: Some(time::OffsetDateTime::now_utc()),
        factor_ends_at: known.and_then(|known| known.factor_ends_at),
        leaves_after: known.and_then(|known| known.leaves_after),
        say,
    });
    if let Some(typed) = parts.extensions.get::<Typed>() {
        provide_context(typed.clone());
    }
    if let Some(address) = parts.extensions.get::<address::ClientAddress>() {
        provide_context(ClientAddress(address.counted()));
    }
    let browser = Browser::of(&parts.headers, shared.secure);
    provide_context(ClientDevice(browser.known.clone()));
    if let Some(session) = parts.extensions.get::<tower_sessions::Session>() {
        let current = Current { session: session.clone(), portal: shared.portal.clone() };
        provide_context(Session(Arc::new(Control { current, response, browser })));
    }
}

/// The session of one request, as server functions may change it.
struct Control {
    current: Current,
    response: ResponseOptions,
    browser: Browser,
}

impl Control {
    fn set_cookie(&self, cookie: Option<HeaderValue>) {
        if let Some(cookie) = cookie {
            self.response.append_header(header::SET_COOKIE, cookie);
        }
    }

    /// Knows the browser from now on. Without that its owner may have to wait one day,
    /// which is no reason not to let them in now.
    async fn know_device(&self, actor: &Actor) {
        match self.current.portal.know_device(actor, self.browser.known.clone(), self.browser.device).await {
            Ok(token) => self.set_cookie(self.browser.know(token)),
            Err(error) => tracing::warn!(%error, "a device was not noted"),
        }
    }
}

impl SessionControl for Control {
    fn begin(&self, signed_in: SignedIn, of: Use) -> Answer<'_> {
        Box::pin(async move {
            let actor = signed_in.actor.clone();
            answer(self.current.begin(signed_in, self.browser.device, of).await)?;
            // Whoever else uses a shared device is a stranger.
            if of == Use::Own {
                self.know_device(&actor).await;
            }
            self.set_cookie(self.browser.forget_half());
            Ok(())
        })
    }

    fn again(&self, signed_in: SignedIn) -> Answer<'_> {
        Box::pin(async move { answer(self.current.again(signed_in, self.browser.device).await) })
    }

    fn go_on(&self, signed_in: SignedIn) -> Answer<'_> {
        Box::pin(async move { answer(self.current.go_on(signed_in, self.browser.device).await) })
    }

    fn wait_for_code(&self, half: &str) {
        self.set_cookie(self.browser.keep_half(half));
    }

    fn half(&self) -> Option<String> {
        self.browser.half.clone()
    }

    fn wait_for_passkey(&self, token: &str) {
        self.set_cookie(self.browser.keep_asked(token));
    }

    fn asked_for_passkey(&self) -> Option<String> {
        self.browser.asked.clone()
    }

    fn key(&self) -> Option<SessionKey> {
        self.current.session.id().map(|id| store::key(&id))
    }

    fn end(&self) -> Answer<'_> {
        Box::pin(async {
            answer(self.current.end().await)?;
            // Nothing of the pages stays behind on a shared device. The cookie by which the
            // device is known stays: it opens nothing, and whoever signs out each time is
            // who a stranger must not lock out.
            let everything = HeaderValue::from_static("\"cache\", \"storage\"");
            self.response.insert_header(HeaderName::from_static("clear-site-data"), everything);
            self.set_cookie(self.browser.forget_half());
            Ok(())
        })
    }

    fn declare(&self, patient: PatientId, purpose: Purpose) -> Answer<'_> {
        Box::pin(async move { answer(self.current.declare(patient, purpose).await) })
    }

    fn hold(&self, patient: PatientId) -> Answer<'_> {
        Box::pin(async move { answer(self.current.hold(patient).await) })
    }

    fn speak(&self, tag: &'static str) {
        self.set_cookie(self.browser.speak(tag));
    }
}

fn answer(written: Result<(), NotWritten>) -> Result<(), ApiError> {
    written.map_err(|error| {
        tracing::error!(%error, cause = std::error::Error::source(&error), "the session was not written");
        ApiError::Unavailable
    })
}

/// Where messages go. One to somebody without an account is in the language of who asks for it.
struct Letterbox {
    post: crate::mail::Post,
    portal: Portal,
    say: Say,
}

impl Letters for Letterbox {
    fn send(&self, letter: Letter) {
        self.post.send(letter, self.say);
    }

    fn send_due(&self) {
        self.post.send_due(self.portal.clone());
    }
}
