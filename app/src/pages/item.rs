//! `/record/{patient}/{category}/{item}`: one thing with all that it tells.

use chartkey_domain::{category::Category, id::PatientId, names};
use chartkey_portal::{
    entry::Value,
    items::{Detail, Fact, Original, Said},
};
use leptos::prelude::*;

use self::{contents::contents, twins::twins};
use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        disputed::statement,
        entry::{Called, address, called, entry_when, named, plain, row_of},
        facts::facts,
        flag::{flag, range_flag},
        form::{problem_summary, titled},
        icon::{Icon, icon},
        line::{big_line, range_words},
        list::key,
        meaning::meaning,
        notice::{Role, notice, what_was_done},
        result::{Digits, figure, unit},
        row::rows,
        sheet::{back, more, sheet},
        source::{by_hand, is_reader_s, source_name},
        trend::{still, table},
        when::{moment, when},
    },
    pages::{Paged, page, reader::Reader, waiting::interruption},
    request::{item as item_of_page, of_record, parameter, problem, query},
    shell::{Place, document},
};

pub mod contents;
pub mod twins;

/// One item of the category that the address names.
pub fn item() -> impl IntoView {
    page(async {
        let name: String = parameter("category")?;
        one(Reader::of_record()?, Category::from_slug(&name).ok_or(ApiError::NotFound)?).await
    })
}

/// `/record/{patient}/visits/{item}/about`: what the visit itself tells.
pub fn about_visit() -> impl IntoView {
    page(async { one(Reader::of_record()?, Category::Visits).await })
}

async fn one(reader: Reader, category: Category) -> Paged {
    let original = if query("original").is_some() { Original::Show } else { Original::Leave };
    let opened = reader.portal.item(&reader.visitor, reader.patient, category, item_of_page()?, original).await?;
    let (say, whose, detail) = (reader.say, opened.whose, opened.view);
    if detail.entry.waits {
        return Ok(interruption(&reader, &whose, &detail));
    }
    let Called { name, beside, is_ours } = called(say, &detail.entry);
    let date = entry_when(say, &detail.entry);
    let is_own_hand = whose.is_own() && detail.entry.is_by_hand();
    let is_error = detail.entry.is_error.then(|| notice(Role::Caution, say.entered_in_error(), ()));
    let place = reader.category(category);
    let lang = detail.language.clone();
    let here = address(reader.patient, category, detail.entry.id);
    let asked = detail.original.is_some();
    let original = whose.is_own().then(|| {
        let (href, words) =
            if asked { (here.clone(), say.hide_original()) } else { (format!("{here}?original=1#original"), say.see_original()) };
        view! { <p class="actions"><a href=href>{words}</a></p> }
    });
    // What the patient wrote they change themselves.
    let wrong = (whose.is_own() && !is_own_hand && detail.entry.disputed.is_none())
        .then(|| view! { <p class="actions"><a href=format!("{here}/wrong")>{say.this_is_wrong()}</a></p> });
    let change = (is_own_hand && !detail.entry.is_error).then(|| {
        view! {
            <p class="actions">
                <a class="button second small" href=format!("{here}/change")>{icon(Icon::Pen)}{say.change()}</a>
                <a class="button second small" href=format!("{here}/take-back")>{say.take_back()}</a>
            </p>
        }
    });
    let private = detail.entry.is_private.then(|| flag("held", Icon::Private, say.private().to_owned()));
    let seen = whose.is_own().then(|| {
        sheet(
            "who",
            say.who_can_see_this(),
            view! { <p>{seen_by(say, &detail, category)}</p><p><a href=format!("{here}/who")>{say.see_and_stop()}</a></p> },
        )
    });
    let raw = detail.original.clone().map(|raw| {
        view! { <section class="sheet" aria-labelledby="original"><h2 id="original">{say.the_original()}</h2><pre class="raw" tabindex="0" role="group" aria-labelledby="original">{raw}</pre></section> }
    });
    let body = view! {
        {back(place, say.category(category))}
        {problem_summary(say, problem())}
        <div class="title">
            <h1 lang=lang.clone().filter(|_| !is_ours)>{named(say, &detail.entry)}</h1>
            {beside.map(|beside| view! { <p class="medical" lang=lang>{beside}</p> })}
            <p class="quiet">{date}</p>
            {(detail.entry.is_by_hand() || private.is_some()).then(|| {
                let by_hand = detail.entry.is_by_hand().then(|| view! { {by_hand(say, &detail.entry.source)} " " });
                view! { <p>{by_hand}{private}</p> }
            })}
        </div>
        {done(say, reader.patient, &detail, is_own_hand)}
        {is_error}
        {statement(say, reader.patient, &detail.entry)}
        <div class="split">
            <div>
                {measured(say, &detail)}
                {meaning(say, &detail.entry)}
                {contents(say, &whose, &detail)}
                {kin(say, reader.patient, &name, &detail)}
            </div>
            <div>{sheet("about", say.about_this(), view! { {about(say, reader.patient, whose.is_own(), &detail)}{change}{original}{wrong} })}{twins(say, reader.patient, &detail, whose.is_own())}{seen}</div>
        </div>
        {raw}
        {(!whose.is_own()).then(|| view! { <p class="quiet">{say.not_everything()}</p> })}
    };
    Ok(document(reader.page(titled(say, &name, problem()), Place::Category(category), &whose), body).into_any())
}

