//! Signing up, in and out; passwords; claiming a record.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use leptos::prelude::*;

use super::ApiError;

/// Signs a person in, and leads to where they wanted to go; to the page that asks for a
/// code, where they have a second factor.
#[server(endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, to: Option<String>, shared: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, code_page, device_use, origin, ours, portal, session, with_way_back};
    use chartkey_portal::{Error, sign_in::FirstStep};

    let of = device_use(shared.as_deref());
    let to = to.filter(|to| ours(to));
    let next = match portal()?.sign_in(&email, password, origin()).await {
        Ok(FirstStep::In(signed_in)) => session()?.0.begin(signed_in, of).await.map(|()| to.clone().unwrap_or_else(|| "/home".to_owned())),
        Ok(FirstStep::Half(half)) => {
            session()?.0.wait_for_code(&half);
            Ok(code_page(to.as_deref(), of))
        }
        Err(Error::NotFound) => Err(ApiError::WrongPassword),
        Err(error) => Err(error.into()),
    };
    answer(next, &with_way_back("/sign-in", to.as_deref()))
}

/// Signs out. The session is gone before the answer.
#[server(endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::request::{redirect, session};

    session()?.0.end().await?;
    redirect("/sign-in?done=signed-out");
    Ok(())
}

/// Signs out on every device, this one included.
#[server(endpoint = "sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<(), ApiError> {
    use crate::request::{portal, redirect, session, visitor};

    portal()?.end_every_session(&visitor()?).await?;
    session()?.0.end().await?;
    redirect("/sign-in?done=signed-out");
    Ok(())
}

/// Begins a sign-up. The answer is the same whether the address is known or not:
/// the message says it, to the one who reads its mail.
#[server(endpoint = "sign-up")]
pub async fn sign_up(email: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, post};
    use chartkey_portal::accounts::Email;

    let Some(email) = Email::parse(&email) else { return answer(Err::<&str, _>(ApiError::Email), "/sign-up") };
    if let Some(letter) = portal()?.begin_sign_up(&email).await? {
        post()?.0.send(letter);
    }
    answer(Ok("/sign-up?done=sent"), "/sign-up")
}

/// Finishes a sign-up with the token of the message, and signs in.
#[server(endpoint = "finish-sign-up")]
pub async fn finish_sign_up(token: String, name: String, password: String) -> Result<(), ApiError> {
    use crate::request::{answer, caller, portal, session, with_token};
    use chartkey_domain::device::Use;
    use chartkey_portal::accounts::{NewPassword, PersonName};

    let form = with_token("/sign-up", &token);
    let Some(name) = PersonName::parse(&name) else { return answer(Err::<&str, _>(ApiError::Name), &form) };
    let Some(password) = NewPassword::parse(password) else { return answer(Err::<&str, _>(ApiError::WeakPassword), &form) };
    match portal()?.finish_sign_up(&token, name, password, caller().say().tag()).await {
        Ok(signed_in) => answer(session()?.0.begin(signed_in, Use::Own).await.map(|()| "/home"), "/sign-in"),
        Err(chartkey_portal::Error::NotFound) => answer(Err::<&str, _>(ApiError::LinkEnded), "/sign-up"),
        Err(error) => answer(Err::<&str, _>(error.into()), &form),
    }
}

/// Begins choosing a new password. The answer is the same whether the address is
/// known or not.
#[server(endpoint = "forgotten-password")]
pub async fn forgotten_password(email: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, post};
    use chartkey_portal::accounts::Email;

    let Some(email) = Email::parse(&email) else { return answer(Err::<&str, _>(ApiError::Email), "/sign-in/forgotten") };
    if let Some(letter) = portal()?.begin_new_password(&email).await? {
        post()?.0.send(letter);
    }
    answer(Ok("/sign-in/forgotten?done=sent"), "/sign-in/forgotten")
}

/// Chooses a new password with the token of the message. Every session ends.
#[server(endpoint = "new-password")]
pub async fn new_password(token: String, password: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, send_due, with_token};
    use chartkey_portal::accounts::NewPassword;

    let Some(password) = NewPassword::parse(password) else {
        return answer(Err::<&str, _>(ApiError::WeakPassword), &with_token("/sign-in/new-password", &token));
    };
    let chosen = portal()?.choose_password(&token, password).await.map_err(|error| match error {
        chartkey_portal::Error::NotFound => ApiError::LinkEnded,
        error => error.into(),
    });
    send_due(&chosen);
    answer(chosen.map(|()| "/sign-in?done=password"), "/sign-in/forgotten")
}

/// Claims a record with its code and the birth date of its patient; with a code for a carer, begins to help.
#[server(endpoint = "claim")]
pub async fn claim(code: String, day: String, month: String, year: String) -> Result<(), ApiError> {
    use crate::{
        pages::registered,
        request::{answer, caller, client_address, date, portal, send_due, session, visitor},
    };
    use chartkey_portal::claims::Claimed;

    let Some(born) = date(&day, &month, &year) else { return answer(Err::<&str, _>(ApiError::BirthDate), "/claim") };
    let visitor = match visitor() {
        Ok(visitor) => visitor,
        Err(problem) => return answer(Err::<&str, _>(problem), "/claim"),
    };
    let claimed = portal()?.claim(&visitor, &code, born, &client_address(), registered(caller().say(), visitor.name.clone())).await;
    match claimed {
        Ok(Claimed::Helps) => {
            send_due(&Ok(()));
            answer(Ok("/shared?done=registered"), "/claim")
        }
        Ok(Claimed::Own(patient)) => answer(session()?.0.hold(patient).await.map(|()| "/home?done=claimed"), "/claim"),
        Err(chartkey_portal::Error::NotFound) => answer(Err::<&str, _>(ApiError::WrongCode), "/claim"),
        Err(error) => answer(Err::<&str, _>(error.into()), "/claim"),
    }
}

/// Chooses the language of this browser, and of the account where somebody is signed in.
#[server(endpoint = "choose-language")]
pub async fn choose_language(#[server(default)] language: String, to: Option<String>) -> Result<(), ApiError> {
    use crate::{
        catalogue::Say,
        request::{answer, caller, ours, portal, session},
    };

    let visitor = caller().visitor;
    let to = to.filter(|to| ours(to));
    let (page, done) = if visitor.is_some() { ("/account", "/account?done=language") } else { ("/", "/") };
    let chosen = async {
        let say = Say::from_tag(&language).ok_or(ApiError::Language)?;
        if let Some(visitor) = visitor {
            portal()?.choose_language(&visitor, say.tag()).await?;
        }
        session()?.0.speak(say.tag());
        Ok(to.as_deref().unwrap_or(done))
    };
    answer(chosen.await, to.as_deref().unwrap_or(page))
}
