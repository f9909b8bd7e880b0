//! What a request owes the journal, also when nobody waits for its answer any more.

use std::time::Duration;

use tokio::{
    runtime::Handle,
    sync::mpsc::{Receiver, Sender, channel, error::TryRecvError},
    time::timeout,
};

use crate::{Error, Portal};

/// How long is tried beside everything else; the worker tries again every minute.
const PATIENCE: Duration = Duration::from_secs(60);

tokio::task_local! {
    static BEGUN: Sender<()>;
}

/// Held by a change while it runs, so that whoever asked for it knows when it has ended.
#[derive(Debug)]
pub(crate) struct Running {
    _held: Option<Sender<()>>,
}

/// Says that a change begins on behalf of the request of this task, if it is one's.
pub(crate) fn begins() -> Running {
    let held = BEGUN.try_with(|begun| {
        // One word is enough.
        let _ = begun.try_send(());
        begun.clone()
    });
    Running { _held: held.ok() }
}

/// What a request has begun is still to be kept in the journal. Dropping this, or the request
/// itself, has it kept once the changes it began have ended; where it began none, nothing is done.
#[derive(Debug)]
#[must_use]
pub struct Owed {
    portal: Portal,
    begun: Option<Receiver<()>>,
}

impl Portal {
    /// Runs a request, and hands back what it owes the journal.
    pub async fn owing<T>(&self, request: impl Future<Output = T>) -> (T, Owed) {
        let (sender, begun) = channel(1);
        let owed = Owed { portal: self.clone(), begun: Some(begun) };
        (BEGUN.scope(sender, request).await, owed)
    }
}

impl Owed {
    /// Keeps the journal now.
    ///
    /// # Errors
    /// As [`Portal::keep_journal`].
    pub async fn settle(mut self) -> Result<usize, Error> {
        let kept = self.portal.keep_journal().await;
        self.begun = None;
        kept
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        let Some(mut begun) = self.begun.take() else { return };
        if matches!(begun.try_recv(), Err(TryRecvError::Disconnected)) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let portal = self.portal.clone();
        runtime.spawn(async move {
            while begun.recv().await.is_some() {}
            match timeout(PATIENCE, portal.keep_journal()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::error!(%error, "the journal was not written"),
                Err(_) => tracing::error!("the journal is not written: its disk does not answer"),
            }
        });
    }
}
