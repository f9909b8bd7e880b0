//! What is done every minute, beside the server or in a process of its own. Each
//! job may run twice.

use std::{sync::Arc, time::Duration};

use chartkey_portal::{Error, Portal, audit::anchor::Anchor};
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use crate::{backup, config::Config};

/// Works until told to stop.
pub async fn work(portal: Portal, config: Arc<Config>, mut stopping: watch::Receiver<bool>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut anchor, mut night) = (None, None);
    tokio::spawn(label_again(portal.clone(), stopping.clone()));
    loop {
        tokio::select! {
            _ = minute.tick() => {
                once(&portal).await;
                anchored(&portal, &config, &mut anchor).await;
                nightly(&portal, &config, &mut night).await;
            }
            () = told(&mut stopping) => break,
        }
    }
}

/// A build may have another table of labels. What it has not read yet is the patient's only
/// until then, so this goes on until nothing is left.
async fn label_again(portal: Portal, mut stopping: watch::Receiver<bool>) {
    let (mut last, mut items) = (None, 0);
    loop {
        let next = tokio::select! {
            next = portal.label_next(last) => next,
            () = told(&mut stopping) => return,
        };
        match next {
            Ok(Some((patient, labelled))) => (last, items) = (Some(patient), items + labelled),
            Ok(None) if items > 0 => return tracing::info!(items, "labelled again"),
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "a record was not labelled again");
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(60)) => {}
                    () = told(&mut stopping) => return,
                }
            }
        }
    }
}

async fn told(stopping: &mut watch::Receiver<bool>) {
    // An error means that whoever would tell us is gone: that is the end, too.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Copies the heads of the access log into the anchor file. A file that could not be
/// written is opened again at the next minute.
async fn anchored(portal: &Portal, config: &Config, anchor: &mut Option<Anchor>) {
    let Some(path) = &config.anchor_file else { return };
    let written = async {
        let mut open = match anchor.take() {
            Some(open) => open,
            None => Anchor::open(path).await?,
        };
        open.append(portal).await?;
        Ok::<_, Error>(open)
    };
    match written.await {
        Ok(open) => *anchor = Some(open),
        Err(error) => tracing::error!(%error, path = %path.display(), "the anchor file was not written"),
    }
}

/// Begins the nightly backup at its hour, beside everything else; one at a time.
async fn nightly(portal: &Portal, config: &Arc<Config>, night: &mut Option<JoinHandle<()>>) {
    if night.as_ref().is_some_and(|running| !running.is_finished()) {
        return;
    }
    match backup::nightly::is_due(portal, &config.keeping).await {
        Ok(true) => {
            let (portal, config) = (portal.clone(), Arc::clone(config));
            *night = Some(tokio::spawn(async move { backup::nightly::run(&portal, &config).await }));
        }
        Ok(false) => {}
        Err(error) => tracing::error!(%error, "whether a backup is due is not known"),
    }
}

async fn once(portal: &Portal) {
    if let Err(error) = portal.tell_refusals().await {
        tracing::error!(%error, "refusals were not told");
    }
    match portal.sweep_sessions().await {
        Ok(0) => {}
        Ok(sessions) => tracing::info!(sessions, "removed what had ended"),
        Err(error) => tracing::error!(%error, "what has ended was not removed"),
    }
    // What a process that died between its commit and the journal left.
    if let Err(error) = portal.keep_journal().await {
        tracing::error!(%error, "the journal was not written");
    }
    if let Err(error) = portal.sweep_drafts().await {
        tracing::error!(%error, "drafts that have ended were not removed");
    }
}
