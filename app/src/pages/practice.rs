//! `/clinicians/missing`: what somebody does whose practice is not registered. It says nothing of any patient, and is the same
//! whether or not they have a code.

use chartkey_portal::practices::LONGEST;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{beside, described_by, field, problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, problem, query, typed},
    shell::{Page, Place, document},
};

/// The address of the page.
pub const PAGE: &str = "/clinicians/missing";

/// What the office has to do, the request to the operator, and what helps today.
pub fn practice() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let done = (query("done").as_deref() == Some("sent"))
            .then(|| what_was_done(say.practice_sent(), view! { <p>{say.practice_sent_says()}</p> }));
        let body = view! {
            {back("/clinicians".to_owned(), say.choose_organization())}
            {problem_summary(say, problem)}
            {done}
            {title(say.practice_title(), Some(say.practice_says().to_owned()))}
            {sheet("today", say.practice_today(), view! { <p>{say.practice_today_says()}</p> })}
            {sheet("office", say.practice_office(), view! {
                <p>{say.practice_office_sign_in()}</p>
                <p>{say.practice_office_alone()}</p>
                <p>{say.practice_office_then()}</p>
            })}
            {sheet("ask", say.practice_ask(), form(say))}
        };
        Paged::Ok(document(Page::new(titled(say, say.practice_title(), problem), Place::None), body).into_any())
    })
}

fn form(say: Say) -> impl IntoView {
    view! {
        <p>{say.practice_ask_says()}</p>
        <form method="post" action="/api/ask-operator">
            {field("practice", say.practice_name(), "text", "organization", None)}
            {field("contact", say.practice_contact(), "text", "off", Some(say.practice_contact_hint()))}
            <div class="field">
                <label for="words">{say.practice_words()}</label>
                <p class="hint" id="words-hint">{say.practice_words_hint()}</p>
                {beside(say, "words")}
                <textarea id="words" name="words" rows="4" maxlength=LONGEST.to_string() aria-describedby=described_by("words", true)>
                    {typed("words").unwrap_or_default()}
                </textarea>
            </div>
            <p class="actions"><button class="button" type="submit">{say.practice_send()}</button></p>
        </form>
    }
}
