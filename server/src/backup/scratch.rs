//! A cluster of a restore's own: on a socket that only its owner can open, archiving
//! nothing, with none of the settings that came with the files.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::format_description};

use super::programs::{self, Programs};

/// How long a recovery may take.
const PATIENCE: Duration = Duration::from_secs(6 * 60 * 60);

/// The program and the key beside the socket: whoever the cluster runs as may not reach the originals.
const PROGRAM: &str = "chartkey";
const KEY: &str = "key";

/// The archive of the write-ahead log, and what reads it.
#[derive(Debug, Clone)]
pub(super) struct Archive {
    pub wal: PathBuf,
    pub program: PathBuf,
    pub key: PathBuf,
}

/// Where the write-ahead log comes from, and how far it is followed.
#[derive(Debug, Clone, Default)]
pub(super) struct Recovery {
    /// The archive, if more is wanted than the backup itself holds.
    pub archive: Option<Archive>,
    /// Up to this moment; `None`: as far as there is any.
    pub to: Option<OffsetDateTime>,
}

/// A running cluster; stopped when dropped.
#[derive(Debug)]
pub(super) struct Scratch {
    place: PathBuf,
    /// The path of a socket is short, and that of a place need not be.
    socket: TempDir,
    programs: Programs,
}

impl Scratch {
    /// Starts what lies in `place/data`, and returns once it has recovered and takes connections.
    pub fn start(place: &Path, programs: Programs, recovery: &Recovery) -> anyhow::Result<Self> {
        let socket = tempfile::Builder::new().prefix("chartkey-").tempdir()?;
        let scratch = Self { place: place.to_owned(), socket, programs };
        let data = scratch.data();
        fs::write(place.join("postgresql.conf"), scratch.settings(recovery)?)?;
        fs::write(place.join("pg_hba.conf"), "local all all trust\n")?;
        fs::write(place.join("pg_ident.conf"), "")?;
        fs::write(data.join("recovery.signal"), "")?;
        // ALTER SYSTEM of the old server would win over the settings of the scratch cluster.
        let own = data.join("postgresql.auto.conf");
        if own.exists() {
            fs::rename(&own, scratch.set_aside())?;
        }
        fs::write(&own, "")?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700))?;
        programs::give_to_owner(place)?;
        if let Some(Archive { key, .. }) = &recovery.archive {
            fs::copy(key, scratch.socket.path().join(KEY))?;
        }
        programs::give_to_owner(scratch.socket.path())?;
        if let Some(Archive { program, .. }) = &recovery.archive {
            let reader = scratch.socket.path().join(PROGRAM);
            // Linked once the folder has been given away: the program keeps its owner.
            fs::hard_link(program, &reader).or_else(|_| fs::copy(program, &reader).map(drop))?;
        }
        let mut start = scratch.pg_ctl();
        start.args(["--wait", "--timeout", &PATIENCE.as_secs().to_string(), "--log"]).arg(place.join("log"));
        start.arg("--options").arg(format!("-c config_file={}", quoted(&place.join("postgresql.conf"))?)).arg("start");
        programs::run(start, "starting the restored cluster").map_err(|error| match scratch.last_words() {
            words if words.is_empty() => error,
            words => anyhow::anyhow!("the restored cluster did not recover: {words}"),
        })?;
        scratch.wait()?;
        if recovery.archive.is_some() {
            fs::remove_file(scratch.socket.path().join(KEY))?;
        }
        Ok(scratch)
    }

    fn settings(&self, recovery: &Recovery) -> anyhow::Result<String> {
        let at = |name: &str| setting(&self.place.join(name).display().to_string());
        let socket = setting(&self.socket.path().display().to_string())?;
        let mut settings = format!(
            "data_directory = {}\nhba_file = {}\nident_file = {}\nunix_socket_directories = {socket}\nlisten_addresses = ''\nport = 5432\n\
             archive_mode = off\nhot_standby = off\nmax_connections = 20\nshared_preload_libraries = ''\nlogging_collector = off\nssl = off\n\
             fsync = on\nrecovery_target_timeline = 'latest'\nrecovery_target_action = 'promote'\n",
            at("data")?,
            at("pg_hba.conf")?,
            at("pg_ident.conf")?
        );
        let command = match &recovery.archive {
            Some(Archive { wal, .. }) => {
                let [program, key] = [PROGRAM, KEY].map(|name| quoted(&self.socket.path().join(name)));
                format!("{} restore-wal --from {} --identity {} %f %p", program?, quoted(wal)?, key?)
            }
            // The backup holds what it needs itself.
            None => "false".to_owned(),
        };
        settings.push_str(&format!("restore_command = {}\n", setting(&command)?));
        if let Some(to) = recovery.to {
            let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]+00");
            settings.push_str(&format!("recovery_target_time = '{}'\n", to.to_offset(time::UtcOffset::UTC).format(format)?));
        }
        Ok(settings)
    }

    fn wait(&self) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut ready = self.programs.command("pg_isready");
            ready.args(["--quiet", "--host"]).arg(self.socket.path());
            if ready.status()?.success() {
                return Ok(());
            }
            let mut status = self.pg_ctl();
            status.arg("status").stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            if !status.status()?.success() {
                bail!("the restored cluster did not recover: {}", self.last_words());
            }
            if Instant::now() > until {
                bail!("the restored cluster did not recover in {} hours", PATIENCE.as_secs() / 3600);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What PostgreSQL said of its end.
    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.place.join("log")).unwrap_or_default();
        let said: Vec<_> = log.lines().filter(|line| line.contains("FATAL") || line.contains("chartkey:")).collect();
        said.join("; ")
    }

    /// The address of a role and a database of it.
    pub fn url(&self, role: &str, database: &str) -> anyhow::Result<String> {
        let mut url = reqwest::Url::parse("postgres://localhost")?;
        url.set_username(role).ok().context("a role")?;
        url.set_path(database);
        url.query_pairs_mut().append_pair("host", &self.socket.path().display().to_string());
        Ok(url.into())
    }

    /// Stops it, and puts back the settings that came with it.
    pub fn stop(self) -> anyhow::Result<()> {
        let mut stop = self.pg_ctl();
        stop.args(["--wait", "--mode", "fast", "stop"]);
        programs::run(stop, "stopping the restored cluster")?;
        self.put_back()
    }

    fn put_back(&self) -> anyhow::Result<()> {
        if self.set_aside().exists() {
            fs::rename(self.set_aside(), self.data().join("postgresql.auto.conf"))?;
        }
        Ok(())
    }

    fn pg_ctl(&self) -> std::process::Command {
        let mut command = self.programs.as_owner("pg_ctl");
        command.arg("--pgdata").arg(self.data());
        command
    }

    fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    fn set_aside(&self) -> PathBuf {
        self.place.join("postgresql.auto.conf")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            let mut stop = self.pg_ctl();
            stop.args(["--wait", "--mode", "immediate", "stop"]);
            let _ = stop.output();
        }
        let _ = self.put_back();
    }
}

/// A value of postgresql.conf.
fn setting(value: &str) -> anyhow::Result<String> {
    if value.contains(['\n', '\r']) {
        bail!("a path with a line end cannot be used");
    }
    Ok(format!("'{}'", value.replace('\'', "''")))
}

/// A word of a shell.
fn quoted(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().context("a path that is no text cannot be used")?;
    // PostgreSQL replaces what stands after a percent sign.
    if text.contains(['\'', '\n', '%']) {
        bail!("{text}: a path with a quote, a percent sign or a line end cannot be used");
    }
    Ok(format!("'{text}'"))
}
