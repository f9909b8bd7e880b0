//! Searching a record. What somebody is looking for travels in the body of a post alone.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What words that are still being typed would find.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    /// How many, in the reader's words.
    pub says: String,
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
