//! What is done every minute, beside the server or in a process of its own. Each
//! job may run twice.

use std::{sync::Arc, time::Duration};

use chartkey_portal::Portal;
use tokio::{sync::watch, time::MissedTickBehavior};

use crate::config::Config;

/// Works until told to stop.
pub async fn work(portal: Portal, config: Arc<Config>, mut stopping: watch::Receiver<bool>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = minute.tick() => once(&portal, &config).await,
            () = told(&mut stopping) => break,
        }
    }
}

async fn told(stopping: &mut watch::Receiver<bool>) {
    // An error means that whoever would tell us is gone: that is the end, too.
    let _ = stopping.wait_for(|stop| *stop).await;
}

async fn once(portal: &Portal, _config: &Config) {
    match portal.sweep_sessions().await {
        Ok(0) => {}
        Ok(sessions) => tracing::info!(sessions, "removed what had ended"),
        Err(error) => tracing::error!(%error, "what has ended was not removed"),
    }
}
