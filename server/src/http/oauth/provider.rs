//! Identity providers: discovery, keys with rotation, codes and ID tokens.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use chartkey_portal::organizations::Provider;
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken,
    IdTokenFields, IssuerUrl, JsonWebKey, JsonWebKeySet, JsonWebKeyUse, Nonce, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
        CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
        CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
    url::Url,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{
    Refusal,
    claims::{Claims, Others},
};
use crate::http::outgoing::Outgoing;

/// What RFC 9207 adds to a discovery document.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Extra {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Tokens = StandardTokenResponse<
    IdTokenFields<Others, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    CoreTokenType,
>;

type OurClient = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An ID token that nobody has verified yet.
pub type Unverified = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Signatures that only the provider can make. Neither `none` nor a key that is
/// shared with us.
pub(super) const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The most characters of a subject.
pub(super) const LONGEST_SUBJECT: usize = 255;

/// A discovery document is read again after so long.
const FRESH: Duration = Duration::from_secs(600);

/// For what nobody has proven, new keys are asked for at most so often.
const ASKED_LATELY: Duration = Duration::from_secs(10);

/// Every provider that was asked lately.
#[derive(Debug, Clone)]
pub struct Providers {
    outgoing: Outgoing,
    known: Arc<Mutex<HashMap<String, Arc<Discovered>>>>,
}

/// What a provider says of itself.
#[derive(Debug)]
pub struct Discovered {
    metadata: Metadata,
    at: Instant,
}

impl Providers {
    /// Nobody has been asked yet.
    #[must_use]
    pub fn new(outgoing: Outgoing) -> Self {
        Self { outgoing, known: Arc::default() }
    }

    /// What the issuer says of itself; asked again after ten minutes.
    ///
    /// # Errors
    /// [`Refusal::Provider`].
    pub async fn discover(&self, issuer: &str) -> Result<Arc<Discovered>, Refusal> {
        if let Some(discovered) = self.known.lock().await.get(issuer)
            && discovered.at.elapsed() < FRESH
        {
            return Ok(Arc::clone(discovered));
        }
        let url = IssuerUrl::new(issuer.to_owned()).map_err(provider)?;
        let metadata = Metadata::discover_async(url, &self.outgoing).await.map_err(provider)?;
        let discovered = Arc::new(Discovered { metadata, at: Instant::now() });
        self.known.lock().await.insert(issuer.to_owned(), Arc::clone(&discovered));
        Ok(discovered)
    }

    /// Exchanges the code for an ID token.
    ///
    /// # Errors
    /// [`Refusal::Provider`] where there is none.
    pub async fn exchange(
        &self,
        discovered: &Discovered,
        registered: &Provider,
        callback: &str,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
    ) -> Result<Unverified, Refusal> {
        let client = discovered.client(registered, callback)?;
        let tokens = client
            .exchange_code(code)
            .map_err(provider)?
            .set_pkce_verifier(verifier)
            .request_async(&self.outgoing)
            .await
            .map_err(provider)?;
        tokens.id_token().cloned().ok_or_else(|| Refusal::Provider("no ID token".into()))
    }

    /// Verifies an ID token: signature, issuer, audience, authorized party, nonce and
    /// expiry. A key that is not known yet is asked for once.
    ///
    /// # Errors
    /// [`Refusal::NotProven`].
    pub async fn verify(
        &self,
        discovered: &Discovered,
        registered: &Provider,
        token: &Unverified,
        nonce: &Nonce,
    ) -> Result<Claims, Refusal> {
        match verified(discovered.metadata.jwks().clone(), registered, token, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let keys = JsonWebKeySet::fetch_async(discovered.metadata.jwks_uri(), &self.outgoing).await.map_err(provider)?;
                // The next sign-in begins with the new keys.
                self.known.lock().await.remove(&registered.issuer);
                verified(keys, registered, token, nonce)
            }
            claims => claims,
        }
        .map_err(|cause| Refusal::NotProven(cause.into()))
    }

    /// Whether this key of the provider's has signed this. A key that is not known yet is asked for, if the provider has not
    /// been asked lately: nobody has proven anything so far.
    ///
    /// # Errors
    /// [`Refusal::Provider`] where it cannot be asked.
    pub(super) async fn has_signed(&self, discovered: &Discovered, issuer: &str, signed: &Signed<'_>) -> Result<bool, Refusal> {
        let known = discovered.metadata.jwks();
        if signed.by(known) {
            return Ok(true);
        }
        if signed.names_one_of(known) || discovered.at.elapsed() < ASKED_LATELY {
            return Ok(false);
        }
        let keys = JsonWebKeySet::fetch_async(discovered.metadata.jwks_uri(), &self.outgoing).await.map_err(provider)?;
        // The next sign-in begins with the new keys, unless another has them by now.
        let mut cached = self.known.lock().await;
        if cached.get(issuer).is_some_and(|cached| std::ptr::eq(&raw const **cached, discovered)) {
            cached.remove(issuer);
        }
        Ok(signed.by(&keys))
    }
}

