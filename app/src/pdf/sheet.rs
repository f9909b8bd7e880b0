//! Sheets of A4: lines below each other, columns beside each other, and what each line is
//! a part of.

use krilla::{
    Document,
    color::rgb,
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagKind, TagTree},
};
use unicode_bidi::Level;

use super::letters::{Fonts, Letters, Set};
use crate::{components::brief::joined, paper::COLUMNS};

/// A4 in points.
const PAPER: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 51.0;
const TOP: f32 = 68.0;
const BOTTOM: f32 = 780.0;
const WIDTH: f32 = PAPER.0 - 2.0 * MARGIN;
/// The distance of two lines, in their size.
const LEADING: f32 = 1.32;
/// Where columns begin, in parts of the width, and where the last one ends.
const EDGES: [f32; COLUMNS + 1] = [0.0, 0.33, 0.48, 0.68, 0.82, 1.0];
const GAP: f32 = 6.0;
/// Between a row and what comes below it.
pub(super) const BELOW: f32 = 3.0;

/// How a text looks: its size in points, its weight, and its grey, 0 for black.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) grey: u8,
}

/// A part of the document's structure.
pub(super) enum Node {
    /// A tag, and what is in it.
    Group(TagKind, Vec<Node>),
    /// Lines that were placed, by number.
    Lines(Vec<usize>),
}

/// What is on a sheet.
enum Placed {
    Text { look: Look, set: Set, is_read: bool },
    Rule,
}

struct Spot {
    page: usize,
    x: f32,
    y: f32,
    placed: Placed,
}

/// The sheets so far, and where the next line goes.
pub(super) struct Sheets<'f> {
    fonts: &'f Fonts,
    along: Level,
    spots: Vec<Spot>,
    page: usize,
    y: f32,
}

impl<'f> Sheets<'f> {
    pub(super) const fn new(fonts: &'f Fonts, along: Level) -> Self {
        Self { fonts, along, spots: Vec::new(), page: 0, y: TOP }
    }

    pub(super) fn skip(&mut self, points: f32) {
        self.y += points;
    }

    /// Goes on to the next sheet.
    pub(super) fn turn(&mut self) {
        self.page += 1;
        self.y = TOP;
    }

    /// Turns where so much does not fit any more, and would on a sheet of its own.
    pub(super) fn keep(&mut self, points: f32) {
        if self.y + points > BOTTOM && points <= BOTTOM - TOP {
            self.turn();
        }
    }

    /// A line across, for the eye.
    pub(super) fn rule(&mut self) {
        self.spots.push(Spot { page: self.page, x: MARGIN, y: self.y, placed: Placed::Rule });
        self.skip(6.0);
    }

    /// Whether a letter was missing anywhere.
    pub(super) fn has_stand_ins(&self) -> bool {
        self.spots.iter().any(|spot| matches!(&spot.placed, Placed::Text { set, .. } if set.has_stand_ins))
    }

    /// A paragraph across the sheet.
    pub(super) fn paragraph(&mut self, look: Look, text: &str) -> Node {
        Node::Group(Tag::P.into(), vec![self.lines(look, text)])
    }

    /// Lines across the sheet.
    pub(super) fn lines(&mut self, look: Look, text: &str) -> Node {
        self.put(look, text, MARGIN, WIDTH, true)
    }

    /// Where a text begins that was placed.
    pub(super) fn place_of(&self, node: &Node) -> XyzDestination {
        let first = match node {
            Node::Lines(lines) => lines.first().and_then(|line| self.spots.get(*line)),
            Node::Group(..) => None,
        };
        let (page, y) = first.map_or((0, TOP), |spot| (spot.page, spot.y));
        XyzDestination::new(page, Point::from_xy(MARGIN, (y - 24.0).max(0.0)))
    }

    /// How high a text is across the sheet.
    pub(super) fn height(&self, look: Look, text: &str) -> f32 {
        self.high(look, text, WIDTH)
    }

    /// Whether a row of columns fits on this sheet with so much below it.
    pub(super) fn has_room_for(&self, look: Look, cells: &[String; COLUMNS], below: f32) -> bool {
        let high = columns().zip(cells).map(|((_, width), cell)| self.high(look, cell, width)).fold(0.0, f32::max);
        self.y + high + below <= BOTTOM
    }

    /// A row of columns; `tag` says what a cell is.
    pub(super) fn row(&mut self, look: Look, cells: &[String; COLUMNS], tag: impl Fn(usize, Node) -> Node) -> Node {
        let placed = self.beside(look, cells, true);
        Node::Group(Tag::TR.into(), placed.into_iter().enumerate().map(|(column, cell)| tag(column, cell)).collect())
    }

    /// The same for the eye alone.
    pub(super) fn repeat(&mut self, look: Look, cells: &[String; COLUMNS]) {
        self.beside(look, cells, false);
    }

    fn beside(&mut self, look: Look, cells: &[String; COLUMNS], is_read: bool) -> Vec<Node> {
        // A cell that is higher than a sheet goes on over the next ones; the others begin where it does.
        let top = (self.page, self.y);
        let mut lowest = top;
        let mut placed = Vec::new();
        for ((x, width), cell) in columns().zip(cells) {
            (self.page, self.y) = top;
            placed.push(self.put(look, cell, x, width, is_read));
            let end = (self.page, self.y);
            lowest = if end > lowest { end } else { lowest };
        }
        (self.page, self.y) = (lowest.0, lowest.1 + BELOW);
        placed
    }

