//! Blocking somebody, and letting shares reach them again.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Blocks a clinician or an organization.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "block")]
pub async fn block(#[server(default)] whom: String) -> Result<(), ApiError> {
    use crate::{
        pages::blocked::{ASK, PAGE, whom as read},
        request::{answer, portal, visitor},
    };

    let go = async {
        portal()?.block(&visitor()?, read(&whom)?).await?;
        Ok(format!("{PAGE}?done=blocked"))
    };
    answer(go.await, ASK)
}

/// Lets shares reach a clinician or an organization again.
///
/// # Errors
/// As [`block`].
#[server(endpoint = "unblock")]
pub async fn unblock(#[server(default)] whom: String) -> Result<(), ApiError> {
    use crate::{
        pages::blocked::{PAGE, whom as read},
        request::{answer, portal, visitor},
    };

    let go = async {
        portal()?.unblock(&visitor()?, read(&whom)?).await?;
        Ok(format!("{PAGE}?done=unblocked"))
    };
    answer(go.await, PAGE)
}
