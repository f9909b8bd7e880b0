//! The second step of a sign-in, and losing what it asks for.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Ends a sign-in with a code of the app, or a recovery code.
#[server(endpoint = "sign-in-code")]
pub async fn sign_in_code(#[server(default)] code: String, to: Option<String>, shared: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, code_page, device_use, origin, ours, portal, send_due, session, with_way_back};
    use chartkey_portal::Error;

    let (to, of) = (to.filter(|to| ours(to)), device_use(shared.as_deref()));
    let signed_in = async {
        let session = session()?;
        let half = session.0.half().ok_or(ApiError::HalfEnded)?;
        let signed_in = portal()?.sign_in_with_code(&half, &code, origin()).await.map_err(|error| match error {
            Error::NotFound => ApiError::HalfEnded,
            error => error.into(),
        })?;
        session.0.begin(signed_in, of).await
    };
    let signed_in = signed_in.await;
    send_due(&signed_in);
    let is_over = signed_in == Err(ApiError::HalfEnded);
    let form = if is_over { with_way_back("/sign-in", to.as_deref()) } else { code_page(to.as_deref(), of) };
    answer(signed_in.map(|()| to.unwrap_or_else(|| "/home".to_owned())), &form)
}

/// Says that the second factor is lost, after a right password. The wait begins, and its
/// holder is told.
#[server(endpoint = "second-factor-lost")]
pub async fn second_factor_lost() -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, session};
    use chartkey_portal::Error;

    let lost = async {
        let half = session()?.0.half().ok_or(ApiError::HalfEnded)?;
        portal()?.begin_loss(&half).await.map(drop).map_err(|error| match error {
            Error::NotFound => ApiError::HalfEnded,
            error => error.into(),
        })
    };
    let lost = lost.await;
    send_due(&lost);
    answer(lost.map(|()| "/sign-in/lost?done=begun"), "/sign-in/lost")
}

/// Keeps the second factor, with the token of a message.
#[server(endpoint = "keep-second-factor")]
pub async fn keep_second_factor(#[server(default)] token: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal};
    use chartkey_portal::Error;

    let kept = portal()?.keep_factor_by_link(&token).await.map_err(|error| match error {
        Error::NotFound => ApiError::LinkEnded,
        error => error.into(),
    });
    answer(kept.map(|()| "/account/second-factor/keep?done=kept"), "/account/second-factor/keep")
}
