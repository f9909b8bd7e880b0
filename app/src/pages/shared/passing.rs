//! `/shared/{grant}/pass-on`: a clinician passes part of a share on to one colleague, and takes it back.

use std::collections::BTreeMap;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::{PRESET_DAYS, Recipient},
    grant::{GrantState, Grantee},
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
    catalogue::{CATALOGUE_VERSION, Named, Say},
    components::{
        form::{beside, choice, hidden, problem_summary, titled},
        notice::what_was_done,
        sentence::{Life, life, sentence},
        sheet::{back, sheet, title},
    },
    pages::{
        Paged,
        grant_new::{recipient, value},
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

/// The form, or what was passed on.
pub fn passing() -> impl IntoView {
    page(async {
        let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
        let passable = portal.passable(&visitor, parameter("grant")?).await?;
        let step = match &passable.passed {
            Some(passed) => taken_back(say, passable.entry.grant, passed, passable.now).into_any(),
            None => match portal.require_fresh(&visitor).await {
                Ok(()) => form(say, &visitor, &passable, &portal.known_organizations(&visitor).await?).into_any(),
                Err(Error::SignInAgain) => sign_in_again(say, passable.entry.grant).into_any(),
                Err(error) => return Err(error.into()),
            },
        };
        let body = view! {
            {back("/shared".to_owned(), say.patients())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.pass_on(), Some(say.pass_on_says(&passable.entry.name)))}
            <section class="grant compact" aria-label=say.what_you_share_on()>{sentence(say, &passable.entry.sentence)}</section>
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, say.pass_on(), problem()), Place::Patients).live(), body).into_any())
    })
}

/// Passes it on, in one sentence that is made of what was chosen.
///
/// # Errors
/// As [`chartkey_portal::Portal::pass_on`].
pub async fn pass_on(grant: GrantId, to: &str, parts: &BTreeMap<String, String>, length: Length) -> Result<(), ApiError> {
    let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
    let passable = portal.passable(&visitor, grant).await?;
    let Some(Recipient::Known(to)) = recipient(to) else { return Err(ApiError::GrantWho) };
    let named = named(&to, &portal.known_organizations(&visitor).await?).ok_or(ApiError::GrantWho)?;
    let categories = parts.keys().filter_map(|part| Category::from_slug(part)).collect();
    let labels = parts.keys().filter_map(|part| Label::from_slug(part)).collect();
    let terms = passable.terms.passed_on(categories, labels, last_day(length, passable.now));
    let sentence = Sentence {
        text: say.passed_on_sentence(&named, &terms, &visitor.name),
        language: say.tag().to_owned(),
        catalogue_version: CATALOGUE_VERSION.to_owned(),
    };
    Ok(portal.pass_on(&visitor, grant, &to, &terms, &sentence).await?)
}

fn last_day(length: Length, now: OffsetDateTime) -> Date {
    let days = if length == Length::Week { 7 } else { PRESET_DAYS };
    now.date().checked_add(Duration::days(days)).unwrap_or(Date::MAX)
}

/// The clinician whom the sentence names; `None` where nobody is known so.
fn named(to: &Grantee, known: &[KnownOrganization]) -> Option<Named> {
    let Grantee::Clinician { account, organization } = to else { return None };
    let organization = known.iter().find(|known| known.id == *organization)?;
    let colleague = organization.clinicians.iter().find(|clinician| clinician.account == *account)?;
    Some(Named::Clinician { name: colleague.name.clone(), organization: organization.name.clone() })
}

fn done(say: Say) -> Option<impl IntoView> {
    let (heading, words) = match query("done")?.as_str() {
        "passed" => (say.done_passed_on_title(), say.done_passed_on()),
        "taken" => (say.done(), say.done_taken_back_share()),
        _ => return None,
    };
    Some(what_was_done(heading, view! { <p>{words}</p> }))
}

fn sign_in_again(say: Say, grant: GrantId) -> impl IntoView {
    view! { <p>{say.pass_on_fresh()}</p><p class="actions"><a class="button" href=again(&page_of_passing(grant))>{say.sign_in_again_word()}</a></p> }
}

fn form(say: Say, visitor: &Visitor, passable: &Passable, known: &[KnownOrganization]) -> impl IntoView + use<> {
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
    let chosen = typed("length").and_then(|length| Length::from_slug(&length)).unwrap_or_default();
    let lengths = LENGTHS.map(|length| choice("radio", "length", length.slug().to_owned(), length == chosen, say.length(length), None));
    view! {
        <form method="post" action="/api/pass-on">
            {hidden("grant", Some(passable.entry.grant.to_string()))}
            <fieldset class="choices two sheet" id="recipient">
                <legend class="hide">{say.pass_on_to_whom()}</legend><h2>{say.pass_on_to_whom()}</h2>
                {beside(say, "recipient")}
                {colleagues}
                {nobody}
            </fieldset>
            <fieldset class="choices two sheet" id="categories">
                <legend class="hide">{say.pass_on_what()}</legend><h2>{say.pass_on_what()}</h2>
                {beside(say, "categories")}
                {categories}
            </fieldset>
            {sensitive}
            <fieldset class="choices sheet">
                <legend class="hide">{say.ask_length()}</legend><h2>{say.ask_length()}</h2>
                {lengths.collect_view()}
            </fieldset>
            <p class="small quiet">{say.pass_on_no_more()}</p>
            <p class="actions"><button class="button" type="submit">{say.pass_on()}</button><a href="/shared">{say.patients()}</a></p>
        </form>
    }
}

/// What was passed on, with the way to take it back.
fn taken_back(say: Say, of: GrantId, passed: &PassedOn, now: OffsetDateTime) -> impl IntoView + use<> {
    let state = if passed.is_paused { GrantState::Paused } else { GrantState::Active };
    let span = Life { starts_at: passed.starts_at, ends_at: passed.ends_at, state };
    let body = view! {
        <div class="grant compact">{sentence(say, &passed.sentence)}{life(say, span, now)}</div>
        <form method="post" action="/api/take-back-share">
            {hidden("grant", Some(passed.grant.to_string()))}
            {hidden("of", Some(of.to_string()))}
            <p class="actions"><button class="button stop" type="submit">{say.take_it_back()}</button></p>
        </form>
    };
    sheet("passed", say.what_you_passed_on(), body)
}
