//! Single things, on the page that asks what a share reaches: those that it names, and the way to name what belongs to a condition.

use chartkey_domain::{draft::MOST_THINGS, label::Labels, lens::Lens};
use chartkey_portal::{drafts::KeptDraft, entry::Entry};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        entry::{called, date_of},
        form::{choice, hidden},
    },
};

/// As many stand open.
const OPEN: usize = 12;

/// What the record has beside its parts to choose from.
#[derive(Default)]
pub struct Choices {
    /// The conditions of which it holds something.
    pub lenses: Vec<&'static Lens>,
    /// What the draft names.
    pub named: Vec<Entry>,
}

/// Each condition, as a beginning: what belongs to it, and nothing else.
pub(super) fn lenses(say: Say, kept: &KeptDraft, lenses: &[&'static Lens]) -> Option<impl IntoView + use<>> {
    let buttons = lenses.iter().map(|lens| view! { <button name="lens" value=lens.slug>{say.either(lens.title)}</button> }).collect_view();
    (!lenses.is_empty()).then(|| {
        view! {
            <section class="sheet" aria-labelledby="belonging">
                <h2 id="belonging">{say.only_belonging()}</h2>
                <p class="hint">{say.only_belonging_says(&MOST_THINGS.to_string())}</p>
                <form class="filter" method="post" action="/api/grant-belonging">
                    {hidden("draft", Some(kept.id.to_string()))}
                    {buttons}
                </form>
            </section>
        }
    })
}

/// What is named, each to be left out again.
pub(super) fn named(say: Say, kept: &KeptDraft, entries: &[Entry]) -> impl IntoView + use<> {
    let row = |entry: &Entry| {
        let labels = kept.draft.things.iter().find(|thing| thing.item == entry.id).map_or(Labels::NONE, |thing| thing.labels);
        let marked = (!labels.is_empty()).then(|| say.marked_as(&say.labels(labels)));
        let date = date_of(say, entry).unwrap_or_else(|| say.no_date().to_owned());
        let hint =
            [Some(say.category(entry.category).to_owned()), Some(date), marked].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        choice("checkbox", "things[]", entry.id.to_string(), true, called(say, entry).name, Some(hint))
    };
    let (first, rest) = entries.split_at(OPEN.min(entries.len()));
    let rest = (!rest.is_empty()).then(|| {
        let more = i64::try_from(rest.len()).unwrap_or(i64::MAX);
        view! { <details><summary>{say.more_chosen(more)}</summary><div class="choices two">{rest.iter().map(row).collect_view()}</div></details> }
    });
    view! {
        <fieldset class="choices two sheet" id="things">
            <legend class="hide">{say.chosen_entries()}</legend><h2>{say.chosen_entries()}</h2>
            <p class="hint">{if entries.is_empty() { say.how_to_choose() } else { say.chosen_entries_say() }}</p>
            {first.iter().map(row).collect_view()}
            {rest}
        </fieldset>
    }
}
