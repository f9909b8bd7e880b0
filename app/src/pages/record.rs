//! `/record/{patient}`: the summary.

use chartkey_domain::category::Category;
use chartkey_portal::{
    Viewer, Whose, allergies::Allergies, care_team::Member, entry::Entry, keys::Aside, news::News, paper::LISTED, summary::Summary,
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        brief::reactions,
        disputed::disputed,
        entry::{address, row_of},
        list::{end, key, not_shared},
        news::{heading, news},
        notice::what_was_done,
        result::{Tells, outside, results},
        row::{Row, rows},
        search::search_box,
        sentence::sentence,
        sheet::{more, sheet, title},
        source::from_source,
        when::when,
    },
    pages::{Paged, added::entrance, incapacity, page, reader::Reader},
    request::{caller, look, query},
    shell::{Place, document},
};

/// The newest results that are listed, whatever they say; the portal reads as many.
const NEWEST: usize = 5;

/// The summary: what is new to a clinician, then what matters now: allergies, medicines,
/// problems, results out of range, visits, the care team.
pub fn record() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.summary(&reader.visitor, reader.patient, look()).await?;
        let (say, whose, summary) = (reader.say, opened.whose, opened.view);
        let name = if whose.is_own() { say.your_record() } else { say.summary() };
        let parts = Category::SHAREABLE
            .into_iter()
            .filter(|category| whose.may_show(*category))
            .map(|category| view! { <li><a href=reader.category(category)>{say.category(category)}</a></li> })
            .collect_view();
        let Summary { allergies, medicines, problems, results: measured, visits, team, news, aside } = summary;
        let around = Around { reader: &reader, whose: &whose, aside: aside.as_ref() };
        let some_wait = measured.iter().any(|entry| entry.waits);
        let outside = outside(&measured, NEWEST);
        let latest = measured.into_iter().take(NEWEST).collect();
        let allergies = around.part(
            Category::Allergies,
            say.category(Category::Allergies),
            if allergies.none_known { say.none_known() } else { say.allergies_not_recorded() },
            allergies.none_known || allergies.entries.is_empty(),
            listed(&reader, &allergies),
        );
        let corrections = whose.is_own().then(|| view! { <li><a href=reader.path("/corrections")>{say.corrections()}</a></li> });
        let done =
            (query("done").as_deref() == Some("written")).then(|| what_was_done(say.done(), view! { <p>{say.clinical_added()}</p> }));
        let body = view! {
            {done}
            {granted(say, &whose)}
            {title(name, None)}
            {entrance(say, &whose, None)}
            {search_box(say, reader.patient, None)}
            <nav class="filter" aria-label=say.parts_of_record()><ul>{parts}{corrections}</ul></nav>
            {news.map(|found| changed(say, &reader, &whose, found))}
            {allergies}
            <div class="pair">
                {around.entries(Category::Problems, say.active_problems(), problems)}
                {around.entries(Category::Medicines, say.medicines_in_use(), medicines)}
            </div>
            {out_of_range(&around, outside, some_wait)}
            {around.entries(Category::Results, say.latest_results(), latest)}
            {around.entries(Category::Visits, say.latest_visits(), visits)}
            {care_team(say, &reader, &whose, team)}
            {whose.is_own().then(|| view! { <p class="unprinted">{more(reader.path("/print"), say.open_summary())}</p> })}
            {cannot_decide(say, &whose)}
        };
        let parts = if whose.preview.is_some() { reader.portal.preview_parts(&reader.visitor, reader.patient).await? } else { Vec::new() };
        Paged::Ok(document(reader.page(name, Place::Summary, &whose).beside(parts), body).into_any())
    })
}

/// The sentences of the grants that this page rests on, for who reads through them.
fn granted(say: Say, whose: &Whose) -> Option<AnyView> {
    let Viewer::Shared { grants, .. } = &whose.viewer else { return None };
    let sentences = grants.iter().map(|grant| sentence(say, &grant.sentence)).collect_view();
    Some(view! { <section class="grant compact" aria-label=say.what_you_may_read()>{sentences}</section> }.into_any())
}

/// The way for a clinician to say that the patient cannot decide, whether anybody is named or not.
fn cannot_decide(say: Say, whose: &Whose) -> Option<impl IntoView + use<>> {
    let is_clinicians = match &whose.preview {
        Some(preview) => !preview.eyes.is_carer(),
        None => caller().is_clinician(),
    };
    // A link that leads nowhere is the place of one (HTML, section 4.5.1).
    let href = whose.preview.is_none().then(|| incapacity::address(whose.patient));
    is_clinicians.then(|| view! { <p class="actions unprinted"><a class="button second" href=href>{say.incapacity_link()}</a></p> })
}

/// What came in since a reader last looked who is not the patient. Where nothing did that
/// they may see, it does not say so.
fn changed(say: Say, reader: &Reader, whose: &Whose, found: News) -> impl IntoView + use<> {
    let first = found.since.is_none().then(|| view! { <p>{say.first_look()}</p> });
    sheet("new", heading(say, &found), view! { {first}{news(say, reader.patient, found)}{end(say, whose, false)} })
}

