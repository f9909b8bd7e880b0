//! `/redeem`: a clinician, or somebody who helps a patient, types the code that the patient gave them.

use chartkey_portal::codes::Outcome;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    catalogue::Say,
    components::{
        form::{field, problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
        when::moment,
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

/// The form, and what comes next after a code was taken.
pub fn redeem() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = visitor()?;
        let is_carer = !caller.is_clinician();
        let (redeem_says, redeemed_says) =
            if is_carer { (say.redeem_says_carer(), say.redeemed_says_carer()) } else { (say.redeem_says(), say.redeemed_says()) };
        let used = portal()?.redeemed(&visitor).await?;
        // The page stays open while the patient decides, and then says what they have decided.
        let waits = used.iter().any(|(_, outcome)| *outcome == Outcome::Waits);
        let used = (!used.is_empty()).then(|| {
            let rows = used.into_iter().map(|(at, outcome)| row(say, at, outcome, is_carer)).collect_view();
            sheet("used", say.codes_used(), view! { <ul class="rows">{rows}</ul> })
        });
        let done = (waits && query("done").as_deref() == Some("redeemed"))
            .then(|| what_was_done(say.redeemed_title(), view! { <p>{redeemed_says}</p> }));
        let body = view! {
            {back("/shared".to_owned(), say.back())}
            {problem_summary(say, problem())}
            {done}
            {title(say.use_a_code(), Some(redeem_says.to_owned()))}
            {sheet("code-form", say.use_a_code(), view! {
                <form method="post" action="/api/redeem-code">
                    {field("code", say.code_word(), "text", "off", Some(say.code_hint()))}
                    <p class="actions"><button class="button" type="submit">{say.use_a_code()}</button></p>
                </form>
            })}
            {used}
        };
        Paged::Ok(document(Page::new(titled(say, say.use_a_code(), problem()), Place::Redeem).live(), body).into_any())
    })
}

/// What became of one code: the patient decides, and this page says so as soon as they have.
fn row(say: Say, at: OffsetDateTime, outcome: Outcome, is_carer: bool) -> impl IntoView {
    let words = match outcome {
        Outcome::Waits if is_carer => view! { {say.code_waits_carer()} }.into_any(),
        Outcome::Refused if is_carer => view! { {say.code_refused_carer()} }.into_any(),
        Outcome::Waits => view! { {say.code_waits_for_patient()} }.into_any(),
        Outcome::Given => view! { <a class="name" href="/shared">{say.code_was_confirmed()}</a> }.into_any(),
        Outcome::Refused => view! { {say.code_was_refused()} }.into_any(),
    };
    view! { <li class="row"><p class="label">{words}</p><p class="meta"><span class="when">{moment(say, at)}</span></p></li> }
}