    fn put(&mut self, look: Look, text: &str, x: f32, width: f32, is_read: bool) -> Node {
        let letters = letters(self.fonts, look);
        let mut placed = Vec::new();
        for line in letters.broken(text, width / look.size) {
            let set = letters.set(text, line, self.along);
            self.keep(look.size * LEADING);
            self.y += look.size * LEADING;
            if !set.pieces.is_empty() {
                placed.push(self.spots.len());
                self.spots.push(Spot { page: self.page, x, y: self.y, placed: Placed::Text { look, set, is_read } });
            }
        }
        Node::Lines(placed)
    }

    fn high(&self, look: Look, text: &str, width: f32) -> f32 {
        let lines = letters(self.fonts, look).broken(text, width / look.size).len();
        lines as f32 * look.size * LEADING
    }

    /// Draws all of it, with whose it is at the head of each sheet and its number at the foot, and answers
    /// with the structure. A name that is too long loses its end there, a birth date nothing.
    pub(super) fn draw(
        self,
        document: &mut Document,
        whole: Vec<Node>,
        (name, born): (&str, Option<&str>),
        number: impl Fn(i32, i32) -> String,
    ) -> Option<TagTree> {
        let mut identifiers = vec![None; self.spots.len()];
        let pages = self.page + 1;
        let small = Look { size: 8.5, is_bold: false, grey: 80 };
        let room = WIDTH / small.size;
        let regular = letters(self.fonts, small);
        let running = match born {
            Some(born) => joined([regular.fitting(name, room - regular.width(&format!(" · {born}"))), born.to_owned()]),
            None => regular.fitting(name, room),
        };
        for page in 0..pages {
            let mut sheet = document.start_page_with(PageSettings::from_wh(PAPER.0, PAPER.1)?);
            let mut surface = sheet.surface();
            self.margin(&mut surface, small, &running, ArtifactType::Header, 40.0);
            for (spot, identifier) in self.spots.iter().zip(&mut identifiers).filter(|(spot, _)| spot.page == page) {
                *identifier = self.spot(&mut surface, spot);
            }
            let [page, of] = [page + 1, pages].map(|number| i32::try_from(number).unwrap_or(i32::MAX));
            self.margin(&mut surface, small, &number(page, of), ArtifactType::Footer, PAPER.1 - 34.0);
            surface.finish();
            sheet.finish();
        }
        let mut tree = TagTree::new();
        for node in whole {
            if let Node::Group(tag, inside) = node {
                tree.push(group(tag, inside, &identifiers));
            }
        }
        Some(tree)
    }

    /// What stands in a margin of every sheet is no part of what is read: its first line.
    fn margin(&self, surface: &mut Surface<'_>, look: Look, text: &str, kind: ArtifactType, y: f32) {
        let letters = letters(self.fonts, look);
        let Some(line) = letters.broken(text, WIDTH / look.size).into_iter().next() else { return };
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        drawn(surface, letters, look, &letters.set(text, line, self.along), (MARGIN, y));
        surface.end_tagged();
    }

    fn spot(&self, surface: &mut Surface<'_>, Spot { x, y, placed, .. }: &Spot) -> Option<Identifier> {
        let (tag, is_read) = match placed {
            Placed::Text { is_read: true, .. } => (ContentTag::Span(SpanTag::empty()), true),
            Placed::Text { .. } | Placed::Rule => (ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)), false),
        };
        let identifier = surface.start_tagged(tag);
        match placed {
            Placed::Text { look, set, .. } => drawn(surface, letters(self.fonts, *look), *look, set, (*x, *y)),
            Placed::Rule => across(surface, *x, *y),
        }
        surface.end_tagged();
        is_read.then_some(identifier)
    }
}

fn letters(fonts: &Fonts, look: Look) -> &Letters {
    if look.is_bold { &fonts.bold } else { &fonts.regular }
}

/// The left end and the width of each column.
fn columns() -> impl Iterator<Item = (f32, f32)> {
    EDGES.windows(2).map(|edges| match edges {
        [from, to] => (MARGIN + from * WIDTH, (to - from) * WIDTH - GAP),
        _ => (MARGIN, WIDTH),
    })
}

fn ink(grey: u8) -> Fill {
    Fill { paint: rgb::Color::new(grey, grey, grey).into(), ..Fill::default() }
}

fn drawn(surface: &mut Surface<'_>, letters: &Letters, look: Look, set: &Set, (left, y): (f32, f32)) {
    surface.set_fill(Some(ink(look.grey)));
    for (x, piece) in &set.pieces {
        let start = Point::from_xy(left + x * look.size, y);
        surface.draw_glyphs(start, &piece.glyphs, letters.font.clone(), &piece.text, look.size, false);
    }
}

fn across(surface: &mut Surface<'_>, x: f32, y: f32) {
    let mut path = PathBuilder::new();
    if let Some(rule) = Rect::from_xywh(x, y, WIDTH, 0.6) {
        path.push_rect(rule);
    }
    if let Some(path) = path.finish() {
        surface.set_fill(Some(ink(150)));
        surface.draw_path(&path);
    }
}

fn group(tag: TagKind, inside: Vec<Node>, identifiers: &[Option<Identifier>]) -> TagGroup {
    let mut group = TagGroup::new(tag);
    for node in inside {
        match node {
            Node::Group(tag, inside) => group.push(self::group(tag, inside, identifiers)),
            Node::Lines(lines) => {
                lines.iter().filter_map(|line| identifiers.get(*line).copied().flatten()).for_each(|line| group.push(line))
            }
        }
    }
    group
}
