//! `/about/components`: what pages are made of, each in every state. It is what the browser
//! tests photograph, and where a change of style is looked at first.

use chartkey_domain::{
    category::Category,
    grant::GrantState,
    id::{ItemId, PatientId},
    when::Precision,
};
use chartkey_portal::{
    entry::{Before, Entry, Value},
    trends::Trend,
};
use leptos::prelude::*;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::{
    catalogue::Say,
    components::{
        brief::part,
        entry::row_of,
        facts::facts,
        flag::flag,
        form::{choice, day, field, problem_summary},
        icon::Icon,
        line::big_line,
        notice::{Role, notice},
        result::{Digits, Tells, figure, results},
        row::{Row, rows},
        sentence::{Life, life, sentence},
        sheet::{back, key_chip, more, title},
        steps::{Step, steps},
        trend::{still, table},
    },
    pages::{Paged, page},
    request::{caller, problem},
    shell::{Page, Place, document},
};

/// Nobody's record.
const NOBODY: PatientId = PatientId(Uuid::nil());
const AT: OffsetDateTime = datetime!(2018-08-06 10:12 UTC);

/// The page. `?problem=email-taken` and its like show the fields as they are after a refusal.
pub fn components() -> impl IntoView {
    page(async {
        let say = caller().say();
        let body = view! {
            {back("/".to_owned(), say.product())}
            {title(say.components(), Some(say.components_says().to_owned()))}
            {shown("sheet", view! {
                <p class="actions">{key_chip(0, say.only_you(), String::new())} {key_chip(1, say.people_can_see(1), String::new())}
                {key_chip(2, say.people_can_see(2), String::new())} {key_chip(7, say.people_can_see(7), String::new())}</p>
                <p>{more("/".to_owned(), say.older())}</p>
            })}
            {shown("notice", notices(say))}
            {shown("rows", view! { {listed(say)} {part(say, say.category(Category::Problems), &[], say.nothing_here())} })}
            {shown("flag", flags(say))}
            {shown("line", values().into_iter().map(|(_, value)| big_line(say, &value)).collect_view())}
            {shown("result", measured(say))}
            {shown("trend", trend(say))}
            {shown("grant", grants(say))}
            {shown("facts", facts(vec![
                (say.column_who().to_owned(), "Mo Lee".into_any()),
                (say.column_place().to_owned(), say.not_recorded().into_any()),
            ]))}
            {shown("steps", steps(say, [
                Step { done: true, heading: say.sign_in(), says: say.promise_key(), command: None },
                Step { done: false, heading: say.download_fhir(), says: say.promise_log(), command: Some("chartkey export --patient ID") },
            ]))}
            {shown("form", form(say))}
        };
        Paged::Ok(document(Page::new(say.components(), Place::None), body).into_any())
    })
}

/// A component under the name of its file.
fn shown(name: &'static str, body: impl IntoView) -> impl IntoView {
    view! { <section class="sheet" aria-labelledby=name><h2 id=name><code>{name}</code></h2>{body}</section> }
}

fn notices(say: Say) -> impl IntoView {
    [
        (Role::Info, say.offline()),
        (Role::Ask, say.prove_yourself()),
        (Role::Caution, say.marked()),
        (Role::Positive, say.signed_out_done()),
        (Role::Critical, say.factor_lost()),
        (Role::Held, say.covered()),
    ]
    .map(|(role, heading)| notice(role, heading, view! { <p>{say.promise_back()}</p> }))
    .collect_view()
}

fn listed(say: Say) -> impl IntoView {
    let plain = entry(Category::Problems, "Essential hypertension (disorder)", Value::default());
    let wrong = Entry { is_error: true, ..entry(Category::Problems, "Asthma", Value::default()) };
    let bare = Entry { when: None, author: None, place: None, ..entry(Category::Problems, "Hay fever", Value::default()) };
    let waits = Entry { waits: true, ..entry(Category::Results, "Ferritin", Value::default()) };
    let mut shown: Vec<Row> = [plain, wrong, bare, waits].map(|entry| row_of(say, NOBODY, entry)).into();
    shown.push(Row {
        href: "#rows".to_owned(),
        name: "A very long name of a thing that a laboratory, a practice and a hospital each wrote in another way".to_owned(),
        medical: Some(say.step_open().to_owned()),
        flag: Some(flag("out", Icon::Warn, say.marked().to_owned())),
        ..Row::default()
    });
    rows(shown)
}

fn flags(say: Say) -> impl IntoView {
    [
        ("in", Icon::Ring, say.in_range()),
        ("out", Icon::Up, say.above_range()),
        ("out", Icon::Down, say.below_range()),
        ("far", Icon::Up, say.far_above_range()),
        ("far", Icon::Down, say.far_below_range()),
        ("out", Icon::Warn, say.marked()),
        ("unknown", Icon::Dash, say.no_range()),
    ]
    .map(|(role, sign, words)| view! { <p>{flag(role, sign, words.to_owned())}</p> })
    .collect_view()
}

