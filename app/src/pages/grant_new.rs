//! `/sharing/new`: the questions before a grant. Every question is a form of its
//! own; the answers are kept in a draft, and the address carries its identifier.

use chartkey_domain::{
    draft::{Draft, Problem, Recipient, Terms, Thing},
    grant::Grantee,
    id::DraftId,
    understanding::{Answer, Answered, Question},
};
use chartkey_portal::{
    admissions::Checked,
    drafts::KeptDraft,
    sharing::{Colleague, KnownOrganization, NewGrant, Parts, Sentence},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::{CATALOGUE_VERSION, Named, Say},
    components::{form::problem_summary, list::with, sheet::back},
    pages::{Paged, carers, page},
    request::{caller, portal, preview_page, problem, query, read_in, redirect, visitor},
    shell::{Bar, Page, Place, document},
};

mod check;
mod presets;
mod questions;
pub mod things;
pub use questions::recipients;

/// What the form sends where somebody is to help the patient.
pub const CARER: &str = "carer";

/// One page of the way to a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Who may see something.
    Who,
    /// What for.
    Purpose,
    /// What.
    What,
    /// Which dates, and how long.
    Time,
    /// Check and confirm.
    Check,
}

impl Step {
    const ALL: [Self; 5] = [Self::Who, Self::Purpose, Self::What, Self::Time, Self::Check];

    const fn slug(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Purpose => "purpose",
            Self::What => "what",
            Self::Time => "time",
            Self::Check => "check",
        }
    }

    /// The page whose question a problem belongs to.
    const fn of(problem: ApiError) -> Option<Self> {
        match problem {
            ApiError::GrantWho => Some(Self::Who),
            ApiError::GrantPurpose => Some(Self::Purpose),
            ApiError::GrantWhat => Some(Self::What),
            ApiError::GrantDates | ApiError::GrantEnd => Some(Self::Time),
            _ => None,
        }
    }

    /// The address of this page for a draft.
    #[must_use]
    pub fn page(self, draft: DraftId) -> String {
        format!("/sharing/new?draft={draft}&step={}", self.slug())
    }

    /// The question after the one of who it is for.
    #[must_use]
    pub fn first(recipient: &Recipient) -> Self {
        if recipient.is_carer() { Self::What } else { Self::Purpose }
    }

    fn before(self) -> Option<Self> {
        Self::ALL.iter().position(|step| *step == self).and_then(|index| Self::ALL.get(index.checked_sub(1)?)).copied()
    }
}

