//! What is new to a reader: a heading a category, a row a kind.

use chartkey_domain::{category::Category, id::PatientId};
use chartkey_portal::news::{Fresh, Kind, News};
use leptos::prelude::*;

use super::{
    entry::row_of,
    row::{Row, rows},
    sheet::more,
};
use crate::{catalogue::Say, request::of_record};

/// What came in, by category; then how much of it is old. Empty where nothing did.
pub fn news(say: Say, patient: PatientId, news: News) -> impl IntoView {
    let older = (!news.older.is_empty()).then(|| older(say, patient, &news.older));
    view! {
        {news.fresh.into_iter().map(|fresh| of_category(say, patient, fresh)).collect_view()}
        {older}
    }
}

/// The heading over what is new.
#[must_use]
pub fn heading(say: Say, news: &News) -> String {
    news.since.map_or_else(|| say.what_is_new().to_owned(), |since| say.new_since(&say.day_and_time(since)))
}

fn path(patient: PatientId, category: Category) -> String {
    of_record(patient, &format!("/{}", category.slug()))
}

fn of_category(say: Say, patient: PatientId, fresh: Fresh) -> impl IntoView {
    let more_kinds = (fresh.more_kinds > 0).then(|| {
        let words = format!("{} {}", say.category(fresh.category), say.more_kinds(fresh.more_kinds));
        view! { <p>{more(path(patient, fresh.category), words)}</p> }
    });
    view! {
        <h3>{say.category(fresh.category)} " " <span class="medical">{say.items_new(fresh.items)}</span></h3>
        {rows(fresh.kinds.into_iter().map(|kind| of_kind(say, patient, kind)).collect())}
        {more_kinds}
    }
}

/// The newest of a kind, and how many there are of it.
fn of_kind(say: Say, patient: PatientId, kind: Kind) -> Row {
    let row = row_of(say, patient, kind.newest);
    let several = (kind.count > 1).then(|| say.items_new(kind.count));
    let beside: Vec<_> = row.medical.into_iter().chain(several).collect();
    Row { medical: (!beside.is_empty()).then(|| beside.join(" · ")), ..row }
}

fn older(say: Say, patient: PatientId, older: &[(Category, i64)]) -> impl IntoView + use<> {
    let links = older
        .iter()
        .map(|(category, count)| view! { <li><a href=path(patient, *category)>{say.so_many_of(say.category(*category), *count)}</a></li> })
        .collect_view();
    view! {
        <h3>{say.older_things()}</h3>
        <p class="quiet">{say.older_things_say()}</p>
        <nav class="filter" aria-label=say.older_things()><ul>{links}</ul></nav>
    }
}
