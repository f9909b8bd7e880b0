//! `/sources/add`: a file for one's own record.

use chartkey_domain::account::Actor;
use chartkey_portal::import::own::LARGEST;
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        form::{beside, described_by, problem_summary, titled},
        sheet::{back, title},
    },
    pages::{Paged, home::without_record, page},
    request::{caller, portal, problem},
    shell::{Page, Place, document},
};

/// What a telephone offers; what a file is, its first bytes say.
const ACCEPTED: &str = ".json,.ndjson,.jsonl,.gz,.zip,application/json,application/fhir+json,application/gzip,application/zip,application/pdf,image/jpeg,image/png";

/// The limit as people say it.
const MEGABYTES: usize = (LARGEST >> 20) as usize;

/// The form. It works without script; with it, it says how much has been sent.
pub fn add_file() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        if !matches!(visitor.actor, Actor::Person { .. }) {
            return Err(ApiError::NotFound);
        }
        if caller.record.is_none() {
            return Ok(without_record(say, Place::Sources, &visitor.name));
        }
        portal()?;
        let problem = problem();
        let body = view! {
            {back("/sources".to_owned(), say.sources())}
            {problem_summary(say, problem)}
            {title(say.add_file(), Some(say.add_file_says().to_owned()))}
            {form(say, problem)}
        };
        Paged::Ok(document(Page::new(titled(say, say.add_file(), problem), Place::Sources).that_uploads(), body).into_any())
    })
}

fn form(say: Say, problem: Option<ApiError>) -> impl IntoView {
    let is_wrong = problem.is_some_and(|problem| problem.field() == Some("file"));
    view! {
        <form class="sheet plain upload" method="post" action="/sources/upload" enctype="multipart/form-data"
            data-most=LARGEST.to_string() data-large=say.upload_too_large() data-lost=say.sending_lost()>
            <div class="field">
                <label for="file">{say.file()}</label>
                <p class="hint" id="file-hint">{say.file_hint(MEGABYTES)}</p>
                {beside(say, "file")}
                <input id="file" name="file" type="file" required accept=ACCEPTED aria-invalid=is_wrong.then_some("true") aria-describedby=described_by("file", true)/>
                <p class="hint drop" hidden>{say.drop_here()}</p>
            </div>
            <p>{say.add_file_private()}</p>
            <div class="sending" hidden>
                <progress max="100" value="0" aria-label=say.send_file()></progress>
                <p>{say.sending_file()}</p>
            </div>
            <p class="wrong" role="status"></p>
            <p class="actions"><button class="button" type="submit">{say.send_file()}</button></p>
        </form>
    }
}
