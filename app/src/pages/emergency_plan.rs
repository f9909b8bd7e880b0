//! `/sharing/emergency`: what the patient has decided for an emergency, and what happened.

use chartkey_domain::{
    emergency::Extent,
    label::{Label, Labels},
};
use chartkey_portal::emergency::{Emergency, Finding, Look, Plan};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{beside, choice, described_by, hidden, problem_summary, titled},
        icon::{Icon, icon},
        notice::what_was_done,
        sentence::sentence,
        sheet::{back, more, sheet, title},
        when::moment,
    },
    pages::{Paged, home::without_record, page},
    request::{again, caller, portal, problem, query, typed, visitor},
    shell::{Bar, Page, Place, document},
};

/// The boxes of the sensitive labels, each with a name of its own: a form that comes back knows which were ticked.
const LABELS: [&str; 6] =
    ["labels[mental-health]", "labels[substance-use]", "labels[sexual-reproductive]", "labels[hiv]", "labels[genetic]", "labels[violence]"];

/// The address.
pub const PAGE: &str = "/sharing/emergency";

/// The plan, the form to change it, and what happened.
pub fn emergency_plan() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, visitor) = (caller.say(), visitor()?);
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let portal = portal()?;
        let is_fresh = portal.is_fresh(&visitor).await?;
        let opened = portal.emergency(&visitor).await?;
        let Emergency { plan, looks } = opened.view;
        let (unread, read): (Vec<_>, Vec<_>) = looks.iter().partition(|look| !look.is_read);
        let none = looks.is_empty().then(|| sheet("looks", say.emergency_looks(), view! { <p>{say.emergency_none()}</p> }));
        let read = read.into_iter().map(|one| look(say, one)).collect_view();
        let body = view! {
            {back("/sharing".to_owned(), say.who_can_see())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.emergency_title(), Some(say.emergency_says().to_owned()))}
            {unread.into_iter().map(|one| look(say, one)).collect_view()}
            <p>{say.emergency_how()}</p>
            {decided(say, plan.as_ref())}
            {if is_fresh { form(say, plan.as_ref()).into_any() } else { before(say, plan.as_ref()).into_any() }}
            {none}
            {read}
        };
        let page = Page::new(titled(say, say.emergency_title(), problem()), Place::Sharing).of(Bar::from(&opened.whose)).live();
        Paged::Ok(document(page, body).into_any())
    })
}