/// How many a share lets see what is of its category; nobody, where it is private.
fn seen_by(say: Say, detail: &Detail, category: Category) -> AnyView {
    if detail.entry.is_private {
        return say.private_reaches_nobody().into_any();
    }
    key(say, detail.aside.as_ref(), category).into_any()
}

/// The value, large, with its line.
fn measured(say: Say, detail: &Detail) -> Option<AnyView> {
    let value = &detail.entry.value;
    value.text.as_ref()?;
    let inside = view! {
        <div class="alongside"><div class="large">{figure(say, value, Digits::All)}</div>{range_flag(say, value)}</div>
        {big_line(say, value)}
    };
    Some(
        view! {
            <section class="sheet" aria-labelledby="value">
                <h2 id="value"><span class="hide">{say.the_result()}</span></h2>
                {(!detail.entry.is_private).then(|| key(say, detail.aside.as_ref(), detail.entry.category))}
                {inside}
            </section>
        }
        .into_any(),
    )
}

/// The same at other times as chart and table, or the other records of it.
fn kin(say: Say, patient: PatientId, name: &str, detail: &Detail) -> Option<AnyView> {
    let Some(trend) = &detail.trend else {
        let list = rows(detail.kin.iter().cloned().map(|entry| row_of(say, patient, entry)).collect());
        return (!detail.kin.is_empty()).then(|| sheet("others", say.the_other_records(), list).into_any());
    };
    let href = of_record(patient, &format!("/trends/{}", trend.series));
    let inside = view! {
        {still(say, name, trend)}
        <details><summary>{say.same_in_table()}</summary>{table(say, patient, name, trend)}</details>
        <p>{more(href, say.see_over_time())}</p>
    };
    Some(sheet("trend", say.over_time(), inside).into_any())
}

fn about(say: Say, patient: PatientId, is_own: bool, detail: &Detail) -> impl IntoView + use<> {
    let entry = &detail.entry;
    let (ranges, others): (Vec<Fact>, Vec<Fact>) = detail.facts.iter().cloned().partition(|fact| fact.name == "fact.range");
    // Of several the source's own words say which is for whom.
    let range = range(say, &entry.value).filter(|_| ranges.len() < 2);
    let ranges: Vec<Fact> = ranges.into_iter().filter(|fact| range.is_none() || !is_only_ends(&entry.value, fact)).collect();
    let ranges = in_words(say, patient, &ranges, detail.language.as_deref());
    let mut told: Vec<(String, AnyView)> = range.into_iter().chain(unit_in_words(say, &entry.value)).chain(ranges).collect();
    told.extend(in_words(say, patient, &others, detail.language.as_deref()));
    if entry.is_by_hand() {
        let who = if is_reader_s(&entry.source) { say.you() } else { say.the_patient() };
        told.push((say.recorded_by().to_owned(), who.into_any()));
    }
    told.push((say.source_of().to_owned(), source_name(say, &entry.source).into_any()));
    let since = if is_own { say.added() } else { say.added_to_record() };
    told.push((since.to_owned(), moment(say, entry.added_at).into_any()));
    facts(told)
}

/// Facts as words and values. One word and several values: the word is said once for each, so that no value stands alone.
pub fn in_words(say: Say, patient: PatientId, facts: &[Fact], lang: Option<&str>) -> Vec<(String, AnyView)> {
    facts.iter().map(|Fact { name, said }| (say.fact(name), spoken(say, patient, name, said, lang))).collect()
}

/// What was just done: by hand, or with what several sources tell.
fn done(say: Say, patient: PatientId, detail: &Detail, is_own_hand: bool) -> Option<AnyView> {
    let (words, is_writing) = match (query("done")?.as_str(), is_own_hand) {
        ("added", true) => (say.writing_added(), true),
        ("changed", true) => (say.writing_changed(), true),
        ("taken-back", true) => (say.writing_taken_back(), true),
        ("taken-apart", false) if !detail.parted.is_empty() => (say.taken_apart(), false),
        ("put-together", false) if detail.parted.is_empty() => (say.put_together(), false),
        _ => return None,
    };
    let another = is_writing.then(|| view! { <p><a href=format!("/record/{patient}/add")>{say.add_another()}</a></p> });
    Some(what_was_done(words, another).into_any())
}

