//! `/record/{patient}/corrections`: what the patient has said is wrong, and one of them with its thread.

use chartkey_domain::{
    correction::CorrectionState,
    id::{CorrectionId, PatientId},
};
use chartkey_portal::corrections::{Correction, CorrectionEnding, Message, Thread};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        disputed::disputed,
        entry::{address, called},
        flag::flag,
        form::{area, hidden, problem_summary, titled},
        icon::Icon,
        list::end as end_of_list,
        notice::{Role, notice, what_was_done},
        row::{Row, rows},
        sheet::{back, more, sheet, title},
        when::moment,
    },
    pages::{page, reader::Reader},
    request::{parameter, portal, problem, query, visitor},
    shell::{Place, document},
};

pub mod question;

/// The address of a correction.
#[must_use]
pub fn page_of(patient: PatientId, correction: CorrectionId) -> String {
    format!("/record/{patient}/corrections/{correction}")
}

/// What the patient has said is wrong: what stands, then what is over.
pub fn corrections() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.corrections(&reader.visitor, reader.patient).await?;
        let (say, whose) = (reader.say, opened.whose);
        let none = opened.view.is_empty().then(|| view! { <p>{say.no_corrections()}</p> });
        let list = opened.view.into_iter().map(|correction| row(say, reader.patient, correction)).collect::<Vec<_>>();
        let body = view! {
            {title(say.corrections(), Some(say.corrections_says().to_owned()))}
            {none}
            {(!list.is_empty()).then(|| view! { <section class="sheet" aria-label=say.corrections()>{rows(list)}</section> })}
        };
        Ok(document(reader.page(say.corrections(), Place::Corrections, &whose), body).into_any())
    })
}

fn row(say: Say, patient: PatientId, correction: Correction) -> Row {
    let said = correction.entry.disputed.as_ref().filter(|_| correction.state.stands()).map(|said| disputed(say, said).into_any());
    Row {
        href: page_of(patient, correction.id),
        name: called(say, &correction.entry).name,
        aside: Some(say.date(correction.opened_at.date())),
        flag: Some(state(say, correction.state)),
        when: Some(moment(say, correction.opened_at).into_any()),
        from: Some(say.from(&correction.entry.source)),
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

/// One correction.
pub fn correction() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.correction(&reader.visitor, reader.patient, parameter("correction")?).await?;
        let (say, whose) = (reader.say, opened.whose);
        let Thread { correction, messages, may_write } = opened.view;
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
            <p class="said" dir="auto">{correction.statement.clone()}</p>
            <p class="quiet">{say.said_on()} " " {moment(say, correction.opened_at)} " " {state(say, correction.state)}</p>
            <p>{more(item, say.the_item())}</p>
        };
        let body = view! {
            {back(way, words)}
            {problem_summary(say, problem())}
            {done(say)}
            {title(heading.clone(), None)}
            {changed}
            {sheet("statement", whose_words, statement)}
            {sheet("thread", say.the_answers(), view! {
                {thread(say, is_own, messages)}
                {may_write.then(|| write(say, patient, &correction, is_own))}
            })}
            {(is_own && correction.state.stands()).then(|| ending(say, patient, correction.id))}
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

fn write(say: Say, patient: PatientId, correction: &Correction, is_own: bool) -> impl IntoView + use<> {
    let (label, hint) = if is_own { (say.your_message(), say.message_hint()) } else { (say.your_answer(), say.answer_hint()) };
    view! {
        <form method="post" action="/api/write-to-correction">
            {hidden("patient", Some(patient.to_string()))}
            {hidden("correction", Some(correction.id.to_string()))}
            {area("words", label, hint, None)}
            <p class="actions"><button class="button" type="submit">{say.send_message()}</button></p>
        </form>
    }
}

fn ending(say: Say, patient: PatientId, correction: CorrectionId) -> impl IntoView {
    let form = |action: &'static str, class: &'static str, words: &'static str| {
        view! {
            <form method="post" action=action>
                {hidden("patient", Some(patient.to_string()))}
                {hidden("correction", Some(correction.to_string()))}
                <button class=class type="submit">{words}</button>
            </form>
        }
    };
    let body = view! {
        <p>{say.settled_says()}</p>
        <div class="actions">
            {form("/api/resolve-correction", "button second", say.resolve_it())}
            {form("/api/withdraw-correction", "button second", say.withdraw_it())}
        </div>
    };
    sheet("settled", say.is_it_settled(), body)
}

/// What was just done.
fn done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "opened" => say.correction_opened_title(),
        "written" => say.correction_written_title(),
        "ended" => say.correction_ended_title(),
        _ => return None,
    };
    Some(what_was_done(words, ()))
}

/// Ends a correction. Says where to go, and which page the form is on.
pub async fn end(patient: PatientId, correction: CorrectionId, ending: CorrectionEnding) -> (Result<String, ApiError>, String) {
    let page = page_of(patient, correction);
    let ended = async { Ok(portal()?.end_correction(&visitor()?, patient, correction, ending).await?) };
    (ended.await.map(|()| format!("{page}?done=ended")), page)
}
