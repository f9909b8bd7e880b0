//! The socket: accepts connections, drops slow ones, and drains at the end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{Router, extract::ConnectInfo};
use chartkey_portal::Portal;
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower::ServiceExt;

use crate::{
    config::Config,
    http::{self, Shared, assets, events, oauth::Providers, outgoing::Outgoing},
    mail::Post,
    worker,
};

/// How long is waited for slow clients.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// A client that has not sent its headers by then is dropped.
    pub headers: Duration,
    /// Requests that are still running so long after the end are dropped.
    pub drain: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { headers: Duration::from_secs(10), drain: Duration::from_secs(20) }
    }
}

/// Serves until the process is told to stop. Prints the address once it listens.
///
/// # Errors
/// A database that cannot be used, an address that is taken.
pub async fn serve(config: Config, with_worker: bool) -> anyhow::Result<()> {
    let portal = open(&config, config.connections).await?;
    let (stop, stopping) = watch::channel(false);
    let shared = shared(config, portal, stopping.clone()).await?;
    let listener = TcpListener::bind(shared.config.listen).await.with_context(|| format!("listen on {}", shared.config.listen))?;
    let address = listener.local_addr()?;
    let worker = with_worker.then(|| tokio::spawn(worker::work(shared.portal.clone(), Arc::clone(&shared.config), stopping.clone())));
    tracing::info!(%address, public = %shared.config.public_url, "listening");
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping");
        let _ = stop.send(true);
    });
    accept(listener, http::router(&shared), stopping, Patience::default()).await;
    if let Some(worker) = worker {
        worker.await.context("worker")?;
    }
    Ok(())
}

/// Works until the process is told to stop, without serving.
///
/// # Errors
/// A database that cannot be used.
pub async fn work(config: Config) -> anyhow::Result<()> {
    let portal = open(&config, 4).await?;
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        let _ = stop.send(true);
    });
    worker::work(portal, Arc::new(config), stopping).await;
    Ok(())
}

/// The portal over a database that is as new as its journal, with what a process that died
/// had not written yet.
///
/// # Errors
/// A database that cannot be used, or that was restored and not brought up to its journal.
pub async fn open(config: &Config, connections: u32) -> anyhow::Result<Portal> {
    let mut portal = Portal::connect(&config.database_url, config.pepper.clone(), connections).await.context("database")?;
    if let Some(journal) = &config.keeping.journal_file {
        portal = portal.with_journal(journal);
    }
    portal.refuse_an_older_database().await?;
    portal.open_journal().await.context("journal")?;
    Ok(portal)
}

/// What the handlers share, for [`http::router`].
///
/// # Errors
/// A mail folder that cannot be made, a database that does not answer.
pub async fn shared(config: Config, portal: Portal, stopping: watch::Receiver<bool>) -> anyhow::Result<Shared> {
    let post = Post::new(&config.mail, config.public_url.clone()).context("mail")?;
    Ok(Shared {
        is_rehearsal: portal.is_rehearsal().await.context("database")?,
        notices: events::Notices::listen(portal.clone(), stopping.clone()),
        portal,
        assets: assets::manifest(&config.site_dir),
        post,
        providers: Providers::new(Outgoing::new()?),
        secure: config.public_url.is_secure(),
        config: Arc::new(config),
        stopping,
    })
}

/// Accepts until told to stop, then lets running requests end.
pub async fn accept(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>, patience: Patience) {
    // HTTP/1 alone: telling it from HTTP/2 would wait for a first byte without an end.
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.headers).max_buf_size(64 * 1024);
    let builder = Arc::new(builder);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(Arc::clone(&builder), stream, peer, router.clone(), graceful.watcher());
                tokio::spawn(connection);
            }
            Err(error) => {
                // Out of file descriptors, most likely: those that end give some back.
                tracing::error!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(patience.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running and were dropped");
    }
}

async fn connection(
    builder: Arc<auto::Builder<TokioExecutor>>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    // A client that goes away in the middle is no event of ours.
    let _ = watcher.watch(connection).await;
}

/// SIGTERM from whoever runs us, or Ctrl-C.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
