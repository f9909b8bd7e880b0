//! One connection: the handshake, the protocol, and its end.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, watch},
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::{
    Patience,
    progress::{Moving, Progress},
};
use crate::metrics::Open;

/// Requests at once on one connection of HTTP/2: more than a page of ours loads.
const STREAMS: u32 = 64;
/// Streams that a client may open and give up before it is cut off.
const RESETS: usize = 32;
/// Between two pings of HTTP/2, and how long an answer may take.
const PING: Duration = Duration::from_secs(20);

/// How each protocol is spoken.
#[derive(Debug)]
pub(super) struct Protocols {
    http1: Builder<TokioExecutor>,
    http2: Builder<TokioExecutor>,
}

impl Protocols {
    pub fn new(patience: Patience) -> Self {
        // Each alone: telling one from the other would wait for a first byte without an end.
        let mut http1 = Builder::new(TokioExecutor::new()).http1_only();
        http1.http1().timer(TokioTimer::new()).header_read_timeout(patience.headers).max_buf_size(64 * 1024);
        let mut http2 = Builder::new(TokioExecutor::new()).http2_only();
        http2
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .max_concurrent_streams(STREAMS)
            .max_pending_accept_reset_streams(RESETS)
            .max_local_error_reset_streams(RESETS)
            .max_header_list_size(32 * 1024)
            .max_send_buf_size(256 * 1024);
        Self { http1, http2 }
    }
}

/// What every connection of a door has.
#[derive(Clone)]
pub(super) struct Setting {
    pub protocols: Arc<Protocols>,
    pub router: Router,
    pub tls: Option<TlsAcceptor>,
    pub patience: Patience,
    pub stopping: watch::Receiver<bool>,
    /// Where its connections are counted, if they are.
    pub gauge: Option<&'static str>,
}

/// Carries one connection to its end. `_place` is free again afterwards.
pub(super) async fn carry(mut setting: Setting, stream: TcpStream, peer: SocketAddr, _place: OwnedSemaphorePermit) {
    let _ = stream.set_nodelay(true);
    let _counted = setting.gauge.map(Open::one);
    let Some(tls) = setting.tls.take() else {
        let protocols = Arc::clone(&setting.protocols);
        return speak(&protocols.http1, setting, stream, peer).await;
    };
    let handshake = tokio::select! {
        handshake = tokio::time::timeout(setting.patience.headers, tls.accept(stream)) => handshake,
        _ = setting.stopping.wait_for(|stop| *stop) => return,
    };
    let Ok(Ok(stream)) = handshake else {
        metrics::counter!("chartkey_tls_handshakes_failed_total").increment(1);
        return;
    };
    let protocols = Arc::clone(&setting.protocols);
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    speak(if is_http2 { &protocols.http2 } else { &protocols.http1 }, setting, stream, peer).await;
}

async fn speak<S>(builder: &Builder<TokioExecutor>, setting: Setting, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Setting { router, patience, mut stopping, .. } = setting;
    let progress = Progress::new();
    let noted = progress.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        noted.moved();
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, progress) = (router.clone(), noted.clone());
        async move {
            let response = router.oneshot(request.map(|body| Moving::new(body, progress.clone()))).await;
            progress.moved();
            response.map(|response| response.map(|body| Moving::new(body, progress)))
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // A client that goes away in the middle is no event of ours.
    let is_stopping = tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stop| *stop) => true,
        () = progress.ended(patience.headers, patience.idle) => false,
    };
    connection.as_mut().graceful_shutdown();
    let enough = async {
        if is_stopping {
            // What is running is finished as long as it moves.
            progress.moved();
            progress.ended(patience.headers, patience.idle).await;
        } else {
            tokio::time::sleep(patience.headers.min(patience.idle)).await;
        }
    };
    tokio::select! {
        _ = connection => {}
        () = enough => {}
    }
}
