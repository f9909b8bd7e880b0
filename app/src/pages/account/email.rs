//! `/account/email`: another address; `/account/email/confirm` and `/account/email/undo`
//! are where the links of messages lead, signed in or not.

use leptos::prelude::*;

use crate::{
    components::{
        facts::facts,
        form::{field, hidden, problem_summary, titled},
        notice::{Role, notice},
        sheet::{back, sheet, title},
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

/// The form, and what is said after it.
pub fn email() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let (portal, visitor) = (portal()?, visitor()?);
        let account = portal.own_account(&visitor).await?;
        let step = if query("done").is_some() {
            notice(Role::Info, say.check_mail(), view! { <p>{say.email_sent_says()}</p> }).into_any()
        } else {
            portal.require_fresh(&visitor).await?;
            sheet(
                "change",
                say.new_email(),
                view! {
                    {facts(vec![(say.email_now().to_owned(), account.email.into_any())])}
                    <form method="post" action="/api/change-email">
                        <p>{say.change_email_says()}</p>
                        {field("email", say.new_email(), "email", "email", None)}
                        <p class="actions"><button class="button" type="submit">{say.send_link()}</button></p>
                    </form>
                },
            )
            .into_any()
        };
        let body = view! {
            {back("/account".to_owned(), say.account())}
            {problem_summary(say, problem)}
            {title(say.change_email(), None)}
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, say.change_email(), problem), Place::Account), body).into_any())
    })
}

/// What one page of a link says and does.
struct Link {
    heading: &'static str,
    says: &'static str,
    action: &'static str,
    button: &'static str,
    done: (&'static str, &'static str),
    next: (&'static str, &'static str),
}

/// Confirms an address. A message's link only opens this page: whatever reads mail
/// before its owner does changes nothing.
pub fn confirm_email() -> impl IntoView {
    let say = caller().say();
    link(Link {
        heading: say.confirm_email(),
        says: say.confirm_email_says(),
        action: "/api/confirm-email",
        button: say.confirm_email_button(),
        done: (say.email_changed(), say.email_changed_says()),
        next: ("/account", say.account()),
    })
}

/// Takes an address back.
pub fn undo_email() -> impl IntoView {
    let say = caller().say();
    link(Link {
        heading: say.undo_email(),
        says: say.undo_email_says(),
        action: "/api/undo-email",
        button: say.undo_email_button(),
        done: (say.email_undone(), say.email_undone_says()),
        next: ("/sign-in/forgotten", say.choose_new_password()),
    })
}

fn link(link: Link) -> impl IntoView {
    page(async move {
        let say = caller().say();
        let problem = problem();
        let (href, words) = link.next;
        let step = match (query("token"), query("done")) {
            (Some(token), _) => sheet(
                "link",
                link.button,
                view! {
                    <form method="post" action=link.action>
                        {hidden("token", Some(token))}
                        <p>{link.says}</p>
                        <p class="actions"><button class="button" type="submit">{link.button}</button></p>
                    </form>
                },
            )
            .into_any(),
            (None, Some(_)) => {
                notice(Role::Positive, link.done.0, view! { <p>{link.done.1}</p><p><a href=href>{words}</a></p> }).into_any()
            }
            (None, None) if problem.is_none() => {
                notice(Role::Caution, say.link_missing(), view! { <p>{say.link_missing_says()}</p> }).into_any()
            }
            (None, None) => ().into_any(),
        };
        let body = view! { {problem_summary(say, problem)} {title(link.heading, None)} {step} };
        Paged::Ok(document(Page::new(titled(say, link.heading, problem), Place::None), body).into_any())
    })
}
