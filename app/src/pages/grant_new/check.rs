//! The last page before a grant: the sentence, the answers, and the button.

use chartkey_domain::{
    draft::Recipient,
    understanding::{About, Answer, Question},
};
use chartkey_portal::{
    drafts::KeptDraft,
    sharing::{Choices, KnownOrganization},
};
use leptos::prelude::*;

use super::{Ready, Step, things};
use crate::{
    api::ApiError,
    catalogue::{Named, Say},
    components::{
        form::{beside, hidden},
        icon::{Icon, icon},
        notice::{Role, notice},
        sentence::sentence,
        sheet::sheet,
        verified::checked,
    },
};

/// Everything in one sentence, and the way to change each answer.
///
/// # Errors
/// The question that has to be answered first.
pub(super) fn check(
    say: Say,
    kept: &KeptDraft,
    known: &[KnownOrganization],
    choices: &Choices,
) -> Result<(&'static str, AnyView), ApiError> {
    let ready = Ready::of(say, kept, known)?;
    let draft = kept.id.to_string();
    let labels = ready.terms.labels;
    let stop = (!labels.is_empty()).then(|| {
        let leave_out = view! {
            <p>{say.sensitive_stop_says(&say.labels(labels))}</p>
            <form method="post" action="/api/grant-what">
                <input type="hidden" name="draft" value=draft.clone()/>
                <input type="hidden" name="only" value="labels"/>
                <button class="button second" type="submit">{say.leave_it_out()}</button>
            </form>
        };
        notice(Role::Caution, say.sensitive_stop(), leave_out)
    });
    let named = ready.terms.named_labels();
    let named = (!named.is_empty()).then(|| {
        let says = view! { <p>{say.sensitive_stop_says(&say.labels(named))}</p><p><a href=format!("{}#things", Step::What.page(kept.id))>{say.look_at_chosen()}</a></p> };
        notice(Role::Caution, say.sensitive_chosen(), says)
    });
    let give = if matches!(ready.recipient, Recipient::Code | Recipient::CarerCode) { say.make_the_code() } else { say.give_key() };
    let above = if ready.recipient.is_carer() { say.carer_last() } else { say.new_share_last() };
    let body = view! {
        <div class="title"><p class="quiet">{above}</p><h1>{say.check_title()}</h1></div>
        <section class="grant" aria-label=say.the_share()>{sentence(say, &ready.sentence)}</section>
        {stop}
        {named}
        {things::listed(say, &choices.named)}
        {preview(say, kept, &ready)}
        {ready.question(kept, &choices.parts).map(|question| understanding(say, kept, &ready, question))}
        {sheet("answers", say.check_answers(), answers(say, kept, &ready))}
        <form method="post" action="/api/give-grant">
            {before_them(say, kept, &ready)}
            <p class="actions">
                <button class="button" type="submit">{icon(Icon::Share)}{give}</button>
                <a href="/sharing">{say.dont_share()}</a>
            </p>
            <p class="small quiet">{say.take_back_any_time()}</p>
        </form>
    };
    Ok((say.check_title(), body.into_any()))
}

/// What the patient has before them goes along with what they press.
fn before_them(say: Say, kept: &KeptDraft, ready: &Ready) -> impl IntoView + use<> {
    [("draft", kept.id.to_string()), ("seen", ready.sentence.clone()), ("mark", kept.mark.clone()), ("language", say.tag().to_owned())]
        .map(|(name, value)| hidden(name, Some(value)))
        .collect_view()
}

/// The way to see the record as it will be seen. The sentence goes along: what is shown is what was read.
fn preview(say: Say, kept: &KeptDraft, ready: &Ready) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/api/preview-grant">
            {before_them(say, kept, ready)}
            <p class="actions"><button class="button second" type="submit">{icon(Icon::Eye)}{say.see_as_they_will()}</button></p>
            <p class="small quiet">{say.see_as_they_will_hint()}</p>
        </form>
    }
}

