//! `/account/password`: another password, signed in freshly.

use leptos::prelude::*;

use crate::{
    components::{
        form::{field, problem_summary, titled},
        sheet::{back, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, visitor},
    shell::{Page, Place, document},
};

/// The form.
pub fn password() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let (portal, visitor) = (portal()?, visitor()?);
        portal.own_account(&visitor).await?;
        portal.require_fresh(&visitor).await?;
        let body = view! {
            {back("/account".to_owned(), say.account())}
            {problem_summary(say, problem)}
            {title(say.change_password(), None)}
            {sheet("choose", say.new_password(), view! {
                <form method="post" action="/api/change-password">
                    <p>{say.change_password_says()}</p>
                    {field("password", say.new_password(), "password", "new-password", Some(say.password_hint()))}
                    <p class="actions"><button class="button" type="submit">{say.change_password()}</button></p>
                </form>
            })}
        };
        Paged::Ok(document(Page::new(titled(say, say.change_password(), problem), Place::Account), body).into_any())
    })
}
