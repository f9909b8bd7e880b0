//! PostgreSQL's own programs, and the person they run as.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, bail};

/// The directory of one installation of PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    bin: PathBuf,
}

impl Programs {
    /// The one that was chosen; else the newest of this major version, or of any.
    pub fn find(chosen: Option<&Path>, major: Option<&str>) -> anyhow::Result<Self> {
        if let Some(bin) = chosen {
            return if is_whole(bin) {
                Ok(Self { bin: bin.to_owned() })
            } else {
                bail!("CHARTKEY_PG_BIN {} lacks pg_basebackup", bin.display())
            };
        }
        let mut found: Vec<PathBuf> = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"].into_iter().flat_map(versions).collect();
        found.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
        found.retain(|bin| is_whole(bin));
        let fits = |bin: &PathBuf| major.is_none_or(|major| version(bin).is_some_and(|version| version == major));
        let bin = found.into_iter().find(fits).with_context(|| {
            format!("the programs of PostgreSQL {} were not found; install them or set CHARTKEY_PG_BIN", major.unwrap_or_default())
        })?;
        Ok(Self { bin })
    }

    /// One of the programs, quiet and without our own settings in its environment.
    pub fn command(&self, name: &str) -> Command {
        quiet(Command::new(self.bin.join(name)))
    }

    /// The same as somebody who may run a cluster: PostgreSQL refuses root.
    pub fn as_owner(&self, name: &str) -> Command {
        if !is_root() {
            return self.command(name);
        }
        let mut command = quiet(Command::new("runuser"));
        command.args(["-u", "postgres", "--"]).arg(self.bin.join(name));
        command
    }
}

fn quiet(mut command: Command) -> Command {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CHARTKEY_") || name.starts_with("PG") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).current_dir("/").env("LC_ALL", "C");
    command
}

/// Runs it to its end; where it fails, its last words are the reason.
pub(super) fn run(mut command: Command, what: &str) -> anyhow::Result<Output> {
    let output = command.output().with_context(|| what.to_owned())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{what} failed: {}", said.trim().lines().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("; "));
    }
    Ok(output)
}

/// Gives everything below a place to whoever may run a cluster.
pub(super) fn give_to_owner(place: &Path) -> anyhow::Result<()> {
    if is_root() {
        let mut command = Command::new("chown");
        command.args(["-R", "postgres:"]).arg(place);
        run(command, "chown")?;
    }
    Ok(())
}

/// Whether we are root.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The newest first.
fn versions(root: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, bin)| bin).collect()
}

fn is_whole(bin: &Path) -> bool {
    ["postgres", "pg_ctl", "pg_basebackup", "pg_verifybackup"].iter().all(|name| bin.join(name).exists())
}

/// The major version of a directory's programs.
fn version(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_whitespace().nth(2)?.split(['.', 'b', 'r', 'd']).next()?.to_owned())
}