/// What was just done, after the redirect of a form.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "decided" => say.done_emergency_decided(),
        "code" => say.done_emergency_code(),
        "read" => say.done_emergency_read(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

fn decided(say: Say, plan: Option<&Plan>) -> impl IntoView + use<> {
    let words = match plan {
        None => view! { <p>{say.emergency_undecided()}</p> }.into_any(),
        Some(plan) if plan.extent == Extent::Nothing => view! { <p>{say.emergency_opens_nothing()}</p> }.into_any(),
        Some(plan) => {
            let told = plan.contact.as_ref().map(|contact| view! { <p>{say.emergency_contact_told(&contact.name)}</p> });
            view! { <div class="grant compact">{sentence(say, &plan.sentence)}</div>{told} }.into_any()
        }
    };
    let card = plan.and_then(|plan| plan.code.clone()).map(|code| {
        sheet(
            "card",
            say.emergency_card(),
            view! {
                <p>{say.emergency_card_says()}</p>
                <p class="code"><strong>{code.clone()}</strong></p>
                <div class="actions">
                    <a class="button second" href="/download/card">{say.emergency_card_print()}</a>
                    <form method="post" action="/api/new-emergency-code">
                        {hidden("seen", Some(code))}
                        <button class="button second" type="submit">{say.emergency_card_lost()}</button>
                    </form>
                </div>
            },
        )
    });
    view! { {sheet("decided", say.emergency_decided(), words)}{card} }
}

/// What stands in the place of the question where the sign-in is not fresh. To close needs none.
fn before(say: Say, plan: Option<&Plan>) -> impl IntoView + use<> {
    let close = plan.filter(|plan| plan.extent != Extent::Nothing).map(|_| {
        view! {
            <form method="post" action="/api/decide-emergency">
                {hidden("language", Some(say.tag().to_owned()))}
                {hidden("extent", Some(Extent::Nothing.slug().to_owned()))}
                <button class="button stop" type="submit">{say.emergency_open_nothing()}</button>
            </form>
        }
    });
    sheet(
        "question",
        say.emergency_question(),
        view! {
            <p>{say.emergency_plan_fresh()}</p>
            <div class="actions"><a class="button" href=again(PAGE)>{say.sign_in_again_word()}</a>{close}</div>
        },
    )
}

/// The question, with what was decided in it.
fn form(say: Say, plan: Option<&Plan>) -> impl IntoView + use<> {
    // A form that came back shows what was typed, and nothing of what was decided before.
    let plan = plan.filter(|_| problem().is_none());
    let chosen = plan.map(|plan| plan.extent).or_else(|| typed("extent").and_then(|extent| Extent::from_slug(&extent)));
    let labels = plan.filter(|plan| plan.extent == Extent::Summary).map_or(Labels::NONE, |plan| plan.labels);
    let extents = Extent::ALL.into_iter().map(|extent| {
        let hint = match extent {
            Extent::Nothing => say.emergency_nothing_hint().to_owned(),
            Extent::Summary => say.categories(extent.categories()),
            Extent::All => say.emergency_all_hint().to_owned(),
        };
        choice("radio", "extent", extent.slug().to_owned(), chosen == Some(extent), say.extent(extent), Some(hint))
    });
    let ticks = Label::ALL.into_iter().zip(LABELS).map(|(label, name)| {
        let is_ticked = labels.contains(label) || (plan.is_none() && typed(name).is_some());
        choice("checkbox", name, "on".to_owned(), is_ticked, say.label(label), None)
    });
    let contact = plan.and_then(|plan| plan.contact.clone());
    let (name, email) = contact.map(|contact| (contact.name, contact.email)).unzip();
    view! {
        <form method="post" action="/api/decide-emergency">
            {hidden("language", Some(say.tag().to_owned()))}
            <fieldset class="choices sheet" id="extent">
                <legend class="hide">{say.emergency_question()}</legend><h2>{say.emergency_question()}</h2>
                {beside(say, "extent")}
                {extents.collect_view()}
            </fieldset>
            <fieldset class="choices two sheet">
                <legend class="hide">{say.emergency_labels()}</legend><h2>{say.emergency_labels()}</h2>
                <p class="hint">{say.emergency_labels_hint()}</p>
                {ticks.collect_view()}
            </fieldset>
            <fieldset class="sheet">
                <legend class="hide">{say.emergency_contact()}</legend><h2>{say.emergency_contact()}</h2>
                <p class="hint">{say.emergency_contact_hint()}</p>
                {optional(say, "name", say.emergency_contact_name(), "text", name)}
                {optional(say, "email", say.emergency_contact_email(), "email", email)}
            </fieldset>
            <p class="actions"><button class="button" type="submit">{say.decide_emergency()}</button></p>
        </form>
    }
}

/// A line that may stay empty, with what is kept in it.
fn optional(say: Say, id: &'static str, label: &'static str, kind: &'static str, kept: Option<String>) -> impl IntoView {
    let described = described_by(id, false);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {beside(say, id)}
            <input
                id=id name=id type=kind autocomplete="off" maxlength="254"
                value=typed(id).or(kept)
                aria-invalid=described.is_some().then_some("true")
                aria-describedby=described
            />
        </div>
    }
}

/// One emergency as the patient reads it: who, when, why, what a colleague found, or whoever admitted them.
pub fn look(say: Say, look: &Look) -> impl IntoView + use<> {
    let heading = say.emergency_look_of(&look.name);
    let of = format!(": {}, {}", look.name, say.day_and_time(look.opened_at));
    let place = say.profession_at(&say.profession_named(&look.profession), &look.organization);
    let open = look.is_open.then(|| view! { " " <span class="flag out">{icon(Icon::Warn)}{say.emergency_open_now()}</span> });
    let found = match (look.review.as_ref().map(|(finding, _)| *finding), look.is_operators) {
        (None, false) => say.emergency_not_reviewed(),
        (None, true) => say.emergency_not_reviewed_by_operator(),
        (Some(Finding::Needed), false) => say.emergency_was_needed(),
        (Some(Finding::Needed), true) => say.emergency_was_needed_by_operator(),
        (Some(Finding::NotNeeded), false) => say.emergency_was_not_needed(),
        (Some(Finding::NotNeeded), true) => say.emergency_was_not_needed_by_operator(),
    };
    let review = match &look.review {
        None => view! { <p class="quiet">{found}</p> }.into_any(),
        Some((_, words)) => view! { <p>{found}</p><p class="said" dir="auto">{words.clone()}</p> }.into_any(),
    };
    let read = (!look.is_read).then(|| {
        view! {
            <form method="post" action="/api/read-emergency">
                {hidden("grant", Some(look.grant.to_string()))}
                <button class="button second" type="submit">{say.emergency_read()}<span class="hide">{of.clone()}</span></button>
            </form>
        }
    });
    let label = heading.clone();
    view! {
        <section class="sheet" aria-label=label>
            <h2>{heading}{open}</h2>
            <p class="quiet">{moment(say, look.opened_at)} " · " {place}</p>
            <p class="small quiet">{say.emergency_reason_was()}</p>
            <p class="said" dir="auto">{look.reason.clone()}</p>
            {review}
            <div class="actions">{read}{more(format!("/sharing/{}", look.grant), view! { {say.emergency_see_or_stop()}<span class="hide">{of.clone()}</span> })}</div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_its_box() {
        assert_eq!(LABELS.map(str::to_owned), Label::ALL.map(|label| format!("labels[{}]", label.slug())));
    }
}
