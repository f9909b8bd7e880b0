//! What a patient writes into their own record, or a clinician into that of a patient who lets them:
//! `/record/{patient}/add`, its forms; and changing and taking back what is there by one's own hand.

use chartkey_domain::{
    added::{Added, Kind, Says, Taken, Typed},
    category::Category,
    id::{DraftId, ItemId, PatientId},
};
use chartkey_portal::{
    Whose,
    added::{About, Writing},
};
use leptos::prelude::*;

use self::form::fields;
use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::{address, called, date_of},
        facts::facts,
        form::{hidden, problem_summary, titled},
        icon::{Icon, icon},
        row::{Row, rows},
        sheet::{back, sheet, title},
    },
    pages::{Paged, page, reader::Reader},
    request::{item as item_of_page, parameter, portal, problem, query, redirect, visitor},
    shell::{Place, document},
};

mod form;

/// The way in, where a record and a list of its patient's has one; for a clinician from the record itself.
pub fn entrance(say: Say, whose: &Whose, category: Option<Category>) -> Option<AnyView> {
    if !whose.is_own() {
        let may = category.is_none() && Kind::CLINICAL.into_iter().any(|kind| whose.may_write(kind.category()));
        // A link that leads nowhere is the place of one (HTML, section 4.5.1).
        let href = whose.preview.is_none().then(|| format!("/record/{}/add", whose.patient));
        return may.then(|| {
            view! { <p class="actions unprinted"><a class="button second" href=href>{icon(Icon::Pen)}{say.write_into()}</a></p> }.into_any()
        });
    }
    let add = format!("/record/{}/add", whose.patient);
    let (href, words) = match category {
        None | Some(Category::Vitals | Category::Documents) => (add, say.add_yourself()),
        Some(category) => {
            let kind = Kind::ALL.into_iter().find(|kind| kind.category() == category)?;
            (format!("{add}/{}", kind.slug()), say.add_kind(kind))
        }
    };
    Some(view! { <p class="actions unprinted"><a class="button second" href=href>{icon(Icon::Pen)}{words}</a></p> }.into_any())
}

/// What can be added.
pub fn choose() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let opened = reader.portal.may_write(&reader.visitor, reader.patient).await?;
        let (say, whose) = (reader.say, opened.whose);
        if !whose.is_own() {
            let kinds = Kind::CLINICAL.into_iter().filter(|kind| whose.may_write(kind.category())).map(|kind| way(&reader, kind)).collect();
            let body = view! {
                {back(reader.path(""), say.summary())}
                {title(say.write_into(), Some(say.write_into_says().to_owned()))}
                {rows(kinds)}
            };
            return Ok(document(reader.page(say.write_into(), Place::Summary, &whose), body).into_any());
        }
        let of = |kinds: &[Kind]| kinds.iter().map(|kind| way(&reader, *kind)).collect::<Vec<_>>();
        let file = Row {
            href: "/sources/add".to_owned(),
            name: say.add_file().to_owned(),
            medical: Some(say.add_file_short().to_owned()),
            ..Row::default()
        };
        let words: Vec<_> = of(&[Kind::Note]).into_iter().chain([file]).collect();
        let body = view! {
            {back(reader.path(""), say.your_record())}
            {title(say.add_yourself(), Some(say.add_yourself_says().to_owned()))}
            {sheet("readings", say.add_readings(), rows(of(&[Kind::Pressure, Kind::Weight, Kind::Pulse, Kind::Temperature, Kind::Glucose])))}
            {sheet("things", say.add_things(), rows(of(&[Kind::Medicine, Kind::Allergy])))}
            {sheet("papers", say.add_papers(), rows(words))}
        };
        Paged::Ok(document(reader.page(say.add_yourself(), Place::Summary, &whose), body).into_any())
    })
}

fn way(reader: &Reader, kind: Kind) -> Row {
    let say = reader.say;
    Row {
        href: reader.path(&format!("/add/{}", kind.slug())),
        name: say.kind(kind).to_owned(),
        medical: Some(say.kind_hint(kind).to_owned()),
        ..Row::default()
    }
}

