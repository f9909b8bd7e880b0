//! Plain names and what stands around them.

use chartkey_domain::names::{Plain, Unit, Words};

use super::{Language, Say, messages};

messages! {
    what_this_is { English: "What this is", Spanish: "Qué es" }
    what_this_is_for { English: "What this is for", Spanish: "Para qué sirve" }
    words_from { English: "Source", Spanish: "Fuente" }
    words_of_ours { English: "In our own words", Spanish: "Con palabras nuestras" }
    not_yet_reviewed { English: "Not yet reviewed by a clinician", Spanish: "Sin revisión clínica todavía" }
    reviewed_by(name: &str) { English: "Reviewed by {name}", Spanish: "Revisión clínica: {name}" }
    unit_word { English: "Unit", Spanish: "Unidad" }
    unit_in_words(unit: &str, words: &str) { English: "{unit}: {words}", Spanish: "{unit}: {words}" }
}

impl Say {
    /// The plain words for a thing.
    #[must_use]
    pub fn plain_words(self, plain: Plain) -> Words {
        let Words { name, is_for } = match self.0 {
            Language::English => plain.english,
            Language::Spanish => plain.spanish,
        };
        Words { name: self.word(name), is_for: self.word(is_for) }
    }

    /// A unit in words.
    #[must_use]
    pub fn unit(self, unit: Unit) -> &'static str {
        self.word(match self.0 {
            Language::English => unit.english,
            Language::Spanish => unit.spanish,
        })
    }
}
