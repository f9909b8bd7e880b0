//! `/sharing/codes`: codes that wait for somebody, and people who wait for the patient.

use chartkey_domain::id::{AccountId, CodeId};
use chartkey_portal::codes::{Carer, Code, CodeState, Redeemer};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::{CATALOGUE_VERSION, Named, Say},
    components::{
        form::{problem_summary, titled},
        icon::{Icon, icon},
        picture::picture,
        sentence::sentence,
        sheet::{back, more, sheet, title},
        verified::verified,
        when::moment,
    },
    pages::{Paged, code_paper::asking, page, sharing::done},
    request::{caller, portal, preview_page, problem, read_in, visitor},
    shell::{Bar, Page, Place, document},
};

/// The codes.
pub fn codes() -> impl IntoView {
    page(async {
        let say = caller().say();
        let opened = portal()?.codes(&visitor()?).await?;
        let none = opened.view.is_empty().then(|| view! { <p>{say.no_codes()}</p> });
        let codes = opened.view.iter().map(|code| match &code.state {
            CodeState::Waiting(typed) => waiting(say, code, typed).into_any(),
            CodeState::Redeemed(redeemer) => redeemed(say, code, redeemer).into_any(),
            CodeState::RedeemedByCarer(carer) => wants_to_help(say, code, carer).into_any(),
        });
        let body = view! {
            {back("/sharing".to_owned(), say.back())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.codes_title(), Some(say.codes_says().to_owned()))}
            {codes.collect_view()}
            {none}
            <p class="actions"><a class="button second" href="/sharing/new">{icon(Icon::Share)}{say.new_share()}</a></p>
        };
        Paged::Ok(
            document(Page::new(titled(say, say.codes_title(), problem()), Place::Sharing).of(Bar::from(&opened.whose)).live(), body)
                .into_any(),
        )
    })
}

/// The picture holds the letters and no address: a code in an address would stay in
/// histories and logs, and a clinician signs in before they use it.
fn waiting(say: Say, code: &Code, typed: &str) -> impl IntoView + use<> {
    let (heading, named) = if code.for_carer { (say.carer_code_for(), Named::CarerCode) } else { (say.code_waits(), Named::Code) };
    let body = view! {
        <p class="code"><strong>{typed.to_owned()}</strong></p>
        {picture(say.code_picture(), typed)}
        <p>{say.code_until()} " " {moment(say, code.ends_at)} ". " {say.code_opens_nothing()}</p>
        {code.for_carer.then(|| view! { <p>{say.carer_code_how()}</p> })}
        <div class="grant compact">{sentence(say, &say.grant_sentence(&named, &code.terms))}</div>
        {code.is_worded.then(|| beforehand(say, code))}
        <form method="post" action="/api/refuse-code">
            <input type="hidden" name="code" value=code.id.to_string()/>
            <p class="actions"><button class="button second" type="submit">{say.cancel_code()}</button></p>
        </form>
    };
    view! { <section class="sheet" aria-label=heading><h2>{heading}</h2>{body}</section> }
}

/// What it shows, in advance; and for a clinician who cannot sign in, on paper.
fn beforehand(say: Say, code: &Code) -> impl IntoView + use<> {
    let paper = (!code.for_carer).then(|| more(asking(code.id), say.give_paper()));
    view! { <p class="ways">{more(preview_page(code.id.0.into()), say.see_what_code_shows())}{paper}</p> }
}

fn redeemed(say: Say, code: &Code, redeemer: &Redeemer) -> impl IntoView + use<> {
    let facts = view! {
        {fact(say.fact_who(), redeemer.name.clone().into_any())}
        {fact(say.fact_profession(), say.profession_named(&redeemer.profession).into_any())}
        {fact(say.fact_organization(), redeemer.organization_name.clone().into_any())}
        {fact(say.fact_verified(), verified(say, redeemer).into_any())}
    };
    let words = say.grant_sentence(&named(redeemer), &code.terms);
    let body = to_decide(say, code, facts.into_any(), words, say.code_confirm_says(), redeemer.account);
    sheet("redeemed", say.code_redeemed(&redeemer.name), body)
}