/// `/record/{patient}/add/{kind}`: the form for something new, and the page that asks to check it.
pub fn add_one() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let name: String = parameter("kind")?;
        let kind = Kind::from_slug(&name).ok_or(ApiError::NotFound)?;
        one(reader, About::New(kind)).await
    })
}

/// `/record/{patient}/{category}/{item}/change`: the same for what stands there.
pub fn change() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let name: String = parameter("category")?;
        let category = Category::from_slug(&name).ok_or(ApiError::NotFound)?;
        one(reader, About::Change(category, item_of_page()?)).await
    })
}

async fn one(reader: Reader, about: About) -> Paged {
    let draft = query("draft").and_then(|draft| draft.parse().ok());
    let opened = reader.portal.writing(&reader.visitor, reader.patient, about, draft).await?;
    let (say, whose, writing) = (reader.say, opened.whose, opened.view);
    // What was kept already is where it belongs.
    if let Some((category, item)) = writing.done {
        redirect(&kept_at(reader.patient, writing.kind, category, item, "added"));
        return Ok(().into_any());
    }
    let checked = query("step").filter(|step| step == "check").and_then(|_| writing.typed.read(writing.kind, writing.today).ok());
    let of = Of { say, patient: reader.patient, writing: &writing, draft };
    let (heading, body) = match checked.zip(draft) {
        Some((added, draft)) => (say.check_writing(), of.check(&added, draft)),
        None => (of.heading(), of.ask()),
    };
    Ok(document(reader.page(titled(say, heading, problem()), Place::Category(writing.kind.category()), &whose), body).into_any())
}

/// The address of a form; what was typed so far is in the draft.
fn form_of(patient: PatientId, kind: Kind, item: Option<ItemId>, draft: Option<DraftId>) -> String {
    let page = match item {
        Some(item) => format!("{}/change", address(patient, kind.category(), item)),
        None => format!("/record/{patient}/add/{}", kind.slug()),
    };
    draft.map_or_else(|| page.clone(), |draft| format!("{page}?draft={draft}"))
}

/// What both pages are about.
struct Of<'a> {
    say: Say,
    patient: PatientId,
    writing: &'a Writing,
    draft: Option<DraftId>,
}

impl Of<'_> {
    fn heading(&self) -> &'static str {
        if self.writing.changes.is_some() { self.say.change_writing() } else { self.say.add_kind(self.writing.kind) }
    }

    fn item(&self) -> Option<ItemId> {
        self.writing.changes.as_ref().map(|entry| entry.id)
    }

    fn ask(&self) -> AnyView {
        let (say, kind) = (self.say, self.writing.kind);
        let (way, words, of) = match &self.writing.changes {
            Some(entry) => {
                let name = called(say, entry).name;
                let of = [Some(name.clone()), date_of(say, entry)].into_iter().flatten().collect::<Vec<_>>().join(", ");
                (address(self.patient, entry.category, entry.id), name, Some(of))
            }
            None => {
                let words = if kind.is_clinical() { say.write_into() } else { say.add_yourself() };
                (format!("/record/{}/add", self.patient), words.to_owned(), None)
            }
        };
        view! {
            {back(way, words)}
            {problem_summary(say, problem())}
            {title(self.heading(), of)}
            <form method="post" action="/api/keep-writing">
                {self.hidden()}
                {hidden("draft", self.draft.map(|draft| draft.to_string()))}
                {fields(say, kind, &self.writing.typed, self.writing.changes.is_some())}
                <p class="actions"><button class="button" type="submit">{say.go_on()}</button></p>
            </form>
        }
        .into_any()
    }

    fn check(&self, added: &Added, draft: DraftId) -> AnyView {
        let say = self.say;
        let ask = form_of(self.patient, added.kind, self.item(), Some(draft));
        let is_change = self.writing.changes.is_some();
        let (says, button) = match (added.kind.is_clinical(), is_change) {
            (true, _) => (say.check_clinical_says(), say.add_clinical()),
            (false, true) => (say.check_change_says(), say.save_writing()),
            (false, false) => (say.check_writing_says(), say.add_it()),
        };
        view! {
            {back(ask.clone(), say.back())}
            {problem_summary(say, problem())}
            {title(say.check_writing(), Some(say.kind(added.kind).to_owned()))}
            {sheet("written", say.what_you_wrote(), view! {
                {facts(told(say, added))}
                <p class="actions"><a href=ask>{say.change_answers()}</a></p>
            })}
            <form method="post" action="/api/add-writing">
                {self.hidden()}
                {hidden("draft", Some(draft.to_string()))}
                <p>{says}</p>
                <p class="actions"><button class="button" type="submit">{button}</button></p>
            </form>
        }
        .into_any()
    }

    fn hidden(&self) -> impl IntoView + use<> {
        view! {
            {hidden("patient", Some(self.patient.to_string()))}
            {hidden("kind", Some(self.writing.kind.slug().to_owned()))}
            {hidden("item", self.item().map(|item| item.to_string()))}
        }
    }
}

