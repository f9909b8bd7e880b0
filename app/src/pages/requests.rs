//! `/sharing/requests`: who asks to see something, what became of what was asked, and the name by which clinicians ask.

use chartkey_domain::id::RequestId;
use chartkey_portal::{
    requests::{LONGEST, Request, RequestState, Said},
    secrets::in_fours,
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::{Named, Say},
    components::{
        form::{area, hidden, problem_summary, titled},
        icon::{Icon, icon},
        notice::what_was_done,
        picture::picture,
        sentence::sentence,
        sheet::{back, sheet, title},
        verified::verified,
        when::moment,
    },
    pages::{Paged, home::without_record, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Bar, Page, Place, document},
};

/// The address of the list.
pub const PAGE: &str = "/sharing/requests";

/// The address of the question why somebody asks.
pub fn asking(request: RequestId) -> String {
    format!("{PAGE}?why={request}")
}

/// The list, or the question why.
pub fn requests() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, visitor) = (caller.say(), visitor()?);
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let opened = portal()?.requests(&visitor).await?;
        let (open, answered): (Vec<_>, Vec<_>) = opened.view.requests.into_iter().partition(|request| request.state == RequestState::Sent);
        let (heading, body) = match query("why") {
            Some(why) => {
                let asked = open.iter().find(|request| request.id.to_string() == why).ok_or(ApiError::NotFound)?;
                (say.ask_why(), ask(say, asked).into_any())
            }
            None => (say.requests_title(), list(say, opened.view.name.as_deref(), &open, &answered).into_any()),
        };
        let page = Page::new(titled(say, heading, problem()), Place::Sharing).of(Bar::from(&opened.whose)).live();
        Paged::Ok(document(page, body).into_any())
    })
}

fn list(say: Say, name: Option<&str>, open: &[Request], answered: &[Request]) -> impl IntoView + use<> {
    let none = open.is_empty().then(|| view! { <p>{say.no_requests()}</p> });
    let waiting = open.iter().map(|request| waiting(say, request)).collect_view();
    let answered = (!answered.is_empty()).then(|| {
        let rows = answered.iter().map(|request| row(say, request)).collect_view();
        sheet("answered", say.answered_requests(), view! { <ul class="rows">{rows}</ul> })
    });
    view! {
        {back("/sharing".to_owned(), say.who_can_see())}
        {problem_summary(say, problem())}
        {done(say)}
        {title(say.requests_title(), Some(say.requests_says().to_owned()))}
        {waiting}
        {none}
        {share_name(say, name)}
        {answered}
    }
}

