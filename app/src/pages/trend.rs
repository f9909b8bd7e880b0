//! `/record/{patient}/trends/{series}`: one thing over time.

use chartkey_domain::category::Category;
use leptos::prelude::*;

use crate::{
    api::ApiError,
    components::{
        entry::{Called, called},
        list::{end, key},
        sheet::back,
        trend::{table, trend as chart},
    },
    pages::{Paged, page, reader::Reader},
    request::parameter,
    shell::{Place, document},
};

/// A series: the chart, and the same numbers in a table.
pub fn trend() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let series: uuid::Uuid = parameter("series")?;
        let opened = reader.portal.trend(&reader.visitor, reader.patient, &series.to_string()).await?;
        let (say, whose, trend) = (reader.say, opened.whose, opened.view);
        let newest = trend.entries.first().ok_or(ApiError::NotFound)?;
        let category = newest.category;
        let Called { name, beside, .. } = called(say, newest);
        let times = if whose.is_own() { say.measured_times(trend.entries.len()) } else { say.not_everything().to_owned() };
        let list = if matches!(category, Category::Vitals) { Category::Vitals } else { category };
        let body = view! {
            {back(reader.category(list), say.category(list))}
            <div class="title"><h1>{name.clone()}</h1>{beside.map(|beside| view! { <p class="medical">{beside}</p> })}</div>
            <section class="sheet" aria-labelledby="chart">
                <h2 id="chart">{say.over_time()}</h2>
                {key(say, trend.aside.as_ref(), category)}
                {chart(say, &name, &trend.entries)}
                <p class="says">{times}</p>
                <details open><summary>{say.same_in_table()}</summary>{table(say, reader.patient, &name, &trend.entries)}</details>
                {end(say, &whose, false)}
            </section>
        };
        Paged::Ok(document(reader.page(name, Place::Category(list), &whose).with_islands(), body).into_any())
    })
}