/// The question that the address names.
pub fn grant_new() -> impl IntoView {
    page(async {
        let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
        let draft = query("draft").and_then(|draft| draft.parse().ok());
        let step = query("step").and_then(|slug| Step::ALL.into_iter().find(|step| step.slug() == slug)).filter(|_| draft.is_some());
        let step = step.unwrap_or(Step::Who);
        let kept = match draft {
            Some(draft) => match portal.draft(&visitor, draft).await {
                Ok(kept) => Some(kept),
                Err(chartkey_portal::Error::NotFound) => {
                    redirect("/sharing/new?problem=gone");
                    return Paged::Ok(().into_any());
                }
                Err(error) => return Err(error.into()),
            },
            None => None,
        };
        let known = portal.known_organizations(&visitor).await?;
        let answers = kept.as_ref().map(|kept| kept.draft.clone()).unwrap_or_default();
        let named: &[Thing] = if matches!(step, Step::What | Step::Check) { &answers.things } else { &[] };
        let opened = portal.choices_to_share(&visitor, named, step == Step::What).await?;
        let choices = &opened.view;
        // What has changed since it was chosen is looked at again before it is given.
        let now: Vec<_> = choices.named.iter().map(|(_, thing)| *thing).collect();
        if let Some(kept) = kept.as_ref().filter(|kept| step == Step::Check && !things::are_as_chosen(&kept.draft.things, &now)) {
            redirect(&with(&Step::What.page(kept.id), &format!("problem={}", ApiError::ChosenChanged.code())));
            return Paged::Ok(().into_any());
        }
        let (heading, body) = match (step, kept) {
            (Step::Purpose, Some(kept)) => questions::purpose(say, &kept),
            (Step::What, Some(kept)) => questions::what(say, &kept, &known, choices),
            (Step::Time, Some(kept)) => questions::time(say, &kept, &known),
            (Step::Check, Some(kept)) => match check::check(say, &kept, &known, choices) {
                Ok(checked) => checked,
                Err(problem) => {
                    let question = Step::of(problem).unwrap_or(Step::Who);
                    redirect(&with(&question.page(kept.id), &format!("problem={}", problem.code())));
                    return Paged::Ok(().into_any());
                }
            },
            (_, kept) => questions::who(say, kept.map(|kept| kept.id), &answers, &known),
        };
        let problem = problem();
        let title = if problem.is_some() { say.error_title(heading) } else { heading.to_owned() };
        let is_first = answers.recipient.as_ref().is_some_and(|recipient| recipient.is_carer() && step == Step::first(recipient));
        let way_back = match step.before().zip(draft) {
            _ if is_first => carers::PAGE.to_owned(),
            Some((before, draft)) => before.page(draft),
            None => "/sharing".to_owned(),
        };
        let body = view! {
            {back(way_back, say.back())}
            {problem_summary(say, problem)}
            {body}
        };
        Paged::Ok(document(Page::new(title, Place::Sharing).of(Bar::from(&opened.whose)), body).into_any())
    })
}

/// Keeps an answer, also one that cannot be used: its page shows it again. `question`
/// is the last one that has been answered by now.
///
/// # Errors
/// The problem with the answer, or the draft is no more.
pub async fn keep(draft: DraftId, question: Problem, answer: impl FnOnce(&mut Draft) + Send) -> Result<(), ApiError> {
    let (portal, visitor) = (portal()?, visitor()?);
    let mut kept = portal.draft(&visitor, draft).await?;
    answer(&mut kept.draft);
    let problem = kept.draft.terms(kept.today).err().filter(|problem| asked_by(*problem, question));
    portal.keep_draft(&visitor, draft, kept.draft).await?;
    problem.map_or(Ok(()), |problem| Err(problem_of(problem)))
}

