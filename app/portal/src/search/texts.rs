//! Which texts of a record hold what is searched for. They are those that row security gives
//! this reader and that a page tells them, so whatever is concluded from them (mistakes too) says nothing of others.

use std::collections::{BTreeSet, HashMap, HashSet};

use chartkey_domain::{
    called::Called,
    category::Category,
    fold,
    lens::{Lens, Sign},
    phrase::{self, Needle, PHRASE_VERSION, Phrase},
    query::{Piece, Query},
};
use futures::TryStreamExt;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Missing;
use crate::{Error, fhir, record::Record};

/// So many bytes of texts one search reads: the shortest of them. A record of 10,000 items has less
/// than one million, unless each is a letter.
const MOST: usize = 16 << 20;

/// So many words are tried for a mistaken one, the nearest first.
const NEAR: usize = 20;

/// So many names of things are looked for in notes where somebody typed a plain name of theirs.
const NAMES: usize = 12;

/// The shortest word of such a name that is worth a mark.
const LONG: usize = 4;

/// So many searches are worked on at once. Who waits for a turn has a connection to the database,
/// so no more wait than there are connections.
static TURNS: Semaphore = Semaphore::const_new(2);

/// Does work over texts in turn, away from the threads that serve requests.
pub async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turn = TURNS.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        // Held until the work is done, also when nobody waits for it any more.
        let _turn = turn;
        work()
    })
    .await
    .map_err(Error::internal)
}

/// The texts of a record that its reader may see.
pub struct Texts {
    texts: Vec<Text>,
    /// What was not read.
    pub missing: Option<Missing>,
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
    /// Words of what things with a typed plain name are called, for marking where nothing else is.
    pub names: Vec<String>,
    /// The words that were taken for a mistake, and what for.
    pub mended: Vec<(String, String)>,
}

impl Texts {
    /// Reads them. To others than the patient the words of whom and what a record names are there only where
    /// an item that they see has it as its author or place, or tells of it on its page. Of what waits for the
    /// patient there is its name, under its own identifier, and nothing that only such a thing says.
    pub async fn read(record: &mut Record) -> Result<Self, Error> {
        let (patient, own) = (record.whose().patient, record.is_own());
        let mut texts = Self { texts: Vec::new(), missing: None };
        let mut room = MOST;
        let mut rows = sqlx::query!(
            r#"select w.phrased_by, p.phrase_id as "phrase_id?", p.words as "words?", p.title as "title?", p.codes as "codes?",
                p.category as "category?", p.resource_type as "resource_type?"
            from patient w left join lateral (
                select s.phrase_id, s.words, s.until - octet_length(s.words) as since,
                    null::text as title, null::text[] as codes, null::smallint as category, null::text as resource_type from (
                    select p.phrase_id, p.words, sum(octet_length(p.words)) over (order by octet_length(p.words), p.phrase_id) as until
                    from phrase p
                    where p.patient_id = w.patient_id and case when $2 then
                        (select true from item i where i.patient_id = $1 and i.waits limit 1) is null
                        or (select true from item i where i.patient_id = p.patient_id and (i.shown_id = p.phrase_id or i.kept_id = p.phrase_id)
                            and not i.waits and (i.shown_id = p.phrase_id or (select true from item_reference r
                                join item t on t.patient_id = r.patient_id and t.item_id = r.target_id
                                where r.patient_id = i.patient_id and r.item_id = i.item_id and t.waits limit 1) is null) limit 1)
                        or (select true from attachment a where a.patient_id = p.patient_id and (a.shown_id = p.phrase_id or a.kept_id = p.phrase_id)
                            and (a.resource_type = any (array['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'HealthcareService', 'Medication']) or (select true from item_reference r
                                join item i on i.patient_id = r.patient_id and i.item_id = r.item_id
                                where r.patient_id = a.patient_id and r.target_id = a.item_id and i.waits limit 1) is null) limit 1)
                    else coalesce(
                        (select true from item i where i.patient_id = p.patient_id and i.shown_id = p.phrase_id limit 1),
                        (select true from attachment a
                            join item_reference r on r.patient_id = a.patient_id and r.target_id = a.item_id
                            join item i on i.patient_id = r.patient_id and i.item_id = r.item_id
                            where a.patient_id = p.patient_id and a.shown_id = p.phrase_id
                                and (r.target_id in (i.author_id, i.place_id) or i.resource_type || '.' || r.path = any($3)) limit 1),
                        false) end
                ) s
                union all
                select i.item_id, '', 0, i.title, i.codes, i.category, i.resource_type from item i where $2 and i.patient_id = $1 and i.waits
            ) p on p.since < $4
            where w.patient_id = $1 order by octet_length(p.words), p.phrase_id"#,
            patient.0,
            own,
            fhir::told(),
            i64::try_from(MOST).unwrap_or(i64::MAX)
        )
        .fetch(record.connection());
        while let Some(row) = rows.try_next().await? {
            if row.phrased_by != PHRASE_VERSION {
                texts.missing = Some(Missing::Unread);
            }
            let (Some(id), Some(words)) = (row.phrase_id, row.words) else { continue };
            let words = match (row.title, row.codes, row.resource_type) {
                (Some(title), Some(codes), Some(resource_type)) => {
                    let category = row.category.and_then(Category::from_number);
                    let named = fhir::texts::Row { category, resource_type: &resource_type, title: &title, codes: &codes };
                    fhir::texts::texts(named, None).shown
                }
                _ => words,
            };
            match room.checked_sub(words.len()) {
                Some(left) => {
                    room = left;
                    texts.texts.push(Text { id, words });
                }
                None => {
                    room = 0;
                    texts.missing.get_or_insert(Missing::Long);
                }
            }
        }
        drop(rows);
        Ok(texts)
    }

    /// Each with its key.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, Phrase<'_>)> {
        self.texts.iter().map(|text| (text.id, Phrase(&text.words)))
    }

