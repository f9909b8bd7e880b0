//! `/home`: the patient's first page.

use chartkey_domain::{grant::GrantState, id::PatientId};
use chartkey_portal::{
    deaths,
    entry::Entry,
    home::{HomeGrant, Waiting},
    news::News,
};
use leptos::prelude::*;
use time::{Duration, OffsetDateTime};

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::row_of,
        form::{hidden, problem_summary, titled},
        icon::{Icon, icon},
        news::{heading, news},
        notice::{Role, notice, what_was_done},
        row::rows,
        sentence::{Life, life, sentence, unmarked},
        sheet::{more, sheet, title},
    },
    pages::{Paged, emergency_plan, page, sharing::ends_soon, visits::day},
    request::{caller, look, portal, problem, query, redirect},
    shell::{Page, Place, document},
};

/// At a glance: what waits, what is new, the next visit, who can see the record.
pub fn home() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        if caller.is_clinician() {
            redirect("/shared");
        }
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        let Some(patient) = caller.record else { return Ok(without_record(say, Place::Home, &visitor.name)) };
        let opened = portal()?.home(&visitor, patient, look()).await?;
        let (whose, home) = (opened.whose, opened.view);
        let name = visitor.name.split(' ').next().unwrap_or_default();
        let next = match &home.next_visit {
            Some(visit) => day(say, visit).into_any(),
            None => view! { <p class="quiet">{say.no_next_visit()}</p> }.into_any(),
        };
        let new = home.grants.iter().filter(|grant| grant.stays_on_top).map(|grant| on_top(say, grant)).collect_view();
        let helps = home.helps.then(|| sheet("helps", say.people_you_help(), more("/shared".to_owned(), say.people_you_help_see())));
        let nobody = home.grants.is_empty().then(|| view! { <p>{say.nobody_can_see()}</p> });
        let ending = home.grants.iter().filter(|grant| grant.ends_soon).count();
        let grants = home.grants.into_iter().map(|grant| granted(say, grant, home.now)).collect_view();
        let done = match query("done").as_deref() {
            Some("claimed") => Some(say.done_claimed()),
            Some("death-undone") => Some(say.done_death_undone()),
            _ => None,
        };
        let body = view! {
            {problem_summary(say, problem())}
            {done.map(|done| what_was_done(say.done(), view! { <p>{done}</p> }))}
            {title(say.hello(name), Some(say.home_says().to_owned()))}
            {whose.death_reported_at.map(|at| death_reported(say, at, home.now))}
            {new}
            <div class="split">
                <div>
                    {sheet("waits", say.what_waits(), waiting(say, patient, home.waiting, ending))}
                    {what_is_new(say, patient, home.news, home.latest)}
                </div>
                <div>
                    {sheet("next", say.your_next_visit(), next)}
                    {sheet("who", say.who_can_see_now(), view! {
                        {nobody}
                        {grants}
                        <p class="actions"><a class="button" href="/sharing/new">{icon(Icon::Share)}{say.share_with_someone()}</a></p>
                    })}
                    {helps}
                </div>
            </div>
        };
        let page = Page::new(titled(say, say.home(), problem()), Place::Home).of_record(&whose, visitor.session_ends_at);
        Paged::Ok(document(page, body).into_any())
    })
}

/// What a patient who lives has to know first, and undoes in one step.
fn death_reported(say: Say, at: OffsetDateTime, now: OffsetDateTime) -> impl IntoView {
    let end = at + Duration::days(deaths::DAYS.into());
    let (on, until) = (say.date(at.date()), say.date(end.date()));
    let says = if now < end { say.death_reported_says(&on, &until) } else { say.death_reported_closed(&on, &until) };
    let body = view! {
        <p>{says}</p>
        <p>{say.death_reported_wrong()}</p>
        <form method="post" action="/api/undo-death-report">
            <p class="actions"><button class="button" type="submit">{say.death_undo()}</button></p>
        </form>
        <p class="quiet">{say.death_reported_family()}</p>
    };
    notice(Role::Caution, say.death_reported(), body)
}

/// What a person reads in the place of a page about their record while they have none.
pub fn without_record(say: Say, place: Place, name: &str) -> AnyView {
    let name = name.split(' ').next().unwrap_or_default();
    let body = view! {
        {title(say.hello(name), None)}
        {sheet("claim", say.no_record_yet(), view! {
            <p>{say.no_record_says()}</p>
            <p class="actions"><a class="button" href="/claim">{say.claim_record()}</a></p>
        })}
        {sheet("helps", say.people_you_help(), more("/shared".to_owned(), say.people_you_help_see()))}
    };
    document(Page::new(say.no_record_yet(), place), body).into_any()
}

