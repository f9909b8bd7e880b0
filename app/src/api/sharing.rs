//! Sharing: the questions before a grant, giving it, and stopping it.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{DraftId, GrantId};
use leptos::prelude::*;

use super::ApiError;

/// Answers who a share is for, and begins its draft where there is none.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "grant-who")]
pub async fn grant_who(draft: Option<DraftId>, #[server(default)] recipient: String) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Step, recipient as read},
        request::{answer, portal, visitor},
    };

    let go = async {
        let (portal, visitor) = (portal()?, visitor()?);
        let recipient = read(&recipient).ok_or(ApiError::GrantWho)?;
        let next = Step::first(&recipient);
        let mut kept = match draft {
            Some(draft) => Some(portal.draft(&visitor, draft).await?),
            None => None,
        };
        let mut answers = kept.take().map(|kept| kept.draft).unwrap_or_default();
        // Whether it may be passed on is asked of each anew: not everybody can.
        answers.may_delegate &= answers.recipient.as_ref() == Some(&recipient);
        answers.recipient = Some(recipient);
        let draft = match draft {
            Some(draft) => portal.keep_draft(&visitor, draft, answers).await.map(|()| draft)?,
            None => portal.begin_draft(&visitor, answers).await?,
        };
        Ok(next.page(draft))
    };
    answer(go.await, &draft.map_or_else(|| "/sharing/new".to_owned(), |draft| Step::Who.page(draft)))
}

/// Answers what a share is for.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "grant-purpose")]
pub async fn grant_purpose(
    draft: DraftId,
    #[server(default)] purpose: String,
    #[server(default)] purpose_text: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Step, keep},
        request::answer,
    };
    use chartkey_domain::{draft::Problem, grant::Purpose};

    let kept = keep(draft, Problem::Purpose, |answers| {
        answers.purpose = Purpose::chosen(&purpose);
        answers.purpose_text = purpose_text;
    });
    answer(kept.await.map(|()| Step::What.page(draft)), &Step::Purpose.page(draft))
}

/// Answers what a share reaches.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "grant-what")]
pub async fn grant_what(
    draft: DraftId,
    #[server(default)] categories: Vec<String>,
    #[server(default)] labels: Vec<String>,
    #[server(default)] things: Vec<String>,
    #[server(default)] only: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Step, keep, things::seen},
        request::answer,
    };
    use chartkey_domain::{category::Category, draft::Problem, label::Label};

    let kept = keep(draft, Problem::What, |answers| {
        answers.labels = labels.iter().filter_map(|label| Label::from_slug(label)).collect();
        if only != "labels" {
            answers.categories = categories.iter().filter_map(|category| Category::from_slug(category)).collect();
            answers.keep(&things.iter().filter_map(|thing| seen(thing)).collect::<Vec<_>>());
        }
    });
    let next = if only == "labels" { Step::Check } else { Step::Time };
    answer(kept.await.map(|()| next.page(draft)), &Step::What.page(draft))
}

/// Makes a share one of what belongs to a condition: `lens` is its name in the table.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "grant-belonging")]
pub async fn grant_belonging(draft: DraftId, #[server(default)] lens: String) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::Step,
        request::{answer, portal, visitor},
    };
    use chartkey_domain::lens::Lens;

    let named = async {
        let lens = Lens::from_slug(&lens).ok_or(ApiError::NotFound)?;
        Ok(portal()?.name_belonging(&visitor()?, draft, lens).await?)
    };
    let page = Step::What.page(draft);
    answer(named.await.map(|()| format!("{page}#things")), &page)
}

/// The fields of the last question.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Times {
    /// From this day on.
    pub from_day: String,
    /// From this month on.
    pub from_month: String,
    /// From this year on.
    pub from_year: String,
    /// Up to this day.
    pub to_day: String,
    /// Up to this month.
    pub to_month: String,
    /// Up to this year.
    pub to_year: String,
    /// `preset`, `day` or `open`.
    pub end: String,
    /// The day of the end.
    pub until_day: String,
    /// Its month.
    pub until_month: String,
    /// Its year.
    pub until_year: String,
    /// Set: nothing that is added later.
    pub only_todays: String,
    /// Set: a copy may be taken.
    pub may_export: String,
    /// Set: something may be written.
    pub may_write: String,
    /// Set: part of it may be passed on.
    pub may_delegate: String,
}

/// Answers which dates a share reaches, and when it ends.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "grant-time")]
pub async fn grant_time(draft: DraftId, #[server(flatten)] times: Times) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Step, keep},
        request::answer,
    };
    use chartkey_domain::draft::{End, Problem, TypedDay};

    let typed = |day: String, month: String, year: String| TypedDay { day, month, year };
    let kept = keep(draft, Problem::End, |answers| {
        answers.from = typed(times.from_day, times.from_month, times.from_year);
        answers.to = typed(times.to_day, times.to_month, times.to_year);
        answers.end = End::from_slug(&times.end).unwrap_or_default();
        answers.until = typed(times.until_day, times.until_month, times.until_year);
        answers.only_todays = !times.only_todays.is_empty();
        answers.may_export = !times.may_export.is_empty();
        answers.may_write = !times.may_write.is_empty();
        answers.may_delegate = !times.may_delegate.is_empty();
    });
    answer(kept.await.map(|()| Step::Check.page(draft)), &Step::Time.page(draft))
}

