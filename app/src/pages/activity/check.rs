//! Whether the log is whole: the server's word for it, and what the browser needs to find out
//! by itself.

use chartkey_evidence::{check::Report, hex};
use chartkey_portal::seal::State;
use leptos::prelude::*;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    catalogue::Say,
    components::icon::{Icon, icon},
    request::caller,
};

/// Every sentence that a check can end with, by its name in `chartkey-evidence`.
const SENTENCES: &[&str] = &[
    "follow",
    "held",
    "seen-browser",
    "seen-account",
    "newer",
    LATE,
    "not-held",
    "unsigned",
    "unseen",
    "key",
    "past",
    "unreadable",
    "again",
    "entry",
    "cut-off",
    "written-anew",
    "not-in-root",
    "signature",
    "foreign-key",
    "older-root",
    "other-line",
    "not-as-seen",
    "restored",
    "what-to-do",
    "begin-anew",
];

/// The only one that a clock decides, which the check has not: `log.js` and this file look at theirs.
const LATE: &str = "late";

/// A root comes every hour.
const ROOTS_COME: Duration = Duration::hours(3);

/// What stands in sentences.
struct Values {
    entries: String,
    held: String,
    root: String,
    at: String,
    seen: String,
    key: String,
    place: String,
    restored: String,
}

impl Values {
    /// The names of the values, for `log.js` to put them in.
    fn names() -> Self {
        let name = |name: &str| format!("{{{name}}}");
        Self {
            entries: name("entries"),
            held: name("held"),
            root: name("root"),
            at: name("at"),
            seen: name("seen"),
            key: name("key"),
            place: name("place"),
            restored: name("restored"),
        }
    }

    fn of(say: Say, report: &Report) -> Self {
        let root = report.root.as_ref();
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let moment = |at: Option<&String>| at.map(|at| day_and_time(say, at)).unwrap_or_default();
        Self {
            entries: report.entries.to_string(),
            held: number(root.map(|root| root.seq)),
            root: number(root.map(|root| root.number)),
            at: moment(root.map(|root| &root.at)),
            seen: number(report.seen.map(|(_, seen)| seen)),
            key: root.map(|root| hex(&root.key).chars().take(16).collect()).unwrap_or_default(),
            place: number(report.fault.map(|fault| fault.word().1)),
            restored: moment(root.and_then(|root| root.restored_to.as_ref())),
        }
    }
}

/// The words of a sentence, and the sign before it.
fn sentence(say: Say, name: &str, values: &Values) -> (Icon, String) {
    let Values { entries, held, root, at, seen, key, place, restored } = values;
    match name {
        "follow" => (Icon::Check, say.log_follow(entries)),
        "held" => (Icon::Check, say.log_held(held, root, at)),
        "seen-browser" => (Icon::Check, say.log_seen_browser(seen)),
        "seen-account" => (Icon::Check, say.log_seen_account(seen)),
        "newer" => (Icon::Dash, say.log_newer(held)),
        LATE => (Icon::Warn, say.log_late().to_owned()),
        "not-held" => (Icon::Dash, say.log_not_held().to_owned()),
        "unsigned" => (Icon::Dash, say.log_unsigned().to_owned()),
        "unseen" => (Icon::Dash, say.log_unseen().to_owned()),
        "key" => (Icon::Dash, say.log_key(key)),
        "past" => (Icon::Dash, say.log_past().to_owned()),
        "unreadable" => (Icon::Stop, say.log_unreadable().to_owned()),
        "again" => (Icon::Info, say.log_again().to_owned()),
        "entry" => (Icon::Stop, say.log_entry(place)),
        "cut-off" => (Icon::Stop, say.log_cut_off(place)),
        "written-anew" => (Icon::Stop, say.log_written_anew(place)),
        "not-in-root" => (Icon::Stop, say.log_not_in_root().to_owned()),
        "signature" => (Icon::Stop, say.log_signature().to_owned()),
        "foreign-key" => (Icon::Stop, say.log_foreign_key().to_owned()),
        "older-root" => (Icon::Stop, say.log_older_root().to_owned()),
        "other-line" => (Icon::Stop, say.log_other_line().to_owned()),
        "not-as-seen" => (Icon::Stop, say.log_not_as_seen(place)),
        "restored" => (Icon::Info, say.log_restored(restored)),
        "begin-anew" => (Icon::Info, say.log_begin_anew_says().to_owned()),
        _ => (Icon::Info, say.log_what_to_do().to_owned()),
    }
}

