//! Making a backup: `pg_basebackup`, `pg_verifybackup`, and only then encryption.
//!
//! The plain copy lies for that time in a folder that only we can enter, on the
//! machine of the backups. Everything is made under a name that ends in `.partial`;
//! the final name appears when all of it is on disk.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::Write,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, bail};
use chartkey_portal::{
    inventory::{Inspector, Inventory},
    setup,
};
use time::macros::format_description;

use super::{
    archive, blocking,
    description::{CLUSTER, DESCRIPTION, Description, FACTS, Facts, list},
    programs::{self, Programs},
    sealed::{Recipient, seal},
    sync_folder,
};
use crate::config::keeping::Keeping;

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// Its folder.
    pub folder: PathBuf,
    /// What it is.
    pub description: Description,
    /// How long it took.
    pub seconds: f64,
}

/// Makes a backup in a folder of its own inside `dir`, and with `keep` removes the
/// oldest beyond so many, with the write-ahead log that only those needed.
///
/// # Errors
/// What is not set, what failed, or another backup that is being made there.
pub async fn make(keeping: &Keeping, dir: &Path, keep: Option<usize>) -> anyhow::Result<Made> {
    let begun = Instant::now();
    let url = keeping.database_url.clone().context("CHARTKEY_BACKUP_DATABASE_URL is not set")?;
    let recipient = keeping.recipient.clone().context("CHARTKEY_BACKUP_RECIPIENT is not set; `chartkey backup key` makes one")?;
    let (turn, dir) = lock(dir)?;
    let dir = dir.as_path();
    let mut inspector = Inspector::connect(&url).await.context("the database, as the role of backups")?;
    let before = inspector.count().await?;
    let name = before.at.format(format_description!("[year][month][day]T[hour][minute][second]Z"))?;
    let place = Place { partial: dir.join(format!("{name}.partial")), folder: dir.join(&name) };
    if place.folder.exists() {
        bail!("{} is there already", place.folder.display());
    }
    let programs = Programs::find(keeping.pg_bin.as_deref(), before.server.split('.').next())?;
    let copied = {
        let (place, url) = (place.clone(), url.clone());
        blocking(move || place.copy(&programs, &url)).await
    };
    let description = match copied {
        Ok(first_segment) => {
            let facts = Facts { database: setup::name(&url)?, before, after: inspector.count().await? };
            let place = place.clone();
            blocking(move || place.encrypt(name, &facts, first_segment, &recipient)).await
        }
        Err(error) => Err(error),
    };
    if description.is_err() {
        let _ = fs::remove_dir_all(&place.partial);
    }
    let description = description?;
    if let Some(keep) = keep {
        forget(dir, keep.max(1), keeping.wal_dir.as_deref())?;
    }
    drop(turn);
    Ok(Made { folder: place.folder, description, seconds: begun.elapsed().as_secs_f64() })
}

/// One at a time; what a killed one left behind is removed.
fn lock(dir: &Path) -> anyhow::Result<(File, PathBuf)> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).with_context(|| dir.display().to_string())?;
    // PostgreSQL's programs work elsewhere.
    let dir = fs::canonicalize(dir)?;
    let turn = OpenOptions::new().create(true).append(true).open(dir.join(".lock")).with_context(|| dir.display().to_string())?;
    match turn.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!("another backup is being made in {}", dir.display()),
        Err(TryLockError::Error(cause)) => return Err(cause.into()),
    }
    for entry in fs::read_dir(&dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "partial") {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok((turn, dir))
}

#[derive(Debug, Clone)]
struct Place {
    partial: PathBuf,
    folder: PathBuf,
}

impl Place {
    /// Copies the cluster and verifies the copy. Returns the first segment of the write-ahead log
    /// that it needs.
    fn copy(&self, programs: &Programs, url: &str) -> anyhow::Result<String> {
        DirBuilder::new().mode(0o700).create(&self.partial)?;
        let plain = self.plain();
        let mut copy = programs.command("pg_basebackup");
        copy.arg("--pgdata").arg(&plain);
        copy.args(["--format=plain", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password"]);
        copy.envs(setup::libpq(url)?);
        programs::run(copy, "pg_basebackup")?;
        let mut verify = programs.command("pg_verifybackup");
        verify.arg("--quiet").arg(&plain);
        programs::run(verify, "pg_verifybackup")?;
        let label = fs::read_to_string(plain.join("backup_label")).context("backup_label")?;
        archive::segment_of_label(&label).context("backup_label names no segment")
    }

    fn encrypt(&self, name: String, facts: &Facts, first_segment: String, recipient: &Recipient) -> anyhow::Result<Description> {
        let mut tar = Command::new("tar")
            .args(["--create", "--file=-", "--directory"])
            .arg(self.plain())
            .arg(".")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("tar")?;
        let cluster = tar.stdout.take().context("tar").and_then(|plain| seal(plain, &self.partial.join(CLUSTER), recipient));
        let packed = tar.wait()?;
        let cluster = cluster?;
        if !packed.success() {
            bail!("tar failed");
        }
        let sealed = seal(serde_json::to_vec(facts)?.as_slice(), &self.partial.join(FACTS), recipient)?;
        let description = Description::new(name, facts, first_segment, recipient.to_string(), &cluster, &sealed);
        let mut file = File::create_new(self.partial.join(DESCRIPTION))?;
        file.write_all(&serde_json::to_vec_pretty(&description)?)?;
        file.sync_all()?;
        fs::remove_dir_all(self.plain())?;
        sync_folder(&self.partial)?;
        fs::rename(&self.partial, &self.folder)?;
        sync_folder(self.folder.parent().context("the folder of backups")?)?;
        Ok(description)
    }

    fn plain(&self) -> PathBuf {
        self.partial.join("plain")
    }
}

/// Removes the oldest backups beyond so many.
fn forget(dir: &Path, keep: usize, wal: Option<&Path>) -> anyhow::Result<()> {
    let backups = list(dir)?;
    let (old, kept) = backups.split_at(backups.len().saturating_sub(keep));
    for folder in old {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    if let (Some(wal), Some(oldest)) = (wal, kept.first()) {
        archive::forget_before(wal, &Description::read(oldest)?.first_segment)?;
    }
    Ok(())
}

/// What was counted while a backup was made, for its proof.
pub(super) fn differences(facts: &Facts, restored: &Inventory) -> Vec<chartkey_portal::inventory::Difference> {
    Inventory::differs(&facts.before, &facts.after, restored)
}
