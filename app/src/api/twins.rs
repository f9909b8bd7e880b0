//! What several sources seem to tell of: taking it apart, and putting it together again.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

#[cfg(feature = "ssr")]
use chartkey_domain::category::Category;
use chartkey_domain::id::{ItemId, PatientId};
use leptos::prelude::*;

use super::ApiError;

/// Shows what was one as several from now on.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "take-apart")]
pub async fn take_apart(patient: PatientId, category: String, item: ItemId) -> Result<(), ApiError> {
    use crate::request::{portal, visitor};

    let parted = async { Ok(portal()?.take_apart(&visitor()?, patient, item).await?) };
    said(parted.await, "taken-apart", patient, &category, item)
}

/// Shows what was taken apart as one again.
///
/// # Errors
/// As [`take_apart`].
#[server(endpoint = "put-together")]
pub async fn put_together(patient: PatientId, category: String, item: ItemId) -> Result<(), ApiError> {
    use crate::request::{portal, visitor};

    let joined = async { Ok(portal()?.put_together(&visitor()?, patient, item).await?) };
    said(joined.await, "put-together", patient, &category, item)
}

/// Back to the page of the item, with what was done or why it was not.
#[cfg(feature = "ssr")]
fn said(done: Result<Category, ApiError>, what: &str, patient: PatientId, category: &str, item: ItemId) -> Result<(), ApiError> {
    use crate::{components::entry::address, request::answer};

    // The page of a visit is what belongs to it; what it tells itself stands on one beside it.
    let page = |category| match category {
        Category::Visits => format!("{}/about", address(patient, category, item)),
        _ => address(patient, category, item),
    };
    // What comes with a form is not put into an address unseen.
    let from = page(Category::from_slug(category).unwrap_or(Category::Own));
    answer(done.map(|category| format!("{}?done={what}", page(category))), &from)
}