/// Gives the grant of a draft if its sentence is the one that was seen, in the language with
/// this tag, and says where to go.
///
/// # Errors
/// [`ApiError::Gone`] where the sentence has changed, or the problem with an answer.
pub async fn give(draft: DraftId, seen: &Seen, language: &str) -> Result<String, ApiError> {
    let (say, portal, visitor) = (read_in(language), portal()?, visitor()?);
    let kept = match portal.draft(&visitor, draft).await {
        Ok(kept) => kept,
        // The second post of a double click: the first has given it.
        Err(chartkey_portal::Error::NotFound) => return Ok("/sharing".to_owned()),
        Err(error) => return Err(error.into()),
    };
    let ready = Ready::of(say, &kept, &portal.known_organizations(&visitor).await?)?;
    if !seen.is(&kept, &ready) {
        return Err(ApiError::Gone);
    }
    let sentence = of_catalogue(say, ready.sentence);
    let Recipient::Known(grantee) = ready.recipient else {
        return match portal.make_code(&visitor, draft, ready.terms, sentence).await {
            Ok(_) | Err(chartkey_portal::Error::Conflict("made")) => Ok("/sharing/codes".to_owned()),
            Err(error) => Err(error.into()),
        };
    };
    match portal.give_grant(&visitor, NewGrant { draft, grantee, terms: ready.terms, sentence }).await {
        Ok(grant) => Ok(format!("/sharing/{grant}?done=given")),
        Err(chartkey_portal::Error::Conflict("given")) => Ok("/sharing".to_owned()),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the sentence of a draft if it is the one that was seen, and says where its grantee's view of the record is.
///
/// # Errors
/// As [`give`], and [`ApiError::NotFound`] where the draft is no more.
pub async fn preview(draft: DraftId, seen: &Seen, language: &str) -> Result<String, ApiError> {
    let (say, portal, visitor) = (read_in(language), portal()?, visitor()?);
    let kept = portal.draft(&visitor, draft).await?;
    let ready = Ready::of(say, &kept, &portal.known_organizations(&visitor).await?)?;
    if !seen.is(&kept, &ready) {
        return Err(ApiError::Gone);
    }
    portal.word_draft(&visitor, draft, of_catalogue(say, ready.sentence)).await?;
    Ok(preview_page(draft.0.into()))
}

/// Keeps what was answered to the question of a draft that is about this, and says where to go.
///
/// # Errors
/// [`ApiError::Gone`] where that is not its question any more, [`ApiError::NoAnswer`] where nothing was answered, and as [`give`].
pub async fn answer_question(draft: DraftId, about: &str, answer: &str, language: &str) -> Result<String, ApiError> {
    let (say, portal, visitor) = (read_in(language), portal()?, visitor()?);
    let kept = portal.draft(&visitor, draft).await?;
    let ready = Ready::of(say, &kept, &portal.known_organizations(&visitor).await?)?;
    let parts = portal.choices_to_share(&visitor, &[], false).await?.view.parts;
    let question = ready.question(&kept, &parts).filter(|question| question.about.slug() == about).ok_or(ApiError::Gone)?;
    let answered = Answered {
        about: about.to_owned(),
        is_shown: question.is_shown,
        question: say.question(&ready.named, question),
        language: say.tag().to_owned(),
        answer: Answer::from_slug(answer).ok_or(ApiError::NoAnswer)?,
    };
    portal.keep_answer(&visitor, draft, answered).await?;
    Ok(format!("{}#understanding", Step::Check.page(draft)))
}

/// A sentence with the language and the version of what made it.
fn of_catalogue(say: Say, text: String) -> Sentence {
    Sentence { text, language: say.tag().to_owned(), catalogue_version: CATALOGUE_VERSION.to_owned() }
}

/// What the patient had before them: the sentence, and which answers it was made from, since it counts single things and names none.
#[derive(Debug)]
pub struct Seen {
    /// The sentence as it stood on the page.
    pub seen: String,
    /// Its answers ([`KeptDraft::mark`]).
    pub mark: String,
}

impl Seen {
    fn is(&self, kept: &KeptDraft, ready: &Ready) -> bool {
        self.seen == ready.sentence && self.mark == kept.mark
    }
}

/// A draft with every answer, and its sentence.
struct Ready {
    recipient: Recipient,
    named: Named,
    terms: Terms,
    sentence: String,
    /// How the operator has checked whom it is for, where their organization vouches for nobody.
    checked: Option<Checked>,
}

impl Ready {
    fn of(say: Say, kept: &KeptDraft, known: &[KnownOrganization]) -> Result<Self, ApiError> {
        let recipient = kept.draft.recipient.clone().ok_or(ApiError::GrantWho)?;
        let carer = kept.carer.clone().map(|name| Named::Carer { name });
        let named = carer.or_else(|| named(&recipient, known)).ok_or(ApiError::GrantWho)?;
        let terms = kept.draft.terms(kept.today).map_err(problem_of)?;
        let sentence = say.grant_sentence(&named, &terms);
        let checked = colleague(&recipient, known).and_then(|clinician| clinician.checked.clone());
        Ok(Self { recipient, named, terms, sentence, checked })
    }

    /// What is asked about it, where anything can be.
    fn question(&self, kept: &KeptDraft, parts: &Parts) -> Option<Question> {
        Question::of(&self.terms, &parts.held, parts.keeps_back, kept.today)
    }
}

/// The clinician whom a recipient names.
fn colleague<'k>(recipient: &Recipient, known: &'k [KnownOrganization]) -> Option<&'k Colleague> {
    let Recipient::Known(Grantee::Clinician { account, organization }) = recipient else { return None };
    let organization = known.iter().find(|known| known.id == *organization)?;
    organization.clinicians.iter().find(|clinician| clinician.account == *account)
}

