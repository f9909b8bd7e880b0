//! Who delivered something, in the reader's words.

use chartkey_portal::import::own::owner_of;

use crate::{catalogue::Say, request::caller};

/// "from Northfield"; "added by you" for one's own file.
pub fn from_source(say: Say, source: &str) -> String {
    by_patient(say, source).map_or_else(|| say.from(source), str::to_owned)
}

/// "Northfield" alone.
pub fn source_name(say: Say, source: &str) -> String {
    by_patient(say, source).unwrap_or(source).to_owned()
}

fn by_patient(say: Say, source: &str) -> Option<&str> {
    let owner = owner_of(source)?;
    Some(if caller().record == Some(owner) { say.added_by_you() } else { say.added_by_patient() })
}
