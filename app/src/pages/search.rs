//! `/record/{patient}/search`: what somebody looks for in a record, and what was found.

use chartkey_domain::{
    category::Category,
    correction::beginning,
    id::{PatientId, SearchId},
    lens::Lens,
};
use chartkey_portal::{
    Whose,
    search::{Group, Looked, Missing, Person, Row as Hit, Search, Window},
};
use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        search::{Glance, GlanceRow},
    },
    catalogue::Say,
    components::{
        disputed::who_says,
        entry::{address, called, delivered, row_of},
        form::{problem_summary, titled},
        list::end,
        notice::{Role, notice},
        row::Row,
        search::{MORE, filters, live_search_box, marked, part, parts},
        sheet::title,
        source::from_source,
    },
    pages::{Paged, lens, page, reader::Reader},
    request::{caller, parameter, portal, problem, query, session, visitor},
    shell::{Place, document},
};

/// What a suggestion has room for of what the patient says is wrong, in characters; what it leads to has all of it.
const SAID: usize = 80;

/// The page of the form. A record that is not named leads to a page that is not there.
#[must_use]
pub fn form_page(patient: &str) -> String {
    match patient.parse::<PatientId>() {
        Ok(patient) => format!("/record/{patient}/search"),
        Err(_) => "/home".to_owned(),
    }
}

/// Keeps what was typed with the session. Returns the page of what is found.
///
/// # Errors
/// [`ApiError::Search`] where nothing can be searched for.
pub async fn begin(patient: &str, words: &str) -> Result<String, ApiError> {
    let visitor = visitor()?;
    let patient: PatientId = patient.parse().map_err(|_| ApiError::NotFound)?;
    let key = session()?.0.key().ok_or(ApiError::SignedOut)?;
    let search = portal()?.begin_search(&visitor, key, patient, words).await?;
    Ok(format!("{}/{search}", form_page(&patient.to_string())))
}

/// The same for a lens.
///
/// # Errors
/// [`ApiError::NotFound`] where there is no such lens.
pub async fn begin_lens(patient: &str, lens: &str) -> Result<String, ApiError> {
    let visitor = visitor()?;
    let patient: PatientId = patient.parse().map_err(|_| ApiError::NotFound)?;
    let lens = Lens::from_slug(lens).ok_or(ApiError::NotFound)?;
    let key = session()?.0.key().ok_or(ApiError::SignedOut)?;
    let search = portal()?.begin_lens(&visitor, key, patient, lens).await?;
    Ok(format!("{}/{search}", form_page(&patient.to_string())))
}

/// `/record/{patient}/search`: the form, and the conditions of which there is something.
pub fn search_form() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.lenses(&reader.visitor, reader.patient).await?;
        let (say, whose) = (reader.say, opened.whose);
        let body = view! {
            {problem_summary(say, problem())}
            {title(say.search(), None)}
            {live_search_box(say, reader.patient, None)}
            <p class="quiet">{say.search_what()}</p>
            {lens::sheet(say, reader.patient, &opened.view)}
        };
        let page = reader.page(titled(say, say.search(), problem()), Place::Search, &whose).with_islands();
        Paged::Ok(document(page, body).into_any())
    })
}

/// `/record/{patient}/search/{search}`: what was found, or what belongs to a lens.
pub fn search() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let search: SearchId = parameter("search")?;
        let key = session()?.0.key().ok_or(ApiError::SignedOut)?;
        let only = query("category").and_then(|slug| Category::from_slug(&slug));
        let count = query("rows").and_then(|rows| rows.parse().ok()).unwrap_or(MORE);
        let window = only.map_or(Window::Few, |only| Window::Category(only, count));
        let opened = reader.portal.search(&reader.visitor, &key, reader.patient, search, window).await?;
        let here = format!("{}/{search}", reader.path("/search"));
        Paged::Ok(match opened.view {
            Looked::Words(search) => found(&reader, &here, only, &opened.whose, search),
            Looked::Lens(lens, seen) => lens::page(&reader, &here, only, &opened.whose, lens, seen),
        })
    })
}

fn found(reader: &Reader, here: &str, only: Option<Category>, whose: &Whose, found: Search) -> AnyView {
    let say = reader.say;
    let total = found.groups.iter().map(|group| group.total).sum::<usize>() + found.people.len();
    let said = match (total, whose.is_own()) {
        (0, true) => say.search_nothing(&found.words),
        (0, false) => say.search_nothing_shared(&found.words),
        _ => say.search_found(total, &found.words),
    };
    let body = view! {
        {title(say.search(), None)}
        {live_search_box(say, reader.patient, Some(found.words.clone()))}
        {missing(say, found.missing)}
        <div role="status"><p class="found">{said}</p>{mended(say, &found).map(|mended| view! { <p>{mended}</p> })}</div>
        {(total == 0).then(|| help(say))}
        {lens::offers(say, reader.patient, &found.lenses)}
        {filters(say, here, only, found.groups.iter().map(|group| (group.category, group.total)))}
        {groups(reader, here, only, found)}
        {end(say, whose, false)}
    };
    document(reader.page(say.search(), Place::Search, whose).with_islands(), body).into_any()
}

