//! What a patient says is wrong. The words travel in the body of a post, wait in a draft until they
//! have been checked, and stand in no address.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{CorrectionId, DraftId, ItemId, PatientId};
use leptos::prelude::*;

use super::ApiError;

/// Keeps what somebody says is wrong with an item, and leads to the page that asks to check it.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "say-wrong")]
pub async fn say_wrong(patient: PatientId, category: String, item: ItemId, #[server(default)] words: String) -> Result<(), ApiError> {
    use crate::{pages::corrections::question::keep, request::answer};

    let (result, page) = keep(patient, &category, item, &words).await;
    answer(result, &page)
}

/// Says it: from now on the statement stands beside the item. Where another stands already, leads to that with the words.
///
/// # Errors
/// As [`say_wrong`].
#[server(endpoint = "open-correction")]
pub async fn open_correction(patient: PatientId, category: String, item: ItemId, draft: DraftId) -> Result<(), ApiError> {
    use crate::{
        pages::corrections::{open, question::Step},
        request::answer,
    };

    answer(open(patient, item, draft).await, &Step::Ask.page(patient, &category, item, Some(draft)))
}

/// Writes into the thread of a correction.
///
/// # Errors
/// As [`say_wrong`].
#[server(endpoint = "write-to-correction")]
pub async fn write_to_correction(patient: PatientId, correction: CorrectionId, #[server(default)] words: String) -> Result<(), ApiError> {
    use crate::{pages::corrections::write, request::answer};

    let (result, page) = write(patient, correction, &words).await;
    answer(result, &page)
}

/// Ends a correction that is settled.
///
/// # Errors
/// As [`say_wrong`].
#[server(endpoint = "resolve-correction")]
pub async fn resolve_correction(patient: PatientId, correction: CorrectionId) -> Result<(), ApiError> {
    use crate::{pages::corrections::ending::end, request::answer};
    use chartkey_portal::corrections::CorrectionEnding;

    let (result, page) = end(patient, correction, CorrectionEnding::Resolved).await;
    answer(result, &page)
}

/// Takes back what was said.
///
/// # Errors
/// As [`say_wrong`].
#[server(endpoint = "withdraw-correction")]
pub async fn withdraw_correction(patient: PatientId, correction: CorrectionId) -> Result<(), ApiError> {
    use crate::{pages::corrections::ending::end, request::answer};
    use chartkey_portal::corrections::CorrectionEnding;

    let (result, page) = end(patient, correction, CorrectionEnding::Withdrawn).await;
    answer(result, &page)
}
