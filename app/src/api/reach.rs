//! Keeping one thing from somebody who has a share, or from everybody, and letting them see it again.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{AccountId, ItemId, OrganizationId, PatientId};
use leptos::prelude::*;

use super::ApiError;

/// Keeps an item from a clinician, from everybody at an organization, or from everybody, whatever they are given.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "keep-from")]
pub async fn keep_from(
    patient: PatientId,
    category: String,
    item: ItemId,
    account: Option<AccountId>,
    organization: Option<OrganizationId>,
    everybody: Option<String>,
) -> Result<(), ApiError> {
    use crate::{
        pages::who::{done, said, whom},
        request::{answer, portal, visitor},
    };

    let kept = async {
        let whom = whom(account, organization, everybody.as_deref())?;
        Ok((portal()?.keep_from(&visitor()?, patient, item, whom).await?, done(whom, true)))
    };
    let (done, from) = said(kept.await, patient, &category, item);
    answer(done, &from)
}

/// Lets shares reach the item for them again.
///
/// # Errors
/// As [`keep_from`].
#[server(endpoint = "show-again")]
pub async fn show_again(
    patient: PatientId,
    category: String,
    item: ItemId,
    account: Option<AccountId>,
    organization: Option<OrganizationId>,
    everybody: Option<String>,
) -> Result<(), ApiError> {
    use crate::{
        pages::who::{done, said, whom},
        request::{answer, portal, visitor},
    };

    let shown = async {
        let whom = whom(account, organization, everybody.as_deref())?;
        Ok((portal()?.show_again(&visitor()?, patient, item, whom).await?, done(whom, false)))
    };
    let (done, from) = said(shown.await, patient, &category, item);
    answer(done, &from)
}
