//! `/sharing/blocked`: whom the patient has blocked, and with `?ask=block` the question whom to block.

use std::collections::BTreeSet;

use chartkey_domain::policy::Whom;
use chartkey_portal::{
    blocks::Blocked,
    sharing::{KnownOrganization, Whole},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        form::{beside, choice, hidden, problem_summary, titled},
        icon::{Icon, icon},
        notice::{Role, notice, what_was_done},
        sheet::{back, sheet, title},
    },
    pages::{Paged, home::without_record, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Bar, Page, Place, document},
};

/// The address of the list.
pub const PAGE: &str = "/sharing/blocked";
/// The address of the question.
pub const ASK: &str = "/sharing/blocked?ask=block";

/// Whom a form names.
///
/// # Errors
/// [`ApiError::BlockWho`] where it names nobody.
pub fn whom(value: &str) -> Result<Whom, ApiError> {
    let whom = match value.split_once('.') {
        Some(("account", account)) => account.parse().ok().map(Whom::Account),
        Some(("organization", organization)) => organization.parse().ok().map(Whom::Organization),
        _ => None,
    };
    whom.ok_or(ApiError::BlockWho)
}

/// The same as a form sends it.
fn value(whom: Whom) -> String {
    match whom {
        Whom::Account(account) => format!("account.{account}"),
        Whom::Organization(organization) => format!("organization.{organization}"),
        // Nobody blocks everybody.
        Whom::Everybody => String::new(),
    }
}

/// The list, or the question.
pub fn blocked() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, portal, visitor) = (caller.say(), portal()?, visitor()?);
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let opened = portal.blocked(&visitor).await?;
        let (heading, body) = if query("ask").as_deref() == Some("block") {
            let known = portal.known_organizations(&visitor).await?;
            (say.block_question(), question(say, &opened.view, &known).into_any())
        } else {
            (say.blocked_title(), list(say, &opened.view).into_any())
        };
        let page = Page::new(titled(say, heading, problem()), Place::Sharing).of(Bar::from(&opened.whose));
        Paged::Ok(document(page, body).into_any())
    })
}

/// In the place of the days that a grant has left which reaches nobody: they are blocked, or the operator has dismissed them.
pub fn mark(say: Say, grant: &Whole) -> AnyView {
    if grant.is_dismissed {
        return view! { <div class="life"><span>{say.dismissed_for_now()}</span></div> }.into_any();
    }
    view! { <div class="life"><a href=PAGE>{say.blocked_for_now()}</a></div> }.into_any()
}

fn list(say: Say, blocked: &[Blocked]) -> impl IntoView + use<> {
    let nobody = blocked.is_empty().then(|| view! { <p>{say.nobody_blocked()}</p> });
    let rows = blocked.iter().map(|blocked| row(say, blocked)).collect_view();
    view! {
        {back("/sharing".to_owned(), say.who_can_see())}
        {problem_summary(say, problem())}
        {done(say)}
        {title(say.blocked_title(), Some(say.blocked_says().to_owned()))}
        {sheet("blocked", say.blocked_now(), view! { {nobody}<ul class="rows">{rows}</ul> })}
        <p class="actions"><a class="button second" href=ASK>{icon(Icon::Stop)}{say.block_somebody()}</a></p>
        <p class="quiet small">{say.blocked_keeps()}</p>
    }
}

/// What was just done, after the redirect of a form.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "blocked" => say.done_blocked(),
        "unblocked" => say.done_unblocked(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

fn row(say: Say, blocked: &Blocked) -> impl IntoView + use<> {
    let name = blocked.name.clone().unwrap_or_else(|| say.all_at(&blocked.organization));
    let profession = blocked.profession.as_deref().map(|profession| say.profession_named(profession));
    let place = blocked.name.is_some().then(|| blocked.organization.clone());
    let since = say.blocked_since(&say.date(blocked.since.date()));
    view! {
        <li class="row">
            <p class="label"><b>{name.clone()}</b></p>
            <p class="meta">
                <span class="when">{since}</span>
                {profession.map(|profession| view! { " " <span class="who">{profession}</span> })}
                {place.map(|place| view! { " " <span class="where">{place}</span> })}
            </p>
            <form method="post" action="/api/unblock">
                {hidden("whom", Some(value(blocked.whom)))}
                <button class="button second small" type="submit">{say.unblock(&name)}</button>
            </form>
        </li>
    }
}

/// Everybody who signs in here and is not blocked.
fn question(say: Say, blocked: &[Blocked], known: &[KnownOrganization]) -> impl IntoView + use<> {
    let blocked: BTreeSet<_> = blocked.iter().map(|blocked| value(blocked.whom)).collect();
    let one = |whom: Whom, label: String, hint: String| {
        let value = value(whom);
        (!blocked.contains(&value)).then(|| choice("radio", "whom", value, false, label, Some(hint)))
    };
    let organizations: Vec<_> = known
        .iter()
        .filter(|organization| !blocked.contains(&value(Whom::Organization(organization.id))))
        .map(|organization| {
            let clinicians = organization.clinicians.iter().map(|clinician| {
                let hint = say.profession_at(&say.profession_named(&clinician.profession), &organization.name);
                one(Whom::Account(clinician.account), clinician.name.clone(), hint)
            });
            view! {
                <fieldset class="choices two sheet">
                    <legend class="hide">{organization.name.clone()}</legend><h2>{organization.name.clone()}</h2>
                    {clinicians.collect_view()}
                    {one(Whom::Organization(organization.id), say.block_everybody().to_owned(), say.block_everybody_hint().to_owned())}
                </fieldset>
            }
        })
        .collect();
    let form = if organizations.is_empty() {
        view! { <p>{say.block_nobody_left()}</p><p class="actions"><a href=PAGE>{say.block_nobody()}</a></p> }.into_any()
    } else {
        view! {
            <form method="post" action="/api/block" id="whom">
                {beside(say, "whom")}
                {organizations}
                <p class="actions"><button class="button stop" type="submit">{say.block_them()}</button><a href=PAGE>{say.block_nobody()}</a></p>
            </form>
        }
        .into_any()
    };
    view! {
        {back(PAGE.to_owned(), say.back())}
        {problem_summary(say, problem())}
        {title(say.block_question(), None)}
        {notice(Role::Caution, say.block_somebody(), view! { <p>{say.blocked_says()}</p><p>{say.blocked_keeps()}</p> })}
        {form}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_names_is_somebody_or_a_problem() {
        for id in [
            Whom::Account("00000000-0000-0000-0000-00000000000a".parse().unwrap()),
            Whom::Organization("00000000-0000-0000-0000-00000000000b".parse().unwrap()),
        ] {
            assert_eq!(whom(&value(id)).ok(), Some(id));
        }
        for wrong in ["", "account", "account.", "account.x", "person.00000000-0000-0000-0000-00000000000a"] {
            assert_eq!(whom(wrong).err(), Some(ApiError::BlockWho), "{wrong}");
        }
    }
}
