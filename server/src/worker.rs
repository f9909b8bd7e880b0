//! What is done every minute, beside the server or in a process of its own. Each
//! job may run twice.

use std::{sync::Arc, time::Duration};

use chartkey_domain::id::PatientId;
use chartkey_portal::{Error, Portal, audit::anchor::Anchor, seal::Signing};
use tokio::{runtime::Handle, sync::watch, task::JoinHandle, time::MissedTickBehavior};

use crate::{backup, config::Config, mail::Post, metrics};

/// A job that takes longer is given up until the next minute, so that one that stands still, on a
/// disk that does not answer, keeps no other from being done.
const TIME: Duration = Duration::from_secs(45);

/// So long after a failure the records that are left are read again.
const AGAIN: Duration = Duration::from_secs(60);

/// Works until told to stop.
pub async fn work(portal: Portal, config: Arc<Config>, mut stopping: watch::Receiver<bool>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut anchor, mut night) = (None, None);
    let post = Post::new(&config.mail, config.public_url.clone());
    if let Err(error) = &post {
        tracing::error!(%error, "messages cannot be sent");
    }
    tokio::spawn(files(portal.clone(), stopping.clone()));
    tokio::spawn(unread(portal.clone(), stopping.clone()));
    for reading in [Reading::Labels, Reading::Words] {
        tokio::spawn(read_again(portal.clone(), reading, stopping.clone()));
    }
    loop {
        tokio::select! {
            _ = minute.tick() => {
                once(&portal).await;
                if let Ok(post) = &post {
                    ended("letters", limited(async { post.deliver_due(&portal).await; Ok(()) }).await);
                }
                anchored(&portal, &config, &mut anchor).await;
                if let Some(Some(signed)) = ended("sign-log", limited(portal.sign_log(Signing::WhenDue)).await) {
                    tracing::info!(number = signed.root.number, "signed the heads of the log");
                }
                nightly(&portal, &config, &mut night).await;
            }
            () = told(&mut stopping) => break,
        }
    }
}

/// What another build reads out of records in another way than the one before. It goes on until
/// nothing is left.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// Labels. What another table labelled is the patient's only until then.
    Labels,
    /// Words, for searching. Until then a search says that something is missing.
    Words,
}

impl Reading {
    const fn job(self) -> &'static str {
        match self {
            Self::Labels => "label-again",
            Self::Words => "phrase-again",
        }
    }

    /// Reads the record after `last`.
    async fn next(self, portal: &Portal, last: Option<PatientId>) -> Result<Option<(PatientId, Result<u64, Error>)>, Error> {
        match self {
            Self::Labels => portal.label_next(last).await,
            Self::Words => portal.phrase_next(last).await,
        }
    }
}

/// A record that cannot be read keeps no other from being read: it is tried again when the others are done.
async fn read_again(portal: Portal, reading: Reading, mut stopping: watch::Receiver<bool>) {
    let (mut last, mut items, mut failed, job) = (None, 0, false, reading.job());
    loop {
        let next = tokio::select! {
            next = reading.next(&portal, last) => next,
            () = told(&mut stopping) => return,
        };
        match next {
            Ok(Some((patient, Ok(read)))) => {
                (last, items) = (Some(patient), items + read);
                continue;
            }
            Ok(Some((patient, Err(error)))) => {
                metrics::job_failed(job);
                tracing::error!(%error, job, "a record was not read again");
                (last, failed) = (Some(patient), true);
                continue;
            }
            Ok(None) if !failed => {
                metrics::job_done(job);
                return if items > 0 {
                    tracing::info!(items, job, "read again")
                };
            }
            Ok(None) => (last, failed) = (None, false),
            Err(error) => {
                metrics::job_failed(job);
                tracing::error!(%error, job, "records are not read again");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = told(&mut stopping) => return,
        }
    }
}

/// Between two looks for files that people have added.
const LOOK: Duration = Duration::from_secs(1);

/// Reads the files that people add to their records, one after another, where blocking is allowed.
async fn files(portal: Portal, mut stopping: watch::Receiver<bool>) {
    let job = "import-files";
    loop {
        let (portal, runtime) = (portal.clone(), Handle::current());
        let next = tokio::task::spawn_blocking(move || runtime.block_on(portal.import_next())).await;
        let pause = match next {
            Ok(Ok(Some(_))) => Duration::ZERO,
            Ok(Ok(None)) => {
                metrics::job_done(job);
                LOOK
            }
            Ok(Err(error)) => {
                metrics::job_failed(job);
                tracing::error!(%error, job, "a file was not read");
                Duration::from_secs(10)
            }
            Err(error) => {
                metrics::job_failed(job);
                tracing::error!(%error, job, "whoever read a file has ended");
                Duration::from_secs(10)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = told(&mut stopping) => return,
        }
    }
}

/// Tells the lists of clinicians what has come into the records of their patients.
async fn unread(portal: Portal, mut stopping: watch::Receiver<bool>) {
    loop {
        let pause = match ended("unread", limited(portal.note_next_unread()).await) {
            Some(true) => Duration::ZERO,
            Some(false) => LOOK,
            None => AGAIN,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = told(&mut stopping) => return,
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
    *anchor = ended("anchor", limited(written).await);
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
    ended("tell-refusals", limited(portal.tell_refusals()).await);
    if let Some(sessions @ 1..) = ended("sweep-sessions", limited(portal.sweep_sessions()).await) {
        tracing::info!(sessions, "removed what had ended");
    }
    // What a process that died between its commit and the journal left.
    ended("journal", limited(portal.keep_journal()).await);
    ended("sweep-drafts", limited(portal.sweep_drafts()).await);
    ended("sweep-devices", limited(portal.sweep_devices()).await);
    ended("sweep-second-factors", limited(portal.sweep_second_factors()).await);
    ended("sweep-helper-logs", limited(portal.sweep_helper_logs()).await);
    if let Some(letters @ 1..) = ended("sweep-letters", limited(portal.sweep_letters()).await) {
        tracing::error!(letters, "messages that could not be sent for three days were given up");
    }
    ended("tell-losses", limited(portal.tell_losses()).await);
    ended("tell-endings", limited(portal.tell_endings()).await);
    ended("tell-birthdays", limited(portal.tell_birthdays()).await);
    ended("tell-news", limited(portal.tell_news()).await);
}

/// Gives a job its time.
async fn limited<T>(job: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(TIME, job).await.unwrap_or_else(|_| Err(Error::internal("it did not end in its time")))
}

/// Notes how a job ended, and hands on what it did.
fn ended<T>(job: &'static str, result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(done) => {
            metrics::job_done(job);
            Some(done)
        }
        Err(error) => {
            metrics::job_failed(job);
            tracing::error!(%error, job, "a job failed");
            None
        }
    }
}
