//! `/record/{patient}/medicines` and `/record/{patient}/problems`: what goes on,
//! then what is over; each once, with its other records behind it.

use chartkey_domain::{category::Category, id::PatientId};
use chartkey_portal::courses::Course;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        entry::row_of,
        list::{end, errors_link, key, not_shared},
        row::{Row, rows},
        sheet::title,
    },
    pages::{
        Paged,
        added::entrance,
        page,
        reader::{Reader, with_errors},
    },
    shell::{Place, document},
};

/// Medicines.
pub fn medicines() -> impl IntoView {
    page(async { courses(&Reader::of_record()?, Category::Medicines).await })
}

/// Problems.
pub fn problems() -> impl IntoView {
    page(async { courses(&Reader::of_record()?, Category::Problems).await })
}

async fn courses(reader: &Reader, category: Category) -> Paged {
    let opened = reader.portal.courses(&reader.visitor, reader.patient, category, with_errors()).await?;
    let (say, whose, courses) = (reader.say, opened.whose, opened.view);
    let name = say.category(category);
    let (now, past) = match category {
        Category::Medicines => (say.in_use(), say.past_medicines()),
        _ => (say.active(), say.past_problems()),
    };
    let body = if whose.may_show(category) {
        let is_empty = courses.courses.is_empty();
        let (active, over): (Vec<Course>, Vec<Course>) = courses.courses.into_iter().partition(|course| course.is_active);
        let aside = courses.aside;
        let (is_own, has_more) = (whose.is_own(), courses.has_more);
        let section = |id: &'static str, heading: &'static str, courses: Vec<Course>| {
            let list = rows(courses.into_iter().map(|course| row(say, reader.patient, course, is_own)).collect());
            view! { <section class="sheet" aria-labelledby=id><h2 id=id>{heading}</h2>{key(say, aside.as_ref(), category)}{list}</section> }
        };
        view! {
            {title(name, None)}
            {(category == Category::Medicines).then(|| entrance(say, &whose, Some(category)))}
            {(!active.is_empty()).then(|| section("now", now, active))}
            {(!over.is_empty()).then(|| section("past", past, over))}
            {has_more.then(|| view! { <p>{say.more_under()} " " <a href=reader.path("/timeline")>{say.everything_by_date()}</a></p> })}
            {end(say, &whose, is_empty)}
            {is_own.then(|| errors_link(say, &reader.category(category), courses.with_errors))}
        }
        .into_any()
    } else {
        view! { {title(name, None)}{not_shared(say)} }.into_any()
    };
    Ok(document(reader.page(name, Place::Category(category), &whose), body).into_any())
}

/// A course as a row: since when, how often. To anybody but the patient the row says
/// neither, because what is kept from them would make both wrong.
fn row(say: Say, patient: PatientId, course: Course, is_own: bool) -> Row {
    let Course { entry, times, since, is_active } = course;
    if !is_own {
        return row_of(say, patient, entry);
    }
    let newest = entry.when;
    let words = newest.map(|(newest, precision)| match since {
        Some(since) if is_active || since.date() == newest.date() => say.since(&say.when(since, precision)),
        _ => say.last_on(&say.when(newest, precision)),
    });
    let row = row_of(say, patient, entry);
    Row {
        medical: if times > 1 { Some(say.renewed_times(times)) } else { row.medical },
        when: Some(words.unwrap_or_else(|| say.no_date().to_owned()).into_any()),
        ..row
    }
}