/// A text with its signature, and what it says of the key.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub algorithm: CoreJwsSigningAlgorithm,
    pub key: Option<String>,
    pub text: &'a [u8],
    pub signature: Vec<u8>,
}

impl Signed<'_> {
    /// Whether one of these keys has made the signature.
    fn by(&self, keys: &JsonWebKeySet<CoreJsonWebKey>) -> bool {
        let fits = |key: &&CoreJsonWebKey| {
            let is_named = self.key.is_none() || key.key_id().map(|id| id.as_str()) == self.key.as_deref();
            is_named && key.key_use().is_none_or(JsonWebKeyUse::allows_signature)
        };
        let verifies = |key: &CoreJsonWebKey| key.verify_signature(&self.algorithm, self.text, &self.signature).is_ok();
        ALGORITHMS.contains(&self.algorithm) && keys.keys().iter().filter(fits).any(verifies)
    }

    /// Whether the key that it names is one of these.
    fn names_one_of(&self, keys: &JsonWebKeySet<CoreJsonWebKey>) -> bool {
        self.key.is_none() || keys.keys().iter().any(|key| key.key_id().map(|id| id.as_str()) == self.key.as_deref())
    }
}

fn verified(
    keys: JsonWebKeySet<CoreJsonWebKey>,
    registered: &Provider,
    token: &Unverified,
    nonce: &Nonce,
) -> Result<Claims, ClaimsVerificationError> {
    let issuer = IssuerUrl::new(registered.issuer.clone()).map_err(|cause| ClaimsVerificationError::Other(cause.to_string()))?;
    // For a client without a secret: so no signature with a shared key is ever tried.
    let verifier = openidconnect::core::CoreIdTokenVerifier::new_public_client(ClientId::new(registered.client_id.clone()), issuer, keys)
        .set_allowed_algs(ALGORITHMS);
    let claims = token.claims(&verifier, nonce)?;
    // Everybody without a subject would be one person (OpenID Connect Core 1.0, 2: at most 255 characters).
    if claims.subject().is_empty() || claims.subject().len() > LONGEST_SUBJECT {
        return Err(ClaimsVerificationError::InvalidSubject("a subject has 1 to 255 characters".to_owned()));
    }
    // The library leaves this to its caller (OpenID Connect Core 1.0, 3.1.3.7, step 5).
    match claims.authorized_party() {
        Some(party) if party.as_str() != registered.client_id => {
            Err(ClaimsVerificationError::Other("the token was made for another party".to_owned()))
        }
        _ => Ok(Claims::from(claims)),
    }
}

impl Discovered {
    /// Whether the provider promises to name itself in its answers (RFC 9207).
    pub fn says_issuer(&self) -> bool {
        self.metadata.additional_metadata().authorization_response_iss_parameter_supported
    }

    /// The address to send the browser to, with the state and the nonce in it. `again`
    /// asks for a proof made for this: neither an older one nor a session there.
    ///
    /// # Errors
    /// [`Refusal::Provider`].
    pub fn authorization(
        &self,
        registered: &Provider,
        callback: &str,
        challenge: PkceCodeChallenge,
        again: bool,
    ) -> Result<(Url, CsrfToken, Nonce), Refusal> {
        let client = self.client(registered, callback)?;
        let request = client
            .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge)
            .add_scope(Scope::new("profile".to_owned()));
        let request = registered
            .proof
            .acr
            .iter()
            .fold(request, |request, acr| request.add_auth_context_value(AuthenticationContextClass::new(acr.clone())));
        let request = match registered.proof.max_age {
            Some(seconds) if !again => request.set_max_age(Duration::from_secs(seconds.into())),
            _ => request,
        };
        Ok(if again { request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO).url() } else { request.url() })
    }

    fn client(&self, registered: &Provider, callback: &str) -> Result<OurClient, Refusal> {
        let secret = registered.client_secret.clone().map(ClientSecret::new);
        let methods = self.metadata.token_endpoint_auth_methods_supported();
        let by_body = methods.is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost) && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let client = OurClient::from_provider_metadata(self.metadata.clone(), ClientId::new(registered.client_id.clone()), secret)
            .set_redirect_uri(RedirectUrl::new(callback.to_owned()).map_err(provider)?);
        Ok(if by_body { client.set_auth_type(AuthType::RequestBody) } else { client })
    }
}

fn provider(cause: impl std::error::Error + Send + Sync + 'static) -> Refusal {
    Refusal::Provider(Box::new(cause))
}
