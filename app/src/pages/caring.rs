//! `/shared` for somebody who is no clinician: whom they help.

use chartkey_domain::grant::GrantState;
use chartkey_portal::caring::Cared;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        form::{problem_summary, titled},
        notice::what_was_done,
        sentence::{Life, labels_end, life, sentence},
        sheet::{more, title},
    },
    pages::{helper_log, page_of_passing},
    request::{caller, of_record, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

/// The people, each with what they have confirmed; nothing of a record is on it.
///
/// # Errors
/// [`ApiError::NotFound`] for a clinician.
pub async fn caring() -> Result<AnyView, ApiError> {
    let say = caller().say();
    let (cared, now) = portal()?.cared_for(&visitor()?).await?;
    let problem = problem();
    let done = match query("done").as_deref() {
        Some("helped") => Some(say.done_helped()),
        Some("registered") => Some(say.done_registered()),
        _ => None,
    };
    let done = done.map(|words| what_was_done(say.done(), view! { <p>{words}</p> }));
    let nobody = cared.is_empty().then(|| view! { <p>{say.helps_nobody()}</p> });
    let body = view! {
        {problem_summary(say, problem)}
        {done}
        {title(say.people_you_help(), Some(say.people_you_help_says().to_owned()))}
        {nobody}
        {cared.iter().map(|one| patient(say, one, now)).collect_view()}
        <p class="actions"><a class="button second" href="/redeem">{say.use_a_code()}</a></p>
        <p>{say.registered_help()} " " <a href="/claim">{say.registered_help_use()}</a></p>
    };
    Ok(document(Page::new(titled(say, say.people_you_help(), problem), Place::Patients).live(), body).into_any())
}

fn patient(say: Say, cared: &Cared, now: OffsetDateTime) -> impl IntoView + use<> {
    // Without an end it is the patient who ends it, and their sentence says so.
    let span = Life { starts_at: cared.starts_at, ends_at: cared.ends_at, state: GrantState::Active };
    let left = cared.ends_at.map(|_| life(say, span, now));
    let born = cared.birth_date.as_ref().map(|date| view! { <p class="quiet">{say.born(&say.fhir_date(date))}</p> });
    view! {
        <section class="sheet">
            <h2>{cared.name.clone()}</h2>
            {born}
            <div class="grant compact">{sentence(say, &cared.sentence)}{left}</div>
            {labels_end(say, cared.labels_until, now)}
            <p class="actions"><a class="button" href=of_record(cared.patient, "")>{say.open_record_of(&cared.name)}</a></p>
            <p>{more(helper_log::address(cared.patient), view! { {say.who_has_looked()}<span class="hide">": " {cared.name.clone()}</span> })}</p>
            {cared.may_share.then(|| {
                view! { <p>{more(page_of_passing(cared.grant), view! { {say.share_for()}<span class="hide">": " {cared.name.clone()}</span> })}</p> }
            })}
            <form method="post" action="/api/withdraw-grant">
                <input type="hidden" name="grant" value=cared.grant.to_string()/>
                <input type="hidden" name="helping" value="1"/>
                <p class="actions"><button class="button second small" type="submit">{say.stop_helping(&cared.name)}</button></p>
            </form>
        </section>
    }
}
