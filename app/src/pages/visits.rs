//! `/record/{patient}/visits`: visits by year, and one visit with everything that
//! belongs to it.

use chartkey_domain::{
    category::Category,
    id::{ItemId, PatientId},
    when::Precision,
};
use chartkey_portal::{entry::Entry, items::Fact, keys::Aside};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        disputed::statement,
        entry::{Called, called, delivered, named, row_of},
        facts::facts,
        icon::{Icon, icon},
        list::{end, errors_link, key, listed, not_shared, pager},
        notice::{Role, notice},
        result::{Tells, results},
        row::rows,
        sheet::{back, sheet, title},
    },
    pages::{
        Paged,
        item::in_words,
        page,
        reader::{Reader, after, with_errors},
    },
    request::{item, query},
    shell::{Place, document},
};

/// Visits by year, newest first.
pub fn visits() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let year = query("year").and_then(|year| year.parse::<i32>().ok()).filter(|year| (1..9999).contains(year));
        let opened = reader.portal.visits(&reader.visitor, reader.patient, year, after(), with_errors()).await?;
        let (say, whose, visits) = (reader.say, opened.whose, opened.view);
        let name = say.category(Category::Visits);
        let path = reader.category(Category::Visits);
        let here = year.map_or_else(|| path.clone(), |year| format!("{path}?year={year}"));
        let years = (visits.years.len() > 1).then(|| {
            let link = |href: String, current: bool, words: String| view! { <li><a href=href aria-current=current.then_some("page")>{words}</a></li> };
            let each = visits.years.iter().map(|of| link(format!("{path}?year={of}"), year == Some(*of), say.visits_in(*of))).collect_view();
            view! { <nav class="filter" aria-label=say.visits_by_year()><ul>{link(path.clone(), year.is_none(), say.all_years().to_owned())}{each}</ul></nav> }
        });
        let inside = if whose.may_show(Category::Visits) {
            let is_empty = visits.entries.is_empty();
            let sheets = by_year(visits.entries)
                .into_iter()
                .map(|(year, entries)| year_sheet(say, reader.patient, year, entries, visits.aside.as_ref()))
                .collect_view();
            view! { {sheets}{end(say, &whose, is_empty)} }.into_any()
        } else {
            not_shared(say)
        };
        let body = view! {
            {title(name, None)}
            {years}
            {inside}
            {pager(say, &listed(&here, with_errors()), visits.next, visits.aside.as_ref(), Category::Visits)}
            {whose.is_own().then(|| errors_link(say, &here, with_errors()))}
        };
        Paged::Ok(document(reader.page(name, Place::Category(Category::Visits), &whose), body).into_any())
    })
}

fn by_year(entries: Vec<Entry>) -> Vec<(Option<i32>, Vec<Entry>)> {
    let mut years: Vec<(Option<i32>, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let year = entry.when.map(|(first, _)| first.year());
        match years.last_mut() {
            Some((last, entries)) if *last == year => entries.push(entry),
            _ => years.push((year, vec![entry])),
        }
    }
    years
}

fn year_sheet(say: Say, patient: PatientId, year: Option<i32>, entries: Vec<Entry>, aside: Option<&Aside>) -> impl IntoView + use<> {
    let id = format!("y{}", year.unwrap_or_default());
    let labelled_by = id.clone();
    let heading = year.map_or_else(|| say.no_date().to_owned(), |year| say.visits_in(year));
    view! {
        <section class="sheet" aria-labelledby=labelled_by>
            <h2 id=id>{heading}</h2>
            {key(say, aside, Category::Visits)}
            {rows(entries.into_iter().map(|entry| row_of(say, patient, entry)).collect())}
        </section>
    }
}

