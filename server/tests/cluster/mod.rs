//! A PostgreSQL of a test's own that archives its write-ahead log, and an installation
//! of Chartkey beside it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use chartkey_portal::setup;

/// A cluster on a socket in a folder of its own; gone when dropped.
pub struct Cluster {
    pub folder: PathBuf,
    bin: PathBuf,
    options: String,
}

impl Cluster {
    /// Started, with the roles and the migrations, and a key for its backups.
    pub async fn start() -> Self {
        let found = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/install")).args(["--bin", "postgres"]).output();
        let bin = PathBuf::from(String::from_utf8(found.unwrap().stdout).unwrap().trim());
        assert!(bin.join("pg_basebackup").exists(), "PostgreSQL is not installed; scripts/install postgres");
        let folder = std::env::temp_dir().join(format!("chartkey-backup-{}", uuid::Uuid::new_v4().simple()));
        let mut cluster = Self { folder, bin, options: String::new() };
        for name in ["", "postgres", "postgres/socket", "wal", "scratch"] {
            fs::create_dir(cluster.folder.join(name)).unwrap();
        }
        // PostgreSQL runs as somebody who may not reach the build's own folder.
        let (program, reached) = (env!("CARGO_BIN_EXE_chartkey"), cluster.folder.join("chartkey"));
        fs::hard_link(program, &reached).or_else(|_| fs::copy(program, &reached).map(drop)).unwrap();
        let key = cluster.run(&["backup", "key", "--to", "key"]);
        assert!(key.status.success(), "{}", said(&key));
        fs::write(cluster.folder.join("recipient"), key.stdout.trim_ascii()).unwrap();
        cluster.give("postgres");
        cluster.give("wal");
        cluster.postgres("initdb", &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        let place = cluster.folder.display();
        let archive = format!(
            "env CHARTKEY_WAL_DIR={place}/wal CHARTKEY_BACKUP_RECIPIENT={} {place}/chartkey archive-wal %p %f",
            cluster.recipient()
        );
        cluster.options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{place}/postgres/socket' -c archive_mode=on -c archive_command='{archive}'"
        );
        cluster.start_postgres();
        let [admin, migrator, runtime] = [("postgres", "postgres"), ("chartkey_migrator", "chartkey"), ("chartkey_runtime", "chartkey")]
            .map(|(role, name)| cluster.url(role, name));
        setup::create_roles(&admin, &migrator, &runtime).await.unwrap();
        setup::migrate(&migrator).await.unwrap();
        cluster
    }

    fn start_postgres(&self) {
        let log = format!("{}/postgres/log", self.folder.display());
        self.postgres("pg_ctl", &["-w", "-l", &log, "-o", &self.options, "start"]);
    }

    /// Another timeline, as after a failover: stopped, started as a standby, and promoted.
    pub fn fail_over(&self) {
        self.postgres("pg_ctl", &["-w", "-m", "immediate", "stop"]);
        fs::write(self.path("postgres/data/standby.signal"), "").unwrap();
        self.give("postgres");
        self.start_postgres();
        self.postgres("pg_ctl", &["-w", "promote"]);
    }

    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost/{database}?host={}/postgres/socket", self.folder.display())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn recipient(&self) -> String {
        fs::read_to_string(self.path("recipient")).unwrap_or_default()
    }

    /// The command line of this installation.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartkey"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("CHARTKEY_PG_BIN", &self.bin)
            .env("DATABASE_URL", self.url("chartkey_runtime", "chartkey"))
            .env("CHARTKEY_BACKUP_DATABASE_URL", self.url("chartkey_backup", "chartkey"))
            .env("CHARTKEY_PUBLIC_URL", "http://127.0.0.1:3998")
            .env("CHARTKEY_JOURNAL_FILE", "journal")
            .env("CHARTKEY_BACKUP_DIR", "backups")
            .env("CHARTKEY_BACKUP_RECIPIENT", self.recipient())
            .env("CHARTKEY_BACKUP_IDENTITY_FILE", "key")
            .env("CHARTKEY_WAL_DIR", "wal")
            .env("CHARTKEY_SCRATCH_DIR", "scratch")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn give(&self, name: &str) {
        if is_root() {
            assert!(Command::new("chown").args(["-R", "postgres:"]).arg(self.path(name)).status().unwrap().success());
        }
    }

    fn postgres(&self, program: &str, arguments: &[&str]) {
        assert!(self.try_postgres(program, arguments), "{program} failed");
    }

    fn try_postgres(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("-D").arg(self.path("postgres/data")).args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().success()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.try_postgres("pg_ctl", &["-m", "immediate", "stop"]);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What a command said, whichever way.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn is_root() -> bool {
    String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0"
}
