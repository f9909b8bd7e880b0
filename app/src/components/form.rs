//! Parts of forms.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    api::ApiError,
    catalogue::Say,
    request::{caller, problem, typed},
};

/// The summary on top of a form that came back. It takes the focus, and leads to the
/// field that it is about.
pub fn problem_summary(say: Say, problem: Option<ApiError>) -> impl IntoView {
    problem.map(|problem| {
        let words = say.problem(problem);
        let words = match problem.field() {
            Some(field) => view! { <a href=format!("#{field}")>{words}</a> }.into_any(),
            None => words.into_any(),
        };
        view! {
            <div class="notice critical" role="alert" tabindex="-1" autofocus>
                {icon(Icon::Stop)}
                <div><h2>{say.there_is_a_problem()}</h2><p>{words}</p></div>
            </div>
        }
    })
}

/// The problem that the form came back with, where it is about this field.
fn problem_of(id: &str) -> Option<ApiError> {
    problem().filter(|problem| problem.field() == Some(id))
}

/// What stands beside the field that a problem is about.
pub fn beside(say: Say, id: &'static str) -> impl IntoView {
    problem_of(id).map(|problem| view! { <p class="wrong" id=format!("{id}-problem")>{icon(Icon::Stop)}{say.problem(problem)}</p> })
}

/// What `aria-describedby` says: the hint and the problem of a field, those there are.
pub fn described_by(id: &str, has_hint: bool) -> Option<String> {
    let hint = has_hint.then(|| format!("{id}-hint"));
    let problem = problem_of(id).map(|_| format!("{id}-problem"));
    let parts: Vec<_> = hint.into_iter().chain(problem).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A labelled line of text, with what was typed into it before the form came back.
/// `kind` is the input's type, `autocomplete` its token.
pub fn field(
    id: &'static str,
    label: impl IntoView,
    kind: &'static str,
    autocomplete: &'static str,
    hint: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            {beside(caller().say(), id)}
            <input
                id=id
                name=id
                type=kind
                autocomplete=autocomplete
                required
                value=typed(id)
                aria-invalid=problem_of(id).map(|_| "true")
                aria-describedby=described_by(id, hint.is_some())
            />
        </div>
    }
}

/// A labelled place for several lines, of at most so many characters, with `value` in it, or else with what was typed before the form came back.
pub fn area(id: &'static str, label: &'static str, hint: &'static str, most: usize, value: Option<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            {beside(caller().say(), id)}
            <textarea
                id=id
                name=id
                rows="6"
                maxlength=most.to_string()
                required
                aria-invalid=problem_of(id).map(|_| "true")
                aria-describedby=described_by(id, true)
            >
                {value.or_else(|| typed(id)).unwrap_or_default()}
            </textarea>
        </div>
    }
}

/// A day in three fields, each with its name, what stands in it and its autocomplete token.
pub fn day(say: Say, legend: &'static str, hint: Option<&'static str>, parts: [(String, String, &'static str); 3]) -> impl IntoView {
    let first = parts.first().map(|(name, ..)| name.clone()).unwrap_or_default();
    let problem = problem().filter(|problem| problem.field() == Some(&first));
    let described = problem.map(|_| format!("{first}-problem"));
    let labels = [(say.birth_day(), "field", "2"), (say.birth_month(), "field", "2"), (say.birth_year(), "field long", "4")];
    let parts = parts.into_iter().zip(labels).map(|((name, value, token), (label, class, length))| {
        view! {
            <div class=class>
                <label for=name.clone()>{label}</label>
                <input
                    id=name.clone()
                    name=name
                    type="text"
                    inputmode="numeric"
                    maxlength=length
                    autocomplete=token
                    value=value
                    aria-invalid=problem.map(|_| "true")
                    aria-describedby=described.clone()
                />
            </div>
        }
    });
    view! {
        <fieldset aria-describedby=hint.map(|_| format!("{first}-hint"))>
            <legend><b>{legend}</b></legend>
            {hint.map(|hint| view! { <p class="hint" id=format!("{first}-hint")>{hint}</p> })}
            {problem.map(|problem| view! { <p class="wrong" id=format!("{first}-problem")>{icon(Icon::Stop)}{say.problem(problem)}</p> })}
            <div class="parts">{parts.collect_view()}</div>
        </fieldset>
    }
}

/// A tick box or radio button whose whole line is the target.
pub fn choice(
    kind: &'static str,
    name: impl Into<String>,
    value: String,
    checked: bool,
    label: impl IntoView,
    hint: Option<String>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type=kind name=name.into() value=value checked=checked/>
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
