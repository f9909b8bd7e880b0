//! `/emergency`: a clinician opens what somebody has decided for an emergency, and reviews what a colleague has opened.

use chartkey_domain::id::{GrantId, PatientId};
use chartkey_portal::emergency::{Finding, LONGEST, Open, Reviews};
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        form::{area, beside, choice, day, described_by, hidden, problem_summary, titled},
        notice::{Role, notice, what_was_done},
        sheet::{back, more, sheet, title},
        when::moment,
    },
    pages::{Paged, page},
    request::{again, caller, portal, problem, query, typed, visitor},
    shell::{Page, Place, document},
};

/// The address.
pub const PAGE: &str = "/emergency";

/// The address where one look is reviewed.
pub fn reviewing(grant: GrantId) -> String {
    format!("{PAGE}?review={grant}")
}

/// The form with what waits below it, or the review of one look.
pub fn emergency() -> impl IntoView {
    page(async {
        let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
        let reviews = portal.emergency_reviews(&visitor).await?;
        let (heading, body) = match query("review") {
            Some(review) => {
                let found = reviews.open.iter().find(|open| !open.is_own && open.grant.to_string() == review);
                (say.review_question(), one(say, found.ok_or(ApiError::NotFound)?).into_any())
            }
            None => {
                let is_fresh = portal.is_fresh(&visitor).await?;
                (say.open_emergency_title(), whole(say, is_fresh, reviews).into_any())
            }
        };
        Paged::Ok(document(Page::new(titled(say, heading, problem()), Place::Patients), body).into_any())
    })
}

fn whole(say: Say, is_fresh: bool, reviews: Reviews) -> impl IntoView {
    let done = (query("done").as_deref() == Some("reviewed")).then(|| what_was_done(say.done(), view! { <p>{say.done_reviewed()}</p> }));
    let step = if is_fresh {
        form(say).into_any()
    } else {
        view! { <p>{say.emergency_fresh()}</p><p class="actions"><a class="button" href=again(PAGE)>{say.sign_in_again_word()}</a></p> }
            .into_any()
    };
    let now_open = (!reviews.now_open.is_empty()).then(|| {
        let rows = reviews.now_open.into_iter().map(|open| open_now(say, open)).collect_view();
        sheet("now", say.emergency_now_open(), view! { <ul class="rows">{rows}</ul> })
    });
    let warning = if reviews.is_independent { say.open_emergency_warns_alone() } else { say.open_emergency_warns() };
    let waits = (!reviews.is_independent).then(|| waiting(say, &reviews.open));
    view! {
        {back("/shared".to_owned(), say.patients())}
        {problem_summary(say, problem())}
        {done}
        {title(say.open_emergency_title(), Some(say.open_emergency_says().to_owned()))}
        {now_open}
        {notice(Role::Caution, say.before_you_open(), view! { <p>{warning}</p> })}
        {step}
        {waits}
    }
}

fn form(say: Say) -> impl IntoView {
    let born = ["day", "month", "year"].map(|part| (part.to_owned(), typed(part).unwrap_or_default(), "off"));
    view! {
        <form method="post" action="/api/open-emergency">
            <fieldset class="sheet">
                <legend class="hide">{say.emergency_by_card()}</legend><h2>{say.emergency_by_card()}</h2>
                {optional(say, "code", say.emergency_code_word(), say.emergency_code_hint())}
            </fieldset>
            <fieldset class="sheet">
                <legend class="hide">{say.emergency_by_name()}</legend><h2>{say.emergency_by_name()}</h2>
                {optional(say, "name", say.emergency_name_word(), say.emergency_name_hint())}
                {day(say, say.birth_date(), None, born)}
            </fieldset>
            {area("reason", say.emergency_reason_word(), say.emergency_reason_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.open_emergency()}</button><a href="/shared">{say.patients()}</a></p>
        </form>
    }
}

/// A line that may stay empty where the other way is taken. A code is never shown again.
fn optional(say: Say, id: &'static str, label: &'static str, hint: &'static str) -> impl IntoView {
    let is_wrong = problem().is_some_and(|problem| problem.field() == Some(id));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            {beside(say, id)}
            <input
                id=id name=id type="text" autocomplete="off" maxlength="200"
                value=typed(id) aria-invalid=is_wrong.then_some("true") aria-describedby=described_by(id, true)
            />
        </div>
    }
}

fn open_now(say: Say, (patient, name, until): (PatientId, String, OffsetDateTime)) -> impl IntoView {
    view! {
        <li class="row">
            <p class="label"><a class="name" href=format!("/record/{patient}")>{say.open_record_of(&name)}</a></p>
            <p class="meta"><span class="when">{say.until_time(&say.day_and_time(until))}</span></p>
        </li>
    }
}

/// What colleagues, or the reader, have opened and nobody has reviewed.
fn waiting(say: Say, open: &[Open]) -> impl IntoView + use<> {
    let rows = open.iter().map(|open| {
        let way = if open.is_own {
            view! { <p class="quiet">{say.review_own()}</p> }.into_any()
        } else {
            view! { <p>{more(reviewing(open.grant), view! { {say.review_it()}<span class="hide">": " {said(say, open)}</span> })}</p> }
                .into_any()
        };
        view! {
            <li class="row">
                <p class="label"><b>{said(say, open)}</b></p>
                <p class="meta"><span class="when">{moment(say, open.opened_at)}</span></p>
                {way}
            </li>
        }
    });
    let list = if open.is_empty() {
        view! { <p>{say.reviews_none()}</p> }.into_any()
    } else {
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    };
    sheet("reviews", say.reviews_title(), view! { <p>{say.reviews_says()}</p>{list} })
}

fn said(say: Say, open: &Open) -> String {
    say.review_opened(&open.name, &open.patient)
}

fn one(say: Say, open: &Open) -> impl IntoView + use<> {
    let born = open.birth_date.as_ref().map(|date| view! { <p class="quiet">{say.born(&say.fhir_date(date))}</p> });
    let findings = Finding::ALL.into_iter().map(|finding| {
        let is_chosen = typed("finding").as_deref() == Some(finding.slug());
        choice("radio", "finding", finding.slug().to_owned(), is_chosen, say.finding(finding), None)
    });
    view! {
        {back(PAGE.to_owned(), say.open_emergency_title())}
        {problem_summary(say, problem())}
        {title(say.review_question(), None)}
        {sheet("opened", said(say, open), view! {
            <p class="quiet">{moment(say, open.opened_at)} " · " {say.profession_named(&open.profession)}</p>
            {born}
            <p class="small quiet">{say.emergency_reason_was()}</p>
            <p class="said" dir="auto">{open.reason.clone()}</p>
        })}
        <form method="post" action="/api/review-emergency">
            {hidden("grant", Some(open.grant.to_string()))}
            <fieldset class="choices sheet" id="finding">
                <legend class="hide">{say.review_question()}</legend><h2>{say.review_question()}</h2>
                {beside(say, "finding")}
                {findings.collect_view()}
            </fieldset>
            {area("words", say.review_words(), say.review_words_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.review_close()}</button><a href=PAGE>{say.back()}</a></p>
        </form>
    }
}
