//! When a patient cannot decide: whom they name in advance, and what clinicians say.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::PatientId;
use leptos::prelude::*;

use super::ApiError;

/// Names who stands in for the patient; without `who`, nobody.
///
/// # Errors
/// None for a plain form post, which goes back to its page.
#[server(endpoint = "name-stand-in")]
pub async fn name_stand_in(
    #[server(default)] who: String,
    #[server(default)] sensitive: String,
    #[server(default)] share: String,
    #[server(default)] language: String,
) -> Result<(), ApiError> {
    use crate::{
        catalogue::CATALOGUE_VERSION,
        pages::stand_in::{NOBODY, PAGE},
        request::{answer, portal, read_in, visitor},
    };
    use chartkey_portal::{incapacity::NewPlan, sharing::Sentence};

    let named = async {
        let (portal, visitor, say) = (portal()?, visitor()?, read_in(&language));
        if who == NOBODY {
            portal.decide_incapacity(&visitor, None).await?;
            return Ok(format!("{PAGE}?done=removed"));
        }
        let helpers = portal.incapacity_plan(&visitor).await?.view.helpers;
        let helper = helpers.into_iter().find(|helper| helper.account.to_string() == who).ok_or(ApiError::StandInWho)?;
        let (sensitive, may_share) = (!sensitive.is_empty(), !share.is_empty());
        let sentence = Sentence {
            text: say.stands_in(&helper.name, sensitive, may_share),
            language: say.tag().to_owned(),
            catalogue_version: CATALOGUE_VERSION.to_owned(),
        };
        portal.decide_incapacity(&visitor, Some(NewPlan { account: helper.account, sensitive, may_share, sentence })).await?;
        Ok(format!("{PAGE}?done=named"))
    };
    answer(named.await, PAGE)
}

/// Says that a patient cannot decide.
///
/// # Errors
/// As [`name_stand_in`].
#[server(endpoint = "state-incapacity")]
pub async fn state_incapacity(patient: PatientId, #[server(default)] reason: String) -> Result<(), ApiError> {
    use crate::{
        pages::incapacity::address,
        request::{answer, portal, visitor},
    };
    use chartkey_portal::incapacity::Came;

    let page = address(patient);
    let stated = async {
        let came = portal()?.state_incapacity(&visitor()?, patient, &reason).await?;
        Ok(format!("{page}?done={}", if came == Came::Begun { "begun" } else { "waits" }))
    };
    answer(stated.await, &page)
}

/// Says that it is still so where `finding` is `still`, and that it is over where it is `over`.
///
/// # Errors
/// As [`name_stand_in`].
#[server(endpoint = "review-incapacity")]
pub async fn review_incapacity(patient: PatientId, #[server(default)] finding: String) -> Result<(), ApiError> {
    use crate::{
        pages::incapacity::{OVER, STILL, address},
        request::{answer, portal, visitor},
    };

    let (page, is_still_so) = (address(patient), finding == STILL);
    let reviewed = async {
        if !is_still_so && finding != OVER {
            return Err(ApiError::NoAnswer);
        }
        portal()?.review_incapacity(&visitor()?, patient, is_still_so).await?;
        Ok(format!("{page}?done={}", if is_still_so { "still" } else { "over" }))
    };
    answer(reviewed.await, &page)
}
