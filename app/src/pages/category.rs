//! A category of a record as a list: what has no page of its own making.

use chartkey_domain::category::Category;
use leptos::prelude::*;

use crate::{
    api::ApiError,
    components::{
        entry::row_of,
        list::{end, errors_link, key, listed, not_shared, pager},
        result::{Tells, results},
        row::rows,
        sheet::title,
    },
    pages::{
        Paged,
        added::entrance,
        page,
        reader::{Reader, after, with_errors},
    },
    request::parameter,
    shell::{Place, document},
};

/// `/record/{patient}/{category}`.
pub fn category() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let name: String = parameter("category")?;
        let category = Category::from_slug(&name).ok_or(ApiError::NotFound)?;
        list(&reader, category).await
    })
}

/// One category of this record.
pub async fn list(reader: &Reader, category: Category) -> Paged {
    let opened = reader.portal.list(&reader.visitor, reader.patient, category, after(), with_errors()).await?;
    let (say, whose, list) = (reader.say, opened.whose, opened.view);
    let name = say.category(category);
    let path = reader.category(category);
    let inside = if whose.may_show(category) {
        let is_empty = list.entries.is_empty();
        let rows = if matches!(category, Category::Vitals) {
            results(say, reader.patient, list.entries, Tells::All).into_any()
        } else {
            rows(list.entries.into_iter().map(|entry| row_of(say, reader.patient, entry)).collect()).into_any()
        };
        view! { {(!is_empty).then_some(rows)}{end(say, &whose, is_empty)} }.into_any()
    } else {
        not_shared(say)
    };
    let body = view! {
        {title(name, None)}
        {matches!(category, Category::Vitals | Category::Allergies | Category::Documents).then(|| entrance(say, &whose, Some(category)))}
        <section class="sheet" aria-labelledby="list">
            <h2 id="list" class="hide">{name}</h2>
            {key(say, list.aside.as_ref(), category)}
            {inside}
        </section>
        {pager(say, &listed(&path, list.with_errors), list.next, list.aside.as_ref(), category)}
        {whose.is_own().then(|| errors_link(say, &path, list.with_errors))}
    };
    Ok(document(reader.page(name, Place::Category(category), &whose), body).into_any())
}
