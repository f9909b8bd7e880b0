//! Something to know before going on. At most two a page.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// The role of a notice, which is its colour; the words carry the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Neutral.
    Info,
    /// Somebody waits for an answer.
    Ask,
    /// Look at this before going on.
    Caution,
    /// It is done.
    Positive,
    /// It cannot be undone, or it failed.
    Critical,
    /// Something is not shown.
    Held,
}

/// A notice with its heading.
pub fn notice(role: Role, heading: impl IntoView, body: impl IntoView) -> impl IntoView {
    let (class, sign) = match role {
        Role::Info => ("notice", Icon::Info),
        Role::Ask => ("notice ask", Icon::Share),
        Role::Caution => ("notice caution", Icon::Warn),
        Role::Positive => ("notice positive", Icon::Check),
        Role::Critical => ("notice critical", Icon::Stop),
        Role::Held => ("notice held", Icon::Private),
    };
    view! { <div class=class>{icon(sign)}<div><h2>{heading}</h2>{body}</div></div> }
}
