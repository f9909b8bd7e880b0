//! Everything that answers a request.
//!
//! Layers, from the outside: log and request id, headers, the language, panics, the guard
//! against other sites, body limits, a turn, the journal, the session, who visits. All of them are
//! around every route and around what is not found.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use chartkey_portal::Portal;
use leptos::config::LeptosOptions;
use tokio::sync::watch;
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{config::Config, mail::Post};

pub mod address;
pub mod admission;
pub mod assets;
pub mod device;
pub mod download;
pub mod events;
pub mod files;
pub mod headers;
pub mod health;
mod installed;
pub mod journal;
pub mod language;
pub mod leptos_app;
mod log;
pub mod oauth;
pub mod observe;
pub mod origin;
pub mod outgoing;
pub mod plain;
pub mod routes;
pub mod session;
pub mod store;
#[cfg(feature = "pdf")]
mod summary;
pub mod typed;
pub mod upload;

/// What handlers share.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Everything the portal can do.
    pub portal: Portal,
    /// Whether everybody in the database is invented: then every page says so.
    pub is_rehearsal: bool,
    /// Whether people reach us by https.
    pub secure: bool,
    /// How we are set up.
    pub config: Arc<Config>,
    /// The addresses of the site's files.
    pub assets: chartkey_app::request::Assets,
    /// Sends messages.
    pub post: Post,
    /// Room for the files that people are sending.
    pub uploads: upload::Room,
    /// Signs clinicians in.
    pub providers: oauth::Providers,
    /// What open pages listen to.
    pub notices: events::Notices,
    /// True once the server is stopping: open streams end then.
    pub stopping: watch::Receiver<bool>,
}

impl axum::extract::FromRef<Shared> for LeptosOptions {
    fn from_ref(_: &Shared) -> Self {
        // Leptos asks for them and we use none: files and addresses are our own.
        Self::builder().output_name("app").build()
    }
}

/// A form is small. A file that somebody adds to their record has a limit of its own: see [`upload`].
const BODY_LIMIT: usize = 256 * 1024;

/// A body that stops coming for so long is given up.
const BODY_PAUSE: Duration = Duration::from_secs(20);

/// The whole application as one service.
pub fn router(shared: &Shared) -> Router {
    around(leptos_app::routes(routes::routes(), shared), shared)
}

/// Routes with every layer around them.
pub fn around(routes: Router<Shared>, shared: &Shared) -> Router {
    let config = &shared.config;
    let secure = shared.secure;
    let cookie = if secure { "__Host-chartkey" } else { "chartkey" };
    let sessions = SessionManagerLayer::new(store::Store::new(shared.portal.clone(), config.sessions))
        .with_name(cookie)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/");
    routes
        .layer(middleware::from_fn(leptos_app::say_the_problem))
        .layer(middleware::from_fn(leptos_app::ask_to_sign_in))
        .layer(middleware::from_fn_with_state(typed::Keeper::new(shared), typed::keep))
        .layer(middleware::from_fn_with_state(cookie, session::forget))
        .layer(middleware::from_fn_with_state(shared.clone(), session::know))
        .layer(sessions)
        .layer(middleware::from_fn_with_state(shared.clone(), journal::keep))
        .layer(middleware::from_fn_with_state(admission::Admission::over(config.connections), admission::admit))
        .layer(middleware::from_fn_with_state(admission::Room::default(), admission::gather))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(middleware::from_fn_with_state(Arc::new(config.public_url.clone()), origin::guard))
        .layer(CatchPanicLayer::custom(plain::after_panic))
        .layer(middleware::from_fn_with_state(secure, language::choose))
        .layer(middleware::from_fn_with_state(headers::Headers::new(secure), headers::add))
        .layer(middleware::from_fn(observe::observe))
        .layer(middleware::from_fn_with_state(Arc::new(config.trusted_proxies.clone()), address::note))
        .with_state(shared.clone())
}
