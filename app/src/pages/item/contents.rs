//! The parts of a document: each as it can be read, what kind of a file it is and how large, and the
//! way to a copy.

use chartkey_domain::id::{ItemId, PatientId};
use chartkey_portal::{
    fhir::{
        Content,
        document::{
            clinical::{Clinical, Section},
            kind::Kind,
            reading::Reading,
        },
    },
    items::Detail,
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        facts::facts,
        sheet::{more, sheet},
        when::when,
    },
};

/// Where the parts of a document are.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// The record.
    pub patient: PatientId,
    /// The document.
    pub item: ItemId,
    /// Whether the reader may take a copy.
    pub may_copy: bool,
}

impl Parts {
    /// The page that shows a part alone.
    fn page(self, number: usize) -> String {
        format!("/record/{}/documents/{}/view/{number}", self.patient, self.item)
    }

    /// The part for a browser to show.
    pub fn shown(self, number: usize) -> String {
        format!("/record/{}/documents/{}/files/{number}/shown", self.patient, self.item)
    }

    /// The way to a copy, beside what it is and how large. Names of parts would make it long, so it has a number.
    pub fn copy(self, say: Say, number: usize, content: &Content, kind: Kind) -> impl IntoView + use<> {
        let words = say.file_in_words(kind, content.size());
        let href = format!("/record/{}/documents/{}/files/{number}", self.patient, self.item);
        let copy =
            (self.may_copy && content.size().is_some()).then(|| view! { <a href=href download="">{say.download_part(number + 1)}</a> });
        view! { <p class="part"><span class="quiet">{words}</span>{copy}</p> }
    }
}

/// Everything that can be read of a document, part by part.
pub fn contents(say: Say, patient: PatientId, detail: &Detail, may_copy: bool) -> Option<AnyView> {
    if detail.contents.is_empty() {
        return None;
    }
    let parts = Parts { patient, item: detail.entry.id, may_copy };
    let lang = detail.language.as_deref();
    let shown = detail.contents.iter().enumerate().map(|(number, content)| part(say, parts, number, content, lang)).collect_view();
    Some(sheet("read", say.read_it(), shown).into_any())
}

fn part(say: Say, parts: Parts, number: usize, content: &Content, lang: Option<&str>) -> AnyView {
    let heading = content.title.clone().map(|title| view! { <h3 lang=lang.map(str::to_owned) dir="auto">{title}</h3> });
    let below = if heading.is_some() { 3 } else { 2 };
    let lang = content.language.as_deref().or(lang).map(str::to_owned);
    let mut kind = content.kind();
    let body = match content.reading(below) {
        Reading::Text(text) => view! { <div class="note" lang=lang dir="auto">{text}</div> }.into_any(),
        Reading::Markup(markup) => prose(markup.html(), lang),
        Reading::Clinical(clinical) => {
            kind = Kind::Clinical;
            document(say, *clinical, below)
        }
        Reading::Picture { width, height } => {
            let alt = content.title.clone().unwrap_or_else(|| say.a_picture().to_owned());
            view! {
                <img class="picture" src=parts.shown(number) alt=alt width=width height=height loading="lazy" decoding="async"/>
                <p>{more(parts.page(number), say.see_picture_large())}</p>
            }
            .into_any()
        }
        Reading::Pdf => view! { <p>{more(parts.page(number), say.open_pdf())}</p> }.into_any(),
        Reading::Closed(closed) => view! { <p>{say.why_closed(closed)}</p> }.into_any(),
    };
    view! { <article class="document">{heading}{body}{parts.copy(say, number, content, kind)}</article> }.into_any()
}

/// What the portal has made of a source's markup. A table that is wider than a screen moves in its own place, by
/// the keyboard too.
fn prose(html: &str, lang: Option<String>) -> AnyView {
    let may_move = html.contains("<table").then_some("0");
    view! { <div class="note prose" lang=lang dir="auto" tabindex=may_move inner_html=html.to_owned()></div> }.into_any()
}

/// A clinical document: its head, and each section under its title.
fn document(say: Say, clinical: Clinical, below: u8) -> AnyView {
    let lang = clinical.language;
    let heading = clinical.title.map(|title| title_of(title, usize::from(below), lang.clone()));
    let below = usize::from(below) + usize::from(heading.is_some());
    let words = |words: String| view! { <span dir="auto">{words}</span> }.into_any();
    let mut head = Vec::new();
    if let Some(date) = clinical.date {
        head.push((say.written_on().to_owned(), when(say, date.first, date.precision).into_any()));
    }
    head.extend(clinical.authors.into_iter().map(|author| (say.written_by().to_owned(), words(author))));
    head.extend(clinical.custodian.map(|custodian| (say.kept_by().to_owned(), words(custodian))));
    let sections = clinical.sections.into_iter().map(|Section { title, depth, text }| {
        let title = title.map(|title| title_of(title, below + depth, lang.clone()));
        view! { {title}{text.map(|text| prose(text.html(), lang.clone()))} }
    });
    view! { {heading}<p class="quiet">{say.as_it_came()}</p>{facts(head)}{sections.collect_view()} }.into_any()
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
