//! Codes by the words of their plain names, in either language: how a search for
//! "collarbone" finds what a record calls a clavicle. The names are those of [`names`](crate::names).

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    fold,
    names::{self, Plain},
    phrase::{Needle, Phrase},
};

/// A code with its plain names.
#[derive(Debug)]
pub struct Called {
    /// The code, as [`Phrase::marks`] has it.
    pub mark: String,
    /// In English and in Spanish.
    pub names: [&'static str; 2],
    /// Their words.
    words: [String; 2],
}

static CALLED: LazyLock<HashMap<String, Called>> =
    LazyLock::new(|| names::all().map(called).map(|called| (called.mark.clone(), called)).collect());

fn called((system, code, plain): (&str, &str, Plain)) -> Called {
    let names = [plain.english.name, plain.spanish.name];
    Called {
        mark: format!("#{system}|{}", code.to_lowercase()),
        names,
        words: names.map(|name| format!(" {} ", fold::words(name).join(" "))),
    }
}

impl Called {
    /// Every code that has a plain name.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        CALLED.values()
    }

    /// What a code is called, by its mark.
    #[must_use]
    pub fn of(mark: &str) -> Option<&'static Self> {
        CALLED.get(mark)
    }

    /// Whether one of the names has all of these.
    #[must_use]
    pub fn has(&self, needles: &[Needle]) -> bool {
        !needles.is_empty() && self.words.iter().any(|name| needles.iter().all(|needle| Phrase(name).has(needle)))
    }

    /// The words of both names.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().flat_map(|name| name.split_ascii_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(word: &str) -> Vec<&'static str> {
        Called::all().filter(|called| called.has(&[Needle::words(&[word.to_owned()])])).map(|called| called.mark.as_str()).collect()
    }

    #[test]
    fn every_code_has_two_names() {
        assert_eq!(Called::all().count(), names::all().count());
        assert!(Called::all().all(|called| called.names.iter().all(|name| !name.is_empty())));
    }

    #[test]
    fn a_code_is_found_by_its_plain_name_in_both_languages() {
        assert!(marks("collarbone").contains(&"#sct|58150001"));
        assert!(marks("clavicula").contains(&"#sct|58150001"));
        assert!(marks("zzzz").is_empty());
        assert_eq!(Called::of("#sct|58150001").map(|called| called.mark.as_str()), Some("#sct|58150001"));
    }
}
