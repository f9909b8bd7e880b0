//! Entries of the access log, by day, as the patient and whoever helps read them.

use chartkey_domain::{category::Category, when::Precision};
use chartkey_portal::audit::Who;
use leptos::prelude::*;
use time::{Date, OffsetDateTime};

use super::when::machine;
use crate::catalogue::Say;

/// The same entries, newest first, by the day they are of.
pub fn by_day<T>(entries: Vec<T>, at: impl Fn(&T) -> OffsetDateTime) -> Vec<(Date, Vec<T>)> {
    let mut days: Vec<(Date, Vec<T>)> = Vec::new();
    for entry in entries {
        let date = at(&entry).date();
        match days.last_mut() {
            Some((last, entries)) if *last == date => entries.push(entry),
            _ => days.push((date, vec![entry])),
        }
    }
    days
}

/// A day with its entries.
pub fn day(say: Say, date: Date, lines: impl IntoView) -> impl IntoView {
    let id = format!("day-{date}");
    let label = id.clone();
    view! {
        <section class="sheet" aria-labelledby=label>
            <h2 id=id>{say.weekday(date.weekday())} " " {say.date(date)}</h2>
            <ul>{lines}</ul>
        </section>
    }
}

/// Who did something, and when.
#[derive(Debug)]
pub struct By<'a> {
    /// When.
    pub at: OffsetDateTime,
    /// Whose profession and organization.
    pub who: &'a Who,
    /// "You", or their name.
    pub name: String,
    /// What they did, as the end of a sentence that begins with the name.
    pub words: String,
    /// Whether it may not fit.
    pub is_odd: bool,
}

/// One entry, with why it was allowed and what is said of it.
pub fn line(say: Say, by: By<'_>, why: impl IntoView, verdict: impl IntoView) -> impl IntoView {
    let class = if by.is_odd { "entry odd" } else { "entry" };
    let profession = by.who.profession.as_deref().map(|profession| say.profession_named(profession));
    let place: Vec<_> = [profession, by.who.organization.clone()].into_iter().flatten().collect();
    view! {
        <li class=class>
            <p class="at"><time datetime=machine(by.at, Precision::Instant)>{say.clock(by.at)}</time></p>
            <div>
                <h3>{by.name} " " {by.words}</h3>
                {(!place.is_empty()).then(|| view! { <p class="small quiet">{place.join(" · ")}</p> })}
                {why}
            </div>
            <div class="verdict">{verdict}</div>
        </li>
    }
}

impl Say {
    /// "results and visits", from the slugs of an event.
    pub(crate) fn categories_together(self, slugs: &[String]) -> String {
        let words: Vec<_> =
            slugs.iter().filter_map(|slug| Category::from_slug(slug)).map(|category| self.category(category).to_lowercase()).collect();
        self.together(&words)
    }
}
