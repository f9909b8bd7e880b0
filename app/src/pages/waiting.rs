//! `/waiting`: of which kinds a new result waits until its patient opens it, and what does.

use chartkey_domain::{account::Actor, category::Category, id::PatientId, waiting::ResultKind};
use chartkey_portal::{Whose, entry::Entry, items::Detail, waiting::Waiting};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::{Called, address, called, delivered, report_called, row_of},
        form::{choice, problem_summary, titled},
        list::key,
        notice::{Role, notice, what_was_done},
        row::rows,
        sheet::{back, more, sheet, title},
        when::{moment, when},
    },
    pages::{Paged, home::without_record, page, reader::Reader},
    request::{caller, portal, problem, query},
    shell::{Bar, Page, Place, document},
};

/// What is chosen and what waits.
pub fn waiting() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        if !matches!(visitor.actor, Actor::Person { .. }) {
            return Err(ApiError::NotFound);
        }
        if caller.record.is_none() {
            return Ok(without_record(say, Place::Category(Category::Results), &visitor.name));
        }
        let opened = portal()?.what_waits(&visitor).await?;
        let (whose, Waiting { chosen, entries, has_more }) = (opened.whose, opened.view);
        let saved = (query("done").as_deref() == Some("saved"))
            .then(|| what_was_done(say.waiting_saved(), view! { <p>{say.waiting_saved_says()}</p> }));
        let problem = problem();
        let body = view! {
            {problem_summary(say, problem)}
            {saved}
            {title(say.waiting_title(), Some(say.waiting_says().to_owned()))}
            {sheet("here", say.waiting_here(), what_waits(say, whose.patient, entries, has_more))}
            {sheet("choose", say.waiting_choose(), choose(say, &chosen))}
            {sheet("know", say.good_to_know(), view! {
                <ul class="help">
                    <li>{say.waiting_and_others()}</li>
                    <li>{say.waiting_and_before()}</li>
                    <li>{say.waiting_and_reports()}</li>
                    <li>{say.waiting_and_notes()}</li>
                    <li>{say.waiting_and_copies()}</li>
                </ul>
            })}
        };
        let page = Page::new(titled(say, say.waiting_title(), problem), Place::Category(Category::Results)).of(Bar::from(&whose));
        Paged::Ok(document(page, body).into_any())
    })
}

fn what_waits(say: Say, patient: PatientId, entries: Vec<Entry>, has_more: bool) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="quiet">{say.waiting_none()}</p> }.into_any();
    }
    let list = rows(entries.into_iter().map(|entry| row_of(say, patient, entry)).collect());
    view! { {list}{has_more.then(|| view! { <p>{say.waiting_more()}</p> })} }.into_any()
}

fn choose(say: Say, chosen: &[ResultKind]) -> impl IntoView + use<> {
    let choices = ResultKind::ALL.map(|kind| {
        let (label, hint) = (say.result_kind(kind), say.result_kind_says(kind).to_owned());
        choice("checkbox", "kinds[]", kind.slug().to_owned(), chosen.contains(&kind), label, Some(hint))
    });
    view! {
        <form method="post" action="/api/choose-waiting">
            <p>{say.waiting_choose_says()}</p>
            <fieldset class="choices">
                <legend class="hide">{say.waiting_choose()}</legend>
                {choices.into_iter().collect_view()}
            </fieldset>
            <p class="actions"><button class="button" type="submit">{say.waiting_save()}</button></p>
        </form>
    }
}

/// The page of a result that waits, in the place of its own: what it is, and the ways to open it.
pub fn interruption(reader: &Reader, whose: &Whose, detail: &Detail) -> AnyView {
    let (say, patient, entry) = (reader.say, reader.patient, &detail.entry);
    let Called { name, beside, is_ours } = called(say, entry);
    let date = entry.when.map(|(first, precision)| when(say, first, precision));
    let made = [entry.author.clone(), entry.place.clone()].into_iter().flatten().map(|made| format!(" · {made}")).collect::<String>();
    let is_report = entry.resource_type == "DiagnosticReport";
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value/> };
    let lang = detail.language.clone().filter(|_| !is_ours);
    let report = entry.report.as_ref().map(|report| {
        let href = address(patient, report.category, report.id);
        view! { <p>{say.waiting_part_of()} " " <a href=href>{report_called(say, report).name}</a></p> }
    });
    let body = view! {
        {back(reader.category(entry.category), say.category(entry.category))}
        <div class="title">
            <h1 lang=lang>{name.clone()}</h1>
            {beside.map(|beside| view! { <p class="medical">{beside}</p> })}
            <p class="quiet">{date}{made}</p>
            <p class="quiet small from">{delivered(say, entry)} " · " {say.added()} " " {moment(say, entry.added_at)}</p>
        </div>
        {notice(Role::Held, say.result_waits(), view! {
            <p>{say.waiting_closed()}</p>
            {is_report.then(|| view! { <p>{say.waiting_opens_report()}</p> })}
            <form method="post" action="/api/open-waiting">
                {hidden("patient", patient.to_string())}
                {hidden("category", entry.category.slug().to_owned())}
                {hidden("item", entry.id.to_string())}
                <p class="actions">
                    <button class="button" type="submit">{say.show_me_now()}</button>
                    <button class="button second" type="submit">{say.i_have_spoken()}</button>
                </p>
            </form>
            {report}
        })}
        {sheet("who", say.who_can_see_this(), view! {
            <p>{key(say, detail.aside.as_ref(), entry.category)}</p>
            <p>{say.waiting_and_others()}</p>
            <p><a href="/sharing">{say.see_and_stop()}</a></p>
        })}
        <p>{more("/waiting".to_owned(), say.waiting_title())}</p>
    };
    document(reader.page(name, Place::Category(entry.category), whose), body).into_any()
}
