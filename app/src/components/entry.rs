//! An item of a record as a row of a list.

use chartkey_domain::{
    category::Category,
    id::{ItemId, PatientId},
};
use chartkey_portal::entry::Entry;
use leptos::{either::Either, prelude::*};

use super::{flag::flag, icon::Icon, result::unit, row::Row, when::when};
use crate::catalogue::Say;

/// The address of an item's own page.
#[must_use]
pub fn address(patient: PatientId, category: Category, item: ItemId) -> String {
    format!("/record/{patient}/{}/{item}", category.slug())
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
pub fn named(entry: &Entry) -> impl IntoView + use<> {
    let (name, _) = plain(&entry.title);
    if entry.is_error { Either::Left(view! { <s>{name}</s> }) } else { Either::Right(name) }
}

/// An entry as a row: plain name, date, who, where, source.
pub fn row_of(say: Say, patient: PatientId, entry: Entry) -> Row {
    let (name, medical) = plain(&entry.title);
    let date = entry.when.map(|(first, precision)| say.when(first, precision));
    let when = match entry.when {
        Some((first, precision)) => when(say, first, precision).into_any(),
        None => say.no_date().into_any(),
    };
    let value = entry.value.text.as_ref().map(|text| match entry.value.unit.as_deref().and_then(unit) {
        Some(unit) => format!("{text} {unit}"),
        None => text.clone(),
    });
    let private = entry.is_private.then(|| flag("held", Icon::Private, say.private().to_owned()));
    Row {
        href: address(patient, entry.category, entry.id),
        name,
        aside: date,
        medical: value.or(medical).or_else(|| entry.status.as_deref().and_then(|status| say.unusual_status(status)).map(str::to_owned)),
        flag: private,
        when: Some(when),
        who: entry.author,
        place: entry.place,
        from: Some(say.from(&entry.source)),
        is_error: entry.is_error,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn the_kind_behind_a_name_is_dropped_and_the_name_is_kept() {
        assert_eq!(plain("Viral sinusitis (disorder)").0, "Viral sinusitis");
        assert_eq!(plain("Cholesterol (total)").0, "Cholesterol (total)");
        assert_eq!(plain("(disorder)").0, "(disorder)");
        assert_eq!(plain("Sodium [Moles/volume] in Serum"), ("Sodium".to_owned(), Some("Moles/volume in Serum".to_owned())));
        assert_eq!(plain(" Flu ").0, "Flu");
    }
}