/// Answers the question whether the grant of a draft shows something. `about` is what was asked about; a question that is
/// not the draft's any more is not answered. Whatever is answered, the grant can be given.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "answer-check")]
pub async fn answer_check(
    draft: DraftId,
    #[server(default)] about: String,
    #[server(default)] answer: String,
    #[server(default)] language: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Step, answer_question},
        request::answer as lead,
    };

    lead(answer_question(draft, &about, &answer, &language).await, &Step::Check.page(draft))
}

/// Opens the patient's own record as the grantee of a draft will see it. `seen` is the sentence as it stood on the page, in
/// this language, made from the answers of `mark`.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "preview-grant")]
pub async fn preview_grant(
    draft: DraftId,
    #[server(default)] seen: String,
    #[server(default)] mark: String,
    #[server(default)] language: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Seen, Step, preview},
        request::answer,
    };

    answer(preview(draft, &Seen { seen, mark }, &language).await, &Step::Check.page(draft))
}

/// Gives the grant of a draft, or makes its code. `seen` is the sentence as it stood
/// on the page, in this language, made from the answers of `mark`: what was not read is not given.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "give-grant")]
pub async fn give_grant(
    draft: DraftId,
    seen: String,
    #[server(default)] mark: String,
    #[server(default)] language: String,
) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::{Seen, Step, give},
        request::answer,
    };

    answer(give(draft, &Seen { seen, mark }, &language).await, &Step::Check.page(draft))
}

/// Begins a new version of a grant, or the same once more where it is over: with the question how long (`time`), or where
/// everything is checked.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "change-grant")]
pub async fn change_grant(grant: GrantId, #[server(default)] step: String) -> Result<(), ApiError> {
    use crate::{
        pages::grant_new::Step,
        request::{answer, portal, visitor},
    };

    let begun = async { Ok(portal()?.change_grant(&visitor()?, grant).await?) };
    let first = if step == "time" { Step::Time } else { Step::Check };
    answer(begun.await.map(|draft| first.page(draft)), &format!("/sharing/{grant}"))
}

/// Ends one of the signed-in patient's grants, or, with `helping`, one by which they help somebody.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "withdraw-grant")]
pub async fn withdraw_grant(grant: GrantId, helping: Option<String>) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    if helping.is_some() {
        let done = async { Ok(portal()?.stop_helping(&visitor()?, grant).await?) };
        return answer(done.await.map(|()| "/shared?done=helped"), "/shared");
    }
    let done = async { Ok(portal()?.withdraw_grant(&visitor()?, grant).await?) };
    answer(done.await.map(|_| format!("/sharing/{grant}?done=withdrawn")), &format!("/sharing/{grant}"))
}

/// Ends all grants of the signed-in patient, and voids their codes.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "stop-sharing")]
pub async fn stop_sharing() -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let done = async { Ok(portal()?.stop_sharing(&visitor()?).await?) };
    answer(done.await.map(|()| "/sharing?done=stopped"), "/sharing")
}

/// Stops a grant for now.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "pause-grant")]
pub async fn pause_grant(grant: GrantId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let done = async { Ok(portal()?.pause_grant(&visitor()?, grant).await?) };
    answer(done.await.map(|_| format!("/sharing/{grant}?done=paused")), &format!("/sharing/{grant}"))
}

/// Starts a paused grant again.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "resume-grant")]
pub async fn resume_grant(grant: GrantId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let done = async { Ok(portal()?.resume_grant(&visitor()?, grant).await?) };
    answer(done.await.map(|_| format!("/sharing/{grant}?done=resumed")), &format!("/sharing/{grant}"))
}

/// Opens what a patient shares: declares its purpose for the session, and goes there.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "open-shared")]
pub async fn open_shared(grant: GrantId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, session, visitor};
    use chartkey_domain::grant::Purpose;

    let go = async {
        let (patient, purpose) = portal()?.pick_grant(&visitor()?, grant).await?;
        // An emergency needs no purpose, and takes none away that was declared.
        if purpose != Purpose::Emergency {
            session()?.0.declare(patient, purpose).await?;
        }
        Ok(format!("/record/{patient}"))
    };
    answer(go.await, "/shared")
}

/// Looks for a name in a clinician's list of patients. It is kept with the session, and stands in no address.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "find-patient")]
pub async fn find_patient(#[server(default)] words: String) -> Result<(), ApiError> {
    use crate::request::{answer, portal, session, visitor};

    let begun = async {
        let visitor = visitor()?;
        let key = session()?.0.key().ok_or(ApiError::SignedOut)?;
        Ok(portal()?.begin_finding(&visitor, key, &words).await?)
    };
    answer(begun.await.map(|search| format!("/shared?find={search}")), "/shared")
}

/// Opens the summaries of all who share for treatment: declares that purpose for each of
/// their records, and goes to the page that prints them.
///
/// # Errors
/// As [`grant_who`].
#[server(endpoint = "print-shared")]
pub async fn print_shared() -> Result<(), ApiError> {
    use crate::request::{answer, portal, session, visitor};
    use chartkey_domain::grant::Purpose;

    let go = async {
        let session = session()?;
        for patient in portal()?.treated(&visitor()?).await? {
            session.0.declare(patient, Purpose::Treatment).await?;
        }
        Ok("/shared/print")
    };
    answer(go.await, "/shared")
}
