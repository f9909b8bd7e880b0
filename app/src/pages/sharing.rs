//! `/sharing`: who can see the record now, and what has ended.

use chartkey_domain::grant::GrantState;
use chartkey_portal::sharing::{SharingList, Whole};
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    catalogue::Say,
    components::{
        flag::flag,
        form::{problem_summary, titled},
        icon::{Icon, icon},
        notice::{Role, notice, what_was_done},
        sentence::{Life, life, sentence, unmarked},
        sheet::{more, sheet, title},
        when::moment,
    },
    pages::{Paged, blocked, carers, emergency_plan, home::without_record, page, prescribing, requests, stand_in},
    request::{caller, portal, problem, query, visitor},
    shell::{Bar, Page, Place, document},
};

/// The list of grants.
pub fn sharing() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = visitor()?;
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let opened = portal()?.sharing(&visitor).await?;
        let SharingList { grants, codes_waiting, requests_waiting, now } = opened.view;
        let (over, out): (Vec<_>, Vec<_>) = grants.into_iter().partition(|grant| grant.over(now));
        let seeing = out.iter().filter(|grant| !grant.is_blocked).count();
        let says = if seeing == 0 { say.nobody_can_see().to_owned() } else { say.can_see_now(i64::try_from(seeing).unwrap_or_default()) };
        let codes = (codes_waiting > 0)
            .then(|| notice(Role::Ask, say.codes_wait(codes_waiting), view! { <p><a href="/sharing/codes">{say.see_codes()}</a></p> }));
        let requests = (requests_waiting > 0).then(|| {
            notice(Role::Ask, say.requests_wait(requests_waiting), view! { <p><a href=requests::PAGE>{say.see_requests()}</a></p> })
        });
        let stop = (!out.is_empty() || codes_waiting > 0).then(|| stop_all(say));
        let ended = (!over.is_empty()).then(|| {
            let rows = over.iter().map(|grant| ended(say, grant)).collect_view();
            sheet("ended", say.ended_shares(), view! { <ul class="rows">{rows}</ul> })
        });
        let body = view! {
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.who_can_see(), Some(says))}
            {codes}
            {requests}
            {out.iter().map(|grant| key(say, grant, now)).collect_view()}
            <p class="actions">
                <a class="button" href="/sharing/new">{icon(Icon::Share)}{say.new_share()}</a>
                <a href="/sharing/codes">{say.see_codes()}</a>
                <a href=requests::PAGE>{say.requests_title()}</a>
                <a href=carers::PAGE>{say.carers_title()}</a>
                <a href="/shared">{say.people_you_help()}</a>
                <a href=blocked::PAGE>{say.blocked_title()}</a>
                <a href=emergency_plan::PAGE>{say.emergency_title()}</a>
                <a href=stand_in::PAGE>{say.stand_in_title()}</a>
                <a href=prescribing::PAGE>{say.prescribing_title()}</a>
            </p>
            {stop}
            {ended}
        };
        let page = Page::new(titled(say, say.who_can_see(), problem()), Place::Sharing).of(Bar::from(&opened.whose)).live();
        Paged::Ok(document(page, body).into_any())
    })
}

/// What was just done, after the redirect of a form.
pub fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "given" => say.done_given(),
        "withdrawn" => say.done_withdrawn(),
        "stopped" => say.done_stopped(),
        "paused" => say.done_paused(),
        "resumed" => say.done_resumed(),
        "code-refused" => say.done_code_refused(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

/// Everything at once, in one step: whoever needs it may have no time for two.
fn stop_all(say: Say) -> impl IntoView {
    let form = view! {
        <p>{say.stop_all_says()}</p>
        <form method="post" action="/api/stop-sharing">
            <p class="actions"><button class="button stop" type="submit">{say.stop_all()}</button></p>
        </form>
    };
    sheet("stop", say.stop_all(), form)
}

/// To whom a grant is, in a few words.
#[must_use]
pub fn grantee(say: Say, grant: &Whole) -> String {
    grant.name.clone().unwrap_or_else(|| say.somebody_at(grant.organization.as_deref().unwrap_or_default()))
}

/// A grant in its own words, with the way to its page.
pub fn key(say: Say, grant: &Whole, now: OffsetDateTime) -> impl IntoView + use<> {
    let who = grantee(say, grant);
    let href = format!("/sharing/{}", grant.id);
    let span = Life { starts_at: grant.starts_at, ends_at: grant.ends_at, state: grant.state };
    let life = if grant.is_blocked { blocked::mark(say, grant) } else { life(say, span, now).into_any() };
    view! {
        <section class="grant compact" aria-label=format!("{}: {}", say.share_of(&who), say.purpose(grant.purpose))>
            {sentence(say, &grant.sentence)}
            {grant.ends_soon.then(|| ends_soon(say))}
            {life}
            {more(href, view! { {say.details_of()}<span class="hide">": " {say.open_this_share(&who)}</span> })}
        </section>
    }
}

/// How a grant ended. What was passed on ends in ways that its story tells.
pub fn ended_how(say: Say, grant: &Whole) -> &'static str {
    match grant.passed_on {
        Some(_) if grant.state == GrantState::Withdrawn => say.passed_on_is_over(),
        _ => say.ended_how(grant.purpose, grant.state, grant.is_given_back),
    }
}

/// What stands beside a share that ends soon.
pub fn ends_soon(say: Say) -> impl IntoView {
    view! { <p>{flag("out", Icon::Clock, say.ends_soon().to_owned())}</p> }
}

fn ended(say: Say, grant: &Whole) -> impl IntoView + use<> {
    let at = grant.ended_at.or(grant.ends_at);
    view! {
        <li class="row">
            <p class="label"><a class="name" href=format!("/sharing/{}", grant.id)>{unmarked(say, &grant.sentence)}</a></p>
            <p class="meta">
                <span class="when">{at.map(|at| moment(say, at))}</span>
                " " <span class="who">{ended_how(say, grant)}</span>
            </p>
        </li>
    }
}
