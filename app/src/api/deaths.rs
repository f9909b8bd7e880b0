//! A death that was reported, where that is wrong.

use leptos::prelude::*;

use super::ApiError;

/// Says that the signed-in patient has not died. What they share lasts again as long as they had chosen.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "undo-death-report")]
pub async fn undo_death_report() -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let undone = async { Ok(portal()?.undo_own_death_report(&visitor()?).await?) };
    answer(undone.await.map(|()| "/home?done=death-undone"), "/home")
}
