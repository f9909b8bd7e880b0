//! How a part of a document is shown, and why not where it is not.

use super::{
    Content, ContentPlace,
    clinical::{Clinical, Unread},
    decoded,
    kind::Kind,
    markup::{LONGEST, Markup, Unwritten},
    pdf, rtf,
};

/// The largest picture that is shown, in points: what a camera makes is shown, and what would fill the memory
/// of a telephone is not.
pub const MOST_POINTS: usize = 40_000_000;

/// The largest file that is looked into for its words, in bytes.
const LARGEST: usize = 16 << 20;

/// So many parts of a document are looked into for its page.
const MOST_PARTS: usize = 50;

/// What the page of a document may take for all of its parts together.
#[derive(Debug)]
struct Room {
    parts: usize,
    /// Bytes that are looked into.
    bytes: usize,
    /// Bytes of texts that are written.
    written: usize,
    /// Bytes of the objects of PDF, unpacked.
    unpacked: u64,
}

impl Room {
    const fn new() -> Self {
        Self { parts: MOST_PARTS, bytes: 2 * LARGEST, written: 2 * LONGEST, unpacked: pdf::MOST }
    }

    /// Reads a text, where there is room for it and for what is written of it.
    fn text(&mut self, bytes: usize, read: impl FnOnce(usize) -> Result<(Reading, usize), Closed>) -> Result<Reading, Closed> {
        if bytes > LARGEST {
            return Err(Closed::TooLong);
        }
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Closed::Full)?;
        let longest = self.written.min(LONGEST);
        let (reading, written) = read(longest).map_err(|closed| match closed {
            Closed::TooLong if longest < LONGEST => Closed::Full,
            closed => closed,
        })?;
        self.written = self.written.saturating_sub(written);
        Ok(reading)
    }

    /// Whether a PDF is quiet. What there is no room for is looked at when it is opened.
    fn pdf(&mut self, bytes: &[u8]) -> Result<Reading, Closed> {
        let Some(left) = self.bytes.checked_sub(bytes.len()).filter(|_| self.unpacked > 0) else { return Ok(Reading::Pdf) };
        self.bytes = left;
        let is_first = self.unpacked == pdf::MOST;
        let may_act = pdf::may_act(bytes, &mut self.unpacked);
        if may_act && (is_first || self.unpacked > 0) { Err(Closed::Program) } else { Ok(Reading::Pdf) }
    }
}

/// How the parts of a document are shown on its page, each with its headings below its title.
#[must_use]
pub fn all(contents: &[Content]) -> Vec<Reading> {
    let mut room = Room::new();
    contents.iter().map(|content| content.within(if content.title.is_some() { 3 } else { 2 }, &mut room)).collect()
}

/// How a part is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// As plain text: what the source wrote.
    Text(String),
    /// The same, with words that are struck out, raised or lowered.
    Written(Markup),
    /// As headings, lists, tables and words.
    Markup(Markup),
    /// As a clinical document, section by section.
    Clinical(Box<Clinical>),
    /// By the browser, as a picture of so many points each way.
    Picture {
        /// Points from side to side.
        width: usize,
        /// Points from top to bottom.
        height: usize,
    },
    /// By the browser's own viewer, on a page of its own.
    Pdf,
    /// Not at all.
    Closed(Closed),
}

/// Why a part is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It did not come with the record.
    Missing,
    /// Its kind is not one that is shown.
    Kind,
    /// A drawing, which may contain programs.
    Drawing,
    /// A PDF with a program, or with parts in which there may be one.
    Program,
    /// Its bytes are not of the kind that its source calls it.
    Otherwise,
    /// It is broken.
    Broken,
    /// There is not a word in it.
    Empty,
    /// It is too long for a page.
    TooLong,
    /// A picture of too many points.
    TooManyPoints {
        /// Points from side to side.
        width: usize,
        /// Points from top to bottom.
        height: usize,
    },
    /// The parts before it are as much as a page can show.
    Full,
    /// A clinical document around a file of another kind.
    Enclosed,
}

impl Content {
    /// How it is shown, with its headings below those of this level.
    #[must_use]
    pub fn reading(&self, below: u8) -> Reading {
        self.within(below, &mut Room { bytes: usize::MAX, ..Room::new() })
    }

    fn within(&self, below: u8, room: &mut Room) -> Reading {
        let Some(fewer) = room.parts.checked_sub(1) else { return Reading::Closed(Closed::Full) };
        room.parts = fewer;
        let kind = self.kind();
        match &self.place {
            ContentPlace::Here(bytes) => read(kind, &self.content_type, bytes, below, room).unwrap_or_else(Reading::Closed),
            // Whether it is one is looked at when it is opened.
            ContentPlace::Large(_) if kind == Kind::Pdf => Reading::Pdf,
            ContentPlace::Large(_) if kind.shown_as().is_some() || kind.is_text() => Reading::Closed(Closed::TooLong),
            ContentPlace::Large(_) if kind == Kind::Svg => Reading::Closed(Closed::Drawing),
            ContentPlace::Large(_) => Reading::Closed(Closed::Kind),
            ContentPlace::There(_) | ContentPlace::Missing => Reading::Closed(Closed::Missing),
        }
    }
}

