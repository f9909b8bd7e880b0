//! `/sign-in`: with an e-mail address and a password.

use leptos::prelude::*;

use crate::{
    components::{
        form::{choice, field, hidden, problem_summary, titled},
        notice::what_was_done,
        passkey::by_passkey,
        sheet::{more, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, redirect, typed, way_back, with_way_back},
    shell::{Page, Place, document},
};

/// The form. Who is signed in already goes on.
pub fn sign_in() -> impl IntoView {
    page(async {
        let caller = caller();
        let to = way_back();
        if caller.visitor.is_some() {
            redirect(to.as_deref().unwrap_or("/"));
        }
        let say = caller.say();
        let problem = problem();
        let done = match query("done").as_deref() {
            Some("signed-out") => Some((say.signed_out_done(), say.signed_out_says())),
            Some("password") => Some((say.password_done(), say.password_done_says())),
            _ => None,
        };
        let has_passkeys = portal()?.has_passkeys();
        let by_passkey = has_passkeys.then(|| by_passkey(say, "/api/sign-in-passkey", say.passkey_sign_in(), to.clone(), false));
        let clinicians = with_way_back("/clinicians", to.as_deref());
        let body = view! {
            {problem_summary(say, problem)}
            {done.map(|(heading, says)| what_was_done(heading, view! { <p>{says}</p> }))}
            {title(say.sign_in(), None)}
            {sheet("way-in", say.door_people(), view! {
                <form method="post" action="/api/sign-in">
                    {hidden("to", to)}
                    {field("email", say.email_address(), "email", "username", None)}
                    {field("password", say.password(), "password", "current-password", None)}
                    {choice("checkbox", "shared", "1".to_owned(), typed("shared").is_some(), say.shared_device(), Some(say.shared_device_hint().to_owned()))}
                    <p><a href="/sign-in/forgotten">{say.forgot_password()}</a></p>
                    <p class="actions"><button class="button" type="submit">{say.sign_in()}</button></p>
                </form>
                {by_passkey}
                <p>{say.new_here()} " " <a href="/sign-up">{say.make_account()}</a></p>
            })}
            <section class="sheet plain" aria-labelledby="clinicians">
                <div class="alongside">
                    <h2 id="clinicians">{say.are_you_clinician()}</h2>
                    {more(clinicians, say.sign_in_organization())}
                </div>
            </section>
        };
        let page = Page::new(titled(say, say.sign_in(), problem), Place::None).that_installs();
        let page = if has_passkeys { page.that_asks_for_passkeys() } else { page };
        Paged::Ok(document(page, body).into_any())
    })
}
