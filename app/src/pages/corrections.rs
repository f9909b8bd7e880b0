//! `/record/{patient}/corrections`: what the patient has said is wrong, and one of them with its thread.

use chartkey_domain::{
    correction::{CorrectionState, LONGEST},
    id::{CorrectionId, DraftId, ItemId, PatientId},
};
use chartkey_portal::corrections::{Correction, Corrections, Message, Opening, Thread};
use leptos::{either::Either, prelude::*};

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        disputed::{disputed, page_of},
        entry::{address, called},
        flag::flag,
        form::{area, hidden, problem_summary, titled},
        icon::Icon,
        list::end as end_of_list,
        notice::{Role, notice, what_was_done},
        row::{Row, rows},
        sheet::{back, more, sheet, title},
        source::from_source,
        when::moment,
    },
    pages::{page, reader::Reader},
    request::{parameter, portal, problem, query, visitor},
    shell::{Place, document},
};

pub mod ending;
pub mod question;

/// What the patient has said is wrong: what stands, then what is over.
pub fn corrections() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        // What is no correction begins the list anew.
        let after = query("after").and_then(|after| after.parse().ok());
        let opened = reader.portal.corrections(&reader.visitor, reader.patient, after).await?;
        let (say, whose, Corrections { corrections, next }) = (reader.say, opened.whose, opened.view);
        let none = (corrections.is_empty() && after.is_none()).then(|| view! { <p>{say.no_corrections()}</p> });
        let older = next.map(|next| {
            let href = reader.path(&format!("/corrections?after={next}"));
            view! { <nav class="alongside" aria-label=say.pages_of(say.corrections())>{more(href, say.older())}</nav> }
        });
        let list = corrections.into_iter().map(|correction| row(say, reader.patient, correction)).collect::<Vec<_>>();
        let body = view! {
            {title(say.corrections(), Some(say.corrections_says().to_owned()))}
            {none}
            {(!list.is_empty()).then(|| view! { <section class="sheet" aria-label=say.corrections()>{rows(list)}</section> })}
            {older}
        };
        Ok(document(reader.page(say.corrections(), Place::Corrections, &whose), body).into_any())
    })
}

fn row(say: Say, patient: PatientId, correction: Correction) -> Row {
    let said = correction.entry.disputed.as_ref().filter(|_| correction.state.stands()).map(|said| disputed(say, patient, said).into_any());
    Row {
        href: page_of(patient, correction.id),
        name: called(say, &correction.entry).name,
        aside: Some(say.date(correction.opened_at.date())),
        flag: Some(state(say, correction.state)),
        when: Some(moment(say, correction.opened_at).into_any()),
        from: Some(from_source(say, &correction.entry.source)),
        said,
        ..Row::default()
    }
}

fn state(say: Say, state: CorrectionState) -> AnyView {
    let (role, sign) = match state {
        CorrectionState::Open => ("unknown", Icon::Clock),
        CorrectionState::Answered => ("out", Icon::Pen),
        CorrectionState::Resolved => ("in", Icon::Check),
        CorrectionState::Withdrawn => ("unknown", Icon::Dash),
    };
    flag(role, sign, say.correction_state(state).to_owned()).into_any()
}

/// One correction, or with `?ask=` the question before it ends; `?draft=` names words that wait to be sent.
pub fn correction() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let draft = query("draft").and_then(|draft| draft.parse().ok());
        let opened = reader.portal.correction(&reader.visitor, reader.patient, parameter("correction")?, draft).await?;
        let (say, whose) = (reader.say, opened.whose);
        let Thread { correction, messages, has_older, may_write, typed } = opened.view;
        let asked = query("ask").and_then(|ask| ending::of(&ask)).filter(|_| whose.is_own() && correction.state.stands());
        if let Some(ending) = asked {
            let body = ending::asks(say, reader.patient, &correction, ending);
            return Ok(document(reader.page(ending::question(say, ending), Place::Corrections, &whose), body).into_any());
        }
        let (patient, is_own) = (reader.patient, whose.is_own());
        let heading = say.correction_of(&called(say, &correction.entry).name);
        let item = address(patient, correction.entry.category, correction.entry.id);
        let (way, words) = if is_own {
            (reader.path("/corrections"), say.corrections().to_owned())
        } else {
            (item.clone(), called(say, &correction.entry).name)
        };
        let place = if is_own { Place::Corrections } else { Place::Category(correction.entry.category) };
        let changed = (correction.has_changed && correction.state.stands() && is_own)
            .then(|| notice(Role::Info, say.changed_since(), view! { <p>{say.changed_since_says()}</p> }));
        let whose_words = if is_own { say.you_say_wrong() } else { say.patient_says_wrong() };
        let statement = view! {
            {correction.statement.clone().map(|words| view! { <p class="said" dir="auto">{words}</p> })}
            <p class="quiet">
                {say.said_on()} " " {moment(say, correction.opened_at)}
                {(correction.has_changed && !is_own).then(|| format!(", {}", say.of_earlier_version()))} " " {state(say, correction.state)}
            </p>
            <p>{more(item, say.the_item())}</p>
        };
        let body = view! {
            {back(way, words)}
            {problem_summary(say, problem())}
            {done(say, typed.is_some())}
            {title(heading.clone(), None)}
            {changed}
            {sheet("statement", whose_words, statement)}
            {sheet("thread", say.the_answers(), view! {
                {has_older.then(|| view! { <p class="quiet">{say.older_messages()}</p> })}
                {thread(say, is_own, messages)}
                {if may_write { Either::Left(form(say, patient, &correction, is_own, typed)) } else { Either::Right(unsent(say, typed)) }}
            })}
            {(is_own && correction.state.stands()).then(|| ending::ways(say, patient, correction.id))}
            {end_of_list(say, &whose, false)}
        };
        Ok(document(reader.page(titled(say, &heading, problem()), place, &whose), body).into_any())
    })
}

