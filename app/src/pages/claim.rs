//! `/claim`: a record becomes its patient's, by code and birth date.

use leptos::prelude::*;

use crate::{
    components::{
        form::{field, problem_summary, titled},
        sheet::{sheet, title},
    },
    pages::{Paged, page},
    request::{caller, problem, visitor},
    shell::{Page, Place, document},
};

/// The form.
pub fn claim() -> impl IntoView {
    page(async {
        visitor()?;
        let say = caller().say();
        let problem = problem();
        let part = |id: &'static str, label: &'static str, class: &'static str, token: &'static str| {
            view! {
                <div class=class>
                    <label for=id>{label}</label>
                    <input id=id name=id type="text" inputmode="numeric" autocomplete=token required/>
                </div>
            }
        };
        let body = view! {
            {problem_summary(say, problem)}
            {title(say.claim_title(), Some(say.claim_says().to_owned()))}
            {sheet("prove", say.claim_this(), view! {
                <form method="post" action="/api/claim">
                    {field("code", say.claim_code(), "text", "one-time-code", Some(say.claim_code_hint()))}
                    <fieldset aria-describedby="born-hint">
                        <legend>{say.birth_date()}</legend>
                        <p class="hint" id="born-hint">{say.birth_date_hint()}</p>
                        <div class="parts">
                            {part("day", say.birth_day(), "field", "bday-day")}
                            {part("month", say.birth_month(), "field", "bday-month")}
                            {part("year", say.birth_year(), "field long", "bday-year")}
                        </div>
                    </fieldset>
                    <p class="small">{say.claim_void()}</p>
                    <p class="actions"><button class="button" type="submit">{say.claim_this()}</button></p>
                </form>
            })}
        };
        Paged::Ok(document(Page::new(titled(say, say.claim_title(), problem), Place::Home), body).into_any())
    })
}
