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

/// How a part is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// As plain text: what the source wrote.
    Text(String),
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
    /// A clinical document around a file of another kind.
    Enclosed,
}

impl Content {
    /// How it is shown, with its headings below those of this level.
    #[must_use]
    pub fn reading(&self, below: u8) -> Reading {
        let kind = self.kind();
        match &self.place {
            ContentPlace::Here(bytes) => read(kind, &self.content_type, bytes, below).unwrap_or_else(Reading::Closed),
            // Whether it is one is looked at when it is opened.
            ContentPlace::Large(_) if kind == Kind::Pdf => Reading::Pdf,
            ContentPlace::Large(_) if kind.shown_as().is_some() || kind.is_text() => Reading::Closed(Closed::TooLong),
            ContentPlace::Large(_) if kind == Kind::Svg => Reading::Closed(Closed::Drawing),
            ContentPlace::Large(_) => Reading::Closed(Closed::Kind),
            ContentPlace::There(_) | ContentPlace::Missing => Reading::Closed(Closed::Missing),
        }
    }
}

fn read(kind: Kind, content_type: &str, bytes: &[u8], below: u8) -> Result<Reading, Closed> {
    if !kind.begins(bytes) {
        return Err(Closed::Otherwise);
    }
    if kind.is_text() && bytes.len() > LARGEST {
        return Err(Closed::TooLong);
    }
    match kind {
        Kind::Text => text(decoded(content_type, bytes).ok_or(Closed::Otherwise)?),
        Kind::Rtf => text(rtf::text(bytes)),
        Kind::Html => {
            let html = decoded(content_type, bytes).ok_or(Closed::Otherwise)?;
            Ok(Reading::Markup(Markup::of(&html, below).map_err(Closed::from)?))
        }
        Kind::Xml | Kind::Clinical => clinical(&decoded(content_type, bytes).ok_or(Closed::Otherwise)?),
        Kind::Pdf if pdf::may_act(bytes) => Err(Closed::Program),
        Kind::Pdf => Ok(Reading::Pdf),
        Kind::Png | Kind::Jpeg | Kind::Gif | Kind::WebP => picture(kind, bytes),
        Kind::Svg => Err(Closed::Drawing),
        Kind::Dicom | Kind::Sound | Kind::Film | Kind::Zip | Kind::Other => Err(Closed::Kind),
    }
}

fn text(text: String) -> Result<Reading, Closed> {
    // Lines that only stand before and after are no part of what was written.
    let text = text.trim_start_matches(['\r', '\n']).trim_end();
    match text.len() {
        0 => Err(Closed::Empty),
        1..=LONGEST => Ok(Reading::Text(text.to_owned())),
        _ => Err(Closed::TooLong),
    }
}

fn clinical(text: &str) -> Result<Reading, Closed> {
    let clinical = Clinical::read(text).map_err(|unread| match unread {
        Unread::TooLong => Closed::TooLong,
        Unread::Broken => Closed::Broken,
        Unread::Other => Closed::Kind,
    })?;
    match (clinical.is_enclosed, clinical.sections.is_empty()) {
        (true, true) => Err(Closed::Enclosed),
        (false, true) => Err(Closed::Empty),
        (_, false) => Ok(Reading::Clinical(Box::new(clinical))),
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
        Content { content_type: content_type.to_owned(), title: None, language: None, place }.reading(2)
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
