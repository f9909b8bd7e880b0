//! An item of a record as a row of a list.

use chartkey_domain::{
    category::Category,
    id::{ItemId, PatientId},
    names,
    when::Precision,
};
use chartkey_portal::{
    entry::{Entry, ReportHead},
    fhir::types,
};
use leptos::{either::Either, prelude::*};

use super::{
    disputed::disputed,
    flag::flag,
    icon::Icon,
    result::unit,
    row::Row,
    source::{self, by_hand, from_source, source_name},
    when::{moment, when},
};
use crate::{catalogue::Say, request::of_record};

/// The address of an item's own page.
#[must_use]
pub fn address(patient: PatientId, category: Category, item: ItemId) -> String {
    of_record(patient, &format!("/{}/{item}", category.slug()))
}

/// What a thing is called, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The plain name where its code has one, else what the source wrote.
    pub name: String,
    /// What the source wrote beside a plain name, or how exactly the name is meant.
    pub beside: Option<String>,
    /// Whether the name is of our catalogue and so in the reader's language.
    pub is_ours: bool,
}

/// What an entry is called.
#[must_use]
pub fn called(say: Say, entry: &Entry) -> Called {
    let called = calling(say, &entry.resource_type, &entry.title, &entry.codes);
    // What its patient chose from a form of ours has no words of a source.
    if called.is_ours && entry.is_by_hand() { Called { beside: None, ..called } } else { called }
}

/// What a report is called.
#[must_use]
pub fn report_called(say: Say, report: &ReportHead) -> Called {
    calling(say, "DiagnosticReport", &report.title, &report.codes)
}

fn calling(say: Say, resource_type: &str, title: &str, codes: &[String]) -> Called {
    let Some(plain) = names::plain(codes) else {
        if let Some(name) = say.unnamed(resource_type, title) {
            return Called { name, beside: None, is_ours: true };
        }
        let (name, beside) = plain(title);
        return Called { name, beside, is_ours: false };
    };
    let name = say.plain_words(plain).name;
    let written = title.trim();
    // A source that wrote a code alone has no words of its own to show.
    let is_theirs = written != types::in_words(resource_type) && written.to_lowercase() != name.to_lowercase();
    Called { name: name.to_owned(), beside: is_theirs.then(|| written.to_owned()), is_ours: true }
}

/// The name of a thing and, apart from it, how exactly it is meant. Some code
/// systems end a name with the kind of thing it is in brackets, which no page
/// needs: that is dropped. Names of laboratory tests put property and specimen
/// behind the name: that is set apart.
#[must_use]
pub fn plain(title: &str) -> (String, Option<String>) {
    const KINDS: [&str; 12] = [
        "disorder",
        "finding",
        "procedure",
        "situation",
        "regime/therapy",
        "person",
        "environment",
        "event",
        "observable entity",
        "physical object",
        "product",
        "qualifier value",
    ];
    let title = title.trim();
    if let Some((name, kind)) = title.strip_suffix(')').and_then(|inside| inside.rsplit_once(" ("))
        && !name.is_empty()
        && KINDS.contains(&kind)
    {
        return (name.to_owned(), None);
    }
    match title.split_once(" [") {
        Some((name, rest)) if !name.is_empty() && rest.contains(']') => (name.to_owned(), Some(rest.replacen(']', "", 1))),
        _ => (title.to_owned(), None),
    }
}

/// The plain name of an entry, struck through where it was entered in error.
pub fn named(say: Say, entry: &Entry) -> impl IntoView + use<> {
    let Called { name, .. } = called(say, entry);
    if entry.is_error { Either::Left(view! { <s>{name}</s> }) } else { Either::Right(name) }
}

/// When, in words. Of what its patient wrote by hand the time counts, too: it is taken several times a day.
#[must_use]
pub fn date_of(say: Say, entry: &Entry) -> Option<String> {
    entry.when.map(|(first, precision)| if has_time(entry, precision) { say.day_and_time(first) } else { say.when(first, precision) })
}

/// The same, marked up.
pub fn entry_when(say: Say, entry: &Entry) -> Option<AnyView> {
    entry.when.map(
        |(first, precision)| {
            if has_time(entry, precision) { moment(say, first).into_any() } else { when(say, first, precision).into_any() }
        },
    )
}

fn has_time(entry: &Entry, precision: Precision) -> bool {
    precision == Precision::Instant && entry.is_by_hand()
}

/// Who delivered an entry, and who else the same.
#[must_use]
pub fn delivered(say: Say, entry: &Entry) -> String {
    all_from(say, entry, from_source)
}

