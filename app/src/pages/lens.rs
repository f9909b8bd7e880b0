//! What belongs to a condition, and why: on the page of a search that a lens began.

use chartkey_domain::{category::Category, id::PatientId, lens::Lens};
use chartkey_portal::{
    Whose,
    entry::Entry,
    search::lens::{Because, Belongings, Seen},
};
use leptos::prelude::*;

use super::search::missing;
use crate::{
    catalogue::Say,
    components::{
        entry::row_of,
        icon::{Icon, turning},
        list::end,
        row::Row,
        search::{filters, part},
        sheet::{back, title},
    },
    pages::reader::Reader,
    shell::{Place, document},
};

/// What belongs to a lens. `here` is the address of the search, `only` the category that it shows, if it is one.
pub fn page(reader: &Reader, here: &str, only: Option<Category>, whose: &Whose, lens: &Lens, seen: Seen) -> AnyView {
    let say = reader.say;
    let is_empty = seen.groups.is_empty();
    let filters = filters(say, here, only, seen.groups.iter().map(|group| (group.category, group.total)));
    let section = |group: Belongings| {
        let list = group.rows.into_iter().map(|(entry, because)| row(reader, entry, &because)).collect();
        part(say, here, only, (group.category, group.total), list)
    };
    let groups = seen.groups.into_iter().filter(|group| !group.rows.is_empty()).map(section).collect_view();
    let name = say.either(lens.title);
    let nothing = (is_empty && whose.is_own()).then(|| view! { <p>{say.lens_nothing()}</p> });
    let body = view! {
        {back(reader.path("/search"), say.search())}
        {title(name, Some(say.lens_says().to_owned()))}
        {missing(say, seen.missing)}
        {nothing}
        {filters}
        {groups}
        {end(say, whose, false)}
    };
    document(reader.page(name, Place::Search, whose), body).into_any()
}

/// What belongs, as in every list, with the reason below.
fn row(reader: &Reader, entry: Entry, because: &Because) -> Row {
    let say = reader.say;
    let why = view! { <details class="reason"><summary>{say.why_here()}</summary><p>{say.because(because)}</p></details> };
    Row { beneath: Some(why.into_any()), ..row_of(say, reader.patient, entry) }
}

/// Every lens of which a record holds something.
pub fn sheet(say: Say, patient: PatientId, lenses: &[&'static Lens]) -> Option<impl IntoView + use<>> {
    let buttons = lenses.iter().map(|lens| view! { <button name="lens" value=lens.slug>{say.either(lens.title)}</button> }).collect_view();
    (!lenses.is_empty()).then(|| {
        view! {
            <section class="sheet" aria-labelledby="lenses">
                <h2 id="lenses">{say.lenses()}</h2>
                <p>{say.lenses_says()}</p>
                {opening(patient, "filter", buttons)}
            </section>
        }
    })
}

/// Those that words may have meant.
pub fn offers(say: Say, patient: PatientId, lenses: &[&'static Lens]) -> Option<impl IntoView + use<>> {
    let button = |lens: &&'static Lens| {
        view! { <button class="more" name="lens" value=lens.slug>{say.lens_offer(say.either(lens.title))}{turning(Icon::Next)}</button> }
    };
    let buttons = lenses.iter().map(button).collect_view();
    (!lenses.is_empty()).then(|| opening(patient, "offers", buttons))
}

/// The form that opens a lens: a condition stands in no address, so no link leads there.
fn opening(patient: PatientId, class: &'static str, buttons: impl IntoView) -> impl IntoView {
    view! {
        <form class=class method="post" action="/api/lens">
            <input type="hidden" name="patient" value=patient.to_string()/>
            {buttons}
        </form>
    }
}
