//! A second factor: setting it up, its recovery codes, and taking it away.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Begins to set up an app.
#[server(endpoint = "begin-second-factor")]
pub async fn begin_second_factor() -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let begun = async { Ok(portal()?.begin_second_factor(&visitor()?).await?) };
    answer(begun.await.map(|()| "/account/second-factor"), "/account/second-factor")
}

/// Ends setting up with the first code: it is asked for from now on.
#[server(endpoint = "confirm-second-factor")]
pub async fn confirm_second_factor(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, visitor};

    let confirmed = async { Ok(portal()?.confirm_second_factor(&visitor()?, &code).await?) };
    let confirmed = confirmed.await;
    send_due(&confirmed);
    answer(confirmed.map(|()| "/account/second-factor?done=on"), "/account/second-factor")
}

/// The recovery codes are put away: they are shown no more.
#[server(endpoint = "put-codes-away")]
pub async fn put_codes_away() -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let away = async { Ok(portal()?.put_codes_away(&visitor()?).await?) };
    answer(away.await.map(|()| "/account/second-factor"), "/account/second-factor")
}

/// Makes recovery codes anew.
#[server(endpoint = "new-recovery-codes")]
pub async fn new_recovery_codes() -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, visitor};

    let made = async { Ok(portal()?.new_recovery_codes(&visitor()?).await?) };
    let made = made.await;
    send_due(&made);
    answer(made.map(|()| "/account/second-factor"), "/account/second-factor")
}

/// Takes the second factor away.
#[server(endpoint = "remove-second-factor")]
pub async fn remove_second_factor() -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, visitor};

    let removed = async { Ok(portal()?.remove_second_factor(&visitor()?).await?) };
    let removed = removed.await;
    send_due(&removed);
    answer(removed.map(|()| "/account/second-factor?done=off"), "/account/second-factor")
}

/// Keeps a second factor that somebody says is lost.
#[server(endpoint = "not-lost")]
pub async fn not_lost() -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let kept = async { Ok(portal()?.keep_factor(&visitor()?).await?) };
    answer(kept.await.map(|()| "/account/second-factor?done=kept"), "/account/second-factor")
}
