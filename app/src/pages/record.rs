//! `/record/{patient}`: the summary.

use chartkey_domain::category::Category;
use chartkey_portal::{Viewer, Whose, entry::Entry, keys::Aside};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        entry::row_of,
        list::{end, key, not_shared},
        result::results,
        row::rows,
        sentence::sentence,
        sheet::{more, title},
    },
    pages::{Paged, page, reader::Reader},
    shell::{Place, document},
};

/// The summary: allergies, medicines, problems, results, visits.
pub fn record() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.summary(&reader.visitor, reader.patient).await?;
        let (say, whose, summary) = (reader.say, opened.whose, opened.view);
        let aside = summary.aside;
        let heading = if whose.is_own() { say.your_record() } else { say.summary() };
        let parts = Category::SHAREABLE
            .into_iter()
            .filter(|category| whose.may_show(*category))
            .map(|category| view! { <a href=reader.category(category)>{say.category(category)}</a> })
            .collect_view();
        let section = |category: Category, heading: &'static str, entries: Vec<Entry>| {
            part(&reader, &whose, aside.as_ref(), category, heading, entries)
        };
        let body = view! {
            {granted(say, &whose)}
            {title(heading, None)}
            <nav class="filter" aria-label=say.parts_of_record()>{parts}</nav>
            {section(Category::Allergies, say.category(Category::Allergies), summary.allergies)}
            <div class="pair">
                {section(Category::Medicines, say.medicines_in_use(), summary.medicines)}
                {section(Category::Problems, say.active_problems(), summary.problems)}
            </div>
            {section(Category::Results, say.latest_results(), summary.results)}
            {section(Category::Visits, say.latest_visits(), summary.visits)}
        };
        Paged::Ok(document(reader.page(heading, Place::Summary, &whose), body).into_any())
    })
}

/// The sentences of the grants that this page rests on, for who reads through them.
fn granted(say: Say, whose: &Whose) -> Option<AnyView> {
    let Viewer::Shared { grants, .. } = &whose.viewer else { return None };
    let sentences = grants.iter().map(|grant| sentence(say, &grant.sentence)).collect_view();
    Some(view! { <section class="grant compact" aria-label=say.what_you_may_read()>{sentences}</section> }.into_any())
}

fn part(
    reader: &Reader,
    whose: &Whose,
    aside: Option<&Aside>,
    category: Category,
    heading: &'static str,
    entries: Vec<Entry>,
) -> impl IntoView + use<> {
    let say = reader.say;
    let id = category.slug();
    let is_empty = entries.is_empty();
    let list = match category {
        Category::Results => results(say, reader.patient, entries, true).into_any(),
        _ => rows(entries.into_iter().map(|entry| row_of(say, reader.patient, entry)).collect()).into_any(),
    };
    let inside = if whose.may_show(category) {
        let none = (is_empty && whose.is_own()).then(|| view! { <p class="quiet">{say.none_recorded()}</p> });
        let name = say.category(category).to_lowercase();
        let more = more(reader.category(category), if whose.is_own() { say.all_of(&name) } else { say.more_of(&name) });
        let ending = if whose.is_own() { None } else { end(say, whose, false) };
        view! { {(!is_empty).then_some(list)}{none}{ending}<p>{more}</p> }.into_any()
    } else {
        not_shared(say)
    };
    view! { <section class="sheet" aria-labelledby=id><h2 id=id>{heading}</h2>{key(say, aside, category)}{inside}</section> }
}
