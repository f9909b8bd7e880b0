//! What is often asked for, above the question what a share reaches: a link ticks it, and nothing is kept before the form is sent.

use chartkey_domain::{draft::Recipient, grant::Grantee, preset::Preset};
use chartkey_portal::{drafts::KeptDraft, sharing::KnownOrganization};
use leptos::prelude::*;

use super::Step;
use crate::{catalogue::Say, request::query};

/// As many stand open; the others are one tap away.
const OPEN: usize = 3;

/// The one that the address names.
pub(super) fn chosen() -> Option<Preset> {
    query("preset").as_deref().and_then(Preset::from_slug)
}

/// All that may help, what is for the profession of whoever it is for first.
pub(super) fn presets(say: Say, kept: &KeptDraft, known: &[KnownOrganization]) -> impl IntoView + use<> {
    let offered = match &kept.draft.recipient {
        Some(recipient) if recipient.is_carer() => vec![Preset::Everything, Preset::Emergency],
        Some(Recipient::Known(grantee)) => Preset::offered(&professions(grantee, known)),
        _ => Preset::offered(&[]),
    };
    let chosen = chosen();
    let page = Step::What.page(kept.id);
    let rows = |presets: &[Preset]| {
        let row = |preset: &Preset| {
            let href = format!("{page}&preset={}#categories", preset.slug());
            let current = (chosen == Some(*preset)).then_some("true");
            view! {
                <li class="row">
                    <p class="label"><a href=href aria-current=current><b>{say.preset(*preset)}</b></a></p>
                    <p class="meta">{say.categories(preset.categories())}</p>
                </li>
            }
        };
        view! { <ul class="rows">{presets.iter().map(row).collect_view()}</ul> }
    };
    let (first, rest) = offered.split_at(OPEN.min(offered.len()));
    let rest = (!rest.is_empty()).then(|| {
        let is_open = rest.iter().any(|preset| chosen == Some(*preset));
        view! { <details open=is_open><summary>{say.more_presets()}</summary>{rows(rest)}</details> }
    });
    view! {
        <section class="sheet" aria-labelledby="presets">
            <h2 id="presets">{say.presets()}</h2>
            <p class="hint">{say.presets_say()}</p>
            {rows(first)}
            {rest}
        </section>
    }
}

/// The professions of whoever a share is for, as their organization writes them.
fn professions(grantee: &Grantee, known: &[KnownOrganization]) -> Vec<String> {
    match grantee {
        Grantee::Professions { professions, .. } => professions.clone(),
        Grantee::Clinician { account, organization } => known
            .iter()
            .filter(|place| place.id == *organization)
            .flat_map(|place| &place.clinicians)
            .filter(|clinician| clinician.account == *account)
            .map(|clinician| clinician.profession.clone())
            .collect(),
        Grantee::Carer { .. } => Vec::new(),
    }
}
