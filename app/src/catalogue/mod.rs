//! The message catalogue: every text that a page says, as a function of its
//! arguments. A message without a text in one of the languages does not compile,
//! because each is an exhaustive match over [`Language`].

mod account;
mod activity;
mod dates;
mod download;
mod facts;
pub mod grant;
mod landing;
mod letters;
mod operator;
mod own;
mod people;
mod record;
mod sharing;
mod shell;

pub use dates::Clock;
pub use grant::{CATALOGUE_VERSION, Named};

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

    /// The language of an account; English where it is not spoken here.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        Self::ALL.into_iter().find(|language| language.tag().get(..2) == tag.get(..2)).unwrap_or_default()
    }
}

/// Says messages in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Say(pub Language);

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
            pub const fn $name(self) -> &'static str {
                match self.0 {
                    $($crate::catalogue::Language::$language => $text,)+
                }
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
                match self.0 {
                    $($crate::catalogue::Language::$language => format!($text),)+
                }
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
                match self.0 {
                    $($crate::catalogue::Language::$language => if $count == 1 { format!($one) } else { format!($other) },)+
                }
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
        let say = Say(Language::English);
        assert_eq!(say.plain(), "Results");
        assert_eq!(say.with("Visits", 2024), "Visits in 2024");
        assert_eq!(say.counted(1), "1 renewal");
        assert_eq!(say.counted(0), "0 renewals");
        let say = Say(Language::Spanish);
        assert_eq!(say.plain(), "Resultados");
        assert_eq!(say.with("Consultas", 2024), "Consultas de 2024");
        assert_eq!(say.counted(1), "1 renovación");
        assert_eq!(say.counted(0), "0 renovaciones");
    }

    #[test]
    fn an_account_reads_its_language_whatever_its_country() {
        assert_eq!(Language::from_tag("es"), Language::Spanish);
        assert_eq!(Language::from_tag("es-MX"), Language::Spanish);
        assert_eq!(Language::from_tag("en-US"), Language::English);
    }

    #[test]
    fn an_account_in_a_language_that_is_not_spoken_here_reads_english() {
        assert_eq!(Language::from_tag("en"), Language::English);
        assert_eq!(Language::from_tag("tlh"), Language::English);
    }
}
