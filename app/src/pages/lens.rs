//! `/record/{patient}/lens/{lens}`: what belongs to a condition, and why.

use chartkey_domain::{category::Category, lens::Lens};
use chartkey_portal::{
    entry::Entry,
    search::lens::{Because, Belongings},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    components::{
        entry::row_of,
        list::end,
        notice::{Role, notice},
        row::Row,
        search::{MORE, filters, part},
        sheet::{back, title},
    },
    pages::{Paged, page, reader::Reader},
    request::{parameter, query},
    shell::{Place, document},
};

/// The newest few of each category.
const FEW: usize = 10;

/// What belongs to a lens.
pub fn lens() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let slug: String = parameter("lens")?;
        let lens = Lens::from_slug(&slug).ok_or(ApiError::NotFound)?;
        let only = query("category").and_then(|slug| Category::from_slug(&slug));
        let count = query("rows").and_then(|rows| rows.parse().ok()).unwrap_or(if only.is_some() { MORE } else { FEW });
        let opened = reader.portal.lens(&reader.visitor, reader.patient, lens, only, count).await?;
        let (say, whose, seen) = (reader.say, opened.whose, opened.view);
        let here = reader.path(&format!("/lens/{slug}"));
        let is_empty = seen.groups.is_empty();
        let filters = filters(say, &here, only, seen.groups.iter().map(|group| (group.category, group.total)));
        let section = |group: Belongings| {
            let list = group.rows.into_iter().map(|(entry, because)| row(&reader, entry, &because)).collect();
            part(say, &here, only, (group.category, group.total), list)
        };
        let groups = seen.groups.into_iter().filter(|group| !group.rows.is_empty()).map(section).collect_view();
        let name = say.either(lens.title);
        let nothing = (is_empty && whose.is_own()).then(|| view! { <p>{say.lens_nothing()}</p> });
        let body = view! {
            {back(reader.path("/search"), say.search())}
            {title(name, Some(say.lens_says().to_owned()))}
            {seen.is_partial.then(|| notice(Role::Info, say.search_partial(), ()))}
            {nothing}
            {filters}
            {groups}
            {end(say, &whose, false)}
        };
        Paged::Ok(document(reader.page(name, Place::Search, &whose), body).into_any())
    })
}

/// What belongs, as in every list, with the reason below.
fn row(reader: &Reader, entry: Entry, because: &Because) -> Row {
    let say = reader.say;
    let why = view! { <details class="why"><summary>{say.why_here()}</summary><p>{say.because(because)}</p></details> };
    Row { beneath: Some(why.into_any()), ..row_of(say, reader.patient, entry) }
}
