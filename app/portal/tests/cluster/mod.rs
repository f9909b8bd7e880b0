//! A PostgreSQL of a test's own, that it may kill.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A cluster on a socket in a directory of its own; gone when dropped.
pub struct Cluster {
    place: PathBuf,
    bin: PathBuf,
}

impl Cluster {
    pub fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let found = Command::new(root.join("scripts/install")).args(["--bin", "postgres"]).output().unwrap();
        let bin = PathBuf::from(String::from_utf8(found.stdout).unwrap().trim());
        assert!(bin.join("postgres").exists(), "PostgreSQL is not installed; scripts/install postgres");
        let place = std::env::temp_dir().join(format!("chartkey-lost-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&place).unwrap();
        if is_root() {
            // PostgreSQL refuses to run as root.
            assert!(Command::new("chown").arg("postgres:").arg(&place).status().unwrap().success());
        }
        let cluster = Self { place, bin };
        cluster.run("initdb", &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        cluster.resume();
        cluster
    }

    /// Starts it again, once what is left of the killed one is gone.
    pub fn resume(&self) {
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=50", self.place.display());
        let log = self.place.join("log");
        let until = Instant::now() + Duration::from_secs(60);
        while !self.try_run("pg_ctl", &["-w", "-l", &log.to_string_lossy(), "-o", &options, "start"]) {
            assert!(Instant::now() < until, "{}", fs::read_to_string(&log).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Kills the postmaster, as a power cut would.
    pub fn kill(&self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().trim();
        assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
    }

    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost/{database}?host={}", self.place.display())
    }

    fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        assert!(self.try_run(program, arguments), "{program} failed");
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let status =
            command.arg("-D").arg(self.data()).args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.unwrap().success()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.try_run("pg_ctl", &["-m", "immediate", "stop"]);
        let _ = fs::remove_dir_all(&self.place);
    }
}

fn is_root() -> bool {
    String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0"
}
