//! `/record/{patient}/results`: results by report.

use chartkey_domain::{category::Category, id::PatientId};
use chartkey_portal::{entry::Entry, keys::Aside, results::Report};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        disputed::disputed,
        entry::{Called, address, delivered, report_called, row_of},
        icon::{Icon, icon},
        list::{end, errors_link, key, listed, not_shared, pager},
        result::{Tells, result},
        row::row,
        sheet::{more, title},
        source::from_source,
        when::when,
    },
    pages::{
        Paged,
        added::entrance,
        page,
        reader::{Reader, after, with_errors},
    },
    shell::{Place, document},
};

/// Results by report, newest first.
pub fn results() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.results(&reader.visitor, reader.patient, after(), with_errors()).await?;
        let (say, whose, results) = (reader.say, opened.whose, opened.view);
        let name = say.category(Category::Results);
        let path = reader.category(Category::Results);
        let inside = if whose.may_show(Category::Results) {
            let is_empty = results.reports.is_empty();
            let sheets = results
                .reports
                .into_iter()
                .enumerate()
                .map(|(index, report)| sheet_of(say, reader.patient, index, report, results.aside.as_ref()))
                .collect_view();
            view! { {sheets}{end(say, &whose, is_empty)} }.into_any()
        } else {
            not_shared(say)
        };
        let body = view! {
            {title(name, None)}
            {entrance(say, &whose, Some(Category::Results))}
            {whose.is_own().then(|| view! { <p>{more("/waiting".to_owned(), say.waiting_title())}</p> })}
            <details><summary>{say.how_to_read_lines()}</summary><p>{say.lines_explained()}</p></details>
            {inside}
            {pager(say, &listed(&path, results.with_errors), results.next, results.aside.as_ref(), Category::Results)}
            {whose.is_own().then(|| errors_link(say, &path, results.with_errors))}
        };
        Paged::Ok(document(reader.page(name, Place::Category(Category::Results), &whose), body).into_any())
    })
}

/// One report with its results.
fn sheet_of(say: Say, patient: PatientId, index: usize, report: Report, aside: Option<&Aside>) -> impl IntoView + use<> {
    let id = format!("r{index}");
    let labelled_by = id.clone();
    let first = report.results.first();
    let date = first.and_then(|entry| entry.when).map(|(first, precision)| (say.when(first, precision), when(say, first, precision)));
    // What all of them share stands in the heading, what only some of them do beside each.
    let sources = |entry: &Entry| entry.twins.iter().map(|twin| twin.source.clone()).collect::<Vec<_>>();
    let is_alike = first.is_some_and(|first| report.results.iter().all(|entry| sources(entry) == sources(first)));
    let source = first.map(|entry| if is_alike { delivered(say, entry) } else { from_source(say, &entry.source) });
    let made =
        report.head.as_ref().map(|head| [head.author.clone(), head.place.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · "));
    let made = made.filter(|made| !made.is_empty()).or_else(|| first.and_then(|entry| entry.author.clone()));
    let said = report.head.as_ref().and_then(|head| head.disputed.as_ref()).map(|said| disputed(say, patient, said));
    let called = report.head.as_ref().map(|head| (head, report_called(say, head)));
    let heading = match (&called, &date) {
        (Some((head, Called { name, .. })), _) => {
            let href = address(patient, head.category, head.id);
            // Two reports of one name are told apart by their date, also where headings are read one by one.
            let of = date.as_ref().map(|(date, _)| view! { <span class="hide">", " {date.clone()}</span> });
            view! { <a href=href>{name.clone()}{of}</a> }.into_any()
        }
        (None, Some((date, _))) => say.tests_of(date).into_any(),
        (None, None) => say.tests_without_date().into_any(),
    };
    let rows = report
        .results
        .into_iter()
        .map(|entry| {
            // A report that came without single results is a row like any other.
            if entry.value.text.is_none() && entry.value.number.is_none() {
                row(row_of(say, patient, entry)).into_any()
            } else {
                result(say, patient, entry, if is_alike { Tells::Nothing } else { Tells::Several }).into_any()
            }
        })
        .collect_view();
    view! {
        <section class="sheet" aria-labelledby=labelled_by>
            <h2 id=id>{heading}</h2>
            {key(say, aside, Category::Results)}
            <div class="report">
                {called.and_then(|(_, called)| called.beside).map(|beside| view! { <p class="medical">{beside}</p> })}
                <p class="quiet small">
                    {date.map(|(_, date)| date)}
                    {made.map(|made| format!(" · {made}"))}
                    <br/>
                    <span class="from">{icon(Icon::Source)} " " {source}</span>
                </p>
                {said}
            </div>
            <ul class="rows">{rows}</ul>
        </section>
    }
}
