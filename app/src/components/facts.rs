//! Facts about one thing: a word and its value.

use leptos::prelude::*;

/// A list of facts; each is a word and what it is.
pub fn facts(facts: Vec<(String, AnyView)>) -> impl IntoView {
    view! {
        <dl class="facts">
            {facts.into_iter().map(|(word, value)| view! { <div><dt>{word}</dt><dd>{value}</dd></div> }).collect_view()}
        </dl>
    }
}
