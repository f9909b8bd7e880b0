//! `/record/{patient}/timeline`: everything, newest first, by month.

use chartkey_domain::{id::PatientId, when::Precision};
use chartkey_portal::{
    entry::Entry,
    timeline::{Choices, MANY},
};
use leptos::prelude::*;
use time::Month;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::row_of,
        form::{problem_summary, titled},
        list::{end, errors_link, with},
        row::{Row, rows},
        sheet::{more, title},
    },
    pages::{
        Paged, page,
        reader::{Reader, after},
    },
    request::{problem, redirect},
    shell::{Place, document},
};

mod filter;

use filter::Asked;

/// Everything by date, or a part of it.
pub fn timeline() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let asked = Asked::of_query();
        let path = reader.path("/timeline");
        // Days that are none are told where they were typed, as every refused form is.
        if asked.days_are_wrong() && problem().is_none() {
            redirect(&with(&asked.address(&path), &format!("problem={}", ApiError::FilterDays.code())));
        }
        let opened = reader.portal.timeline(&reader.visitor, reader.patient, asked.filter(), after()).await?;
        let (say, whose, timeline) = (reader.say, opened.whose, opened.view);
        let (name, says) = if whose.is_own() { (say.everything(), Some(say.everything_says().to_owned())) } else { (say.by_date(), None) };
        let here = asked.address(&path);
        let is_empty = timeline.entries.is_empty();
        let nothing = is_empty && whose.is_own() && asked.filter().is_any();
        let months =
            by_month(timeline.entries).into_iter().map(|(month, entries)| of_month(say, reader.patient, month, entries)).collect_view();
        let body = view! {
            {problem_summary(say, problem())}
            {title(name, says)}
            {asked.form(say, &path, &whose, &timeline.choices)}
            {asked.said(say, &path, &timeline.choices)}
            {years(say, &path, &asked, &timeline.choices)}
            {nothing.then(|| view! { <p>{say.nothing_fits()}</p> })}
            {months}
            {end(say, &whose, is_empty && !nothing)}
            {timeline.next.map(|cursor| more(with(&here, &format!("after={cursor}")), say.older()))}
            {whose.is_own().then(|| errors_link(say, &asked.without_errors().address(&path), asked.filter().with_errors))}
        };
        Paged::Ok(document(reader.page(titled(say, name, problem()), Place::Timeline, &whose), body).into_any())
    })
}

/// What entries of one month have in common: the year, and the month where the source said it.
type InMonth = Option<(i32, Option<Month>)>;

/// The entries by month, each month once: next to the end of one, the clocks of two sources may disagree.
fn by_month(entries: Vec<Entry>) -> Vec<(InMonth, Vec<Entry>)> {
    let mut months: Vec<(InMonth, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let month = entry.when.map(|(first, precision)| (first.year(), (precision != Precision::Year).then(|| first.month())));
        match months.iter_mut().find(|(of, _)| *of == month) {
            Some((_, entries)) => entries.push(entry),
            None => months.push((month, vec![entry])),
        }
    }
    months
}

fn of_month(say: Say, patient: PatientId, month: InMonth, entries: Vec<Entry>) -> impl IntoView {
    let id = match month {
        None => "undated".to_owned(),
        Some((year, None)) => format!("m{year}"),
        Some((year, Some(month))) => format!("m{year}-{}", u8::from(month)),
    };
    // A year alone is no month of it.
    let heading = entries
        .first()
        .and_then(|entry| entry.when)
        .map_or_else(|| say.no_date().to_owned(), |(first, precision)| say.when(first, precision.min(Precision::Month)));
    let labelled_by = id.clone();
    let list = entries.into_iter().map(|entry| {
        let kind = say.category(entry.category).to_owned();
        let row = row_of(say, patient, entry);
        let medical = row.medical.map_or_else(|| kind.clone(), |medical| format!("{kind} · {medical}"));
        Row { medical: Some(medical), ..row }
    });
    view! { <section class="sheet" aria-labelledby=labelled_by><h2 id=id>{heading}</h2>{rows(list.collect())}</section> }
}

/// The years that there are, each the way to its end. How many there are is only said of
/// everything: of a part of it they would be others.
fn years(say: Say, path: &str, asked: &Asked, choices: &Choices) -> Option<impl IntoView + use<>> {
    let counts = !asked.filter().is_any();
    let links = choices
        .years
        .iter()
        .map(|(year, count)| {
            let many = if *count > MANY { say.more_than(MANY) } else { count.to_string() };
            let words = if counts { format!("{year} · {many}") } else { year.to_string() };
            view! { <li><a href=asked.up_to_year(*year).address(path)>{words}</a></li> }
        })
        .collect_view();
    (choices.years.len() > 1).then(|| {
        view! {
            <details class="jump">
                <summary>{say.jump_to_year()}</summary>
                <nav class="filter" aria-label=say.jump_to_year()><ul>{links}</ul></nav>
            </details>
        }
    })
}
