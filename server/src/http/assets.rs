//! The files of the site: named after their content, so they never change.

use std::{collections::HashMap, path::Path, sync::Arc};

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
};
use chartkey_app::request::Assets;
use tower_http::services::ServeDir;

use super::Shared;

/// Reads `assets.json`, which names each file. Without it nothing is styled, and
/// the log says so.
#[must_use]
pub fn manifest(site: &Path) -> Assets {
    let path = site.join("assets.json");
    let read = std::fs::read(&path).map_err(|cause| cause.to_string());
    match read.and_then(|bytes| serde_json::from_slice::<HashMap<String, String>>(&bytes).map_err(|cause| cause.to_string())) {
        Ok(names) => Assets(Arc::new(names)),
        Err(reason) => {
            tracing::warn!(path = %path.display(), reason, "the site has not been built; pages come without style and script");
            Assets::default()
        }
    }
}

/// Serves the files, compressed ahead where the browser takes that.
pub fn routes(site: &Path) -> Router<Shared> {
    let files = ServeDir::new(site.join("assets")).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    Router::new().nest_service("/assets", files).layer(middleware::map_response(keep_forever))
}

async fn keep_forever(mut response: Response) -> Response {
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    response
}
