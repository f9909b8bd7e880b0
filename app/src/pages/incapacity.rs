//! `/record/{patient}/incapacity`: a clinician says that a patient cannot decide, or that it is still so, or over.

use chartkey_domain::id::PatientId;
use chartkey_portal::incapacity::{InForce, Incapacity, LONGEST};
use leptos::prelude::*;

use super::stand_in::statements;
use crate::{
    catalogue::Say,
    components::{
        form::{area, hidden, problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
    },
    pages::{Paged, page, reader::Reader},
    request::{problem, query},
    shell::{Place, document},
};

/// What the form sends where it goes on.
pub const STILL: &str = "still";
/// And where it is over.
pub const OVER: &str = "over";

/// The address for a record.
#[must_use]
pub fn address(patient: PatientId) -> String {
    format!("/record/{patient}/incapacity")
}

/// What is so, and what can be said.
pub fn incapacity() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.incapacity(&reader.visitor, reader.patient).await?;
        let (say, whose, found) = (reader.say, opened.whose, opened.view);
        let body = view! {
            {back(reader.path(""), say.summary())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.incapacity_title(), None)}
            {stands(say, reader.patient, &found, whose.death_reported_at.is_some())}
            {(!found.said.is_empty()).then(|| sheet("said", say.stand_in_said(), statements(say, &found.said)))}
        };
        let heading = titled(say, say.incapacity_title(), problem());
        Paged::Ok(document(reader.page(&heading, Place::Summary, &whose), body).into_any())
    })
}

/// What was just done, after the redirect of a form.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "waits" => say.done_incapacity_waits(),
        "begun" => say.done_incapacity_begun(),
        STILL => say.done_incapacity_still(),
        OVER => say.done_incapacity_over(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

/// After a reported death what stands can be ended, and nothing begins or goes on.
fn stands(say: Say, patient: PatientId, found: &Incapacity, is_read_only: bool) -> AnyView {
    let read_only = is_read_only.then(|| view! { <p>{say.incapacity_read_only()}</p> });
    if let Some(in_force) = &found.in_force {
        return view! { {read_only}{goes_on(say, patient, in_force, is_read_only)} }.into_any();
    }
    if is_read_only {
        return read_only.into_any();
    }
    let Some(name) = &found.named else { return view! { <p>{say.incapacity_nobody()}</p> }.into_any() };
    let named = view! { <p>{say.incapacity_named(name)}</p> };
    if found.is_alone {
        return view! { {named}<p>{say.incapacity_alone()}</p> }.into_any();
    }
    if found.waits_for_another {
        return view! { {named}<p>{say.incapacity_waits()}</p> }.into_any();
    }
    let so_far = if found.said.is_empty() { say.incapacity_first() } else { say.incapacity_second() };
    view! {
        {named}
        <p>{so_far}</p>
        <form method="post" action="/api/state-incapacity">
            {hidden("patient", Some(patient.to_string()))}
            {area("reason", say.incapacity_reason_word(), say.incapacity_reason_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.incapacity_state()}</button></p>
        </form>
    }
    .into_any()
}

fn goes_on(say: Say, patient: PatientId, in_force: &InForce, is_read_only: bool) -> impl IntoView + use<> {
    let last = in_force.ends_at - time::Duration::NANOSECOND;
    let (since, last) = (say.date(in_force.since.date()), say.date(last.date()));
    let (said, over) = if is_read_only {
        (say.incapacity_until_death(&in_force.name, &since, &last), say.end_it_now())
    } else {
        (say.incapacity_in_force(&in_force.name, &since, &last), say.incapacity_over())
    };
    let button = |class: &'static str, finding: &'static str, words: &'static str| {
        view! {
            <form method="post" action="/api/review-incapacity">
                {hidden("patient", Some(patient.to_string()))}
                {hidden("finding", Some(finding.to_owned()))}
                <button class=class type="submit">{words}</button>
            </form>
        }
    };
    let ways = if in_force.is_ours {
        view! {
            <div class="actions">
                {(!is_read_only).then(|| button("button", STILL, say.incapacity_still()))}
                {button("button stop", OVER, over)}
            </div>
        }
        .into_any()
    } else {
        view! { <p class="quiet">{say.incapacity_theirs()}</p> }.into_any()
    };
    view! { <p>{said}</p>{ways} }
}