    /// What of each text says that something belongs to a lens, where anything does.
    pub fn signs(&self, lens: &Lens) -> HashMap<Uuid, Vec<Sign>> {
        self.iter().map(|(id, phrase)| (id, lens.signs(phrase))).filter(|(_, signs)| !signs.is_empty()).collect()
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
            wanted.names_behind(self, &mut found);
            for (id, phrase) in self.iter() {
                if wanted.is_in(phrase) {
                    *found.pieces.entry(id).or_default() |= 1 << place;
                }
            }
            found.marks.extend(wanted.kind_words);
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
    /// Any of these is the piece.
    needles: Vec<Needle>,
    /// Or one of each of these: the words of the piece, and what they were taken for.
    near: Vec<Vec<Needle>>,
    /// Codes whose plain name has the words.
    codes: HashSet<&'static str>,
    /// Kinds of thing that the words mean.
    kinds: Vec<&'static str>,
    /// Other words for those.
    kind_words: Vec<String>,
}

impl<'q> Wanted<'q> {
    fn of(piece: &'q Piece) -> Self {
        let each: Vec<Needle> = piece.words.iter().map(|word| Needle::words(std::slice::from_ref(word))).collect();
        let one = if let [word] = piece.words.as_slice() { Some(word) } else { None };
        let kinds: Vec<_> = one.into_iter().flat_map(|word| phrase::kinds(word)).collect();
        let kind_words: Vec<String> = kinds.iter().flat_map(|kind| kind.1).map(|word| (*word).to_owned()).collect();
        let words = (!piece.words.is_empty()).then(|| Needle::words(&piece.words));
        Self {
            piece,
            needles: words.into_iter().chain(kind_words.iter().map(|word| Needle::run(word))).collect(),
            near: Vec::new(),
            codes: Called::all().filter(|called| called.has(&each)).map(|called| called.mark.as_str()).collect(),
            kinds: kinds.iter().map(|kind| kind.0).collect(),
            kind_words,
        }
    }

    fn mistakes(&mut self, vocabulary: &HashSet<&str>, found: &mut Found) {
        let near: Vec<Vec<&str>> = self.piece.words.iter().map(|word| near(word, vocabulary)).collect();
        if near.iter().all(Vec::is_empty) {
            return;
        }
        for (word, near) in self.piece.words.iter().zip(&near) {
            found.marks.extend(near.iter().map(|near| (*near).to_owned()));
            if !vocabulary.contains(word.as_str()) {
                found.mended.extend(near.iter().map(|near| (word.clone(), (*near).to_owned())));
            }
        }
        // What is right in a piece of several words stays as it is.
        let with_itself = |(near, word): (&Vec<&str>, &String)| {
            near.iter().map(|near| Needle::run(near)).chain([Needle::words(std::slice::from_ref(word))]).collect()
        };
        self.near = near.iter().zip(&self.piece.words).map(with_itself).collect();
        let has_each =
            |called: &&Called| self.near.iter().all(|needles| needles.iter().any(|needle| called.has(std::slice::from_ref(needle))));
        self.codes.extend(Called::all().filter(has_each).map(|called| called.mark.as_str()));
    }

