//! `/record/{patient}/print`: the summary of the reader's own record, for paper.

use leptos::prelude::*;

use crate::{
    WRITES_PDF,
    catalogue::Say,
    components::{
        brief::lines_of,
        disputed::spoken,
        sheet::{back, title},
    },
    pages::{Paged, page, reader::Reader},
    paper::{Body, Paper, Part, Table, TableRow},
    shell::{Place, document},
    writes_pdf_of,
};

/// The page that a browser prints. What it says is also what the file says.
pub fn print() -> impl IntoView {
    page(async {
        let reader = Reader::of_record()?;
        let say = reader.say;
        let opened = reader.portal.paper(&reader.visitor, reader.patient).await?;
        let page = reader.page(say.paper(), Place::Summary, &opened.whose);
        let paper = Paper::of(say, opened);
        let body = view! {
            <div class="unprinted">
                {back(reader.path(""), say.summary())}
                {title(say.paper(), Some(say.paper_says().to_owned()))}
                <p>{say.paper_private()}</p>
                {WRITES_PDF.then(|| as_file(say, &paper.name))}
            </div>
            {article(say, paper)}
        };
        Paged::Ok(document(page, body).into_any())
    })
}

/// What is printed.
pub fn article(say: Say, Paper { name, born, says, parts, .. }: Paper) -> impl IntoView {
    view! {
        <article class="sheet paper">
            <h2>{name}</h2>
            {born.map(|born| view! { <p>{born}</p> })}
            {says.into_iter().map(|says| view! { <p class="quiet">{says}</p> }).collect_view()}
            {parts.into_iter().map(|inside| part(say, inside)).collect_view()}
        </article>
    }
}

/// The way to the same as a file, or why there is none.
pub fn as_file(say: Say, name: &str) -> impl IntoView + use<> {
    if !writes_pdf_of(name) {
        return view! { <p>{say.paper_no_file()}</p> }.into_any();
    }
    view! {
        <form method="post" action="/download/summary">
            <p>{say.paper_file_says()}</p>
            <p class="actions"><button class="button" type="submit">{say.paper_file()}</button></p>
        </form>
    }
    .into_any()
}

fn part(say: Say, Part { heading, says, body }: Part) -> impl IntoView {
    let body = match body {
        Body::Lines(lines) => (!lines.is_empty()).then(|| lines_of(say, lines).into_any()),
        Body::Table(table) => (!table.rows.is_empty()).then(|| columns(say, heading.clone(), table).into_any()),
    };
    view! { <section aria-label=heading.clone()><h3>{heading.clone()}</h3>{says.into_iter().map(|says| view! { <p>{says}</p> }).collect_view()}{body}</section> }
}

fn columns(say: Say, label: String, Table { heads, rows }: Table) -> impl IntoView {
    let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    let row = |TableRow { cells: [name, cells @ ..], said }| {
        // Below the row: what heads it is read aloud with each of its cells.
        let said = said.into_iter().map(|said| view! { <tr class="spoken"><td colspan="5">{spoken(say, said)}</td></tr> }).collect_view();
        view! {
            <tr><th scope="row">{name}</th>{cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr>
            {said}
        }
    };
    view! { <table aria-label=label><thead><tr>{heads}</tr></thead><tbody>{rows.into_iter().map(row).collect_view()}</tbody></table> }
}
