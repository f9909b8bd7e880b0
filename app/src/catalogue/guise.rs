//! How words are shown. People know one way. Builds for tests know two more, by which a
//! text that is not of the catalogue, or has no room, is seen at once: `en-XA` writes each
//! letter of ours with an accent and each vowel twice, `ar-XB` runs from right to left. A
//! release has neither.

use std::fmt::{self, Formatter};

/// How words are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Guise {
    /// As they are written.
    #[default]
    Plain,
    /// Accented and longer.
    #[cfg(debug_assertions)]
    Accented,
    /// From right to left.
    #[cfg(debug_assertions)]
    Mirrored,
}

#[cfg(not(debug_assertions))]
impl Guise {
    pub(super) const TESTS: [(Self, &'static str); 0] = [];

    pub(super) const fn tag(self) -> Option<&'static str> {
        None
    }

    pub(super) const fn is_right_to_left(self) -> bool {
        false
    }

    pub(super) const fn word(self, text: &'static str) -> &'static str {
        text
    }

    pub(super) const fn words(self, text: String) -> String {
        text
    }

    pub(super) fn kept(self, f: &mut Formatter<'_>, write: impl FnOnce(&mut Formatter<'_>) -> fmt::Result) -> fmt::Result {
        write(f)
    }
}

#[cfg(debug_assertions)]
mod tests_only {
    use std::{
        collections::BTreeMap,
        sync::{Mutex, PoisonError},
    };

    use super::{Formatter, Guise, fmt};

    /// Stand around an argument until its message is dressed: it is no text of ours.
    const OPEN: char = '\u{E000}';
    const CLOSE: char = '\u{E001}';
    /// Stand there afterwards, unseen: FIRST STRONG ISOLATE and its end.
    const ISOLATED: char = '\u{2068}';
    const ENDED: char = '\u{2069}';

    impl Guise {
        pub(in crate::catalogue) const TESTS: [(Self, &'static str); 2] = [(Self::Accented, "en-XA"), (Self::Mirrored, "ar-XB")];

        pub(in crate::catalogue) fn tag(self) -> Option<&'static str> {
            Self::TESTS.into_iter().find(|(guise, _)| *guise == self).map(|(_, tag)| tag)
        }

        pub(in crate::catalogue) const fn is_right_to_left(self) -> bool {
            matches!(self, Self::Mirrored)
        }

        /// A text of the catalogue. Each is dressed once and kept, as the texts themselves are.
        pub(in crate::catalogue) fn word(self, text: &'static str) -> &'static str {
            static DRESSED: Mutex<BTreeMap<(Guise, &str), &str>> = Mutex::new(BTreeMap::new());
            if self == Self::Plain {
                return text;
            }
            let mut dressed = DRESSED.lock().unwrap_or_else(PoisonError::into_inner);
            dressed.entry((self, text)).or_insert_with(|| self.words(text.to_owned()).leak())
        }

        /// A message with its arguments.
        pub(in crate::catalogue) fn words(self, text: String) -> String {
            match self {
                Self::Plain => text,
                Self::Accented => accented(&text),
                Self::Mirrored => mirrored(&text),
            }
        }

        /// An argument.
        pub(in crate::catalogue) fn kept(
            self,
            f: &mut Formatter<'_>,
            write: impl FnOnce(&mut Formatter<'_>) -> fmt::Result,
        ) -> fmt::Result {
            if self == Self::Plain {
                return write(f);
            }
            write!(f, "{OPEN}")?;
            write(f)?;
            write!(f, "{CLOSE}")
        }
    }

    /// Arguments and markup of ours stay as they are.
    fn accented(text: &str) -> String {
        let mut result = String::with_capacity(text.len() * 2);
        let mut is_kept = false;
        for letter in text.chars() {
            match letter {
                OPEN => {
                    is_kept = true;
                    result.push(ISOLATED);
                }
                CLOSE => {
                    is_kept = false;
                    result.push(ENDED);
                }
                '<' if !is_kept => {
                    is_kept = true;
                    result.push(letter);
                }
                '>' if is_kept => {
                    is_kept = false;
                    result.push(letter);
                }
                _ if is_kept => result.push(letter),
                _ => {
                    let other = accent(letter);
                    result.push(other);
                    if "aeiou".contains(letter) {
                        result.push(other);
                    }
                }
            }
        }
        result
    }

    /// The override turns the letters of ours; an argument is isolated from it, and so from its surroundings.
    fn mirrored(text: &str) -> String {
        let turned: String = text
            .chars()
            .map(|letter| match letter {
                OPEN => ISOLATED,
                CLOSE => ENDED,
                letter => letter,
            })
            .collect();
        // An override ends with its line.
        let lines: Vec<_> =
            turned.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("\u{202E}{line}\u{202C}") }).collect();
        lines.join("\n")
    }

    fn accent(letter: char) -> char {
        const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const ACCENTED: &str = "áƀçđéƒĝĥíĵķļɱñóþǫŕšťúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĻṀÑÓÞǪŔŠŤÚṼŴẊÝŽ";
        PLAIN.chars().zip(ACCENTED.chars()).find(|(plain, _)| *plain == letter).map_or(letter, |(_, accented)| accented)
    }

    #[test]
    fn every_letter_has_an_accent() {
        for letter in ('a'..='z').chain('A'..='Z') {
            assert!(!accent(letter).is_ascii(), "{letter}");
        }
    }
}
