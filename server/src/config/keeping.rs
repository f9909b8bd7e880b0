//! What keeps anything from being lost: the journal, backups and the archive of the
//! write-ahead log.

use std::path::PathBuf;

use super::{Problems, Reading, Values};
use crate::backup::{Identity, Recipient};

/// Where things are kept, and for whom they are encrypted.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    /// Where what takes access away is written.
    pub journal_file: Option<PathBuf>,
    /// The address of the role of backups.
    pub database_url: Option<String>,
    /// Where backups are kept.
    pub backup_dir: Option<PathBuf>,
    /// The hour of the nightly one, in UTC.
    pub hour: u8,
    /// How many the nightly job keeps.
    pub keep: usize,
    /// For whom they are encrypted.
    pub recipient: Option<Recipient>,
    /// Who can open them.
    pub identity_file: Option<PathBuf>,
    /// Where the write-ahead log is kept.
    pub wal_dir: Option<PathBuf>,
    /// PostgreSQL's programs.
    pub pg_bin: Option<PathBuf>,
    /// Where backups are unpacked to be proved.
    pub scratch_dir: PathBuf,
}

impl Keeping {
    /// Understands the values; what is wrong is remembered.
    pub(super) fn understand(reading: &mut Reading<'_>) -> Self {
        let hour = reading.number("backup_hour", 0..=23).and_then(|hour| u8::try_from(hour).ok()).unwrap_or_default();
        let keep = reading.number("backup_keep", 1..=10_000).and_then(|keep| usize::try_from(keep).ok()).unwrap_or(1);
        let recipient = reading.values.text("backup_recipient");
        let recipient = recipient.and_then(|text| Recipient::parse(&text).map_err(|flaw| reading.wrong("backup_recipient", flaw)).ok());
        let database_url = reading.database("backup_database_url");
        if reading.values.get("backup_dir").is_some() {
            for (name, what) in [
                (
                    "backup_database_url",
                    "CHARTKEY_BACKUP_DIR needs the role of backups; write postgres://chartkey_backup:PASSWORD@HOST/DATABASE",
                ),
                ("backup_recipient", "CHARTKEY_BACKUP_DIR needs a key to encrypt for; `chartkey backup key` makes one"),
            ] {
                if reading.values.get(name).is_none() {
                    reading.wrong(name, what);
                }
            }
        }
        let path = |name: &str| reading.values.text(name).map(PathBuf::from);
        Self {
            journal_file: path("journal_file"),
            database_url,
            backup_dir: path("backup_dir"),
            hour,
            keep,
            recipient,
            identity_file: path("backup_identity_file"),
            wal_dir: path("wal_dir"),
            pg_bin: path("pg_bin"),
            scratch_dir: path("scratch_dir").unwrap_or_default(),
        }
    }

    /// The same without the rest of the configuration: for commands that PostgreSQL runs.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn alone(values: &Values) -> Result<Self, Problems> {
        let mut reading = Reading::new(values);
        let keeping = Self::understand(&mut reading);
        if reading.problems.is_empty() { Ok(keeping) } else { Err(Problems(reading.problems)) }
    }

    /// What opens backups.
    ///
    /// # Errors
    /// Where it is not set or cannot be read.
    pub fn identity(&self) -> anyhow::Result<Identity> {
        let path = self.identity_file.as_deref().ok_or_else(|| Problems::one("CHARTKEY_BACKUP_IDENTITY_FILE is not set".to_owned()))?;
        Identity::read(path)
    }
}
