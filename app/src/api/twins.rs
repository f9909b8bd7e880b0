//! What several sources seem to tell of: taking it apart, and putting it together again.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{ItemId, PatientId};
use leptos::prelude::*;

use super::ApiError;

/// Shows what was one as several from now on.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "take-apart")]
pub async fn take_apart(patient: PatientId, category: String, item: ItemId) -> Result<(), ApiError> {
    use crate::{
        pages::item::twins::said,
        request::{answer, portal, visitor},
    };

    let parted = async { Ok(portal()?.take_apart(&visitor()?, patient, item).await?) };
    let (done, from) = said(parted.await, "taken-apart", patient, &category, item);
    answer(done, &from)
}

/// Shows what was taken apart as one again.
///
/// # Errors
/// As [`take_apart`].
#[server(endpoint = "put-together")]
pub async fn put_together(patient: PatientId, category: String, item: ItemId) -> Result<(), ApiError> {
    use crate::{
        pages::item::twins::said,
        request::{answer, portal, visitor},
    };

    let joined = async { Ok(portal()?.put_together(&visitor()?, patient, item).await?) };
    let (done, from) = said(joined.await, "put-together", patient, &category, item);
    answer(done, &from)
}
