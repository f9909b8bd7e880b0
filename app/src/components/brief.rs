//! Entries in short, on what is printed or carried away: nothing of it leads anywhere.

use chartkey_domain::{category::Category, correction::LONGEST};
use chartkey_portal::{
    allergies::Allergies,
    entry::{Entry, Value},
    paper::LISTED,
};
use leptos::prelude::*;

use super::{
    disputed::{Spoken, for_others, spoken},
    entry::{Called, called, date_of, for_others::delivered},
    flag::range_word,
    line::range_words,
    result::unit,
};
use crate::catalogue::Say;

/// An entry as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// What the source calls it, its value, an unusual status; perhaps nothing.
    pub beside: String,
    /// When, by whom, where, from whom.
    pub about: String,
    /// What the patient says is wrong with it.
    pub said: Vec<Spoken>,
}

/// A heading and its entries, as many as are printed, and that there are more where there are; `none` where there are none.
pub fn part(say: Say, heading: &'static str, entries: &[Entry], none: &'static str) -> impl IntoView + use<> {
    listed(say, heading, entries.iter().map(|entry| line(say, entry)).collect(), none)
}

/// The same of allergies.
pub fn part_of_allergies(say: Say, told: &Allergies, none: &'static str) -> impl IntoView + use<> {
    listed(say, say.category(Category::Allergies), lines_of_allergies(say, told), none)
}

fn listed(say: Say, heading: &'static str, mut lines: Vec<Line>, none: &'static str) -> impl IntoView + use<> {
    let more = (lines.len() > LISTED).then(|| view! { <p class="quiet">{say.paper_goes_on(LISTED)}</p> });
    lines.truncate(LISTED);
    let inside = if lines.is_empty() { view! { <p class="quiet">{none}</p> }.into_any() } else { lines_of(say, lines).into_any() };
    view! { <section><h2>{heading}</h2>{more}{inside}</section> }
}

/// Allergies in short, with what the sources say of reactions.
#[must_use]
pub fn lines_of_allergies(say: Say, told: &Allergies) -> Vec<Line> {
    let with_reactions = |entry: &Entry| {
        let mut line = line(say, entry);
        let beside = std::mem::take(&mut line.beside);
        line.beside = joined(reactions(say, told, entry).into_iter().chain(Some(beside).filter(|beside| !beside.is_empty())));
        line
    };
    told.entries.iter().map(with_reactions).collect()
}

/// A list of them.
pub fn lines_of(say: Say, lines: Vec<Line>) -> impl IntoView {
    let line = |Line { name, beside, about, said }| {
        let said = said.into_iter().map(|said| view! { <p>{spoken(say, said)}</p> }).collect_view();
        view! { <li><p><b><bdi>{name}</bdi></b> " " {beside}</p><p class="quiet">{about}</p>{said}</li> }
    };
    view! { <ul class="brief">{lines.into_iter().map(line).collect_view()}</ul> }
}

/// An entry in short.
#[must_use]
pub fn line(say: Say, entry: &Entry) -> Line {
    let Called { name, beside, .. } = called(say, entry);
    let beside = [beside, value(say, entry), status(say, entry).map(str::to_owned)];
    let about = [Some(when(say, entry)), entry.author.clone(), entry.place.clone(), Some(delivered(say, entry))];
    let said = entry.disputed.as_ref().map(|said| for_others(say, said, LONGEST)).unwrap_or_default();
    Line { name, beside: joined(beside.into_iter().flatten()), about: joined(about.into_iter().flatten()), said }
}

/// A status that matters on paper, where no list tells what is over from what is not: an allergy that
/// was ruled out is none.
fn status(say: Say, entry: &Entry) -> Option<&'static str> {
    let status = entry.status.as_deref()?;
    match entry.category {
        Category::Allergies if status != "active" => say.status(status),
        _ => say.unusual_status(status),
    }
}

/// What is said of the reactions to one of these allergies: how bad the next may be, and which there were. Nothing where
/// all of them say that there is none.
#[must_use]
pub fn reactions(say: Say, told: &Allergies, entry: &Entry) -> Option<String> {
    let of_this = told.reactions.get(&entry.id);
    let named = of_this.filter(|told| !told.named.is_empty()).map(|told| say.reaction(&told.named.join(", ")));
    let high = of_this.filter(|told| told.is_high).map(|_| say.high_criticality().to_owned());
    (!told.none_known).then(|| joined(high.into_iter().chain([named.unwrap_or_else(|| say.reaction_not_recorded().to_owned())])))
}

/// Parts of a line. One with letters from right to left is set apart, so that no number of what stands
/// beside it seems to be a part of it.
#[must_use]
pub fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().map(apart).collect::<Vec<_>>().join(" · ")
}

/// A text with the signs of Unicode around it that set it apart (FSI, PDI), where it needs them.
fn apart(text: String) -> String {
    let turns = |letter: char| {
        matches!(letter, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
            || matches!(letter, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    if text.contains(turns) && !text.starts_with('\u{2068}') { format!("\u{2068}{text}\u{2069}") } else { text }
}

/// When, or that it is not recorded.
#[must_use]
pub fn when(say: Say, entry: &Entry) -> String {
    date_of(say, entry).unwrap_or_else(|| say.no_date().to_owned())
}

/// The value in words: number and unit, where it lies, the laboratory's range.
fn value(say: Say, entry: &Entry) -> Option<String> {
    if entry.waits {
        return Some(say.result_waits().to_owned());
    }
    let figure = figure(&entry.value)?;
    if entry.category != Category::Results || entry.value.number.is_none() {
        return Some(figure);
    }
    let lies = lies(say, &entry.value);
    Some(if lies.is_empty() { figure } else { format!("{figure} ({lies})") })
}

/// Number and unit, as the source wrote them.
#[must_use]
pub fn figure(value: &Value) -> Option<String> {
    let text = value.text.as_deref()?;
    Some(value.unit.as_deref().and_then(unit).map_or_else(|| text.to_owned(), |unit| format!("{text} {unit}")))
}

/// Where it lies, and the laboratory's range.
#[must_use]
pub fn lies(say: Say, value: &Value) -> String {
    let range = (value.low.is_some() || value.high.is_some() || value.range.is_some()).then(|| range_words(say, value));
    let said: Vec<_> = [range_word(say, value).map(str::to_owned), range].into_iter().flatten().collect();
    said.join(", ")
}
