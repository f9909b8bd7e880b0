//! What stands around every list of a record: its key, its end, its other pages.

use chartkey_domain::category::Category;
use chartkey_portal::{Whose, cursor::Cursor, keys::Aside};
use leptos::prelude::*;

use super::sheet::{key_chip, more};
use crate::catalogue::Say;

/// The key of a section, on the patient's own pages.
pub fn key(say: Say, aside: Option<&Aside>, category: Category) -> Option<AnyView> {
    aside.map(|aside| {
        let people = aside.keys.count(category);
        let words = if people == 0 { say.only_you().to_owned() } else { say.people_can_see(people) };
        key_chip(people, words, format!(": {}", say.category(category))).into_any()
    })
}

/// What a list says where it ends: to the patient what to do where it is empty, to
/// anybody else one constant sentence, whether or not there is anything.
pub fn end(say: Say, whose: &Whose, is_empty: bool) -> Option<AnyView> {
    if !whose.is_own() {
        return Some(view! { <p class="quiet">{say.not_everything()}</p> }.into_any());
    }
    is_empty.then(|| view! { <p>{say.nothing_here()}</p> }.into_any())
}

/// The whole of a category's page where none of it is shared.
pub fn not_shared(say: Say) -> AnyView {
    view! { <p>{say.not_shared()}</p> }.into_any()
}

/// The way to the next page, with the total for the patient. `path` may carry a query.
pub fn pager(say: Say, path: &str, next: Option<Cursor>, aside: Option<&Aside>, category: Category) -> impl IntoView + use<> {
    let total = aside.map(|aside| say.total(aside.total));
    let older = next.map(|cursor| more(with(path, &format!("after={cursor}")), say.older()));
    (total.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="alongside" aria-label=say.pages_of(say.category(category))>
                <p class="quiet">{total}</p>
                {older}
            </nav>
        }
    })
}

/// An address with one more field in its query.
#[must_use]
pub fn with(path: &str, field: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{field}")
}

/// The address of the list that is shown: its other pages list entries in error if it does.
#[must_use]
pub fn listed(path: &str, with_errors: bool) -> String {
    if with_errors { with(path, "errors=1") } else { path.to_owned() }
}

/// Entries in error are out of lists; this brings them in and out.
pub fn errors_link(say: Say, path: &str, with_errors: bool) -> impl IntoView + use<> {
    let (href, words) = if with_errors { (path.to_owned(), say.hide_errors()) } else { (with(path, "errors=1"), say.show_errors()) };
    view! { <p class="small"><a href=href>{words}</a></p> }
}
