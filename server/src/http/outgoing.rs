//! Requests that we make ourselves, all of them to identity providers: https or
//! this machine, no redirects, five seconds, one mebibyte.

use std::{future::Future, pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::config::is_loopback;

/// The client.
#[derive(Debug, Clone)]
pub struct Outgoing {
    client: reqwest::Client,
}

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// http, and not to this machine.
    #[error("the address is not https")]
    NotSecure,
    /// More than a mebibyte.
    #[error("the answer is too large")]
    TooLarge,
    /// The address cannot be read.
    #[error("the address cannot be read")]
    Address(#[source] openidconnect::url::ParseError),
    /// The network.
    #[error("no answer")]
    Network(#[from] reqwest::Error),
    /// A header that cannot be.
    #[error("the answer cannot be read")]
    Answer(#[from] axum::http::Error),
}

const TIME: Duration = Duration::from_secs(5);
const LARGEST: usize = 1024 * 1024;

impl Outgoing {
    /// A client.
    ///
    /// # Errors
    /// Where the machine's certificates cannot be read.
    pub fn new() -> Result<Self, OutgoingError> {
        // Somebody in this process may have chosen already, a test for instance.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIME)
            .connect_timeout(Duration::from_secs(3))
            .no_proxy()
            .build()?;
        Ok(Self { client })
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, OutgoingError> {
        let (parts, body) = request.into_parts();
        let url = reqwest::Url::parse(&parts.uri.to_string()).map_err(OutgoingError::Address)?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(OutgoingError::NotSecure);
        }
        let mut answer = self.client.request(parts.method, url).headers(parts.headers).body(body).send().await?;
        let mut response = axum::http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.extend(answer.headers().clone());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(OutgoingError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(response.body(bytes)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Outgoing {
    type Error = OutgoingError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutgoingError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.answer(request))
    }
}