/// One question about what the share shows, or, once it has an answer, what is right. Nobody has to answer it.
fn understanding(say: Say, kept: &KeptDraft, ready: &Ready, question: Question) -> AnyView {
    let asked = say.question(&ready.named, question);
    let Some(answered) = kept.answered.iter().find(|answered| answered.answers(question)) else {
        let button = |answer: Answer| {
            view! { <button class="button second" type="submit" name="answer" value=answer.slug()>{say.answer(answer)}</button> }
        };
        let form = view! {
            <form method="post" action="/api/answer-check" id="answer">
                <input type="hidden" name="draft" value=kept.id.to_string()/>
                <input type="hidden" name="about" value=question.about.slug()/>
                <input type="hidden" name="language" value=say.tag()/>
                {beside(say, "answer")}
                <p class="asked" id="asked">{asked}</p>
                <p class="actions" role="group" aria-labelledby="asked">{Answer::ALL.into_iter().map(button).collect_view()}</p>
                <p class="small quiet">{say.understanding_says()}</p>
            </form>
        };
        return sheet("understanding", say.understanding_title(), form).into_any();
    };
    let (role, heading) = match answered.is_right() {
        Some(true) => (Role::Positive, say.answered_right()),
        Some(false) => (Role::Caution, say.answered_wrong()),
        None => (Role::Info, say.answered_unsure()),
    };
    let step = if question.about == About::Later { Step::Time } else { Step::What };
    let change = (answered.is_right() != Some(true)).then(|| view! { <p><a href=step.page(kept.id)>{say.change_if_not_meant()}</a></p> });
    let body = view! { <p class="quiet">{asked}</p><p>{say.answer_to(&ready.named, question)}</p>{change} };
    view! { <div id="understanding" role="status">{notice(role, heading, body)}</div> }.into_any()
}

fn answers(say: Say, kept: &KeptDraft, ready: &Ready) -> impl IntoView + use<> {
    let who = match &ready.named {
        Named::Clinician { name, organization } => format!("{name}, {organization}"),
        Named::Professions { professions, organization } => {
            let professions: Vec<_> = professions.iter().map(|profession| say.profession_named(profession)).collect();
            say.profession_at(&say.alternatives(&professions), organization)
        }
        Named::Code => say.who_by_code().to_owned(),
        Named::Carer { name } => name.clone(),
        Named::CarerCode => say.who_by_carer_code().to_owned(),
    };
    let labels = if ready.terms.labels.is_empty() { say.none_of_them().to_owned() } else { say.labels(ready.terms.labels) };
    let count = i64::try_from(ready.terms.things.len()).unwrap_or(i64::MAX);
    let categories = (!ready.terms.categories.is_empty()).then(|| say.categories(ready.terms.categories));
    let what: Vec<_> = categories.into_iter().chain((count > 0).then(|| say.chosen_count(count))).collect();
    let what = say.together(&what);
    let until = ready.terms.until.map_or_else(|| say.end_open().to_owned(), |day| format!("{} {}", say.until_legend(), say.date(day)));
    // Who it is for and what for are chosen by saying that it is a carer.
    let is_asked = |step: Step| !(ready.recipient.is_carer() && matches!(step, Step::Who | Step::Purpose));
    let line = |word: &'static str, value: String, step: Step| {
        let change = is_asked(step).then(|| {
            view! { <dd class="change"><a href=step.page(kept.id)>{say.change()}<span class="hide">{say.change_of(word)}</span></a></dd> }
        });
        view! {
            <div>
                <dt>{word}</dt>
                <dd>{value}</dd>
                {change}
            </div>
        }
    };
    view! {
        <dl class="facts">
            {line(say.fact_who(), who, Step::Who)}
            {ready.checked.as_ref().map(|how| view! { <div><dt>{say.fact_verified()}</dt><dd>{checked(say, how)}</dd></div> })}
            {line(say.fact_purpose(), say.purpose(ready.terms.purpose).to_owned(), Step::Purpose)}
            {line(say.fact_what(), what, Step::What)}
            {line(say.fact_sensitive(), labels, Step::What)}
            {line(say.fact_time(), until, Step::Time)}
        </dl>
    }
}
