//! The words of a text in RTF (Rich Text Format Specification 1.9.1): paragraphs as lines. One pass,
//! bounded in depth and length; what it cannot read it leaves out.

use encoding_rs::{Encoding, WINDOWS_1252};

/// The deepest nesting with a state of its own; deeper groups share the state of this one.
const DEEPEST: usize = 100;

/// The longest text that is read, in bytes.
const LONGEST: usize = 4 << 20;

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

/// Of the group that is read.
#[derive(Debug, Clone, Copy)]
struct State {
    is_hidden: bool,
    /// How many letters stand for a `\u` where Unicode is not known.
    stand_ins: usize,
}

/// The words.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    let mut reader = Reader {
        rest: bytes,
        text: String::new(),
        encoding: WINDOWS_1252,
        states: Vec::new(),
        state: State { is_hidden: false, stand_ins: 1 },
        deeper: 0,
        skip: 0,
        letters: Vec::new(),
        units: Vec::new(),
    };
    reader.read();
    let lines = reader.text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    lines.trim().to_owned()
}

struct Reader<'r> {
    rest: &'r [u8],
    text: String,
    encoding: &'static Encoding,
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
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some((&first, rest)) = self.rest.split_first() {
            if self.text.len() > LONGEST {
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
            "ansicpg" => {
                let label = format!("windows-{}", number.unwrap_or_default());
                self.encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
            }
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

    fn hide(&mut self) {
        self.flush();
        self.state.is_hidden = true;
    }

    /// A letter as two digits; it may be one of several of a letter.
    fn hexadecimal(&mut self) {
        let (digits, rest) = self.rest.split_at(self.rest.len().min(2));
        let Some(byte) = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok()) else { return };
        self.rest = rest;
        if self.is_stand_in() || self.state.is_hidden {
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
        if self.is_stand_in() || self.state.is_hidden {
            return;
        }
        self.flush();
        match std::str::from_utf8(&bytes) {
            Ok(text) => self.text.push_str(text),
            Err(_) => self.text.push_str(&self.encoding.decode_without_bom_handling(&bytes).0),
        }
    }

    fn unicode(&mut self, number: i64) {
        self.skip = self.state.stand_ins;
        if self.state.is_hidden {
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
        if !self.is_stand_in() {
            self.write(letter);
        }
    }

    fn write(&mut self, letter: char) {
        self.flush();
        if !self.state.is_hidden {
            self.text.push(letter);
        }
    }

    fn flush(&mut self) {
        self.flush_letters();
        self.flush_units();
    }

    fn flush_letters(&mut self) {
        if !self.letters.is_empty() {
            self.text.push_str(&self.encoding.decode_without_bom_handling(&self.letters).0);
            self.letters.clear();
        }
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            self.text.push_str(&String::from_utf16_lossy(&self.units));
            self.units.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rtf: &str) -> String {
        text(rtf.as_bytes())
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
