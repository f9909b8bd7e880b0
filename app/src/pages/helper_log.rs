//! `/record/{patient}/activity`: the log of a record as somebody who helps reads it.

use chartkey_domain::id::PatientId;
use chartkey_portal::helper_log::{Entry, Reason};
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    catalogue::Say,
    components::{
        icon::{Icon, icon},
        log::{Did, by_day, day, line},
        sentence::unmarked,
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
        let nothing = log.entries.is_empty().then(|| view! { <p>{say.helper_log_empty()}</p> });
        let days = by_day(log.entries, |entry| entry.at)
            .into_iter()
            .map(|(date, entries)| day(say, date, entries.iter().map(|one| entry(say, one)).collect_view()))
            .collect_view();
        let older = log.older.map(|older| more(format!("{}?before={}", address(reader.patient), token(older)), say.older_entries()));
        let body = view! {
            {back("/shared".to_owned(), say.people_you_help())}
            {title(say.who_has_looked(), Some(say.helper_log_says(&whose.name)))}
            {nothing}
            {days}
            {older}
            <p class="quiet small">{say.helper_log_foot()}</p>
        };
        Paged::Ok(document(reader.page(say.who_has_looked(), Place::Patients, &whose), body).into_any())
    })
}

/// Where the page begins, from `?before=`; what is no time begins at the newest.
fn before() -> Option<OffsetDateTime> {
    let micros: i64 = query("before")?.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()
}

/// A time in an address: PostgreSQL keeps microseconds.
const fn token(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos() / 1_000
}

fn entry(say: Say, entry: &Entry) -> impl IntoView + use<> {
    let is_yours = matches!(entry.why, Reason::Yours(_));
    let name = if is_yours { say.you().to_owned() } else { entry.who.name.clone() };
    let did = Did { at: entry.at, who: &entry.who, name, words: did(say, entry), is_odd: false };
    line(say, did, why(say, &entry.why), ()).into_any()
}

/// What was done, without how much of it.
fn did(say: Say, entry: &Entry) -> String {
    match entry.action.as_str() {
        "read" if !entry.categories.is_empty() => say.opened_some(&say.categories_together(&entry.categories)),
        "read" if entry.page.as_deref() == Some("activity") => say.did_open_log().to_owned(),
        "read" => say.opened_page().to_owned(),
        "export" => say.copied_some().to_owned(),
        action => say.did_change(action).to_owned(),
    }
}

fn why(say: Say, why: &Reason) -> impl IntoView + use<> {
    let words = match why {
        Reason::Yours(grants) => {
            let quoted = grants.iter().map(|used| {
                view! { " " {say.quotation_opens()}{unmarked(say, &used.sentence)}{say.quotation_closes()} }
            });
            view! { {say.why_share()}{quoted.collect_view()} }.into_any()
        }
        Reason::Given => say.why_given().into_any(),
        Reason::Emergency => say.why_given_emergency().into_any(),
    };
    view! { <p class="why">{icon(Icon::KeyOne)}<span>{words}</span></p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_the_address() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_795_000_000_123_456_000).unwrap();
        assert_eq!(token(at), 1_795_000_000_123_456);
        assert_eq!(OffsetDateTime::from_unix_timestamp_nanos(token(at) * 1_000).unwrap(), at);
    }
}
