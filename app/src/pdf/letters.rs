//! Text as letters of the font: shaped, in the direction of its script, broken into lines.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer, shape};
use unicode_bidi::{BidiInfo, Level};

/// What stands for a letter that the font lacks.
const STAND_IN: char = '\u{fffd}';

/// The fonts of the file: DejaVu Sans Condensed has Latin, Greek, Cyrillic, Armenian,
/// Georgian, Hebrew and Arabic letters.
pub(super) struct Fonts {
    pub(super) regular: Letters,
    pub(super) bold: Letters,
}

/// One of them.
pub(super) struct Letters {
    face: Face<'static>,
    pub(super) font: Font,
    stand_in: (GlyphId, f32),
}

/// A line of text on its way to a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Set {
    /// In the order in which they are read, each with its place from the left, in ems.
    pub(super) pieces: Vec<(f32, Piece)>,
    /// Whether a letter is missing.
    pub(super) has_stand_ins: bool,
}

/// What is drawn at once.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
}

impl Fonts {
    pub(super) fn read() -> Option<Self> {
        let (regular, bold) = (dejavu::sans_condensed::regular(), dejavu::sans_condensed::bold());
        Some(Self { regular: Letters::read(regular)?, bold: Letters::read(bold)? })
    }
}

/// The words of a stretch, each with where it begins.
fn words(text: &str, stretch: Range<usize>) -> Vec<(usize, &str)> {
    let mut start = stretch.start;
    let mut words = Vec::new();
    for word in text.get(stretch).unwrap_or_default().split_inclusive(' ') {
        words.push((start, word));
        start += word.len();
    }
    words
}

/// A sign that steers letters and is none itself: where the font has nothing for it, nothing is drawn.
const fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}')
}