/// What was just done, after the redirect of a form.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "refused" => say.done_refused(),
        "written" => say.done_asked_why(),
        "name" => say.done_share_name(),
        "no-name" => say.done_no_share_name(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

/// What stands in a request: who asks, for what, and what was said.
fn told(say: Say, request: &Request) -> impl IntoView + use<> {
    let asker = &request.asker;
    let line = |word: &'static str, value: AnyView| view! { <div><dt>{word}</dt><dd>{value}</dd></div> };
    let named = Named::Clinician { name: asker.name.clone(), organization: asker.organization_name.clone() };
    let asked_for = match &request.terms {
        Some(terms) => {
            let words = say.grant_sentence(&named, terms);
            view! { <p>{say.if_you_give_all()}</p><div class="grant compact">{sentence(say, &words)}</div> }.into_any()
        }
        None => view! { <p>{say.asked_until_past()}</p> }.into_any(),
    };
    view! {
        <dl class="facts">
            {line(say.fact_who(), asker.name.clone().into_any())}
            {line(say.fact_profession(), say.profession_named(&asker.profession).into_any())}
            {line(say.fact_organization(), asker.organization_name.clone().into_any())}
            {line(say.fact_verified(), verified(say, asker).into_any())}
            {line(say.why_they_ask(), view! { <span class="said" dir="auto">{request.words.clone()}</span> }.into_any())}
        </dl>
        {asked_for}
        {thread(say, &request.said, say.you_said(), &asker.name)}
    }
}

/// What was said about a request, by the two who say it.
pub(super) fn thread(say: Say, said: &[Said], patient: &str, asker: &str) -> Option<impl IntoView + use<>> {
    let lines = said.iter().map(|said| {
        let who = if said.is_patient { patient } else { asker }.to_owned();
        view! { <li><p class="quiet"><b>{who}</b> " · " {moment(say, said.at)}</p><p class="said" dir="auto">{said.words.clone()}</p></li> }
    });
    let lines = lines.collect_view();
    (!said.is_empty()).then(|| view! { <h3>{say.said_about_it()}</h3><ol class="thread">{lines}</ol> })
}

fn waiting(say: Say, request: &Request) -> impl IntoView + use<> {
    let (id, name) = (request.id.to_string(), &request.asker.name);
    let of = view! { <span class="hide">": " {say.refuse_request_of(name)}</span> };
    let look = request.terms.is_some().then(|| {
        view! {
            <form method="post" action="/api/answer-request">
                {hidden("request", Some(id.clone()))}
                <button class="button" type="submit">{icon(Icon::Eye)}{say.look_and_decide()}</button>
            </form>
        }
    });
    let heading = say.somebody_asks(name);
    let label = heading.clone();
    view! {
        <section class="sheet" aria-label=label>
            <h2>{heading}</h2>
            {told(say, request)}
            <div class="actions">
                {look}
                <a class="button second" href=asking(request.id)>{say.ask_why()}</a>
                <form method="post" action="/api/refuse-request">
                    {hidden("request", Some(id.clone()))}
                    <button class="button stop" type="submit">{say.refuse_request()}{of}</button>
                </form>
            </div>
        </section>
    }
}

fn ask(say: Say, request: &Request) -> impl IntoView + use<> {
    view! {
        {back(PAGE.to_owned(), say.requests_title())}
        {problem_summary(say, problem())}
        {title(say.ask_why(), Some(say.somebody_asks(&request.asker.name)))}
        <section class="sheet" aria-label=say.why_they_ask()>{told(say, request)}</section>
        <form method="post" action="/api/write-to-request">
            {hidden("request", Some(request.id.to_string()))}
            {area("words", say.request_words(), say.ask_why_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.send_words()}</button></p>
        </form>
    }
}

fn row(say: Say, request: &Request) -> impl IntoView + use<> {
    let who = format!("{} · {}", request.asker.name, request.asker.organization_name);
    let label = match request.grant {
        Some(grant) => view! { <a class="name" href=format!("/sharing/{grant}")>{who}</a> }.into_any(),
        None => view! { <b>{who}</b> }.into_any(),
    };
    view! {
        <li class="row">
            <p class="label">{label}</p>
            <p class="meta"><span class="when">{moment(say, request.asked_at)}</span> " " <span class="who">{say.request_state(request.state)}</span></p>
        </li>
    }
}

fn share_name(say: Say, name: Option<&str>) -> impl IntoView + use<> {
    let shown = name.map(in_fours).map(|name| {
        let picture = picture(say.share_name_picture(), &name);
        view! { <p class="code"><strong>{name}</strong></p>{picture} }
    });
    let none = name.is_none().then(|| view! { <p>{say.share_name_none()}</p> });
    let words = if name.is_some() { say.make_another_name() } else { say.make_share_name() };
    let remove = name.is_some().then(|| {
        view! { <form method="post" action="/api/remove-share-name"><button class="button second" type="submit">{say.remove_share_name()}</button></form> }
    });
    sheet(
        "share-name",
        say.share_name_title(),
        view! {
            <p>{say.share_name_says()}</p>
            {shown}
            {none}
            <div class="actions">
                <form method="post" action="/api/new-share-name">{hidden("seen", name.map(str::to_owned))}<button class="button second" type="submit">{words}</button></form>
                {remove}
            </div>
        },
    )
}
