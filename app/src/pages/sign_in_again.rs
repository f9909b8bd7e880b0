//! `/sign-in/again`: what is costly in the wrong hands asks for the password again, and
//! leads back to its page.

use chartkey_domain::account::Actor;
use leptos::prelude::*;

use crate::{
    components::{
        form::{field, hidden, problem_summary, titled},
        passkey::by_passkey,
        sheet::{more, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, visitor, way_back, with_way_back},
    shell::{Page, Place, document},
};

/// The form; for a clinician the way through their organization.
pub fn sign_in_again() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let (portal, visitor) = (portal()?, visitor()?);
        let to = way_back();
        // The pages of an account would lead here again.
        let elsewhere = to.clone().filter(|to| !to.starts_with("/account")).unwrap_or_else(|| "/account".to_owned());
        let mut page = Page::new(titled(say, say.is_it_you(), problem), Place::None);
        let step = match visitor.actor {
            Actor::Person { .. } => {
                let by = portal.again_by(&visitor).await?;
                let has_passkey = by.passkey && portal.has_passkeys();
                if has_passkey {
                    page = page.that_asks_for_passkeys();
                }
                let by_passkey = has_passkey.then(|| by_passkey(say, "/api/sign-in-again-passkey", say.passkey_again(), to.clone(), false));
                let code = by.code.then(|| field("code", say.app_code(), "text", "one-time-code", Some(say.app_or_saved_code_hint())));
                sheet(
                    "again",
                    say.password(),
                    view! {
                        <form method="post" action="/api/sign-in-again">
                            {hidden("to", to.clone())}
                            {field("password", say.password(), "password", "current-password", None)}
                            {code}
                            <p class="actions"><button class="button" type="submit">{say.go_on()}</button></p>
                        </form>
                        {by_passkey}
                    },
                )
                .into_any()
            }
            Actor::Clinician { organization, .. } => {
                let at = portal.organizations().await?.into_iter().find(|one| one.organization_id == organization);
                let door = at.map(|at| {
                    let start = with_way_back(&format!("/auth/{}/start", at.slug), Some(to.as_deref().unwrap_or("/account")));
                    more(format!("{start}&again=true"), at.name)
                });
                sheet("again", say.sign_in_organization(), view! { <p>{say.again_at_organization()}</p> <p>{door}</p> }).into_any()
            }
        };
        let body = view! {
            {problem_summary(say, problem)}
            {title(say.is_it_you(), Some(say.is_it_you_says().to_owned()))}
            {step}
            <p><a href=elsewhere>{say.back()}</a></p>
        };
        Paged::Ok(document(page, body).into_any())
    })
}
