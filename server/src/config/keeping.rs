//! What keeps anything from being lost: the journal, backups and the archive of the
//! write-ahead log.

use std::path::PathBuf;

use super::{Problems, Values, understood};
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
    /// Understands the values; each problem is noted.
    pub(super) fn understand(values: &Values, note: &mut impl FnMut(String)) -> Self {
        let path = |name: &str| values.text(name).map(PathBuf::from);
        let hour = understood::<u8>(values, "backup_hour", note).unwrap_or_default();
        if hour > 23 {
            note("CHARTKEY_BACKUP_HOUR is not an hour from 0 to 23".to_owned());
        }
        let recipient = values
            .text("backup_recipient")
            .and_then(|text| Recipient::parse(&text).map_err(|problem| note(format!("CHARTKEY_BACKUP_RECIPIENT {problem}"))).ok());
        let database_url = values.text("backup_database_url");
        let backup_dir = path("backup_dir");
        if backup_dir.is_some() {
            for (is_missing, what) in [
                (database_url.is_none(), "CHARTKEY_BACKUP_DATABASE_URL"),
                (values.get("backup_recipient").is_none(), "CHARTKEY_BACKUP_RECIPIENT"),
            ] {
                if is_missing {
                    note(format!("{what} is not set, and CHARTKEY_BACKUP_DIR needs it"));
                }
            }
        }
        Self {
            journal_file: path("journal_file"),
            database_url,
            backup_dir,
            hour,
            keep: understood::<usize>(values, "backup_keep", note).unwrap_or_default().max(1),
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
        let mut problems = Vec::new();
        let keeping = Self::understand(values, &mut |problem| problems.push(problem));
        if problems.is_empty() { Ok(keeping) } else { Err(Problems(problems)) }
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
