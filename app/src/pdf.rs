//! The summary as a file: a tagged PDF as PDF/UA-1 (ISO 14289-1) asks for it, in the order
//! and words of the page (`paper.rs`).
//!
//! A text of a record is drawn letter by letter and never read as anything else. The writer
//! refuses a file that does not conform.

mod letters;
mod sheet;

use std::num::{NonZeroU16, NonZeroU32};

use krilla::{
    Document, SerializeSettings,
    configure::{Accessibility, ConfigurationBuilder},
    metadata::{DateTime, Metadata, TextDirection},
    outline::{Outline, OutlineNode},
    tagging::{ListNumbering, TableHeaderScope, Tag},
};
use time::OffsetDateTime;
use unicode_bidi::Level;

use self::{
    letters::Fonts,
    sheet::{BELOW, Look, Node, Sheets},
};
use crate::{
    catalogue::Say,
    components::brief::Line,
    paper::{Body, Paper, Part, Table, TableRow},
};

const NAME: Look = Look { size: 18.0, is_bold: true, grey: 0 };
const HEADING: Look = Look { size: 12.5, is_bold: true, grey: 0 };
const TEXT: Look = Look { size: 10.0, is_bold: false, grey: 0 };
const BOLD: Look = Look { is_bold: true, ..TEXT };
const QUIET: Look = Look { size: 9.0, is_bold: false, grey: 80 };
const CELL: Look = Look { size: 9.0, ..TEXT };
const HEAD: Look = Look { is_bold: true, ..CELL };

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The font cannot be read.
    #[error("the font of the file cannot be read")]
    Font,
    /// The writer refused, or what it was given does not conform.
    #[error("the file cannot be written: {0}")]
    Writer(String),
}

/// The file of a paper, made at this moment.
///
/// # Errors
/// None in practice: the font is part of the program, and every letter is drawn by something.
pub fn write(paper: &Paper, now: OffsetDateTime) -> Result<Vec<u8>, Unwritten> {
    let say = paper.say;
    let fonts = Fonts::read().ok_or(Unwritten::Font)?;
    let along = if say.direction() == "rtl" { Level::rtl() } else { Level::ltr() };
    let mut sheets = Sheets::new(&fonts, along);
    let mut outline = Outline::new();
    let mut whole = vec![heading(&mut sheets, &mut outline, 1, NAME, &paper.name)];
    whole.extend(paper.born.iter().map(|born| sheets.paragraph(TEXT, born)));
    sheets.skip(4.0);
    whole.extend(paper.says.iter().map(|says| sheets.paragraph(QUIET, says)));
    whole.extend(paper.parts.iter().map(|part| part_of(say, &mut sheets, &mut outline, part)));
    if sheets.has_stand_ins() {
        sheets.skip(14.0);
        whole.push(sheets.paragraph(QUIET, say.paper_letters()));
    }
    let settings = SerializeSettings { configuration: configuration()?, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let tree = sheets
        .draw(&mut document, whole, (&paper.name, paper.born.as_deref()), |page, of| say.paper_page(page, of))
        .ok_or(Unwritten::Font)?;
    document.set_tag_tree(tree.with_lang(Some(say.tag().to_owned())));
    document.set_outline(outline);
    document.set_metadata(metadata(paper, now));
    document.finish().map_err(|error| Unwritten::Writer(format!("{error:?}")))
}

/// Whether the file can say whose it is: its font has the letters of this name.
#[must_use]
pub fn has_letters_of(name: &str) -> bool {
    Fonts::read().is_some_and(|fonts| fonts.regular.have(name) && fonts.bold.have(name))
}

fn configuration() -> Result<krilla::configure::Configuration, Unwritten> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    configuration.map_err(|error| Unwritten::Writer(format!("{error:?}")))
}

