//! Lenses: what belongs to a condition, by a table that can be read and edited (`lens.tsv`).
//!
//! A row is a lens, a kind, what it matches, and why, in English and Spanish. Kinds:
//! `title-en` and `title-es` name the lens; a `word` finds the lens; what `says` it finds the lens
//! and finds text that speaks of it, so it must mean nothing else in any text ("delivery" is of
//! post, too); `icd10`, `sct`, `loinc` and `cvx` are codes (`E11*`: and all below); an `ingredient` is
//! a medicine by a word of its name, `ingredient-es` the same in Spanish.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    fold,
    phrase::{Needle, Phrase},
    query::Query,
};

const TABLE: &str = include_str!("lens.tsv");

/// What belongs to a condition.
#[derive(Debug)]
pub struct Lens {
    /// Its name in forms and in the table.
    pub slug: &'static str,
    /// Its name, in English and in Spanish.
    pub title: [&'static str; 2],
    /// Words of both languages that mean it, as [`fold::words`] has them, with single spaces.
    words: Vec<String>,
    /// Those of them that say it in a text.
    says: Vec<(String, Needle)>,
    codes: HashMap<String, Why>,
    /// Beginnings of codes of ICD-10.
    beginnings: Vec<(&'static str, Why)>,
    ingredients: Vec<(Needle, Why)>,
}

/// Why something belongs, in English and in Spanish, as the table says it.
pub type Why = [&'static str; 2];

/// What of a text says that a thing belongs to a lens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// A code.
    Code(Why),
    /// An ingredient: of a medicine alone.
    Ingredient(Why),
    /// These words.
    Word(String),
}

static LENSES: LazyLock<Vec<Lens>> = LazyLock::new(|| {
    let mut lenses: Vec<Lens> = Vec::new();
    for row in TABLE.lines().skip(1).filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        let (slug, kind, matches, why) = (cell(), cell(), cell(), [cell(), cell()]);
        let place = lenses.iter().position(|lens| lens.slug == slug).unwrap_or_else(|| {
            lenses.push(Lens::named(slug));
            lenses.len() - 1
        });
        if let Some(lens) = lenses.get_mut(place) {
            lens.take(kind, matches, why);
        }
    }
    lenses
});

impl Lens {
    /// Every lens, in the order of the table.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &LENSES
    }

    /// The lens with this name.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<&'static Self> {
        Self::all().iter().find(|lens| lens.slug == slug)
    }

    /// The lenses that a search may mean, the likeliest first: all words of one of their
    /// names are typed, with a mistake perhaps.
    #[must_use]
    pub fn meant_by(query: &Query) -> Vec<&'static Self> {
        let typed = query.words();
        let mut meant: Vec<(usize, &'static Self)> =
            Self::all().iter().filter_map(|lens| Some((lens.words.iter().filter_map(|words| said(words, &typed)).max()?, lens))).collect();
        meant.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        meant.into_iter().map(|(_, lens)| lens).collect()
    }

    /// What of a text says that it belongs here. A code says it best, then an ingredient.
    #[must_use]
    pub fn signs(&self, phrase: Phrase<'_>) -> Vec<Sign> {
        let (code, ingredient) = (self.code(phrase).map(Sign::Code), self.ingredient(phrase).map(Sign::Ingredient));
        code.into_iter().chain(ingredient).chain(self.words(phrase).map(|words| Sign::Word(words.to_owned()))).collect()
    }

    /// The words of a text that say it, if there are any.
    #[must_use]
    pub fn words(&self, phrase: Phrase<'_>) -> Option<&str> {
        self.says.iter().find(|(_, needle)| phrase.has(needle)).map(|(words, _)| words.as_str())
    }

    /// Why a text belongs by one of its codes, if it does.
    #[must_use]
    pub fn code(&self, phrase: Phrase<'_>) -> Option<Why> {
        phrase.marks().find_map(|mark| {
            let below = |code: &str| self.beginnings.iter().find(|(beginning, _)| begins(code, beginning)).map(|(_, why)| *why);
            self.codes.get(mark).copied().or_else(|| mark.strip_prefix("#icd10|").and_then(below))
        })
    }

    /// Why a text belongs by an ingredient that it names, if it does: where it is a medicine's.
    #[must_use]
    pub fn ingredient(&self, phrase: Phrase<'_>) -> Option<Why> {
        self.ingredients.iter().find(|(needle, _)| phrase.has(needle)).map(|(_, why)| *why)
    }

    fn named(slug: &'static str) -> Self {
        Self {
            slug,
            title: [slug, slug],
            words: Vec::new(),
            says: Vec::new(),
            codes: HashMap::new(),
            beginnings: Vec::new(),
            ingredients: Vec::new(),
        }
    }

    fn take(&mut self, kind: &str, matches: &'static str, why: Why) {
        let [english, spanish] = &mut self.title;
        let words = || fold::words(matches).join(" ");
        match (kind, matches.strip_suffix('*')) {
            ("title-en", _) => *english = matches,
            ("title-es", _) => *spanish = matches,
            ("word", _) => self.words.push(words()),
            ("says", _) => {
                self.words.push(words());
                self.says.push((words(), Needle::run(&words())));
            }
            ("ingredient" | "ingredient-es", _) => self.ingredients.push((Needle::run(&words()), why)),
            ("icd10", Some(beginning)) => self.beginnings.push((beginning, why)),
            _ => {
                self.codes.insert(format!("#{kind}|{}", matches.to_lowercase()), why);
            }
        }
    }
}

