//! Which texts of a record hold what is searched for. They are those that row security gives
//! this reader, so whatever is concluded from them (mistakes too) says nothing of others.

use std::collections::{BTreeSet, HashMap, HashSet};

use chartkey_domain::{
    called::Called,
    fold,
    phrase::{self, PHRASE_VERSION, Phrase},
    query::{Piece, Query},
};
use uuid::Uuid;

use crate::{Error, record::Record};

/// So many names of things are looked for in notes where somebody typed a plain name of theirs.
const NAMES: usize = 12;

/// The texts of a record that its reader may see.
pub struct Texts {
    texts: Vec<Text>,
    /// Whether the words of the whole record are there: those of an older version are still being written.
    pub is_whole: bool,
}

struct Text {
    id: Uuid,
    words: String,
}

/// Which pieces of a query are there, a bit for each.
pub type Pieces = u8;

/// What was found in the texts.
#[derive(Debug, Default)]
pub struct Found {
    /// The pieces of each text that holds any.
    pub pieces: HashMap<Uuid, Pieces>,
    /// Every word that stands for a piece, for marking.
    pub marks: Vec<String>,
    /// The words that were taken for a mistake, and what for.
    pub mended: Vec<(String, String)>,
}

impl Texts {
    /// Reads them.
    pub async fn read(record: &mut Record) -> Result<Self, Error> {
        let patient = record.whose().patient;
        let rows = sqlx::query!(
            r#"select w.phrased_by, p.phrase_id as "phrase_id?", p.words as "words?"
            from patient w left join phrase p on p.patient_id = w.patient_id where w.patient_id = $1"#,
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let is_whole = rows.first().is_some_and(|row| row.phrased_by == PHRASE_VERSION);
        let texts = rows.into_iter().filter_map(|row| Some(Text { id: row.phrase_id?, words: row.words? })).collect();
        Ok(Self { texts, is_whole })
    }

    /// Each with its key.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, Phrase<'_>)> {
        self.texts.iter().map(|text| (text.id, Phrase(&text.words)))
    }

    /// Looks for a query: as it was typed, or with mistakes.
    pub fn find(&self, query: &Query, with_mistakes: bool) -> Found {
        let mut found = Found { marks: query.words(), ..Found::default() };
        let vocabulary = if with_mistakes { self.vocabulary() } else { HashSet::new() };
        for (place, piece) in query.pieces.iter().enumerate() {
            let mut wanted = Wanted::of(piece);
            if with_mistakes {
                wanted.mistakes(&vocabulary, &mut found);
            }
            wanted.names_behind(self);
            for (id, phrase) in self.iter() {
                if wanted.is_in(phrase) {
                    *found.pieces.entry(id).or_default() |= 1 << place;
                }
            }
            found.marks.extend(wanted.kind_words.iter().map(|word| (*word).to_owned()));
        }
        found
    }

    /// Every word that could have been meant: of the texts, and of the plain names of their codes.
    fn vocabulary(&self) -> HashSet<&str> {
        let mut words: HashSet<&str> = self.iter().flat_map(|(_, phrase)| phrase.words()).collect();
        let marks: HashSet<&str> = self.iter().flat_map(|(_, phrase)| phrase.marks()).collect();
        words.extend(marks.into_iter().filter_map(Called::of).flat_map(|called| called.words()));
        words
    }
}

/// One piece with everything that stands for it.
struct Wanted<'q> {
    piece: &'q Piece,
    /// For each word of the piece, others that it was taken for.
    near: Vec<Vec<String>>,
    /// Codes whose plain name has the words.
    codes: HashSet<&'static str>,
    /// Kinds of thing that the words mean, and other words for them.
    kinds: Vec<&'static str>,
    kind_words: Vec<&'static str>,
    /// What things of these codes are called in this record: a note speaks of them by that.
    names: BTreeSet<String>,
}

impl<'q> Wanted<'q> {
    fn of(piece: &'q Piece) -> Self {
        let codes = Called::all().filter(|called| called.has_words(&piece.words)).map(|called| called.mark.as_str()).collect();
        let one = if let [word] = piece.words.as_slice() { Some(word) } else { None };
        let kinds: Vec<_> = one.into_iter().flat_map(|word| phrase::kinds(word)).collect();
        Self {
            piece,
            near: vec![Vec::new(); piece.words.len()],
            codes,
            kinds: kinds.iter().map(|kind| kind.0).collect(),
            kind_words: kinds.iter().flat_map(|kind| kind.1.iter().copied()).collect(),
            names: BTreeSet::new(),
        }
    }

    fn mistakes(&mut self, vocabulary: &HashSet<&str>, found: &mut Found) {
        for (word, near) in self.piece.words.iter().zip(&mut self.near) {
            near.extend(vocabulary.iter().filter(|other| **other != word && fold::is_near(word, other)).map(|other| (*other).to_owned()));
            near.sort();
            found.marks.extend(near.iter().cloned());
            if !vocabulary.contains(word.as_str()) {
                found.mended.extend(near.iter().map(|near| (word.clone(), near.clone())));
            }
        }
        let near: Vec<Vec<String>> = self.near.iter().zip(&self.piece.words).map(|(near, word)| with(near, word)).collect();
        let called =
            Called::all().filter(|called| near.iter().all(|words| words.iter().any(|word| called.has_words(std::slice::from_ref(word)))));
        self.codes.extend(called.map(|called| called.mark.as_str()));
    }

    fn names_behind(&mut self, texts: &Texts) {
        let is_called =
            |phrase: &Phrase<'_>| phrase.marks().any(|mark| self.codes.contains(mark)) && phrase.marks().any(|mark| mark.starts_with('@'));
        let names: BTreeSet<String> =
            texts.iter().map(|(_, phrase)| phrase).filter(is_called).map(Phrase::name).filter(|name| name.len() >= 5).collect();
        // A word that is in the plain names of more is one that notes have, too.
        if names.len() <= NAMES {
            self.names = names;
        }
    }

    fn is_in(&self, phrase: Phrase<'_>) -> bool {
        let is_near = |near: &Vec<String>| near.iter().any(|near| phrase.has_run(near));
        phrase.has_words(&self.piece.words)
            || (!self.near.is_empty() && self.near.iter().all(is_near))
            || self.piece.code.as_ref().is_some_and(|code| phrase.has_code(code))
            || phrase.marks().any(|mark| self.codes.contains(mark) || self.kinds.contains(&mark))
            || self.kind_words.iter().any(|word| phrase.has_run(word))
            || self.names.iter().any(|name| phrase.has_run(name))
    }
}

fn with(near: &[String], word: &String) -> Vec<String> {
    near.iter().chain([word]).cloned().collect()
}
