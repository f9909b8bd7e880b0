//! `/sign-in/again`: what is costly in the wrong hands asks for the password again, and
//! leads back to its page.

use chartkey_domain::account::Actor;
use chartkey_portal::second_factor::SecondFactor;
use leptos::prelude::*;

use crate::{
    components::{
        form::{field, hidden, problem_summary, titled},
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
        let step = match visitor.actor {
            Actor::Person { .. } => {
                let is_on = matches!(portal.second_factor(&visitor).await?, SecondFactor::On { .. });
                let code = is_on.then(|| field("code", say.app_code(), "text", "one-time-code", Some(say.app_or_saved_code_hint())));
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
        Paged::Ok(document(Page::new(titled(say, say.is_it_you(), problem), Place::None), body).into_any())
    })
}
