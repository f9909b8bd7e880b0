//! Our own TLS, over a real socket, with certificates of an authority that the tests made.

mod authority;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use authority::Authority;
use axum::{Router, body::Body, routing::get};
use chartkey_server::{
    serve::{Door, Patience, accept},
    tls::acceptor,
};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

const HOST: &str = "chartkey.example";
/// Often enough for a test.
const LOOK: Duration = Duration::from_millis(20);
/// Longer than any test runs.
const NEVER: Duration = Duration::from_secs(3600);

struct Server {
    address: SocketAddr,
    authority: Authority,
    _stop: watch::Sender<bool>,
}

async fn serving(authority: Authority, look: Duration, patience: Patience, clients: u32) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = watch::channel(false);
    let tls = Some(acceptor(authority.pair(), look, stopping.clone()).unwrap());
    let router = Router::new().route("/", get(|| async { "here" })).route(
        "/large",
        // More than all the buffers between the two hold.
        get(|| async { Body::from_stream(futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 65_536]))) }),
    );
    tokio::spawn(accept(Door { listener, tls, clients, gauge: None }, router, stopping, patience));
    Server { address, authority, _stop: stop }
}

async fn plain() -> Server {
    let authority = Authority::new();
    authority.put(&authority.sign(HOST, |_| {}));
    serving(authority, NEVER, Patience::default(), 64).await
}

impl Server {
    fn client(&self) -> reqwest::ClientBuilder {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([reqwest::Certificate::from_der(&self.authority.root()).unwrap()])
            .resolve(HOST, self.address)
    }

    fn url(&self) -> String {
        format!("https://{HOST}:{}/", self.address.port())
    }

    async fn shake(
        &self,
        protocols: &[&[u8]],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.root().into()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        // A session that is resumed shows the certificate of its beginning.
        config.resumption = rustls::client::Resumption::disabled();
        let stream = TcpStream::connect(self.address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(HOST).unwrap(), stream).await
    }

    /// The certificate that a handshake shows at this moment.
    async fn shown(&self) -> Vec<u8> {
        let stream = self.shake(&[b"h2"], rustls::DEFAULT_VERSIONS).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    }

    async fn shows_another_than(&self, before: &[u8]) {
        let another = async { while self.shown().await == before {} };
        tokio::time::timeout(Duration::from_secs(20), another).await.unwrap();
    }
}

async fn ends(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "still open");
}

#[tokio::test]
async fn a_browser_gets_http_2_and_an_old_client_http_1() {
    let server = plain().await;
    let answer = server.client().build().unwrap().get(server.url()).send().await.unwrap();
    assert_eq!((answer.version(), answer.text().await.unwrap().as_str()), (reqwest::Version::HTTP_2, "here"));
    let answer = server.client().http1_only().build().unwrap().get(server.url()).send().await.unwrap();
    assert_eq!((answer.version(), answer.text().await.unwrap().as_str()), (reqwest::Version::HTTP_11, "here"));
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_nothing_else() {
    let server = plain().await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let stream = server.shake(&[b"http/1.1"], &[version]).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
    }
    // The greeting of TLS 1.1, whose version no client of ours would say.
    let hello = [0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2].into_iter().chain([7; 32]).chain([0, 0, 2, 0, 0x2f, 1, 0]);
    let mut old = TcpStream::connect(server.address).await.unwrap();
    old.write_all(&hello.collect::<Vec<u8>>()).await.unwrap();
    let mut answer = Vec::new();
    let _ = old.read_to_end(&mut answer).await;
    assert_eq!(answer.first(), Some(&0x15), "an alert, and nothing after it");
}