fn range(say: Say, value: &Value) -> Option<(String, AnyView)> {
    (value.low.is_some() || value.high.is_some()).then(|| {
        let unit = value.unit.as_deref().and_then(unit).unwrap_or_default();
        (say.range().to_owned(), say.range_by_laboratory(&range_words(say, value), &unit).into_any())
    })
}

/// Whether a range says no more than its two ends and its unit.
fn is_only_ends(value: &Value, range: &Fact) -> bool {
    let Said::Text(words) = &range.said else { return false };
    let rest = value.unit.as_deref().map_or_else(|| words.clone(), |unit| words.replace(unit, " "));
    let is_end = |number: &str| [&value.low_text, &value.high_text].into_iter().any(|end| end.as_deref() == Some(number));
    let mut numbers = rest.split(|letter: char| !letter.is_ascii_digit() && letter != '.').filter(|number| !number.is_empty());
    !rest.contains(char::is_alphabetic) && numbers.all(is_end)
}

/// The unit as it is written and in words, where it has any.
fn unit_in_words(say: Say, value: &Value) -> Option<(String, AnyView)> {
    let written = value.unit.as_deref()?;
    let words = say.unit(*names::unit(written)?);
    Some((say.unit_word().to_owned(), say.unit_in_words(&unit(written)?, words).into_any()))
}

/// What a fact says. What the source wrote has the language that it says, `lang`; a code of
/// its is said in ours.
pub(super) fn spoken(say: Say, patient: PatientId, name: &str, said: &Said, lang: Option<&str>) -> AnyView {
    let when_of = |moment: &chartkey_domain::when::Moment| say.when(moment.first, moment.precision);
    match said {
        Said::Text(text) if name == "fact.status" => say.status(text).map_or_else(|| say.coded(text), str::to_owned).into_any(),
        Said::Text(text) => match lang.filter(|_| say.coded(text) == *text) {
            Some(lang) => view! { <span lang=lang.to_owned() dir="auto">{text.clone()}</span> }.into_any(),
            None => say.coded(text).into_any(),
        },
        Said::Moment(of) => when(say, of.first, of.precision).into_any(),
        Said::Period(Some(from), Some(to)) if when_of(from) == when_of(to) => when_of(from).into_any(),
        Said::Period(Some(from), Some(to)) => say.from_to(&when_of(from), &when_of(to)).into_any(),
        Said::Period(Some(from), None) => say.from_on(&when_of(from)).into_any(),
        Said::Period(None, Some(to)) => say.up_to(&when_of(to)).into_any(),
        Said::Period(None, None) => say.not_recorded().into_any(),
        Said::Item(item, category, words) => {
            let href = address(patient, *category, *item);
            view! { <a href=href>{plain(words).0}</a> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use chartkey_domain::id::ItemId;
    use chartkey_portal::entry::Entry;
    use time::macros::datetime;

    #[test]
    fn a_range_is_said_once_and_several_in_the_words_of_their_source() {
        let told = |ranges: &[&str]| {
            let value = Value {
                text: Some("139".to_owned()),
                unit: Some("mmol/L".to_owned()),
                low: Some(135.0),
                high: Some(145.0),
                low_text: Some("135".to_owned()),
                high_text: Some("145".to_owned()),
                ..Value::default()
            };
            let entry = Entry {
                id: ItemId(uuid::Uuid::nil()),
                category: Category::Results,
                resource_type: "Observation".to_owned(),
                title: "Sodium".to_owned(),
                codes: Vec::new(),
                status: None,
                is_error: false,
                is_private: false,
                when: None,
                last_at: None,
                value,
                series: None,
                report: None,
                before: None,
                author: None,
                place: None,
                source: "Laboratory".to_owned(),
                twins: Vec::new(),
                added_at: datetime!(2024-02-01 0:00 UTC),
                disputed: None,
                waits: false,
            };
            let facts = ranges.iter().map(|range| Fact { name: "fact.range", said: Said::Text((*range).to_owned()) }).collect();
            let detail = Detail {
                entry,
                facts,
                contents: Vec::new(),
                readings: Vec::new(),
                copies: Vec::new(),
                language: None,
                trend: None,
                kin: Vec::new(),
                parted: Vec::new(),
                original: None,
                aside: None,
            };
            about(Say::of(Language::English), PatientId(uuid::Uuid::nil()), true, &detail).to_html()
        };
        let count = |page: &str| page.matches("<dt>Range").count();
        for ranges in [&[][..], &["135 – 145 mmol/L"]] {
            let page = told(ranges);
            assert_eq!((count(&page), page.contains("135 to 145 mmol/L")), (1, true), "{page}");
        }
        for more in ["adults: 135 – 145 mmol/L", "130 – 145 mmol/L"] {
            let page = told(&[more]);
            assert_eq!((count(&page), page.contains(more)), (2, true), "{page}");
        }
        let page = told(&["135 – 145 mmol/L", "130 – 140 mmol/L"]);
        assert!(count(&page) == 2 && page.contains("130 – 140 mmol/L"), "{page}");
    }
}
