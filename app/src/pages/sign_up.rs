//! `/sign-up`: ask for a link, then choose a name and a password with it.

use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{field, hidden, problem_summary, titled},
        notice::{Role, notice},
        sheet::{sheet, title},
    },
    pages::{Paged, page},
    request::{caller, problem, query},
    shell::{Page, Place, document},
};

/// The step that the address says: ask, sent, or finish.
pub fn sign_up() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let (heading, step) = match (query("token"), query("done")) {
            (Some(token), _) => (say.finish_sign_up(), finish(say, token).into_any()),
            (None, Some(_)) => (say.check_mail(), sent(say, "/sign-up").into_any()),
            (None, None) => (say.sign_up(), ask(say).into_any()),
        };
        let body = view! { {problem_summary(say, problem)} {title(heading, None)} {step} };
        Paged::Ok(document(Page::new(titled(say, heading, problem), Place::None), body).into_any())
    })
}

fn ask(say: Say) -> impl IntoView {
    sheet(
        "ask",
        say.email_address(),
        view! {
            <form method="post" action="/api/sign-up">
                <p>{say.sign_up_says()}</p>
                {field("email", say.email_address(), "email", "email", None)}
                <p class="actions"><button class="button" type="submit">{say.send_link()}</button></p>
            </form>
            <p>{say.have_account()} " " <a href="/sign-in">{say.sign_in()}</a></p>
        },
    )
}

/// What is said after a message was asked for, whether there was one or not.
pub(super) fn sent(say: Say, again: &'static str) -> impl IntoView {
    notice(
        Role::Info,
        say.check_mail(),
        view! { <p>{say.check_mail_says()}</p><p>{say.check_mail_again()} " " <a href=again>{say.ask_once_more()}</a></p> },
    )
}

fn finish(say: Say, token: String) -> impl IntoView {
    sheet(
        "finish",
        say.make_account(),
        view! {
            <form method="post" action="/api/finish-sign-up">
                {hidden("token", Some(token))}
                {field("name", say.your_name(), "text", "name", Some(say.your_name_hint()))}
                {field("password", say.new_password(), "password", "new-password", Some(say.password_hint()))}
                <p class="actions"><button class="button" type="submit">{say.make_my_account()}</button></p>
            </form>
        },
    )
}
