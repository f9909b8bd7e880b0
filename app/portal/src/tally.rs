//! What was counted since the process began, for whoever watches it: numbers alone.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Portal;

/// The counters. Clones of a portal share them.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub signed_in: AtomicU64,
    pub sign_ins_refused: AtomicU64,
    pub sign_ins_waiting: AtomicU64,
    pub records_refused: AtomicU64,
    pub understood: AtomicU64,
    pub misunderstood: AtomicU64,
    pub unsure: AtomicU64,
}

/// One more.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What the counters said at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Passwords that were right.
    pub signed_in: u64,
    /// Passwords that were not, or addresses without an account.
    pub sign_ins_refused: u64,
    /// Tries that were not judged, because too many came before.
    pub sign_ins_waiting: u64,
    /// Records that were not opened to whoever asked, or that are not there.
    pub records_refused: u64,
    /// Questions about a grant before it was given that were answered rightly; each counts once.
    pub understood: u64,
    /// Those that were answered wrongly.
    pub misunderstood: u64,
    /// Those to which the answer was "I am not sure".
    pub unsure: u64,
}

/// Connections to the database at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Lent to somebody.
    pub used: u32,
    /// Open, and waiting.
    pub idle: u32,
}

impl Portal {
    /// What was counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tally {
            signed_in: read(&self.counters.signed_in),
            sign_ins_refused: read(&self.counters.sign_ins_refused),
            sign_ins_waiting: read(&self.counters.sign_ins_waiting),
            records_refused: read(&self.counters.records_refused),
            understood: read(&self.counters.understood),
            misunderstood: read(&self.counters.misunderstood),
            unsure: read(&self.counters.unsure),
        }
    }

    /// The connections as they are now.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        Connections { used: self.pool.size().saturating_sub(idle), idle }
    }
}
