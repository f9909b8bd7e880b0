//! The message catalogue: every text that a page says, as a function of its
//! arguments. A message without a text in one of the languages does not compile,
//! because each is an exhaustive match over [`Language`].
//!
//! Numbers: what *we* have counted (an `i64`, a `usize`) is grouped as the language does it,
//! and a measure of ours (an `f64`) has its decimal sign. A year and the number of a step (an
//! `i32`) are not grouped. What a *source* has written, a value, a range, a dose, is a text
//! here and stays as it was written in every language: `1.500` with a comma for a point is
//! another number to half of the world.

mod account;
mod activity;
mod added;
mod blocks;
mod carers;
mod codes;
mod corrections;
mod dates;
mod deaths;
mod documents;
mod download;
mod emergency;
mod facts;
mod glance;
pub mod grant;
mod guise;
mod incapacity;
mod kinds;
mod landing;
mod letters;
mod log;
mod names;
mod operator;
mod own;
mod passing;
mod people;
mod practices;
mod prescribing;
mod preview;
mod put;
mod reach;
mod record;
mod requests;
mod search;
mod sharing;
mod shell;
mod sources;
mod waiting;

pub use dates::Clock;
pub use grant::{CATALOGUE_VERSION, Giver, Named};
use guise::Guise;
use put::Put;

/// The languages of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, spelt as in Britain.
    #[default]
    English,
    /// Spanish, as it is understood in every country that speaks it.
    Spanish,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The BCP 47 tag, as `<html lang>` and accounts have it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-GB",
            Self::Spanish => "es",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }
}

/// Says messages in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Say(pub Language, Guise);

impl Say {
    /// In this language, as people read it.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        Self(language, Guise::Plain)
    }

    /// What a browser or an account means by a BCP 47 tag, whatever its country; nothing
    /// where it is not spoken here. Builds for tests know `en-XA` and `ar-XB` besides.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let mut tests = Guise::TESTS.into_iter();
        if let Some((guise, _)) = tests.find(|(_, test)| test.eq_ignore_ascii_case(tag)) {
            return Some(Self(Language::English, guise));
        }
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        Language::ALL.into_iter().find(|language| primary(language.tag()) == primary(tag)).map(Self::of)
    }

    /// The BCP 47 tag of what is said.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.1.tag().unwrap_or(self.0.tag())
    }

    /// The `dir` of a page.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        if self.1.is_right_to_left() { "rtl" } else { "ltr" }
    }

    /// A text of the catalogue.
    fn word(self, text: &'static str) -> &'static str {
        self.1.word(text)
    }

    /// A message with what it was given.
    fn words(self, text: String) -> String {
        self.1.words(text)
    }
}

