//! `/sign-in/code`: the code after a right password; `/sign-in/lost`: for those who cannot
//! give one. Both look the same whether a password waits in this browser or not.

use leptos::prelude::*;

use crate::{
    components::{
        form::{field, hidden, problem_summary, titled},
        notice::{Role, notice},
        passkey::by_passkey,
        sheet::{back, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, way_back},
    shell::{Page, Place, document},
};

/// The form.
pub fn sign_in_code() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let to = way_back();
        let has_passkeys = portal()?.has_passkeys();
        let by_passkey =
            has_passkeys.then(|| by_passkey(say, "/api/sign-in-passkey", say.passkey_again(), to.clone(), query("shared").is_some()));
        let body = view! {
            {back("/sign-in".to_owned(), say.sign_in())}
            {problem_summary(say, problem)}
            {title(say.second_factor(), None)}
            {sheet("second", say.app_code(), view! {
                <form method="post" action="/api/sign-in-code">
                    {hidden("to", to)}
                    {hidden("shared", query("shared").map(|_| "1".to_owned()))}
                    {field("code", say.app_code(), "text", "one-time-code", Some(say.app_or_saved_code_hint()))}
                    <p class="actions"><button class="button" type="submit">{say.sign_in()}</button></p>
                </form>
                {by_passkey}
                <p><a href="/sign-in/lost">{say.have_neither()}</a></p>
            })}
        };
        let page = Page::new(titled(say, say.second_factor(), problem), Place::None);
        let page = if has_passkeys { page.that_asks_for_passkeys() } else { page };
        Paged::Ok(document(page, body).into_any())
    })
}

/// What a loss means, and its beginning.
pub fn sign_in_lost() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let step = if query("done").is_some() {
            notice(Role::Info, say.wait_begun(), view! { <p>{say.wait_begun_says()}</p> }).into_any()
        } else {
            sheet(
                "lost",
                say.wait_72(),
                view! {
                    <form method="post" action="/api/second-factor-lost">
                        <p>{say.lost_says()}</p>
                        <p>{say.lost_told()}</p>
                        <p class="actions"><button class="button" type="submit">{say.begin_wait()}</button></p>
                    </form>
                },
            )
            .into_any()
        };
        let body = view! {
            {back("/sign-in/code".to_owned(), say.back())}
            {problem_summary(say, problem)}
            {title(say.have_neither(), None)}
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, say.have_neither(), problem), Place::None), body).into_any())
    })
}
