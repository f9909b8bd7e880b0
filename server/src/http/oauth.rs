//! Signing clinicians in at their organization: authorization code with PKCE,
//! state and nonce, an attempt that is taken once and bound to a browser.

use axum::{
    Extension,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use chartkey_app::{api::ApiError, request::ours};
use chartkey_domain::device::{Device, Use};
use chartkey_portal::{
    organizations::Provider,
    sign_in::{NewAttempt, VerifiedClinician},
};
use openidconnect::{AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier};
use serde::Deserialize;
use tower_sessions::Session;

use super::{Shared, device::Browser, language::spoken, session::Current};

mod claims;
mod logout;
mod provider;

pub use logout::logout;
pub use provider::Providers;

/// Why a sign-in ended without a session. For the log; the page says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such organization.
    #[error("unknown organization")]
    UnknownOrganization,
    /// The attempt was taken, is too old, or is another browser's.
    #[error("no such attempt")]
    NoAttempt,
    /// The provider said no, or the person did.
    #[error("the provider refused")]
    Denied,
    /// The answer does not come from the provider that was asked.
    #[error("the answer names another issuer, or none")]
    OtherIssuer,
    /// The provider cannot be reached or does not keep to the protocol.
    #[error("the provider cannot be used")]
    Provider(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The token is not what it must be.
    #[error("the identity cannot be proven")]
    NotProven(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Proven, but not admitted.
    #[error("no mapped profession, or not admitted by the operator")]
    NotAdmitted,
    /// Proven, but not as strongly or as lately as the organization demands.
    #[error("the sign-in is weaker or older than demanded")]
    Weak,
    /// Something of ours.
    #[error("internal")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Refusal {
    /// Logs once, and leads to the page that says what to do.
    fn answer(&self) -> Redirect {
        let reason = std::error::Error::source(self).map(ToString::to_string);
        tracing::warn!(refusal = %self, reason, "a clinician was not signed in");
        count("refused");
        let problem = match self {
            Self::NotAdmitted => ApiError::NotAdmitted,
            Self::Weak => ApiError::WeakProof,
            Self::UnknownOrganization => ApiError::NotFound,
            Self::Provider(_) | Self::Internal(_) => ApiError::Unavailable,
            Self::NoAttempt | Self::Denied | Self::OtherIssuer | Self::NotProven(_) => ApiError::SignInFailed,
        };
        Redirect::to(&format!("/clinicians?problem={}", problem.code()))
    }
}

/// The query of the start.
#[derive(Debug, Deserialize)]
pub struct Start {
    /// Where to go afterwards.
    to: Option<String>,
    /// Whether they must prove themselves there afresh, whatever session they have.
    #[serde(default)]
    again: bool,
}

/// How far a provider's clock may be behind ours.
const CLOCKS: time::Duration = time::Duration::seconds(60);

/// Sends the browser to the organization's provider.
pub async fn start(State(shared): State<Shared>, Path(slug): Path<String>, Query(query): Query<Start>, jar: CookieJar) -> Response {
    match begin(&shared, &slug, query, jar).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.answer().into_response(),
    }
}

async fn begin(shared: &Shared, slug: &str, query: Start, jar: CookieJar) -> Result<Response, Refusal> {
    let provider = registered(shared, slug).await?;
    let discovered = shared.providers.discover(&provider.issuer).await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = discovered.authorization(&provider, &callback_address(shared, slug), challenge, query.again)?;
    // Two tabs of one browser begin two attempts under one cookie.
    let name = cookie_name(shared);
    let browser = jar.get(name).map_or_else(NewAttempt::browser_secret, |cookie| cookie.value().to_owned());
    let attempt = NewAttempt {
        state: state.into_secret(),
        browser: browser.clone(),
        organization: provider.organization.organization_id,
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
        return_to: query.to.filter(|path| ours(path)),
        is_again: query.again,
    };
    shared.portal.begin_attempt(attempt).await.map_err(internal)?;
    let cookie = Cookie::build((name, browser))
        .path("/")
        .http_only(true)
        .secure(shared.config.public_url.is_secure())
        .same_site(SameSite::Lax)
        .max_age(time::Duration::minutes(10));
    Ok((jar.add(cookie), Redirect::to(address.as_str())).into_response())
}

/// The query of the callback.
#[derive(Debug, Deserialize)]
pub struct Callback {
    state: Option<String>,
    code: Option<String>,
    /// RFC 9207.
    iss: Option<String>,
}

/// Where the provider sends the browser back to.
pub async fn callback(
    State(shared): State<Shared>,
    Path(slug): Path<String>,
    Query(query): Query<Callback>,
    headers: HeaderMap,
    jar: CookieJar,
    Extension(session): Extension<Session>,
) -> Response {
    let device = Browser::of(&headers, shared.secure).device;
    match finish(&shared, &slug, query, &jar, session, device).await {
        Ok(path) => (jar.remove(Cookie::build(cookie_name(&shared)).path("/")), Redirect::to(&path)).into_response(),
        Err(refusal) => refusal.answer().into_response(),
    }
}

async fn finish(
    shared: &Shared,
    slug: &str,
    query: Callback,
    jar: &CookieJar,
    session: Session,
    device: Device,
) -> Result<String, Refusal> {
    let provider = registered(shared, slug).await?;
    let organization = provider.organization.organization_id;
    let state = CsrfToken::new(query.state.ok_or(Refusal::NoAttempt)?);
    let browser = jar.get(cookie_name(shared)).ok_or(Refusal::NoAttempt)?.value();
    let attempt = shared.portal.take_attempt(state.secret(), browser, organization).await.map_err(|error| match error {
        chartkey_portal::Error::NotFound => Refusal::NoAttempt,
        error => internal(error),
    })?;
    let discovered = shared.providers.discover(&provider.issuer).await?;
    // Checked before the code is spent: it may be another provider's (RFC 9207).
    if query.iss.as_deref().map_or_else(|| discovered.says_issuer(), |issuer| issuer != provider.issuer) {
        return Err(Refusal::OtherIssuer);
    }
    let code = AuthorizationCode::new(query.code.ok_or(Refusal::Denied)?);
    let verifier = PkceCodeVerifier::new(attempt.verifier);
    let token = shared.providers.exchange(&discovered, &provider, &callback_address(shared, slug), code, verifier).await?;
    let claims = shared.providers.verify(&discovered, &provider, &token, &Nonce::new(attempt.nonce)).await?;
    if attempt.is_again && claims.authenticated_at.is_none_or(|at| at < attempt.started_at - CLOCKS) {
        return Err(Refusal::NotProven("the provider does not say that they signed in for this".into()));
    }
    if !provider.proof.is_met(claims.acr.as_deref(), claims.authenticated_at.map(|at| at + CLOCKS), attempt.started_at) {
        return Err(Refusal::Weak);
    }
    // Of an independent clinician the operator says it.
    let profession = if provider.is_independent() { None } else { Some(claims.profession(&provider).ok_or(Refusal::NotAdmitted)?) };
    let clinician = VerifiedClinician {
        organization,
        organization_name: provider.organization.name.clone(),
        issuer: provider.issuer.clone(),
        name: claims.name(),
        identifier: claims.identifier(&provider),
        subject: claims.subject,
        session: claims.session,
        profession: profession.unwrap_or_default(),
        language: spoken().tag(),
    };
    let signed_in = shared.portal.sign_in_clinician(clinician).await.map_err(|error| match error {
        chartkey_portal::Error::NotFound => Refusal::NotAdmitted,
        error => internal(error),
    })?;
    let current = Current { session, portal: shared.portal.clone() };
    if attempt.is_again {
        shared.portal.note_fresh_proof(&signed_in).await.map_err(internal)?;
        current.again(signed_in, device).await.map_err(|error| Refusal::Internal(error.into()))?;
    } else {
        current.begin(signed_in, device, Use::Own).await.map_err(|error| Refusal::Internal(error.into()))?;
    }
    count("done");
    Ok(attempt.return_to.unwrap_or_else(|| "/shared".to_owned()))
}

async fn registered(shared: &Shared, slug: &str) -> Result<Provider, Refusal> {
    shared.portal.provider(slug).await.map_err(|error| match error {
        chartkey_portal::Error::NotFound => Refusal::UnknownOrganization,
        error => internal(error),
    })
}

/// How an attempt of a clinician ended.
fn count(result: &'static str) {
    metrics::counter!("chartkey_sign_ins_total", "door" => "clinician", "result" => result).increment(1);
}

fn callback_address(shared: &Shared, slug: &str) -> String {
    shared.config.public_url.address(&format!("/auth/{slug}/callback"))
}

const fn cookie_name(shared: &Shared) -> &'static str {
    if shared.secure { "__Host-chartkey-attempt" } else { "chartkey-attempt" }
}

fn internal(error: chartkey_portal::Error) -> Refusal {
    Refusal::Internal(error.into())
}
