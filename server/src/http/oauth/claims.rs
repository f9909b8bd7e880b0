//! What a verified ID token says of somebody.

use std::collections::HashMap;

use chartkey_portal::organizations::Provider;
use openidconnect::{AdditionalClaims, IdTokenClaims, core::CoreGenderClaim};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// Every claim that the protocol itself does not name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Others(HashMap<String, Value>);

impl AdditionalClaims for Others {}

/// The claims that are used.
#[derive(Debug)]
pub struct Claims {
    /// Who, at this issuer.
    pub subject: String,
    /// When they last proved themselves there; said where it was asked for.
    pub authenticated_at: Option<OffsetDateTime>,
    /// How strongly, by the class that the provider names.
    pub acr: Option<String>,
    /// The session there, where the provider names it.
    pub session: Option<String>,
    name: Option<String>,
    others: HashMap<String, Value>,
}

impl From<&IdTokenClaims<Others, CoreGenderClaim>> for Claims {
    fn from(claims: &IdTokenClaims<Others, CoreGenderClaim>) -> Self {
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
        let username = || claims.preferred_username().map(|name| name.as_str().to_owned());
        let authenticated_at = claims.auth_time().and_then(|at| OffsetDateTime::from_unix_timestamp(at.timestamp()).ok());
        Self {
            subject: claims.subject().as_str().to_owned(),
            authenticated_at,
            acr: claims.auth_context_ref().map(|acr| acr.as_str().to_owned()),
            session: claims.additional_claims().0.get("sid").and_then(Value::as_str).map(str::to_owned),
            name: name.or_else(username),
            others: claims.additional_claims().0.clone(),
        }
    }
}

impl Claims {
    /// The name as the provider gives it, at most 200 characters.
    pub fn name(&self) -> String {
        let name: String = self.name.as_deref().unwrap_or_default().trim().chars().take(200).collect();
        // The subject is an identifier, but better than nobody.
        if name.is_empty() { self.subject.chars().take(200).collect() } else { name }
    }

    /// The profession here: the first of what the provider says that is mapped.
    pub fn profession(&self, provider: &Provider) -> Option<String> {
        let said = self.others.get(&provider.profession_claim)?;
        let mapped = |value: &Value| provider.professions.get(value.as_str()?).cloned();
        match said {
            Value::Array(values) => values.iter().find_map(mapped),
            value => mapped(value),
        }
    }

    /// The identifier that the organization asserts.
    pub fn identifier(&self, provider: &Provider) -> Option<String> {
        let said = self.others.get(provider.identifier_claim.as_ref()?)?;
        said.as_str().map(str::to_owned).or_else(|| said.as_i64().map(|number| number.to_string()))
    }
}
