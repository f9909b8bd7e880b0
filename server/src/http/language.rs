//! In which language a request is answered, decided here and nowhere else: that of the
//! account, else the one that was chosen in this browser, else what the browser asks for,
//! else English.
//!
//! It is a value of the task, and not of the request alone, because the pages that say that
//! something failed are made where there is no request any more.

use std::cell::Cell;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use chartkey_app::catalogue::Say;

use super::device::language_cookie;

tokio::task_local! {
    static SPOKEN: Cell<Say>;
}

/// Answers the request in the language of its browser, until [`speak`] knows better.
pub async fn choose(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let say = of_browser(request.headers(), secure);
    SPOKEN.scope(Cell::new(say), next.run(request)).await
}

/// Goes on in the language of this account. One that is not spoken here leaves the browser's.
pub fn speak(tag: &str) {
    if let Some(say) = Say::from_tag(tag) {
        let _ = SPOKEN.try_with(|spoken| spoken.set(say));
    }
}

/// The catalogue in the language of the request that is being answered.
#[must_use]
pub fn spoken() -> Say {
    SPOKEN.try_with(Cell::get).unwrap_or_default()
}

fn of_browser(headers: &HeaderMap, secure: bool) -> Say {
    let jar = CookieJar::from_headers(headers);
    let chosen = jar.get(language_cookie(secure)).and_then(|cookie| Say::from_tag(cookie.value()));
    chosen.unwrap_or_else(|| asked_for(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()))
}

/// The language of ours that an `Accept-Language` likes best (RFC 9110, section 12.5.4): the
/// first of those with the greatest weight. One with the weight 0, and what cannot be read, is
/// not asked for.
fn asked_for(header: &str) -> Say {
    let mut best: Option<(u16, Say)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let say = parts.next().and_then(Say::from_tag);
        let weight = parts.find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")));
        let (Some(say), Some(weight)) = (say, weight.map_or(Some(1_000), thousandths)) else { continue };
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, say));
        }
    }
    best.map(|(_, say)| say).unwrap_or_default()
}

/// A weight in thousandths: 0 to 1 with at most three digits behind the point (RFC 9110, section
/// 12.4.2).
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    if part.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::asked_for;

    #[test]
    fn the_language_that_is_liked_best_and_spoken_here_is_chosen() {
        for (header, tag) in [
            ("", "en-GB"),
            ("es", "es"),
            ("es-MX,es;q=0.9,en;q=0.8", "es"),
            ("en-US,en;q=0.9,es;q=0.8", "en-GB"),
            ("de-DE,de;q=0.9,es;q=0.5,en;q=0.3", "es"),
            ("en;q=0.3, es ; q=0.7", "es"),
            ("en;q=0.5,es;q=0.5", "en-GB"),
            ("es;q=0", "en-GB"),
            ("es;q=0,en;q=0.1", "en-GB"),
            ("*", "en-GB"),
            ("de", "en-GB"),
            ("ES;Q=0.001", "es"),
        ] {
            assert_eq!(asked_for(header).tag(), tag, "{header}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_asked_for() {
        for header in ["es;q=", "es;q=2", "es;q=1.001", "es;q=0.5000", "es;q=-1", "es;q=0.x", ";;;", ",,,", "q=1", "\u{e9}s"] {
            assert_eq!(asked_for(header).tag(), "en-GB", "{header}");
        }
    }
}
