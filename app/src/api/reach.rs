//! Keeping one thing from somebody who has a share, or from everybody, letting them see it again, lowering its labels, and sharing it by itself.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{AccountId, DraftId, GrantId, ItemId, OrganizationId, PatientId};
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

/// Says that a sensitive label does not apply to an item.
///
/// # Errors
/// As [`keep_from`].
#[server(endpoint = "lower-label")]
pub async fn lower_label(patient: PatientId, category: String, item: ItemId, label: String) -> Result<(), ApiError> {
    use crate::{
        pages::who::{label as read, said},
        request::{answer, portal, visitor},
    };

    let lowered = async { Ok((portal()?.lower(&visitor()?, patient, item, read(&label)?).await?, "lowered")) };
    let (done, from) = said(lowered.await, patient, &category, item);
    answer(done, &from)
}

/// Marks an item with the label again.
///
/// # Errors
/// As [`keep_from`].
#[server(endpoint = "mark-again")]
pub async fn mark_again(patient: PatientId, category: String, item: ItemId, label: String) -> Result<(), ApiError> {
    use crate::{
        pages::who::{label as read, said},
        request::{answer, portal, visitor},
    };

    let marked = async { Ok((portal()?.mark(&visitor()?, patient, item, read(&label)?).await?, "marked")) };
    let (done, from) = said(marked.await, patient, &category, item);
    answer(done, &from)
}

/// Names an item in a share that is being prepared, in the version that its page showed: in `draft`, in a new version of `grant`, or
/// in a new share.
///
/// # Errors
/// As [`keep_from`].
#[server(endpoint = "name-thing")]
pub async fn name_thing(
    patient: PatientId,
    category: String,
    item: ItemId,
    version: i32,
    draft: Option<DraftId>,
    grant: Option<GrantId>,
) -> Result<(), ApiError> {
    use crate::{
        pages::{grant_new::Step, who},
        request::{answer, portal, visitor},
    };
    use chartkey_portal::sharing::things::Beside;

    let beside = match (draft, grant) {
        (Some(draft), _) => Beside::Draft(draft),
        (None, Some(grant)) => Beside::Grant(grant),
        (None, None) => Beside::Nothing,
    };
    let named = async { Ok(portal()?.name_thing(&visitor()?, patient, item, version, beside).await?) };
    let next = |draft| match beside {
        Beside::Nothing => Step::Who.page(draft),
        Beside::Draft(_) => format!("{}#things", Step::What.page(draft)),
        Beside::Grant(_) => Step::Check.page(draft),
    };
    answer(named.await.map(next), &who::page(patient, &category, item))
}
