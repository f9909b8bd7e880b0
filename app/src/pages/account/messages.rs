//! `/account/messages`: what a person is written to about.

use chartkey_domain::telling::Telling;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{choice, problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

/// The choice.
pub fn messages() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let chosen = portal()?.tellings(&visitor()?).await?;
        let saved = (query("done").as_deref() == Some("saved")).then(|| what_was_done(say.messages_saved(), ()));
        let body = view! {
            {back("/account".to_owned(), say.account())}
            {problem_summary(say, problem)}
            {saved}
            {title(say.messages(), Some(say.messages_say().to_owned()))}
            {sheet("choose", say.messages_choose(), choose(say, &chosen))}
        };
        Paged::Ok(document(Page::new(titled(say, say.messages(), problem), Place::Account), body).into_any())
    })
}

fn choose(say: Say, chosen: &[Telling]) -> impl IntoView + use<> {
    let choices = Telling::ALL.map(|telling| {
        let words = match telling {
            Telling::Look => say.message_of_look(),
            Telling::Request => say.message_of_request(),
            Telling::Ending => say.message_of_ending(),
        };
        choice("checkbox", "kinds[]", telling.slug().to_owned(), chosen.contains(&telling), words, None)
    });
    view! {
        <form method="post" action="/api/choose-messages">
            <fieldset class="choices">
                <legend class="hide">{say.messages_choose()}</legend>
                {choices.into_iter().collect_view()}
            </fieldset>
            <p>{say.messages_always()}</p>
            <p class="actions"><button class="button" type="submit">{say.messages_save()}</button></p>
        </form>
    }
}
