//! The parts of a document: each as it can be read, what kind of a file it is and how large, and the
//! way to a copy.

use std::collections::BTreeSet;

use chartkey_domain::{
    fold,
    id::{ItemId, PatientId},
    when::Moment,
};
use chartkey_portal::{
    Whose,
    fhir::{
        Content,
        document::{clinical::Clinical, kind::Kind, reading::Reading},
    },
    items::Detail,
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        facts::facts,
        icon::{Icon, icon},
        sheet::{more, sheet},
        when::when,
    },
    request::of_record,
};

/// Where the parts of a document are.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The record.
    pub patient: PatientId,
    /// The document.
    pub item: ItemId,
    /// Whether the reader may take a copy of each.
    pub copies: &'a [bool],
    /// Whether a copy is offered and none is given: whoever looks with somebody else's eyes takes nothing along.
    pub is_preview: bool,
}

impl<'a> Parts<'a> {
    /// Those of this document for whoever reads the record.
    pub fn of(whose: &Whose, detail: &'a Detail) -> Self {
        Self { patient: whose.patient, item: detail.entry.id, copies: &detail.copies, is_preview: whose.preview.is_some() }
    }

    fn path(self, rest: &str) -> String {
        of_record(self.patient, &format!("/documents/{}/{rest}", self.item))
    }

    /// The page that shows a part alone.
    fn page(self, number: usize) -> String {
        self.path(&format!("view/{number}"))
    }

    /// The part for a browser to show.
    pub fn shown(self, number: usize) -> String {
        self.path(&format!("files/{number}/shown"))
    }

    /// The way to a copy, beside what it is and how large. Names of parts would make it long, so it has a number.
    pub fn copy(self, say: Say, number: usize, content: &Content, kind: Kind) -> impl IntoView + use<> {
        let words = say.file_in_words(kind, content.size());
        // A link that leads nowhere is the place of one (HTML, section 4.5.1).
        let href = (!self.is_preview).then(|| self.path(&format!("files/{number}")));
        let download = href.as_ref().map(|_| "");
        let may_copy = self.copies.get(number).is_some_and(|may_copy| *may_copy);
        let copy =
            (may_copy && content.size().is_some()).then(|| view! { <a href=href download=download>{say.download_part(number + 1)}</a> });
        view! { <p class="part"><span class="quiet">{words}</span>{copy}</p> }
    }
}

/// Everything that can be read of a document, part by part.
pub fn contents(say: Say, whose: &Whose, detail: &Detail) -> Option<AnyView> {
    if detail.contents.is_empty() {
        return None;
    }
    let parts = Parts::of(whose, detail);
    let lang = detail.language.as_deref();
    let read = detail.contents.iter().zip(&detail.readings).enumerate();
    let shown = read.map(|(number, (content, reading))| part(say, whose, parts, number, content, reading, lang)).collect_view();
    Some(sheet("read", say.read_it(), shown).into_any())
}

fn part(say: Say, whose: &Whose, parts: Parts, number: usize, content: &Content, reading: &Reading, lang: Option<&str>) -> AnyView {
    let heading = content.title.clone().map(|title| view! { <h3 lang=lang.map(str::to_owned) dir="auto">{title}</h3> });
    let below = if heading.is_some() { 3 } else { 2 };
    let lang = content.language.as_deref().or(lang).map(str::to_owned);
    let mut kind = content.kind();
    let name = content.title.clone().unwrap_or_else(|| say.part(number + 1));
    let body = match reading {
        Reading::Text(text) => view! { <div class="note" lang=lang dir="auto">{text.clone()}</div> }.into_any(),
        Reading::Written(markup) => view! { <div class="note" lang=lang dir="auto" inner_html=markup.html().to_owned()></div> }.into_any(),
        Reading::Markup(markup) => prose(say, markup.html(), &name, lang),
        Reading::Clinical(clinical) => {
            kind = Kind::Clinical;
            document(say, whose, clinical, &name, below, lang)
        }
        Reading::Picture { width, height } => {
            let alt = content.title.clone().unwrap_or_else(|| say.a_picture().to_owned());
            view! {
                <img class="picture" src=parts.shown(number) alt=alt width=*width height=*height loading="lazy" decoding="async"/>
                <p>{more(parts.page(number), say.see_picture_large())}</p>
            }
            .into_any()
        }
        Reading::Pdf => view! { <p>{more(parts.page(number), say.open_pdf())}</p> }.into_any(),
        Reading::Closed(closed) => view! { <p>{say.why_closed(*closed)}</p> }.into_any(),
    };
    view! { <article class="document">{heading}{body}{parts.copy(say, number, content, kind)}</article> }.into_any()
}

/// What the portal has made of a source's markup. A table that is wider than a screen moves in its own place, by
/// the keyboard too: then it is a region with a name. What is not shown is said in words of ours.
fn prose(say: Say, html: &str, name: &str, lang: Option<String>) -> AnyView {
    let not_shown = format!("<em lang=\"{}\">[{}]</em>", say.tag(), say.not_shown());
    let html = html.replace('\u{fffc}', &not_shown);
    if html.contains("<table") {
        let name = name.to_owned();
        return view! { <div class="note prose" role="region" aria-label=name lang=lang dir="auto" tabindex="0" inner_html=html></div> }
            .into_any();
    }
    view! { <div class="note prose" lang=lang dir="auto" inner_html=html></div> }.into_any()
}

