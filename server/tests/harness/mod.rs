//! The whole application as one service over a database of the test's own, and a
//! browser that keeps its cookies.

#![allow(dead_code, reason = "each test binary uses its own part of the harness")]

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
};
use chartkey_portal::{
    Portal,
    accounts::{Email, NewPassword, PersonName},
    secrets::Pepper,
};
use chartkey_server::{
    config::{Config, Mail, PublicUrl, SessionTimes},
    http::{self, Shared},
    serve::shared,
};
use futures::StreamExt;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::Duration;
use tokio::sync::watch;
use tower::ServiceExt;

/// Where the application believes to be.
pub const HERE: &str = "https://chartkey.example";
pub const PASSWORD: &str = "a long enough password";

/// The application.
pub struct House {
    pub portal: Portal,
    pub superuser: PgPool,
    pub router: Router,
    pub shared: Shared,
    pub stop: watch::Sender<bool>,
    _mail: TemporaryFolder,
}

struct TemporaryFolder(std::path::PathBuf);

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl House {
    pub async fn build(options: PgConnectOptions) -> Self {
        Self::build_at(options, HERE).await
    }

    pub async fn build_at(options: PgConnectOptions, public: &str) -> Self {
        Self::build_with(options, public, "no-site".into()).await
    }

    pub async fn build_with(options: PgConnectOptions, public: &str, site: std::path::PathBuf) -> Self {
        let superuser = PgPoolOptions::new().max_connections(2).connect_with(options.clone()).await.unwrap();
        let pool = chartkey_portal::pool::guarded(6).connect_with(options.username("chartkey_runtime")).await.unwrap();
        let portal = Portal::new(pool, Pepper::new([7; 32])).unwrap();
        let mail = std::env::temp_dir().join(format!("chartkey-mail-{}", uuid::Uuid::new_v4().simple()));
        let config = Config {
            database_url: String::new(),
            connections: 6,
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: PublicUrl::parse(public).unwrap(),
            trusted_proxies: Vec::new(),
            clients: 64,
            tls: None,
            metrics_listen: None,
            site_dir: Some(site),
            mail: Mail::Folder(mail.clone()),
            sessions: SessionTimes {
                person_idle: Duration::minutes(30),
                clinician_idle: Duration::minutes(20),
                absolute: Duration::hours(12),
            },
            ages: Default::default(),
            pepper: Pepper::new([7; 32]),
            anchor_file: None,
            log_key_file: None,
            keeping: Default::default(),
        };
        let (stop, stopping) = watch::channel(false);
        let shared = shared(config, portal.clone(), stopping).await.unwrap();
        Self { portal, superuser, router: http::router(&shared), shared, stop, _mail: TemporaryFolder(mail) }
    }

    pub async fn person(&self, email: &str) {
        let name = PersonName::parse("Mara").unwrap();
        self.portal.make_person(&name, &Email::parse(email).unwrap(), NewPassword::parse(PASSWORD.into()).unwrap()).await.unwrap();
    }

    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new() }
    }

    /// A browser in which this person has signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        self.person(email).await;
        self.signs_in(email, PASSWORD).await.unwrap()
    }

    /// A browser that tries to sign in, where it may.
    pub async fn signs_in(&self, email: &str, password: &str) -> Option<Browser> {
        let mut browser = self.browser();
        let answer = browser.post("/api/sign-in", &format!("email={email}&password={}", password.replace(' ', "+"))).await;
        (answer.location() == "/home").then_some(browser)
    }
}

/// Keeps cookies and says what browsers say.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |location| location.to_str().unwrap())
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .body(Body::from(form.to_owned()));
        self.send(request.unwrap()).await
    }

    /// Asks as an island does.
    pub async fn as_island(&mut self, path: &str, form: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut request = request.body(Body::from(form.to_owned())).unwrap();
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        self.send(request).await
    }

    /// The beginning of an answer that does not end: its head and what is said first.
    pub async fn first(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let said = body.into_data_stream().next().await.map(Result::unwrap).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&said).into_owned(), bytes: said.to_vec() }
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        Request::builder().method(method).uri(path).header(header::ACCEPT, "text/html").header(header::COOKIE, cookies)
    }

    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, 32 * 1024 * 1024).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body.to_vec() }
    }
}
