//! The words of a text in RTF (Rich Text Format Specification 1.9.1): paragraphs as lines, and which words are struck out,
//! raised or lowered. One pass, bounded in depth and length.

use std::collections::HashMap;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, IBM866, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1252};

use super::markup::{Attributes, Markup, Unwritten, Writer};

/// The deepest nesting with a state of its own; deeper groups share the state of this one.
const DEEPEST: usize = 100;

/// The longest text that is read, in bytes.
const LONGEST: usize = 4 << 20;

/// The most fonts that are told apart.
const MOST_FONTS: usize = 1_000;

/// Destinations that are no text of the document.
const HIDDEN: [&str; 17] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "headerl",
    "headerr",
    "headerf",
    "footerl",
    "footerr",
    "footerf",
    "fldinst",
    "themedata",
    "datastore",
];

/// How letters are written: struck out, raised or lowered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Marks {
    is_struck: bool,
    raised: Option<&'static str>,
}

/// In what a font has its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    /// In what the text has them.
    OfText,
    Of(&'static Encoding),
    /// In signs of its own.
    Signs,
    /// In what is not known here.
    Unknown,
}

/// Of the group that is read.
#[derive(Debug, Clone, Copy)]
struct State {
    is_hidden: bool,
    /// Words that are kept, and not shown.
    is_kept: bool,
    is_of_fonts: bool,
    marks: Marks,
    letters: Letters,
    /// How many letters stand for a `\u` where Unicode is not known.
    stand_ins: usize,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rtf {
    runs: Vec<(Marks, String)>,
    /// Some letters are in a code page that is not known: they would be others.
    pub is_broken: bool,
}

impl Rtf {
    /// The words.
    pub fn text(&self) -> String {
        let text: String = self.runs.iter().map(|(_, words)| words.as_str()).collect();
        let lines = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        lines.trim().to_owned()
    }

    /// The same with its marks, where it has any.
    pub fn markup(&self, longest: usize) -> Option<Result<Markup, Unwritten>> {
        self.runs.iter().any(|(marks, words)| *marks != Marks::default() && !words.trim().is_empty()).then(|| {
            let mut writer = Writer::new(2, longest);
            for (marks, words) in &self.runs {
                let names: Vec<_> = marks.is_struck.then_some("s").into_iter().chain(marks.raised).collect();
                names.iter().for_each(|name| writer.open(name, &Attributes::default()));
                writer.text(words);
                names.iter().rev().for_each(|name| writer.close(name));
            }
            writer.finish()
        })
    }
}

/// Reads it.
#[must_use]
pub fn read(bytes: &[u8]) -> Rtf {
    let mut reader = Reader {
        rest: bytes,
        runs: Vec::new(),
        length: 0,
        text: Letters::Of(WINDOWS_1252),
        fonts: HashMap::new(),
        font: 0,
        first_font: None,
        states: Vec::new(),
        state: State {
            is_hidden: false,
            is_kept: false,
            is_of_fonts: false,
            marks: Marks::default(),
            letters: Letters::OfText,
            stand_ins: 1,
        },
        deeper: 0,
        skip: 0,
        letters: Vec::new(),
        units: Vec::new(),
        is_broken: false,
    };
    reader.read();
    Rtf { runs: reader.runs, is_broken: reader.is_broken }
}

/// The words.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    read(bytes).text()
}

/// A code page by its number.
fn code_page(number: i64) -> Letters {
    Letters::Of(match number {
        0 => WINDOWS_1252,
        866 => IBM866,
        874 => WINDOWS_874,
        932 => SHIFT_JIS,
        936 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        10_000 => MACINTOSH,
        65_001 => UTF_8,
        _ => return Encoding::for_label(format!("windows-{number}").as_bytes()).map_or(Letters::Unknown, Letters::Of),
    })
}

/// The letters of a font (RTF 1.9.1, "font table").
fn character_set(number: i64) -> Letters {
    match number {
        0 | 1 => Letters::OfText,
        2 => Letters::Signs,
        77 => Letters::Of(MACINTOSH),
        128 => code_page(932),
        129 => code_page(949),
        134 => code_page(936),
        136 => code_page(950),
        161 => code_page(1253),
        162 => code_page(1254),
        163 => code_page(1258),
        177 => code_page(1255),
        178 => code_page(1256),
        186 => code_page(1257),
        204 => code_page(1251),
        222 => code_page(874),
        238 => code_page(1250),
        _ => Letters::Unknown,
    }
}

