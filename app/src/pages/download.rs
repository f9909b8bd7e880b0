//! `/download`: the patient takes their record with them, as FHIR, as a table, as a pack, on paper.

use chartkey_domain::{account::Actor, id::PatientId};
use chartkey_portal::Error;
use leptos::prelude::*;

use crate::{
    WRITES_PDF,
    api::ApiError,
    catalogue::Say,
    components::{
        form::{field, problem_summary, titled},
        sheet::{more, sheet, title},
    },
    pages::{Paged, home::without_record, page, print::as_file},
    request::{again, caller, portal, problem},
    shell::{Page, Place, document},
};

/// The ways to take it. Whoever has not signed in freshly is asked to before they
/// have typed a passphrase for nothing.
pub fn download() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        if !matches!(visitor.actor, Actor::Person { .. }) {
            return Err(ApiError::NotFound);
        }
        let Some(patient) = caller.record else { return Ok(without_record(say, Place::Download, &visitor.name)) };
        let problem = problem();
        let (ways, is_fresh) = match portal()?.require_fresh(&visitor).await {
            Ok(()) => (ways(say).into_any(), true),
            Err(Error::SignInAgain) => (prove(say).into_any(), false),
            Err(error) => return Err(error.into()),
        };
        let body = view! {
            {problem_summary(say, problem)}
            {title(say.download(), Some(say.download_says().to_owned()))}
            {ways}
            {on_paper(say, patient, &visitor.name, is_fresh)}
            <p>{more("/sources".to_owned(), say.sources_title())}</p>
        };
        Paged::Ok(document(Page::new(titled(say, say.download(), problem), Place::Download), body).into_any())
    })
}

fn ways(say: Say) -> impl IntoView {
    view! {
        {sheet("everything", say.download_all(), view! {
            <form method="post" action="/download/fhir">
                <p>{say.download_all_says()}</p>
                {holds_what_waits(say)}
                <p class="actions"><button class="button" type="submit">{say.download_fhir()}</button></p>
            </form>
        })}
        {sheet("results", say.download_results(), view! {
            <form method="post" action="/download/results">
                <p>{say.download_results_says()} " " {say.waiting_not_in_table()}</p>
                <p class="actions"><button class="button" type="submit">{say.download_table()}</button></p>
            </form>
        })}
        {sheet("pack", say.pack(), view! {
            <form method="post" action="/download/pack">
                <p>{say.pack_says()}</p>
                {holds_what_waits(say)}
                <p>{say.pack_passphrase_says()}</p>
                {field("passphrase", say.passphrase(), "password", "new-password", Some(say.passphrase_hint()))}
                {field("again", say.passphrase_again(), "password", "new-password", None)}
                <p class="actions"><button class="button" type="submit">{say.make_pack()}</button></p>
            </form>
        })}
    }
}

/// The record itself holds what waits for the patient's own eyes.
fn holds_what_waits(say: Say) -> impl IntoView {
    view! { <p>{say.waiting_in_file()} " " <a href="/waiting">{say.waiting_title()}</a></p> }
}

fn prove(say: Say) -> impl IntoView {
    view! {
        {sheet("everything", say.download_all(), view! { <p>{say.download_all_says()}</p>{holds_what_waits(say)} })}
        {sheet("results", say.download_results(), view! { <p>{say.download_results_says()} " " {say.waiting_not_in_table()}</p> })}
        {sheet("pack", say.pack(), view! { <p>{say.pack_says()}</p>{holds_what_waits(say)} })}
        <p>{say.download_again_says()}</p>
        <p class="actions"><a class="button" href=again("/download")>{say.prove_yourself()}</a></p>
    }
}

/// Without a fresh sign-in the page to print is there, and the file is not.
fn on_paper(say: Say, patient: PatientId, name: &str, is_fresh: bool) -> impl IntoView + use<> {
    sheet(
        "paper",
        say.print_summary(),
        view! {
            <p>{say.print_summary_says()}</p>
            <p>{more(format!("/record/{patient}/print"), say.open_summary())}</p>
            {(WRITES_PDF && is_fresh).then(|| as_file(say, name))}
            <p>{say.card_says()}</p>
            <p>{more("/download/card".to_owned(), say.card())}</p>
        },
    )
}
