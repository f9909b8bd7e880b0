//! `/shared/ask`: a clinician asks a patient, by their share name, and sees what became of it.

use chartkey_domain::{
    category::Category,
    draft::Draft,
    grant::Purpose,
    id::{DraftId, GrantId, RequestId},
    label::Label,
};
use chartkey_portal::{
    requests::{Asked, LONGEST, Length, NewRequest, RequestState},
    shared::SharedEntry,
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        form::{area, beside, choice, field, hidden, problem_summary, titled},
        notice::what_was_done,
        sentence::sentence,
        sheet::{back, more, sheet, title},
        when::moment,
    },
    pages::{Paged, page, requests::thread},
    request::{caller, portal, problem, query, typed, visitor},
    shell::{Page, Place, document},
};

/// The address of the form.
pub const PAGE: &str = "/shared/ask";

/// The address where a clinician says something about their request.
pub fn answering(request: RequestId) -> String {
    format!("{PAGE}?answer={request}")
}

/// The address where a clinician asks again for what was shared.
pub fn again(grant: GrantId) -> String {
    format!("{PAGE}?again={grant}")
}

/// Asks.
///
/// # Errors
/// As [`chartkey_portal::Portal::ask`].
pub async fn send(new: NewRequest) -> Result<(), ApiError> {
    Ok(portal()?.ask(&visitor()?, new).await?)
}

/// The address of the form with what was chosen, which is kept for it.
pub async fn kept(draft: Option<DraftId>, answers: Draft) -> String {
    let keep = async {
        let (portal, visitor) = (portal().ok()?, visitor().ok().filter(|_| caller().is_clinician())?);
        match draft {
            Some(draft) => portal.keep_draft(&visitor, draft, answers).await.ok().map(|()| draft),
            None => portal.begin_draft(&visitor, answers).await.ok(),
        }
    };
    keep.await.map_or_else(|| PAGE.to_owned(), |draft| format!("{PAGE}?draft={draft}"))
}

/// The form with what was asked below it, or the place to answer a patient's question.
pub fn ask() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, portal, visitor) = (caller.say(), portal()?, visitor()?);
        if let Some(grant) = query("again") {
            let entry = portal.once_shared(&visitor, grant.parse().map_err(|_| ApiError::NotFound)?).await?;
            let title = if entry.is_open { say.ask_for_longer() } else { say.ask_once_more() };
            let body = renew(say, title, &entry);
            return Paged::Ok(document(Page::new(titled(say, title, problem()), Place::Patients), body).into_any());
        }
        let asked = portal.asked(&visitor).await?;
        let body = match query("answer") {
            Some(answer) => {
                let found = asked.iter().find(|asked| asked.id.to_string() == answer && asked.state == RequestState::Sent);
                reply(say, found.ok_or(ApiError::NotFound)?).into_any()
            }
            None => {
                let draft: Option<DraftId> = query("draft").and_then(|draft| draft.parse().ok());
                let answers = match draft {
                    Some(draft) => portal.draft(&visitor, draft).await.map(|kept| kept.draft).unwrap_or_default(),
                    None => Draft::default(),
                };
                whole(say, draft, &answers, &asked).into_any()
            }
        };
        Paged::Ok(document(Page::new(titled(say, say.ask_title(), problem()), Place::Patients).live(), body).into_any())
    })
}

fn whole(say: Say, draft: Option<DraftId>, answers: &Draft, asked: &[Asked]) -> impl IntoView + use<> {
    let rows = asked.iter().map(|asked| one(say, asked)).collect_view();
    let before = (!asked.is_empty()).then(|| view! { <h2>{say.what_you_asked()}</h2>{rows} });
    view! {
        {back("/shared".to_owned(), say.patients())}
        {problem_summary(say, problem())}
        {done(say)}
        {title(say.ask_title(), Some(say.ask_says().to_owned()))}
        {form(say, draft, answers)}
        {before}
    }
}

/// What was just done, after the redirect of a form.
fn done(say: Say) -> Option<impl IntoView> {
    let (heading, words) = match query("done")?.as_str() {
        "sent" => (say.done_sent_title(), say.done_sent()),
        "sent-again" => (say.done_sent_title(), say.done_sent_again()),
        "written" => (say.done(), say.done_explained()),
        "taken-back" => (say.done(), say.done_taken_back_request()),
        _ => return None,
    };
    Some(what_was_done(heading, view! { <p>{words}</p> }))
}

