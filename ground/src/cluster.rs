//! A PostgreSQL of one's own, that may be killed, paused, stopped and filled up.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A cluster on a socket in a directory of its own; gone when dropped.
#[derive(Debug)]
pub struct Cluster {
    place: PathBuf,
    bin: PathBuf,
    /// More options of the server.
    options: String,
}

impl Cluster {
    /// Makes one in the directory for temporary files, and starts it.
    ///
    /// # Errors
    /// PostgreSQL that is not installed or does not start.
    pub fn start() -> Result<Self> {
        let place = std::env::temp_dir().join(format!("chartkey-cluster-{}", uuid::Uuid::new_v4().simple()));
        Self::start_in(place)
    }

    /// Makes one in this directory, which is made where it is not there, and starts it.
    ///
    /// # Errors
    /// PostgreSQL that is not installed or does not start.
    pub fn start_in(place: PathBuf) -> Result<Self> {
        Self::start_with(place, "")
    }

    /// The same, with more options of the server, as its command line takes them.
    ///
    /// # Errors
    /// PostgreSQL that is not installed or does not start.
    pub fn start_with(place: PathBuf, options: &str) -> Result<Self> {
        let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/install");
        let found = Command::new(install).args(["--bin", "postgres"]).output()?;
        let bin = PathBuf::from(String::from_utf8(found.stdout)?.trim());
        if !bin.join("postgres").exists() {
            bail!("PostgreSQL is not installed; scripts/install postgres");
        }
        fs::create_dir_all(&place)?;
        if is_root() && !Command::new("chown").arg("postgres:").arg(&place).status()?.success() {
            bail!("PostgreSQL refuses to run as root, and there is no user postgres");
        }
        let cluster = Self { place, bin, options: options.to_owned() };
        if !cluster.run("initdb", &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]) {
            bail!("initdb failed in {}", cluster.place.display());
        }
        cluster.resume()?;
        Ok(cluster)
    }

    /// Starts it again, once what is left of the one before is gone.
    ///
    /// # Errors
    /// A minute without success.
    pub fn resume(&self) -> Result<()> {
        let options =
            format!("-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=50 {}", self.place.display(), self.options);
        let log = self.log();
        let until = Instant::now() + Duration::from_secs(60);
        while !self.run("pg_ctl", &["-w", "-l", &log.to_string_lossy(), "-o", &options, "start"]) {
            if Instant::now() > until {
                bail!("{}", fs::read_to_string(&log).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Stops it as an operator does: what runs is ended.
    ///
    /// # Errors
    /// Where it does not stop.
    pub fn stop(&self) -> Result<()> {
        if self.run("pg_ctl", &["-m", "fast", "-w", "stop"]) { Ok(()) } else { bail!("PostgreSQL did not stop") }
    }

    /// Goes on as another timeline, as after a failover: started again as a standby, and promoted.
    ///
    /// # Errors
    /// Where it does not stop, start or promote itself.
    pub fn fail_over(&self) -> Result<()> {
        self.stop()?;
        fs::write(self.data().join("standby.signal"), "")?;
        self.resume()?;
        if self.run("pg_ctl", &["-w", "promote"]) { Ok(()) } else { bail!("PostgreSQL was not promoted") }
    }

    /// Kills the postmaster, as a power cut would.
    ///
    /// # Errors
    /// Where it is not there.
    pub fn kill(&self) -> Result<()> {
        signal("KILL", &[self.postmaster()?])
    }

    /// Lets all its processes stand still, until [`Self::go_on`].
    ///
    /// # Errors
    /// Where it is not there.
    pub fn pause(&self) -> Result<()> {
        signal("STOP", &self.processes("")?)
    }

    /// Ends what [`Self::pause`] began.
    ///
    /// # Errors
    /// Where it is not there.
    pub fn go_on(&self) -> Result<()> {
        signal("CONT", &self.processes("")?)
    }

    /// Its processes, or those whose title holds a word ("walwriter"). All of them work in its
    /// data directory.
    ///
    /// # Errors
    /// Without `/proc`.
    pub fn processes(&self, title: &str) -> Result<Vec<u32>> {
        let data = fs::canonicalize(self.data())?;
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").context("no /proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            let is_ours = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data);
            if is_ours && fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().contains(title) {
                found.push(pid);
            }
        }
        Ok(found)
    }

    /// The first of its processes.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn postmaster(&self) -> Result<u32> {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).context("PostgreSQL does not run")?;
        Ok(pid.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// Its address, for a role and a database.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost/{database}?host={}", self.place.display())
    }

    /// Where it keeps what it knows.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    /// Its log; not on its own disk, which may be full.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        std::env::temp_dir().join(format!("{}.log", self.place.to_string_lossy().trim_start_matches('/').replace('/', "-")))
    }

    /// The directory of its programs.
    #[must_use]
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
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
        status.is_ok_and(|status| status.success())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.go_on();
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
        let _ = fs::remove_dir_all(&self.place);
        let _ = fs::remove_file(self.log());
    }
}

/// Sends a signal to processes; one that has just ended is no error.
///
/// # Errors
/// Where there is no `kill`, or nobody to send it to.
pub fn signal(name: &str, processes: &[u32]) -> Result<()> {
    if processes.is_empty() {
        bail!("there is no process to send {name} to");
    }
    Command::new("kill").arg(format!("-{name}")).args(processes.iter().map(u32::to_string)).stderr(Stdio::null()).status()?;
    Ok(())
}

/// Whether this process may do everything on this machine.
#[must_use]
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}