/// Codes are stored in small letters.
fn begins(code: &str, beginning: &str) -> bool {
    code.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// How well the words of a name are said by what was typed: twice its words where they stand
/// there as they are, once with a mistake; `None` where one is missing.
fn said(name: &str, typed: &[String]) -> Option<usize> {
    let words: Vec<&str> = name.split(' ').collect();
    if words.iter().all(|word| typed.iter().any(|typed| typed == word)) {
        return Some(words.len() * 2);
    }
    let is_said = |word: &&str| typed.iter().any(|typed| typed == word || fold::is_near(typed, word));
    words.iter().all(is_said).then_some(words.len())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn meant(text: &str) -> Vec<&'static str> {
        Lens::meant_by(&Query::parse(text).unwrap()).into_iter().map(|lens| lens.slug).collect()
    }

    #[test]
    fn every_lens_has_names_words_and_reasons_in_both_languages() {
        let mut slugs = HashSet::new();
        assert!(Lens::all().len() > 70);
        for lens in Lens::all() {
            assert!(slugs.insert(lens.slug) && lens.slug.bytes().all(|byte| byte.is_ascii_lowercase() || b"-0123456789".contains(&byte)));
            assert!(lens.title.iter().all(|title| *title != lens.slug) && !lens.words.is_empty(), "{}", lens.slug);
            let reasons =
                lens.codes.values().chain(lens.beginnings.iter().map(|(_, why)| why)).chain(lens.ingredients.iter().map(|(_, why)| why));
            assert!(reasons.flatten().all(|why| why.ends_with('.')), "{}", lens.slug);
        }
    }

    #[test]
    fn a_lens_is_meant_by_its_words_in_both_languages_and_with_a_mistake() {
        assert_eq!(meant("diabetis")[0], "diabetes");
        assert_eq!(meant("presión alta")[0], "high-blood-pressure");
        assert_eq!(meant("insuficiencia cardiaca")[0], "heart-failure");
        assert_eq!(meant("osteoporsis")[0], "osteoporosis");
        assert!(meant("zzzz").is_empty());
    }

    #[test]
    fn a_code_an_ingredient_and_a_word_are_signs() {
        let diabetes = Lens::from_slug("diabetes").unwrap();
        let kind = |text: &str| diabetes.signs(Phrase(text)).first().map(std::mem::discriminant);
        let of = |sign: &Sign| Some(std::mem::discriminant(sign));
        assert_eq!(kind(" #sct|44054006 @2 something "), of(&Sign::Code(["", ""])));
        assert_eq!(kind(" #icd10|e11.65 @2 something "), of(&Sign::Code(["", ""])));
        assert_eq!(kind(" @3 metformin hydrochloride "), of(&Sign::Ingredient(["", ""])));
        assert_eq!(kind(" @9 diabetes check "), of(&Sign::Word(String::new())));
        assert_eq!(kind(" @9 flu "), None);
    }

    #[test]
    fn a_word_that_means_something_else_elsewhere_finds_a_lens_and_judges_no_text() {
        let speaks = |text: &str| {
            let text = format!(" {} ", fold::words(text).join(" "));
            Lens::all().iter().filter(|lens| lens.words(Phrase(&text)).is_some()).map(|lens| lens.slug).collect::<Vec<_>>()
        };
        for text in [
            "Ms. Lee came back",
            "Date of birth, place of birth, birth date",
            "Delivery of the results by post",
            "una gota de agua",
            "Fall 2020, the period from May to June",
            "AF Clinic, ALT key, as needed in ast units",
            "por regla general",
            "Avenida Corona 12",
            "Social aids and first aid",
            "cold and warm water, a strain of yeast",
        ] {
            assert_eq!(speaks(text), [""; 0], "{text}");
        }
        assert!(!speaks("fitted with hearing aids").contains(&"hiv"));
        assert!(!speaks("hepatitis type 2").contains(&"diabetes"));
        assert_eq!(speaks("Diabetes mellitus tipo 2"), ["diabetes"]);
        for (typed, slug) in [("aids", "hiv"), ("ms", "multiple-sclerosis"), ("birth", "pregnancy"), ("gota", "gout"), ("regla", "periods")]
        {
            assert_eq!(meant(typed)[0], slug);
        }
    }
}
