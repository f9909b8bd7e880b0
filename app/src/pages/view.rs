//! `/record/{patient}/documents/{item}/view/{part}`: a PDF or a picture of a document, alone.

use chartkey_domain::category::Category;
use chartkey_portal::{fhir::document::reading::Reading, items::Original};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    components::{
        disputed::statement,
        entry::{Called, address, called},
        sheet::back,
    },
    pages::{item::contents::Parts, page, reader::Reader},
    request::{item as item_of_page, parameter},
    shell::{Place, document},
};

/// The page.
pub fn view_part() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let number: usize = parameter("part")?;
        let opened = reader.portal.item(&reader.visitor, reader.patient, Category::Documents, item_of_page()?, Original::Leave).await?;
        let (say, whose, detail) = (reader.say, opened.whose, opened.view);
        let content = detail.contents.get(number).ok_or(ApiError::NotFound)?;
        let parts = Parts::of(&whose, &detail);
        let src = parts.shown(number);
        let name = |words: &str| content.title.clone().unwrap_or_else(|| words.to_owned());
        let (title, file) = match detail.readings.get(number).ok_or(ApiError::NotFound)? {
            Reading::Picture { width, height } => {
                let title = name(say.a_picture());
                let alt = title.clone();
                (title, view! { <img class="picture alone" src=src alt=alt width=*width height=*height/> }.into_any())
            }
            Reading::Pdf => {
                let title = name(say.the_pdf());
                // A page of its own could not be covered when the key to it is taken back.
                let alone = whose.is_own().then(|| view! { <p><a href=src.clone()>{say.open_alone()}</a></p> });
                let frame =
                    view! { <p class="quiet">{say.pdf_says()}</p>{alone}<iframe class="file" src=src title=title.clone()></iframe> };
                (title, frame.into_any())
            }
            _ => return Err(ApiError::NotFound),
        };
        let Called { name: document_name, .. } = called(say, &detail.entry);
        let here = address(reader.patient, Category::Documents, detail.entry.id);
        let lang = detail.language.clone();
        let body = view! {
            {back(here, document_name)}
            <div class="title"><h1 lang=lang dir="auto">{title.clone()}</h1></div>
            {statement(say, reader.patient, &detail.entry)}
            {parts.copy(say, number, content, content.kind())}
            {file}
        };
        Ok(document(reader.page(title, Place::Category(Category::Documents), &whose), body).into_any())
    })
}
