//! The file of the journal: one line of RFC 8785 JSON for each act, with the SHA-256
//! of the line before. The first line says whose journal it is.
//!
//! Nothing in it is ever overwritten, so the file system may allow appending alone.
//! A line that a crash tore is left as it is: the next one follows the last whole one.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Opened, act::Act};
use crate::{Error, audit::hex};

/// The hash before the first line.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// How long another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// One act, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its identifier: the same act may stand in several lines.
    pub entry: Uuid,
    /// The database's time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened.
    pub act: Act,
}

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Begin {
    file: Uuid,
    installation: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    previous: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    begin: Option<Begin>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    act: Option<Entry>,
}

/// How far the file has been read.
#[derive(Debug, Clone)]
pub(super) struct Tail {
    /// Its identifier, from the first line.
    pub file: Option<Uuid>,
    /// Whose it is.
    pub installation: Option<Uuid>,
    /// Whole lines.
    pub lines: i64,
    /// The hash of the last.
    pub hash: String,
    /// The first line that does not follow from the one before.
    pub fault: Option<i64>,
    bytes: u64,
}

impl Default for Tail {
    fn default() -> Self {
        Self { file: None, installation: None, lines: 0, hash: BEGINNING.to_owned(), fault: None, bytes: 0 }
    }
}

/// A file that was read to its end and is locked: until this value is dropped no other process
/// reads or writes it.
#[derive(Debug)]
pub(super) struct Held {
    pub tail: Tail,
    /// What stood behind the tail that was known before.
    pub acts: Vec<(i64, String, Entry)>,
    path: PathBuf,
    file: File,
}

/// A file that was written and is still locked: until this value is dropped no other
/// process reads or writes it.
#[derive(Debug)]
pub(super) struct Written {
    pub tail: Tail,
    _locked: File,
}

/// What a journal file says.
#[derive(Debug, Clone)]
pub struct Reading {
    pub(super) tail: Tail,
    /// Each act, with the number and the hash of its line.
    pub(super) acts: Vec<(i64, String, Entry)>,
}

impl Reading {
    /// Every act in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.acts.iter().map(|(_, _, entry)| entry)
    }

    /// The first line that does not follow from the one before: the file was changed there.
    #[must_use]
    pub const fn fault(&self) -> Option<i64> {
        self.tail.fault
    }
}

/// Reads a journal file as it is at this moment.
///
/// # Errors
/// [`Error::Internal`] where it cannot be read, or is the journal of a newer build.
pub async fn read(path: &Path) -> Result<Reading, Error> {
    let path = path.to_owned();
    blocking(move || {
        let mut file = OpenOptions::new().read(true).open(&path)?;
        lock(&file, &path)?;
        let (mut tail, mut acts) = (Tail::default(), Vec::new());
        advance(&mut file, &mut tail, |line, hash, entry| acts.push((line, hash.to_owned(), entry)))?;
        Ok(Reading { tail, acts })
    })
    .await
}

/// Locks the file, made where it is not there, and reads on from the tail.
pub(super) async fn hold(path: PathBuf, mut tail: Tail) -> Result<Held, Error> {
    blocking(move || {
        let mut file = open(&path)?;
        lock(&file, &path)?;
        if file.metadata()?.len() < tail.bytes {
            return Err(said(&path, "has become shorter; set CHARTKEY_JOURNAL_FILE to a new file and keep this one"));
        }
        let mut acts = Vec::new();
        advance(&mut file, &mut tail, |line, hash, entry| acts.push((line, hash.to_owned(), entry)))?;
        Ok(Held { tail, acts, path, file })
    })
    .await
}

impl Held {
    /// Appends the entries, and the first line where the file is new; returns once they are on disk.
    pub(super) async fn append(self, opened: Opened, entries: Vec<Entry>) -> Result<Written, Error> {
        let Self { mut tail, path, mut file, .. } = self;
        blocking(move || {
            let mut text = String::new();
            if !ends_a_line(&mut file)? {
                // What a crash tore gets an end, so that the next line is one.
                text.push('\n');
            }
            if tail.lines == 0 {
                let begin = Begin { file: Uuid::new_v4(), installation: opened.installation, at: opened.at };
                (tail.file, tail.installation) = (Some(begin.file), Some(begin.installation));
                add(&mut text, &mut tail, Line { previous: String::new(), begin: Some(begin), act: None })?;
            }
            if tail.installation != Some(opened.installation) {
                return Err(said(&path, "is the journal of another installation"));
            }
            for entry in entries {
                add(&mut text, &mut tail, Line { previous: String::new(), begin: None, act: Some(entry) })?;
            }
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            tail.bytes = file.metadata()?.len();
            Ok(Written { tail, _locked: file })
        })
        .await
    }
}

/// Whether the next line may follow at once.
fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn add(text: &mut String, tail: &mut Tail, line: Line) -> std::io::Result<()> {
    let line = serde_json_canonicalizer::to_string(&Line { previous: tail.hash.clone(), ..line }).map_err(std::io::Error::other)?;
    tail.hash = hash(&line);
    tail.lines += 1;
    text.push_str(&line);
    text.push('\n');
    Ok(())
}

