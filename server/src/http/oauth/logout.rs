//! `/auth/{organization}/logout`: what an organization's provider says by itself when somebody has signed out there
//! (OpenID Connect Back-Channel Logout 1.0). Whatever is wrong with a token, the answer is the same.

use axum::{
    Form, Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chartkey_portal::{organizations::Provider, sign_in::logout::Logout};
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{
    Refusal, Shared, internal,
    provider::{LONGEST_SUBJECT, Signed},
    registered,
};

/// The member of `events` that makes a token one of these (2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The most bytes of a token.
const LONGEST: usize = 16 * 1024;

/// The form of a provider.
#[derive(Debug, Deserialize)]
pub struct Sent {
    #[serde(default)]
    logout_token: String,
}

/// The head of a token.
#[derive(Debug, Deserialize)]
struct Head {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    /// Something that we would have to understand, and do not.
    crit: Option<Value>,
}

/// What it says.
#[derive(Debug, Deserialize)]
struct Said {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    jti: String,
    events: Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
    /// What an ID token has, and these must not: so neither is taken for the other.
    nonce: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Ends what the provider says has ended.
pub async fn logout(State(shared): State<Shared>, Path(slug): Path<String>, Form(sent): Form<Sent>) -> Response {
    let (status, body) = match end(&shared, &slug, &sent.logout_token).await {
        Ok(()) => (StatusCode::OK, Value::Null),
        Err(refusal) => {
            let reason = std::error::Error::source(&refusal).map(ToString::to_string);
            tracing::warn!(%refusal, reason, "a provider's logout was not taken");
            let status = if matches!(refusal, Refusal::Internal(_)) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST };
            (status, json!({"error": "invalid_request"}))
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn end(shared: &Shared, slug: &str, token: &str) -> Result<(), Refusal> {
    let provider = registered(shared, slug).await?;
    let (signed, said) = read(token).ok_or_else(|| Refusal::NotProven("it is no logout token".into()))?;
    // What costs nothing is checked before the provider is asked for its keys.
    let logout = said.of(&provider).ok_or_else(|| Refusal::NotProven("it is no logout token for us".into()))?;
    let discovered = shared.providers.discover(&provider.issuer).await?;
    if !shared.providers.has_signed(&discovered, &provider.issuer, &signed).await? {
        return Err(Refusal::NotProven("nobody there has signed it".into()));
    }
    match shared.portal.end_at_organization(logout).await {
        Ok(_) => Ok(()),
        Err(error @ (chartkey_portal::Error::Invalid(_) | chartkey_portal::Error::Conflict(_))) => Err(Refusal::NotProven(error.into())),
        Err(error) => Err(internal(error)),
    }
}

/// The parts of a token in compact form.
fn read(token: &str) -> Option<(Signed<'_>, Said)> {
    if token.len() > LONGEST {
        return None;
    }
    let (text, signature) = token.rsplit_once('.')?;
    let (head, said) = text.split_once('.')?;
    let part = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let head: Head = serde_json::from_slice(&part(head)?).ok()?;
    let is_ours = head.typ.is_none_or(|typ| {
        let typ = typ.to_ascii_lowercase();
        matches!(typ.strip_prefix("application/").unwrap_or(&typ), "logout+jwt" | "jwt")
    });
    if !is_ours || head.crit.is_some() {
        return None;
    }
    let said = serde_json::from_slice(&part(said)?).ok()?;
    Some((Signed { algorithm: head.alg, key: head.kid, text: text.as_bytes(), signature: part(signature)? }, said))
}

impl Said {
    /// What it asks for, where it is from this provider, for us, and a logout token.
    fn of(self, provider: &Provider) -> Option<Logout> {
        let is_for_us = match &self.aud {
            Audience::One(audience) => *audience == provider.client_id,
            Audience::Several(audiences) => audiences.contains(&provider.client_id),
        };
        let is_logout = self.events.get(EVENT).is_some_and(Value::is_object) && self.nonce.is_none();
        let is_named = |name: &Option<String>| name.as_ref().is_none_or(|name| (1..=LONGEST_SUBJECT).contains(&name.len()));
        let is_whole = is_named(&self.sub) && is_named(&self.sid) && is_named(&Some(self.jti.clone()));
        if self.iss != provider.issuer || !is_for_us || !is_logout || !is_whole {
            return None;
        }
        Some(Logout {
            organization: provider.organization.organization_id,
            issuer: self.iss,
            token: self.jti,
            issued_at: OffsetDateTime::from_unix_timestamp(self.iat).ok()?,
            expires_at: OffsetDateTime::from_unix_timestamp(self.exp).ok()?,
            subject: self.sub,
            session: self.sid,
        })
    }
}
