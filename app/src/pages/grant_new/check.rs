//! The last page before a grant: the sentence, the answers, and the button.

use chartkey_domain::draft::Recipient;
use chartkey_portal::{drafts::KeptDraft, sharing::KnownOrganization};
use leptos::prelude::*;

use super::{Ready, Step};
use crate::{
    api::ApiError,
    catalogue::{Named, Say},
    components::{
        icon::{Icon, icon},
        notice::{Role, notice},
        sentence::sentence,
        sheet::sheet,
    },
};

/// Everything in one sentence, and the way to change each answer.
///
/// # Errors
/// The question that has to be answered first.
pub(super) fn check(say: Say, kept: &KeptDraft, known: &[KnownOrganization]) -> Result<(&'static str, AnyView), ApiError> {
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
    let give = if ready.recipient == Recipient::Code { say.make_the_code() } else { say.give_key() };
    let body = view! {
        <div class="title"><p class="quiet">{say.new_share_last()}</p><h1>{say.check_title()}</h1></div>
        <section class="grant" aria-label=say.the_share()>{sentence(say, &ready.sentence)}</section>
        {stop}
        {sheet("answers", say.check_answers(), answers(say, kept, &ready))}
        <form method="post" action="/api/give-grant">
            <input type="hidden" name="draft" value=draft/>
            <input type="hidden" name="seen" value=ready.sentence/>
            <input type="hidden" name="language" value=say.tag()/>
            <p class="actions">
                <button class="button" type="submit">{icon(Icon::Share)}{give}</button>
                <a href="/sharing">{say.dont_share()}</a>
            </p>
            <p class="small quiet">{say.take_back_any_time()}</p>
        </form>
    };
    Ok((say.check_title(), body.into_any()))
}

fn answers(say: Say, kept: &KeptDraft, ready: &Ready) -> impl IntoView + use<> {
    let who = match &ready.named {
        Named::Clinician { name, organization } => format!("{name}, {organization}"),
        Named::Professions { professions, organization } => {
            let professions: Vec<_> = professions.iter().map(|profession| say.profession_named(profession)).collect();
            say.profession_at(&say.alternatives(&professions), organization)
        }
        Named::Code => say.who_by_code().to_owned(),
    };
    let labels = if ready.terms.labels.is_empty() { say.none_of_them().to_owned() } else { say.labels(ready.terms.labels) };
    let until = ready.terms.until.map_or_else(|| say.end_open().to_owned(), |day| format!("{} {}", say.until_legend(), say.date(day)));
    let line = |word: &'static str, value: String, step: Step| {
        view! {
            <div>
                <dt>{word}</dt>
                <dd>{value}</dd>
                <dd class="change"><a href=step.page(kept.id)>{say.change()}<span class="hide">{say.change_of(word)}</span></a></dd>
            </div>
        }
    };
    view! {
        <dl class="facts">
            {line(say.fact_who(), who, Step::Who)}
            {line(say.fact_purpose(), say.purpose(ready.terms.purpose).to_owned(), Step::Purpose)}
            {line(say.fact_what(), say.categories(ready.terms.categories), Step::What)}
            {line(say.fact_sensitive(), labels, Step::What)}
            {line(say.fact_time(), until, Step::Time)}
        </dl>
    }
}