/// Somebody whom nobody but the patient knows: by what they call themselves, and where mail reaches them.
fn wants_to_help(say: Say, code: &Code, carer: &Carer) -> impl IntoView + use<> {
    let facts = view! {
        {fact(say.fact_who(), carer.name.clone().into_any())}
        {fact(say.email_address(), carer.email.clone().into_any())}
    };
    let words = say.grant_sentence(&helping(carer), &code.terms);
    let body = to_decide(say, code, facts.into_any(), words, say.carer_confirm_says(), carer.account);
    sheet("redeemed", say.code_redeemed(&carer.name), body)
}

fn fact(word: &'static str, value: AnyView) -> impl IntoView {
    view! { <div><dt>{word}</dt><dd>{value}</dd></div> }
}

fn to_decide(say: Say, code: &Code, facts: AnyView, words: String, says: &'static str, account: AccountId) -> impl IntoView + use<> {
    view! {
        <dl class="facts">{facts}</dl>
        <div class="grant compact">{sentence(say, &words)}</div>
        <p>{says}</p>
        <div class="actions">
            <form method="post" action="/api/confirm-code">
                <input type="hidden" name="code" value=code.id.to_string()/>
                <input type="hidden" name="redeemer" value=account.to_string()/>
                <input type="hidden" name="seen" value=words/>
                <input type="hidden" name="language" value=say.tag()/>
                <button class="button" type="submit">{icon(Icon::Share)}{say.give_key()}</button>
            </form>
            <form method="post" action="/api/refuse-code">
                <input type="hidden" name="code" value=code.id.to_string()/>
                <button class="button stop" type="submit">{say.refuse()}</button>
            </form>
        </div>
    }
}

/// The redeemer as the sentence names them.
fn named(redeemer: &Redeemer) -> Named {
    Named::Clinician { name: redeemer.name.clone(), organization: redeemer.organization_name.clone() }
}

fn helping(carer: &Carer) -> Named {
    Named::Carer { name: carer.name.clone() }
}

/// Confirms who redeemed a code, if the sentence is the one that was seen, in the language with
/// this tag.
///
/// # Errors
/// [`ApiError::Gone`] where it has changed.
pub async fn confirm(code: CodeId, redeemer: AccountId, seen: &str, language: &str) -> Result<String, ApiError> {
    let (say, portal, visitor) = (read_in(language), portal()?, visitor()?);
    let codes = portal.codes(&visitor).await?.view;
    let Some(found) = codes.into_iter().find(|candidate| candidate.id == code) else {
        // The second post of a double click: the first has confirmed it.
        return if portal.is_confirmed(&visitor, code).await? { Ok("/sharing".to_owned()) } else { Err(ApiError::Gone) };
    };
    let (account, named) = match &found.state {
        CodeState::Waiting(_) => return Err(ApiError::Gone),
        CodeState::Redeemed(who) => (who.account, named(who)),
        CodeState::RedeemedByCarer(carer) => (carer.account, helping(carer)),
    };
    if account != redeemer || say.grant_sentence(&named, &found.terms) != seen {
        return Err(ApiError::Gone);
    }
    let sentence = chartkey_portal::sharing::Sentence {
        text: seen.to_owned(),
        language: say.tag().to_owned(),
        catalogue_version: CATALOGUE_VERSION.to_owned(),
    };
    match portal.confirm_code(&visitor, code, redeemer, sentence).await {
        Ok(grant) => Ok(format!("/sharing/{grant}?done=given")),
        // Its terms stay as they are: what it is for can be chosen again with another.
        Err(chartkey_portal::Error::Conflict("changed")) if !found.terms.things.is_empty() => Err(ApiError::CodeChanged),
        Err(error) => Err(error.into()),
    }
}
