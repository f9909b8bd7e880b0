//! Entries in short, on what is printed or carried away: nothing of it leads anywhere.

use chartkey_domain::category::Category;
use chartkey_portal::entry::Entry;
use leptos::prelude::*;

use super::{
    entry::{Called, called},
    flag::range_word,
    line::range_words,
    result::unit,
    source::from_source,
};
use crate::catalogue::Say;

/// A heading and its entries; `none` where there are none.
pub fn part(say: Say, heading: &'static str, entries: &[Entry], none: &'static str) -> impl IntoView + use<> {
    let lines = entries.iter().map(|entry| line(say, entry)).collect_view();
    let inside = if entries.is_empty() {
        view! { <p class="quiet">{none}</p> }.into_any()
    } else {
        view! { <ul class="brief">{lines}</ul> }.into_any()
    };
    view! { <section><h2>{heading}</h2>{inside}</section> }
}

fn line(say: Say, entry: &Entry) -> impl IntoView + use<> {
    let Called { name, beside, .. } = called(say, entry);
    let status = entry.status.as_deref().and_then(|status| say.unusual_status(status)).map(str::to_owned);
    let beside: Vec<_> = [beside, value(say, entry), status].into_iter().flatten().collect();
    let when = entry.when.map_or_else(|| say.no_date().to_owned(), |(first, precision)| say.when(first, precision));
    let meta: Vec<_> =
        [Some(when), entry.author.clone(), entry.place.clone(), Some(from_source(say, &entry.source))].into_iter().flatten().collect();
    view! { <li><p><b>{name}</b> " " {beside.join(" · ")}</p><p class="quiet">{meta.join(" · ")}</p></li> }
}

/// The value in words: number and unit, where it lies, the laboratory's range.
fn value(say: Say, entry: &Entry) -> Option<String> {
    let value = &entry.value;
    let text = value.text.as_deref()?;
    let figure = value.unit.as_deref().and_then(unit).map_or_else(|| text.to_owned(), |unit| format!("{text} {unit}"));
    if entry.category != Category::Results || value.number.is_none() {
        return Some(figure);
    }
    let range = (value.low.is_some() || value.high.is_some() || value.range.is_some()).then(|| range_words(say, value));
    let said: Vec<_> = [range_word(say, value).map(str::to_owned), range].into_iter().flatten().collect();
    Some(if said.is_empty() { figure } else { format!("{figure} ({})", said.join(", ")) })
}