/// The section at the end of the log.
pub(super) fn is_it_whole(say: Say, state: &State) -> impl IntoView + use<> {
    let newest = match &state.newest {
        Some((number, at)) => say.newest_seal(&number.to_string(), &day_and_time(say, at)),
        None => say.no_seal().to_owned(),
    };
    // Whoever else uses a shared device is a stranger: nothing is remembered on it.
    let memory = caller().leaves_after.is_none().then(|| format!("chartkey-seen-{}", state.memory));
    let checked = state.checked.as_ref().map(|(at, report)| found(say, *at, report));
    view! {
        <section class="sheet proof" id="whole" aria-labelledby="whole-title" data-memory=memory>
            <h2 id="whole-title">{say.log_whole()}</h2>
            <p>{say.log_whole_says()}</p>
            <p class="quiet">{newest} " " <a href="/.well-known/chartkey/log">{say.public_seals()}</a></p>
            <p class="actions" hidden><button class="button" type="button">{say.check_here()}</button></p>
            <div role="status"></div>
            {checked}
            <p class="small quiet" hidden>{say.check_there_says()}</p>
            <noscript><p class="small quiet">{say.check_there_only()}</p></noscript>
            <form method="post" action="/api/check-log"><button class="button second" type="submit">{say.check_there()}</button></form>
            <p class="small quiet">{say.take_log_says()}</p>
            <form method="post" action="/activity/download"><button class="button second" type="submit">{say.take_log()}</button></form>
            {words(say)}
        </section>
    }
}

/// What the server found.
fn found(say: Say, at: OffsetDateTime, report: &Report) -> impl IntoView + use<> {
    let values = Values::of(say, report);
    let heading = if report.fault.is_none() { say.check_good() } else { say.check_bad() };
    let class = if report.fault.is_none() { "found" } else { "found wrong" };
    let newest = report.root.as_ref().and_then(|root| OffsetDateTime::parse(&root.at, &Rfc3339).ok());
    let late = newest.is_some_and(|newest| at - newest > ROOTS_COME).then_some(LATE);
    view! {
        <div class=class>
            <h3>{heading}</h3>
            <p class="small quiet">{say.by_the_server(&say.day_and_time(at))}</p>
            <ul>{late.into_iter().chain(report.sentences()).map(|name| line(say, name, &values)).collect_view()}</ul>
        </div>
    }
}

/// The same for `log.js`: every sentence, with the names of what it puts in.
fn words(say: Say) -> impl IntoView + use<> {
    let names = Values::names();
    view! {
        <template>
            <p data-say="checking">{say.checking()}</p>
            <p data-say="unfinished">{say.check_unfinished()}</p>
            <div class="found" data-say="good"><h3>{say.check_good()}</h3><p class="small quiet">{say.by_this_browser()}</p><ul></ul></div>
            <div class="found wrong" data-say="bad"><h3>{say.check_bad()}</h3><p class="small quiet">{say.by_this_browser()}</p><ul></ul></div>
            {SENTENCES.iter().map(|name| line(say, name, &names)).collect_view()}
        </template>
    }
}

fn line(say: Say, name: &str, values: &Values) -> impl IntoView + use<> {
    let (sign, words) = sentence(say, name, values);
    let anew = (name == "begin-anew").then(|| begin_anew(say));
    view! { <li data-say=name.to_owned()>{icon(sign)}<div><span>{words}</span>{anew}</div></li> }
}

/// Forgets what was seen before, here and, by `log.js`, in the browser.
fn begin_anew(say: Say) -> impl IntoView {
    view! {
        <form method="post" action="/api/check-log">
            <input type="hidden" name="anew" value="true"/>
            <button class="button second small" type="submit">{say.log_begin_anew()}</button>
        </form>
    }
}

fn day_and_time(say: Say, at: &str) -> String {
    OffsetDateTime::parse(at, &Rfc3339).map_or_else(|_| at.to_owned(), |at| say.day_and_time(at))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chartkey_evidence::check::{Check, Fault};

    use super::*;
    use crate::catalogue::Language;

    #[test]
    fn every_sentence_of_a_report_has_words_of_its_own() {
        let values = Values::names();
        for say in Language::ALL.map(Say::of) {
            let words: BTreeSet<_> = SENTENCES.iter().map(|name| sentence(say, name, &values).1).collect();
            assert_eq!(words.len(), SENTENCES.len());
        }
        let mut report = Check::new(None).finish();
        for fault in [
            Fault::Unreadable,
            Fault::Entry(1),
            Fault::CutOff(1),
            Fault::WrittenAnew(1),
            Fault::NotInRoot,
            Fault::Signature,
            Fault::ForeignKey,
            Fault::OlderRoot,
            Fault::OtherLine,
            Fault::NotAsSeen(1),
        ] {
            report.fault = Some(fault);
            assert!(report.sentences().iter().all(|name| SENTENCES.contains(name)), "{report:?}");
        }
        report.fault = None;
        assert!(report.sentences().iter().all(|name| SENTENCES.contains(name)), "{report:?}");
    }
}
