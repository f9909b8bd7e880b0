//! `/shared/{grant}/pass-on`: a clinician passes part of a share on to one colleague, and takes it back; a carer shares with clinicians
//! in the patient's place.

use std::collections::BTreeMap;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::{PRESET_DAYS, Recipient, Terms},
    grant::{GrantState, Grantee, Purpose},
    id::GrantId,
    label::Label,
};
use chartkey_portal::{
    Error,
    requests::Length,
    shared::passing::{Passable, PassedOn},
    sharing::{KnownOrganization, Sentence},
};
use leptos::prelude::*;
use time::{Date, Duration, OffsetDateTime};

use crate::{
    api::ApiError,
    catalogue::{CATALOGUE_VERSION, Giver, Say},
    components::{
        form::{beside, choice, hidden, problem_summary, titled},
        notice::what_was_done,
        sentence::{Life, life, sentence},
        sheet::{back, sheet, title},
    },
    pages::{
        Paged,
        grant_new::{named, recipient, recipients, value},
        page,
    },
    request::{again, caller, parameter, portal, problem, query, typed, visitor},
    shell::{Page, Place, document},
};

/// The address where a share is passed on.
pub fn page_of_passing(grant: GrantId) -> String {
    format!("/shared/{grant}/pass-on")
}

/// Where a form of that page leads back to: a share that is no more has no page.
pub fn back_to<'p, T>(made: &Result<T, ApiError>, page: &'p str) -> &'p str {
    if matches!(made, Err(ApiError::NotFound)) { "/shared" } else { page }
}

/// How long a colleague can be given something at once.
const LENGTHS: [Length; 2] = [Length::Week, Length::Preset];
/// How long a carer can share something at once.
const LENGTHS_OF_HELP: [Length; 3] = [Length::Week, Length::Preset, Length::Quarter];
/// What a carer can share for.
const PURPOSES: [Purpose; 3] = [Purpose::Treatment, Purpose::SecondOpinion, Purpose::Coordination];

/// What was chosen on the page, as the form sends it.
#[derive(Debug)]
pub struct Chosen {
    /// To whom.
    pub recipient: String,
    /// Categories and labels.
    pub parts: BTreeMap<String, String>,
    /// What for, where a carer shares.
    pub purpose: String,
    /// How long.
    pub length: String,
}

/// The form, and what was passed on.
pub fn passing() -> impl IntoView {
    page(async {
        let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
        let passable = portal.passable(&visitor, parameter("grant")?).await?;
        let given = (!passable.passed.is_empty()).then(|| given(say, &passable));
        // A clinician passes a share on to one colleague at a time.
        let is_full = given.is_some() && !passable.is_help;
        let step = match portal.require_fresh(&visitor).await {
            _ if is_full => None,
            Ok(()) => Some(form(say, &visitor, &passable, &portal.known_organizations(&visitor).await?).into_any()),
            Err(Error::SignInAgain) => Some(sign_in_again(say, passable.grant).into_any()),
            Err(error) => return Err(error.into()),
        };
        let (heading, lead, list) = if passable.is_help {
            (say.share_for(), say.share_for_says(&passable.name), say.people_you_help())
        } else {
            (say.pass_on(), say.pass_on_says(&passable.name), say.patients())
        };
        let body = view! {
            {back("/shared".to_owned(), list)}
            {problem_summary(say, problem())}
            {done(say, passable.is_help)}
            {title(heading, Some(lead))}
            <section class="grant compact" aria-label=say.what_you_share_on()>{sentence(say, &passable.sentence)}</section>
            {given}
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, heading, problem()), Place::Patients).live(), body).into_any())
    })
}

