//! What a thing is for, in one plain sentence, with where the sentence comes from.

use chartkey_domain::{
    category::Category,
    names::{self, OURS},
};
use chartkey_portal::entry::Entry;
use leptos::prelude::*;

use super::sheet::sheet;
use crate::catalogue::Say;

/// The sentence for an entry whose code has one.
pub fn meaning(say: Say, entry: &Entry) -> Option<AnyView> {
    let plain = names::plain(&entry.codes)?;
    // A problem is not for anything.
    let heading = match entry.category {
        Category::Problems | Category::Allergies => say.what_this_is(),
        _ => say.what_this_is_for(),
    };
    // What it is taken from has its name in English.
    let source = if plain.source == OURS {
        say.words_of_ours().into_any()
    } else {
        view! { {format!("{}: ", say.words_from())} <cite lang="en">{plain.source}</cite> }.into_any()
    };
    let review = plain.reviewed_by.map_or_else(|| say.not_yet_reviewed().to_owned(), |name| say.reviewed_by(name));
    let body = view! {
        <p class="says">{say.plain_words(plain).is_for}</p>
        <p class="quiet small">{source} " · " <time datetime=plain.date>{say.fhir_date(plain.date)}</time> " · " {review}</p>
    };
    Some(sheet("meaning", heading, body).into_any())
}
