//! Searching a record. What somebody is looking for travels in the body of a post; words that were
//! refused come back to their form in a sealed cookie. They stand in no address.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What words that are still being typed would find.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    /// How many, and what else is to be said of them, in the reader's words.
    pub says: Vec<String>,
    /// The best few.
    pub rows: Vec<GlanceRow>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GlanceRow {
    /// Where it leads.
    pub href: String,
    /// Its name in parts, and which of them were found.
    pub name: Vec<(String, bool)>,
    /// Its category and date.
    pub beside: String,
    /// Who says that it is wrong, and how the statement begins.
    pub said: Option<(String, String)>,
}

/// Searches a record. A form begins a search, which is kept with the session, and leads to
/// what it finds; an island asks what words that are still being typed would find, and
/// nothing is kept of them.
///
/// # Errors
/// Never for a plain form post: it leads back with the problem. For an island
/// [`ApiError::NotFound`] where the visitor has no access, [`ApiError::SignedOut`] where nobody is signed in.
#[server(endpoint = "search")]
pub async fn search(patient: String, words: String) -> Result<Glance, ApiError> {
    use crate::{
        pages::search::{begin, form_page, look},
        request::{answer, is_plain},
    };

    if !is_plain() {
        return look(&patient, words).await;
    }
    answer(begin(&patient, &words).await, &form_page(&patient))?;
    Ok(Glance::default())
}

/// Looks at what belongs to a condition: `lens` is its name in the table. It is kept with the
/// session, as a search is, and leads to its page.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "lens")]
pub async fn lens(patient: String, #[server(default)] lens: String) -> Result<(), ApiError> {
    use crate::{
        pages::search::{begin_lens, form_page},
        request::answer,
    };

    answer(begin_lens(&patient, &lens).await, &form_page(&patient))
}
