//! The process: what it listens on, what it accepts, and how it drains at the end.

use std::{future::Future, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use chartkey_portal::Portal;
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{SignalKind, signal},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    config::Config,
    http::{self, Shared, assets, events, leptos_app, oauth::Providers, outgoing::Outgoing},
    mail::Post,
    metrics, tls, worker,
};

mod connection;
mod files;
mod progress;

use connection::{Protocols, Setting, carry};

/// How long is waited for slow clients.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// A client that has not shaken hands, or not sent its headers, by then is dropped.
    pub headers: Duration,
    /// A connection on which nothing moves for so long is closed: no request comes, and no body is sent or taken.
    pub idle: Duration,
    /// Requests that are still running so long after the end are dropped.
    pub drain: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { headers: Duration::from_secs(10), idle: Duration::from_secs(120), drain: Duration::from_secs(20) }
    }
}

/// Where clients come in.
pub struct Door {
    /// The socket.
    pub listener: TcpListener,
    /// Makes the handshakes, where we speak TLS.
    pub tls: Option<TlsAcceptor>,
    /// Connections at once; more wait in the queue of the socket.
    pub clients: u32,
    /// The gauge that counts them, if one does.
    pub gauge: Option<&'static str>,
}

impl From<TcpListener> for Door {
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None, clients: 1024, gauge: None }
    }
}

/// Serves until the process is told to stop. Prints the address once it listens.
///
/// # Errors
/// A database that cannot be used, an address that is taken, a certificate that cannot be used.
pub async fn serve(config: Config, with_worker: bool) -> anyhow::Result<()> {
    let told = told_to_stop()?;
    let patience = Patience::default();
    let portal = open(&config, config.connections).await?;
    let (stop, stopping) = watch::channel(false);
    let shared = shared(config, portal, stopping.clone()).await?;
    let config = Arc::clone(&shared.config);
    let measured = metrics::listen(config.metrics_listen, &shared.portal, leptos_app::operator(&shared)).await?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| format!("listen on {}", config.listen))?;
    let tls = config.tls.clone().map(|pair| tls::acceptor(pair, tls::LOOK, stopping.clone())).transpose()?;
    let clients = files::enough_for(config.clients, config.connections);
    let door = Door { listener, tls, clients, gauge: Some("chartkey_connections") };
    let worker = with_worker.then(|| tokio::spawn(worker::work(shared.portal.clone(), Arc::clone(&config), stopping.clone())));
    tracing::info!(address = %door.listener.local_addr()?, public = %config.public_url, tls = door.tls.is_some(), "listening");
    tokio::spawn(async move {
        told.await;
        tracing::info!("stopping");
        let _ = stop.send(true);
    });
    accept(door, http::router(&shared), stopping, patience).await;
    if let Some(worker) = worker {
        match tokio::time::timeout(patience.drain, worker).await {
            Ok(ended) => ended.context("worker")?,
            Err(_) => tracing::warn!("a job was still running and was dropped"),
        }
    }
    drop(measured);
    tracing::info!("stopped");
    Ok(())
}

/// Works until the process is told to stop, without serving.
///
/// # Errors
/// A database that cannot be used.
pub async fn work(config: Config) -> anyhow::Result<()> {
    let told = told_to_stop()?;
    let portal = open(&config, 4).await?;
    let (stop, stopping) = watch::channel(false);
    let measured = metrics::listen(config.metrics_listen, &portal, Router::new()).await?;
    tokio::spawn(async move {
        told.await;
        let _ = stop.send(true);
    });
    worker::work(portal, Arc::new(config), stopping).await;
    drop(measured);
    Ok(())
}

/// The portal over a database that is as new as its journal, with what a process that died
/// had not written yet.
///
/// # Errors
/// A database that cannot be used, or that was restored and not brought up to its journal.
pub async fn open(config: &Config, connections: u32) -> anyhow::Result<Portal> {
    let mut portal =
        Portal::connect(&config.database_url, config.pepper.clone(), connections).await.context("database")?.with_ages(config.ages);
    if let Some(journal) = &config.keeping.journal_file {
        portal = portal.with_journal(journal);
    }
    if let Some(key) = &config.log_key_file {
        portal = portal.with_log_key(key);
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
    let portal = portal.with_passkeys(config.public_url.origin());
    let post = Post::new(&config.mail, config.public_url.clone()).context("mail")?;
    Ok(Shared {
        is_rehearsal: portal.is_rehearsal().await.context("database")?,
        notices: events::Notices::listen(portal.clone(), stopping.clone()),
        portal,
        assets: assets::manifest(config.site_dir.as_deref()),
        post,
        uploads: http::upload::Room::default(),
        providers: Providers::new(Outgoing::new()?),
        secure: config.public_url.is_secure(),
        config: Arc::new(config),
        stopping,
    })
}

/// Accepts until told to stop, then lets running requests end.
pub async fn accept(door: impl Into<Door>, router: Router, mut stopping: watch::Receiver<bool>, patience: Patience) {
    let Door { listener, tls, clients, gauge } = door.into();
    let places = Arc::new(Semaphore::new(clients.try_into().unwrap_or(Semaphore::MAX_PERMITS)));
    let setting = Setting { protocols: Arc::new(Protocols::new(patience)), router, tls, patience, stopping: stopping.clone(), gauge };
    loop {
        let next = tokio::select! {
            next = next(&listener, &places) => next,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        match next {
            Ok((stream, peer, place)) => drop(tokio::spawn(carry(setting.clone(), stream, peer, place))),
            Err(error) => {
                // Out of file descriptors, most likely: those that end give some back.
                tracing::error!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    // Every place is free once every connection has ended.
    if tokio::time::timeout(patience.drain, places.acquire_many(clients)).await.is_err() {
        tracing::warn!("some requests were still running and were dropped");
    }
}

/// The next client, once there is a place for it.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> std::io::Result<(TcpStream, std::net::SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

/// SIGTERM from whoever runs us, or Ctrl-C. Listens from the call on, so that none is missed.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