/// `/record/{patient}/visits/{item}`.
pub fn visit() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.visit(&reader.visitor, reader.patient, item()?).await?;
        let (say, whose, visit) = (reader.say, opened.whose, opened.view);
        let Called { name, .. } = called(say, &visit.visit);
        let sheets = Category::SHAREABLE
            .into_iter()
            .chain([Category::Own])
            .filter_map(|category| {
                let entries: Vec<Entry> = visit.parts.iter().filter(|entry| entry.category == category).cloned().collect();
                (!entries.is_empty()).then(|| part_sheet(say, reader.patient, category, entries, &visit.joined, visit.aside.as_ref()))
            })
            .collect_view();
        let wrong = (whose.is_own() && visit.visit.disputed.is_none()).then(|| {
            let href = format!("{}/{}/wrong", reader.category(Category::Visits), visit.visit.id);
            view! { " " <a href=href>{say.this_is_wrong()}</a> }
        });
        let body = view! {
            {back(reader.category(Category::Visits), say.category(Category::Visits))}
            {visit.visit.is_error.then(|| notice(Role::Caution, say.entered_in_error(), ()))}
            {day(say, &visit.visit)}
            {statement(say, reader.patient, &visit.visit)}
            {told(say, reader.patient, &visit.facts, visit.language.as_deref())}
            {sheets}
            {visit.has_more.then(|| view! { <p>{say.more_under()} " " <a href=reader.path("/timeline")>{say.everything_by_date()}</a></p> })}
            {end(say, &whose, false)}
            <p class="actions"><a href=format!("{}/{}/about", reader.category(Category::Visits), visit.visit.id)>{say.about_this()}</a>{wrong}</p>
        };
        Paged::Ok(document(reader.page(name, Place::Category(Category::Visits), &whose), body).into_any())
    })
}

/// The day of a visit, as a leaf of a calendar, with what is known of it beside.
pub fn day(say: Say, visit: &Entry) -> impl IntoView + use<> {
    let leaf = visit.when.map(|(first, precision)| {
        let month = if precision == Precision::Year { "" } else { say.short_month(first.month()) };
        let day = if matches!(precision, Precision::Day | Precision::Instant) { first.day().to_string() } else { "–".to_owned() };
        view! { <p class="leaf"><span>{month}</span>" "<b>{day}</b>" "<span>{first.year()}</span></p> }
    });
    let time = visit.when.filter(|(_, precision)| *precision == Precision::Instant).map(|(first, _)| {
        let from = say.clock(first);
        let weekday = say.weekday(first.weekday());
        match visit.last_at.filter(|last| *last > first && last.date() == first.date()) {
            Some(last) => format!("{weekday}, {}", say.to_time(&from, &say.clock(last))),
            None => format!("{weekday}, {from}"),
        }
    });
    let about = [time, visit.author.clone(), visit.place.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let status = visit.status.as_deref().and_then(|status| say.unusual_status(status));
    view! {
        <div class="day">
            {leaf}
            <div>
                <h1>{named(say, visit)}</h1>
                {called(say, visit).beside.map(|beside| view! { <p class="medical">{beside}</p> })}
                <p class="quiet">{about}{status.map(|status| format!(" · {status}"))}</p>
                <p class="quiet small from">{icon(Icon::Source)} " " {delivered(say, visit)}</p>
            </div>
        </div>
    }
}

/// Whom the patient saw, why, and what was found.
fn told(say: Say, patient: PatientId, told: &[Fact], lang: Option<&str>) -> Option<impl IntoView + use<>> {
    let lines = in_words(say, patient, told, lang);
    (!lines.is_empty()).then(|| sheet("told", say.people_and_reason(), facts(lines)))
}

/// What belongs to a visit, of one category; what its source does not link to it below the rest.
fn part_sheet(
    say: Say,
    patient: PatientId,
    category: Category,
    entries: Vec<Entry>,
    joined: &[ItemId],
    aside: Option<&Aside>,
) -> impl IntoView + use<> {
    let id = format!("part-{}", category.slug());
    let labelled_by = id.clone();
    let (unlinked, linked): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| joined.contains(&entry.id));
    let unlinked = (!unlinked.is_empty())
        .then(|| view! { <p class="quiet small">{say.not_linked_by_source()}</p>{listed_parts(say, patient, category, unlinked)} });
    view! {
        <section class="sheet" aria-labelledby=labelled_by>
            <h2 id=id>{say.category(category)}</h2>
            {key(say, aside, category)}
            {listed_parts(say, patient, category, linked)}
            {unlinked}
        </section>
    }
}

fn listed_parts(say: Say, patient: PatientId, category: Category, entries: Vec<Entry>) -> impl IntoView + use<> {
    let measured = matches!(category, Category::Results | Category::Vitals);
    let (numbers, others): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| measured && entry.value.text.is_some());
    view! {
        {(!others.is_empty()).then(|| rows(others.into_iter().map(|entry| row_of(say, patient, entry)).collect()))}
        {(!numbers.is_empty()).then(|| results(say, patient, numbers, Tells::Several))}
    }
}