/// What was written, as the page shows it that asks to check it.
fn told(say: Say, added: &Added) -> Vec<(String, AnyView)> {
    let text = |word: &'static str, value: String| (word.to_owned(), view! { <span dir="auto">{value}</span> }.into_any());
    let since = |since: &Option<String>| {
        text(say.field_since(), since.as_ref().map_or_else(|| say.not_recorded().to_owned(), |since| say.fhir_date(since)))
    };
    let short = |word: &'static str, value: &Option<String>| text(word, value.clone().unwrap_or_else(|| say.not_recorded().to_owned()));
    let mut lines = match &added.says {
        Says::Reading { measure, first, second, pulse, taken } => {
            let number = match second {
                Some(second) => format!("{first} / {second} {}", measure.written),
                None => format!("{first} {}", measure.written),
            };
            let pulse = pulse.as_ref().map(|pulse| text(say.kind(Kind::Pulse), format!("{pulse} /min")));
            [text(say.kind(added.kind), number)]
                .into_iter()
                .chain(pulse)
                .chain([text(say.field_taken(), taken_in_words(say, *taken))])
                .collect()
        }
        Says::Medicine { name, how, since: from, is_taken } => vec![
            text(say.field_medicine(), name.clone()),
            short(say.field_how(), how),
            since(from),
            text(say.still_taken(), if *is_taken { say.yes_still() } else { say.no_longer() }.to_owned()),
        ],
        Says::Allergy { name, reaction, since: from } => {
            vec![text(say.field_allergy(), name.clone()), short(say.field_reaction(), reaction), since(from)]
        }
        Says::Finding { name, value, unit, day } => {
            let found = unit.as_ref().map_or_else(|| value.clone(), |unit| format!("{value} {unit}"));
            vec![text(say.field_found(), name.clone()), text(say.field_value(), found), text(say.field_taken(), say.date(*day))]
        }
        Says::Note { title, words } => vec![
            text(say.field_title(), title.clone()),
            (note_words(say, added.kind).to_owned(), view! { <span class="said" dir="auto">{words.clone()}</span> }.into_any()),
        ],
    };
    if added.kind.is_clinical() {
        return lines;
    }
    lines.push(text(say.who_may_see(), if added.is_private { say.only_i() } else { say.my_shares() }.to_owned()));
    lines
}

fn note_words(say: Say, kind: Kind) -> &'static str {
    match kind {
        Kind::VisitNote => say.field_visit_words(),
        Kind::Plan => say.field_plan_words(),
        _ => say.field_words(),
    }
}

