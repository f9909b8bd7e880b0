//! Restoring: into a new folder, as a cluster of its own, never over a living one.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, bail};
use time::OffsetDateTime;

use super::{
    archive,
    description::{CLUSTER, Description, FACTS, Facts},
    programs::{self, Programs},
    scratch::{Archive, Recovery, Scratch},
    sealed::{self, Identity},
};
use crate::config::keeping::Keeping;

/// What is restored, and to where.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder of the backup.
    pub backup: PathBuf,
    /// What stands in it.
    pub description: Description,
    /// A folder that is not there yet.
    pub into: PathBuf,
    /// Up to this moment; `None`: as far as the archive goes.
    pub to: Option<OffsetDateTime>,
    /// The program that reads the archive of the write-ahead log: ourselves. `None`: only what
    /// the backup itself holds.
    pub archive_reader: Option<PathBuf>,
}

/// A running cluster that was restored.
#[derive(Debug)]
pub struct Restored {
    pub(super) scratch: Scratch,
    pub(super) facts: Facts,
    /// Segments in the archive that belong to it.
    pub segments: usize,
    /// Seconds for unpacking and checking the files.
    pub unpacked: f64,
    /// Seconds until it had recovered.
    pub recovered: f64,
}

/// Restores and starts. Blocks.
///
/// # Errors
/// A file that is not what was written, a gap in the archive, a cluster that does not recover.
/// What was unpacked is removed again.
pub fn restore(keeping: &Keeping, request: &Request) -> anyhow::Result<Restored> {
    let place = &request.into;
    let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    DirBuilder::new().mode(0o700).create(place).with_context(|| format!("{} has to be a new folder", place.display()))?;
    let restored = fs::canonicalize(place).map_err(anyhow::Error::from).and_then(|place| into(keeping, request, &place));
    if restored.is_err() {
        let _ = fs::remove_dir_all(place);
    }
    restored
}

fn into(keeping: &Keeping, request: &Request, place: &Path) -> anyhow::Result<Restored> {
    let begun = Instant::now();
    let identity = keeping.identity()?;
    let programs = Programs::find(keeping.pg_bin.as_deref(), Some(request.description.major()))?;
    request.description.check_files(&request.backup)?;
    let facts: Facts = serde_json::from_reader(sealed::open(&request.backup.join(FACTS), &identity)?).context(FACTS)?;
    unpack(&request.backup.join(CLUSTER), &place.join("data"), &identity)?;
    let mut verify = programs.command("pg_verifybackup");
    verify.arg("--quiet").arg(place.join("data"));
    programs::run(verify, "pg_verifybackup")?;
    let mut chain = archive::Chain::default();
    let segment_bytes = u64::try_from(facts.after.segment_bytes).unwrap_or(1).max(1);
    let mut recovery = Recovery { archive: None, to: request.to };
    if let Some(program) = &request.archive_reader {
        let wal = keeping.wal_dir.as_deref().context("CHARTKEY_WAL_DIR is not set")?;
        let wal = fs::canonicalize(wal).with_context(|| wal.display().to_string())?;
        chain = archive::check_from(&wal, &request.description.first_segment, segment_bytes)?;
        let key = keeping.identity_file.clone().context("an identity file")?;
        recovery.archive = Some(Archive { wal, program: program.clone(), key });
    }
    let unpacked = begun.elapsed().as_secs_f64();
    let scratch = Scratch::start(place, programs, &recovery)?;
    if request.to.is_none() && reached(&place.join("data/pg_wal"), segment_bytes)? < chain.last {
        bail!("the archive was not read to its end; what PostgreSQL said is in {}", place.join("log").display());
    }
    Ok(Restored { scratch, facts, segments: chain.segments, unpacked, recovered: begun.elapsed().as_secs_f64() - unpacked })
}

/// The segment at which the newest timeline left the one before: how far the log was followed.
fn reached(wal: &Path, segment_bytes: u64) -> anyhow::Result<u64> {
    let mut histories = fs::read_dir(wal)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    histories.retain(|path| path.extension().is_some_and(|end| end == "history"));
    let newest = histories.into_iter().max().context("no history of a timeline")?;
    let text = fs::read_to_string(newest)?;
    let place = text.lines().rfind(|line| !line.trim().is_empty()).and_then(|line| line.split_whitespace().nth(1));
    let (high, low) = place.and_then(|place| place.split_once('/')).context("a history that names no place")?;
    Ok((u64::from_str_radix(high, 16)? << 32 | u64::from_str_radix(low, 16)?) / segment_bytes)
}

fn unpack(cluster: &Path, data: &Path, identity: &Identity) -> anyhow::Result<()> {
    DirBuilder::new().mode(0o700).create(data)?;
    let mut plain = sealed::open(cluster, identity)?;
    let mut tar = Command::new("tar")
        .args(["--extract", "--file=-", "--no-same-owner", "--directory"])
        .arg(data)
        .stdin(Stdio::piped())
        .spawn()
        .context("tar")?;
    let copied = match tar.stdin.take() {
        Some(mut into) => io::copy(&mut plain, &mut into).map(drop),
        None => Ok(()),
    };
    let unpacked = tar.wait()?;
    copied.with_context(|| cluster.display().to_string())?;
    if !unpacked.success() {
        bail!("tar could not unpack {}", cluster.display());
    }
    Ok(())
}

impl Restored {
    /// The address of the role that the server works as.
    ///
    /// # Errors
    /// A path that is no address.
    pub fn runtime_url(&self) -> anyhow::Result<String> {
        self.scratch.url("chartkey_runtime", &self.facts.database)
    }

    /// Stops it; its files stay.
    ///
    /// # Errors
    /// Where it does not stop.
    pub fn stop(self) -> anyhow::Result<()> {
        self.scratch.stop()
    }
}
