//! A measurement as a row: name, line, value with its own unit, word, value before.

use chartkey_domain::{category::Category, id::PatientId, when::Precision};
use chartkey_portal::entry::{Entry, Value};
use leptos::{either::Either, prelude::*};

use super::{
    disputed::{disputed, mark},
    entry::{Called, address, called, date_of, delivered, row_of},
    flag::{Lies, range_flag},
    icon::{Icon, icon},
    line::line,
    row::row,
    source::by_hand,
};
use crate::catalogue::Say;

/// What a row says of when, who, where and from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// All of it: no heading does.
    All,
    /// From whom, where that is several.
    Several,
    /// Nothing: the heading says all.
    Nothing,
}

/// A result as a list item; one that waits as a row that says so.
pub fn result(say: Say, patient: PatientId, entry: Entry, tells: Tells) -> impl IntoView {
    if entry.waits {
        return Either::Left(row(row_of(say, patient, entry)));
    }
    let date = date_of(say, &entry);
    let by_hand = by_hand(say, &entry.source);
    let href = address(patient, entry.category, entry.id);
    let Called { name, beside, .. } = called(say, &entry);
    let name = if entry.is_error { Either::Left(view! { <s>{name}</s> }) } else { Either::Right(name) };
    let was = entry.before.as_ref().map(|before| {
        let precision = if before.precision == Precision::Year { Precision::Year } else { Precision::Month };
        let was = say.was(&shortened(&before.text), &say.when(before.first, precision));
        let doubted = before.disputed.as_ref().and_then(|said| mark(say, patient, said)).map(|mark| (" ", mark));
        view! { <p class="was">{was}{doubted}</p> }
    });
    // What nobody gives a range for, weight or height, is not missing one.
    let has_line = entry.category != Category::Vitals || entry.value.low.is_some() || entry.value.high.is_some();
    let said = (tells == Tells::All)
        .then(|| [date.clone(), entry.author.clone(), entry.place.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · "));
    let is_told = tells == Tells::All || (tells == Tells::Several && !entry.twins.is_empty());
    // What its patient wrote says so already.
    let from = by_hand.is_none().then(|| view! { " " <span class="from">{icon(Icon::Source)} " " {delivered(say, &entry)}</span> });
    let meta = is_told.then(|| {
        view! { <p class="meta">{said.map(|said| view! { <span class="when">{said}</span> })}{from}</p> }
    });
    let aside = date.map(|date| view! { <span class="hide">", " {date}</span> });
    Either::Right(view! {
        <li class="result">
            <p class="label">
                <a class="name" href=href>{name}{aside}</a>
                {beside.map(|beside| view! { " " <span class="medical">{beside}</span> })}
                {by_hand.map(|flag| (" ", flag))}
            </p>
            {has_line.then(|| line(say, &entry.value))}
            {figure(say, &entry.value, Digits::Few)}
            {(Lies::of(&entry.value) != Lies::Unknown).then(|| range_flag(say, &entry.value))}
            {was}
            {meta}
            {entry.disputed.as_ref().map(|said| disputed(say, patient, said))}
        </li>
    })
}

/// The value with its unit; words are set smaller than numbers.
pub fn figure(say: Say, value: &Value, digits: Digits) -> impl IntoView + use<> {
    let text = value.text.as_deref().map_or_else(
        || say.not_recorded().to_owned(),
        |text| match digits {
            Digits::All => text.to_owned(),
            Digits::Few => shortened(text),
        },
    );
    let is_figure = value.number.is_some() || text.starts_with(|first: char| first.is_ascii_digit());
    // Every digit of the source is kept; a long number is set smaller instead.
    let class = match (is_figure, text.chars().count()) {
        (false, _) => "figure words",
        (true, ..=7) => "figure",
        (true, _) => "figure long",
    };
    let unit = value.unit.as_deref().and_then(unit);
    view! { <p class=class>{text}{unit.map(|unit| view! { " " <span>{unit}</span> })}</p> }
}

/// How many digits of a value are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// As many as the source gave: where the value is what the page is about.
    All,
    /// Three behind the point at most, and a sign that there are more.
    Few,
}

/// A number as a list shows it, or several ("120 / 80"): none of its digits is changed, and
/// "…" stands for those behind the third decimal.
#[must_use]
pub fn shortened(text: &str) -> String {
    text.split(" / ").map(shortened_number).collect::<Vec<_>>().join(" / ")
}

fn shortened_number(text: &str) -> String {
    let Some((whole, decimals)) = text.split_once('.') else { return text.to_owned() };
    let is_number = decimals.bytes().all(|byte| byte.is_ascii_digit()) && !whole.contains(' ');
    match decimals.get(..3) {
        Some(first) if is_number && decimals.len() > 4 => format!("{whole}.{first}…"),
        _ => text.to_owned(),
    }
}

/// A unit as people write it: an annotation of UCUM loses its braces, "no unit" is none, and what is
/// written for machines ("10*3/uL") is written as on paper ("10³/µL").
#[must_use]
pub fn unit(unit: &str) -> Option<String> {
    let plain: String = unit.chars().filter(|letter| !matches!(letter, '{' | '}')).collect();
    match plain.as_str() {
        "" | "1" => None,
        _ => Some(plain.split('/').map(printed).collect::<Vec<_>>().join("/")),
    }
}

/// One part of a unit as it is printed. Its own spaces do not break a line.
fn printed(part: &str) -> String {
    match part {
        "mm[Hg]" => "mmHg",
        "umol" => "µmol",
        "ug" => "µg",
        "uL" => "µL",
        "10*3" => "10³",
        "10*6" => "10⁶",
        "10*9" => "10⁹",
        "10*12" => "10¹²",
        "[IU]" => "IU",
        "m[IU]" => "mIU",
        "u[IU]" => "µIU",
        "m2" => "m²",
        "Cel" => "°C",
        "[degF]" => "°F",
        "[lb_av]" => "lb",
        "[in_i]" => "in",
        "1.73_m2" | "1.73 m2" => "1.73\u{a0}m²",
        _ => return part.to_owned(),
    }
    .to_owned()
}

/// A list of results.
pub fn results(say: Say, patient: PatientId, entries: Vec<Entry>, tells: Tells) -> impl IntoView {
    view! { <ul class="rows">{entries.into_iter().map(|entry| result(say, patient, entry, tells)).collect_view()}</ul> }
}

/// The newest of each series that lies outside its laboratory's range, at most `most`. Of
/// two of one series only the newer one counts, and what the patient measured covers nothing of a laboratory's.
#[must_use]
pub fn outside(measured: &[Entry], most: usize) -> Vec<Entry> {
    let is_newest = |place: usize, entry: &Entry| {
        let newer = measured.get(..place).unwrap_or_default();
        entry.series.is_none() || newer.iter().all(|other| other.series != entry.series || other.is_by_hand() != entry.is_by_hand())
    };
    let lies_outside = |entry: &Entry| !matches!(Lies::of(&entry.value), Lies::In | Lies::Unknown);
    let found = measured.iter().enumerate().filter(|(place, entry)| lies_outside(entry) && is_newest(*place, entry));
    found.map(|(_, entry)| entry.clone()).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::{shortened, unit};

    #[test]
    fn no_digit_of_the_source_is_changed() {
        assert_eq!(shortened("23.942126983069436"), "23.942…");
        assert_eq!(shortened("1.50"), "1.50");
        assert_eq!(shortened("1.2345"), "1.2345");
        assert_eq!(shortened("120 / 80"), "120 / 80");
        assert_eq!(shortened("158.66349351292294 / 95.96906219640271"), "158.663… / 95.969…");
        assert_eq!(shortened("See 1.23456 there"), "See 1.23456 there");
    }

    #[test]
    fn a_unit_is_written_as_people_write_it() {
        assert_eq!(unit("mm[Hg]").as_deref(), Some("mmHg"));
        assert_eq!(unit("{score}").as_deref(), Some("score"));
        assert_eq!(unit("1"), None);
        assert_eq!(unit("mmol/L").as_deref(), Some("mmol/L"));
        assert_eq!(unit("10*3/uL").as_deref(), Some("10³/µL"));
        assert_eq!(unit("mL/min/{1.73_m2}").as_deref(), Some("mL/min/1.73\u{a0}m²"));
        assert_eq!(unit("kg/m2").as_deref(), Some("kg/m²"));
    }
}
