//! What a patient writes into their own record by hand. It travels in the body of a post, waits in a draft until it has
//! been checked, and stands in no address.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::{
    added::Typed,
    id::{DraftId, ItemId, PatientId},
};
use leptos::prelude::*;

use super::ApiError;

/// Keeps what somebody types, and leads to the page that asks to check it.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "keep-writing")]
pub async fn keep_writing(
    patient: PatientId,
    kind: String,
    item: Option<ItemId>,
    draft: Option<DraftId>,
    #[server(flatten)] typed: Typed,
) -> Result<(), ApiError> {
    use crate::{pages::added::keep, request::answer};

    let (result, page) = keep(patient, &kind, item, draft, typed).await;
    answer(result, &page)
}

/// Takes it into the record.
///
/// # Errors
/// As [`keep_writing`].
#[server(endpoint = "add-writing")]
pub async fn add_writing(patient: PatientId, kind: String, item: Option<ItemId>, draft: DraftId) -> Result<(), ApiError> {
    use crate::{pages::added::add, request::answer};

    let (result, page) = add(patient, &kind, item, draft).await;
    answer(result, &page)
}

/// Takes back what was written: it stays, as entered in error.
///
/// # Errors
/// As [`keep_writing`].
#[server(endpoint = "take-back-writing")]
pub async fn take_back_writing(patient: PatientId, category: String, item: ItemId) -> Result<(), ApiError> {
    use crate::{pages::added::take_back, request::answer};

    let (result, page) = take_back(patient, &category, item).await;
    answer(result, &page)
}
