//! A file with a secret of 32 bytes, in base64, that only its owner can read.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};

/// What a file holds that is none.
pub const NOT_ONE: &str = "it does not hold 32 bytes in base64";

/// The secret; none where the file is not there.
///
/// # Errors
/// A sentence for an operator: others can read it, or it is no such file.
pub fn read(path: &Path) -> Result<Option<[u8; 32]>, String> {
    match fs::metadata(path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(cause.to_string()),
        Ok(file) if file.permissions().mode() & 0o077 != 0 => return Err("others can read it; chmod 600".to_owned()),
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(|cause| cause.to_string())?;
    decode(&text).map(Some).ok_or_else(|| NOT_ONE.to_owned())
}

/// Makes the file, whole or not at all, where it is not there yet: whoever comes second reads
/// the first one's.
///
/// # Errors
/// Where it cannot be written.
pub fn make(path: &Path, secret: &[u8; 32]) -> io::Result<()> {
    let making = path.with_extension(format!("{}.new", std::process::id()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&making)?;
        writeln!(file, "{}", STANDARD.encode(secret))?;
        file.sync_all()?;
        match fs::hard_link(&making, path) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    };
    let made = write();
    let removed = fs::remove_file(&making);
    made.and(removed)
}

/// 32 bytes in base64.
#[must_use]
pub fn decode(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}
