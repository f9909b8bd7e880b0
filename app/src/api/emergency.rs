//! Emergencies: the patient decides what may open, a clinician opens it, and somebody else reviews it.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use std::collections::BTreeMap;

use chartkey_domain::id::GrantId;
use leptos::prelude::*;

use super::ApiError;

/// Decides what opens in an emergency.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "decide-emergency")]
pub async fn decide_emergency(
    #[server(default)] extent: String,
    #[server(default)] labels: BTreeMap<String, String>,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] language: String,
) -> Result<(), ApiError> {
    use crate::{
        catalogue::CATALOGUE_VERSION,
        pages::emergency_plan::PAGE,
        request::{answer, portal, read_in, visitor},
    };
    use chartkey_domain::{emergency::Extent, label::Label};
    use chartkey_portal::{
        emergency::{Contact, NewPlan, WHO},
        sharing::Sentence,
    };

    let decided = async {
        let extent = Extent::from_slug(&extent).ok_or(ApiError::EmergencyExtent)?;
        let labels = labels.keys().filter_map(|label| Label::from_slug(label)).collect();
        let say = read_in(&language);
        let sentence = Sentence {
            text: say.emergency_sentence(extent, labels),
            language: say.tag().to_owned(),
            catalogue_version: CATALOGUE_VERSION.to_owned(),
        };
        let named = say.emergency_opened_sentence(extent, labels, WHO);
        let new = NewPlan { extent, labels, sentence, named, contact: Contact { name, email } };
        portal()?.decide_emergency(&visitor()?, new).await?;
        Ok(format!("{PAGE}?done=decided"))
    };
    answer(decided.await, PAGE)
}

/// Makes a code for another card, in the place of the one that was seen.
///
/// # Errors
/// As [`decide_emergency`].
#[server(endpoint = "new-emergency-code")]
pub async fn new_emergency_code(#[server(default)] seen: String) -> Result<(), ApiError> {
    use crate::{
        pages::emergency_plan::PAGE,
        request::{answer, portal, visitor},
    };

    let made = async { Ok(portal()?.new_emergency_code(&visitor()?, &seen).await?) };
    answer(made.await.map(|()| format!("{PAGE}?done=code")), PAGE)
}

/// The patient has read that their record was opened in an emergency.
///
/// # Errors
/// As [`decide_emergency`].
#[server(endpoint = "read-emergency")]
pub async fn read_emergency(grant: GrantId) -> Result<(), ApiError> {
    use crate::{
        pages::emergency_plan::PAGE,
        request::{answer, portal, visitor},
    };

    let read = async { Ok(portal()?.read_emergency(&visitor()?, grant).await?) };
    answer(read.await.map(|()| format!("{PAGE}?done=read")), PAGE)
}

/// Opens a record in an emergency.
///
/// # Errors
/// As [`decide_emergency`].
#[server(endpoint = "open-emergency")]
pub async fn open_emergency(
    #[server(default)] code: String,
    #[server(default)] name: String,
    #[server(default)] day: String,
    #[server(default)] month: String,
    #[server(default)] year: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::emergency::PAGE,
        request::{answer, portal, send_due, visitor},
    };
    use chartkey_domain::draft::TypedDay;
    use chartkey_portal::emergency::Claim;

    let opened = async {
        let claim = Claim { code, name, born: TypedDay { day, month, year }, reason };
        let patient = portal()?.open_emergency(&visitor()?, claim).await?;
        Ok(format!("/record/{patient}"))
    };
    let opened = opened.await;
    send_due(&opened);
    answer(opened, PAGE)
}

/// Says what the review of an emergency has found.
///
/// # Errors
/// As [`decide_emergency`].
#[server(endpoint = "review-emergency")]
pub async fn review_emergency(
    grant: GrantId,
    #[server(default)] finding: String,
    #[server(default)] words: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::emergency::{PAGE, reviewing},
        request::{answer, portal, visitor},
    };
    use chartkey_portal::emergency::Finding;

    let reviewed = async { Ok::<_, ApiError>(portal()?.review_emergency(&visitor()?, grant, Finding::from_slug(&finding), &words).await?) };
    let reviewed = reviewed.await;
    // Of what somebody else has reviewed by now the page of the review is no more.
    let page = if matches!(reviewed, Err(ApiError::Gone)) { PAGE.to_owned() } else { reviewing(grant) };
    answer(reviewed.map(|()| format!("{PAGE}?done=reviewed")), &page)
}
