//! `/home`: the patient's first page.

use chartkey_domain::grant::GrantState;
use chartkey_portal::home::HomeGrant;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::row_of,
        icon::{Icon, icon},
        row::rows,
        sentence::{Life, life, sentence},
        sheet::{more, sheet, title},
    },
    pages::{Paged, page, visits::day},
    request::{caller, portal, redirect},
    shell::{Page, Place, document},
};

/// At a glance: the newest of the record, the next visit, who can see it.
pub fn home() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        if caller.is_clinician() {
            redirect("/shared");
        }
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        let Some(patient) = caller.record else { return Ok(without_record(say, Place::Home, &visitor.name)) };
        let opened = portal()?.home(&visitor, patient).await?;
        let (whose, home) = (opened.whose, opened.view);
        let name = visitor.name.split(' ').next().unwrap_or_default();
        let latest = rows(home.latest.into_iter().map(|entry| row_of(say, patient, entry)).collect());
        let next = home.next_visit.map(|visit| sheet("next", say.your_next_visit(), day(say, &visit)));
        let nobody = home.grants.is_empty().then(|| view! { <p>{say.nobody_can_see()}</p> });
        let grants = home.grants.into_iter().map(|grant| granted(say, grant, home.now)).collect_view();
        let body = view! {
            {title(say.hello(name), Some(say.home_says().to_owned()))}
            <div class="split">
                <div>
                    {sheet("latest", say.latest(), view! { {latest}<p>{more(format!("/record/{patient}/timeline"), say.everything())}</p> })}
                </div>
                <div>
                    {next}
                    {sheet("who", say.who_can_see_now(), view! {
                        {nobody}
                        {grants}
                        <p class="actions"><a class="button" href="/sharing/new">{icon(Icon::Share)}{say.share_with_someone()}</a></p>
                    })}
                </div>
            </div>
        };
        let page = Page::new(say.home(), Place::Home).of_record(&whose, visitor.session_ends_at);
        Paged::Ok(document(page, body).into_any())
    })
}

/// What a person reads in the place of a page about their record while they have none.
pub fn without_record(say: Say, place: Place, name: &str) -> AnyView {
    let name = name.split(' ').next().unwrap_or_default();
    let body = view! {
        {title(say.hello(name), None)}
        {sheet("claim", say.no_record_yet(), view! {
            <p>{say.no_record_says()}</p>
            <p class="actions"><a class="button" href="/claim">{say.claim_record()}</a></p>
        })}
    };
    document(Page::new(say.no_record_yet(), place), body).into_any()
}

/// A grant in its own sentence, with what is left of it.
fn granted(say: Say, grant: HomeGrant, now: OffsetDateTime) -> impl IntoView {
    let left = Life { starts_at: grant.starts_at, ends_at: grant.ends_at, state: GrantState::Active };
    view! {
        <div class="grant compact">
            {sentence(say, &grant.sentence)}
            {life(say, left, now)}
            <p class="actions"><a class="button small" href=format!("/sharing/{}", grant.id)>{say.see_or_stop()}</a></p>
        </div>
    }
}