/// What waits, and how many shares end soon.
fn waiting(say: Say, patient: PatientId, waiting: Waiting, ending: usize) -> impl IntoView {
    let line = |sign: Icon, href: String, words: String| view! { <li>{icon(sign)}<a href=href>{words}</a></li> };
    let codes = (waiting.codes > 0).then(|| line(Icon::KeyOne, "/sharing/codes".to_owned(), say.codes_to_confirm(waiting.codes)));
    let requests =
        (waiting.requests > 0).then(|| line(Icon::Share, "/sharing/requests".to_owned(), say.requests_to_answer(waiting.requests)));
    let unusual = (waiting.unusual > 0).then(|| line(Icon::Warn, "/activity?show=unusual".to_owned(), say.unusual_looks(waiting.unusual)));
    let answered = (waiting.answered > 0)
        .then(|| line(Icon::Pen, format!("/record/{patient}/corrections"), say.answered_corrections(waiting.answered)));
    let results = (waiting.results > 0).then(|| line(Icon::Clock, "/waiting".to_owned(), say.results_that_wait(waiting.results)));
    let emergencies =
        (waiting.emergencies > 0).then(|| line(Icon::Warn, emergency_plan::PAGE.to_owned(), say.emergencies_unread(waiting.emergencies)));
    let undecided = waiting.is_undecided.then(|| line(Icon::Info, emergency_plan::PAGE.to_owned(), say.emergency_to_decide().to_owned()));
    let ending = (ending > 0).then(|| line(Icon::Clock, "/sharing".to_owned(), say.shares_end_soon(ending)));
    if emergencies.is_none()
        && ending.is_none()
        && undecided.is_none()
        && codes.is_none()
        && requests.is_none()
        && answered.is_none()
        && results.is_none()
        && unusual.is_none()
    {
        return view! { <p class="quiet">{say.nothing_waits()}</p> }.into_any();
    }
    view! { <ul class="waiting">{emergencies}{codes}{requests}{answered}{results}{ending}{unusual}{undecided}</ul> }.into_any()
}

/// What came in since the last visit; where that is nothing, the newest of the record.
fn what_is_new(say: Say, patient: PatientId, found: News, latest: Vec<Entry>) -> impl IntoView {
    let is_quiet = found.fresh.is_empty();
    let said = match found.since {
        None => Some(say.first_look().to_owned()),
        Some(since) if is_quiet && found.older.is_empty() => Some(say.nothing_new(&say.day_and_time(since))),
        Some(_) => None,
    };
    let heading = if said.is_some() { say.what_is_new().to_owned() } else { heading(say, &found) };
    let latest = (is_quiet && !latest.is_empty())
        .then(|| sheet("latest", say.latest(), rows(latest.into_iter().map(|entry| row_of(say, patient, entry)).collect())));
    view! {
        {sheet("new", heading, view! { {said.map(|said| view! { <p>{said}</p> })}{news(say, patient, found)} })}
        {latest}
        <p>{more(format!("/record/{patient}/timeline"), say.everything())}</p>
    }
}

/// A carer, and what somebody else than the patient has given, stays on top for a week, with one step that ends it.
fn on_top(say: Say, grant: &HomeGrant) -> impl IntoView + use<> {
    let (heading, says) = match (grant.is_passed_on, grant.is_by_carer) {
        (_, true) => (say.new_shared_for(), say.new_shared_for_says()),
        (true, false) => (say.new_passed_on(), say.new_passed_on_says()),
        (false, false) => (say.new_carer(), say.new_carer_says()),
    };
    let body = view! {
        <div class="grant compact">{sentence(say, &grant.sentence)}</div>
        <p>{says}</p>
        <form method="post" action="/api/withdraw-grant">
            {hidden("grant", Some(grant.id.to_string()))}
            <p class="actions"><button class="button stop" type="submit">{say.end_it_now()}</button></p>
        </form>
    };
    notice(Role::Ask, heading, body)
}

/// A grant in its own sentence, with what is left of it.
fn granted(say: Say, grant: HomeGrant, now: OffsetDateTime) -> impl IntoView {
    let left = Life { starts_at: grant.starts_at, ends_at: grant.ends_at, state: GrantState::Active };
    let words = if grant.ends_soon && grant.may_last_longer { say.longer_or_stop() } else { say.see_or_stop() };
    view! {
        <div class="grant compact">
            {sentence(say, &grant.sentence)}
            {grant.ends_soon.then(|| ends_soon(say))}
            {life(say, left, now)}
            <p class="actions"><a class="button small" href=format!("/sharing/{}", grant.id)>{words}<span class="hide">": " {unmarked(say, &grant.sentence)}</span></a></p>
        </div>
    }
}