/// The name of a recipient; `None` where they are no longer known.
#[must_use]
pub fn named(recipient: &Recipient, known: &[KnownOrganization]) -> Option<Named> {
    match recipient {
        Recipient::Code => Some(Named::Code),
        Recipient::CarerCode => Some(Named::CarerCode),
        Recipient::Known(Grantee::Clinician { organization, .. }) => {
            let name = colleague(recipient, known)?.name.clone();
            let organization = known.iter().find(|known| known.id == *organization)?;
            Some(Named::Clinician { name, organization: organization.name.clone() })
        }
        Recipient::Known(Grantee::Professions { organization, professions }) => {
            let organization = known.iter().find(|known| known.id == *organization)?;
            Some(Named::Professions { professions: professions.clone(), organization: organization.name.clone() })
        }
        Recipient::Known(Grantee::Carer { .. }) => None,
    }
}

/// Reads the value of a recipient in the form: `code`, `carer`, `clinician:ACCOUNT:ORGANIZATION`
/// or `profession:ORGANIZATION:PROFESSION`.
#[must_use]
pub fn recipient(value: &str) -> Option<Recipient> {
    if value == "code" {
        return Some(Recipient::Code);
    }
    if value == CARER {
        return Some(Recipient::CarerCode);
    }
    let mut parts = value.splitn(3, ':');
    match (parts.next()?, parts.next()?, parts.next()?) {
        ("clinician", account, organization) => {
            Some(Recipient::Known(Grantee::Clinician { account: account.parse().ok()?, organization: organization.parse().ok()? }))
        }
        ("profession", organization, profession) => Some(Recipient::Known(Grantee::Professions {
            organization: organization.parse().ok()?,
            professions: vec![profession.to_owned()],
        })),
        _ => None,
    }
}

/// The same the other way round.
#[must_use]
pub fn value(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Code => "code".to_owned(),
        Recipient::CarerCode => CARER.to_owned(),
        Recipient::Known(Grantee::Clinician { account, organization }) => format!("clinician:{account}:{organization}"),
        Recipient::Known(Grantee::Professions { organization, professions }) => {
            format!("profession:{organization}:{}", professions.first().map_or("", String::as_str))
        }
        Recipient::Known(Grantee::Carer { .. }) => String::new(),
    }
}

/// Whether the problem lies with a question that has been asked by now.
fn asked_by(problem: Problem, question: Problem) -> bool {
    let order = [Problem::Who, Problem::Purpose, Problem::What, Problem::Dates, Problem::End];
    let place = |problem| order.iter().position(|candidate| *candidate == problem);
    place(problem) <= place(question)
}

fn problem_of(problem: Problem) -> ApiError {
    ApiError::from_code(problem.code()).unwrap_or(ApiError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_survives_the_form() {
        for text in [
            "code",
            "carer",
            "clinician:00000000-0000-0000-0000-000000000001:00000000-0000-0000-0000-000000000002",
            "profession:00000000-0000-0000-0000-000000000002:nurse: night",
        ] {
            assert_eq!(recipient(text).as_ref().map(value).as_deref(), Some(text));
        }
        assert_eq!(recipient("clinician:me:you"), None);
        assert_eq!(recipient(""), None);
    }

    #[test]
    fn an_answer_is_not_blamed_for_a_question_not_yet_asked() {
        assert!(!asked_by(Problem::What, Problem::Purpose));
        assert!(asked_by(Problem::Purpose, Problem::What));
        assert!(asked_by(Problem::End, Problem::End));
    }

    #[test]
    fn every_problem_of_a_draft_can_be_said() {
        for problem in [Problem::Who, Problem::Purpose, Problem::What, Problem::Dates, Problem::End] {
            assert_ne!(problem_of(problem), ApiError::Invalid, "{problem:?}");
        }
    }
}
