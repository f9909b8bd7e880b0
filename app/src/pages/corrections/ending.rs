//! How a correction ends: the two ways on its page, and the question before each.

use chartkey_domain::id::{CorrectionId, PatientId};
use chartkey_portal::corrections::{Correction, CorrectionEnding};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        disputed::page_of,
        entry::called,
        form::hidden,
        notice::{Role, notice},
        sheet::{back, sheet, title},
    },
    request::{portal, visitor},
};

/// The ending that a page asks about.
#[must_use]
pub fn of(ask: &str) -> Option<CorrectionEnding> {
    match ask {
        "settled" => Some(CorrectionEnding::Resolved),
        "taken-back" => Some(CorrectionEnding::Withdrawn),
        _ => None,
    }
}

/// What is asked.
#[must_use]
pub fn question(say: Say, ending: CorrectionEnding) -> &'static str {
    match ending {
        CorrectionEnding::Resolved => say.is_it_settled(),
        CorrectionEnding::Withdrawn => say.take_back_question(),
    }
}

/// The ways to the questions.
pub fn ways(say: Say, patient: PatientId, correction: CorrectionId) -> impl IntoView {
    let page = page_of(patient, correction);
    let body = view! {
        <p>{say.settled_says()}</p>
        <p class="actions">
            <a class="button second" href=format!("{page}?ask=settled")>{say.resolve_it()}</a>
            <a class="button second" href=format!("{page}?ask=taken-back")>{say.withdraw_it()}</a>
        </p>
    };
    sheet("settled", say.is_it_settled(), body)
}

/// The question before it ends, with what it is about.
pub fn asks(say: Say, patient: PatientId, correction: &Correction, ending: CorrectionEnding) -> impl IntoView + use<> {
    let page = page_of(patient, correction.id);
    let name = called(say, &correction.entry).name;
    let (action, words) = match ending {
        CorrectionEnding::Resolved => ("/api/resolve-correction", say.resolve_it()),
        CorrectionEnding::Withdrawn => ("/api/withdraw-correction", say.withdraw_it()),
    };
    view! {
        {back(page.clone(), say.back())}
        {title(question(say, ending), Some(name))}
        {sheet("statement", say.you_say_wrong(), view! { <p class="said" dir="auto">{correction.statement.clone()}</p> })}
        {notice(Role::Caution, words, view! { <p>{say.settled_says()}</p> })}
        <form method="post" action=action>
            {hidden("patient", Some(patient.to_string()))}
            {hidden("correction", Some(correction.id.to_string()))}
            <p class="actions">
                <button class="button stop" type="submit">{words}</button>
                <a href=page>{say.let_it_stand()}</a>
            </p>
        </form>
    }
}

/// Ends a correction. Says where to go, and which page the form is on.
pub async fn end(patient: PatientId, correction: CorrectionId, ending: CorrectionEnding) -> (Result<String, ApiError>, String) {
    let page = page_of(patient, correction);
    let ended = async { Ok(portal()?.end_correction(&visitor()?, patient, correction, ending).await?) };
    (ended.await.map(|()| format!("{page}?done=ended")), page)
}
