//! The pepper: from the setting, or from a file that only we can read.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_portal::secrets::Pepper;

use super::Values;

/// The pepper, or the setting that is wrong and why.
pub(super) fn read(values: &Values) -> Result<Pepper, (&'static str, String)> {
    if let Some(text) = values.text("pepper") {
        return decoded(&text).ok_or_else(|| ("pepper", format!("{NOT_ONE}; make one with: head -c 32 /dev/urandom | base64")));
    }
    let path = values.text("pepper_file").unwrap_or_default();
    from_file(Path::new(&path)).map_err(|problem| ("pepper_file", format!("{path}: {problem}")))
}

const NOT_ONE: &str = "it does not hold 32 bytes in base64";

fn from_file(path: &Path) -> Result<Pepper, String> {
    match fs::metadata(path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            make(path).map_err(|cause| format!("it cannot be made ({cause}); name a file in a folder that Chartkey may write to"))?
        }
        Err(cause) => return Err(cause.to_string()),
        Ok(file) if file.permissions().mode() & 0o077 != 0 => return Err("others can read it; chmod 600".to_owned()),
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(|cause| cause.to_string())?;
    decoded(&text).ok_or_else(|| format!("{NOT_ONE}; name another file, or bring back the right one: a new one ends every password"))
}

/// Makes the file, whole or not at all; whoever comes second reads the first one's.
fn make(path: &Path) -> Result<(), String> {
    let making = path.with_extension(format!("{}.new", std::process::id()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&making)?;
        writeln!(file, "{}", STANDARD.encode(rand::random::<[u8; 32]>()))?;
        file.sync_all()?;
        match fs::hard_link(&making, path) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    };
    let made = write();
    let removed = fs::remove_file(&making);
    made.and(removed).map_err(|cause| cause.to_string())
}

fn decoded(text: &str) -> Option<Pepper> {
    let bytes = STANDARD.decode(text.trim()).ok()?;
    bytes.try_into().ok().map(Pepper::new)
}
