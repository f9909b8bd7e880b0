//! `/account`: details, and the ways to change them and out.

use chartkey_domain::account::{Actor, Visitor};
use chartkey_portal::accounts::OwnAccount;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        facts::facts,
        notice::{Role, notice},
        sheet::{more, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, query, visitor},
    shell::{Page, Place, document},
};

mod devices;
mod email;
mod password;
mod second_factor;

pub use devices::devices;
pub use email::{confirm_email, email, undo_email};
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
        let done = (query("done").as_deref() == Some("password"))
            .then(|| notice(Role::Positive, say.password_done(), view! { <p>{say.password_changed_says()}</p> }));
        let body = view! {
            {done}
            {title(say.account(), None)}
            {body}
            {sheet("out", say.sign_out_everywhere(), view! {
                <form method="post" action="/api/sign-out-everywhere">
                    <p>{say.sign_out_everywhere_says()}</p>
                    <p class="actions"><button class="button second" type="submit">{say.sign_out_everywhere()}</button></p>
                </form>
            })}
        };
        Paged::Ok(document(Page::new(say.account(), Place::Account), body).into_any())
    })
}

fn person(say: Say, account: OwnAccount) -> impl IntoView {
    let factor = if account.has_second_factor { say.factor_is_on() } else { say.factor_is_off() };
    let details = facts(vec![
        (say.account_name().to_owned(), account.name.into_any()),
        (say.account_email().to_owned(), account.email.into_any()),
        (say.account_since().to_owned(), say.date(account.since.date()).into_any()),
        (say.second_factor().to_owned(), factor.into_any()),
        (say.account_devices().to_owned(), say.devices(account.sessions).into_any()),
    ]);
    view! {
        {sheet("details", say.details(), details)}
        {sheet("signing-in", say.signing_in(), view! {
            <ul class="plain">
                <li>{more("/account/email".to_owned(), say.change_email())}</li>
                <li>{more("/account/password".to_owned(), say.change_password())}</li>
                <li>{more("/account/second-factor".to_owned(), say.second_factor())}</li>
                <li>{more("/account/devices".to_owned(), say.devices_and_log())}</li>
            </ul>
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
        (say.profession().to_owned(), profession.to_owned().into_any()),
    ]);
    view! {
        {sheet("details", say.details(), details)}
        {sheet("signing-in", say.signing_in(), view! {
            <ul class="plain"><li>{more("/account/devices".to_owned(), say.devices_and_log())}</li></ul>
        })}
    }
}