fn thread(say: Say, is_own: bool, messages: Vec<Message>) -> AnyView {
    if messages.is_empty() {
        return view! { <p class="quiet">{say.no_answers()}</p> }.into_any();
    }
    let lines = messages.into_iter().map(|message| {
        let who = match (message.is_patient, is_own) {
            (true, true) => say.you().to_owned(),
            (true, false) => say.the_patient().to_owned(),
            (false, _) => message.by.name,
        };
        let profession = message.by.profession.map(|profession| say.profession_named(&profession));
        let place: Vec<_> = [profession, message.by.organization].into_iter().flatten().filter(|_| !message.is_patient).collect();
        let place = (!place.is_empty()).then(|| format!(" · {}", place.join(" · ")));
        view! {
            <li>
                <p class="quiet"><b>{who}</b>{place} " · " {moment(say, message.at)}</p>
                <p class="said" dir="auto">{message.words}</p>
            </li>
        }
    });
    view! { <ol class="thread">{lines.collect_view()}</ol> }.into_any()
}

fn form(say: Say, patient: PatientId, correction: &Correction, is_own: bool, typed: Option<String>) -> impl IntoView + use<> {
    let (label, hint) = if is_own { (say.your_message(), say.message_hint()) } else { (say.your_answer(), say.answer_hint()) };
    view! {
        <form method="post" action="/api/write-to-correction">
            {hidden("patient", Some(patient.to_string()))}
            {hidden("correction", Some(correction.id.to_string()))}
            {area("words", label, hint, LONGEST, typed)}
            <p class="actions"><button class="button" type="submit">{say.send_message()}</button></p>
        </form>
    }
}

/// Words that there is no place any more to send from.
fn unsent(say: Say, typed: Option<String>) -> Option<impl IntoView> {
    typed.map(|typed| notice(Role::Caution, say.unsent(), view! { <p class="said" dir="auto">{typed}</p> }))
}

/// What was just done, or was done before.
fn done(say: Say, has_words: bool) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "opened" => say.correction_opened_title(),
        "written" => say.correction_written_title(),
        "ended" => say.correction_ended_title(),
        "stands" => {
            let says = if has_words { say.new_words_kept() } else { say.already_said_says() };
            return Some(Either::Left(notice(Role::Caution, say.already_said(), view! { <p>{says}</p> })));
        }
        _ => return None,
    };
    Some(Either::Right(what_was_done(words, ())))
}

/// Where words lead that were to open a correction where one stands: to that, with their draft.
#[must_use]
pub fn stands(patient: PatientId, correction: CorrectionId, draft: Option<DraftId>) -> String {
    let draft = draft.map(|draft| format!("&draft={draft}")).unwrap_or_default();
    format!("{}?done=stands{draft}", page_of(patient, correction))
}

/// Opens a correction with what a draft holds. Says where to go.
///
/// # Errors
/// As [`chartkey_portal::Portal::open_correction`].
pub async fn open(patient: PatientId, item: ItemId, draft: DraftId) -> Result<String, ApiError> {
    Ok(match portal()?.open_correction(&visitor()?, patient, item, draft).await? {
        Opening::Opened(correction) => format!("{}?done=opened", page_of(patient, correction)),
        Opening::Stands(correction) => stands(patient, correction, Some(draft)),
    })
}

/// Writes into a thread. Says where to go, and which page the form is on: that shows again what was not sent.
pub async fn write(patient: PatientId, correction: CorrectionId, typed: &str) -> (Result<String, ApiError>, String) {
    let page = page_of(patient, correction);
    let written = async { Ok(portal()?.write_to_correction(&visitor()?, patient, correction, typed).await?) };
    let problem = match written.await {
        Ok(()) => return (Ok(format!("{page}?done=written")), page),
        Err(problem) => problem,
    };
    let kept = async { Ok::<_, ApiError>(portal()?.keep_message(&visitor()?, patient, correction, typed).await?) };
    // What is empty, and whoever has nowhere to write, need no draft; where the database does not answer the cookie has to do.
    let draft = if typed.is_empty() { None } else { kept.await.ok() };
    let page = draft.map_or(page.clone(), |draft| format!("{page}?draft={draft}"));
    (Err(problem), page)
}
