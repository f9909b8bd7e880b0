//! Passkeys: adding one, taking one away, signing in with one. What a browser is asked is an answer of its own, which
//! `passkey.js` reads; a plain form is led to the page with its button instead. Everything else is a form.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Asks the browser to make a passkey. Returns JSON for `navigator.credentials.create`.
///
/// # Errors
/// [`ApiError::SignInAgain`], [`ApiError::PasskeysFull`], [`ApiError::NotFound`] where there are none.
#[server(endpoint = "begin-passkey")]
pub async fn begin_passkey() -> Result<String, ApiError> {
    use crate::request::{answer, is_plain, portal, session_key, visitor};

    if is_plain() {
        answer(Ok("/account/passkeys/add"), "/account/passkeys/add")?;
        return Ok(String::new());
    }
    Ok(portal()?.begin_passkey(&visitor()?, &session_key()?).await?)
}

/// Adds the passkey that the browser has made.
#[server(endpoint = "add-passkey")]
pub async fn add_passkey(#[server(default)] name: String, #[server(default)] credential: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, session_key, visitor};
    use chartkey_portal::passkeys::PasskeyName;

    let added = async {
        let visitor = visitor()?;
        let name = PasskeyName::parse(&name).ok_or(ApiError::PasskeyName)?;
        Ok(portal()?.add_passkey(&visitor, &session_key()?, name, &credential).await?)
    };
    let added = added.await;
    send_due(&added);
    answer(added.map(|()| "/account/passkeys?done=added"), "/account/passkeys/add")
}

/// Takes a passkey away.
#[server(endpoint = "remove-passkey")]
pub async fn remove_passkey(#[server(default)] passkey: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, visitor};

    let removed = async {
        let visitor = visitor()?;
        let passkey = passkey.parse().map_err(|_| ApiError::NotFound)?;
        Ok(portal()?.remove_passkey(&visitor, passkey).await?)
    };
    let removed = removed.await;
    send_due(&removed);
    answer(removed.map(|()| "/account/passkeys?done=removed"), "/account/passkeys")
}

/// Asks the browser for a passkey: of anybody, or of whoever is signed in. Returns JSON for
/// `navigator.credentials.get`.
///
/// # Errors
/// [`ApiError::NotFound`] where there are none.
#[server(endpoint = "ask-for-passkey")]
pub async fn ask_for_passkey() -> Result<String, ApiError> {
    use crate::request::{answer, caller, is_plain, portal, session, session_key};

    if is_plain() {
        answer(Ok("/sign-in"), "/sign-in")?;
        return Ok(String::new());
    }
    match caller().visitor {
        Some(visitor) => Ok(portal()?.ask_for_own_passkey(&visitor, &session_key()?).await?),
        None => {
            let (options, token) = portal()?.ask_for_passkey().await?;
            session()?.0.wait_for_passkey(&token);
            Ok(options)
        }
    }
}

/// Signs in with a passkey alone.
#[server(endpoint = "sign-in-passkey")]
pub async fn sign_in_passkey(#[server(default)] credential: String, to: Option<String>, shared: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, device_use, origin, ours, portal, send_due, session, with_way_back};
    use chartkey_portal::Error;

    let (to, of) = (to.filter(|to| ours(to)), device_use(shared.as_deref()));
    let signed_in = async {
        let session = session()?;
        let token = session.0.asked_for_passkey().ok_or(ApiError::PasskeyEnded)?;
        let signed_in = portal()?.sign_in_with_passkey(&token, &credential, origin()).await.map_err(|error| match error {
            Error::NotFound => ApiError::WrongPasskey,
            error => error.into(),
        })?;
        session.0.begin(signed_in, of).await
    };
    let signed_in = signed_in.await;
    // A refusal may have stopped the passkey, which its holder is told.
    send_due(&Ok::<_, ApiError>(()));
    answer(signed_in.map(|()| to.clone().unwrap_or_else(|| "/home".to_owned())), &with_way_back("/sign-in", to.as_deref()))
}

/// Proves oneself again with a passkey, and leads back to the page that asked for it.
#[server(endpoint = "sign-in-again-passkey")]
pub async fn sign_in_again_passkey(#[server(default)] credential: String, to: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, origin, ours, portal, send_due, session, session_key, visitor, with_way_back};
    use chartkey_portal::Error;

    let to = to.filter(|to| ours(to));
    let again = async {
        let visitor = visitor()?;
        let signed_in =
            portal()?.sign_in_again_with_passkey(&visitor, &session_key()?, &credential, origin()).await.map_err(|error| match error {
                Error::NotFound => ApiError::WrongPasskey,
                error => error.into(),
            })?;
        session()?.0.again(signed_in).await?;
        Ok(to.clone().unwrap_or_else(|| "/account".to_owned()))
    };
    let again = again.await;
    send_due(&Ok::<_, ApiError>(()));
    answer(again, &with_way_back("/sign-in/again", to.as_deref()))
}