/// Defines messages as methods of [`Say`].
///
/// ```ignore
/// messages! {
///     results { English: "Results", Spanish: "Resultados" }
///     older(year: i32) { English: "Results from {year}", Spanish: "Resultados de {year}" }
///     renewals(count: i64) {
///         English: one "1 renewal", other "{count} renewals";
///         Spanish: one "1 renovación", other "{count} renovaciones";
///     }
/// }
/// ```
/// A message without arguments is a `&'static str`; with arguments a `String`. A
/// plural form is chosen by the first argument, a number.
macro_rules! messages {
    () => {};
    ($(#[$doc:meta])* $name:ident { $($language:ident: $text:literal),+ $(,)? } $($rest:tt)*) => {
        impl $crate::catalogue::Say {
            $(#[$doc])*
            #[must_use]
            #[allow(missing_docs, reason = "a message says itself")]
            pub fn $name(self) -> &'static str {
                self.word(match self.0 {
                    $($crate::catalogue::Language::$language => $text,)+
                })
            }
        }
        $crate::catalogue::messages! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),+) { $($language:ident: $text:literal),+ $(,)? } $($rest:tt)*) => {
        impl $crate::catalogue::Say {
            $(#[$doc])*
            #[must_use]
            #[allow(missing_docs, reason = "a message says itself")]
            pub fn $name(self, $($argument: $kind),+) -> String {
                $(let $argument = $crate::catalogue::Put(self, $argument);)+
                self.words(match self.0 {
                    $($crate::catalogue::Language::$language => format!($text),)+
                })
            }
        }
        $crate::catalogue::messages! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident($count:ident: $number:ty $(, $argument:ident: $kind:ty)*) { $($language:ident: one $one:literal, other $other:literal);+ $(;)? } $($rest:tt)*) => {
        impl $crate::catalogue::Say {
            $(#[$doc])*
            #[must_use]
            #[allow(missing_docs, reason = "a message says itself")]
            pub fn $name(self, $count: $number $(, $argument: $kind)*) -> String {
                let is_one = $count == 1;
                let $count = $crate::catalogue::Put(self, $count);
                $(let $argument = $crate::catalogue::Put(self, $argument);)*
                self.words(match self.0 {
                    $($crate::catalogue::Language::$language => if is_one { format!($one) } else { format!($other) },)+
                })
            }
        }
        $crate::catalogue::messages! { $($rest)* }
    };
}
pub(crate) use messages;

#[cfg(test)]
mod tests {
    use super::*;

    messages! {
        plain { English: "Results", Spanish: "Resultados" }
        with(name: &str, year: i32) { English: "{name} in {year}", Spanish: "{name} de {year}" }
        counted(count: i64) {
            English: one "1 renewal", other "{count} renewals";
            Spanish: one "1 renovación", other "{count} renovaciones";
        }
    }

    #[test]
    fn a_message_takes_typed_arguments_and_chooses_its_plural_form() {
        let say = Say::of(Language::English);
        assert_eq!(say.plain(), "Results");
        assert_eq!(say.with("Visits", 2024), "Visits in 2024");
        assert_eq!(say.counted(1), "1 renewal");
        assert_eq!(say.counted(0), "0 renewals");
        let say = Say::of(Language::Spanish);
        assert_eq!(say.plain(), "Resultados");
        assert_eq!(say.with("Consultas", 2024), "Consultas de 2024");
        assert_eq!(say.counted(1), "1 renovación");
        assert_eq!(say.counted(0), "0 renovaciones");
    }

    #[test]
    fn what_we_count_is_grouped_as_the_language_does_it_and_a_year_is_not() {
        assert_eq!(Say::of(Language::English).counted(12_345), "12,345 renewals");
        assert_eq!(Say::of(Language::Spanish).counted(12_345), "12\u{202F}345 renovaciones");
        assert_eq!(Say::of(Language::English).with("Visits", 12_345), "Visits in 12345");
    }

    #[test]
    fn what_a_source_wrote_is_said_as_it_was_written() {
        assert_eq!(Say::of(Language::Spanish).with("1.500", 2024), "1.500 de 2024");
    }

    #[test]
    fn a_language_is_spoken_whatever_its_country() {
        for (tag, language) in [
            ("es", Language::Spanish),
            ("es-MX", Language::Spanish),
            ("ES-419", Language::Spanish),
            ("en-US", Language::English),
            ("en", Language::English),
        ] {
            assert_eq!(Say::from_tag(tag), Some(Say::of(language)), "{tag}");
        }
    }

    #[test]
    fn a_language_that_is_not_spoken_here_is_none() {
        for tag in ["tlh", "ar", "", "*", "est", "español"] {
            assert_eq!(Say::from_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_test_locales_dress_what_is_ours_and_nothing_else() {
        let accented = Say::from_tag("en-XA").unwrap();
        assert_eq!((accented.tag(), accented.direction()), ("en-XA", "ltr"));
        assert_eq!(accented.plain(), "Ŕééšúúļťš");
        assert_eq!(accented.with("Mara", 2024), "\u{2068}Mara\u{2069} ííñ \u{2068}2024\u{2069}");
        assert_eq!(accented.counted(2), "\u{2068}2\u{2069} ŕééñééŵááļš");
        let mirrored = Say::from_tag("ar-XB").unwrap();
        assert_eq!((mirrored.tag(), mirrored.direction()), ("ar-XB", "rtl"));
        assert_eq!(mirrored.with("Mara", 2024), "\u{202E}\u{2068}Mara\u{2069} in \u{2068}2024\u{2069}\u{202C}");
    }
}