fn metadata(paper: &Paper, now: OffsetDateTime) -> Metadata {
    let direction = if paper.say.direction() == "rtl" { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
    let date = DateTime::new(u16::try_from(now.year()).unwrap_or_default()).month(now.month().into()).day(now.day());
    let date = date.hour(now.hour()).minute(now.minute()).second(now.second()).utc_offset_hour(0).utc_offset_minute(0);
    Metadata::new()
        .title(paper.title.clone())
        .language(paper.say.tag().to_owned())
        .creator(paper.say.product().to_owned())
        .creation_date(date)
        .text_direction(direction)
}

/// A heading, which the outline names as well.
fn heading(sheets: &mut Sheets<'_>, outline: &mut Outline, level: u16, look: Look, text: &str) -> Node {
    let node = sheets.lines(look, text);
    outline.push_child(OutlineNode::new(text.to_owned(), sheets.place_of(&node)));
    let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    Node::Group(Tag::Hn(level, Some(text.to_owned())).into(), vec![node])
}

fn part_of(say: Say, sheets: &mut Sheets<'_>, outline: &mut Outline, Part { heading: words, says, body }: &Part) -> Node {
    // A heading stays with what follows it.
    sheets.keep(90.0);
    sheets.skip(14.0);
    sheets.rule();
    let mut inside = vec![heading(sheets, outline, 2, HEADING, words)];
    inside.extend(says.iter().map(|says| sheets.paragraph(TEXT, says)));
    match body {
        Body::Lines(lines) if !lines.is_empty() => {
            let items = lines.iter().map(|line| item(say, sheets, line)).collect();
            inside.push(Node::Group(Tag::L(ListNumbering::None).into(), items));
        }
        Body::Table(table) if !table.rows.is_empty() => inside.push(columns(say, sheets, table)),
        Body::Lines(_) | Body::Table(_) => {}
    }
    Node::Group(Tag::Section.into(), inside)
}

fn item(say: Say, sheets: &mut Sheets<'_>, Line { name, beside, about, said }: &Line) -> Node {
    let said: Vec<String> = said.iter().map(|said| said.line(say)).collect();
    let said = said.iter().map(|said| (TEXT, said));
    let texts: Vec<_> =
        [(BOLD, name), (TEXT, beside), (QUIET, about)].into_iter().chain(said).filter(|(_, text)| !text.is_empty()).collect();
    sheets.keep(texts.iter().map(|(look, text)| sheets.height(*look, text)).sum());
    let paragraphs = texts.into_iter().map(|(look, text)| sheets.paragraph(look, text)).collect();
    sheets.skip(4.0);
    Node::Group(Tag::LI.into(), vec![Node::Group(Tag::LBody.into(), paragraphs)])
}

fn columns(say: Say, sheets: &mut Sheets<'_>, Table { heads, rows }: &Table) -> Node {
    let head = sheets.row(HEAD, heads, |_, cell| Node::Group(Tag::TH(TableHeaderScope::Column).into(), vec![cell]));
    let mut body = Vec::new();
    for TableRow { cells: row, said } in rows {
        let said: Vec<String> = said.iter().map(|said| said.line(say)).collect();
        let below = said.iter().map(|said| sheets.height(CELL, said) + BELOW).sum();
        if !sheets.has_room_for(CELL, row, below) {
            sheets.turn();
            // For the eye alone: whoever listens has heard the heads.
            sheets.repeat(HEAD, heads);
        }
        body.push(sheets.row(CELL, row, |column, cell| match column {
            0 => Node::Group(Tag::TH(TableHeaderScope::Row).into(), vec![cell]),
            _ => Node::Group(Tag::TD.into(), vec![cell]),
        }));
        // Below the row: what heads it is read aloud with each of its cells.
        let across = u32::try_from(heads.len()).ok().and_then(NonZeroU32::new);
        body.extend(said.iter().map(|said| {
            let words = sheets.lines(CELL, said);
            sheets.skip(BELOW);
            Node::Group(Tag::TR.into(), vec![Node::Group(Tag::TD.with_col_span(across).into(), vec![words])])
        }));
    }
    Node::Group(Tag::Table.into(), vec![Node::Group(Tag::THead.into(), vec![head]), Node::Group(Tag::TBody.into(), body)])
}
