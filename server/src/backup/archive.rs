//! The archive of the write-ahead log: what PostgreSQL's `archive_command` calls, and
//! the reverse.
//!
//! PostgreSQL keeps a segment until the command says 0, tries again as often as it
//! fails, and stops its archiver above 125; so [`keep`] fails with 1. While
//! it recovers, a `restore_command` that fails means that the log ends here — unless
//! it fails above 125, which ends the recovery. A segment that is there and broken
//! must not look like the end: [`BROKEN`].

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use super::{
    sealed::{self, Identity, Recipient, seal},
    sync_folder,
};

/// The exit code that makes PostgreSQL give up a recovery.
pub const BROKEN: u8 = 190;

/// What became of a file that PostgreSQL asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// It is where it was wanted.
    There,
    /// There is none of this name: the log ends here.
    Absent,
}

/// The two files of one name: the encrypted one, and the SHA-256 of both, which tells
/// whether a second file of a name is the same without a key.
struct Kept {
    sealed: PathBuf,
    sums: PathBuf,
}

impl Kept {
    fn new(dir: &Path, name: &str) -> anyhow::Result<Self> {
        // Names are PostgreSQL's: segments, histories and backup labels.
        let is_plain = name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') && !name.contains("..");
        if !is_plain {
            bail!("{name} is no name of a file of the write-ahead log");
        }
        Ok(Self { sealed: dir.join(format!("{name}.age")), sums: dir.join(format!("{name}.sha256")) })
    }

    /// SHA-256 of the plain and of the encrypted file.
    fn sums(&self) -> anyhow::Result<(String, String)> {
        let text = fs::read_to_string(&self.sums).with_context(|| self.sums.display().to_string())?;
        let mut sums = text.lines().filter_map(|line| line.split_whitespace().next().map(str::to_owned));
        sums.next().zip(sums.next()).with_context(|| format!("{} holds no two sums", self.sums.display()))
    }
}

/// Keeps one file of the write-ahead log, and returns once it is on disk. The same
/// file again changes nothing.
///
/// # Errors
/// Another content under the same name, or what cannot be read or written.
pub fn keep(file: &Path, name: &str, dir: &Path, recipient: &Recipient) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).with_context(|| dir.display().to_string())?;
    let kept = Kept::new(dir, name)?;
    if kept.sealed.exists() {
        let (plain, _) = kept.sums()?;
        if plain != sealed::sha256(file)? {
            bail!("{name} is in the archive with another content; two clusters may be archiving into {}", dir.display());
        }
        return Ok(());
    }
    let partial = dir.join(format!("{name}.partial"));
    match fs::remove_file(&partial) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause).with_context(|| partial.display().to_string()),
        _ => {}
    }
    let made = seal(File::open(file).with_context(|| file.display().to_string())?, &partial, recipient)?;
    // The sums first: a name that is there has its sums.
    let mut sums = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&kept.sums)?;
    write!(sums, "{}  {name}\n{}  {name}.age\n", made.plain_sha256, made.sha256)?;
    sums.sync_all()?;
    fs::rename(&partial, &kept.sealed)?;
    sync_folder(dir)?;
    Ok(())
}

/// Puts one file where PostgreSQL wants it.
///
/// # Errors
/// A file that is there and is not what was kept; the command then ends with [`BROKEN`].
pub fn fetch(name: &str, to: &Path, dir: &Path, identity: &Identity) -> anyhow::Result<Fetched> {
    let kept = Kept::new(dir, name)?;
    if !kept.sealed.exists() {
        return Ok(Fetched::Absent);
    }
    check(&kept)?;
    let mut plain = sealed::open(&kept.sealed, identity)?;
    let mut file = File::create(to).with_context(|| to.display().to_string())?;
    io::copy(&mut plain, &mut file).with_context(|| kept.sealed.display().to_string())?;
    file.sync_all()?;
    Ok(Fetched::There)
}

fn check(kept: &Kept) -> anyhow::Result<()> {
    let (_, sealed) = kept.sums()?;
    if sealed::sha256(&kept.sealed)? != sealed {
        bail!("{} is not what was written: its SHA-256 differs", kept.sealed.display());
    }
    Ok(())
}

/// Segments that follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chain {
    /// How many.
    pub segments: usize,
    /// The number of the last in its timeline.
    pub last: u64,
}

/// Looks at every segment from this one on: that none is missing between two, and
/// that each is what was written.
///
/// # Errors
/// The first segment that is missing or was changed. PostgreSQL would take either for
/// the end of the log.
pub fn check_from(dir: &Path, first: &str, segment_bytes: u64) -> anyhow::Result<Chain> {
    let names = segments(dir)?;
    let timeline = first.get(..8).unwrap_or_default();
    let Some(mut next) = number(first, segment_bytes) else { bail!("{first} is no segment") };
    let mut chain = Chain::default();
    for name in names.iter().filter(|name| name.starts_with(timeline) && name.as_str() >= first) {
        if number(name, segment_bytes) != Some(next) {
            bail!("the segment before {name} is missing in {}", dir.display());
        }
        check(&Kept::new(dir, name)?)?;
        chain = Chain { segments: chain.segments + 1, last: next };
        next += 1;
    }
    Ok(chain)
}

