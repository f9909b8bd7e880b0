//! Steps that somebody takes one after another, each done or not yet.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::catalogue::Say;

/// One step, and what to type for it at the command line, if anything.
pub struct Step {
    /// Whether it was done.
    pub done: bool,
    /// What to do.
    pub heading: &'static str,
    /// More about it.
    pub says: &'static str,
    /// The command.
    pub command: Option<&'static str>,
}

/// The list.
pub fn steps(say: Say, steps: impl IntoIterator<Item = Step>) -> impl IntoView {
    let steps = steps.into_iter().map(|Step { done, heading, says, command }| {
        let (class, sign, word) = if done { ("done", Icon::Check, say.step_done()) } else { ("open", Icon::Ring, say.step_open()) };
        view! {
            <li class=class>
                {icon(sign)}
                <div>
                    <h3>{heading}<span class="hide">" " {word}</span></h3>
                    <p>{says}</p>
                    {command.map(|command| view! { <p><code>{command}</code></p> })}
                </div>
            </li>
        }
    });
    view! { <ol class="steps">{steps.collect_view()}</ol> }
}
