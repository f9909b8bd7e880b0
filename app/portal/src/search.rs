//! Search over the whole record.
//!
//! Everything is read under the reader's decision: the texts ([`texts`]), whom a record names,
//! the items, and what stands around a word. So hits, counts and what a mistake was
//! taken for come from what the reader may see, and from nothing else. The log says that
//! a search was made and which rows were shown, never for what; people and places are no
//! items, and are counted there no more than on any other page.

mod excerpt;
mod hits;
mod kept;
pub mod lens;
mod texts;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chartkey_domain::{
    account::Visitor,
    called::Called,
    category::Category,
    fold,
    id::{ItemId, PatientId, SearchId},
    lens::Lens,
    query::Query,
};
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, entries},
    record::Record,
    sessions::SessionKey,
};
use hits::Hit;
pub use hits::Person;
use kept::Kept;
pub(crate) use texts::in_turn;
use texts::{Found, Texts};

/// The rows of one category on the first page of a search.
const FEW: usize = 5;

/// The most rows that one page shows of a category.
pub const MOST: usize = 500;

/// The rows that are shown while somebody types.
const GLANCE: usize = 8;

/// What was looked for, with what was found.
#[derive(Debug)]
pub enum Looked {
    /// Words.
    Words(Search),
    /// A condition.
    Lens(&'static Lens, lens::Seen),
}

/// What a search has found.
#[derive(Debug, Default)]
pub struct Search {
    /// What was typed.
    pub words: String,
    /// By category, what says it best first.
    pub groups: Vec<Group>,
    /// People and places, by their names.
    pub people: Vec<Person>,
    /// Words that were taken for a mistake, and what for.
    pub mended: Vec<(String, String)>,
    /// Lenses that may be meant, and of which the record holds something.
    pub lenses: Vec<&'static Lens>,
    /// The words to mark.
    pub marks: Vec<String>,
    /// What was not searched.
    pub missing: Option<Missing>,
}

/// Why not everything of a record was searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The worker is still reading it.
    Unread,
    /// It has more words than one search reads; the longest texts were left out.
    Long,
}

/// The hits of one category.
#[derive(Debug)]
pub struct Group {
    /// Which.
    pub category: Category,
    /// How many there are.
    pub total: usize,
    /// The first of them.
    pub rows: Vec<Row>,
}

/// One hit.
#[derive(Debug)]
pub struct Row {
    /// The item.
    pub entry: Entry,
    /// A few words around what was found, where its name does not say it: in parts, and which were found.
    pub excerpt: Option<Vec<(String, bool)>>,
    /// The plain names of its code, where it was found by them.
    pub called: Option<[&'static str; 2]>,
}

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The very best rows, and nothing of why they were found.
    Glance,
    /// The best few of every category.
    Few,
    /// So many of one category.
    Category(Category, usize),
}

impl Window {
    /// The rows of a category, of which the first page shows so many.
    fn rows(self, category: Category, few: usize) -> usize {
        match self {
            Self::Glance | Self::Few => few,
            Self::Category(only, rows) if only == category => rows.min(MOST),
            Self::Category(..) => 0,
        }
    }
}

impl Portal {
    /// The page of a search, by words or by a lens, that was begun in this session.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access, or there is no such search here.
    pub async fn search(
        &self,
        visitor: &Visitor,
        session: &SessionKey,
        patient: PatientId,
        search: SearchId,
        window: Window,
    ) -> Result<Opened<Looked>, Error> {
        let mut record = self.open(visitor, patient).await?;
        match kept::kept(self, &mut record, session, search).await? {
            Some(Kept::Words(words)) => {
                let Opened { whose, view } = found(record, words, window).await?;
                Ok(Opened { whose, view: Looked::Words(view) })
            }
            Some(Kept::Lens(lens)) => {
                let Opened { whose, view } = lens::seen(record, lens, window).await?;
                Ok(Opened { whose, view: Looked::Lens(lens, view) })
            }
            None => record.refuse().await,
        }
    }

    /// What words that are still being typed would find: nothing is kept of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn look_up(&self, visitor: &Visitor, patient: PatientId, words: String) -> Result<Opened<Search>, Error> {
        found(self.open(visitor, patient).await?, words, Window::Glance).await
    }

    /// Everything that a search has found, without its rows: what the words are judged by.
    ///
    /// # Errors
    /// As [`Self::look_up`].
    pub async fn found(&self, visitor: &Visitor, patient: PatientId, words: &str) -> Result<Vec<ItemId>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let query = Arc::new(Query::parse(words).ok_or(Error::Invalid("search"))?);
        let texts = Arc::new(Texts::read(&mut record).await?);
        let (_, hits, people) = look(&mut record, &texts, &query).await?;
        let mut shown = Shown::default();
        hits.iter().for_each(|hit| shown.add(hit.id, hit.category));
        let all = hits.iter().map(|hit| hit.id).chain(people.iter().map(|person| person.id)).collect();
        Ok(record.close("search", shown, all).await?.view)
    }
}

/// Looks for what was typed; where nothing holds it, for what may have been meant.
async fn look(record: &mut Record, texts: &Arc<Texts>, query: &Arc<Query>) -> Result<(Found, Vec<Hit>, Vec<Person>), Error> {
    let find = |with_mistakes| {
        let (texts, query) = (Arc::clone(texts), Arc::clone(query));
        in_turn(move || texts.find(&query, with_mistakes))
    };
    let typed = find(false).await?;
    let (hits, people) = hits::hits(record, query, &typed).await?;
    if !hits.is_empty() || !people.is_empty() {
        return Ok((typed, hits, people));
    }
    let meant = find(true).await?;
    let (hits, people) = hits::hits(record, query, &meant).await?;
    // What a word could have been is said only where it has led to something.
    let meant = if hits.is_empty() && people.is_empty() { typed } else { meant };
    Ok((meant, hits, people))
}

