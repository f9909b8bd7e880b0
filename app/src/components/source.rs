//! Who delivered something, in the reader's words.

use chartkey_portal::import::own::{is_by_hand, owner_of, writers_of};
use leptos::prelude::*;

use super::{flag::flag, icon::Icon};
use crate::{catalogue::Say, request::caller};

/// "from Northfield"; "added by you" for one's own file.
pub fn from_source(say: Say, source: &str) -> String {
    by_patient(say, source).map_or_else(|| say.from(&named(say, source)), str::to_owned)
}

/// "Northfield" alone.
pub fn source_name(say: Say, source: &str) -> String {
    by_patient(say, source).map_or_else(|| named(say, source), str::to_owned)
}

/// As it is called whoever reads it: what clinicians write here is told from what their organization sends.
pub fn named(say: Say, source: &str) -> String {
    writers_of(source).map_or_else(|| source.to_owned(), |organization| say.via_chartkey(organization))
}

/// The same two on what others will read, whoever prints it.
pub mod for_others {
    use super::{Say, named, owner_of, patient_s};

    /// "from Northfield"; "added by the patient".
    pub fn from_source(say: Say, source: &str) -> String {
        owner_of(source).map_or_else(|| say.from(&named(say, source)), |_| patient_s(say, source).to_owned())
    }

    /// "Northfield" alone.
    pub fn source_name(say: Say, source: &str) -> String {
        owner_of(source).map_or_else(|| named(say, source), |_| patient_s(say, source).to_owned())
    }
}

/// What a source says of something, as the name of a page with that.
pub fn what_it_says(say: Say, source: &str) -> String {
    by_patient(say, source).map_or_else(|| say.what_they_say(&named(say, source)), |added| say.what_was_added(added))
}

/// What stands beside something that its patient wrote by hand, wherever it is: nobody takes it for a clinic's.
pub fn by_hand(say: Say, source: &str) -> Option<AnyView> {
    is_by_hand(source).then(|| flag("hand", Icon::Pen, by_whom(say, source).to_owned()))
}

/// The same in words.
pub fn by_whom(say: Say, source: &str) -> &'static str {
    if is_reader_s(source) { say.by_hand_you() } else { say.by_hand_patient() }
}

/// Whether the reader is the patient whose source it is, and not somebody with whose eyes the patient looks.
pub fn is_reader_s(source: &str) -> bool {
    owner_of(source).is_some_and(|owner| {
        let caller = caller();
        caller.record == Some(owner) && caller.preview.is_none()
    })
}

fn by_patient(say: Say, source: &str) -> Option<&'static str> {
    owner_of(source)?;
    Some(match (is_reader_s(source), is_by_hand(source)) {
        (true, true) => say.written_by_you(),
        (true, false) => say.added_by_you(),
        (false, _) => patient_s(say, source),
    })
}

fn patient_s(say: Say, source: &str) -> &'static str {
    if is_by_hand(source) { say.written_by_patient() } else { say.added_by_patient() }
}