/// The names of all who delivered an entry.
#[must_use]
pub fn sources(say: Say, entry: &Entry) -> String {
    all_named(say, entry, source_name)
}

/// The same two on what others will read, whoever prints it.
pub mod for_others {
    use super::{Entry, Say, all_from, all_named, source::for_others};

    /// "from Northfield, also added by the patient".
    #[must_use]
    pub fn delivered(say: Say, entry: &Entry) -> String {
        all_from(say, entry, for_others::from_source)
    }

    /// The names alone.
    #[must_use]
    pub fn sources(say: Say, entry: &Entry) -> String {
        all_named(say, entry, for_others::source_name)
    }
}

fn all_from(say: Say, entry: &Entry, from: fn(Say, &str) -> String) -> String {
    let others = entry.twins.iter().map(|twin| say.also(&from(say, &twin.source)));
    std::iter::once(from(say, &entry.source)).chain(others).collect::<Vec<_>>().join(", ")
}

fn all_named(say: Say, entry: &Entry, name: fn(Say, &str) -> String) -> String {
    let others = entry.twins.iter().map(|twin| twin.source.as_str());
    std::iter::once(entry.source.as_str()).chain(others).map(|source| name(say, source)).collect::<Vec<_>>().join(", ")
}

/// An entry as a row: plain name, date, who, where, source.
pub fn row_of(say: Say, patient: PatientId, entry: Entry) -> Row {
    let Called { name, beside, .. } = called(say, &entry);
    let date = date_of(say, &entry);
    let when = entry_when(say, &entry).unwrap_or_else(|| say.no_date().into_any());
    let value = entry.value.text.as_ref().map(|text| match entry.value.unit.as_deref().and_then(unit) {
        Some(unit) => format!("{text} {unit}"),
        None => text.clone(),
    });
    let value = if entry.waits { Some(say.result_waits().to_owned()) } else { value };
    let private = entry.is_private.then(|| flag("held", Icon::Private, say.private().to_owned()));
    let by_hand = by_hand(say, &entry.source);
    // What its patient wrote says so already.
    let from = by_hand.is_none().then(|| delivered(say, &entry));
    let flags: Vec<AnyView> = by_hand.into_iter().chain(private).collect();
    Row {
        href: address(patient, entry.category, entry.id),
        name,
        aside: date,
        medical: value.or_else(|| entry.status.as_deref().and_then(|status| say.unusual_status(status)).map(str::to_owned)),
        beside,
        flag: (!flags.is_empty()).then(|| flags.into_iter().map(|flag| view! { {flag} " " }).collect_view().into_any()),
        when: Some(when),
        who: entry.author,
        place: entry.place,
        from,
        is_error: entry.is_error,
        said: entry.disputed.as_ref().map(|said| disputed(say, patient, said).into_any()),
        ..Row::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Called, calling, plain};
    use crate::catalogue::{Language, Say};

    #[test]
    fn a_plain_name_comes_first_and_the_words_of_the_source_stand_beside_it() {
        let codes = ["http://loinc.org|718-7".to_owned()];
        let of = |language, title| calling(Say::of(language), "Observation", title, &codes);
        let called = |name: &str, beside: Option<&str>| Called { name: name.to_owned(), beside: beside.map(str::to_owned), is_ours: true };
        let title = "Hemoglobin [Mass/volume] in Blood";
        assert_eq!(of(Language::English, title), called("Haemoglobin in blood", Some(title)));
        assert_eq!(of(Language::Spanish, title), called("Hemoglobina en sangre", Some(title)));
        assert_eq!(of(Language::English, " haemoglobin in Blood "), called("Haemoglobin in blood", None));
        assert_eq!(of(Language::English, "Observation"), called("Haemoglobin in blood", None));
    }

    #[test]
    fn without_a_plain_name_the_source_gives_the_name() {
        let called = calling(Say::of(Language::Spanish), "Condition", "Quokka bite (disorder)", &["http://snomed.info/sct|0".to_owned()]);
        assert_eq!(called, Called { name: "Quokka bite".to_owned(), beside: None, is_ours: false });
    }

    #[test]
    fn the_kind_behind_a_name_is_dropped_and_the_name_is_kept() {
        assert_eq!(plain("Viral sinusitis (disorder)").0, "Viral sinusitis");
        assert_eq!(plain("Cholesterol (total)").0, "Cholesterol (total)");
        assert_eq!(plain("(disorder)").0, "(disorder)");
        assert_eq!(plain("Sodium [Moles/volume] in Serum"), ("Sodium".to_owned(), Some("Moles/volume in Serum".to_owned())));
        assert_eq!(plain(" Flu ").0, "Flu");
    }
}
