//! `/sharing/incapacity`: whom the patient has named to stand in for them, and what clinicians have said.

use chartkey_portal::incapacity::{Decided, Helper, Plan, Said};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{beside, choice, hidden, problem_summary, titled},
        notice::what_was_done,
        sentence::sentence,
        sheet::{back, more, sheet, title},
        when::moment,
    },
    pages::{Paged, carers, home::without_record, page},
    request::{again, caller, portal, problem, query, typed, visitor},
    shell::{Bar, Page, Place, document},
};

/// The address.
pub const PAGE: &str = "/sharing/incapacity";
/// What the form sends where nobody is to stand in.
pub const NOBODY: &str = "nobody";

/// What is decided, and the form to change it.
pub fn stand_in() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, visitor) = (caller.say(), visitor()?);
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let portal = portal()?;
        let is_fresh = portal.is_fresh(&visitor).await?;
        let opened = portal.incapacity_plan(&visitor).await?;
        let Decided { plan, helpers, said } = opened.view;
        let question = match (helpers.is_empty(), is_fresh) {
            (true, _) => sheet(
                "question",
                say.stand_in_question(),
                view! { <p>{say.stand_in_no_helper()}</p><p>{more(carers::PAGE.to_owned(), say.carers_title())}</p> },
            )
            .into_any(),
            (false, true) => form(say, plan.as_ref(), &helpers).into_any(),
            (false, false) => sheet(
                "question",
                say.stand_in_question(),
                view! { <p>{say.stand_in_fresh()}</p><p class="actions"><a class="button" href=again(PAGE)>{say.sign_in_again_word()}</a></p> },
            )
            .into_any(),
        };
        let body = view! {
            {back("/sharing".to_owned(), say.who_can_see())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.stand_in_title(), Some(say.stand_in_says().to_owned()))}
            {sheet("now", say.stand_in_now(), now(say, plan.as_ref()))}
            {question}
            {sheet("know", say.good_to_know(), view! {
                <ul class="help">
                    <li>{say.stand_in_begins()}</li>
                    <li>{say.stand_in_lasts()}</li>
                    <li>{say.stand_in_ends()}</li>
                </ul>
            })}
            {(!said.is_empty()).then(|| sheet("said", say.stand_in_said(), statements(say, &said)))}
        };
        let page = Page::new(titled(say, say.stand_in_title(), problem()), Place::Sharing).of(Bar::from(&opened.whose)).live();
        Paged::Ok(document(page, body).into_any())
    })
}

/// What was just done, after the redirect of a form.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "named" => say.done_stand_in_named(),
        "removed" => say.done_stand_in_removed(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

fn now(say: Say, plan: Option<&Plan>) -> impl IntoView + use<> {
    let Some(plan) = plan else { return view! { <p>{say.stand_in_nobody()}</p> }.into_any() };
    let gone = (!plan.helps).then(|| view! { <p>{say.stand_in_helps_no_more()}</p> });
    view! {
        <div class="grant compact">{sentence(say, &plan.sentence)}</div>
        {gone}
        <form method="post" action="/api/name-stand-in">
            {hidden("who", Some(NOBODY.to_owned()))}
            <p class="actions"><button class="button stop" type="submit">{say.stand_in_remove()}</button></p>
        </form>
    }
    .into_any()
}

fn form(say: Say, plan: Option<&Plan>, helpers: &[Helper]) -> impl IntoView + use<> {
    let is_back = problem().is_some();
    let who = helpers.iter().map(|helper| {
        let is_named = plan.is_some_and(|plan| plan.account == helper.account);
        choice("radio", "who", helper.account.to_string(), is_named, helper.name.clone(), None)
    });
    let is_on = |name: &str, decided: bool| if is_back { typed(name).is_some() } else { decided };
    let sensitive = is_on("sensitive", plan.is_some_and(|plan| !plan.labels.is_empty()));
    let share = is_on("share", plan.is_some_and(|plan| plan.may_share));
    view! {
        <form method="post" action="/api/name-stand-in">
            {hidden("language", Some(say.tag().to_owned()))}
            <fieldset class="choices sheet" id="who">
                <legend class="hide">{say.stand_in_question()}</legend><h2>{say.stand_in_question()}</h2>
                {beside(say, "who")}
                {who.collect_view()}
            </fieldset>
            <fieldset class="choices sheet">
                <legend class="hide">{say.stand_in_what()}</legend><h2>{say.stand_in_what()}</h2>
                <p class="hint">{say.stand_in_what_hint()}</p>
                {choice("checkbox", "sensitive", "on".to_owned(), sensitive, say.stand_in_sensitive(), None)}
                {choice("checkbox", "share", "on".to_owned(), share, say.stand_in_share(), None)}
            </fieldset>
            <p class="actions"><button class="button" type="submit">{say.stand_in_name()}</button></p>
        </form>
    }
}

/// What clinicians have said, each with who, where, when and why.
pub fn statements(say: Say, said: &[Said]) -> impl IntoView + use<> {
    let one = |said: &Said| {
        view! {
            <li class="row">
                <p class="label"><b>{said.name.clone()}</b></p>
                <p class="meta">
                    <span class="when">{moment(say, said.at)}</span>
                    " " <span class="who">{say.profession_at(&say.profession_named(&said.profession), &said.organization)}</span>
                </p>
                <p class="said" dir="auto">{said.reason.clone()}</p>
            </li>
        }
    };
    view! { <ul class="rows">{said.iter().map(one).collect_view()}</ul> }
}
