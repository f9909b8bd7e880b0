//! The access log: stopping what the patient does not recognise, and having it checked.

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

/// Has the server check the log; with `anew`, without comparing it with what was seen before. What it found stands on the
/// page afterwards, and not in an address, which anybody could write.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "check-log")]
pub async fn check_log(anew: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let checked = async {
        let (portal, visitor) = (portal()?, visitor()?);
        let checked = if anew.is_some() { portal.check_log_anew(&visitor).await } else { portal.log_to_check(&visitor, None).await };
        Ok(checked?)
    };
    answer(checked.await.map(|_| "/activity?done=checked"), "/activity")
}
