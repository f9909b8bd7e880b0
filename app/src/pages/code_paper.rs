//! `/sharing/codes/{code}/paper`: what a code would show, on paper, for somebody who cannot sign in. First the question, then
//! the page that a browser prints.

use chartkey_domain::id::CodeId;
use chartkey_portal::{
    Error,
    codes::{Code, CodeState},
};
use leptos::prelude::*;

use crate::{
    WRITES_PDF,
    api::ApiError,
    catalogue::{Named, Say},
    components::{
        form::{hidden, problem_summary, titled},
        icon::{Icon, icon},
        notice::{Role, notice},
        sentence::sentence,
        sheet::{back, sheet, title},
    },
    pages::{Paged, page, print::article},
    paper::Paper,
    request::{again, caller, parameter, portal, problem, redirect, visitor},
    shell::{Bar, Page, Place, document},
    writes_pdf_of,
};

/// The address of the question.
#[must_use]
pub fn asking(code: CodeId) -> String {
    format!("/sharing/codes/{code}/paper")
}

/// What is on the paper, that it cannot be taken back, and the ways to make it; before that a fresh sign-in.
pub fn code_paper() -> impl IntoView {
    page(async {
        let (say, portal, visitor) = (caller().say(), portal()?, visitor()?);
        let id: CodeId = parameter("code")?;
        let opened = portal.codes(&visitor).await?;
        let waits = |code: &&Code| code.id == id && code.is_worded && !code.for_carer && matches!(code.state, CodeState::Waiting(_));
        let code = opened.view.iter().find(waits).ok_or(ApiError::NotFound)?;
        let ways = match portal.require_fresh(&visitor).await {
            Ok(()) => ways(say, id, &opened.whose.name).into_any(),
            Err(Error::SignInAgain) => view! {
                <p>{say.code_paper_again()}</p>
                <p class="actions"><a class="button" href=again(&asking(id))>{say.prove_yourself()}</a></p>
            }
            .into_any(),
            Err(error) => return Err(error.into()),
        };
        let body = view! {
            {back("/sharing/codes".to_owned(), say.codes_title())}
            {problem_summary(say, problem())}
            {title(say.code_paper_title(), Some(say.code_paper_says().to_owned()))}
            <section class="grant" aria-label=say.code_paper_sentence()>{sentence(say, &say.grant_sentence(&Named::Code, &code.terms))}</section>
            {notice(Role::Critical, say.code_paper_stays(), view! { <p>{say.code_paper_stays_says()}</p> })}
            {sheet("ways", say.print_summary(), ways)}
            <p class="quiet small">{say.code_paper_code_waits()}</p>
        };
        let page = Page::new(titled(say, say.code_paper_title(), problem()), Place::Sharing).of(Bar::from(&opened.whose));
        Paged::Ok(document(page, body).into_any())
    })
}

fn ways(say: Say, code: CodeId, name: &str) -> impl IntoView + use<> {
    let file = (WRITES_PDF && writes_pdf_of(name)).then(|| {
        view! {
            <form method="post" action="/download/code">
                {hidden("code", Some(code.to_string()))}
                <button class="button second" type="submit">{say.paper_file()}</button>
            </form>
        }
    });
    let none = (WRITES_PDF && !writes_pdf_of(name)).then(|| view! { <p>{say.paper_no_file()}</p> });
    view! {
        <div class="actions">
            <a class="button" href=format!("{}/print", asking(code))>{icon(Icon::Record)}{say.code_paper_make()}</a>
            {file}
        </div>
        {none}
    }
}

/// The page that a browser prints. What it says is also what the file says, and that it was made is in the log.
pub fn print_code() -> impl IntoView {
    page(async {
        let (caller, portal, visitor) = (caller(), portal()?, visitor()?);
        let say = caller.say();
        let patient = caller.record.ok_or(ApiError::NotFound)?;
        let code: CodeId = parameter("code")?;
        let opened = match portal.take_code_paper(&visitor, patient, code).await {
            Err(Error::SignInAgain) => {
                redirect(&again(&asking(code)));
                return Paged::Ok(().into_any());
            }
            opened => opened?,
        };
        let page = Page::new(say.code_paper_title(), Place::Sharing).of(Bar::from(&opened.whose));
        let body = view! {
            <div class="unprinted">
                {back(asking(code), say.back())}
                {title(say.code_paper_title(), Some(say.code_paper_print_says().to_owned()))}
            </div>
            {article(say, Paper::of_code(say, opened))}
        };
        Paged::Ok(document(page, body).into_any())
    })
}
