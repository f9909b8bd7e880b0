//! Files that a patient has added: the answer to whose they are, showing what they brought, and
//! taking them back. The file itself is taken by a route, which is no server function.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::ImportId;
use leptos::prelude::*;

use super::ApiError;

/// Says that a file which describes somebody else is about the patient.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "confirm-upload")]
pub async fn confirm_upload(import: ImportId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let page = format!("/sources/imports/{import}");
    let done = async { Ok(portal()?.confirm_upload(&visitor()?, import).await?) };
    answer(done.await.map(|()| page.as_str()), &page)
}

/// Says that it is not: nothing of it is kept.
///
/// # Errors
/// As [`confirm_upload`].
#[server(endpoint = "discard-upload")]
pub async fn discard_upload(import: ImportId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let page = format!("/sources/imports/{import}");
    let done = async { Ok(portal()?.discard_upload(&visitor()?, import).await?) };
    answer(done.await.map(|()| page.as_str()), &page)
}

/// Lets the patient's keys cover what a file of theirs brought.
///
/// # Errors
/// As [`confirm_upload`].
#[server(endpoint = "show-import")]
pub async fn show_import(import: ImportId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let page = format!("/sources/imports/{import}");
    let done = async { Ok(portal()?.show_import(&visitor()?, import).await?) };
    answer(done.await.map(|()| format!("{page}?done=shown")), &page)
}

/// Takes back what a file of the patient's brought.
///
/// # Errors
/// As [`confirm_upload`].
#[server(endpoint = "undo-import")]
pub async fn undo_import(import: ImportId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let page = format!("/sources/imports/{import}");
    let done = async { Ok(portal()?.undo_import(&visitor()?, import).await?) };
    answer(done.await.map(|()| page.as_str()), &page)
}
