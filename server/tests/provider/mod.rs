//! An OpenID provider in this process that lies as it is told.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub const CLIENT: &str = "chartkey";
pub const SECRET: &str = "the client's secret";

/// How the provider lies; by default it does not.
#[derive(Debug, Clone, Default)]
pub struct Lies {
    /// Claims that replace those of the token; null takes one away.
    pub claims: Vec<(&'static str, Value)>,
    /// How the token is signed.
    pub signature: Signature,
    /// What the discovery document says instead.
    pub discovery: Vec<(&'static str, Value)>,
    /// What the token endpoint answers instead.
    pub answer: TokenAnswer,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Signature {
    #[default]
    Honest,
    /// Another key under the published name.
    OtherKey,
    /// A key under a name that is not published.
    UnknownName,
    /// A new key, published since.
    Rotated,
    None,
    /// HMAC with the public key as the secret.
    PublicKeyAsSecret,
    /// HMAC with the client's secret.
    ClientSecret,
    /// Honest, and then a claim is changed.
    Tampered,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum TokenAnswer {
    #[default]
    Token,
    Redirect,
    Huge,
    Refusal,
    NoIdToken,
    Rubbish,
}

#[derive(Default)]
struct Codes {
    /// Code to nonce and challenge, taken once.
    waiting: HashMap<String, (String, String)>,
}

/// The provider.
pub struct Provider {
    pub issuer: String,
    inner: Arc<Inner>,
}

struct Inner {
    issuer: String,
    lies: Mutex<Lies>,
    codes: Mutex<Codes>,
    key: [u8; 32],
    other: [u8; 32],
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            issuer: issuer.clone(),
            lies: Mutex::default(),
            codes: Mutex::default(),
            key: rand::random(),
            other: rand::random(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, inner }
    }

    pub fn lie(&self, lies: Lies) {
        *self.inner.lies.lock().unwrap() = lies;
    }

    /// What a browser does at the provider: signs in, and is sent back with a code.
    /// Returns state and code.
    pub fn sign_in(&self, authorization: &str) -> (String, String) {
        let url = openidconnect::url::Url::parse(authorization).unwrap();
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["response_type"], "code");
        let code = uuid::Uuid::new_v4().to_string();
        let waiting = (asked["nonce"].clone(), asked["code_challenge"].clone());
        self.inner.codes.lock().unwrap().waiting.insert(code.clone(), waiting);
        (asked["state"].clone(), code)
    }
}

impl Provider {
    /// A logout token about Dr Lee. These claims replace its own; null takes one away. `typ` is what its head calls it.
    pub fn logout_token(&self, claims: &[(&'static str, Value)], signature: &Signature, typ: &str) -> String {
        let now = now();
        let mut said = json!({
            "iss": self.issuer, "sub": "lee", "aud": CLIENT, "iat": now, "exp": now + 120, "jti": uuid::Uuid::new_v4().to_string(),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        replace(&mut said, claims);
        signed_as(&self.inner, &said, signature, typ)
    }
}

async fn discovery(State(provider): State<Arc<Inner>>) -> Json<Value> {
    let issuer = &provider.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    replace(&mut document, &provider.lies.lock().unwrap().discovery);
    Json(document)
}

async fn keys(State(provider): State<Arc<Inner>>) -> Json<Value> {
    let mut keys = vec![jwk(&provider.key, "first")];
    if provider.lies.lock().unwrap().signature == Signature::Rotated {
        keys = vec![jwk(&provider.other, "second")];
    }
    Json(json!({ "keys": keys }))
}

async fn token(State(provider): State<Arc<Inner>>, Form(form): Form<HashMap<String, String>>) -> Response {
    let lies = provider.lies.lock().unwrap().clone();
    match lies.answer {
        TokenAnswer::Redirect => return Redirect::temporary(&format!("{}/elsewhere", provider.issuer)).into_response(),
        TokenAnswer::Huge => return "x".repeat(3 * 1024 * 1024).into_response(),
        TokenAnswer::Rubbish => return "{".into_response(),
        TokenAnswer::Refusal => return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response(),
        TokenAnswer::NoIdToken => return Json(json!({"access_token": "x", "token_type": "bearer"})).into_response(),
        TokenAnswer::Token => {}
    }
    let Some((nonce, challenge)) = provider.codes.lock().unwrap().waiting.remove(&form["code"]) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"])), challenge, "PKCE");
    let now = now();
    let mut claims = json!({
        "iss": provider.issuer, "sub": "lee", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce,
        "name": "Dr Lee", "profession": "doctor", "npi": "1234567893", "email": "lee@example.org",
    });
    replace(&mut claims, &lies.claims);
    Json(json!({"access_token": "x", "token_type": "bearer", "id_token": signed(&provider, &claims, &lies.signature)})).into_response()
}

fn replace(document: &mut Value, lies: &[(&'static str, Value)]) {
    let document = document.as_object_mut().unwrap();
    for (name, value) in lies {
        match value {
            Value::Null => drop(document.remove(*name)),
            value => drop(document.insert((*name).to_owned(), value.clone())),
        }
    }
}

fn signed(provider: &Inner, claims: &Value, how: &Signature) -> String {
    signed_as(provider, claims, how, "JWT")
}

fn signed_as(provider: &Inner, claims: &Value, how: &Signature, typ: &str) -> String {
    let (name, algorithm, secret) = match how {
        Signature::Honest | Signature::Tampered => ("first", "EdDSA", None),
        Signature::OtherKey => ("first", "EdDSA", None),
        Signature::UnknownName => ("third", "EdDSA", None),
        Signature::Rotated => ("second", "EdDSA", None),
        Signature::None => ("first", "none", None),
        Signature::PublicKeyAsSecret => ("first", "HS256", Some(jwk(&provider.key, "first")["x"].as_str().unwrap().as_bytes().to_vec())),
        Signature::ClientSecret => ("first", "HS256", Some(SECRET.as_bytes().to_vec())),
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut text = format!("{}.{}", part(&json!({"alg": algorithm, "kid": name, "typ": typ})), part(claims));
    let signature = match (how, secret) {
        (Signature::None, _) => Vec::new(),
        (_, Some(secret)) => hmac(&secret, text.as_bytes()),
        (Signature::Honest | Signature::Tampered, None) => sign(&provider.key, &text),
        (_, None) => sign(&provider.other, &text),
    };
    if *how == Signature::Tampered {
        let mut claims = claims.clone();
        claims["sub"] = json!("somebody else");
        text = format!("{}.{}", text.split('.').next().unwrap(), part(&claims));
    }
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn sign(seed: &[u8; 32], text: &str) -> Vec<u8> {
    key(seed, "any").sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).unwrap()
}

fn jwk(seed: &[u8; 32], name: &str) -> Value {
    serde_json::to_value(key(seed, name).as_verification_key()).unwrap()
}

/// A key from its seed: PKCS #8 is sixteen constant bytes before it (RFC 8410).
fn key(seed: &[u8; 32], name: &str) -> CoreEdDsaPrivateSigningKey {
    let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let der = [head.as_slice(), seed].concat();
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(name.to_owned()))).unwrap()
}

/// Seconds since 1970, as tokens count.
#[expect(clippy::disallowed_methods, reason = "a provider is another machine, and has a clock of its own")]
pub fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

/// HMAC-SHA-256 (RFC 2104), for keys of at most 64 bytes.
fn hmac(secret: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| (0..64).map(|at| secret.get(at).copied().unwrap_or(0) ^ byte).collect::<Vec<_>>();
    let inner = Sha256::digest([pad(0x36).as_slice(), text].concat());
    Sha256::digest([pad(0x5c).as_slice(), &inner].concat()).to_vec()
}
