//! Backups: PostgreSQL's own base backup and write-ahead log, encrypted for somebody
//! who need not be on this machine, and proved by restoring them.
//!
//! Everything here works on files and processes and blocks; whoever is inside the
//! runtime calls it through `spawn_blocking`.

use std::{fs::File, io, path::Path};

pub mod archive;
pub mod description;
pub mod make;
pub mod nightly;
mod programs;
pub mod prove;
pub mod restore;
mod scratch;
mod sealed;

pub use sealed::{Identity, Recipient};

/// Waits until a directory's entries are on disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Runs what blocks beside the runtime.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?
}
