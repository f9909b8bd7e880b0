//! Everything that is neither a page nor a server function. The router and the
//! test of who may reach what are both made from this table.

use axum::{
    extract::DefaultBodyLimit,
    routing::{MethodRouter, get, post},
};

use super::{Shared, download, events, files, health, installed, log, oauth, upload};

/// Who gets an answer other than "sign in" or "not found".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
}

/// One route.
#[derive(Debug)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The pattern.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What answers.
    pub handler: fn() -> MethodRouter<Shared>,
}

/// The table.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/healthz", access: Access::Anyone, handler: || get(health::live) },
    Route { method: "GET", path: "/readyz", access: Access::Anyone, handler: || get(health::ready) },
    Route { method: "GET", path: "/manifest.webmanifest", access: Access::Anyone, handler: || get(installed::manifest) },
    Route { method: "GET", path: "/service-worker.js", access: Access::Anyone, handler: || get(installed::worker) },
    Route { method: "GET", path: "/.well-known/chartkey/log", access: Access::Anyone, handler: || get(log::published) },
    Route { method: "POST", path: "/activity/chain", access: Access::SignedIn, handler: || post(log::chain) },
    Route { method: "POST", path: "/activity/download", access: Access::SignedIn, handler: || post(log::download) },
    Route { method: "GET", path: "/events", access: Access::SignedIn, handler: || get(events::events) },
    Route {
        method: "GET",
        path: "/record/{patient}/documents/{item}/files/{number}",
        access: Access::SignedIn,
        handler: || get(files::file),
    },
    Route {
        method: "GET",
        path: "/record/{patient}/documents/{item}/files/{number}/shown",
        access: Access::SignedIn,
        handler: || get(files::shown),
    },
    Route {
        method: "GET",
        path: "/sharing/{grant}/preview/documents/{item}/files/{number}/shown",
        access: Access::SignedIn,
        handler: || get(files::previewed),
    },
    Route { method: "POST", path: "/download/fhir", access: Access::SignedIn, handler: || post(download::fhir) },
    Route { method: "POST", path: "/download/results", access: Access::SignedIn, handler: || post(download::results) },
    #[cfg(feature = "pdf")]
    Route { method: "POST", path: "/download/summary", access: Access::SignedIn, handler: || post(super::summary::summary) },
    #[cfg(feature = "pdf")]
    Route { method: "POST", path: "/download/code", access: Access::SignedIn, handler: || post(super::summary::code) },
    Route { method: "POST", path: "/download/pack", access: Access::SignedIn, handler: || post(download::pack) },
    Route {
        method: "POST",
        path: upload::PATH,
        access: Access::SignedIn,
        handler: || post(upload::upload).layer(DefaultBodyLimit::disable()),
    },
    Route { method: "GET", path: "/auth/{organization}/start", access: Access::Anyone, handler: || get(oauth::start) },
    Route { method: "GET", path: "/auth/{organization}/callback", access: Access::Anyone, handler: || get(oauth::callback) },
    Route { method: "POST", path: "/auth/{organization}/logout", access: Access::Anyone, handler: || post(oauth::logout) },
];

/// The router of the table.
pub fn routes() -> axum::Router<Shared> {
    ROUTES.iter().fold(axum::Router::new(), |router, route| router.route(route.path, (route.handler)()))
}
