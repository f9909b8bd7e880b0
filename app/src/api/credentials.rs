//! Proving oneself again; another e-mail address; another password.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Proves the password again, and the code where there is a second factor, and leads back
/// to the page that asked for it.
#[server(endpoint = "sign-in-again")]
pub async fn sign_in_again(password: String, #[server(default)] code: String, to: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, origin, ours, portal, send_due, session, visitor, with_way_back};
    use chartkey_portal::Error;

    let to = to.filter(|to| ours(to));
    let again = async {
        let signed_in = portal()?.sign_in_again(&visitor()?, password, &code, origin()).await.map_err(|error| match error {
            Error::NotFound => ApiError::WrongOwnPassword,
            error => error.into(),
        })?;
        session()?.0.again(signed_in).await?;
        Ok(to.clone().unwrap_or_else(|| "/account".to_owned()))
    };
    let next = again.await;
    send_due(&next);
    answer(next, &with_way_back("/sign-in/again", to.as_deref()))
}

/// Begins to change the address. The answer is the same whether the new one is somebody's
/// or not.
#[server(endpoint = "change-email")]
pub async fn change_email(#[server(default)] email: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, visitor};
    use chartkey_portal::accounts::Email;

    let begun = async {
        let email = Email::parse(&email).ok_or(ApiError::Email)?;
        Ok(portal()?.begin_email_change(&visitor()?, &email).await?)
    };
    let begun = begun.await;
    send_due(&begun);
    answer(begun.map(|()| "/account/email?done=sent"), "/account/email")
}

/// Confirms an address with the token of the message that went there.
#[server(endpoint = "confirm-email")]
pub async fn confirm_email(#[server(default)] token: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due};
    use chartkey_portal::Error;

    let confirmed = portal()?.confirm_email(&token).await.map_err(|error| match error {
        Error::NotFound => ApiError::LinkEnded,
        error => error.into(),
    });
    send_due(&confirmed);
    answer(confirmed.map(|()| "/account/email/confirm?done=changed"), "/account/email/confirm")
}

/// Takes an address back with the token of the message that went there. Every session
/// ends.
#[server(endpoint = "undo-email")]
pub async fn undo_email(#[server(default)] token: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due};
    use chartkey_portal::Error;

    let undone = portal()?.undo_email(&token).await.map_err(|error| match error {
        Error::NotFound => ApiError::LinkEnded,
        error => error.into(),
    });
    send_due(&undone);
    answer(undone.map(|()| "/account/email/undo?done=undone"), "/account/email/undo")
}

/// Changes the password. Every other session ends.
#[server(endpoint = "change-password")]
pub async fn change_password(#[server(default)] password: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, session, visitor};
    use chartkey_portal::accounts::NewPassword;

    let changed = async {
        let password = NewPassword::parse(password).ok_or(ApiError::WeakPassword)?;
        let signed_in = portal()?.change_password(&visitor()?, password).await?;
        session()?.0.go_on(signed_in).await
    };
    let changed = changed.await;
    send_due(&changed);
    answer(changed.map(|()| "/account?done=password"), "/account/password")
}