async fn found(mut record: Record, words: String, window: Window) -> Result<Opened<Search>, Error> {
    let mut shown = Shown::default();
    let Some(query) = Query::parse(&words).map(Arc::new) else {
        return record.close("search", shown, Search { words, ..Search::default() }).await;
    };
    let texts = Arc::new(Texts::read(&mut record).await?);
    let (mut found, mut hits, mut people) = look(&mut record, &texts, &query).await?;
    // The last word may have only begun.
    let begun = (window == Window::Glance && hits.is_empty() && people.is_empty()).then(|| query.without_begun(&words)).flatten();
    if let Some(query) = begun {
        (found, hits, people) = look(&mut record, &texts, &Arc::new(query)).await?;
    }
    let mut by_category: BTreeMap<(std::cmp::Reverse<u8>, usize), (Category, Vec<Hit>)> = BTreeMap::new();
    for (category, hits) in parted(hits) {
        let best = hits.first().map_or(0, |hit| hit.rank);
        by_category.insert((std::cmp::Reverse(best), place(category)), (category, hits));
    }
    let chosen = by_category.values().flat_map(|(category, hits)| hits.iter().take(window.rows(*category, FEW)).copied());
    let seen: Vec<Hit> = if window == Window::Glance { chosen.take(GLANCE).collect() } else { chosen.collect() };
    let mut entries = read(&mut record, &seen).await?;
    let mut beneath =
        if window == Window::Glance { Beneath::default() } else { Beneath::of(&mut record, &seen, &entries, &found, &texts).await? };
    let mut row = |hit: &Hit| {
        let entry = entries.remove(&hit.id)?;
        Some(Row { excerpt: beneath.excerpts.remove(&hit.id), called: beneath.called.remove(&hit.id), entry })
    };
    let groups: Vec<Group> = by_category
        .into_values()
        .map(|(category, hits)| Group { category, total: hits.len(), rows: hits.iter().filter_map(&mut row).collect() })
        .collect();
    groups.iter().for_each(|group| shown.entries(group.rows.iter().map(|row| &row.entry)));
    let lenses = if window == Window::Few { lens::offered(&mut record, &texts, Lens::meant_by(&query)).await? } else { Vec::new() };
    let search = Search { words, groups, people, mended: found.mended, lenses, marks: found.marks, missing: texts.missing };
    record.close("search", shown, search).await
}

/// The hits of each category, in their order.
fn parted(hits: Vec<Hit>) -> HashMap<Category, Vec<Hit>> {
    let mut parted: HashMap<Category, Vec<Hit>> = HashMap::new();
    for hit in hits {
        parted.entry(hit.category).or_default().push(hit);
    }
    parted
}

/// The place of a category in lists.
fn place(category: Category) -> usize {
    Category::SHAREABLE.iter().position(|one| *one == category).unwrap_or(Category::SHAREABLE.len())
}

/// The rows of these hits.
async fn read(record: &mut Record, hits: &[Hit]) -> Result<HashMap<ItemId, Entry>, Error> {
    if hits.is_empty() {
        return Ok(HashMap::new());
    }
    let (patient, ids): (_, Vec<Uuid>) = (record.whose().patient, hits.iter().map(|hit| hit.id.0).collect());
    let rows = entries!("where i.patient_id = $1 and i.item_id = any($2)", patient.0, &ids).fetch_all(record.connection()).await?;
    Ok(rows.into_iter().map(Entry::from).map(|entry| (entry.id, entry)).collect())
}

/// What stands below rows whose names do not say what was found.
#[derive(Default)]
struct Beneath {
    excerpts: HashMap<ItemId, Vec<(String, bool)>>,
    called: HashMap<ItemId, [&'static str; 2]>,
}

impl Beneath {
    async fn of(record: &mut Record, hits: &[Hit], entries: &HashMap<ItemId, Entry>, found: &Found, texts: &Texts) -> Result<Self, Error> {
        let says_it = |entry: &Entry| {
            let told = [Some(entry.title.as_str()), entry.author.as_deref(), entry.place.as_deref(), entry.value.text.as_deref()];
            told.into_iter().flatten().any(|text| !fold::found(text, &found.marks).is_empty())
        };
        let silent: Vec<Hit> = hits.iter().filter(|hit| entries.get(&hit.id).is_some_and(|entry| !says_it(entry))).copied().collect();
        let called = called(&silent, found, texts);
        let mute: Vec<_> = silent.iter().filter(|hit| !called.contains_key(&hit.id)).map(|hit| (hit.id, hit.category)).collect();
        let marks: Vec<String> = found.marks.iter().chain(&found.names).cloned().collect();
        Ok(Self { excerpts: excerpt::excerpts(record, &mute, &marks).await?, called })
    }
}

/// The plain names of the codes of these hits, where a word of theirs is marked.
fn called(hits: &[Hit], found: &Found, texts: &Texts) -> HashMap<ItemId, [&'static str; 2]> {
    let phrases: HashMap<Uuid, _> = texts.iter().collect();
    let is_marked = |called: &&Called| called.names.iter().any(|name| !fold::found(name, &found.marks).is_empty());
    let of = |hit: &Hit| phrases.get(&hit.shown_id?)?.marks().filter_map(Called::of).find(is_marked).map(|called| called.names);
    hits.iter().filter_map(|hit| Some((hit.id, of(hit)?))).collect()
}
