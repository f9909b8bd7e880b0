//! Single things, on the page that asks what a share reaches: those that it names, and the way to name what belongs to a condition.

use chartkey_domain::{
    draft::{MOST_THINGS, Thing},
    grant::Seen,
    id::ItemId,
    label::Labels,
    lens::Lens,
};
use chartkey_portal::{drafts::KeptDraft, entry::Entry};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        entry::{called, date_of},
        form::{beside as problem_beside, choice, hidden},
        sheet::sheet,
    },
};

/// As many stand open.
const OPEN: usize = 12;

/// Whether everything that a draft names still is what was chosen.
pub(super) fn are_as_chosen(chosen: &[Thing], now: &[Thing]) -> bool {
    let is_as_chosen = |thing: &Thing| {
        let is_it = |now: &Thing| (now.item, now.version) == (thing.item, thing.version) && now.labels.is_subset(thing.labels);
        now.iter().any(is_it)
    };
    chosen.iter().all(is_as_chosen)
}

/// One thing as it stands on the page, for its form: item, version and labels.
fn value(thing: &Thing) -> String {
    format!("{}.{}.{}", thing.item, thing.version, thing.labels.bits())
}

/// The same read again.
#[must_use]
pub fn seen(value: &str) -> Option<Seen> {
    let mut parts = value.split('.');
    let (item, version, labels) = (parts.next()?.parse::<ItemId>().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then(|| Seen { item, version, labels: Labels::from_bits(labels) })
}

/// What stands beside the name of one: where it belongs, when it was, and what is sensitive about it.
fn beside(say: Say, (entry, thing): &(Entry, Thing)) -> String {
    let date = date_of(say, entry).unwrap_or_else(|| say.no_date().to_owned());
    let marked = (!thing.labels.is_empty()).then(|| say.marked_as(&say.labels(thing.labels)));
    [Some(say.category(entry.category).to_owned()), Some(date), marked].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What is named, once more before it is given.
pub(super) fn listed(say: Say, entries: &[(Entry, Thing)]) -> Option<impl IntoView + use<>> {
    let row = |one: &(Entry, Thing)| {
        view! { <li class="row"><p class="label"><b>{called(say, &one.0).name}</b></p><p class="meta">{beside(say, one)}</p></li> }
    };
    let (first, rest) = entries.split_at(OPEN.min(entries.len()));
    let rest = (!rest.is_empty()).then(|| {
        view! { <details><summary>{more(say, rest)}</summary><ul class="rows">{rest.iter().map(row).collect_view()}</ul></details> }
    });
    let list = view! { <ul class="rows">{first.iter().map(row).collect_view()}</ul>{rest} };
    (!entries.is_empty()).then(|| sheet("things", say.chosen_entries(), list))
}

fn more(say: Say, rest: &[(Entry, Thing)]) -> String {
    say.more_chosen(i64::try_from(rest.len()).unwrap_or(i64::MAX))
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
pub(super) fn named(say: Say, entries: &[(Entry, Thing)]) -> impl IntoView + use<> {
    let row = |one: &(Entry, Thing)| choice("checkbox", "things[]", value(&one.1), true, called(say, &one.0).name, Some(beside(say, one)));
    let (first, rest) = entries.split_at(OPEN.min(entries.len()));
    let rest = (!rest.is_empty()).then(|| {
        view! { <details><summary>{more(say, rest)}</summary><div class="choices two">{rest.iter().map(row).collect_view()}</div></details> }
    });
    view! {
        <fieldset class="choices two sheet" id="things">
            <legend class="hide">{say.chosen_entries()}</legend><h2>{say.chosen_entries()}</h2>
            {problem_beside(say, "things")}
            <p class="hint">{if entries.is_empty() { say.how_to_choose() } else { say.chosen_entries_say() }}</p>
            {first.iter().map(row).collect_view()}
            {rest}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chartkey_domain::category::Category;

    #[test]
    fn what_was_chosen_survives_the_form_and_nothing_else_is_read() {
        let thing = Thing { item: ItemId(uuid::Uuid::from_u128(7)), version: 3, category: Category::Results, labels: Labels::ALL };
        assert_eq!(seen(&value(&thing)), Some(Seen { item: thing.item, version: 3, labels: Labels::ALL }));
        for nonsense in ["", "7.3.1", "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007.3.1.1"] {
            assert_eq!(seen(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_has_changed_or_gone_is_not_as_chosen() {
        let thing = Thing { item: ItemId(uuid::Uuid::from_u128(7)), version: 3, category: Category::Results, labels: Labels::NONE };
        assert!(are_as_chosen(&[], &[]) && !are_as_chosen(&[thing], &[]));
        let now = |now: Thing| are_as_chosen(&[thing], &[now]);
        assert!(now(thing));
        assert!(!now(Thing { version: 4, ..thing }) && !now(Thing { labels: Labels::ALL, ..thing }));
        assert!(!now(Thing { item: ItemId(uuid::Uuid::from_u128(8)), ..thing }));
    }
}
