//! `/sharing/prescribing`: whether clinicians are told to ask the patient before they prescribe.

use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{hidden, problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
    },
    pages::{Paged, home::without_record, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Bar, Page, Place, asks_first, document},
};

/// The address.
pub const PAGE: &str = "/sharing/prescribing";
/// What the form sends where it is wanted.
pub const ON: &str = "on";

/// What is chosen, and what that says to whom.
pub fn prescribing() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, visitor) = (caller.say(), visitor()?);
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let opened = portal()?.asks_first(&visitor).await?;
        let body = view! {
            {back("/sharing".to_owned(), say.who_can_see())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.prescribing_title(), Some(say.prescribing_says().to_owned()))}
            {sheet("now", if opened.view { say.prescribing_is_on() } else { say.prescribing_is_off() }, choice(say, opened.view))}
            {sheet("know", say.good_to_know(), view! {
                <ul class="help">
                    <li>{say.prescribing_says_that()}</li>
                    <li>{say.prescribing_to_whom()}</li>
                    <li>{say.prescribing_is_no_list()}</li>
                </ul>
            })}
        };
        let page = Page::new(titled(say, say.prescribing_title(), problem()), Place::Sharing).of(Bar::from(&opened.whose));
        Paged::Ok(document(page, body).into_any())
    })
}

fn choice(say: Say, is_on: bool) -> impl IntoView {
    let (class, value, words) =
        if is_on { ("button second", "off", say.prescribing_turn_off()) } else { ("button", ON, say.prescribing_turn_on()) };
    view! {
        <p>{say.prescribing_line()}</p>
        <p class="grant compact">{asks_first(say)}</p>
        <form method="post" action="/api/ask-before-prescribing">
            {hidden("choice", Some(value.to_owned()))}
            <p class="actions"><button class=class type="submit">{words}</button></p>
        </form>
    }
}

/// What was just done, after the redirect of the form.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "on" => say.done_prescribing_on(),
        "off" => say.done_prescribing_off(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}
