//! `/record/{patient}/activity`: the log of a record as somebody who helps reads it.

use chartkey_domain::id::PatientId;
use chartkey_portal::{
    cursor::moment,
    helper_log::{Did, Entry},
};
use leptos::prelude::*;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    catalogue::Say,
    components::{
        icon::{Icon, icon},
        log::{By, by_day, day, line},
        sheet::{back, more, title},
    },
    pages::{Paged, page, reader::Reader},
    request::{of_record, query},
    shell::{Place, document},
};

/// The address for a record.
#[must_use]
pub fn address(patient: PatientId) -> String {
    of_record(patient, "/activity")
}

/// The log, by day.
pub fn helper_log() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.helper_log(&reader.visitor, reader.patient, before()).await?;
        let (say, whose, log) = (reader.say, opened.whose, opened.view);
        let days = by_day(log.entries, |entry| entry.at)
            .into_iter()
            .map(|(date, entries)| day(say, date, entries.iter().map(|one| entry(say, one)).collect_view()))
            .collect_view();
        let older = log.older.and_then(|at| older(reader.patient, at)).map(|path| more(path, say.older_entries()));
        let body = view! {
            {back("/shared".to_owned(), say.people_you_help())}
            {title(say.who_has_looked(), Some(say.helper_log_says(&whose.name)))}
            {days}
            {older}
            <p class="quiet">{say.not_everything()}</p>
            <p class="quiet small">{say.helper_log_foot()}</p>
        };
        Paged::Ok(document(reader.page(say.who_has_looked(), Place::Patients, &whose), body).into_any())
    })
}

/// Where the page begins, from `?before=`; what is no time begins at the newest.
fn before() -> Option<OffsetDateTime> {
    moment(&query("before")?)
}

/// A page that begins there.
fn older(patient: PatientId, at: OffsetDateTime) -> Option<String> {
    Some(format!("{}?before={}", address(patient), at.format(&Rfc3339).ok()?))
}

fn entry(say: Say, entry: &Entry) -> impl IntoView + use<> {
    let (who, did) = (&entry.did.who, &entry.did);
    let name = if entry.is_yours { say.you().to_owned() } else { who.name.clone() };
    let key = match did {
        _ if entry.is_yours => say.why_help(),
        Did { is_emergency: true, .. } => say.why_given_emergency(),
        Did { .. } => say.why_given(),
    };
    let why = view! { <p class="why">{icon(Icon::KeyOne)}<span>{key}</span></p> };
    line(say, By { at: entry.at, who, name, words: words(say, did), is_odd: false }, why, ()).into_any()
}

/// What was done, without how much of it.
fn words(say: Say, did: &Did) -> String {
    match did.action.as_str() {
        "read" if !did.categories.is_empty() => return say.opened_some(&say.categories_together(&did.categories)),
        "read" if did.page.as_deref() == Some("activity") => say.did_open_log(),
        "read" => say.opened_page(),
        "export" => say.copied_some(),
        "code-redeemed" => say.helper_used_code(),
        "carer-registered" => say.helper_used_registered_code(),
        "helped-share" => say.helper_shared(),
        "helped-stop" => say.helper_ended_share(),
        "help-ended" => say.helper_stopped(),
        _ => say.helper_did_something(),
    }
    .to_owned()
}
