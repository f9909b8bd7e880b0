//! Signing in with a passkey. Without script, and where a browser has no passkeys, nothing of it is there.

use leptos::prelude::*;

use super::form::hidden;
use crate::catalogue::Say;

/// The form that signs in with a passkey, and leads to `to`. `passkey.js` shows it, asks the browser and sends what it gives.
/// `shared`: the device is one that other people use; where the page asks, the script takes the answer from there.
pub fn by_passkey(say: Say, action: &'static str, words: &'static str, to: Option<String>, shared: bool) -> impl IntoView {
    view! {
        <form method="post" action=action data-asks="/api/ask-for-passkey" hidden>
            {hidden("to", to)}
            {shared.then(|| view! { <input type="hidden" name="shared" value="1"/> })}
            {asked(say)}
            <p class="actions"><button class="button second" type="submit">{words}</button></p>
        </form>
    }
}

/// What the script fills in, and where it says that the browser gave none.
pub fn asked(say: Say) -> impl IntoView {
    view! {
        <input type="hidden" name="credential" value=""/>
        <p role="status" data-failed=say.passkey_not_given()></p>
    }
}
