//! `/sign-in/new-password`: choose it, with the token of a message.

use leptos::prelude::*;

use crate::{
    components::{
        form::{field, hidden, problem_summary, titled},
        notice::{Role, notice},
        sheet::{sheet, title},
    },
    pages::{Paged, page},
    request::{caller, problem, query},
    shell::{Page, Place, document},
};

/// The form.
pub fn new_password() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let step = match query("token") {
            Some(token) => sheet(
                "choose",
                say.new_password(),
                view! {
                    <form method="post" action="/api/new-password">
                        {hidden("token", Some(token))}
                        <p>{say.choose_new_password_says()}</p>
                        {field("password", say.new_password(), "password", "new-password", Some(say.password_hint()))}
                        <p class="actions"><button class="button" type="submit">{say.change_password()}</button></p>
                    </form>
                },
            )
            .into_any(),
            None => notice(
                Role::Caution,
                say.link_missing(),
                view! { <p>{say.link_missing_says()} " " <a href="/sign-in/forgotten">{say.ask_once_more()}</a></p> },
            )
            .into_any(),
        };
        let body = view! { {problem_summary(say, problem)} {title(say.choose_new_password(), None)} {step} };
        Paged::Ok(document(Page::new(titled(say, say.choose_new_password(), problem), Place::None), body).into_any())
    })
}
