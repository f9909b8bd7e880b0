//! Parts of forms.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{api::ApiError, catalogue::Say};

/// The summary on top of a form that came back. It takes the focus.
pub fn problem_summary(say: Say, problem: Option<ApiError>) -> impl IntoView {
    problem.map(|problem| {
        view! {
            <div class="notice critical" role="alert" tabindex="-1" autofocus>
                {icon(Icon::Stop)}
                <div><h2>{say.there_is_a_problem()}</h2><p>{say.problem(problem)}</p></div>
            </div>
        }
    })
}

/// A labelled line of text. `kind` is the input's type, `autocomplete` its token.
pub fn field(
    id: &'static str,
    label: impl IntoView,
    kind: &'static str,
    autocomplete: &'static str,
    hint: Option<&'static str>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id.clone()>{hint}</p> })}
            <input id=id name=id type=kind autocomplete=autocomplete required aria-describedby=hint.map(|_| hint_id.clone())/>
        </div>
    }
}

/// A tick box or radio button whose whole line is the target.
pub fn choice(
    kind: &'static str,
    name: &'static str,
    value: String,
    checked: bool,
    label: impl IntoView,
    hint: Option<String>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type=kind name=name value=value checked=checked/>
            <span><b>{label}</b>{hint.map(|hint| view! { <small>{hint}</small> })}</span>
        </label>
    }
}

/// A field that nobody sees; none where there is nothing to send.
pub fn hidden(name: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <input type="hidden" name=name value=value/> })
}

/// The title of a page with a form, which says first that there is a problem.
pub fn titled(say: Say, title: &str, problem: Option<ApiError>) -> String {
    if problem.is_some() { say.error_title(title) } else { title.to_owned() }
}