/// Removes segments that no kept backup needs.
///
/// # Errors
/// What cannot be removed.
pub(super) fn forget_before(dir: &Path, first: &str) -> anyhow::Result<()> {
    let Some(from) = first.get(8..) else { return Ok(()) };
    for name in segments(dir)?.iter().filter(|name| name.get(8..).is_some_and(|place| place < from)) {
        let kept = Kept::new(dir, name)?;
        fs::remove_file(&kept.sealed)?;
        fs::remove_file(&kept.sums)?;
    }
    Ok(())
}

/// The names of the whole segments.
fn segments(dir: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".age"))
            && name.len() == 24
            && name.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}

/// The place of a segment in its timeline.
fn number(name: &str, segment_bytes: u64) -> Option<u64> {
    let log = u64::from_str_radix(name.get(8..16)?, 16).ok()?;
    let segment = u64::from_str_radix(name.get(16..24)?, 16).ok()?;
    Some(log * ((1 << 32) / segment_bytes.max(1)) + segment)
}

/// The segment in which a backup begins, from its `backup_label`.
pub(super) fn segment_of_label(label: &str) -> Option<String> {
    let (_, rest) = label.lines().find(|line| line.starts_with("START WAL LOCATION"))?.split_once("(file ")?;
    Some(rest.split(')').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "0000000100000000000000FE";

    struct Ground {
        folder: tempfile::TempDir,
        recipient: Recipient,
        identity: Identity,
    }

    impl Ground {
        fn lay() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let recipient = Identity::make(&folder.path().join("key")).unwrap();
            let identity = Identity::read(&folder.path().join("key")).unwrap();
            Self { folder, recipient, identity }
        }

        fn wal(&self) -> PathBuf {
            self.folder.path().join("wal")
        }

        fn keep(&self, name: &str, content: &str) -> anyhow::Result<()> {
            let file = self.folder.path().join("segment");
            fs::write(&file, content).unwrap();
            keep(&file, name, &self.wal(), &self.recipient)
        }
    }

    #[test]
    fn a_segment_is_kept_once_and_another_of_its_name_is_refused() {
        let ground = Ground::lay();
        ground.keep(FIRST, "one").unwrap();
        ground.keep(FIRST, "one").unwrap();
        assert!(ground.keep(FIRST, "two").unwrap_err().to_string().contains("another content"));
        assert!(ground.keep("../outside", "one").is_err());
        let to = ground.folder.path().join("back");
        assert_eq!(fetch(FIRST, &to, &ground.wal(), &ground.identity).unwrap(), Fetched::There);
        assert_eq!(fs::read_to_string(&to).unwrap(), "one");
        assert_eq!(fetch("0000000100000000000000FF", &to, &ground.wal(), &ground.identity).unwrap(), Fetched::Absent);
    }

    #[test]
    fn what_a_crash_left_half_written_is_written_again() {
        let ground = Ground::lay();
        fs::create_dir(ground.wal()).unwrap();
        fs::write(ground.wal().join(format!("{FIRST}.partial")), "half").unwrap();
        fs::write(ground.wal().join(format!("{FIRST}.sha256")), "half").unwrap();
        ground.keep(FIRST, "whole").unwrap();
        assert_eq!(check_from(&ground.wal(), FIRST, 16 << 20).unwrap().segments, 1);
    }

    #[test]
    fn a_gap_and_a_broken_segment_are_named() {
        let ground = Ground::lay();
        for name in [FIRST, "0000000100000000000000FF", "000000010000000100000000", "000000010000000100000002"] {
            ground.keep(name, name).unwrap();
        }
        let said = check_from(&ground.wal(), FIRST, 16 << 20).unwrap_err().to_string();
        assert!(said.contains("before 000000010000000100000002 is missing"), "{said}");
        ground.keep("000000010000000100000001", "late").unwrap();
        assert_eq!(check_from(&ground.wal(), FIRST, 16 << 20).unwrap(), Chain { segments: 5, last: 258 });
        let sealed = ground.wal().join("0000000100000000000000FF.age");
        let mut bytes = fs::read(&sealed).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&sealed, bytes).unwrap();
        assert!(check_from(&ground.wal(), FIRST, 16 << 20).unwrap_err().to_string().contains("0000000100000000000000FF.age is not what"));
        assert!(fetch("0000000100000000000000FF", &ground.folder.path().join("back"), &ground.wal(), &ground.identity).is_err());
        forget_before(&ground.wal(), "000000010000000100000001").unwrap();
        assert_eq!(segments(&ground.wal()).unwrap().len(), 2);
    }

    #[test]
    fn the_first_segment_stands_in_the_label() {
        let label = "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nCHECKPOINT LOCATION: 0/2000060\n";
        assert_eq!(segment_of_label(label).as_deref(), Some("000000010000000000000002"));
    }
}
