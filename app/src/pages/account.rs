//! `/account`: details, and the ways to change them and out.

use chartkey_domain::account::{Actor, Visitor};
use chartkey_portal::accounts::OwnAccount;
use leptos::prelude::*;

use crate::{
    catalogue::{Language, Say},
    components::{
        facts::facts,
        form::{beside, choice, described_by, problem_summary, titled},
        notice::what_was_done,
        sheet::{more, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

mod devices;
mod email;
mod messages;
mod passkeys;
mod password;
mod second_factor;

pub use devices::devices;
pub use email::{confirm_email, email, undo_email};
pub use messages::messages;
pub use passkeys::{add_passkey, passkeys};
pub use password::password;
pub use second_factor::{keep_second_factor, second_factor};

/// One's own account.
pub fn account() -> impl IntoView {
    page(async {
        let say = caller().say();
        let visitor = visitor()?;
        let body = match &visitor.actor {
            Actor::Person { .. } => person(say, portal()?.own_account(&visitor).await?).into_any(),
            Actor::Clinician { profession, .. } => clinician(say, &visitor, profession).into_any(),
        };
        let done = match query("done").as_deref() {
            Some("password") => Some(what_was_done(say.password_done(), view! { <p>{say.password_changed_says()}</p> }).into_any()),
            Some("language") => Some(what_was_done(say.language_saved(), ()).into_any()),
            _ => None,
        };
        let body = view! {
            {problem_summary(say, problem())}
            {done}
            {title(say.account(), None)}
            {body}
            {sheet("languages", say.language(), language(say))}
            {sheet("out", say.sign_out_everywhere(), view! {
                <form method="post" action="/api/sign-out-everywhere">
                    <p>{say.sign_out_everywhere_says()}</p>
                    <p class="actions"><button class="button second" type="submit">{say.sign_out_everywhere()}</button></p>
                </form>
            })}
        };
        Paged::Ok(document(Page::new(titled(say, say.account(), problem()), Place::Account), body).into_any())
    })
}

fn person(say: Say, account: OwnAccount) -> impl IntoView {
    let factor = if account.has_second_factor { say.factor_is_on() } else { say.factor_is_off() };
    let details = facts(vec![
        (say.account_name().to_owned(), account.name.into_any()),
        (say.account_email().to_owned(), account.email.into_any()),
        (say.account_since().to_owned(), say.date(account.since.date()).into_any()),
        (say.second_factor().to_owned(), factor.into_any()),
        (say.passkeys().to_owned(), account.passkeys.into_any()),
        (say.account_devices().to_owned(), say.devices(account.sessions).into_any()),
    ]);
    view! {
        {sheet("details", say.details(), details)}
        {sheet("signing-in", say.signing_in(), view! {
            <ul class="plain">
                <li>{more("/account/email".to_owned(), say.change_email())}</li>
                <li>{more("/account/password".to_owned(), say.change_password())}</li>
                <li>{more("/account/second-factor".to_owned(), say.second_factor())}</li>
                <li>{more("/account/passkeys".to_owned(), say.passkeys())}</li>
                <li>{more("/account/devices".to_owned(), say.devices_and_log())}</li>
            </ul>
        })}
        {sheet("messages", say.messages(), view! {
            <p>{say.messages_say()}</p>
            <p>{more("/account/messages".to_owned(), say.messages_choose())}</p>
        })}
        {sheet("new-results", say.waiting_title(), view! {
            <p>{say.waiting_says()}</p>
            <p>{more("/waiting".to_owned(), say.waiting_choose())}</p>
        })}
        {sheet("take", say.download(), view! {
            <p>{say.download_says()}</p>
            <p>{more("/download".to_owned(), say.download())}</p>
        })}
    }
}

fn clinician(say: Say, visitor: &Visitor, profession: &str) -> impl IntoView {
    let details = facts(vec![
        (say.account_name().to_owned(), visitor.name.clone().into_any()),
        (say.organization().to_owned(), visitor.organization_name.clone().unwrap_or_default().into_any()),
        (say.profession().to_owned(), say.profession_named(profession).into_any()),
    ]);
    view! {
        {sheet("details", say.details(), details)}
        {sheet("signing-in", say.signing_in(), view! {
            <ul class="plain"><li>{more("/account/devices".to_owned(), say.devices_and_log())}</li></ul>
        })}
    }
}

/// Each language by its own name, so that whoever reads none of the others finds it.
fn language(say: Say) -> impl IntoView {
    let choices = Language::ALL.into_iter().map(|language| {
        let name = view! { <span lang=language.tag()>{language.own_name()}</span> };
        choice("radio", "language", language.tag().to_owned(), language == say.0, name, None)
    });
    view! {
        <form method="post" action="/api/choose-language">
            <p>{say.language_says()}</p>
            <fieldset class="choices" id="language" aria-describedby=described_by("language", false)>
                <legend class="hide">{say.language()}</legend>
                {beside(say, "language")}
                {choices.collect_view()}
            </fieldset>
            <p class="actions"><button class="button second" type="submit">{say.save_language()}</button></p>
        </form>
    }
}