/// Passes it on, in one sentence that is made of what was chosen.
///
/// # Errors
/// As [`chartkey_portal::Portal::pass_on`].
pub async fn pass_on(grant: GrantId, chosen: &Chosen) -> Result<(), ApiError> {
    let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
    let passable = portal.passable(&visitor, grant).await?;
    let to = recipient(&chosen.recipient).ok_or(ApiError::GrantWho)?;
    let named = named(&to, &portal.known_organizations(&visitor).await?).ok_or(ApiError::GrantWho)?;
    let Recipient::Known(to) = to else { return Err(ApiError::GrantWho) };
    let categories = chosen.parts.keys().filter_map(|part| Category::from_slug(part)).collect();
    let labels = chosen.parts.keys().filter_map(|part| Label::from_slug(part)).collect();
    let length = Length::from_slug(&chosen.length).unwrap_or_default();
    let passed = passable.terms.passed_on(categories, labels, last_day(length, passable.now));
    let (terms, giver) = if passable.is_help {
        let purpose = Purpose::chosen(&chosen.purpose).ok_or(ApiError::GrantPurpose)?;
        (Terms { purpose, ..passed }, Giver::Carer(visitor.name.clone()))
    } else {
        (passed, Giver::Clinician(visitor.name.clone()))
    };
    let sentence = Sentence {
        text: say.passed_on_sentence(&named, &terms, &giver),
        language: say.tag().to_owned(),
        catalogue_version: CATALOGUE_VERSION.to_owned(),
    };
    Ok(portal.pass_on(&visitor, grant, &to, &terms, &sentence).await?)
}

fn last_day(length: Length, now: OffsetDateTime) -> Date {
    let days = match length {
        Length::Week => 7,
        Length::Quarter => 90,
        Length::Preset | Length::Open => PRESET_DAYS,
    };
    now.date().checked_add(Duration::days(days)).unwrap_or(Date::MAX)
}

fn done(say: Say, is_help: bool) -> Option<impl IntoView> {
    let (heading, words) = match (query("done")?.as_str(), is_help) {
        ("passed", false) => (say.done_passed_on_title(), say.done_passed_on()),
        ("passed", true) => (say.done_shared_for_title(), say.done_shared_for()),
        ("taken", false) => (say.done(), say.done_taken_back_share()),
        ("taken", true) => (say.done(), say.done_stopped_for()),
        _ => return None,
    };
    Some(what_was_done(heading, view! { <p>{words}</p> }))
}

fn sign_in_again(say: Say, grant: GrantId) -> impl IntoView {
    view! { <p>{say.pass_on_fresh()}</p><p class="actions"><a class="button" href=again(&page_of_passing(grant))>{say.sign_in_again_word()}</a></p> }
}

fn form(say: Say, visitor: &Visitor, passable: &Passable, known: &[KnownOrganization]) -> impl IntoView + use<> {
    let part = |slug: &str, words: &'static str| {
        let name = format!("parts[{slug}]");
        let is_chosen = typed(&name).is_some();
        choice("checkbox", name, "on".to_owned(), is_chosen, words, None)
    };
    let categories = passable.terms.categories.iter().map(|category| part(category.slug(), say.category(category))).collect_view();
    let labels: Vec<_> = passable.terms.labels.iter().map(|label| part(label.slug(), say.label(label))).collect();
    let sensitive = (!labels.is_empty()).then(|| {
        view! {
            <fieldset class="choices two sheet">
                <legend class="hide">{say.pass_on_sensitive()}</legend><h2>{say.pass_on_sensitive()}</h2>
                {labels}
            </fieldset>
        }
    });
    let (to, lengths, no_more, words) = if passable.is_help {
        let chosen = typed("recipient").unwrap_or_default();
        let to = view! { <div id="recipient">{beside(say, "recipient")}{recipients(say, known, &chosen)}</div> }.into_any();
        (to, &LENGTHS_OF_HELP[..], say.share_for_no_more(), say.share_for())
    } else {
        (colleagues(say, visitor, known).into_any(), &LENGTHS[..], say.pass_on_no_more(), say.pass_on())
    };
    let chosen = typed("length").and_then(|length| Length::from_slug(&length)).unwrap_or_default();
    let length = |length: &Length| choice("radio", "length", length.slug().to_owned(), *length == chosen, say.length(*length), None);
    view! {
        <form method="post" action="/api/pass-on">
            {hidden("grant", Some(passable.grant.to_string()))}
            {to}
            {passable.is_help.then(|| purposes(say))}
            <fieldset class="choices two sheet" id="categories">
                <legend class="hide">{say.pass_on_what()}</legend><h2>{say.pass_on_what()}</h2>
                {beside(say, "categories")}
                {categories}
            </fieldset>
            {sensitive}
            <fieldset class="choices sheet">
                <legend class="hide">{say.ask_length()}</legend><h2>{say.ask_length()}</h2>
                {lengths.iter().map(length).collect_view()}
            </fieldset>
            <p class="small quiet">{no_more}</p>
            <p class="actions"><button class="button" type="submit">{words}</button><a href="/shared">{say.dont_share()}</a></p>
        </form>
    }
}

