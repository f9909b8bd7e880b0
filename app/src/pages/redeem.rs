//! `/redeem`: a clinician types the code that a patient gave them.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    components::{
        form::{field, problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, problem, query, visitor},
    shell::{Page, Place, document},
};

/// The form, and what comes next after a code was taken.
pub fn redeem() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        visitor()?;
        if !caller.is_clinician() {
            return Err(ApiError::NotFound);
        }
        let done = (query("done").as_deref() == Some("redeemed"))
            .then(|| what_was_done(say.redeemed_title(), view! { <p>{say.redeemed_says()}</p> }));
        let body = view! {
            {back("/shared".to_owned(), say.back())}
            {problem_summary(say, problem())}
            {done}
            {title(say.use_a_code(), Some(say.redeem_says().to_owned()))}
            {sheet("code-form", say.use_a_code(), view! {
                <form method="post" action="/api/redeem-code">
                    {field("code", say.code_word(), "text", "off", Some(say.code_hint()))}
                    <p class="actions"><button class="button" type="submit">{say.use_a_code()}</button></p>
                </form>
            })}
        };
        Paged::Ok(document(Page::new(titled(say, say.use_a_code(), problem()), Place::Redeem), body).into_any())
    })
}
