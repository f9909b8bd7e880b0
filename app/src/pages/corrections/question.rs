//! `/record/{patient}/{category}/{item}/wrong`: what is wrong, and the page that asks to check it.

use chartkey_domain::{
    category::Category,
    correction::{LONGEST, Words},
    id::{DraftId, ItemId, PatientId},
};
use chartkey_portal::{corrections::Question, entry::Entry};
use leptos::prelude::*;

use super::stands;
use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::{address, called},
        form::{area, hidden, problem_summary, titled},
        sheet::{back, sheet, title},
    },
    pages::{page, reader::Reader},
    request::{item as item_of_page, parameter, portal, problem, query, redirect, visitor},
    shell::{Place, document},
};

/// One page of the way to a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What is wrong.
    Ask,
    /// Check and say it.
    Check,
}

impl Step {
    /// The address of this page; what was typed so far is in the draft.
    #[must_use]
    pub fn page(self, patient: PatientId, category: &str, item: ItemId, draft: Option<DraftId>) -> String {
        // What comes with a form is not put into an address unseen.
        let category = Category::from_slug(category).unwrap_or(Category::Own).slug();
        let draft = draft.map(|draft| format!("?draft={draft}{}", if self == Self::Check { "&step=check" } else { "" }));
        format!("/record/{patient}/{category}/{item}/wrong{}", draft.unwrap_or_default())
    }
}

/// The page that the address names.
pub fn wrong() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let name: String = parameter("category")?;
        let category = Category::from_slug(&name).ok_or(ApiError::NotFound)?;
        let draft = query("draft").and_then(|draft| draft.parse().ok());
        let opened = reader.portal.correction_question(&reader.visitor, reader.patient, category, item_of_page()?, draft).await?;
        let (say, whose, Question { entry, typed }) = (reader.say, opened.whose, opened.view);
        // One that stands is the one to write to.
        if let Some(said) = entry.disputed.as_ref().and_then(|said| said.statements.first()) {
            redirect(&stands(reader.patient, said.correction, draft.filter(|_| typed.is_some())));
            return Ok(().into_any());
        }
        // Words that have been said, or have waited too long, are in no draft any more.
        if draft.is_some() && typed.is_none() {
            redirect(&format!("{}?problem=words-gone", Step::Ask.page(reader.patient, category.slug(), entry.id, None)));
            return Ok(().into_any());
        }
        let checked = typed.as_deref().and_then(Words::parse).filter(|_| query("step").as_deref() == Some("check"));
        let about = About { say, patient: reader.patient, entry: &entry };
        let (heading, body) = match checked.zip(draft) {
            Some((words, draft)) => (say.check_wrong(), about.check(&words, draft)),
            None => (say.what_is_wrong(), about.ask(typed)),
        };
        Ok(document(reader.page(titled(say, heading, problem()), Place::Corrections, &whose), body).into_any())
    })
}

/// What both pages are about.
struct About<'a> {
    say: Say,
    patient: PatientId,
    entry: &'a Entry,
}

impl About<'_> {
    fn ask(&self, typed: Option<String>) -> AnyView {
        let (say, name) = (self.say, called(self.say, self.entry).name);
        view! {
            {back(address(self.patient, self.entry.category, self.entry.id), name.clone())}
            {problem_summary(say, problem())}
            {title(say.what_is_wrong(), Some(self.named(name)))}
            <form method="post" action="/api/say-wrong">
                {self.fields()}
                <p>{say.wrong_says()}</p>
                {area("words", say.your_words(), say.wrong_hint(), LONGEST, typed)}
                <p class="actions"><button class="button" type="submit">{say.go_on()}</button></p>
            </form>
        }
        .into_any()
    }

    fn check(&self, words: &Words, draft: DraftId) -> AnyView {
        let (say, name) = (self.say, called(self.say, self.entry).name);
        let ask = Step::Ask.page(self.patient, self.entry.category.slug(), self.entry.id, Some(draft));
        view! {
            {back(ask.clone(), say.back())}
            {problem_summary(say, problem())}
            {title(say.check_wrong(), Some(self.named(name)))}
            {sheet("words", say.your_words(), view! {
                <p class="said" dir="auto">{words.as_str().to_owned()}</p>
                <p class="actions"><a href=ask>{say.change_words()}</a></p>
            })}
            <form method="post" action="/api/open-correction">
                {self.fields()}
                {hidden("draft", Some(draft.to_string()))}
                <p>{say.check_wrong_says()}</p>
                <p class="actions"><button class="button" type="submit">{say.say_it()}</button></p>
            </form>
        }
        .into_any()
    }

    fn named(&self, name: String) -> String {
        let date = self.entry.when.map(|(first, precision)| self.say.when(first, precision));
        [Some(name), date].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn fields(&self) -> impl IntoView + use<> {
        view! {
            {hidden("patient", Some(self.patient.to_string()))}
            {hidden("category", Some(self.entry.category.slug().to_owned()))}
            {hidden("item", Some(self.entry.id.to_string()))}
        }
    }
}

/// Keeps what was typed, also what cannot be used: its page shows it again. Says where to go, and
/// which page the form is on.
pub async fn keep(patient: PatientId, category: &str, item: ItemId, typed: &str) -> (Result<String, ApiError>, String) {
    let kept = async { Ok(portal()?.keep_statement(&visitor()?, patient, item, typed).await?) };
    match kept.await {
        Err(problem) => (Err(problem), Step::Ask.page(patient, category, item, None)),
        Ok(draft) => {
            let next = Words::parse(typed).map(|_| Step::Check.page(patient, category, item, Some(draft)));
            (next.ok_or(ApiError::CorrectionWords), Step::Ask.page(patient, category, item, Some(draft)))
        }
    }
}
