//! The files of the site: named after their content, so they never change. They
//! come from a directory, or from inside the binary.

use std::{collections::HashMap, path::Path, sync::Arc};

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
};
use chartkey_app::request::Assets;
use include_dir::Dir;
use tower_http::services::ServeDir;

use super::Shared;

mod embedded;

/// The site of this build, where it was built with one.
fn inside() -> Option<&'static Dir<'static>> {
    #[cfg(feature = "embedded-site")]
    {
        static SITE: Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/../target/site");
        Some(&SITE)
    }
    #[cfg(not(feature = "embedded-site"))]
    None
}

/// Reads `assets.json`, which names each file, from the directory or, without one,
/// from inside the binary. Without it nothing is styled, and the log says so.
#[must_use]
pub fn manifest(site: Option<&Path>) -> Assets {
    let read = match (site, inside()) {
        (Some(site), _) => std::fs::read(site.join("assets.json")).map_err(|cause| cause.to_string()),
        (None, Some(inside)) => inside.get_file("assets.json").map(|file| file.contents().to_vec()).ok_or_else(|| "absent".to_owned()),
        (None, None) => Err("no directory is set".to_owned()),
    };
    match read.and_then(|bytes| serde_json::from_slice::<HashMap<String, String>>(&bytes).map_err(|cause| cause.to_string())) {
        Ok(names) => Assets(Arc::new(names)),
        Err(reason) => {
            let path = site.map_or_else(|| "the binary".to_owned(), |site| site.display().to_string());
            tracing::warn!(path, reason, "the site has not been built; pages come without style and script");
            Assets::default()
        }
    }
}

/// Serves the files, compressed ahead where the browser takes that.
pub fn routes(site: Option<&Path>) -> Router<Shared> {
    let router = match (site, inside()) {
        (None, Some(inside)) => embedded::routes(inside),
        (site, _) => {
            let files = ServeDir::new(site.unwrap_or(Path::new("target/site")).join("assets"));
            Router::new().nest_service("/assets", files.precompressed_br().precompressed_gzip().append_index_html_on_directories(false))
        }
    };
    router.layer(middleware::map_response(keep_forever))
}

async fn keep_forever(mut response: Response) -> Response {
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    response
}