impl Letters {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let face = Face::from_slice(bytes, 0)?;
        let glyph = face.glyph_index(STAND_IN)?;
        let advance = f32::from(face.glyph_hor_advance(glyph)?) / face.units_per_em() as f32;
        Some(Self { face, font: Font::new(bytes.into(), 0)?, stand_in: (GlyphId::new(glyph.0.into()), advance) })
    }

    /// Whether every letter of a text can be drawn.
    pub(super) fn have(&self, text: &str) -> bool {
        text.chars().all(|letter| letter.is_whitespace() || is_unseen(letter) || self.face.glyph_index(letter).is_some())
    }

    /// A text in one line of at most this width, in ems: its end is left out where it has to be.
    pub(super) fn fitting(&self, text: &str, width: f32) -> String {
        let first = |width| self.broken(text, width).into_iter().next().and_then(|line| text.get(line)).unwrap_or_default();
        let whole = first(width);
        if whole.len() == text.len() { text.to_owned() } else { format!("{}…", first(width - self.advance('…')).trim_end()) }
    }

    /// Breaks a text into lines of at most this width, in ems: at spaces, or within a word
    /// that is longer than a line.
    pub(super) fn broken(&self, text: &str, width: f32) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut line, mut filled) = (0..0, 0.0);
        let mut start = 0;
        for word in text.split_inclusive(' ') {
            for (part, part_width) in self.parts(word, width) {
                if filled > 0.0 && filled + part_width > width {
                    lines.push(line.clone());
                    (line, filled) = (start..start, 0.0);
                }
                start += part.len();
                line.end = start;
                filled += part_width + if part.ends_with(' ') { self.advance(' ') } else { 0.0 };
            }
        }
        lines.push(line);
        lines
    }

    /// A word in one, or in as many parts as it needs, each with its width but for the space.
    fn parts<'t>(&self, word: &'t str, width: f32) -> Vec<(&'t str, f32)> {
        let whole = self.width(word.trim_end());
        if whole <= width {
            return vec![(word, whole)];
        }
        let mut parts = Vec::new();
        let (mut start, mut filled) = (0, 0.0);
        for (at, letter) in word.char_indices() {
            let advance = self.advance(letter);
            if filled > 0.0 && filled + advance > width {
                parts.push((word.get(start..at).unwrap_or_default(), filled));
                (start, filled) = (at, 0.0);
            }
            filled += advance;
        }
        parts.push((word.get(start..).unwrap_or_default(), filled));
        parts
    }

    /// About how wide a text is: shaping, which takes ten times as long, moves letters closer together.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum()
    }

    fn advance(&self, letter: char) -> f32 {
        let advance = self.face.glyph_index(letter).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        let unknown = if is_unseen(letter) { 0.0 } else { self.stand_in.1 };
        advance.map_or(unknown, |advance| f32::from(advance) / self.em())
    }

    fn em(&self) -> f32 {
        self.face.units_per_em() as f32
    }

    /// A line of a text, set `along` the direction of the page. Words of a script from right to left are
    /// placed from the right, and are still drawn in the order in which they are read (UAX 9).
    pub(super) fn set(&self, text: &str, line: Range<usize>, along: Level) -> Set {
        let bidi = BidiInfo::new(text, Some(along));
        let mut placed: Vec<(usize, f32, Piece)> = Vec::new();
        let mut x = 0.0;
        if let Some(paragraph) = bidi.paragraphs.first().filter(|_| bidi.has_rtl()) {
            let (levels, runs) = bidi.visual_runs(paragraph, line);
            for run in runs {
                let is_rtl = levels.get(run.start).is_some_and(|level| level.is_rtl());
                let direction = if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight };
                let mut words = words(text, run);
                if is_rtl {
                    words.reverse();
                }
                for (start, word) in words {
                    let piece = self.shaped(word, direction);
                    let width: f32 = piece.glyphs.iter().map(|glyph| glyph.x_advance).sum();
                    placed.push((start, x, piece));
                    x += width;
                }
            }
            placed.sort_by_key(|(start, ..)| *start);
        } else {
            let piece = self.shaped(text.get(line).unwrap_or_default(), Direction::LeftToRight);
            placed.push((0, 0.0, piece));
        }
        let pieces: Vec<_> = placed.into_iter().map(|(_, x, piece)| (x, piece)).filter(|(_, piece)| !piece.glyphs.is_empty()).collect();
        let has_stand_ins = pieces.iter().any(|(_, piece)| piece.glyphs.iter().any(|glyph| glyph.glyph_id == self.stand_in.0));
        Set { pieces, has_stand_ins }
    }

    /// Glyphs from left to right, each with the letters that it stands for. What the font
    /// lacks is a sign for each letter, and the letter is what the sign says.
    fn shaped(&self, text: &str, direction: Direction) -> Piece {
        let mut glyphs = Vec::new();
        let mut stretches: Vec<(bool, Range<usize>)> = Vec::new();
        for (at, letter) in text.char_indices() {
            let (is_known, end) = (self.face.glyph_index(letter).is_some(), at + letter.len_utf8());
            match stretches.last_mut() {
                Some((known, range)) if *known == is_known => range.end = end,
                _ => stretches.push((is_known, at..end)),
            }
        }
        if direction == Direction::RightToLeft {
            stretches.reverse();
        }
        for (is_known, range) in stretches {
            let known = is_known.then(|| self.known(text, range.clone(), direction)).flatten();
            match known {
                Some(known) => glyphs.extend(known),
                None => glyphs.extend(self.stand_ins(text, range, direction)),
            }
        }
        Piece { text: text.to_owned(), glyphs }
    }

    fn known(&self, text: &str, range: Range<usize>, direction: Direction) -> Option<Vec<KrillaGlyph>> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text.get(range.clone())?);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let shaped = shape(&self.face, &[], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        let em = self.em();
        let mut glyphs = Vec::with_capacity(starts.len());
        for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            if info.glyph_id == 0 {
                return None;
            }
            let start = info.cluster as usize;
            let end = starts.get(starts.partition_point(|other| *other <= start)).map_or(range.end, |next| range.start + next);
            let [advance, x, y, up] = [place.x_advance, place.x_offset, place.y_offset, place.y_advance].map(|units| units as f32 / em);
            glyphs.push(KrillaGlyph::new(GlyphId::new(info.glyph_id), advance, x, y, up, range.start + start..end, None));
        }
        Some(glyphs)
    }

    fn stand_ins(&self, text: &str, range: Range<usize>, direction: Direction) -> Vec<KrillaGlyph> {
        let (glyph, advance) = self.stand_in;
        let letters = text.get(range.clone()).unwrap_or_default().char_indices().filter(|(_, letter)| !is_unseen(*letter));
        let sign = |(at, letter): (usize, char)| {
            let start = range.start + at;
            KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, start..start + letter.len_utf8(), None)
        };
        let mut glyphs: Vec<_> = letters.map(sign).collect();
        if direction == Direction::RightToLeft {
            glyphs.reverse();
        }
        glyphs
    }
}
