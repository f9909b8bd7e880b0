//! Search over the whole record.
//!
//! Everything is read under the reader's decision: the texts ([`texts`]), whom a record names,
//! the items, and what stands around a word. So hits, counts and what a mistake was
//! taken for come from what the reader may see, and from nothing else. The log says that
//! a search was made and how much it showed, never for what.

mod excerpt;
mod hits;
mod kept;
pub mod lens;
mod texts;

use std::collections::{BTreeMap, HashMap};

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
use texts::{Found, Texts};

/// The rows of one category on the first page of a search.
pub const FEW: usize = 5;

/// The most rows that one page shows of a category.
pub const MOST: usize = 500;

/// What a search has found.
#[derive(Debug, Default)]
pub struct Search {
    /// What was typed.
    pub words: String,
    /// By category, what says it best first.
    pub groups: Vec<Group>,
    /// People and places.
    pub people: Vec<Person>,
    /// Words that were taken for a mistake, and what for.
    pub mended: Vec<(String, String)>,
    /// Lenses that may be meant, and of which the record holds something.
    pub lenses: Vec<&'static Lens>,
    /// The words to mark.
    pub marks: Vec<String>,
    /// Not everything of this record can be searched yet: the worker is still reading it.
    pub is_partial: bool,
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
    /// A few words around what was found, where its name does not say it.
    pub excerpt: Option<String>,
    /// The plain names of its code, where it was found by them.
    pub called: Option<[&'static str; 2]>,
}

/// How much of a search is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The best few of every category.
    Few,
    /// So many of one category.
    Category(Category, usize),
}

impl Portal {
    /// The page of a search that was begun in this session.
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
    ) -> Result<Opened<Search>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let Some(words) = kept::words(self, &mut record, session, search).await? else { return record.refuse().await };
        found(record, words, window).await
    }

    /// The same for words that are still being typed: nothing is kept of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn look_up(&self, visitor: &Visitor, patient: PatientId, words: String) -> Result<Opened<Search>, Error> {
        found(self.open(visitor, patient).await?, words, Window::Few).await
    }

    /// Everything that a search has found, without its rows: what the words are judged by.
    ///
    /// # Errors
    /// As [`Self::look_up`].
    pub async fn found(&self, visitor: &Visitor, patient: PatientId, words: &str) -> Result<Vec<ItemId>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let query = Query::parse(words).ok_or(Error::Invalid("search"))?;
        let texts = Texts::read(&mut record).await?;
        let (_, hits, people) = look(&mut record, &texts, &query).await?;
        let mut shown = Shown::default();
        hits.iter().for_each(|hit| shown.add(hit.id, hit.category));
        let all = hits.iter().map(|hit| hit.id).chain(people.iter().map(|person| person.id)).collect();
        Ok(record.close("search", shown, all).await?.view)
    }
}

/// Looks for what was typed; where nothing holds it, for what may have been meant.
async fn look(record: &mut Record, texts: &Texts, query: &Query) -> Result<(Found, Vec<Hit>, Vec<Person>), Error> {
    let typed = texts.find(query, false);
    let (hits, people) = hits::hits(record, query, &typed).await?;
    if !hits.is_empty() || !people.is_empty() {
        return Ok((typed, hits, people));
    }
    let meant = texts.find(query, true);
    let (hits, people) = hits::hits(record, query, &meant).await?;
    // What a word could have been is said only where it has led to something.
    let meant = if hits.is_empty() && people.is_empty() { typed } else { meant };
    Ok((meant, hits, people))
}

async fn found(mut record: Record, words: String, window: Window) -> Result<Opened<Search>, Error> {
    let mut shown = Shown::default();
    let Some(query) = Query::parse(&words) else {
        return record.close("search", shown, Search { words, ..Search::default() }).await;
    };
    let texts = Texts::read(&mut record).await?;
    let (found, hits, people) = look(&mut record, &texts, &query).await?;
    let mut by_category: BTreeMap<(std::cmp::Reverse<u8>, usize), (Category, Vec<Hit>)> = BTreeMap::new();
    for (category, hits) in parted(hits) {
        let best = hits.first().map_or(0, |hit| hit.rank);
        by_category.insert((std::cmp::Reverse(best), place(category)), (category, hits));
    }
    let chosen = |category: Category| match window {
        Window::Few => FEW,
        Window::Category(only, rows) if only == category => rows.min(MOST),
        Window::Category(..) => 0,
    };
    let seen: Vec<Hit> = by_category.values().flat_map(|(category, hits)| hits.iter().take(chosen(*category)).copied()).collect();
    let mut rows = rows(&mut record, &seen, &found, &texts).await?;
    let groups: Vec<Group> = by_category
        .into_values()
        .map(|(category, hits)| Group {
            category,
            total: hits.len(),
            rows: hits.iter().take(chosen(category)).filter_map(|hit| rows.remove(&hit.id)).collect(),
        })
        .collect();
    groups.iter().for_each(|group| shown.entries(group.rows.iter().map(|row| &row.entry)));
    let lenses = if window == Window::Few { lens::offered(&mut record, &texts, Lens::meant_by(&query)).await? } else { Vec::new() };
    let search = Search { words, groups, people, mended: found.mended, lenses, marks: found.marks, is_partial: !texts.is_whole };
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

/// These hits as rows.
async fn rows(record: &mut Record, hits: &[Hit], found: &Found, texts: &Texts) -> Result<HashMap<ItemId, Row>, Error> {
    if hits.is_empty() {
        return Ok(HashMap::new());
    }
    let (patient, ids): (_, Vec<Uuid>) = (record.whose().patient, hits.iter().map(|hit| hit.id.0).collect());
    let read = entries!("where i.patient_id = $1 and i.item_id = any($2)", patient.0, &ids).fetch_all(record.connection()).await?;
    let entries: Vec<Entry> = read.into_iter().map(Entry::from).collect();
    let called = called(hits, found, texts);
    let says_it = |entry: &Entry| {
        let told = [Some(entry.title.as_str()), entry.author.as_deref(), entry.place.as_deref(), entry.value.text.as_deref()];
        told.into_iter().flatten().any(|text| !fold::found(text, &found.marks).is_empty())
    };
    let silent = entries.iter().filter(|entry| !says_it(entry));
    let mute: Vec<_> = silent.filter(|entry| !called.contains_key(&entry.id)).map(|entry| (entry.id, entry.category)).collect();
    let mut excerpts = excerpt::excerpts(record, &mute, &found.marks).await?;
    let row = |entry: Entry| {
        let called = called.get(&entry.id).filter(|_| !says_it(&entry)).copied();
        (entry.id, Row { excerpt: excerpts.remove(&entry.id), called, entry })
    };
    Ok(entries.into_iter().map(row).collect())
}

/// The plain names of the codes of these hits, where a word of theirs is marked.
fn called(hits: &[Hit], found: &Found, texts: &Texts) -> HashMap<ItemId, [&'static str; 2]> {
    let phrases: HashMap<Uuid, _> = texts.iter().collect();
    let is_marked = |called: &&Called| called.names.iter().any(|name| !fold::found(name, &found.marks).is_empty());
    let of = |hit: &Hit| phrases.get(&hit.shown_id?)?.marks().filter_map(Called::of).find(is_marked).map(|called| called.names);
    hits.iter().filter_map(|hit| Some((hit.id, of(hit)?))).collect()
}
