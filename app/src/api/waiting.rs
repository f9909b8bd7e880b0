//! Results that wait: which, and opening one.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{ItemId, PatientId};
use leptos::prelude::*;

use super::ApiError;

/// Chooses the kinds of which a new result waits.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "choose-waiting")]
pub async fn choose_waiting(#[server(default)] kinds: Vec<String>) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};
    use chartkey_domain::waiting::ResultKind;

    let chosen = async {
        let kinds: Option<Vec<ResultKind>> = kinds.iter().map(|kind| ResultKind::from_slug(kind)).collect();
        Ok(portal()?.choose_waiting(&visitor()?, &kinds.ok_or(ApiError::Invalid)?).await?)
    };
    answer(chosen.await.map(|()| "/waiting?done=saved"), "/waiting")
}

/// Opens a result that waits, and shows it.
///
/// # Errors
/// As [`choose_waiting`].
#[server(endpoint = "open-waiting")]
pub async fn open_waiting(patient: PatientId, category: String, item: ItemId) -> Result<(), ApiError> {
    use crate::{
        components::entry::address,
        request::{answer, portal, visitor},
    };
    use chartkey_domain::category::Category;

    let Some(category) = Category::from_slug(&category) else { return answer(Err::<&str, _>(ApiError::NotFound), "/waiting") };
    let opened = async { Ok(portal()?.open_waiting(&visitor()?, patient, item).await?) };
    let page = address(patient, category, item);
    answer(opened.await.map(|()| page.as_str()), "/waiting")
}
