//! `/record/{patient}/timeline`: everything, newest first.

use chartkey_domain::category::Category;
use leptos::prelude::*;

use crate::{
    components::{
        entry::row_of,
        list::{end, errors_link, listed, with},
        row::{Row, rows},
        sheet::{more, title},
    },
    pages::{
        Paged, page,
        reader::{Reader, after, with_errors},
    },
    request::query,
    shell::{Place, document},
};

/// Everything by date, or one category of it.
pub fn timeline() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let category = query("category").and_then(|slug| Category::from_slug(&slug));
        let opened = reader.portal.timeline(&reader.visitor, reader.patient, category, after(), with_errors()).await?;
        let (say, whose, timeline) = (reader.say, opened.whose, opened.view);
        let path = reader.path("/timeline");
        let (name, says) = if whose.is_own() { (say.everything(), Some(say.everything_says().to_owned())) } else { (say.by_date(), None) };
        let is_empty = timeline.entries.is_empty();
        let link = |to: Option<Category>| {
            let href = to.map_or_else(|| path.clone(), |to| format!("{path}?category={}", to.slug()));
            let words = to.map_or(name, |to| say.category(to));
            view! { <a href=href aria-current=(to == category).then_some("page")>{words}</a> }
        };
        let filters = std::iter::once(None)
            .chain(Category::SHAREABLE.into_iter().filter(|of| whose.may_show(*of)).map(Some))
            .map(link)
            .collect_view();
        let list = timeline
            .entries
            .into_iter()
            .map(|entry| {
                let kind = say.category(entry.category).to_owned();
                let row = row_of(say, reader.patient, entry);
                let medical = row.medical.map_or_else(|| kind.clone(), |medical| format!("{kind} · {medical}"));
                Row { medical: Some(medical), ..row }
            })
            .collect();
        let here = category.map_or_else(|| path.clone(), |category| format!("{path}?category={}", category.slug()));
        let body = view! {
            {title(name, says)}
            <nav class="filter" aria-label=say.parts_of_record()>{filters}</nav>
            <section class="sheet" aria-labelledby="all"><h2 id="all" class="hide">{name}</h2>{rows(list)}{end(say, &whose, is_empty)}</section>
            {timeline.next.map(|cursor| more(with(&listed(&here, with_errors()), &format!("after={cursor}")), say.older()))}
            {whose.is_own().then(|| errors_link(say, &here, with_errors()))}
        };
        Paged::Ok(document(reader.page(name, Place::Timeline, &whose), body).into_any())
    })
}
