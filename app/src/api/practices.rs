//! What a practice asks the operator that is not registered here.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Asks the operator. The answer is the same whether or not the same was asked before.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "ask-operator")]
pub async fn ask_operator(
    #[server(default)] practice: String,
    #[server(default)] contact: String,
    #[server(default)] words: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::practice::PAGE,
        request::{answer, client_address, portal},
    };
    use chartkey_portal::practices::PracticeRequest;

    let asked = async {
        let request = PracticeRequest::parse(&practice, &contact, &words)?;
        Ok(portal()?.ask_operator(request, &client_address()).await?)
    };
    answer(asked.await.map(|()| format!("{PAGE}?done=sent")), PAGE)
}
