//! `/sharing/carers`: people who help the patient, each with an account of their own.

use chartkey_portal::sharing::Whole;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    catalogue::Say,
    components::{
        form::{hidden, problem_summary, titled},
        icon::{Icon, icon},
        sentence::{Life, labels_end, life, sentence},
        sheet::{back, more, sheet, title},
    },
    pages::{Paged, grant_new::CARER, home::without_record, page, sharing::done},
    request::{caller, portal, problem, visitor},
    shell::{Bar, Page, Place, document},
};

/// The address.
pub const PAGE: &str = "/sharing/carers";

/// Who helps, and the way to let somebody.
pub fn carers() -> impl IntoView {
    page(async {
        let caller = caller();
        let (say, visitor) = (caller.say(), visitor()?);
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Sharing, &visitor.name));
        }
        let opened = portal()?.sharing(&visitor).await?;
        let now = opened.view.now;
        let mut carers: Vec<Whole> = opened.view.grants;
        carers.retain(|grant| grant.is_carer() && !grant.over(now));
        let nobody = carers.is_empty().then(|| view! { <p>{say.no_carer()}</p> });
        let body = view! {
            {back("/sharing".to_owned(), say.who_can_see())}
            {problem_summary(say, problem())}
            {done(say)}
            {title(say.carers_title(), Some(say.carers_says().to_owned()))}
            {nobody}
            {carers.iter().map(|carer| one(say, carer, now)).collect_view()}
            <form method="post" action="/api/grant-who">
                {hidden("recipient", Some(CARER.to_owned()))}
                <p class="actions"><button class="button" type="submit">{icon(Icon::Share)}{say.let_somebody_help()}</button></p>
            </form>
            {sheet("know", say.good_to_know(), view! {
                <ul class="help">
                    <li>{say.carers_by_code()}</li>
                    <li>{say.carers_cannot()}</li>
                    <li>{say.carers_in_log()}</li>
                </ul>
            })}
        };
        let page = Page::new(titled(say, say.carers_title(), problem()), Place::Sharing).of(Bar::from(&opened.whose)).live();
        Paged::Ok(document(page, body).into_any())
    })
}

fn one(say: Say, carer: &Whole, now: OffsetDateTime) -> impl IntoView + use<> {
    let name = carer.name.clone().unwrap_or_default();
    let span = Life { starts_at: carer.starts_at, ends_at: carer.ends_at, state: carer.state };
    view! {
        <section class="grant compact" aria-label=say.share_of(&name)>
            {sentence(say, &carer.sentence)}
            {life(say, span, now)}
            {labels_end(say, carer.labels_until, now)}
            {more(format!("/sharing/{}", carer.id), view! { {say.see_or_stop()}<span class="hide">": " {say.open_this_share(&name)}</span> })}
        </section>
    }
}
