//! What a patient says of an item that is wrong, beside that item.

use chartkey_domain::{correction::beginning, id::PatientId};
use chartkey_portal::entry::{Disputed, Entry};
use leptos::prelude::*;

use super::{
    icon::{Icon, icon},
    notice::{Role, notice},
};
use crate::catalogue::Say;

/// What a list has room for, in characters.
const SHORT: usize = 140;

/// Beside a row: who says so, and how the statement begins.
pub fn disputed(say: Say, disputed: &Disputed) -> impl IntoView + use<> {
    let words = beginning(&disputed.statement, SHORT);
    view! {
        <p class="disputed">
            {icon(Icon::Pen)}
            <span><b>{who_says(say, disputed)}</b> " " {say.quotation_opens()}<span dir="auto">{words}</span>{say.quotation_closes()}</span>
        </p>
    }
}

/// On the item's own page: the whole statement, and the way to its thread.
pub fn statement(say: Say, patient: PatientId, entry: &Entry) -> Option<impl IntoView + use<>> {
    let disputed = entry.disputed.as_ref()?;
    let href = format!("/record/{patient}/corrections/{}", disputed.correction);
    let body = view! {
        <p class="said" dir="auto">{disputed.statement.clone()}</p>
        <p><a href=href>{say.see_correction()}</a></p>
    };
    Some(notice(Role::Caution, who_says(say, disputed), body))
}

/// On paper and in a file, which others read.
#[must_use]
pub fn for_others(say: Say, disputed: &Disputed) -> String {
    format!("{} {}{}{}", say.patient_says_wrong(), say.quotation_opens(), disputed.statement, say.quotation_closes())
}

fn who_says(say: Say, disputed: &Disputed) -> &'static str {
    if disputed.is_readers { say.you_say_wrong() } else { say.patient_says_wrong() }
}
