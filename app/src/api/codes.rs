//! Codes: a clinician redeems one, and the patient decides.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{AccountId, CodeId};
use leptos::prelude::*;

use super::ApiError;

/// Redeems a code as typed.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "redeem-code")]
pub async fn redeem_code(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let redeemed = async {
        match portal()?.redeem_code(&visitor()?, &code).await {
            Err(chartkey_portal::Error::NotFound) => Err(ApiError::WrongCode),
            other => Ok(other?),
        }
    };
    answer(redeemed.await.map(|()| "/redeem?done=redeemed"), "/redeem")
}

/// Confirms who redeemed a code: only now the share begins. `seen` is the sentence as
/// it stood on the page, in this language.
///
/// # Errors
/// As [`redeem_code`].
#[server(endpoint = "confirm-code")]
pub async fn confirm_code(code: CodeId, redeemer: AccountId, seen: String, #[server(default)] language: String) -> Result<(), ApiError> {
    use crate::{pages::codes::confirm, request::answer};

    answer(confirm(code, redeemer, &seen, &language).await, "/sharing/codes")
}

/// Refuses who redeemed a code, or cancels one that waits.
///
/// # Errors
/// As [`redeem_code`].
#[server(endpoint = "refuse-code")]
pub async fn refuse_code(code: CodeId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let refused = async { Ok(portal()?.refuse_code(&visitor()?, code).await?) };
    answer(refused.await.map(|()| "/sharing/codes?done=code-refused"), "/sharing/codes")
}