struct Reader<'r> {
    rest: &'r [u8],
    runs: Vec<(Marks, String)>,
    length: usize,
    text: Letters,
    fonts: HashMap<i64, Letters>,
    /// The one that the table tells of.
    font: i64,
    first_font: Option<i64>,
    states: Vec<State>,
    state: State,
    /// Groups deeper than [`DEEPEST`].
    deeper: usize,
    /// Stand-ins still to be left out.
    skip: usize,
    /// Letters of the code page that have not been decoded yet: some take two.
    letters: Vec<u8>,
    /// The same of Unicode.
    units: Vec<u16>,
    is_broken: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some((&first, rest)) = self.rest.split_first() {
            if self.length > LONGEST {
                break;
            }
            self.rest = rest;
            match first {
                b'{' if self.states.len() < DEEPEST => self.states.push(self.state),
                b'{' => self.deeper += 1,
                b'}' if self.deeper > 0 => self.deeper -= 1,
                b'}' => {
                    self.flush();
                    self.state = self.states.pop().unwrap_or(self.state);
                    self.skip = 0;
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                0x80.. => self.high(first),
                letter => self.letter(char::from(letter)),
            }
        }
        self.flush();
    }

    /// A control word or sign, after its backslash.
    fn control(&mut self) {
        let Some((&first, rest)) = self.rest.split_first() else { return };
        if !first.is_ascii_alphabetic() {
            self.rest = rest;
            match first {
                b'\'' => self.hexadecimal(),
                b'*' => self.hide(),
                b'~' => self.letter('\u{a0}'),
                b'_' => self.letter('-'),
                b'\\' | b'{' | b'}' => self.letter(char::from(first)),
                b'\r' | b'\n' => self.write('\n'),
                _ => {}
            }
            return;
        }
        let length = self.rest.iter().take(32).take_while(|letter| letter.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(length);
        let digits = rest.iter().enumerate().take_while(|(at, digit)| digit.is_ascii_digit() || (*at == 0 && **digit == b'-')).count();
        let (number, rest) = rest.split_at(digits);
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let number: Option<i64> = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        self.word(std::str::from_utf8(word).unwrap_or_default(), number);
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "par" | "line" | "row" | "sect" | "page" | "column" => self.write('\n'),
            "tab" | "cell" | "nestcell" => self.write('\t'),
            "nestrow" => self.write('\n'),
            "u" => self.unicode(number.unwrap_or(0xfffd)),
            "uc" => self.state.stand_ins = usize::try_from(number.unwrap_or(1)).unwrap_or_default().min(16),
            "bin" => {
                let length = usize::try_from(number.unwrap_or_default()).unwrap_or_default();
                self.rest = self.rest.get(length..).unwrap_or_default();
            }
            "ansicpg" => self.in_letters(|reader| reader.text = code_page(number.unwrap_or_default())),
            "mac" => self.text = Letters::Of(MACINTOSH),
            "pc" | "pca" => self.text = Letters::Unknown,
            "deff" => self.first_font = number,
            "f" if self.state.is_of_fonts => self.font = number.unwrap_or_default(),
            "f" => self.in_letters(|reader| reader.state.letters = reader.letters_of(number)),
            "fcharset" if self.state.is_of_fonts && self.fonts.len() < MOST_FONTS => {
                self.fonts.insert(self.font, character_set(number.unwrap_or_default()));
            }
            "fonttbl" => {
                self.hide();
                self.state.is_of_fonts = true;
            }
            "plain" => self.in_letters(|reader| {
                reader.state.letters = reader.letters_of(reader.first_font);
                reader.state.marks = Marks::default();
                reader.state.is_kept = false;
            }),
            "v" => self.in_letters(|reader| reader.state.is_kept = number != Some(0)),
            "deleted" | "strike" | "striked" => self.in_letters(|reader| reader.state.marks.is_struck = number != Some(0)),
            "super" | "up" => self.in_letters(|reader| reader.state.marks.raised = (number != Some(0)).then_some("sup")),
            "sub" | "dn" => self.in_letters(|reader| reader.state.marks.raised = (number != Some(0)).then_some("sub")),
            "nosupersub" => self.in_letters(|reader| reader.state.marks.raised = None),
            "emdash" => self.letter('—'),
            "endash" => self.letter('–'),
            "bullet" => self.letter('•'),
            "lquote" => self.letter('‘'),
            "rquote" => self.letter('’'),
            "ldblquote" => self.letter('“'),
            "rdblquote" => self.letter('”'),
            _ if HIDDEN.contains(&word) => self.hide(),
            _ => {}
        }
    }

    /// Changes how letters are written, after those before.
    fn in_letters(&mut self, change: impl FnOnce(&mut Self)) {
        self.flush();
        change(self);
    }

    fn letters_of(&self, font: Option<i64>) -> Letters {
        font.and_then(|font| self.fonts.get(&font)).copied().unwrap_or(Letters::OfText)
    }

    /// In what letters are now.
    fn encoding(&self) -> Letters {
        if self.state.letters == Letters::OfText { self.text } else { self.state.letters }
    }

    const fn is_left_out(&self) -> bool {
        self.state.is_hidden || self.state.is_kept
    }

    fn push(&mut self, words: &str) {
        self.length += words.len();
        match self.runs.last_mut().filter(|(marks, _)| *marks == self.state.marks) {
            Some((_, run)) => run.push_str(words),
            None => self.runs.push((self.state.marks, words.to_owned())),
        }
    }

    /// Letters of the code page, of which some take two bytes.
    fn push_letters(&mut self, bytes: &[u8]) {
        match self.encoding() {
            Letters::Of(encoding) => self.push(&encoding.decode_without_bom_handling(bytes).0),
            // A dot before an item is the one that is common.
            Letters::Signs => {
                let signs: String = bytes.iter().map(|byte| if *byte == 0xb7 { '•' } else { char::REPLACEMENT_CHARACTER }).collect();
                self.push(&signs);
            }
            Letters::OfText | Letters::Unknown if bytes.is_ascii() => self.push(&String::from_utf8_lossy(bytes)),
            Letters::OfText | Letters::Unknown => {
                self.is_broken = true;
                self.push(&String::from_utf8_lossy(bytes));
            }
        }
    }

    /// Whether the last letter lacks its second byte, which may be written as the letter that it is in ASCII.
    fn is_half(&self) -> bool {
        let Letters::Of(encoding) = self.encoding() else { return false };
        if ![SHIFT_JIS, GBK, EUC_KR, BIG5].contains(&encoding) {
            return false;
        }
        let mut letters = self.letters.iter();
        while let Some(first) = letters.next() {
            let is_alone = *first <= 0x80 || (encoding == SHIFT_JIS && (0xa1..=0xdf).contains(first));
            if !is_alone && letters.next().is_none() {
                return true;
            }
        }
        false
    }

    fn hide(&mut self) {
        self.flush();
        self.state.is_hidden = true;
    }

    /// A letter as two digits; it may be one of several of a letter.
    fn hexadecimal(&mut self) {
        let (digits, rest) = self.rest.split_at(self.rest.len().min(2));
        let Some(byte) = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok()) else { return };
        self.rest = rest;
        if self.is_stand_in() || self.is_left_out() {
            return;
        }
        self.flush_units();
        self.letters.push(byte);
    }

    /// Letters that the format does not allow, as some write them: UTF-8, or else the code page.
    fn high(&mut self, first: u8) {
        let length = self.rest.iter().take_while(|byte| **byte >= 0x80).count();
        let (more, rest) = self.rest.split_at(length);
        self.rest = rest;
        let bytes: Vec<u8> = std::iter::once(first).chain(more.iter().copied()).collect();
        if self.is_stand_in() || self.is_left_out() {
            return;
        }
        self.flush();
        match std::str::from_utf8(&bytes) {
            Ok(text) => self.push(text),
            Err(_) => self.push_letters(&bytes),
        }
    }

    fn unicode(&mut self, number: i64) {
        self.skip = self.state.stand_ins;
        if self.is_left_out() {
            return;
        }
        self.flush_letters();
        // Above 32767 the number is written as a negative one.
        self.units.extend(u16::try_from(number.rem_euclid(1 << 16)));
    }

    fn is_stand_in(&mut self) -> bool {
        let is_one = self.skip > 0;
        self.skip = self.skip.saturating_sub(1);
        is_one
    }

    fn letter(&mut self, letter: char) {
        if self.is_stand_in() {
            return;
        }
        match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii() && !self.is_left_out() && self.is_half() => self.letters.push(byte),
            _ => self.write(letter),
        }
    }

    fn write(&mut self, letter: char) {
        self.flush();
        if !self.is_left_out() {
            self.push(letter.encode_utf8(&mut [0; 4]));
        }
    }

    fn flush(&mut self) {
        self.flush_letters();
        self.flush_units();
    }

    fn flush_letters(&mut self) {
        if !self.letters.is_empty() {
            let letters = std::mem::take(&mut self.letters);
            self.push_letters(&letters);
        }
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            let units = std::mem::take(&mut self.units);
            self.push(&String::from_utf16_lossy(&units));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rtf: &str) -> String {
        text(rtf.as_bytes())
    }

    fn shown(rtf: &str) -> String {
        super::read(rtf.as_bytes()).markup(1_000).unwrap().unwrap().html().to_owned()
    }

    #[test]
    fn words_that_were_taken_back_are_struck_out_and_hidden_ones_are_not_shown() {
        assert_eq!(shown(r"{\rtf1 take {\strike 5 mg} 10 mg\par {\deleted no}}"), "take <s>5 mg</s> 10 mg\n<s>no</s>");
        assert_eq!(shown(r"{\rtf1 10\super 9\nosupersub /l H\sub 2\plain O m{\up6 2}}"), "10<sup>9</sup>/l H<sub>2</sub>O m<sup>2</sup>");
        assert_eq!(shown(r"{\rtf1\strike a\strike0 <b>\striked1 c\striked0 }"), "<s>a</s>&lt;b&gt;<s>c</s>");
        assert_eq!(read(r"{\rtf1 a{\v b\'e9\u233?}c}"), "ac");
        assert_eq!(super::read(br"{\rtf1 plain}").markup(1_000), None);
    }

    #[test]
    fn letters_are_those_of_their_font_or_of_none() {
        let fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset2 Symbol;}{\f3\fcharset255 Terminal;}}";
        let text = format!(r"{{\rtf1\ansicpg1252{fonts}\f0\'e9 {{\f1\'cf\'f0}}\'e9 {{\f2\'b7}} \f3 x\plain\'e9}}");
        assert_eq!(read(&text), "é Прé • xé");
        assert_eq!(read(r"{\rtf1\ansicpg932 \'93\'fa\'96{\b \'7b}}").chars().next(), Some('日'));
        assert_eq!(read(r"{\rtf1\ansicpg932 \'83\'41\'83A}"), "アア");
        assert_eq!(read(r"{\rtf1\ansicpg936 \'d6\'d0}"), "中");
        assert_eq!(read(r"{\rtf1\ansicpg950 \'a4\'a4}"), "中");
        assert_eq!(read(r"{\rtf1\ansicpg65001 ni\'c3\'b1o}"), "niño");
        assert!(super::read(br"{\rtf1\ansicpg437 \'a4}").is_broken && !super::read(br"{\rtf1\ansicpg437 a}").is_broken);
    }

    #[test]
    fn paragraphs_are_lines_and_letters_are_those_of_the_code_page() {
        assert_eq!(read(r"{\rtf1\ansi Caf\'e9 au \b lait\b0\par next}"), "Café au lait\nnext");
        assert_eq!(read(r"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8 \'93x\'94}"), "При “x”");
        assert_eq!(read("{\\rtf1 ni\u{f1}o {\\pard x\\line y\\par}}"), "niño x\ny");
        assert_eq!(read(r"{\rtf1\uc1 \u-10179 ?\u-8704 ? \u8211\'96 a\~b}"), "😀 – a\u{a0}b");
    }

    #[test]
    fn what_is_no_text_is_left_out() {
        assert_eq!(
            read(
                r"{\rtf1{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\info{\author A}}{\*\generator W;}{\object\objdata 0105}{\pict 89504e47}{\field{\*\fldinst HYPERLINK javascript:alert(1)}{\fldrslt seen}} here}"
            ),
            "seen here"
        );
        assert_eq!(read("{\\rtf1 a\\bin5 }}{{{b}"), "ab");
    }

    #[test]
    fn nesting_counts_and_letters_without_end_do_no_harm() {
        assert_eq!(read(&format!("{{\\rtf1 a{}b", "{".repeat(1_000_000))), "ab");
        assert_eq!(read(&format!("{{\\rtf1 a{}b", "}".repeat(1_000_000))), "ab");
        assert_eq!(read(r"{\rtf1 a\bin99999999999 b"), "a");
        assert_eq!(read(r"{\rtf1 a\bin-5 b\'zz\u99999999999999999999 \"), "abzz\u{fffd}");
        assert_eq!(read(&format!("{{\\rtf1 {}}}", r"\'e9".repeat(100_000))).chars().count(), 100_000);
    }
}