/// Reads on from where the tail is, up to the last whole line.
fn advance(file: &mut File, tail: &mut Tail, mut each: impl FnMut(i64, &str, Entry)) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(tail.bytes))?;
    let mut reader = BufReader::new(file);
    let mut text = Vec::new();
    // Lines that are none: torn, if a later one follows the last whole one.
    let mut torn = false;
    loop {
        text.clear();
        let read = reader.read_until(b'\n', &mut text)?;
        if text.last() == Some(&b'\n') {
            text.pop();
        } else if text.is_empty() || serde_json::from_slice::<Line>(&text).is_err() {
            break;
        }
        // A whole line without an end is one: a crash took the end alone.
        tail.bytes += read as u64;
        if text.is_empty() {
            continue;
        }
        let Some(line) = std::str::from_utf8(&text).ok().filter(|text| serde_json::from_str::<serde_json::Value>(text).is_ok()) else {
            torn = true;
            continue;
        };
        // A kind of act that this build does not know must not be passed over.
        let Line { previous, begin, act } = serde_json::from_str(line)?;
        if previous != tail.hash {
            tail.fault = tail.fault.or(Some(tail.lines + 1));
        }
        torn = false;
        tail.hash = hash(line);
        tail.lines += 1;
        if let Some(begin) = begin {
            (tail.file, tail.installation) = (Some(begin.file), Some(begin.installation));
        }
        if let Some(entry) = act {
            each(tail.lines, &tail.hash, entry);
        }
    }
    if torn {
        tail.fault = tail.fault.or(Some(tail.lines + 1));
    }
    Ok(())
}

fn open(path: &Path) -> std::io::Result<File> {
    let is_new = !path.exists();
    let file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(path)?;
    if is_new {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

fn lock(file: &File, path: &Path) -> std::io::Result<()> {
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

fn said(path: &Path, what: &str) -> std::io::Error {
    std::io::Error::other(format!("the journal {} {what}", path.display()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}

fn hash(line: &str) -> String {
    hex(&Sha256::digest(line.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    async fn append(path: PathBuf, tail: Tail, opened: Opened, entries: Vec<Entry>) -> Result<Written, Error> {
        hold(path, tail).await?.append(opened, entries).await
    }

    const OPENED: Opened = Opened { at: datetime!(2026-11-25 22:00 UTC), installation: Uuid::nil() };

    fn entry(number: u128) -> Entry {
        let act = Act::Claim { claim: Uuid::from_u128(number) };
        Entry { entry: Uuid::from_u128(number), at: datetime!(2026-11-25 22:00 UTC), act }
    }

    #[tokio::test]
    async fn a_torn_line_is_left_and_the_next_follows_the_last_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        append(path.clone(), Tail::default(), OPENED, vec![entry(1)]).await.unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"act\":{\"at\":\"20").unwrap();
        append(path.clone(), Tail::default(), OPENED, vec![entry(2)]).await.unwrap();
        let reading = read(&path).await.unwrap();
        assert_eq!(reading.fault(), None);
        assert_eq!(reading.entries().map(|entry| entry.entry.as_u128()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(reading.tail.lines, 3);
    }

    #[tokio::test]
    async fn a_line_that_lost_its_end_alone_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let stale = append(path.clone(), Tail::default(), OPENED, vec![entry(1)]).await.unwrap().tail;
        append(path.clone(), stale.clone(), OPENED, vec![entry(2)]).await.unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, whole.trim_end()).unwrap();
        assert_eq!(read(&path).await.unwrap().entries().count(), 2);
        let meanwhile = hold(path.clone(), stale).await.unwrap().tail;
        append(path.clone(), Tail::default(), OPENED, vec![entry(3)]).await.unwrap();
        append(path.clone(), meanwhile, OPENED, vec![entry(4)]).await.unwrap();
        let reading = read(&path).await.unwrap();
        assert_eq!(reading.fault(), None);
        assert_eq!(reading.entries().map(|entry| entry.entry.as_u128()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn a_line_that_was_changed_or_taken_out_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        append(path.clone(), Tail::default(), OPENED, (1..=3).map(entry).collect()).await.unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = whole.lines().collect();
        let without = format!("{}\n{}\n{}\n", lines[0], lines[1], lines[3]);
        for (text, fault) in [(without, 3), (whole.replace("000000000002", "000000000009"), 4), (whole.replacen("{\"act", "{act", 1), 2)] {
            std::fs::write(&path, &text).unwrap();
            assert_eq!(read(&path).await.unwrap().fault(), Some(fault), "{text}");
        }
    }

    #[tokio::test]
    async fn the_journal_of_another_installation_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        append(path.clone(), Tail::default(), OPENED, vec![entry(1)]).await.unwrap();
        let other = Opened { installation: Uuid::from_u128(7), ..OPENED };
        assert!(append(path, Tail::default(), other, vec![entry(2)]).await.unwrap_err().to_string().contains("another installation"));
    }
}
