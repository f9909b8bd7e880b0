//! `/shared/print`: one printed page for each patient who shares for treatment.

use chartkey_domain::category::Category;
use chartkey_portal::{
    Opened, Viewer,
    entry::Entry,
    shared::{MOST, PrintedSummary},
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        brief::{part, part_of_allergies},
        sentence::sentence,
        sheet::{back, title},
    },
    pages::{Paged, page},
    request::{caller, portal, visitor},
    shell::{Page, Place, asks_first, document},
};

/// The summaries of those whom the reader has declared to treat.
pub fn print_shared() -> impl IntoView {
    page(async {
        let say = caller().say();
        let visitor = visitor()?;
        let printed = portal()?.printed_summaries(&visitor).await?;
        let page = Page::new(say.print_title(), Place::Patients)
            .of_records(printed.patients.iter().map(|opened| &opened.whose), visitor.session_ends_at);
        let as_of = say.day_and_time(printed.now);
        let until = page.closes_at().map(|end| view! { <p>{say.print_until(&say.day_and_time(end))}</p> });
        let more = printed.has_more.then(|| view! { <p>{say.print_limit(MOST)}</p> });
        let nobody = printed.patients.is_empty().then(|| view! { <p>{say.print_nobody()}</p> });
        let body = view! {
            <div class="unprinted">
                {back("/shared".to_owned(), say.your_patients())}
                {title(say.print_title(), Some(say.print_says().to_owned()))}
                {until}
                {more}
                {nobody}
            </div>
            {printed.patients.iter().map(|opened| summary(say, opened, &as_of)).collect_view()}
        };
        Paged::Ok(document(page, body).into_any())
    })
}

/// One patient, with the parts that their shares name: of what is not shared there is
/// neither heading nor gap.
fn summary(say: Say, opened: &Opened<PrintedSummary>, as_of: &str) -> impl IntoView + use<> {
    let Opened { whose, view: PrintedSummary { allergies, medicines, problems } } = opened;
    let sentences = match &whose.viewer {
        Viewer::Own => Vec::new(),
        Viewer::Shared { grants, .. } => grants.iter().map(|grant| sentence(say, &grant.sentence)).collect(),
    };
    let section = |category: Category, heading: &'static str, entries: &[Entry]| {
        whose.may_show(category).then(|| part(say, heading, entries, say.not_everything()))
    };
    let born = whose.birth_date.as_ref().map(|date| view! { <p>{say.born(&say.fhir_date(date))}</p> });
    view! {
        <article class="sheet patient-page">
            <header><h2>{whose.name.clone()}</h2>{born}</header>
            <div>
                <p>{say.as_of(as_of)} " " {say.not_everything()}</p>
                {whose.asks_first.then(|| view! { <p>{asks_first(say)}</p> })}
                <div class="grant compact">{sentences}</div>
                {whose.may_show(Category::Allergies).then(|| part_of_allergies(say, allergies, say.not_everything()))}
                {section(Category::Medicines, say.medicines_in_use(), medicines)}
                {section(Category::Problems, say.active_problems(), problems)}
            </div>
        </article>
    }
}
