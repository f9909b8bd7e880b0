//! Passing on: a clinician lets one colleague see part of what is shared with them, and a carer shares in the patient's place.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use std::collections::BTreeMap;

use chartkey_domain::id::GrantId;
use leptos::prelude::*;

use super::ApiError;

/// Passes part of a share on. `parts` are categories and labels: no two of them are called the same. A carer says the `purpose`.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "pass-on")]
pub async fn pass_on(
    grant: GrantId,
    #[server(default)] recipient: String,
    #[server(default)] parts: BTreeMap<String, String>,
    #[server(default)] purpose: String,
    #[server(default)] length: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::{Chosen, back_to, page_of_passing, pass_on as pass},
        request::{answer, send_due},
    };

    let page = page_of_passing(grant);
    let passed = pass(grant, &Chosen { recipient, parts, purpose, length }).await;
    send_due(&passed);
    let back = back_to(&passed, &page).to_owned();
    answer(passed.map(|()| format!("{page}?done=passed")), &back)
}

/// Takes back what was passed on: `grant` is what the colleague was given, `of` the share that it is part of.
///
/// # Errors
/// As [`pass_on`].
#[server(endpoint = "take-back-share")]
pub async fn take_back_share(grant: GrantId, of: GrantId) -> Result<(), ApiError> {
    use crate::{
        pages::{back_to, page_of_passing},
        request::{answer, portal, send_due, visitor},
    };

    let page = page_of_passing(of);
    let taken = async { Ok(portal()?.take_back(&visitor()?, grant).await?) };
    let taken = taken.await;
    send_due(&taken);
    let back = back_to(&taken, &page).to_owned();
    answer(taken.map(|()| format!("{page}?done=taken")), &back)
}
