//! `/shared`: a clinician's patients, by what each has confirmed; below it their summaries to print.

use chartkey_domain::grant::{GrantState, Purpose};
use chartkey_portal::shared::SharedEntry;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        flag::flag,
        form::{beside, problem_summary, titled},
        icon::Icon,
        sentence::{Life, life, sentence, unmarked},
        sheet::{more, sheet, title},
    },
    pages::{Paged, ask, caring::caring, emergency, page, sharing::ends_soon},
    request::{caller, portal, problem, session, typed, visitor},
    shell::{Page, Place, document},
};

mod asked;
mod passing;
mod print;

use asked::Asked;
pub use passing::{Chosen, back_to, page_of_passing, pass_on, passing};
pub use print::print_shared;

/// The list; nothing of a record is on it.
pub fn shared() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        if caller.visitor.is_some() && !caller.is_clinician() {
            return caring().await;
        }
        let list = portal()?.shared_list(&visitor()?).await?;
        let asked = Asked::of_query();
        let purposes: Vec<_> = Purpose::CHOICES
            .into_iter()
            .chain([Purpose::Emergency])
            .filter(|purpose| list.open.iter().any(|entry| entry.purpose == *purpose))
            .collect();
        let choices = (list.open.len() > 1).then(|| asked.choices(say, &purposes));
        let name = found(asked).await?;
        let find = (!list.open.is_empty()).then(|| find(say, &name));
        let (all, shown) = asked.of(list.open, &name);
        let open = if shown.is_empty() && asked.find.is_some() {
            view! { <p>{say.nobody_called_so()}</p> }.into_any()
        } else if shown.is_empty() {
            view! { <p>{say.shared_nothing()}</p> }.into_any()
        } else {
            shown.iter().map(|entry| patient(say, entry, list.now)).collect_view().into_any()
        };
        let ended = (!list.ended.is_empty()).then(|| {
            let rows = list.ended.iter().map(|entry| ended(say, entry)).collect_view();
            sheet("ended", say.ended_lately(), view! { <ul class="rows">{rows}</ul> })
        });
        let body = view! {
            {problem_summary(say, problem())}
            {title(say.shared_title(), Some(say.shared_says().to_owned()))}
            {find}
            {choices}
            {asked.pages(say, all)}
            {open}
            {asked.pages(say, all)}
            {to_print(say)}
            <p>{say.have_a_code()} " " <a href="/redeem">{say.use_a_code()}</a></p>
            <p>{more(ask::PAGE.to_owned(), say.ask_title())}</p>
            <p>{more(emergency::PAGE.to_owned(), say.open_emergency_title())}</p>
            {ended}
        };
        Paged::Ok(document(Page::new(titled(say, say.shared_title(), problem()), Place::Patients).live(), body).into_any())
    })
}

/// The name that is looked for; of a search that is no more, none.
async fn found(asked: Asked) -> Result<String, ApiError> {
    let Some(search) = asked.find else { return Ok(String::new()) };
    let key = session()?.0.key().ok_or(ApiError::SignedOut)?;
    Ok(portal()?.finding(&visitor()?, &key, search).await?.unwrap_or_default())
}

fn find(say: Say, name: &str) -> impl IntoView + use<> {
    let all = (!name.is_empty()).then(|| view! { <a href="/shared">{say.all_of_them()}</a> });
    view! {
        <form method="post" action="/api/find-patient">
            <div class="field">
                <label for="words">{say.find_patient()}</label>
                {beside(say, "words")}
                <input id="words" name="words" type="text" autocomplete="off" maxlength="100" required value=typed("words").unwrap_or_else(|| name.to_owned())/>
            </div>
            <p class="actions"><button class="button second" type="submit">{say.search()}</button>{all}</p>
        </form>
    }
}

fn patient(say: Say, entry: &SharedEntry, now: OffsetDateTime) -> impl IntoView + use<> {
    let span = Life { starts_at: entry.starts_at, ends_at: entry.ends_at, state: GrantState::Active };
    let soon = entry.ends_soon && entry.may_be_asked();
    view! {
        <section class="sheet">
            <h2>{entry.name.clone()}</h2>
            {born(say, entry)}
            {entry.is_new.then(|| view! { <p>{flag("new", Icon::Info, say.new_since_you_looked().to_owned())}</p> })}
            <div class="grant compact">{sentence(say, &entry.sentence)}{soon.then(|| ends_soon(say))}{life(say, span, now)}</div>
            <form method="post" action="/api/open-shared">
                <input type="hidden" name="grant" value=entry.grant.to_string()/>
                <p class="actions">
                    <button class="button" type="submit">{say.open_record_of(&entry.name)}</button>
                    <span class="quiet">{say.purpose_is(say.purpose(entry.purpose))}</span>
                </p>
            </form>
            {soon.then(|| ask_again(say.ask_for_longer(), entry))}
            {entry.may_pass_on.then(|| {
                view! { <p>{more(page_of_passing(entry.grant), view! { {say.pass_on()}<span class="hide">": " {entry.name.clone()}</span> })}</p> }
            })}
        </section>
    }
}

fn to_print(say: Say) -> impl IntoView {
    sheet(
        "print",
        say.print_shared(),
        view! {
            <form method="post" action="/api/print-shared">
                <p>{say.print_shared_says()}</p>
                <p class="actions"><button class="button second" type="submit">{say.print_shared_button()}</button></p>
            </form>
        },
    )
}

fn ended(say: Say, entry: &SharedEntry) -> impl IntoView + use<> {
    view! {
        <li class="row">
            <p class="label"><b class="name">{entry.name.clone()}</b> " " <span class="flag unknown">{say.ended_word()}</span></p>
            {born(say, entry)}
            <p class="meta"><span class="who">{unmarked(say, &entry.sentence)}</span></p>
            {entry.may_be_asked().then(|| ask_again(say.ask_once_more(), entry))}
        </li>
    }
}

fn ask_again(words: &'static str, entry: &SharedEntry) -> impl IntoView + use<> {
    view! { <p>{more(ask::again(entry.grant), view! { {words}<span class="hide">": " {entry.name.clone()}</span> })}</p> }
}

fn born(say: Say, entry: &SharedEntry) -> Option<impl IntoView + use<>> {
    entry.birth_date.as_ref().map(|date| view! { <p class="quiet">{say.born(&say.fhir_date(date))}</p> })
}
