//! Whether clinicians are told to ask the patient before they prescribe.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Chooses it where `choice` is `on`, and otherwise not any more.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "ask-before-prescribing")]
pub async fn ask_before_prescribing(#[server(default)] choice: String) -> Result<(), ApiError> {
    use crate::{
        pages::prescribing::{ON, PAGE},
        request::{answer, portal, visitor},
    };

    let is_chosen = choice == ON;
    let go = async {
        portal()?.choose_asks_first(&visitor()?, is_chosen).await?;
        Ok(format!("{PAGE}?done={}", if is_chosen { "on" } else { "off" }))
    };
    answer(go.await, PAGE)
}
