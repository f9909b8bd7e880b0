//! The machine on which something was measured, in lines.

use std::{fs, path::Path, process::Command};

use anyhow::{Result, bail};

/// What a program says on its standard output; nothing where it does not run.
#[must_use]
pub fn said(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// The time, to the minute.
#[must_use]
pub fn now() -> String {
    said(Path::new("date"), &["-u", "+%Y-%m-%d %H:%M UTC"])
}

/// The commit of the working directory, and whether anything but what is printed into `docs` was changed since.
#[must_use]
pub fn commit() -> String {
    let git = |arguments: &[&str]| said(Path::new("git"), arguments);
    let is_clean = git(&["status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)docs"]).is_empty();
    format!("commit `{}`{}", git(&["rev-parse", "--short=12", "HEAD"]), if is_clean { "" } else { ", with changes that are not committed" })
}

/// Cores, memory and system.
///
/// # Errors
/// Without `/proc`.
pub fn hardware() -> Result<String> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo")?;
    let memory = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0);
    Ok(format!("{cores} cores, {:.0} GB; {}", memory / 1_048_576.0, said(Path::new("uname"), &["-srm"])))
}

/// How soon a write is on the disk of this directory, as `pg_test_fsync` measures it.
///
/// # Errors
/// Where PostgreSQL is not installed.
pub fn durability(directory: &Path) -> Result<String> {
    let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/install");
    let bin = said(&install, &["--bin", "postgres"]);
    if bin.is_empty() {
        bail!("PostgreSQL is not installed; scripts/install postgres");
    }
    let file = directory.join("chartkey-fsync-test");
    let sync = said(&Path::new(&bin).join("pg_test_fsync"), &["-s", "1", "-f", &file.to_string_lossy()]);
    let _ = fs::remove_file(file);
    let line = sync.lines().find(|line| line.trim_start().starts_with("fdatasync")).unwrap_or("fdatasync: not measured");
    Ok(format!("pg_test_fsync: {}", line.split_whitespace().collect::<Vec<_>>().join(" ")))
}
