//! A section: a ruled sheet with its key hanging from the top rule.

use leptos::prelude::*;

use super::icon::{Icon, icon, turning};

/// A section with its heading. `id` is unique on the page.
pub fn sheet(id: &'static str, heading: impl IntoView, body: impl IntoView) -> impl IntoView {
    view! {
        <section class="sheet" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            {body}
        </section>
    }
}

/// Who can see a section, as the patient sees it: a link to the list of people.
/// `words` are "2 can see"; `of` is said to those who do not see the section, ": your results".
pub fn key_chip(people: usize, words: impl IntoView, of: String) -> impl IntoView {
    let (class, sign) = match people {
        0 => ("key only", Icon::Keyhole),
        1 => ("key", Icon::KeyOne),
        2 => ("key", Icon::KeyTwo),
        _ => ("key", Icon::KeyThree),
    };
    view! { <a class=class href="/sharing">{icon(sign)}{words}<span class="hide">{of}</span></a> }
}

/// "Older reports", with the sign that points on.
pub fn more(href: String, words: impl IntoView) -> impl IntoView {
    view! { <a class="more" href=href>{words}{turning(Icon::Next)}</a> }
}

/// The way back to the list.
pub fn back(href: String, words: impl IntoView) -> impl IntoView {
    view! { <a class="back" href=href>{turning(Icon::Back)}{words}</a> }
}

/// The head of a page.
pub fn title(heading: impl IntoView, says: Option<String>) -> impl IntoView {
    view! { <div class="title"><h1>{heading}</h1>{says.map(|says| view! { <p class="says">{says}</p> })}</div> }
}