    /// What things of these codes are called in this record: a note speaks of them by that.
    fn names_behind(&mut self, texts: &Texts, found: &mut Found) {
        let is_called =
            |phrase: &Phrase<'_>| phrase.marks().any(|mark| self.codes.contains(mark)) && phrase.marks().any(|mark| mark.starts_with('@'));
        let names: BTreeSet<String> =
            texts.iter().map(|(_, phrase)| phrase).filter(is_called).map(Phrase::name).filter(|name| name.len() >= 5).collect();
        // A word that is in the plain names of more is one that notes have, too.
        if names.len() <= NAMES {
            self.needles.extend(names.iter().map(|name| Needle::run(name)));
            let words = names.iter().flat_map(|name| name.split(' ')).filter(|word| word.len() >= LONG);
            found.names.extend(words.map(str::to_owned));
        }
    }

    fn is_in(&self, phrase: Phrase<'_>) -> bool {
        self.needles.iter().any(|needle| phrase.has(needle))
            || (!self.near.is_empty() && self.near.iter().all(|words| words.iter().any(|word| phrase.has(word))))
            || self.piece.code.as_ref().is_some_and(|code| phrase.has_code(code))
            || phrase.marks().any(|mark| self.codes.contains(mark) || self.kinds.contains(&mark))
    }
}

/// The words that one may be with a mistake, the nearest first.
fn near<'v>(word: &str, vocabulary: &HashSet<&'v str>) -> Vec<&'v str> {
    let mistakes = |other: &&'v str| fold::nearness(word, other).filter(|mistakes| *mistakes > 0);
    let mut near: Vec<(usize, &str)> = vocabulary.iter().filter_map(|other| Some((mistakes(other)?, *other))).collect();
    near.sort_unstable();
    near.into_iter().take(NEAR).map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[&str]) -> Texts {
        let texts = words.iter().map(|words| Text { id: Uuid::new_v4(), words: (*words).to_owned() }).collect();
        Texts { texts, missing: None }
    }

    fn held(texts: &Texts, words: &str, with_mistakes: bool) -> (usize, Found) {
        let found = texts.find(&Query::parse(words).unwrap(), with_mistakes);
        (found.pieces.len(), found)
    }

    #[test]
    fn a_mistake_has_so_many_words_at_most_and_the_nearest_are_first() {
        let many: Vec<String> =
            ('n'..='z').chain('a'..='l').map(|letter| format!("warfari{letter}x")).chain(["warfarin".to_owned()]).collect();
        let near = near("warfarim", &many.iter().map(String::as_str).collect());
        assert_eq!((near.len(), near[0]), (NEAR, "warfarin"));
    }

    #[test]
    fn what_is_right_in_a_piece_of_several_words_stays() {
        let texts = texts(&[" @5 covid 19 vaccine ", " @5 covid vaccine ", " @6 19 "]);
        assert_eq!(held(&texts, "covd-19", false).0, 0);
        let (count, found) = held(&texts, "covid-18", true);
        assert_eq!((count, found.mended), (0, Vec::new()), "a number is no mistake");
        let (count, found) = held(&texts, "covit-19", true);
        assert_eq!((count, found.mended), (1, vec![("covit".to_owned(), "covid".to_owned())]));
    }

    #[test]
    fn a_note_that_is_found_by_what_a_thing_is_called_has_its_words_to_mark() {
        let texts =
            texts(&[" #sct|58150001 @2 @condition fracture of clavicle disorder ", " @10 history of fracture of clavicle in march "]);
        let (count, found) = held(&texts, "collarbone", false);
        assert_eq!((count, found.names), (2, vec!["fracture".to_owned(), "clavicle".to_owned()]));
        assert_eq!(found.marks, ["collarbone"]);
    }
}
