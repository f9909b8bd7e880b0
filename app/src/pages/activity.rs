//! `/activity`: who has looked, when, at what, why, whether it fits, and whether the log is whole.

use chartkey_domain::{id::AccountId, verdict::Verdict};
use chartkey_portal::{
    activity::{ActivityPage, Filter, LogEntry},
    audit::{Event, UsedGrant, What, Why},
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{problem_summary, titled},
        icon::{Icon, icon},
        log::{By, by_day, day, line},
        notice::what_was_done,
        sentence::unmarked,
        sheet::{more, title},
    },
    pages::{Paged, emergency_plan, home::without_record, page},
    request::{caller, portal, problem, query, visitor},
    shell::{Bar, Page, Place, document},
};

mod check;
mod people;

/// The log, by day.
pub fn activity() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let (filter, before) = (filter(), query("before").and_then(|before| before.parse().ok()));
        let visitor = visitor()?;
        if caller.record.is_none() && !caller.is_clinician() {
            return Ok(without_record(say, Place::Activity, &visitor.name));
        }
        let opened = portal()?.activity(&visitor, filter, before).await?;
        let ActivityPage { entries, older, people, emergencies, state } = opened.view;
        let emergencies = emergencies.iter().map(|look| emergency_plan::look(say, look)).collect_view();
        let by_person = (filter == Filter::People).then(|| people::by_person(say, &people));
        let name = entries.first().map(|entry| entry.event.who.name.clone());
        let days = by_day(entries, |entry| entry.event.at)
            .into_iter()
            .map(|(date, entries)| day(say, date, entries.iter().map(|one| entry(say, one)).collect_view()))
            .collect_view();
        let older = older.map(|older| more(address(filter, Some(older)), say.older_entries()));
        let done = match query("done").as_deref() {
            Some("stopped") => Some(view! { <p>{say.stopped_at_once()}</p> }.into_any()),
            Some("nothing") => Some(view! { <p>{say.nothing_to_stop()}</p> }.into_any()),
            Some("checked") => Some(view! { <p><a href="#whole">{say.see_what_was_checked()}</a></p> }.into_any()),
            _ => None,
        };
        let body = view! {
            {problem_summary(say, problem())}
            {done.map(|words| what_was_done(say.done(), words))}
            {title(say.who_has_looked(), Some(say.log_says().to_owned()))}
            {emergencies}
            {filters(say, filter, name)}
            {by_person}
            {days}
            {older}
            <p class="quiet small">{say.log_foot()}</p>
            {check::is_it_whole(say, &state)}
        };
        Paged::Ok(
            document(
                Page::new(titled(say, say.who_has_looked(), problem()), Place::Activity).of(Bar::from(&opened.whose)).that_checks(),
                body,
            )
            .into_any(),
        )
    })
}

/// The filter of the address.
fn filter() -> Filter {
    if let Some(person) = query("person").and_then(|person| person.parse().ok()) {
        return Filter::Person(AccountId(person));
    }
    match query("show").as_deref() {
        Some("unusual") => Filter::Unusual,
        Some("refused") => Filter::Refused,
        Some("others") => Filter::Others,
        Some("people") => Filter::People,
        _ => Filter::All,
    }
}

fn address(filter: Filter, before: Option<i64>) -> String {
    let filter = match filter {
        Filter::All => None,
        Filter::Unusual => Some("show=unusual".to_owned()),
        Filter::Refused => Some("show=refused".to_owned()),
        Filter::Others => Some("show=others".to_owned()),
        Filter::People => Some("show=people".to_owned()),
        Filter::Person(account) => Some(format!("person={account}")),
    };
    let query: Vec<_> = filter.into_iter().chain(before.map(|before| format!("before={before}"))).collect();
    if query.is_empty() { "/activity".to_owned() } else { format!("/activity?{}", query.join("&")) }
}

/// The ways to see less of it; `name` is whose entries are shown, where they are one person's.
fn filters(say: Say, chosen: Filter, name: Option<String>) -> impl IntoView + use<> {
    let all = [
        (Filter::All, say.show_all()),
        (Filter::Unusual, say.show_unusual()),
        (Filter::Refused, say.show_refused()),
        (Filter::Others, say.show_others()),
        (Filter::People, say.show_people()),
    ];
    let all = all.into_iter().map(|(filter, words)| (filter, words.to_owned()));
    let person = name.filter(|_| matches!(chosen, Filter::Person(_))).map(|name| (chosen, name));
    let links = all.chain(person).map(|(filter, words)| {
        view! { <li><a href=address(filter, None) aria-current=(filter == chosen).then_some("page")>{words}</a></li> }
    });
    view! { <nav class="filter" aria-label=say.show()><ul>{links.collect_view()}</ul></nav> }
}

