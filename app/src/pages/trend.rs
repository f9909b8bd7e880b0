//! `/record/{patient}/trends/{series}`: one thing over time, and others under it.

use chartkey_portal::{
    entry::Entry,
    trends::{TOGETHER, Trend, Trends},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::{Called, called},
        list::{end, key},
        result::unit,
        sheet::{back, sheet},
        trend::{Span, table, trend as chart, trend_called},
    },
    pages::{Paged, page, reader::Reader},
    request::{parameter, query},
    shell::{Place, document},
};

/// A trend: the chart, and the same numbers in a table; `?with=` names those under it.
pub fn trend() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let series: uuid::Uuid = parameter("series")?;
        let opened = reader.portal.trend(&reader.visitor, reader.patient, &series.to_string(), &beside()).await?;
        let (say, whose, trends) = (reader.say, opened.whose, opened.view);
        let newest = &trends.asked.points.first().ok_or(ApiError::NotFound)?.entry;
        let category = newest.category;
        let Called { name, beside, .. } = trend_called(say, &trends.asked).ok_or(ApiError::NotFound)?;
        let span = Span::of(std::iter::once(&trends.asked).chain(&trends.beside));
        let times = if whose.is_own() { say.measured_times(trends.asked.points.len()) } else { say.not_everything().to_owned() };
        let is_alone = trends.beside.is_empty();
        let under = trends.beside.iter().map(|trend| one_under(&reader, &trends, trend, span)).collect_view();
        let tables = std::iter::once(&trends.asked).chain(&trends.beside).map(|trend| {
            let name = trend_called(say, trend).map(|called| called.name).unwrap_or_default();
            let words = if is_alone { say.same_in_table().to_owned() } else { say.of_in_table(&name) };
            view! { <details open=is_alone><summary>{words}</summary>{table(say, reader.patient, &name, trend)}</details> }
        });
        let body = view! {
            {back(reader.category(category), say.category(category))}
            <div class="title"><h1>{name.clone()}</h1>{beside.map(|beside| view! { <p class="medical">{beside}</p> })}</div>
            <section class="sheet" aria-labelledby="chart">
                <h2 id="chart">{say.over_time()}</h2>
                {key(say, trends.aside.as_ref(), category)}
                {(!is_alone).then(|| view! { <h3>{with_unit(say, &trends.asked)}</h3> })}
                {chart(say, &name, &trends.asked, span)}
                {under}
                <p class="says">{times} " " {turned(say, &trends)}</p>
                {tables.collect_view()}
                {end(say, &whose, false)}
            </section>
            {compare(&reader, &trends)}
        };
        Paged::Ok(document(reader.page(name, Place::Category(category), &whose).with_islands(), body).into_any())
    })
}

/// The series that `?with=` names; what is none is left out.
fn beside() -> Vec<String> {
    let named = query("with").unwrap_or_default();
    named.split(',').filter_map(|series| Some(series.parse::<uuid::Uuid>().ok()?.to_string())).take(TOGETHER - 1).collect()
}

/// The address of this page with these under it.
fn with(reader: &Reader, asked: &Trend, beside: &[&str]) -> String {
    let page = reader.path(&format!("/trends/{}", asked.series));
    if beside.is_empty() { page } else { format!("{page}?with={}", beside.join(",")) }
}

/// The name of a trend with its unit.
fn with_unit(say: Say, trend: &Trend) -> String {
    let name = trend_called(say, trend).map(|called| called.name).unwrap_or_default();
    match trend.unit().and_then(unit) {
        Some(unit) => format!("{name} ({unit})"),
        None => name,
    }
}

/// A trend that stands under the first, and how to take it away.
fn one_under(reader: &Reader, trends: &Trends, trend: &Trend, span: Option<Span>) -> impl IntoView + use<> {
    let say = reader.say;
    let name = trend_called(say, trend).map(|called| called.name).unwrap_or_default();
    let others: Vec<&str> = trends.beside.iter().map(|other| other.series.as_str()).filter(|series| *series != trend.series).collect();
    let (own, less) = (reader.path(&format!("/trends/{}", trend.series)), with(reader, &trends.asked, &others));
    view! {
        <h3><a href=own>{with_unit(say, trend)}</a></h3>
        {chart(say, &name, trend, span)}
        <p class="small"><a href=less>{say.take_away(&name)}</a></p>
    }
}

/// How many values are told in another unit than they were written in.
fn turned(say: Say, trends: &Trends) -> Option<String> {
    let count = trends.asked.points.iter().filter(|point| point.is_turned).count();
    (count > 0).then(|| say.turned_times(count, &trends.asked.unit().and_then(unit).unwrap_or_default()))
}

/// What was measured together with the newest, to stand under it.
fn compare(reader: &Reader, trends: &Trends) -> Option<AnyView> {
    if trends.others.is_empty() {
        return None;
    }
    let say = reader.say;
    if trends.beside.len() + 1 >= TOGETHER {
        return Some(sheet("compare", say.compare_with(), view! { <p class="says">{say.four_is_most()}</p> }).into_any());
    }
    let chosen: Vec<&str> = trends.beside.iter().map(|trend| trend.series.as_str()).collect();
    let link = |entry: &Entry| {
        let more: Vec<&str> = chosen.iter().copied().chain(entry.series.as_deref()).collect();
        let doubted = entry.disputed.as_ref().map(|_| format!(" ({})", say.said_to_be_wrong()));
        view! { <li><a href=with(reader, &trends.asked, &more)>{called(say, entry).name}</a>{doubted}</li> }
    };
    let links = trends.others.iter().map(link).collect_view();
    let inside = view! {
        <p class="says">{say.compare_says()}</p>
        <details><summary>{say.choose_what_to_add()}</summary><ul class="compared">{links}</ul></details>
    };
    Some(sheet("compare", say.compare_with(), inside).into_any())
}
