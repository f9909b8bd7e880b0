//! The server's own TLS, as others judge it.

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use chartkey_ground::{Cluster, Running};

use crate::{
    arena::{Arena, Seen},
    outside::tool,
};

const PORT: u16 = 4331;

/// Findings about the certificate, which is made here for this machine and trusted by nobody.
const OF_THE_CERTIFICATE: &[&str] = &[
    "cert_caIssuers",
    "cert_certificatePolicyEV",
    "cert_chain_of_trust",
    "cert_crlDistributionPoints",
    "cert_expirationStatus",
    "cert_extlifeSpan",
    "cert_keyUsage",
    "cert_ocspURL",
    "cert_revocation",
    "cert_trust",
    "DNS_CAArecord",
    "OCSP_stapling",
    "overall_grade",
];

/// What was looked at and is no fault, with the reason.
const DISMISSED: &[(&str, &str)] =
    &[("cipher_order", "every suite that is offered is strong, so the client chooses: a phone without AES in hardware takes ChaCha20")];

/// testssl finds nothing of medium severity or worse, but for the certificate.
pub async fn testssl(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (certificate, key, report) = (path("certificate.pem"), path("key.pem"), path("report.json"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", &key, "-out", &certificate])
        .output()
        .context("openssl cannot be run")?;
    if !made.status.success() {
        bail!("no certificate was made: {}", String::from_utf8_lossy(&made.stderr));
    }
    let mut server = Command::new(&arena.binary);
    server.args(["serve", "--no-worker"]).envs(ground.environment.clone()).stdin(Stdio::null()).stdout(Stdio::null());
    server.stderr(fs::File::create(path("log"))?);
    for (name, value) in [
        ("CHARTKEY_LISTEN", format!("127.0.0.1:{PORT}")),
        ("CHARTKEY_PUBLIC_URL", format!("https://localhost:{PORT}")),
        ("CHARTKEY_TLS_CERT", certificate),
        ("CHARTKEY_TLS_KEY", key),
        ("CHARTKEY_JOURNAL_FILE", path("journal")),
    ] {
        server.env(name, value);
    }
    let _server = Running(server.spawn()?);
    let until = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(("127.0.0.1", PORT)).is_err() {
        if Instant::now() > until {
            bail!("the server does not listen: {}", fs::read_to_string(path("log"))?);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let pace: &[&str] = arena.size.of(&["--fast", "--protocols", "--server-defaults", "--headers"], &[]);
    let address = format!("localhost:{PORT}");
    let mut arguments = vec!["--quiet", "--color", "0", "--warnings", "batch", "--jsonfile", &report];
    arguments.extend(pace);
    arguments.push(&address);
    let said = tool(arena.size.of(300, 1200), "testssl", &arguments)?;
    let found: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(&report).with_context(|| said)?)?;
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    for id in ["TLS1_2", "TLS1_3"] {
        let offered = found.iter().any(|finding| text(finding, "id") == id && text(finding, "finding").starts_with("offered"));
        seen.must(offered, || format!("{id} is not offered, or was not looked for"));
    }
    let mut dismissed = Vec::new();
    for finding in &found {
        let (id, severity) = (text(finding, "id"), text(finding, "severity"));
        if !matches!(severity.as_str(), "MEDIUM" | "HIGH" | "CRITICAL") {
            continue;
        }
        let is_certificate = OF_THE_CERTIFICATE.iter().any(|dismissed| id.starts_with(dismissed));
        if is_certificate {
            dismissed.push(id);
        } else if let Some((_, reason)) = DISMISSED.iter().find(|(name, _)| *name == id) {
            seen.note(format!("dismissed: {severity} {id}: {} ({reason})", text(finding, "finding")));
        } else {
            seen.must(false, || format!("{severity} {id}: {}", text(finding, "finding")));
        }
    }
    seen.note(format!("{} checks; dismissed, because the certificate is of this run's own: {}", found.len(), dismissed.join(", ")));
    Ok(seen)
}
