//! The access log: stopping what the patient does not recognise.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Stops every share that an entry of the log rested on.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "not-recognised")]
pub async fn not_recognised(entry: i64) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let stopped = async { Ok(portal()?.not_recognised(&visitor()?, entry).await?) };
    let page = |stopped| if stopped > 0 { "/activity?done=stopped" } else { "/activity?done=nothing" };
    answer(stopped.await.map(page), "/activity")
}
