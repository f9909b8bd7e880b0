//! What is done every minute, beside the server or in a process of its own. Each
//! job may run twice.

use std::{sync::Arc, time::Duration};

use chartkey_portal::{Error, Portal, audit::anchor::Anchor};
use tokio::{sync::watch, time::MissedTickBehavior};

use crate::{config::Config, mail::Post};

/// Works until told to stop.
pub async fn work(portal: Portal, config: Arc<Config>, mut stopping: watch::Receiver<bool>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut anchor = None;
    let post = Post::new(&config.mail, config.public_url.clone());
    if let Err(error) = &post {
        tracing::error!(%error, "messages cannot be sent");
    }
    tokio::spawn(label_again(portal.clone(), stopping.clone()));
    loop {
        tokio::select! {
            _ = minute.tick() => {
                once(&portal).await;
                if let Ok(post) = &post {
                    post.deliver_due(&portal).await;
                }
                anchored(&portal, &config, &mut anchor).await;
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

async fn once(portal: &Portal) {
    if let Err(error) = portal.tell_refusals().await {
        tracing::error!(%error, "refusals were not told");
    }
    match portal.sweep_sessions().await {
        Ok(0) => {}
        Ok(sessions) => tracing::info!(sessions, "removed what had ended"),
        Err(error) => tracing::error!(%error, "what has ended was not removed"),
    }
    if let Err(error) = portal.sweep_drafts().await {
        tracing::error!(%error, "drafts that have ended were not removed");
    }
    if let Err(error) = portal.sweep_devices().await {
        tracing::error!(%error, "devices that nobody uses were not forgotten");
    }
    if let Err(error) = portal.sweep_second_factors().await {
        tracing::error!(%error, "what was begun and not ended was not removed");
    }
    match portal.sweep_letters().await {
        Ok(0) => {}
        Ok(letters) => tracing::error!(letters, "messages that could not be sent for three days were given up"),
        Err(error) => tracing::error!(%error, "messages that cannot be sent were not given up"),
    }
    if let Err(error) = portal.tell_losses().await {
        tracing::error!(%error, "those whose second factor is said to be lost were not told");
    }
}
