//! `/sign-in/forgotten`: ask for a link to choose a new password.

use leptos::prelude::*;

use crate::{
    components::{
        form::{field, problem_summary, titled},
        sheet::{back, sheet, title},
    },
    pages::{Paged, page, sign_up::sent},
    request::{caller, problem, query},
    shell::{Page, Place, document},
};

/// The form, and what is said after it.
pub fn forgotten() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let step = if query("done").is_some() {
            sent(say, "/sign-in/forgotten").into_any()
        } else {
            sheet(
                "ask",
                say.email_address(),
                view! {
                    <form method="post" action="/api/forgotten-password">
                        <p>{say.forgotten_says()}</p>
                        {field("email", say.email_address(), "email", "email", None)}
                        <p class="actions"><button class="button" type="submit">{say.send_link()}</button></p>
                    </form>
                },
            )
            .into_any()
        };
        let body = view! {
            {back("/sign-in".to_owned(), say.sign_in())}
            {problem_summary(say, problem)}
            {title(say.forgotten(), None)}
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, say.forgotten(), problem), Place::None), body).into_any())
    })
}