fn form(say: Say, draft: Option<DraftId>, answers: &Draft) -> impl IntoView + use<> {
    let purposes = Purpose::CHOICES.into_iter().map(|purpose| {
        let checked = answers.purpose.map_or(purpose == Purpose::Treatment, |chosen| chosen == purpose);
        choice("radio", "purpose", purpose.slug().to_owned(), checked, say.purpose(purpose), None)
    });
    let categories = Category::SHAREABLE.into_iter().map(|category| {
        choice("checkbox", "parts[]", category.slug().to_owned(), answers.categories.contains(category), say.category(category), None)
    });
    let labels = Label::ALL
        .into_iter()
        .map(|label| choice("checkbox", "parts[]", label.slug().to_owned(), answers.labels.contains(label), say.label(label), None));
    view! {
        <form method="post" action="/api/ask-patient">
            {hidden("draft", draft.map(|draft| draft.to_string()))}
            {field("share_name", say.share_name_word(), "text", "off", Some(say.share_name_hint()))}
            <fieldset class="choices sheet">
                <legend class="hide">{say.purpose_question()}</legend><h2>{say.purpose_question()}</h2>
                {purposes.collect_view()}
                <div class="field">
                    <label for="purpose_text">{say.purpose_words()}</label>
                    {beside(say, "purpose_text")}
                    <input id="purpose_text" name="purpose_text" type="text" maxlength="120" autocomplete="off" value=answers.purpose_text.clone()/>
                </div>
            </fieldset>
            <fieldset class="choices two sheet" id="categories">
                <legend class="hide">{say.ask_what()}</legend><h2>{say.ask_what()}</h2>
                {beside(say, "categories")}
                {categories.collect_view()}
            </fieldset>
            <fieldset class="choices two sheet">
                <legend class="hide">{say.sensitive_legend()}</legend><h2>{say.sensitive_legend()}</h2>
                {labels.collect_view()}
            </fieldset>
            {lengths(say)}
            {area("words", say.ask_words(), say.ask_words_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.ask_button()}</button><a href="/shared">{say.patients()}</a></p>
        </form>
    }
}

/// How long.
fn lengths(say: Say) -> impl IntoView {
    let chosen = typed("length").and_then(|length| Length::from_slug(&length)).unwrap_or_default();
    let lengths = Length::ALL
        .into_iter()
        .map(|length| choice("radio", "length", length.slug().to_owned(), length == chosen, say.length(length), None));
    view! {
        <fieldset class="choices sheet">
            <legend class="hide">{say.ask_length()}</legend><h2>{say.ask_length()}</h2>
            {lengths.collect_view()}
        </fieldset>
    }
}

/// The form that asks again for what was shared.
fn renew(say: Say, heading: &'static str, entry: &SharedEntry) -> impl IntoView + use<> {
    view! {
        {back("/shared".to_owned(), say.patients())}
        {problem_summary(say, problem())}
        {title(heading, Some(say.ask_again_says(&entry.name)))}
        <section class="grant compact" aria-label=say.what_you_had()>{sentence(say, &entry.sentence)}</section>
        <form method="post" action="/api/ask-again">
            {hidden("grant", Some(entry.grant.to_string()))}
            {lengths(say)}
            {area("words", say.ask_words(), say.ask_words_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.ask_button()}</button><a href="/shared">{say.patients()}</a></p>
        </form>
    }
}

/// One request as who asked sees it: whether somebody has that name is not in it.
fn one(say: Say, asked: &Asked) -> impl IntoView + use<> {
    let id = asked.id.to_string();
    let heading = say.request_state(asked.state);
    let parts = asked.terms.as_ref().map(|terms| {
        let words: Vec<_> = Category::SHAREABLE
            .into_iter()
            .filter(|category| terms.categories.contains(*category))
            .map(|category| say.category(category))
            .collect();
        view! { <p class="quiet">{say.you_asked_for()} " " {words.join(" · ")}</p> }
    });
    let ways = (asked.state == RequestState::Sent).then(|| {
        let answer = asked
            .said
            .iter()
            .any(|said| said.is_patient)
            .then(|| view! { <a class="button second" href=answering(asked.id)>{say.answer_them()}</a> });
        view! {
            <div class="actions">
                {answer}
                <form method="post" action="/api/withdraw-request">
                    {hidden("request", Some(id.clone()))}
                    <button class="button second" type="submit">{say.take_request_back()}</button>
                </form>
            </div>
        }
    });
    let given = asked.grant.as_ref().map(|(_, words)| {
        view! { <div class="grant compact">{sentence(say, words)}</div><p>{more("/shared".to_owned(), say.open_your_patients())}</p> }
    });
    view! {
        <div class="sheet">
            <h3>{heading}</h3>
            <p class="quiet">{say.asked_on()} " " {moment(say, asked.asked_at)}</p>
            {parts}
            <p class="said" dir="auto">{asked.words.clone()}</p>
            {thread(say, &asked.said, say.patient_said(), say.you_said())}
            {given}
            {ways}
        </div>
    }
}

fn reply(say: Say, asked: &Asked) -> impl IntoView + use<> {
    view! {
        {back(PAGE.to_owned(), say.ask_title())}
        {problem_summary(say, problem())}
        {title(say.answer_them(), None)}
        {sheet("said", say.what_you_asked(), view! {
            <p class="said" dir="auto">{asked.words.clone()}</p>
            {thread(say, &asked.said, say.patient_said(), say.you_said())}
        })}
        <form method="post" action="/api/write-to-request">
            {hidden("request", Some(asked.id.to_string()))}
            {area("words", say.request_words(), say.ask_words_hint(), LONGEST, None)}
            <p class="actions"><button class="button" type="submit">{say.send_words()}</button></p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_a_category_or_a_label_and_never_both() {
        assert!(Category::SHAREABLE.into_iter().all(|category| Label::from_slug(category.slug()).is_none()));
        assert!(Label::ALL.into_iter().all(|label| Category::from_slug(label.slug()).is_none()));
    }
}
