//! A PostgreSQL of a test's own that archives its write-ahead log, and an installation
//! of Chartkey beside it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use chartkey_portal::setup;
use tempfile::TempDir;

/// A cluster and what stands beside it, gone when this is dropped.
pub struct Cluster {
    // Before the folder, which it is in.
    pub postgres: chartkey_ground::Cluster,
    folder: TempDir,
}

impl Cluster {
    /// Started, with the roles and the migrations, and a key for its backups.
    pub async fn start() -> Self {
        // PostgreSQL runs as somebody else, who may not reach the build's own folder either.
        let folder = tempfile::Builder::new().prefix("chartkey-backup-").permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
        let (program, reached) = (env!("CARGO_BIN_EXE_chartkey"), folder.path().join("chartkey"));
        fs::hard_link(program, &reached).or_else(|_| fs::copy(program, &reached).map(drop)).unwrap();
        for name in ["wal", "scratch"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let key = Command::new(program).args(["backup", "key", "--to", "key"]).current_dir(&folder).output().unwrap();
        assert!(key.status.success(), "{}", said(&key));
        fs::write(folder.path().join("recipient"), key.stdout.trim_ascii()).unwrap();
        if chartkey_ground::is_root() {
            assert!(Command::new("chown").arg("postgres:").arg(folder.path().join("wal")).status().unwrap().success());
        }
        let (place, recipient) = (folder.path().display(), String::from_utf8_lossy(key.stdout.trim_ascii()));
        let archive = format!("env CHARTKEY_WAL_DIR={place}/wal CHARTKEY_BACKUP_RECIPIENT={recipient} {place}/chartkey archive-wal %p %f");
        let options = format!("-c archive_mode=on -c archive_command='{archive}'");
        let cluster = Self { postgres: chartkey_ground::Cluster::start_with(folder.path().join("postgres"), &options).unwrap(), folder };
        let [admin, migrator, runtime] = [("postgres", "postgres"), ("chartkey_migrator", "chartkey"), ("chartkey_runtime", "chartkey")]
            .map(|(role, name)| cluster.url(role, name));
        setup::create_roles(&admin, &migrator, &runtime).await.unwrap();
        setup::migrate(&migrator).await.unwrap();
        cluster
    }

    pub fn url(&self, role: &str, database: &str) -> String {
        self.postgres.url(role, database)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command line of this installation.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartkey"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("CHARTKEY_PG_BIN", self.postgres.bin())
            .env("DATABASE_URL", self.url("chartkey_runtime", "chartkey"))
            .env("CHARTKEY_BACKUP_DATABASE_URL", self.url("chartkey_backup", "chartkey"))
            .env("CHARTKEY_PUBLIC_URL", "http://127.0.0.1:3998")
            .env("CHARTKEY_JOURNAL_FILE", "journal")
            .env("CHARTKEY_BACKUP_DIR", "backups")
            .env("CHARTKEY_BACKUP_RECIPIENT", fs::read_to_string(self.path("recipient")).unwrap())
            .env("CHARTKEY_BACKUP_IDENTITY_FILE", "key")
            .env("CHARTKEY_WAL_DIR", "wal")
            .env("CHARTKEY_SCRATCH_DIR", "scratch")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

/// What a command said, whichever way.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
