//! The cookies of a browser beside its session: by which a device is known, what a right
//! password proved while its code is missing, that a passkey was asked for, and the language that was chosen in it. None
//! opens anything.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use chartkey_domain::device::Device;
use time::Duration;

/// What a request says of the browser that sent it.
#[derive(Debug, Clone)]
pub struct Browser {
    /// As its owner recognises it.
    pub device: Device,
    /// What the device cookie holds.
    pub known: Option<String>,
    /// What the cookie of a half sign-in holds.
    pub half: Option<String>,
    /// What the cookie of somebody who was asked for a passkey holds.
    pub asked: Option<String>,
    secure: bool,
}

/// A device is known for at most so long; the database decides.
const KNOWN_FOR: Duration = Duration::days(180);
const HALF_FOR: Duration = Duration::minutes(10);
const ASKED_FOR: Duration = Duration::minutes(5);
const SPOKEN_FOR: Duration = Duration::days(365);

impl Browser {
    /// Reads the request.
    #[must_use]
    pub fn of(headers: &HeaderMap, secure: bool) -> Self {
        let jar = CookieJar::from_headers(headers);
        let value = |name: &str| jar.get(name).map(|cookie| cookie.value().to_owned());
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let names = names(secure);
        Self {
            device: Device::from_user_agent(agent),
            known: value(names.known),
            half: value(names.half),
            asked: value(names.asked),
            secure,
        }
    }

    /// The header that keeps what a device is known by.
    #[must_use]
    pub fn know(&self, token: String) -> Option<HeaderValue> {
        self.keep(names(self.secure).known, token, KNOWN_FOR)
    }

    /// The header that keeps a half sign-in.
    #[must_use]
    pub fn keep_half(&self, token: &str) -> Option<HeaderValue> {
        self.keep(names(self.secure).half, token.to_owned(), HALF_FOR)
    }

    /// The header that forgets a half sign-in, where there is one.
    #[must_use]
    pub fn forget_half(&self) -> Option<HeaderValue> {
        self.half.as_ref().and_then(|_| self.keep(names(self.secure).half, String::new(), Duration::ZERO))
    }

    /// The header that keeps that a passkey was asked for.
    #[must_use]
    pub fn keep_asked(&self, token: &str) -> Option<HeaderValue> {
        self.keep(names(self.secure).asked, token.to_owned(), ASKED_FOR)
    }

    /// The header that keeps the language that was chosen.
    #[must_use]
    pub fn speak(&self, tag: &str) -> Option<HeaderValue> {
        self.keep(language_cookie(self.secure), tag.to_owned(), SPOKEN_FOR)
    }

    fn keep(&self, name: &'static str, value: String, life: Duration) -> Option<HeaderValue> {
        let cookie =
            Cookie::build((name, value)).path("/").http_only(true).secure(self.secure).same_site(SameSite::Lax).max_age(life).build();
        HeaderValue::from_str(&cookie.to_string()).ok()
    }
}

/// The name of the cookie that holds the tag of the language chosen in this browser.
#[must_use]
pub const fn language_cookie(secure: bool) -> &'static str {
    if secure { "__Host-chartkey-language" } else { "chartkey-language" }
}

struct Names {
    known: &'static str,
    half: &'static str,
    asked: &'static str,
}

const fn names(secure: bool) -> Names {
    if secure {
        Names { known: "__Host-chartkey-device", half: "__Host-chartkey-half", asked: "__Host-chartkey-passkey" }
    } else {
        Names { known: "chartkey-device", half: "chartkey-half", asked: "chartkey-passkey" }
    }
}
