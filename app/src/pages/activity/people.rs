//! The log by person: who was there, how often, when last, and whether it fits.

use chartkey_portal::activity::{Filter, Person};
use leptos::prelude::*;

use super::address;
use crate::{
    catalogue::Say,
    components::{
        flag::flag,
        icon::Icon,
        row::{Row, rows},
        sheet::sheet,
    },
};

/// Everybody but the patient, with the way to what they did.
pub(super) fn by_person(say: Say, people: &[Person]) -> impl IntoView + use<> {
    let row = |person: &Person| {
        let who = &person.who;
        let unusual = i64::try_from(person.unusual).unwrap_or(i64::MAX);
        let fits = if unusual > 0 {
            flag("out", Icon::Warn, say.entries_unusual(unusual))
        } else {
            flag("in", Icon::Check, say.nothing_unusual().to_owned())
        };
        Row {
            href: who.account.map_or_else(|| address(Filter::Others, None), |account| address(Filter::Person(account), None)),
            name: who.name.clone(),
            medical: Some(say.entries_of(i64::try_from(person.entries).unwrap_or(i64::MAX))),
            flag: Some(fits.into_any()),
            when: Some(say.last_entry_on(&say.date(person.last.date())).into_any()),
            who: who.profession.as_deref().map(|profession| say.profession_named(profession)),
            place: who.organization.clone(),
            ..Row::default()
        }
    };
    let list =
        if people.is_empty() { view! { <p>{say.nobody_else()}</p> }.into_any() } else { rows(people.iter().map(row).collect()).into_any() };
    sheet("people", say.show_people(), list)
}