/// Where something is that was kept. A clinician may not see what they have written: what it speaks of may not be shared with them.
fn kept_at(patient: PatientId, kind: Kind, category: Category, item: ItemId, done: &str) -> String {
    if kind.is_clinical() { format!("/record/{patient}?done=written") } else { format!("{}?done={done}", address(patient, category, item)) }
}

fn taken_in_words(say: Say, taken: Taken) -> String {
    let day = say.date(taken.day);
    taken.time.map_or_else(|| day.clone(), |time| format!("{day}, {}", say.clock(taken.day.with_time(time).assume_utc())))
}

/// `/record/{patient}/{category}/{item}/take-back`: asks before something is taken back.
pub fn ask_take_back() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let name: String = parameter("category")?;
        let category = Category::from_slug(&name).ok_or(ApiError::NotFound)?;
        let item = item_of_page()?;
        let opened = reader.portal.ask_take_back(&reader.visitor, reader.patient, category, item).await?;
        let (say, whose, entry) = (reader.say, opened.whose, opened.view);
        let name = called(say, &entry).name;
        let of = [Some(name.clone()), date_of(say, &entry)].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let way = address(reader.patient, category, item);
        let body = view! {
            {back(way.clone(), name)}
            {problem_summary(say, problem())}
            {title(say.taking_writing_back(), Some(of))}
            <form method="post" action="/api/take-back-writing">
                {hidden("patient", Some(reader.patient.to_string()))}
                {hidden("category", Some(category.slug().to_owned()))}
                {hidden("item", Some(item.to_string()))}
                <p>{say.take_back_says()}</p>
                <p class="actions">
                    <button class="button stop" type="submit">{say.take_back()}</button>
                    <a href=way>{say.keep_writing()}</a>
                </p>
            </form>
        };
        Paged::Ok(
            document(reader.page(titled(say, say.taking_writing_back(), problem()), Place::Category(category), &whose), body).into_any(),
        )
    })
}

/// Keeps what was typed, also what cannot be used: its page shows it again. Says where to go, and which page the form is
/// on.
pub async fn keep(
    patient: PatientId,
    kind: &str,
    item: Option<ItemId>,
    draft: Option<DraftId>,
    typed: Typed,
) -> (Result<String, ApiError>, String) {
    let Some(kind) = Kind::from_slug(kind) else { return (Err(ApiError::NotFound), format!("/record/{patient}/add")) };
    let kept = async { Ok(portal()?.keep_writing(&visitor()?, patient, kind, item, draft, typed.clone()).await?) };
    match kept.await {
        Err(problem) => (Err(problem), form_of(patient, kind, item, None)),
        Ok((draft, today)) => {
            let page = form_of(patient, kind, item, Some(draft));
            let read = typed.read(kind, today).map(|_| format!("{page}&step=check"));
            (read.map_err(|problem| ApiError::from_code(problem.code()).unwrap_or(ApiError::Invalid)), page)
        }
    }
}

/// Takes a draft into the record.
pub async fn add(patient: PatientId, kind: &str, item: Option<ItemId>, draft: DraftId) -> (Result<String, ApiError>, String) {
    let Some(kind) = Kind::from_slug(kind) else { return (Err(ApiError::NotFound), format!("/record/{patient}/add")) };
    let added = async { Ok(portal()?.add_writing(&visitor()?, patient, draft).await?) };
    let next = added.await.map(|kept| {
        let done = if kept.is_change { "changed" } else { "added" };
        kept_at(patient, kind, kept.category, kept.item, done)
    });
    (next, form_of(patient, kind, item, Some(draft)))
}

/// Takes back what was written.
pub async fn take_back(patient: PatientId, category: &str, item: ItemId) -> (Result<String, ApiError>, String) {
    // What comes with a form is not put into an address unseen.
    let page = format!("{}/take-back", address(patient, Category::from_slug(category).unwrap_or(Category::Own), item));
    let taken = async { Ok(portal()?.take_back_writing(&visitor()?, patient, item).await?) };
    (taken.await.map(|category| format!("{}?done=taken-back", address(patient, category, item))), page)
}
