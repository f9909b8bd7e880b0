//! What a patient is written to about.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Chooses what the signed-in person is written to about; what is not named, they are not.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "choose-messages")]
pub async fn choose_messages(#[server(default)] kinds: Vec<String>) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};
    use chartkey_domain::telling::Telling;

    let chosen = async {
        let kinds: Option<Vec<Telling>> = kinds.iter().map(|kind| Telling::from_slug(kind)).collect();
        Ok(portal()?.choose_tellings(&visitor()?, &kinds.ok_or(ApiError::Invalid)?).await?)
    };
    answer(chosen.await.map(|()| "/account/messages?done=saved"), "/account/messages")
}
