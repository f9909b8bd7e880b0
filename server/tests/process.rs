//! The socket: slow clients are dropped, and what runs at the end is finished.

use std::{sync::Arc, time::Duration};

use axum::{Router, routing::get};
use chartkey_server::serve::{Patience, accept};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
    task::JoinHandle,
};

struct Server {
    address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

async fn serving(router: Router, patience: Patience) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = watch::channel(false);
    Server { address, stop, accepting: tokio::spawn(accept(listener, router, stopping, patience)) }
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

#[tokio::test]
async fn a_client_that_does_not_finish_its_headers_is_dropped() {
    let patience = Patience { headers: Duration::from_millis(200), ..Patience::default() };
    let server = serving(Router::new().route("/", get(|| async { "here" })), patience).await;
    let mut clients = Vec::new();
    for sent in [b"".as_slice(), b"G", b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: "] {
        let mut client = TcpStream::connect(server.address).await.unwrap();
        client.write_all(sent).await.unwrap();
        clients.push((client, sent));
    }
    for (mut client, sent) in clients {
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), client.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "still open after {sent:?}");
        assert!(!String::from_utf8_lossy(&answer).contains("here"));
    }
}

#[tokio::test]
async fn a_request_that_runs_when_the_server_stops_is_answered() {
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (reached, go_on) = (Arc::clone(&reached), Arc::clone(&go_on));
        move || async move {
            reached.notify_one();
            go_on.notified().await;
            "finished"
        }
    };
    let server = serving(Router::new().route("/", get(slow)), Patience::default()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    reached.notified().await;
    server.stop.send(true).unwrap();
    // Whoever comes now is refused, as soon as the listener is closed.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    go_on.notify_one();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("finished"), "{answer}");
    server.accepting.await.unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server_from_stopping() {
    let router = Router::new().route("/", get(std::future::pending::<&'static str>));
    let server = serving(router, Patience { drain: Duration::from_millis(200), ..Patience::default() }).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    server.stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(10), server.accepting).await.unwrap().unwrap();
}
