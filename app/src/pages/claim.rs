//! `/claim`: a record becomes its patient's, by code and birth date, or somebody becomes their carer.

use chartkey_domain::draft::Terms;
use chartkey_portal::sharing::Sentence;
use leptos::prelude::*;

use crate::{
    catalogue::{CATALOGUE_VERSION, Named, Say},
    components::{
        form::{day, field, problem_summary, titled},
        sheet::{sheet, title},
    },
    pages::{Paged, page},
    request::{caller, problem, typed, visitor},
    shell::{Page, Place, document},
};

/// The form.
pub fn claim() -> impl IntoView {
    page(async {
        visitor()?;
        let say = caller().say();
        let problem = problem();
        let part = |name: &str, token: &'static str| (name.to_owned(), typed(name).unwrap_or_default(), token);
        let born = [part("day", "bday-day"), part("month", "bday-month"), part("year", "bday-year")];
        let body = view! {
            {problem_summary(say, problem)}
            {title(say.claim_title(), Some(say.claim_says().to_owned()))}
            {sheet("prove", say.claim_this(), view! {
                <form method="post" action="/api/claim">
                    {field("code", say.claim_code(), "text", "one-time-code", Some(say.claim_code_hint()))}
                    {day(say, say.birth_date(), Some(say.birth_date_hint()), born)}
                    <p class="small">{say.claim_void()}</p>
                    <p class="actions"><button class="button" type="submit">{say.claim_this()}</button></p>
                </form>
            })}
        };
        Paged::Ok(document(Page::new(titled(say, say.claim_title(), problem), Place::Home), body).into_any())
    })
}

/// What makes the sentence of somebody, who is called so, whom a practice has registered as a carer.
pub fn registered(say: Say, name: String) -> impl FnOnce(&Terms) -> Sentence + Send + 'static {
    move |terms| Sentence {
        text: say.grant_sentence(&Named::Carer { name }, terms),
        language: say.tag().to_owned(),
        catalogue_version: CATALOGUE_VERSION.to_owned(),
    }
}