/// Every clinician but the visitor.
fn colleagues(say: Say, visitor: &Visitor, known: &[KnownOrganization]) -> impl IntoView + use<> {
    let own = visitor.actor.account();
    let colleagues: Vec<_> = known
        .iter()
        .flat_map(|organization| organization.clinicians.iter().map(move |clinician| (organization, clinician)))
        .filter(|(_, clinician)| clinician.account != own)
        .map(|(organization, clinician)| {
            let to = Recipient::Known(Grantee::Clinician { account: clinician.account, organization: organization.id });
            let hint = say.profession_at(&say.profession_named(&clinician.profession), &organization.name);
            let to = value(&to);
            let is_chosen = typed("recipient").as_ref() == Some(&to);
            choice("radio", "recipient", to, is_chosen, clinician.name.clone(), Some(hint))
        })
        .collect();
    let nobody = colleagues.is_empty().then(|| view! { <p>{say.pass_on_nobody()}</p> });
    view! {
        <fieldset class="choices two sheet" id="recipient">
            <legend class="hide">{say.pass_on_to_whom()}</legend><h2>{say.pass_on_to_whom()}</h2>
            {beside(say, "recipient")}
            {colleagues}
            {nobody}
        </fieldset>
    }
}

fn purposes(say: Say) -> impl IntoView + use<> {
    let chosen = typed("purpose").and_then(|purpose| Purpose::chosen(&purpose)).unwrap_or(Purpose::Treatment);
    let one =
        |purpose: Purpose| choice("radio", "purpose", purpose.slug().to_owned(), purpose == chosen, say.purpose_of_theirs(purpose), None);
    view! {
        <fieldset class="choices sheet">
            <legend class="hide">{say.share_for_purpose()}</legend><h2>{say.share_for_purpose()}</h2>
            {PURPOSES.map(one).collect_view()}
        </fieldset>
    }
}

/// What was passed on, each with the way to take it back.
fn given(say: Say, passable: &Passable) -> impl IntoView + use<> {
    let (heading, words) =
        if passable.is_help { (say.what_you_shared_for(), say.stop_this_share()) } else { (say.what_you_passed_on(), say.take_it_back()) };
    let one = |passed: &PassedOn| {
        let state = if passed.is_paused { GrantState::Paused } else { GrantState::Active };
        let span = Life { starts_at: passed.starts_at, ends_at: passed.ends_at, state };
        view! {
            <div class="grant compact">{sentence(say, &passed.sentence)}{life(say, span, passable.now)}</div>
            <form method="post" action="/api/take-back-share">
                {hidden("grant", Some(passed.grant.to_string()))}
                {hidden("of", Some(passable.grant.to_string()))}
                <p class="actions"><button class="button stop" type="submit">{words}</button></p>
            </form>
        }
    };
    sheet("passed", heading, passable.passed.iter().map(one).collect_view())
}