fn read(kind: Kind, content_type: &str, bytes: &[u8], below: u8, room: &mut Room) -> Result<Reading, Closed> {
    if !kind.begins(bytes) {
        return Err(Closed::Otherwise);
    }
    let decoded = || decoded(content_type, bytes).ok_or(Closed::Otherwise);
    match kind {
        Kind::Text => room.text(bytes.len(), |longest| text(&decoded()?, longest)),
        Kind::Rtf => room.text(bytes.len(), |longest| rich(&rtf::read(bytes), longest)),
        Kind::Html => room.text(bytes.len(), |longest| {
            let markup = Markup::within(&decoded()?, below, longest)?;
            let written = markup.html().len();
            Ok((Reading::Markup(markup), written))
        }),
        Kind::Xml | Kind::Clinical => room.text(bytes.len(), |longest| clinical(&decoded()?, longest)),
        Kind::Pdf => room.pdf(bytes),
        Kind::Png | Kind::Jpeg | Kind::Gif | Kind::WebP => picture(kind, bytes),
        Kind::Svg => Err(Closed::Drawing),
        Kind::Dicom | Kind::Sound | Kind::Film | Kind::Zip | Kind::Other => Err(Closed::Kind),
    }
}

fn text(text: &str, longest: usize) -> Result<(Reading, usize), Closed> {
    // Lines that only stand before and after are no part of what was written.
    let text = text.trim_start_matches(['\r', '\n']).trim_end();
    match text.len() {
        0 => Err(Closed::Empty),
        length if length > longest => Err(Closed::TooLong),
        length => Ok((Reading::Text(text.to_owned()), length)),
    }
}

fn rich(rtf: &rtf::Rtf, longest: usize) -> Result<(Reading, usize), Closed> {
    if rtf.is_broken {
        return Err(Closed::Broken);
    }
    match rtf.markup(longest) {
        Some(markup) => {
            let markup = markup?;
            let written = markup.html().len();
            Ok((Reading::Written(markup), written))
        }
        None => text(&rtf.text(), longest),
    }
}

fn clinical(text: &str, longest: usize) -> Result<(Reading, usize), Closed> {
    let clinical = Clinical::within(text, longest).map_err(|unread| match unread {
        Unread::TooLong => Closed::TooLong,
        Unread::Broken => Closed::Broken,
        Unread::Other => Closed::Kind,
    })?;
    match (clinical.is_enclosed, clinical.sections.is_empty()) {
        (true, true) => Err(Closed::Enclosed),
        (false, true) => Err(Closed::Empty),
        (_, false) => {
            let written = clinical.sections.iter().flat_map(|section| &section.text).map(|text| text.html().len()).sum();
            Ok((Reading::Clinical(Box::new(clinical)), written))
        }
    }
}

/// Its size is read where it is written, at the beginning: nothing of the picture is unpacked here.
fn picture(kind: Kind, bytes: &[u8]) -> Result<Reading, Closed> {
    let said = imagesize::blob_size(bytes).map_err(|_| Closed::Broken)?;
    let (mut width, mut height) = (said.width, said.height);
    if kind == Kind::Gif {
        // Its first picture may be larger than the screen that it names, and browsers then make the screen so large.
        let first = first_picture(bytes).ok_or(Closed::Broken)?;
        (width, height) = (width.max(first.0), height.max(first.1));
    }
    match width.checked_mul(height) {
        None | Some(0) => Err(Closed::Broken),
        Some(points) if points > MOST_POINTS => Err(Closed::TooManyPoints { width, height }),
        Some(_) => Ok(Reading::Picture { width, height }),
    }
}

/// How far the first picture of a GIF reaches (GIF89a, 20, "image descriptor").
fn first_picture(gif: &[u8]) -> Option<(usize, usize)> {
    let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours(*gif.get(10)?);
    loop {
        match *gif.get(at)? {
            // An extension: its label, then blocks, each with its length, up to an empty one.
            0x21 => {
                at += 2;
                loop {
                    let length = usize::from(*gif.get(at)?);
                    at += length + 1;
                    if length == 0 {
                        break;
                    }
                }
            }
            0x2c => {
                let number = |from: usize| Some(usize::from(u16::from_le_bytes([*gif.get(at + from)?, *gif.get(at + from + 1)?])));
                return Some((number(1)? + number(5)?, number(3)? + number(7)?));
            }
            _ => return None,
        }
    }
}