/// A value of each kind that laboratories send.
fn values() -> Vec<(&'static str, Value)> {
    let number = |text: &str, unit: &str, low: Option<f64>, high: Option<f64>| Value {
        text: Some(text.to_owned()),
        number: text.parse().ok(),
        unit: Some(unit.to_owned()),
        low,
        high,
        low_text: low.map(|end| end.to_string()),
        high_text: high.map(|end| end.to_string()),
        ..Value::default()
    };
    let said = |text: &str| Value { text: Some(text.to_owned()), ..Value::default() };
    let coded = |value: Value, code: &str| Value { interpretation: Some(code.to_owned()), ..value };
    vec![
        ("Sodium", number("139", "mmol/L", Some(135.0), Some(145.0))),
        ("Potassium", number("5.3", "mmol/L", Some(3.5), Some(5.1))),
        ("Haemoglobin", number("98", "g/L", Some(120.0), Some(150.0))),
        ("Troponin", coded(number("212", "ng/L", None, Some(14.0)), "HH")),
        ("Glucose", coded(number("2.1", "mmol/L", Some(3.9), None), "LL")),
        ("Creatinine", number("71.2938461", "umol/L", None, None)),
        ("Ferritin", said("<0.5")),
        ("Antinuclear antibodies", said("1:160")),
        ("Blood culture", said("No growth after five days")),
        ("Urea", Value::default()),
    ]
}

fn measured(say: Say) -> impl IntoView {
    let entries = values()
        .into_iter()
        .enumerate()
        .map(|(place, (title, value))| Entry {
            before: (place == 1).then(|| Before {
                id: ItemId(Uuid::nil()),
                text: "4.9".to_owned(),
                first: AT - Duration::days(200),
                precision: Precision::Day,
                disputed: None,
            }),
            ..entry(Category::Results, title, value)
        })
        .collect();
    let large =
        values().into_iter().take(1).map(|(_, value)| view! { <div class="large">{figure(say, &value, Digits::All)}</div> }).collect_view();
    view! { {large} {results(say, NOBODY, entries, Tells::All)} }
}

fn trend(say: Say) -> impl IntoView {
    let entries: Vec<Entry> = [(0, "6.1"), (190, "5.8"), (420, "5.1"), (700, "4.4"), (1_100, "4.7")]
        .into_iter()
        .map(|(days, text)| {
            let value = Value {
                text: Some(text.to_owned()),
                number: text.parse().ok(),
                unit: Some("%".to_owned()),
                low: Some(4.0),
                high: Some(5.6),
                ..Value::default()
            };
            Entry { when: Some((AT - Duration::days(days), Precision::Day)), ..entry(Category::Results, "Haemoglobin A1c", value) }
        })
        .collect();
    Trend::of(String::new(), entries)
        .map(|trend| view! { {still(say, "Haemoglobin A1c", &trend)} {table(say, NOBODY, "Haemoglobin A1c", &trend)} })
}

fn grants(say: Say) -> impl IntoView {
    let lives =
        [(GrantState::Active, Some(Duration::days(20))), (GrantState::Paused, Some(Duration::days(20))), (GrantState::Active, None)];
    lives
        .map(|(state, left)| {
            let of = Life { starts_at: AT - Duration::days(10), ends_at: left.map(|left| AT + left), state };
            view! { <figure class="grant"><div inner_html=say.promise_sentence()></div>{sentence(say, "**Mo Lee**")}{life(say, of, AT)}</figure> }
        })
        .collect_view()
}

fn form(say: Say) -> impl IntoView {
    let parts = ["day", "month", "year"].map(|name| (name.to_owned(), String::new(), "off"));
    view! {
        {problem_summary(say, problem())}
        <form method="get" action="/about/components">
            {field("email", say.email_address(), "email", "off", None)}
            {field("passphrase", say.passphrase(), "password", "off", Some(say.passphrase_hint()))}
            {day(say, say.birth_date(), None, parts)}
            {choice("checkbox", "part", "1".to_owned(), true, say.category(Category::Results), Some(say.promise_key().to_owned()))}
            {choice("checkbox", "part", "2".to_owned(), false, say.category(Category::Medicines), None)}
            {choice("radio", "one", "1".to_owned(), true, say.category(Category::Visits), None)}
            {choice("radio", "one", "2".to_owned(), false, say.category(Category::Documents), None)}
            <p class="actions"><button class="button" type="submit">{say.try_again()}</button> <a href="/about/components">{say.close()}</a></p>
        </form>
    }
}

fn entry(category: Category, title: &str, value: Value) -> Entry {
    Entry {
        id: ItemId(Uuid::nil()),
        category,
        resource_type: "Observation".to_owned(),
        title: title.to_owned(),
        codes: Vec::new(),
        status: None,
        is_error: false,
        is_private: false,
        when: Some((AT, Precision::Day)),
        last_at: None,
        value,
        series: None,
        report: None,
        before: None,
        author: Some("Mo Lee".to_owned()),
        place: Some("Eastbrook Practice".to_owned()),
        source: "Eastbrook Laboratory".to_owned(),
        twins: Vec::new(),
        added_at: AT,
        disputed: None,
        waits: false,
    }
}
