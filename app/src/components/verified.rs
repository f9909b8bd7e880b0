//! How it is known who a clinician is, as the patient reads it.

use chartkey_portal::{admissions::Checked, codes::Redeemer};
use leptos::prelude::*;

use super::when::moment;
use crate::catalogue::Say;

/// Through which organization they last signed in, and how the operator has checked them where that vouches for nobody.
pub fn verified(say: Say, who: &Redeemer) -> impl IntoView + use<> {
    view! {
        {say.verified_by(&who.organization_name, &who.issuer)} " " {moment(say, who.signed_in_at)}
        {who.checked.as_ref().map(|how| view! { <br/> {checked(say, how)} })}
    }
}

/// How the operator has checked somebody, and when.
pub fn checked(say: Say, Checked { how, at }: &Checked) -> impl IntoView + use<> {
    let (when, how) = (say.date(at.date()), how.clone());
    view! { {say.checked_by_operator(&when)} " " <span class="said" dir="auto">{how}</span> }
}
