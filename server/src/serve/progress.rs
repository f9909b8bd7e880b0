//! Whether anything still moves on a connection.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::body::HttpBody;
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// The last moment at which a request came, or a piece of a body was read or asked for.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    begun: Instant,
    /// Milliseconds after the beginning; 0 until the first request.
    last: Arc<AtomicU64>,
}

impl Progress {
    pub fn new() -> Self {
        Self { begun: Instant::now(), last: Arc::default() }
    }

    pub fn moved(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now.max(1), Ordering::Relaxed);
    }

    /// Waits until nothing moved for `idle`, or no request came within `first`.
    pub async fn ended(&self, first: Duration, idle: Duration) {
        loop {
            let end = match self.last.load(Ordering::Relaxed) {
                0 => self.begun + first,
                last => self.begun + Duration::from_millis(last) + idle,
            };
            if Instant::now() >= end {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

/// A body that notes its progress.
pub(super) struct Moving<B> {
    body: B,
    progress: Progress,
}

impl<B> Moving<B> {
    pub const fn new(body: B, progress: Progress) -> Self {
        Self { body, progress }
    }
}

impl<B: HttpBody + Unpin> HttpBody for Moving<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            self.progress.moved();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
