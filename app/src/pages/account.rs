//! `/account`: details, and the ways out.

use chartkey_domain::account::{Actor, Visitor};
use chartkey_portal::accounts::OwnAccount;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        facts::facts,
        sheet::{sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, visitor},
    shell::{Page, Place, document},
};

/// One's own account.
pub fn account() -> impl IntoView {
    page(async {
        let say = caller().say();
        let visitor = visitor()?;
        let body = match &visitor.actor {
            Actor::Person { .. } => person(say, portal()?.own_account(&visitor).await?).into_any(),
            Actor::Clinician { profession, .. } => clinician(say, &visitor, profession).into_any(),
        };
        let body = view! {
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
    let details = facts(vec![
        (say.account_name().to_owned(), account.name.into_any()),
        (say.account_email().to_owned(), account.email.clone().into_any()),
        (say.account_since().to_owned(), say.date(account.since.date()).into_any()),
        (say.account_devices().to_owned(), say.devices(account.sessions).into_any()),
    ]);
    view! {
        {sheet("details", say.account(), details)}
        {sheet("password-change", say.password(), view! {
            <form method="post" action="/api/forgotten-password">
                <input type="hidden" name="email" value=account.email/>
                <p>{say.account_password_says()}</p>
                <p class="actions"><button class="button second" type="submit">{say.change_password()}</button></p>
            </form>
        })}
    }
}

fn clinician(say: Say, visitor: &Visitor, profession: &str) -> impl IntoView {
    sheet(
        "details",
        say.account(),
        facts(vec![
            (say.account_name().to_owned(), visitor.name.clone().into_any()),
            (say.organization().to_owned(), visitor.organization_name.clone().unwrap_or_default().into_any()),
            (say.profession().to_owned(), profession.to_owned().into_any()),
        ]),
    )
}
