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

/// What a form has just done, on the page that it led to. It takes the focus, so that it is what a
/// screen reader says first and where the keyboard goes on from.
pub fn what_was_done(heading: impl IntoView, body: impl IntoView) -> impl IntoView {
    view! {
        <div class="notice positive" role="status" tabindex="-1" autofocus>
            {icon(Icon::Check)}
            <div><h2>{heading}</h2>{body}</div>
        </div>
    }
}
