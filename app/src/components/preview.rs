//! What stands around the pages of a record that its patient looks at with the eyes of somebody else. Nothing of it is in
//! `<main>`, which is what that reader has.

use chartkey_portal::{Eyes, Preview, PreviewedPart, Stage};
use leptos::prelude::*;

use super::{
    icon::{Icon, icon},
    sheet::{back, more},
};
use crate::{
    catalogue::{Named, Say},
    pages::grant_new::Step,
    request::preview_page,
};

/// Whose eyes these are, that nothing can be changed, and the way back.
pub fn banner(say: Say, preview: &Preview) -> impl IntoView + use<> {
    let id = preview.id;
    let (href, words) = match preview.stage {
        Stage::Drafted => (Step::Check.page(id.0.into()), say.preview_back_to_answers()),
        Stage::Coded => ("/sharing/codes".to_owned(), say.codes_title()),
        Stage::Given => (format!("/sharing/{id}"), say.preview_back_to_share()),
    };
    let unknown = match &preview.eyes {
        Eyes::Professions { .. } => Some(say.preview_of_anyone()),
        Eyes::Code => Some(say.preview_of_code()),
        Eyes::CarerCode => Some(say.preview_of_carer_code()),
        Eyes::Clinician { .. } | Eyes::Carer { .. } => None,
    };
    let who = seen_by(say, &preview.eyes);
    let says = if preview.stage == Stage::Given { say.preview_sees(&who) } else { say.preview_will_see(&who) };
    view! {
        <section class="eyes" aria-label=say.preview_label()>
            <p>{icon(Icon::Eye)}<strong>{says}</strong></p>
            {unknown.map(|unknown| view! { <p class="small">{unknown}</p> })}
            <p class="small">{say.preview_changes_nothing()}</p>
            <p class="ways">{back(href, words)}{more(preview_page(id), say.preview_start())}</p>
        </section>
    }
}

/// Whose eyes, within a sentence.
pub fn seen_by(say: Say, eyes: &Eyes) -> String {
    match eyes {
        Eyes::Clinician { name, organization } => say.who_of(&Named::Clinician { name: name.clone(), organization: organization.clone() }),
        Eyes::Professions { professions, organization } => {
            say.who_of(&Named::Professions { professions: professions.clone(), organization: organization.clone() })
        }
        Eyes::Code => say.who_of(&Named::Code),
        Eyes::Carer { name } => name.clone(),
        Eyes::CarerCode => say.who_of(&Named::CarerCode),
    }
}

/// How much of each part is shown, on the first page of a preview; nothing on the others.
pub fn counts(say: Say, parts: &[PreviewedPart]) -> Option<impl IntoView + use<>> {
    if parts.is_empty() {
        return None;
    }
    let (shown, kept) = parts.iter().fold((0, 0), |(shown, kept), part| (shown + part.shown, kept + part.kept));
    let row = |part: &PreviewedPart| {
        view! { <tr><th scope="row">{say.category(part.category)}</th><td class="number">{say.preview_count(part.shown)}</td><td class="number">{say.preview_count(part.kept)}</td></tr> }
    };
    Some(view! {
        <aside class="eyes counts" aria-label=say.preview_counts()>
            <details>
                <summary>{say.preview_shown(shown)} " " {say.preview_kept(kept)}</summary>
                <table>
                    <thead><tr><th scope="col">{say.preview_part()}</th><th scope="col" class="number">{say.preview_shown_word()}</th><th scope="col" class="number">{say.preview_kept_word()}</th></tr></thead>
                    <tbody>{parts.iter().map(row).collect_view()}</tbody>
                </table>
                <p class="small quiet">{say.preview_counts_say()}</p>
            </details>
        </aside>
    })
}