fn entry(say: Say, entry: &LogEntry) -> impl IntoView + use<> {
    let LogEntry { event, verdict: said, .. } = entry;
    let name = if *said == Verdict::You { say.you().to_owned() } else { event.who.name.clone() };
    let not_mine = entry.stoppable.then(|| not_mine(say, entry.seq, &format!(": {name}, {}", say.clock(event.at))));
    let is_odd = matches!(said, Verdict::Unusual(_));
    let by = By { at: event.at, who: &event.who, name, words: say.did(event), is_odd };
    line(say, by, why(say, event), (verdict(say, said), not_mine)).into_any()
}

/// The key that was used, in the words of its sentence.
fn why(say: Say, event: &Event) -> impl IntoView + use<> {
    let (sign, words) = match &event.why {
        Why::Own => (Icon::Person, say.why_own().into_any()),
        Why::Grant { grants, emergency, .. } => {
            let reason = emergency.as_ref().map(|reason| view! { {say.why_emergency()} " " <bdi>{reason.clone()}</bdi> <br/> });
            let quoted = |grant: &UsedGrant| view! { " " {say.quotation_opens()}{unmarked(say, &grant.sentence)}{say.quotation_closes()} };
            (Icon::KeyOne, view! { {reason}{say.why_share()}{grants.iter().map(quoted).collect_view()} }.into_any())
        }
        Why::Operator { reason } => (Icon::Person, say.why_operator(reason).into_any()),
        Why::Code => (Icon::KeyOne, say.why_code().into_any()),
        Why::Registered => (Icon::KeyOne, say.why_registered().into_any()),
        Why::Asked => (Icon::Share, say.why_asked().into_any()),
        Why::Reviewed => (Icon::Eye, say.why_reviewed().into_any()),
        Why::Refused => (Icon::Keyhole, say.why_refused().into_any()),
    };
    // The sentence of a share, of a code that was put on paper, of a draft that was looked at in advance, or from whom something, or all of it, is kept.
    let is_said = event.what.grant.is_some()
        || is_on_paper(&event.what)
        || matches!(
            event.what.action.as_str(),
            "previewed"
                | "kept-from"
                | "shown-again"
                | "blocked"
                | "unblocked"
                | "clinician-admitted"
                | "clinician-dismissed"
                | "request-refused"
                | "emergency-decided"
        );
    let text = event.what.text.as_ref().filter(|_| is_said).map(|text| view! { <p class="small">{unmarked(say, text)}</p> });
    view! { {text} <p class="why">{icon(sign)}<span>{words}</span></p> }
}

/// Whether what a code shows was taken on paper.
fn is_on_paper(what: &What) -> bool {
    what.action == "exported" && what.page.as_deref() == Some("code-paper")
}

fn verdict(say: Say, verdict: &Verdict) -> impl IntoView + use<> {
    let (class, sign, word, reasons) = match verdict {
        Verdict::You => ("flag unknown", Icon::Person, say.verdict_you(), Vec::new()),
        Verdict::Refused => ("flag in", Icon::Keyhole, say.verdict_refused(), vec![say.nothing_was_shown()]),
        Verdict::Expected => ("flag in", Icon::Check, say.verdict_expected(), Vec::new()),
        Verdict::Unusual(reasons) => {
            ("flag out", Icon::Warn, say.verdict_unusual(), reasons.iter().map(|reason| say.reason(*reason)).collect())
        }
    };
    view! {
        <span class=class>{icon(sign)}{word}</span>
        {(!reasons.is_empty()).then(|| view! { <p class="small quiet">{reasons.join(" ")}</p> })}
    }
}

fn not_mine(say: Say, seq: i64, of: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/api/not-recognised">
            <input type="hidden" name="entry" value=seq.to_string()/>
            <button class="button small stop" type="submit">{say.not_recognised()}<span class="hide">{of.to_owned()}</span></button>
        </form>
    }
}

impl Say {
    /// What was done, as the end of a sentence that begins with who.
    fn did(self, event: &Event) -> String {
        let what = &event.what;
        let count = i64::from(what.items);
        match what.action.as_str() {
            _ if event.why == Why::Refused => self.was_refused().to_owned(),
            "read" if count > 0 => self.opened_things(count, &self.categories_together(&what.categories)),
            "read" => match what.page.as_deref() {
                Some("activity") => self.did_open_log(),
                Some("log") => self.did_check_log(),
                Some("sharing" | "grant" | "codes" | "blocked" | "requests" | "emergency" | "prescribing") => self.did_open_sharing(),
                _ => self.opened_page(),
            }
            .to_owned(),
            "exported" if what.page.as_deref() == Some("log") => self.did_take_log().to_owned(),
            _ if is_on_paper(what) => self.did_put_on_paper().to_owned(),
            "export" => self.copied_things(count),
            action => self.did_change(action).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_paging() {
        assert_eq!(address(Filter::All, None), "/activity");
        assert_eq!(address(Filter::Unusual, Some(41)), "/activity?show=unusual&before=41");
    }
}