/// A clinical document: its head, and each section under its title.
fn document(say: Say, whose: &Whose, clinical: &Clinical, name: &str, below: u8, lang: Option<String>) -> AnyView {
    let lang = clinical.language.clone().or(lang);
    let heading = clinical.title.clone().map(|title| title_of(title, usize::from(below), lang.clone()));
    let below = usize::from(below) + usize::from(heading.is_some());
    let words = |words: &String| view! { <span dir="auto">{words.clone()}</span> }.into_any();
    let day = |moment: &Moment| when(say, moment.first, moment.precision).into_any();
    let mut head = Vec::new();
    head.extend(clinical.patient.as_ref().map(|patient| (say.document_about().to_owned(), words(patient))));
    head.extend(clinical.born.as_ref().map(|born| (say.birth_date().to_owned(), day(born))));
    head.extend(clinical.date.as_ref().map(|date| (say.written_on().to_owned(), day(date))));
    head.extend(clinical.authors.iter().map(|author| (say.written_by().to_owned(), words(author))));
    head.extend(clinical.custodian.as_ref().map(|custodian| (say.kept_by().to_owned(), words(custodian))));
    let is_other = is_other(whose, clinical)
        .then(|| view! { <div class="notice caution">{icon(Icon::Warn)}<div><p>{say.document_of_other()}</p></div></div> });
    // A section without a title is one with the section that it stands in.
    let mut titled: Vec<bool> = Vec::new();
    let sections = clinical.sections.iter().enumerate().map(|(at, section)| {
        titled.truncate(section.depth);
        let level = below + titled.iter().filter(|is_titled| **is_titled).count();
        titled.resize(section.depth, false);
        titled.push(section.title.is_some());
        let title = section.title.clone().map(|title| title_of(title, level, lang.clone()));
        let has_more = clinical.sections.get(at + 1).is_some_and(|next| next.depth > section.depth);
        let name = section.title.as_deref().unwrap_or(name);
        let text = section.text.as_ref().map(|text| prose(say, text.html(), name, lang.clone()));
        let nothing = (text.is_none() && !has_more).then(|| view! { <p class="quiet">{say.nothing_written()}</p> });
        view! { {title}{text}{nothing} }
    });
    let sections = sections.collect_view();
    view! { {heading}<p class="quiet">{say.as_it_came()}</p>{is_other}{facts(head)}{sections} }.into_any()
}

/// Whether a document says that it is about somebody else: someone of another name, of whom no part is in the other, or who was
/// born at another time, as exactly as both say.
fn is_other(whose: &Whose, clinical: &Clinical) -> bool {
    let names = |name: &str| fold::words(name).into_iter().collect::<BTreeSet<_>>();
    let is_other_name = clinical.patient.as_deref().is_some_and(|patient| {
        let (theirs, ours) = (names(patient), names(&whose.name));
        !theirs.is_subset(&ours) && !ours.is_subset(&theirs)
    });
    let ours = whose.birth_date.as_deref().and_then(Moment::parse);
    let is_other_day = clinical.born.zip(ours).is_some_and(|(theirs, ours)| {
        // A birth at some hour is one of that day where it was.
        let (from, until) = (theirs.first.date(), theirs.last.date());
        until < ours.first.date() || ours.last.date() < from
    });
    is_other_name || is_other_day
}

/// A heading one level below that one.
fn title_of(title: String, below: usize, lang: Option<String>) -> AnyView {
    match below {
        ..=2 => view! { <h3 lang=lang dir="auto">{title}</h3> }.into_any(),
        3 => view! { <h4 lang=lang dir="auto">{title}</h4> }.into_any(),
        4 => view! { <h5 lang=lang dir="auto">{title}</h5> }.into_any(),
        _ => view! { <h6 lang=lang dir="auto">{title}</h6> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use chartkey_portal::Viewer;

    use super::*;

    #[test]
    fn a_document_is_of_somebody_else_where_its_name_or_birth_date_is_another() {
        for (name, born, is_so) in [
            ("Mara Roe", "19610314", false),
            ("ROE, Mara Ann", "1961", false),
            ("Mara Roe", "196103140730-0500", false),
            ("Mara Doe", "19610314", true),
            ("Mara Roe", "19610315", true),
        ] {
            let xml = format!(
                r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient><name>{name}</name><birthTime value="{born}"/></patient></patientRole></recordTarget></ClinicalDocument>"#
            );
            let whose = Whose {
                patient: PatientId(uuid::Uuid::nil()),
                name: "Mara Roé".to_owned(),
                birth_date: Some("1961-03-14".to_owned()),
                sex: None,
                viewer: Viewer::Own,
                asks_first: false,
                death_reported_at: None,
                preview: None,
            };
            assert_eq!(is_other(&whose, &Clinical::read(&xml).unwrap()), is_so, "{name} {born}");
        }
    }
}