/// What a word was taken for.
fn mended(say: Say, found: &Search) -> Option<String> {
    let (typed, _) = found.mended.first()?;
    let meant: Vec<_> = found.mended.iter().filter(|(other, _)| other == typed).map(|(_, meant)| meant.as_str()).collect();
    Some(say.search_mended(typed, &meant.join(", ")))
}

/// Why not everything was looked at.
pub fn missing(say: Say, missing: Option<Missing>) -> Option<impl IntoView> {
    missing.map(|missing| notice(Role::Info, say.search_missing(missing), ()))
}

/// What to do where nothing was found.
fn help(say: Say) -> impl IntoView {
    view! {
        <ul class="help">
            <li>{say.search_help_spelling()}</li>
            <li>{say.search_help_fewer()}</li>
            <li>{say.search_help_date()}</li>
        </ul>
        <p class="quiet">{say.search_what()}</p>
    }
}

fn groups(reader: &Reader, here: &str, only: Option<Category>, found: Search) -> impl IntoView + use<> {
    let (say, marks) = (reader.say, found.marks);
    let people = only.is_none().then(|| people(say, &found.people, &marks));
    let section = |group: Group| {
        let list = group.rows.into_iter().map(|hit| hit_row(reader, hit, &marks)).collect();
        part(say, here, only, (group.category, group.total), list)
    };
    let groups = found.groups.into_iter().filter(|group| !group.rows.is_empty()).map(section).collect_view();
    view! { {groups}{people} }
}

/// A hit as a row: as in every list, with the words marked, and around them what its name does not say.
fn hit_row(reader: &Reader, hit: Hit, marks: &[String]) -> Row {
    let row = row_of(reader.say, reader.patient, hit.entry);
    let called = hit.called.map(|called| reader.say.either(called)).filter(|called| *called != row.name);
    let said = called.map(|called| parts(called, marks)).or(hit.excerpt);
    let beneath = said.map(|said| view! { <p class="excerpt">{marked(said)}</p> }.into_any());
    Row { marks: marks.to_vec(), beneath, ..row }
}

fn people(say: Say, people: &[Person], marks: &[String]) -> Option<impl IntoView + use<>> {
    let list = people
        .iter()
        .map(|person| {
            let kind = if person.resource_type.starts_with("Practitioner") { say.a_person() } else { say.a_place() };
            view! { <li><b>{marked(parts(&person.name, marks))}</b> <span class="quiet">" " {kind} " · " {from_source(say, &person.source)}</span></li> }
        })
        .collect_view();
    (!people.is_empty()).then(|| {
        view! {
            <section class="sheet" aria-labelledby="people"><h2 id="people">{say.people_and_places()}</h2><ul class="brief">{list}</ul></section>
        }
    })
}

/// What words that are still being typed would find, for the island.
///
/// # Errors
/// [`ApiError::NotFound`] where the visitor has no access.
pub async fn look(patient: &str, words: String) -> Result<Glance, ApiError> {
    let visitor = visitor()?;
    let patient: PatientId = patient.parse().map_err(|_| ApiError::NotFound)?;
    let opened = portal()?.look_up(&visitor, patient, words).await?;
    Ok(glance(caller().say(), patient, &opened.whose, opened.view))
}

fn glance(say: Say, patient: PatientId, whose: &Whose, found: Search) -> Glance {
    let total = found.groups.iter().map(|group| group.total).sum::<usize>() + found.people.len();
    let so_far = match (total, whose.is_own()) {
        (0, false) => say.search_nothing_shared(&found.words),
        _ => say.search_found_so_far(total),
    };
    // A list that others see says the same at its end whatever is in it, here as everywhere.
    let constant = (!whose.is_own()).then(|| say.not_everything().to_owned());
    let missing = found.missing.map(|missing| say.search_missing(missing).to_owned());
    let says = [Some(so_far), mended(say, &found), missing, constant].into_iter().flatten().collect();
    let row = |category: Category, hit: Hit| {
        let entry = hit.entry;
        let name = called(say, &entry).name;
        let date = entry.when.map_or_else(|| say.no_date().to_owned(), |(first, precision)| say.when(first, precision));
        GlanceRow {
            href: address(patient, category, entry.id),
            name: parts(&name, &found.marks),
            beside: format!("{} · {date} · {}", say.category(category), delivered(say, &entry)),
            said: entry.disputed.as_ref().and_then(|said| {
                let first = said.statements.first()?;
                let quoted = |words: &String| format!("{}{}{}", say.quotation_opens(), beginning(words, SAID).0, say.quotation_closes());
                let words = first.words.as_ref().map(quoted).unwrap_or_default();
                Some((who_says(say, said.is_readers, first), words))
            }),
        }
    };
    let rows = found.groups.into_iter().flat_map(|group| group.rows.into_iter().map(move |hit| (group.category, hit)));
    Glance { says, rows: rows.map(|(category, hit)| row(category, hit)).collect() }
}
