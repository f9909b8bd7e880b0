//! The fields for what is written by hand, one short form a kind.

use chartkey_domain::{
    added::{Kind, LONGEST_LINE, LONGEST_NOTE, Measure, Typed},
    correction::LONGEST,
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::form::{area, beside, choice, day, described_by},
    request::problem,
};

/// The fields of a kind with what stands in them. A pulse beside a blood pressure is a reading of its own, so it is asked for with a
/// new one only.
pub fn fields(say: Say, kind: Kind, typed: &Typed, is_change: bool) -> AnyView {
    let asked = match kind {
        Kind::Pressure => {
            let pulse = (!is_change).then(|| number(say, "pulse", say.field_pulse().to_owned(), &typed.pulse, Some(say.pulse_hint()), false));
            view! {
                {number(say, "first", say.field_upper().to_owned(), &typed.first, Some(say.upper_hint()), true)}
                {number(say, "second", say.field_lower().to_owned(), &typed.second, None, true)}
                {pulse}
                {taken(say, typed)}
            }
            .into_any()
        }
        Kind::Medicine => view! {
            {line(say, "name", say.field_medicine(), &typed.name, Some(say.medicine_hint()), true)}
            {line(say, "how", say.field_how(), &typed.how, Some(say.how_hint()), false)}
            {since(say, typed)}
            {one_of(say, "still", say.still_taken(), &typed.still, [("yes", say.yes_still().to_owned(), None), ("no", say.no_longer().to_owned(), None)])}
        }
        .into_any(),
        Kind::Allergy => view! {
            {line(say, "name", say.field_allergy(), &typed.name, Some(say.allergy_hint()), true)}
            {line(say, "how", say.field_reaction(), &typed.how, Some(say.reaction_hint()), false)}
            {since(say, typed)}
        }
        .into_any(),
        Kind::Note => view! {
            {line(say, "name", say.field_title(), &typed.name, Some(say.title_hint()), true)}
            {area("words", say.field_words(), say.note_words_hint(), LONGEST, Some(typed.words.clone()))}
        }
        .into_any(),
        Kind::VisitNote => view! {
            {line(say, "name", say.field_title(), &typed.name, Some(say.clinical_title_hint()), true)}
            {area("words", say.field_visit_words(), say.visit_words_hint(), LONGEST_NOTE, Some(typed.words.clone()))}
        }
        .into_any(),
        Kind::Plan => view! {
            {line(say, "name", say.field_title(), &typed.name, Some(say.clinical_title_hint()), true)}
            {area("words", say.field_plan_words(), say.plan_words_hint(), LONGEST_NOTE, Some(typed.words.clone()))}
        }
        .into_any(),
        Kind::Finding => view! {
            {line(say, "name", say.field_found(), &typed.name, Some(say.found_hint()), true)}
            {line(say, "first", say.field_value(), &typed.first, Some(say.value_hint()), true)}
            {line(say, "how", say.field_unit(), &typed.how, None, false)}
            {day(say, say.field_taken(), Some(say.taken_hint()), parts(typed))}
        }
        .into_any(),
        _ => view! {
            {number(say, "first", say.kind(kind).to_owned(), &typed.first, Some(say.number_hint()), true)}
            {unit(say, kind.measures(), typed)}
            {taken(say, typed)}
        }
        .into_any(),
    };
    let seen = (!kind.is_clinical()).then(|| seen(say, kind, typed));
    view! { {asked} {seen} }.into_any()
}

fn line(say: Say, id: &'static str, label: &'static str, value: &str, hint: Option<&'static str>, required: bool) -> impl IntoView + use<> {
    input(say, id, label.to_owned(), value, hint, required, "text")
}

fn number(say: Say, id: &'static str, label: String, value: &str, hint: Option<&'static str>, required: bool) -> impl IntoView + use<> {
    view! { <div class="short">{input(say, id, label, value, hint, required, "decimal")}</div> }
}

fn input(
    say: Say,
    id: &'static str,
    label: String,
    value: &str,
    hint: Option<&'static str>,
    required: bool,
    mode: &'static str,
) -> impl IntoView + use<> {
    let is_wrong = problem().is_some_and(|problem| problem.field() == Some(id));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            {beside(say, id)}
            <input
                id=id
                name=id
                type="text"
                inputmode=mode
                maxlength=LONGEST_LINE.to_string()
                autocomplete="off"
                required=required
                value=value.to_owned()
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=described_by(id, hint.is_some())
            />
        </div>
    }
}

/// The unit, where there is more than one.
fn unit(say: Say, measures: &'static [Measure], typed: &Typed) -> Option<AnyView> {
    let [one, other] = measures else { return None };
    let choices = [one, other].map(|measure| (measure.ucum, measure.written.to_owned(), None));
    Some(one_of(say, "unit", say.unit_word(), &typed.unit, choices).into_any())
}

/// The day, and the time where somebody knows it.
fn taken(say: Say, typed: &Typed) -> impl IntoView + use<> {
    view! {
        {day(say, say.field_taken(), Some(say.taken_hint()), parts(typed))}
        <div class="short">{input(say, "time", say.field_time().to_owned(), &typed.time, Some(say.time_hint()), false, "text")}</div>
    }
}

fn since(say: Say, typed: &Typed) -> impl IntoView + use<> {
    day(say, say.field_since(), Some(say.since_hint()), parts(typed))
}

fn parts(typed: &Typed) -> [(String, String, &'static str); 3] {
    [("day", &typed.day), ("month", &typed.month), ("year", &typed.year)].map(|(name, value)| (name.to_owned(), value.clone(), "off"))
}

/// Who may see it, with what is proposed.
fn seen(say: Say, kind: Kind, typed: &Typed) -> impl IntoView + use<> {
    let shared = say.my_shares_hint(say.category(kind.category()));
    let choices = [
        ("shared", say.my_shares().to_owned(), Some(shared)),
        (
            "private",
            say.only_i().to_owned(),
            Some(if kind.starts_private() { say.note_private_hint() } else { say.only_i_hint() }.to_owned()),
        ),
    ];
    one_of(say, "seen", say.who_may_see(), &typed.seen, choices)
}

/// Two answers, one of which is chosen.
fn one_of(
    say: Say,
    id: &'static str,
    legend: &'static str,
    chosen: &str,
    choices: [(&'static str, String, Option<String>); 2],
) -> impl IntoView + use<> {
    let choices = choices.map(|(value, words, hint)| choice("radio", id, value.to_owned(), chosen == value, words, hint));
    view! {
        <fieldset class="choices" id=id aria-describedby=described_by(id, false)>
            <legend><b>{legend}</b></legend>
            {beside(say, id)}
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}
