//! What a patient says is wrong, beside the item or the row that stands for it.

use chartkey_domain::{
    correction::beginning,
    id::{CorrectionId, PatientId},
};
use chartkey_portal::entry::{Disputed, Entry, Statement};
use leptos::prelude::*;

use super::{
    icon::{Icon, icon},
    notice::{Role, notice},
};
use crate::{catalogue::Say, request::of_record};

/// What a list has room for, in characters.
const SHORT: usize = 140;

/// The address of a correction.
#[must_use]
pub fn page_of(patient: PatientId, correction: CorrectionId) -> String {
    of_record(patient, &format!("/corrections/{correction}"))
}

/// Beside a row: who says so, of which record, and how the statement begins, as far as the reader may know it, with the way to all of it.
pub fn disputed(say: Say, patient: PatientId, disputed: &Disputed) -> impl IntoView + use<> {
    let statement = |said: &Statement| {
        let quoted = said.words.as_deref().map(|words| {
            let (words, is_cut) = beginning(words, SHORT);
            let whole = is_cut.then(|| view! { " " <a href=page_of(patient, said.correction)>{say.whole_statement()}</a> });
            view! { " " {say.quotation_opens()}<bdi>{words}</bdi>{say.quotation_closes()}{whole} }
        });
        let who = who_says(say, disputed.is_readers, said);
        view! {
            <p class="disputed">
                {icon(Icon::Pen)}
                <span><b>{who}</b>{quoted}</span>
            </p>
        }
    };
    let more = (disputed.more > 0).then(|| view! { <p class="disputed">{icon(Icon::Pen)}<b>{say.more_disputed(disputed.more)}</b></p> });
    view! { {disputed.statements.iter().map(statement).collect_view()}{more} }
}

/// Where there is room for a mark alone: that it is said to be wrong, with the way to what is said.
pub fn mark(say: Say, patient: PatientId, disputed: &Disputed) -> Option<impl IntoView + use<>> {
    let said = disputed.statements.first()?;
    Some(view! { <a class="doubted" href=page_of(patient, said.correction)>{icon(Icon::Pen)} " " {say.said_to_be_wrong()}</a> })
}

/// On the item's own page: the whole statement, and the way to its thread.
pub fn statement(say: Say, patient: PatientId, entry: &Entry) -> Option<impl IntoView + use<>> {
    let disputed = entry.disputed.as_ref()?;
    let said = disputed.statements.first()?;
    let body = view! {
        {said.words.clone().map(|words| view! { <p class="said" dir="auto">{words}</p> })}
        <p><a href=page_of(patient, said.correction)>{say.see_correction()}</a></p>
    };
    Some(notice(Role::Caution, who_says(say, disputed.is_readers, said), body))
}

/// A statement for paper and for files, which others read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Whether it is of the very record that is shown.
    pub is_of_this: bool,
    /// Who says so, and of what.
    pub who: String,
    /// The patient's own words, which may be of another direction of writing; `None`: how many more there are, or that
    /// they are not told.
    pub words: Option<String>,
}

impl Spoken {
    /// All of it on one line.
    #[must_use]
    pub fn line(&self, say: Say) -> String {
        match &self.words {
            Some(words) => format!("{} {}{words}{}", self.who, say.quotation_opens(), say.quotation_closes()),
            None => self.who.clone(),
        }
    }
}

/// A statement on paper, its words set apart from ours.
pub fn spoken(say: Say, Spoken { who, words, .. }: Spoken) -> impl IntoView {
    let words = words.map(|words| view! { " " {say.quotation_opens()}<bdi>{words}</bdi>{say.quotation_closes()} });
    view! { {who}{words} }
}

/// Everything that is said of what a row shows, for others; of the words so many characters.
#[must_use]
pub fn for_others(say: Say, disputed: &Disputed, most: usize) -> Vec<Spoken> {
    let statement = |said: &Statement| Spoken {
        is_of_this: said.of.is_none(),
        who: who_says(say, false, said),
        words: said.words.as_deref().map(|words| beginning(words, most).0),
    };
    let more = (disputed.more > 0).then(|| Spoken { is_of_this: false, who: say.more_disputed(disputed.more), words: None });
    disputed.statements.iter().map(statement).chain(more).collect()
}

/// Who says that it is wrong, of which record, where it is not the one that is shown, and of which version; before the
/// words, where there are any.
#[must_use]
pub fn who_says(say: Say, is_readers: bool, said: &Statement) -> String {
    let date = said.of.as_ref().map(|other| other.when.map(|(first, precision)| say.when(first, precision)));
    let who = match (date, is_readers) {
        (None, true) => say.you_say_wrong().to_owned(),
        (None, false) => say.patient_says_wrong().to_owned(),
        (Some(Some(date)), true) => say.you_say_other_wrong(&date),
        (Some(Some(date)), false) => say.patient_says_other_wrong(&date),
        (Some(None), true) => say.you_say_undated_wrong().to_owned(),
        (Some(None), false) => say.patient_says_undated_wrong().to_owned(),
    };
    let version = if said.is_earlier { format!(" ({})", say.of_earlier_version()) } else { String::new() };
    format!("{who}{version}{}", if said.words.is_some() { ":" } else { "" })
}
