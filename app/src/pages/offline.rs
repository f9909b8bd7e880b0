//! `/offline`: what the worker of the shell shows where there is no network.

use leptos::prelude::*;

use crate::{
    components::sheet::title,
    pages::{Paged, page},
    request::caller,
    shell::{Page, Place, document},
};

/// The page. It names nobody, and its link asks for the same address again.
pub fn offline() -> impl IntoView {
    page(async {
        let say = caller().say();
        let body = view! {
            {title(say.offline(), Some(say.offline_says().to_owned()))}
            <p>{say.offline_pack()}</p>
            <p class="actions"><a class="button" href="">{say.try_again()}</a></p>
        };
        Paged::Ok(document(Page::new(say.offline(), Place::None), body).into_any())
    })
}
