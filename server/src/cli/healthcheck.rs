//! `chartkey healthcheck`.

use std::time::Duration;

use anyhow::{Context, bail};

use crate::config::Values;

pub(super) async fn run(values: &Values) -> anyhow::Result<()> {
    let address: std::net::SocketAddr = values.required("listen")?.parse().context("CHARTKEY_LISTEN")?;
    let scheme = if values.get("tls_cert").is_some() { "https" } else { "http" };
    // Listening everywhere includes this machine.
    let host = match address {
        std::net::SocketAddr::V4(address) if address.ip().is_unspecified() => "127.0.0.1".to_owned(),
        std::net::SocketAddr::V6(address) if address.ip().is_unspecified() => "[::1]".to_owned(),
        std::net::SocketAddr::V4(address) => address.ip().to_string(),
        std::net::SocketAddr::V6(address) => format!("[{}]", address.ip()),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(5))
        // The certificate names the public host, not this address, and nothing secret is sent.
        .tls_danger_accept_invalid_certs(true)
        .build()?;
    let answer = client.get(format!("{scheme}://{host}:{}/readyz", address.port())).send().await.context("no answer")?;
    if !answer.status().is_success() {
        bail!("not ready");
    }
    println!("ready");
    Ok(())
}