/// Allergies with what the sources say of reactions, unless they say that there is none.
fn listed(reader: &Reader, told: &Allergies) -> AnyView {
    let (say, allergies) = (reader.say, &told.entries);
    if allergies.is_empty() {
        return ().into_any();
    }
    let row = |entry: &Entry| {
        let words = reactions(say, told, entry);
        let row = row_of(say, reader.patient, entry.clone());
        let beside: Vec<_> = words.into_iter().chain(row.medical).collect();
        Row { medical: (!beside.is_empty()).then(|| beside.join(" · ")), ..row }
    };
    let goes_on = goes_on(say, allergies);
    view! { {goes_on}{rows(allergies.iter().take(LISTED).map(row).collect())} }.into_any()
}

/// That there are more than are listed, where there are.
fn goes_on(say: Say, entries: &[Entry]) -> Option<impl IntoView + use<>> {
    (entries.len() > LISTED).then(|| view! { <p class="quiet">{say.paper_goes_on(LISTED)}</p> })
}

/// What the parts of a summary have in common.
struct Around<'a> {
    reader: &'a Reader,
    whose: &'a Whose,
    aside: Option<&'a Aside>,
}

impl Around<'_> {
    /// A category as its newest entries.
    fn entries(&self, category: Category, heading: &'static str, entries: Vec<Entry>) -> AnyView {
        let (say, patient) = (self.reader.say, self.reader.patient);
        let is_empty = entries.is_empty();
        let list = match category {
            Category::Results => results(say, patient, entries, Tells::All).into_any(),
            _ => {
                let goes_on = goes_on(say, &entries);
                view! { {goes_on}{rows(entries.into_iter().take(LISTED).map(|entry| row_of(say, patient, entry)).collect())} }.into_any()
            }
        };
        self.part(category, heading, say.none_recorded(), is_empty, if is_empty { ().into_any() } else { list })
    }

    /// A category with its list. `none` is said to the patient where `is_none`.
    fn part(&self, category: Category, heading: &'static str, none: &'static str, is_none: bool, list: AnyView) -> AnyView {
        let (say, whose) = (self.reader.say, self.whose);
        let id = category.slug();
        let inside = if whose.may_show(category) {
            let none = (is_none && whose.is_own()).then(|| view! { <p class="quiet">{none}</p> });
            let name = say.category(category).to_lowercase();
            let more = more(self.reader.category(category), if whose.is_own() { say.all_of(&name) } else { say.more_of(&name) });
            view! { {none}{list}{end(say, whose, false)}<p>{more}</p> }.into_any()
        } else {
            not_shared(say)
        };
        view! { <section class="sheet" aria-labelledby=id><h2 id=id>{heading}</h2>{key(say, self.aside, category)}{inside}</section> }
            .into_any()
    }
}

/// Results out of range, where results are shown at all: to anybody but the patient, that
/// there is none is not said.
fn out_of_range(around: &Around<'_>, outside: Vec<Entry>, some_wait: bool) -> Option<AnyView> {
    let Around { reader, whose, aside } = around;
    let say = reader.say;
    if !whose.may_show(Category::Results) || (outside.is_empty() && !whose.is_own()) {
        return None;
    }
    let none = outside
        .is_empty()
        .then(|| view! { <p class="quiet">{if some_wait { say.none_out_of_range_opened() } else { say.none_out_of_range() }}</p> });
    let list = (!outside.is_empty()).then(|| results(say, reader.patient, outside, Tells::All));
    let ending = end(say, whose, false);
    Some(
        view! {
            <section class="sheet" aria-labelledby="outside">
                <h2 id="outside">{say.out_of_range()}</h2>
                {key(say, *aside, Category::Results)}
                {none}
                {list}
                {ending}
            </section>
        }
        .into_any(),
    )
}

/// Who looks after the patient, with where that is said. To anybody but the patient a team
/// of which nobody may be named is not there.
fn care_team(say: Say, reader: &Reader, whose: &Whose, team: Vec<Member>) -> Option<AnyView> {
    if team.is_empty() && !whose.is_own() {
        return None;
    }
    let none = team.is_empty().then(|| view! { <p class="quiet">{say.none_recorded()}</p> });
    let row = |member: Member| {
        let seen = member.seen.map(|(first, precision)| view! { {say.last_visit()} " " {when(say, first, precision)} }.into_any());
        Row {
            href: address(reader.patient, member.category, member.item),
            name: member.name,
            medical: Some(if member.is_in_team { say.named_in_team() } else { say.seen_at_visit() }.to_owned()),
            when: seen,
            place: member.place,
            from: Some(from_source(say, &member.source)),
            said: member.disputed.as_ref().map(|said| disputed(say, reader.patient, said).into_any()),
            ..Row::default()
        }
    };
    let ending = end(say, whose, false);
    Some(
        sheet(
            "team",
            say.care_team(),
            view! {
                <p class="quiet">{say.care_team_says()}</p>
                {none}
                {(!team.is_empty()).then(|| rows(team.into_iter().map(row).collect()))}
                {ending}
            },
        )
        .into_any(),
    )
}
