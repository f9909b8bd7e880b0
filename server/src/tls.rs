//! Our own TLS: 1.2 and 1.3 with ring, HTTP/2 and HTTP/1.1. Certificate and key
//! are read again when their files change and on SIGHUP; a pair that cannot be
//! used is logged, and the one before goes on.

use std::{
    io::ErrorKind,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustls::{
    Error, InconsistentKeys, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use time::{OffsetDateTime, macros::format_description};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;
use webpki::{EndEntityCert, KeyUsage};

/// Between two looks at the files.
pub const LOOK: Duration = Duration::from_secs(15);

/// From then on the log warns that a certificate ends.
const WARNING: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The files of a certificate and of its key, both PEM.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The certificate, followed by what it was issued with.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What is wrong with a pair.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Flaw {
    /// The setting to look at, as the configuration names it.
    pub setting: &'static str,
    /// A sentence that ends with what to do.
    pub what: String,
}

impl Pair {
    /// Reads the pair as it is now.
    ///
    /// # Errors
    /// Files that are not there or are not PEM, a key that others can read or that is not the
    /// certificate's, a certificate that does not hold today.
    pub fn read(&self) -> Result<CertifiedKey, Flaw> {
        let certificate = |what: String| Flaw { setting: "tls_cert", what: format!("{}: {what}", self.certificate.display()) };
        let key = |what: String| Flaw { setting: "tls_key", what: format!("{}: {what}", self.key.display()) };
        let chain = text(&self.certificate).map_err(certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
        let chain = chain.map_err(|_| certificate("a certificate in it cannot be read; it has to be PEM".to_owned()))?;
        if chain.is_empty() {
            return Err(certificate("it holds no certificate; write the certificate and its chain as PEM".to_owned()));
        }
        let secret = text(&self.key).map_err(key)?;
        let mode = std::fs::metadata(&self.key).map_or(0, |file| file.permissions().mode());
        if mode & 0o007 != 0 {
            return Err(key("everybody on this machine can read the key; chmod 600, or 640 with Chartkey's group".to_owned()));
        }
        let secret = PrivateKeyDer::from_pem_slice(&secret)
            .map_err(|_| key("it holds no private key; write it as PEM, without a passphrase".to_owned()))?;
        let identity = CertifiedKey::from_der(chain, secret, &ring::default_provider()).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => key(format!(
                "the key does not belong to the certificate in {}; name the two that were made together",
                self.certificate.display()
            )),
            Error::InvalidCertificate(_) => certificate("the certificate cannot be read; it has to be X.509".to_owned()),
            _ => key("this kind of key cannot be used; make one of ECDSA P-256, Ed25519 or RSA with 2048 bits or more".to_owned()),
        })?;
        match validity(&identity, UnixTime::now()) {
            Validity::Over(end) => Err(certificate(format!("the certificate ended on {}; renew it", day(end)))),
            Validity::Early(begin) => Err(certificate(format!("the certificate begins on {}; check this machine's clock", day(begin)))),
            Validity::Holds => Ok(identity),
        }
    }

    /// Changes whenever one of the files does, also where a link leads elsewhere.
    fn stamp(&self) -> [Option<(u64, u64, i64, i64)>; 2] {
        [&self.certificate, &self.key]
            .map(|path| std::fs::metadata(path).ok().map(|file| (file.ino(), file.size(), file.ctime(), file.ctime_nsec())))
    }
}

fn text(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => "the file is not there".to_owned(),
        ErrorKind::PermissionDenied => "Chartkey may not read it; give it to Chartkey's user or group".to_owned(),
        _ => cause.to_string(),
    })
}

enum Validity {
    Early(u64),
    Holds,
    Over(u64),
}

/// Whether a certificate holds at a moment. Nothing else of it is judged: that is for those who
/// trust its issuer.
fn validity(identity: &CertifiedKey, at: UnixTime) -> Validity {
    let Some(Ok(certificate)) = identity.cert.first().map(EndEntityCert::try_from) else { return Validity::Holds };
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    match certificate.verify_for_usage(algorithms, &[], &[], at, KeyUsage::server_auth(), None, None) {
        Err(webpki::Error::CertExpired { not_after, .. }) => Validity::Over(not_after.as_secs()),
        Err(webpki::Error::CertNotValidYet { not_before, .. }) => Validity::Early(not_before.as_secs()),
        _ => Validity::Holds,
    }
}

/// When the certificate ends, in seconds since 1970.
#[must_use]
pub fn end(identity: &CertifiedKey) -> Option<u64> {
    let never = UnixTime::since_unix_epoch(Duration::from_secs(u64::from(u32::MAX) * 64));
    match validity(identity, never) {
        Validity::Over(end) => Some(end),
        _ => None,
    }
}

/// Whether the certificate names this host.
#[must_use]
pub fn is_for(identity: &CertifiedKey, host: &str) -> bool {
    let Some(Ok(certificate)) = identity.cert.first().map(EndEntityCert::try_from) else { return false };
    ServerName::try_from(host).is_ok_and(|name| certificate.verify_is_valid_for_subject_name(&name).is_ok())
}

fn day(seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    moment
        .and_then(|moment| moment.format(format_description!("[year]-[month]-[day]")).ok())
        .unwrap_or_else(|| "a day out of reach".to_owned())
}

/// The pair in use, for each handshake anew.
#[derive(Debug)]
struct Current(watch::Receiver<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.borrow()))
    }
}

/// What makes handshakes with the pair. It looks at the files every `look`, until `stopping`.
///
/// # Errors
/// A pair that cannot be used.
pub fn acceptor(pair: Pair, look: Duration, stopping: watch::Receiver<bool>) -> anyhow::Result<TlsAcceptor> {
    let stamp = pair.stamp();
    let identity = pair.read()?;
    measure(&identity);
    let (renewed, current) = watch::channel(Arc::new(identity));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Current(current)));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(keep_fresh(pair, stamp, renewed, look, hang_up, stopping));
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn keep_fresh(
    pair: Pair,
    mut stamp: [Option<(u64, u64, i64, i64)>; 2],
    renewed: watch::Sender<Arc<CertifiedKey>>,
    look: Duration,
    mut hang_up: tokio::signal::unix::Signal,
    mut stopping: watch::Receiver<bool>,
) {
    // The files were read just now.
    let mut looks = tokio::time::interval_at(tokio::time::Instant::now() + look, look);
    loop {
        let asked = tokio::select! {
            _ = looks.tick() => false,
            _ = hang_up.recv() => true,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        let seen = pair.stamp();
        if seen == stamp && !asked {
            continue;
        }
        stamp = seen;
        let reader = pair.clone();
        match tokio::task::spawn_blocking(move || reader.read()).await {
            Ok(Ok(identity)) => {
                measure(&identity);
                renewed.send_replace(Arc::new(identity));
                tracing::info!("the certificate was read again");
            }
            Ok(Err(flaw)) => tracing::error!(%flaw, "the new certificate cannot be used; the one before goes on"),
            Err(error) => tracing::error!(%error, "the certificate was not read again"),
        }
    }
}

fn measure(identity: &CertifiedKey) {
    let Some(end) = end(identity) else { return };
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double for millions of years")]
    metrics::gauge!("chartkey_certificate_end_seconds").set(end as f64);
    if UnixTime::now().as_secs() + WARNING.as_secs() > end {
        tracing::warn!(day = day(end), "the certificate ends soon; renew it");
    }
}