#[tokio::test]
async fn a_renewed_certificate_is_found_and_connections_that_are_open_stay() {
    let authority = Authority::new();
    authority.put(&authority.sign(HOST, |_| {}));
    let server = serving(authority, LOOK, Patience::default(), 64).await;
    let (client, before) = (server.client().build().unwrap(), server.shown().await);
    assert_eq!(client.get(server.url()).send().await.unwrap().text().await.unwrap(), "here");
    server.authority.put(&server.authority.sign(HOST, |_| {}));
    server.shows_another_than(&before).await;
    assert_eq!(client.get(server.url()).send().await.unwrap().text().await.unwrap(), "here");
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_leaves_the_one_before() {
    let authority = Authority::new();
    authority.put(&authority.sign(HOST, |_| {}));
    let server = serving(authority, LOOK, Patience::default(), 64).await;
    let (before, pair) = (server.shown().await, server.authority.pair());
    let (another, its_key) = server.authority.sign(HOST, |_| {});
    let ended = server.authority.sign(HOST, |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    for what in ["a certificate without its key", "nonsense", "nothing", "one that ended"] {
        match what {
            "a certificate without its key" => server.authority.write(&pair.certificate, &another, 0o600),
            "nonsense" => {
                server.authority.write(&pair.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0o600)
            }
            "nothing" => std::fs::remove_file(&pair.certificate).unwrap(),
            _ => server.authority.put(&ended),
        }
        let begun = Instant::now();
        while begun.elapsed() < 10 * LOOK {
            assert_eq!(server.shown().await, before, "{what}");
        }
    }
    server.authority.put(&(another, its_key));
    server.shows_another_than(&before).await;
}

#[tokio::test]
async fn a_hang_up_signal_reads_the_files_at_once() {
    let server = plain().await;
    let before = server.shown().await;
    server.authority.put(&server.authority.sign(HOST, |_| {}));
    assert_eq!(server.shown().await, before);
    let told = std::process::Command::new("kill").args(["-HUP", &std::process::id().to_string()]).status().unwrap();
    assert!(told.success());
    server.shows_another_than(&before).await;
}

#[tokio::test]
async fn whoever_does_not_get_on_is_dropped_wherever_it_stops() {
    let authority = Authority::new();
    authority.put(&authority.sign(HOST, |_| {}));
    let patience = Patience { headers: Duration::from_secs(1), ..Patience::default() };
    let server = serving(authority, NEVER, patience, 64).await;
    let before_tls =
        [b"".as_slice(), b"\x16", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\nhost: plain\r\n\r\n"].map(async |sent| {
            let mut half_open = TcpStream::connect(server.address).await.unwrap();
            half_open.write_all(sent).await.unwrap();
            ends(&mut half_open).await;
        });
    let (preface, settings) = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), [0, 0, 0, 4, 0, 0, 0, 0, 0].as_slice());
    let within_tls = [
        (b"h2".as_slice(), Vec::new()),
        (b"h2", preface.to_vec()),
        (b"h2", [preface, settings].concat()),
        (b"http/1.1", Vec::new()),
        (b"http/1.1", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ".to_vec()),
    ]
    .map(async |(protocol, sent): (&[u8], Vec<u8>)| {
        let mut stream = server.shake(&[protocol], rustls::DEFAULT_VERSIONS).await.unwrap();
        stream.write_all(&sent).await.unwrap();
        ends(&mut stream).await;
    });
    tokio::join!(futures::future::join_all(before_tls), futures::future::join_all(within_tls));
}

#[tokio::test]
async fn more_clients_than_places_wait_and_one_that_does_not_read_gives_its_place_up() {
    let authority = Authority::new();
    authority.put(&authority.sign(HOST, |_| {}));
    let patience = Patience { idle: Duration::from_millis(500), ..Patience::default() };
    let server = serving(authority, NEVER, patience, 1).await;
    let mut greedy = server.shake(&[b"http/1.1"], rustls::DEFAULT_VERSIONS).await.unwrap();
    greedy.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    // It never reads; the next is served only once its place is free.
    let answer = server.client().build().unwrap().get(server.url()).send();
    let answer = tokio::time::timeout(Duration::from_secs(20), answer).await.unwrap().unwrap();
    assert_eq!(answer.text().await.unwrap(), "here");
}
