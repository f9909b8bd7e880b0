//! The file of the roots, beside the key: every root that was signed here, and the keys, as
//! they are published, in the order of their making. It is only ever written on.
//!
//! The first line names the installation.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chartkey_evidence::{key::Key, root::Signed};
use uuid::Uuid;

const BEGIN: &str = "chartkey-log-1 ";
/// What ends a line that a crash tore.
const TORN: &str = "torn\n";

/// How long another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// The file as it was read. It is locked: until this value is dropped no other process signs
/// with it.
#[derive(Debug)]
pub(super) struct RootsFile {
    file: File,
    path: PathBuf,
    /// What the last line needs before the next one.
    end: &'static str,
    /// Whose roots they are; none while the file is new.
    pub installation: Option<Uuid>,
    pub keys: Vec<Key>,
    pub roots: Vec<Signed>,
}

impl RootsFile {
    /// Opens the file, made where it is not there, and reads it.
    pub(super) fn hold(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(path)?;
        lock(&file, path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut read = Self { file, path: path.to_owned(), end: "", installation: None, keys: Vec::new(), roots: Vec::new() };
        for line in text.split_inclusive('\n') {
            let (is_whole, is_one) = (line.ends_with('\n'), read.take(line.trim_end_matches('\n')).is_some());
            // What a crash tore has no end, or the one that the next line gave it: nobody was ever shown it.
            if is_whole && !is_one && !line.ends_with(TORN) {
                return Err(said(path, "holds a line that is none; put back its copy"));
            }
            read.end = match (is_whole, is_one) {
                (true, _) => "",
                (false, true) => "\n",
                (false, false) => TORN,
            };
        }
        Ok(read)
    }

    fn take(&mut self, line: &str) -> Option<()> {
        if let Some(installation) = line.strip_prefix(BEGIN) {
            self.installation = Some(installation.parse().ok()?);
        } else if let Some(key) = Key::parse(line) {
            self.keys.push(key);
        } else {
            let root = Signed::parse(line)?;
            // Written twice it means what it means once.
            if self.roots.last() != Some(&root) {
                self.roots.push(root);
            }
        }
        Some(())
    }

    /// The root of this number.
    pub(super) fn root(&self, number: u64) -> Option<&Signed> {
        self.roots.iter().rev().find(|signed| signed.root.number == number)
    }

    /// Appends the roots, the keys that it does not have yet, and the first line where it is new;
    /// returns once all of it is on disk.
    pub(super) fn append(&mut self, installation: Uuid, keys: &[Key], roots: &[Signed]) -> io::Result<()> {
        let mut text = self.end.to_owned();
        if self.installation.is_none() {
            text.push_str(&format!("{BEGIN}{installation}\n"));
        }
        for key in keys.iter().filter(|key| !self.keys.contains(key)) {
            text.push_str(&format!("{}\n", key.line()));
        }
        for root in roots {
            text.push_str(&format!("{}\n", root.line()));
        }
        self.file.write_all(text.as_bytes())?;
        self.file.sync_all()?;
        if self.installation.is_none() {
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()?;
        }
        self.end = "";
        self.installation = Some(installation);
        self.keys = keys.to_vec();
        self.roots.extend_from_slice(roots);
        Ok(())
    }
}

fn lock(file: &File, path: &Path) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(cause)) => return Err(cause),
            Err(TryLockError::WouldBlock) if Instant::now() > until => return Err(said(path, "is held by another process")),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

fn said(path: &Path, what: &str) -> io::Error {
    io::Error::other(format!("the file of the roots {} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(number: u64) -> Signed {
        let hex = "0".repeat(64);
        let text = format!("chartkey-root-1 {number} 2026-11-27T01:00:00Z 10 {hex} {hex} {hex} - {hex} {}", "0".repeat(128));
        Signed::parse(&text).unwrap()
    }

    #[test]
    fn what_a_crash_tore_is_left_and_what_was_changed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roots");
        RootsFile::hold(&path).unwrap().append(Uuid::nil(), &[], &[root(1)]).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}chartkey-root-1 2 2026-")).unwrap();
        let mut read = RootsFile::hold(&path).unwrap();
        assert_eq!((read.roots.len(), read.installation), (1, Some(Uuid::nil())));
        read.append(Uuid::nil(), &[], &[root(2)]).unwrap();
        drop(read);
        let read = RootsFile::hold(&path).unwrap();
        assert_eq!(read.root(2), Some(&root(2)));
        drop(read);
        std::fs::write(&path, whole.replace(" 10 ", " x ")).unwrap();
        assert!(RootsFile::hold(&path).is_err());
    }
}
