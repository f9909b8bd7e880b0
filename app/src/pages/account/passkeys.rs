//! `/account/passkeys`: the passkeys of an account; `/account/passkeys/add`: another one, signed in freshly.

use chartkey_portal::passkeys::OwnPasskey;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{field, problem_summary, titled},
        notice::{Role, notice, what_was_done},
        passkey::asked,
        sheet::{back, more, sheet, title},
        when::moment,
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

/// The list.
pub fn passkeys() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let portal = portal()?;
        let passkeys = portal.passkeys(&visitor()?).await?;
        let done = match query("done").as_deref() {
            Some("added") => Some((say.passkey_added(), say.passkey_added_says())),
            Some("removed") => Some((say.passkey_removed(), say.passkey_removed_says())),
            _ => None,
        };
        let none = passkeys.is_empty().then(|| view! { <p>{say.no_passkeys()}</p> });
        let remove = (!passkeys.is_empty()).then(|| view! { <p>{say.remove_passkey_says()}</p> });
        let own = (!passkeys.is_empty())
            .then(|| view! { <ul class="rows">{passkeys.iter().map(|passkey| own(say, passkey)).collect_view()}</ul> });
        let add = if portal.has_passkeys() {
            more("/account/passkeys/add".to_owned(), say.add_passkey()).into_any()
        } else {
            say.no_passkeys_here().into_any()
        };
        let body = view! {
            {back("/account".to_owned(), say.account())}
            {problem_summary(say, problem)}
            {done.map(|(heading, says)| what_was_done(heading, view! { <p>{says}</p> }))}
            {title(say.passkeys(), Some(say.passkeys_says().to_owned()))}
            {sheet("own", say.your_passkeys(), view! { {none} {own} {remove} <p>{add}</p> })}
        };
        Paged::Ok(document(Page::new(titled(say, say.passkeys(), problem), Place::Account), body).into_any())
    })
}

fn own(say: Say, passkey: &OwnPasskey) -> impl IntoView + use<> {
    let (name, made_at, id) = (passkey.name.clone(), passkey.made_at, passkey.id.to_string());
    let used = match passkey.used_at {
        Some(at) => view! { {say.last_used()} " " {moment(say, at)} }.into_any(),
        None => say.passkey_never_used().into_any(),
    };
    let flag = passkey.stopped_at.map(|_| view! { " " <span class="flag unknown">{say.passkey_stopped()}</span> });
    let stopped = passkey.stopped_at.map(|_| view! { <p>{say.passkey_stopped_says()}</p> });
    let words = format!("{}, {}", say.date(made_at.date()), say.clock(made_at));
    view! {
        <li class="row">
            <p class="label"><b>{name.clone()}</b>{flag}</p>
            <p class="small quiet">{say.passkey_added_on()} " " {moment(say, made_at)} " · " {used}</p>
            {stopped}
            <form method="post" action="/api/remove-passkey">
                <input type="hidden" name="passkey" value=id/>
                <p class="actions"><button class="button small" type="submit">{say.remove_passkey()}<span class="hide">": " {name} ", " {words}</span></button></p>
            </form>
        </li>
    }
}

/// The form. What makes a passkey is the browser, so without script there is none.
pub fn add_passkey() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let (portal, visitor) = (portal()?, visitor()?);
        // A clinician has none.
        portal.again_by(&visitor).await?;
        portal.require_fresh(&visitor).await?;
        let step = if portal.has_passkeys() {
            sheet(
                "add",
                say.add_passkey(),
                view! {
                    <p>{say.add_passkey_says()}</p>
                    <noscript><p>{say.passkey_needs_script()}</p></noscript>
                    <p id="unable" hidden>{say.passkey_unable()}</p>
                    <form method="post" action="/api/add-passkey" data-asks="/api/begin-passkey" hidden>
                        {field("name", say.passkey_name(), "text", "off", Some(say.passkey_name_hint()))}
                        {asked(say)}
                        <p class="actions"><button class="button" type="submit">{say.add_passkey()}</button></p>
                    </form>
                },
            )
            .into_any()
        } else {
            notice(Role::Info, say.passkeys(), view! { <p>{say.no_passkeys_here()}</p> }).into_any()
        };
        let body = view! {
            {back("/account/passkeys".to_owned(), say.passkeys())}
            {problem_summary(say, problem)}
            {title(say.add_passkey(), None)}
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, say.add_passkey(), problem), Place::Account).that_asks_for_passkeys(), body).into_any())
    })
}