impl From<Unwritten> for Closed {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::TooLong => Self::TooLong,
            Unwritten::Empty => Self::Empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content_type: &str, bytes: &[u8]) -> Reading {
        let place = ContentPlace::Here(bytes.to_vec());
        Content { content_type: content_type.to_owned(), title: None, language: None, place, of: None, names: Vec::new() }.reading(2)
    }

    fn gif(screen: [u8; 4], first: [u8; 4]) -> Vec<u8> {
        [b"GIF89a", &screen[..], &[0, 0, 0, 0x21, 0xfe, 1, b'x', 0, 0x2c, 0, 0, 0, 0], &first, &[0, 2, 0, 0x3b]].concat()
    }

    #[test]
    fn a_text_is_shown_without_the_lines_around_it() {
        assert_eq!(of("text/plain", b"\n\n  2001\n# Note\n\n"), Reading::Text("  2001\n# Note".to_owned()));
        assert_eq!(of("text/plain", b" \n"), Reading::Closed(Closed::Empty));
        assert_eq!(of("text/plain", &[b'a'; (1 << 20) + 1]), Reading::Closed(Closed::TooLong));
        assert_eq!(of("text/rtf", b"<html>"), Reading::Closed(Closed::Otherwise));
    }

    #[test]
    fn a_page_has_room_for_so_many_parts_and_so_long_texts() {
        let content = |content_type: &str, bytes: Vec<u8>| Content {
            content_type: content_type.to_owned(),
            title: None,
            language: None,
            place: ContentPlace::Here(bytes),
            of: None,
            names: Vec::new(),
        };
        let is_full = |reading: &&Reading| **reading == Reading::Closed(Closed::Full);
        let many = vec![content("text/plain", b"x".to_vec()); 60];
        assert_eq!(all(&many).iter().filter(is_full).count(), 10);
        let long = vec![content("text/plain", vec![b'x'; 900 << 10]); 4];
        let readings = all(&long);
        assert_eq!(readings.iter().map(|reading| matches!(reading, Reading::Text(_))).collect::<Vec<_>>(), [true, true, false, false]);
        assert_eq!(readings.iter().filter(is_full).count(), 2);
        let html = vec![content("text/html", b"<!-- -->".repeat(2 << 20).into_iter().chain(*b"x").take(LARGEST).collect()); 3];
        assert_eq!(all(&html).iter().filter(is_full).count(), 1, "what is looked into counts, too");
        let pdf = vec![content("application/pdf", [b"%PDF-1.4 ", &vec![b' '; 20 << 20][..], b"/JavaScript"].concat()); 2];
        assert_eq!(all(&pdf), [Reading::Closed(Closed::Program), Reading::Pdf], "it is looked at when it is opened");
        assert_eq!(pdf[1].reading(2), Reading::Closed(Closed::Program));
    }

    #[test]
    fn a_picture_is_shown_up_to_so_many_points_by_its_head_alone() {
        let png = |width: u32, height: u32| {
            [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat()
        };
        assert_eq!(of("image/png", &png(8_000, 5_000)), Reading::Picture { width: 8_000, height: 5_000 });
        let large = Closed::TooManyPoints { width: 50_000, height: 50_000 };
        assert_eq!(of("image/png", &png(50_000, 50_000)), Reading::Closed(large));
        assert_eq!(of("image/jpeg", &png(8, 8)), Reading::Closed(Closed::Otherwise));
        assert_eq!(of("image/png", &png(0, 8)), Reading::Closed(Closed::Broken));
        assert_eq!(of("image/svg+xml", b"<svg/>"), Reading::Closed(Closed::Drawing));
    }

    #[test]
    fn a_gif_is_as_large_as_its_screen_or_its_first_picture() {
        assert_eq!(of("image/gif", &gif([2, 0, 3, 0], [1, 0, 9, 0])), Reading::Picture { width: 2, height: 9 });
        let large = Closed::TooManyPoints { width: 65_535, height: 65_535 };
        assert_eq!(of("image/gif", &gif([1, 0, 1, 0], [255; 4])), Reading::Closed(large));
        assert_eq!(of("image/gif", b"GIF89a\x01\0\x01\0\0\0\0"), Reading::Closed(Closed::Broken));
    }

    #[test]
    fn xml_that_is_no_clinical_document_or_has_no_text_is_not_shown() {
        assert_eq!(of("text/xml", b"<a/>"), Reading::Closed(Closed::Kind));
        assert_eq!(of("text/xml", b"<!DOCTYPE a><a/>"), Reading::Closed(Closed::Broken));
        let around = br#"<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody/></component></ClinicalDocument>"#;
        assert_eq!(of("text/xml", around), Reading::Closed(Closed::Enclosed));
    }
}
