//! What is not there, and what is not for this reader: the same page.

use axum::http::StatusCode;
use leptos::prelude::*;

use crate::{
    components::sheet::title,
    pages::{Paged, page},
    request::{caller, status},
    shell::{Page, Place, document},
};

/// Every address that is none of ours.
pub fn not_found() -> impl IntoView {
    page(async { Paged::Ok(missing().into_any()) })
}

/// The 404 of every page, with a link to where this reader can go on.
pub fn missing() -> impl IntoView {
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
