//! The site that lies inside the binary.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use include_dir::Dir;

use crate::http::Shared;

/// What lies beside a file, and how a browser says that it takes it: the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

pub(super) fn routes(site: &'static Dir<'static>) -> Router<Shared> {
    let answer = move |Path(path): Path<String>, headers: HeaderMap| async move { file(site, &path, &headers) };
    Router::new().route("/assets/{*path}", get(answer))
}

/// A file of the site as this browser takes it.
fn file(site: &Dir<'static>, path: &str, headers: &HeaderMap) -> Response {
    let path = format!("assets/{path}");
    let Some(plain) = site.get_file(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = mime_guess::from_path(&path).first_or_octet_stream();
    let common = [(header::CONTENT_TYPE, typed(&kind)), (header::VARY, "accept-encoding".to_owned())];
    let takes = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in ENCODINGS {
        if accepts(takes, encoding)
            && let Some(file) = site.get_file(format!("{path}{ending}"))
        {
            return (common, [(header::CONTENT_ENCODING, encoding)], file.contents()).into_response();
        }
    }
    (common, plain.contents()).into_response()
}

/// The media type; texts of ours are UTF-8.
fn typed(kind: &mime_guess::Mime) -> String {
    if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}

/// Whether a browser takes this encoding: it names it, and not with a weight of nothing.
fn accepts(takes: &str, encoding: &str) -> bool {
    takes.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let is_named = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        is_named && !pieces.any(|weight| matches!(weight.strip_prefix("q="), Some("0" | "0.0" | "0.00" | "0.000")))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use include_dir::{DirEntry, File};

    use super::*;

    static ENTRIES: [DirEntry<'static>; 3] = [
        DirEntry::File(File::new("assets/app-1.js", b"plain")),
        DirEntry::File(File::new("assets/app-1.js.br", b"brotli")),
        DirEntry::File(File::new("assets/app-1.js.gz", b"gzip")),
    ];
    static FOLDER: [DirEntry<'static>; 1] = [DirEntry::Dir(Dir::new("assets", &ENTRIES))];
    static SITE: Dir<'static> = Dir::new("", &FOLDER);

    #[tokio::test]
    async fn a_browser_gets_the_smallest_that_it_takes() {
        for (takes, body, encoding) in [
            ("gzip, deflate, br, zstd", "brotli", Some("br")),
            ("gzip", "gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", "gzip", Some("gzip")),
            ("identity", "plain", None),
        ] {
            let headers = [(header::ACCEPT_ENCODING, takes.parse().unwrap())].into_iter().collect();
            let answer = file(&SITE, "app-1.js", &headers);
            assert_eq!(answer.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap()), encoding, "{takes}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert_eq!(axum::body::to_bytes(answer.into_body(), 100).await.unwrap(), body);
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_a_file_of_the_site() {
        assert!(fs::exists("Cargo.toml").unwrap());
        for path in ["../assets.json", "nothing.js", "../../Cargo.toml", "/etc/passwd", ""] {
            assert_eq!(file(&SITE, path, &HeaderMap::new()).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
