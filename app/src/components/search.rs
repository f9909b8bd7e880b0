//! The box that searches a record, and words that were found in a text.

use chartkey_domain::{category::Category, fold, id::PatientId};
use chartkey_portal::search::MOST;
use leptos::{either::Either, prelude::*};

use super::{
    form::{beside, described_by},
    icon::{Icon, icon},
    row::{Row, rows},
    sheet::more,
};
use crate::{catalogue::Say, islands::SearchAsYouType, request::typed};

/// The rows that "show more" adds.
pub const MORE: usize = 50;

/// The form that begins a search, with what was searched for before.
pub fn search_box(say: Say, patient: PatientId, words: Option<String>) -> impl IntoView {
    let value = typed("words").or(words);
    view! {
        <form class="search" method="post" action="/api/search" role="search">
            <input type="hidden" name="patient" value=patient.to_string()/>
            <div class="field">
                <label for="words">{say.search_for()}</label>
                <p class="hint" id="words-hint">{say.search_hint()}</p>
                {beside(say, "words")}
                <div class="beside">
                    <input
                        id="words"
                        name="words"
                        type="text"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        enterkeyhint="search"
                        maxlength="200"
                        required
                        value=value
                        aria-invalid=described_by("words", false).map(|_| "true")
                        aria-describedby=described_by("words", true)
                    />
                    <button class="button" type="submit">{icon(Icon::Search)}{say.search()}</button>
                </div>
            </div>
        </form>
    }
}

/// The same, with what is found while somebody types.
pub fn live_search_box(say: Say, patient: PatientId, words: Option<String>) -> impl IntoView {
    view! { <SearchAsYouType patient=patient.to_string() failed=say.search_failed().to_owned()>{search_box(say, patient, words)}</SearchAsYouType> }
}

/// A text in parts, and which of them were found.
pub fn parts(text: &str, marks: &[String]) -> Vec<(String, bool)> {
    if marks.is_empty() { vec![(text.to_owned(), false)] } else { fold::marked(text, marks) }
}

/// Such a text with what was found marked.
pub fn marked(parts: Vec<(String, bool)>) -> impl IntoView {
    let part = |(text, is_found)| if is_found { Either::Right(view! { <mark>{text}</mark> }) } else { Either::Left(text) };
    parts.into_iter().map(part).collect_view()
}

/// How many were found of each category, as links to all of one. `here` is the page, `only`
/// the category that it shows, if it is one.
pub fn filters(say: Say, here: &str, only: Option<Category>, found: impl Iterator<Item = (Category, usize)>) -> Option<AnyView> {
    let link = |to: Option<Category>, words: String| {
        let href = to.map_or_else(|| here.to_owned(), |to| format!("{here}?category={}", to.slug()));
        view! { <li><a href=href aria-current=(to == only).then_some("page")>{words}</a></li> }
    };
    let links: Vec<_> = found.map(|(category, total)| link(Some(category), format!("{} {total}", say.category(category)))).collect();
    let all = link(None, say.all_categories().to_owned());
    (!links.is_empty()).then(|| view! { <nav class="filter" aria-label=say.found_by_category()><ul>{all}{links}</ul></nav> }.into_any())
}

/// One category of what was found: its rows, and the way to the rest of them.
pub fn part(say: Say, here: &str, only: Option<Category>, found: (Category, usize), list: Vec<Row>) -> impl IntoView + use<> {
    let ((category, total), shown) = (found, list.len());
    let (name, id) = (say.category(category), category.slug());
    let way = match only {
        None if total > shown => Some(more(format!("{here}?category={id}"), say.show_all_found(total, name))),
        Some(_) if total > shown && shown < MOST => {
            Some(more(format!("{here}?category={id}&rows={}", shown + MORE), say.show_more_found(total - shown)))
        }
        _ => None,
    };
    view! {
        <section class="sheet" aria-labelledby=id>
            <h2 id=id>{name}</h2>
            {rows(list)}
            {way.map(|way| view! { <p>{way}</p> })}
        </section>
    }
}
