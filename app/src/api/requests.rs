//! Requests: a clinician asks, and the patient gives what they want of it, asks why, or refuses.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{DraftId, GrantId, RequestId};
use leptos::prelude::*;

use super::ApiError;

/// Asks whoever has a share name. `parts` are categories and labels: no two of them are called the same. What was chosen is kept in a draft where something has to be written again.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "ask-patient")]
pub async fn ask_patient(
    draft: Option<DraftId>,
    #[server(default)] share_name: String,
    #[server(default)] purpose: String,
    #[server(default)] purpose_text: String,
    #[server(default)] parts: Vec<String>,
    #[server(default)] length: String,
    #[server(default)] words: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::ask::{PAGE, kept, send},
        request::answer,
    };
    use chartkey_domain::{category::Category, draft::Draft, grant::Purpose, label::Label};
    use chartkey_portal::requests::{Length, NewRequest};

    let answers = Draft {
        purpose: Purpose::chosen(&purpose),
        purpose_text,
        categories: parts.iter().filter_map(|part| Category::from_slug(part)).collect(),
        labels: parts.iter().filter_map(|part| Label::from_slug(part)).collect(),
        ..Draft::default()
    };
    let new =
        NewRequest { name: share_name, draft: answers.clone(), length: Length::from_slug(&length).unwrap_or_default(), words, kept: draft };
    match send(new).await {
        Ok(()) => answer(Ok(format!("{PAGE}?done=sent")), PAGE),
        Err(problem) => answer(Err::<&str, _>(problem), &kept(draft, answers).await),
    }
}

/// Asks a patient once more for what they shared, or for longer than it lasts, without their share name.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "ask-again")]
pub async fn ask_again(grant: GrantId, #[server(default)] length: String, #[server(default)] words: String) -> Result<(), ApiError> {
    use crate::{
        pages::ask::{PAGE, again},
        request::{answer, portal, visitor},
    };
    use chartkey_portal::requests::Length;

    let length = Length::from_slug(&length).unwrap_or_default();
    let asked = async { Ok(portal()?.ask_again(&visitor()?, grant, length, &words).await?) };
    answer(asked.await.map(|()| format!("{PAGE}?done=sent-again")), &again(grant))
}

/// Says something about a request that waits.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "write-to-request")]
pub async fn write_to_request(request: RequestId, #[server(default)] words: String) -> Result<(), ApiError> {
    use crate::{
        pages::{ask, requests},
        request::{answer, caller, portal, visitor},
    };

    let said = async { Ok(portal()?.write_to_request(&visitor()?, request, &words).await?) };
    let (page, way) =
        if caller().is_clinician() { (ask::PAGE, ask::answering(request)) } else { (requests::PAGE, requests::asking(request)) };
    answer(said.await.map(|()| format!("{page}?done=written")), &way)
}

/// Takes a request back.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "withdraw-request")]
pub async fn withdraw_request(request: RequestId) -> Result<(), ApiError> {
    use crate::{
        pages::ask::PAGE,
        request::{answer, portal, visitor},
    };

    let withdrawn = async { Ok(portal()?.withdraw_request(&visitor()?, request).await?) };
    answer(withdrawn.await.map(|()| format!("{PAGE}?done=taken-back")), PAGE)
}

/// Begins the share that answers a request: the patient checks it, narrows it, and gives it, or not.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "answer-request")]
pub async fn answer_request(request: RequestId) -> Result<(), ApiError> {
    use crate::{
        pages::{grant_new::Step, requests::PAGE},
        request::{answer, portal, visitor},
    };

    let begun = async { Ok(portal()?.answer_request(&visitor()?, request).await?) };
    answer(begun.await.map(|draft| Step::Check.page(draft)), PAGE)
}

/// Refuses a request.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "refuse-request")]
pub async fn refuse_request(request: RequestId) -> Result<(), ApiError> {
    use crate::{
        pages::requests::PAGE,
        request::{answer, portal, visitor},
    };

    let refused = async { Ok(portal()?.refuse_request(&visitor()?, request).await?) };
    answer(refused.await.map(|()| format!("{PAGE}?done=refused")), PAGE)
}

/// Makes a share name, in the place of the one that was seen.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "new-share-name")]
pub async fn new_share_name(#[server(default)] seen: String) -> Result<(), ApiError> {
    use crate::{
        pages::requests::PAGE,
        request::{answer, portal, visitor},
    };

    let made = async { Ok(portal()?.new_share_name(&visitor()?, &seen).await?) };
    answer(made.await.map(|()| format!("{PAGE}?done=name")), PAGE)
}

/// Gives the share name up.
///
/// # Errors
/// As [`ask_patient`].
#[server(endpoint = "remove-share-name")]
pub async fn remove_share_name() -> Result<(), ApiError> {
    use crate::{
        pages::requests::PAGE,
        request::{answer, portal, visitor},
    };

    let removed = async { Ok(portal()?.remove_share_name(&visitor()?).await?) };
    answer(removed.await.map(|()| format!("{PAGE}?done=no-name")), PAGE)
}
