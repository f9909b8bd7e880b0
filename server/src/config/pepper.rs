//! The pepper: from the setting, or from a file that only we can read.

use std::path::Path;

use chartkey_portal::{
    secret_file::{self, NOT_ONE},
    secrets::Pepper,
};

use super::Values;

/// The pepper, or the setting that is wrong and why.
pub(super) fn read(values: &Values) -> Result<Pepper, (&'static str, String)> {
    if let Some(text) = values.text("pepper") {
        let pepper = secret_file::decode(&text).map(Pepper::new);
        return pepper.ok_or_else(|| ("pepper", format!("{NOT_ONE}; make one with: head -c 32 /dev/urandom | base64")));
    }
    let path = values.text("pepper_file").unwrap_or_default();
    from_file(Path::new(&path)).map_err(|problem| ("pepper_file", format!("{path}: {problem}")))
}

fn from_file(path: &Path) -> Result<Pepper, String> {
    if let Some(pepper) = held(path)? {
        return Ok(pepper);
    }
    secret_file::make(path, &rand::random())
        .map_err(|cause| format!("it cannot be made ({cause}); name a file in a folder that Chartkey may write to"))?;
    // Whoever comes second reads the first one's.
    held(path)?.ok_or_else(|| "it was made and is gone".to_owned())
}

fn held(path: &Path) -> Result<Option<Pepper>, String> {
    let secret = secret_file::read(path).map_err(|flaw| match flaw.as_str() {
        NOT_ONE => format!("{flaw}; name another file, or bring back the right one: a new one ends every password"),
        _ => flaw,
    })?;
    Ok(secret.map(Pepper::new))
}
