//! What is not there, and what is not for this reader: the same page.

use axum::http::StatusCode;
use chartkey_domain::id::GrantId;
use leptos::prelude::*;

use crate::{
    components::sheet::title,
    pages::{Paged, ask, page},
    request::{caller, patient, portal, status},
    shell::{Page, Place, document},
};

/// Every address that is none of ours.
pub fn not_found() -> impl IntoView {
    page(async { Paged::Ok(missing().into_any()) })
}

/// The 404 of every page, with a link to where this reader can go on.
fn missing() -> impl IntoView {
    status(StatusCode::NOT_FOUND);
    let caller = caller();
    let say = caller.say();
    let (href, words) = if caller.is_clinician() { ("/shared", say.your_patients()) } else { ("/", say.go_home()) };
    document(
        Page::new(say.page_not_found(), Place::Nowhere),
        view! {
            {title(say.page_not_found(), Some(say.page_not_found_says().to_owned()))}
            <p class="actions"><a class="button" href=href>{words}</a></p>
        },
    )
}

/// What is not there, or not for this reader: the 404 of every page. Whoever had a share of the record in the address, which has
/// ended lately, is told that it has; that says what their list of patients says, and the same of every page of the record.
pub async fn absent() -> AnyView {
    match ended().await {
        Some(grant) => over(grant).into_any(),
        None => missing().into_any(),
    }
}

async fn ended() -> Option<GrantId> {
    let caller = caller();
    let is_clinician = caller.is_clinician();
    let (visitor, patient) = (caller.visitor.filter(|_| is_clinician)?, patient().ok()?);
    match portal().ok()?.ended_share(&visitor, patient).await {
        Ok(ended) => ended,
        Err(error) => {
            tracing::error!(%error, "whether a share has ended is not known");
            None
        }
    }
}

fn over(grant: GrantId) -> impl IntoView {
    status(StatusCode::NOT_FOUND);
    let say = caller().say();
    document(
        Page::new(say.share_is_over(), Place::Nowhere),
        view! {
            {title(say.share_is_over(), Some(say.share_is_over_says().to_owned()))}
            <p class="actions"><a class="button" href=ask::again(grant)>{say.ask_once_more()}</a><a href="/shared">{say.your_patients()}</a></p>
        },
    )
}

/// Something on the server does not work.
pub fn failed() -> impl IntoView {
    let say = caller().say();
    document(
        Page::new(say.page_failed(), Place::None),
        view! {
            {title(say.page_failed(), Some(say.page_failed_says().to_owned()))}
            <p class="actions"><a class="button" href="">{say.try_again()}</a></p>
        },
    )
}
