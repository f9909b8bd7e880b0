//! A lens over a record: what belongs to a condition, and why.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
    lens::{Lens, Sign, Why},
    phrase::Phrase,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Missing, Window,
    hits::{Candidate, candidates},
    place,
    texts::{Texts, in_turn},
};
use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, entries},
    fhir,
    record::Record,
};

/// The rows of one category on the first page of a lens.
const FEW: usize = 10;

/// The most lenses that a search offers.
const OFFERED: usize = 3;

/// What a lens shows.
#[derive(Debug)]
pub struct Seen {
    /// By category, newest first.
    pub groups: Vec<Belongings>,
    /// What was not looked at.
    pub missing: Option<Missing>,
}

/// What belongs, of one category.
#[derive(Debug)]
pub struct Belongings {
    /// Which.
    pub category: Category,
    /// How many there are.
    pub total: usize,
    /// The newest of them, with the reason.
    pub rows: Vec<(Entry, Because)>,
}

/// Why something belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// The table says so of its code or its ingredient.
    Rule(Why),
    /// It says these words.
    Word(String),
    /// It names a problem that belongs: this one.
    Names(String),
    /// A problem that belongs was noted at this visit: this one.
    Noted(String),
}

/// What of a record belongs to a lens: the newest few of every category, or more of one.
pub(super) async fn seen(mut record: Record, lens: &'static Lens, window: Window) -> Result<Opened<Seen>, Error> {
    let texts = Arc::new(Texts::read(&mut record).await?);
    let all = belongings(&mut record, &texts, lens).await?;
    let mut parted: BTreeMap<usize, (Category, Vec<Belonging>)> = BTreeMap::new();
    for one in all {
        parted.entry(place(one.category)).or_insert_with(|| (one.category, Vec::new())).1.push(one);
    }
    let wanted = |category: Category| window.rows(category, FEW);
    let ids: Vec<Uuid> = parted.values().flat_map(|(category, all)| all.iter().take(wanted(*category))).map(|one| one.item.0).collect();
    let patient = record.whose().patient;
    let read = entries!("where i.patient_id = $1 and i.item_id = any($2)", patient.0, &ids).fetch_all(record.connection()).await?;
    let mut entries: HashMap<ItemId, Entry> = read.into_iter().map(Entry::from).map(|entry| (entry.id, entry)).collect();
    let mut shown = Shown::default();
    shown.entries(entries.values());
    let mut groups = Vec::new();
    for (category, all) in parted.into_values() {
        let total = all.len();
        let rows = all.into_iter().take(wanted(category)).filter_map(|one| Some((entries.remove(&one.item)?, one.because))).collect();
        groups.push(Belongings { category, total, rows });
    }
    record.close("lens", shown, Seen { groups, missing: texts.missing }).await
}

impl Portal {
    /// Everything that belongs to a lens, without its rows: what the table is judged by.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn belonging(&self, visitor: &Visitor, patient: PatientId, lens: &'static Lens) -> Result<Vec<ItemId>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let texts = Arc::new(Texts::read(&mut record).await?);
        let all = belongings(&mut record, &texts, lens).await?;
        let mut shown = Shown::default();
        all.iter().for_each(|one| shown.add(one.item, one.category));
        Ok(record.close("lens", shown, all.iter().map(|one| one.item).collect()).await?.view)
    }

    /// The lenses of which the record holds a problem or a medicine.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn lenses(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Vec<&'static Lens>>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let lenses = all_held(&mut record).await?;
        record.close("search", Shown::default(), lenses).await
    }
}

/// All lenses of which a record holds a problem or a medicine.
pub(crate) async fn all_held(record: &mut Record) -> Result<Vec<&'static Lens>, Error> {
    let texts = Arc::new(Texts::read(record).await?);
    held(record, &texts, Lens::all().iter().collect()).await
}

/// What of a record belongs to a lens, newest first.
pub(crate) async fn all_of(record: &mut Record, lens: &'static Lens) -> Result<Vec<ItemId>, Error> {
    let texts = Arc::new(Texts::read(record).await?);
    Ok(belongings(record, &texts, lens).await?.into_iter().map(|one| one.item).collect())
}

/// Of the lenses that may be meant, those of which the record holds a problem or a medicine.
pub(super) async fn offered(record: &mut Record, texts: &Arc<Texts>, meant: Vec<&'static Lens>) -> Result<Vec<&'static Lens>, Error> {
    let mut offered = if meant.is_empty() { meant } else { held(record, texts, meant).await? };
    offered.truncate(OFFERED);
    Ok(offered)
}

/// Those lenses of which the record holds a problem or a medicine, in their order.
async fn held(record: &mut Record, texts: &Arc<Texts>, mut lenses: Vec<&'static Lens>) -> Result<Vec<&'static Lens>, Error> {
    let patient = record.whose().patient;
    let rows = sqlx::query!(
        r#"select distinct i.shown_id as "shown_id!", i.category = 3 as "is_medicine!" from item i
        where i.patient_id = $1 and i.category in (2, 3) and not i.is_error and i.shown_id is not null"#,
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    let texts = Arc::clone(texts);
    in_turn(move || {
        let phrases: HashMap<Uuid, _> = texts.iter().collect();
        let held: Vec<_> = rows.into_iter().filter_map(|row| Some((*phrases.get(&row.shown_id)?, row.is_medicine))).collect();
        let is_held = |lens: &Lens, phrase: Phrase<'_>, is_medicine: bool| {
            lens.code(phrase).is_some() || if is_medicine { lens.ingredient(phrase).is_some() } else { lens.words(phrase).is_some() }
        };
        lenses.retain(|lens| held.iter().any(|(phrase, is_medicine)| is_held(lens, *phrase, *is_medicine)));
        lenses
    })
    .await
}

/// One thing that belongs.
struct Belonging {
    item: ItemId,
    category: Category,
    at: Option<OffsetDateTime>,
    because: Because,
    /// What it shares with the same of other sources.
    twin: Option<Uuid>,
    behind: i16,
}

/// Everything that belongs, newest first.
async fn belongings(record: &mut Record, texts: &Arc<Texts>, lens: &'static Lens) -> Result<Vec<Belonging>, Error> {
    let (patient, own) = (record.whose().patient, record.is_own());
    let texts = Arc::clone(texts);
    let signs = in_turn(move || texts.signs(lens)).await?;
    let ids: Vec<Uuid> = signs.keys().copied().collect();
    let kept: &[Uuid] = if own { &ids } else { &[] };
    let direct = candidates!("(i.shown_id = any($2) or i.kept_id = any($3) or (i.waits and i.item_id = any($2)))", patient.0, &ids, kept)
        .fetch_all(record.connection())
        .await?;
    let mut found: HashMap<Uuid, Belonging> = HashMap::new();
    let mut problems: HashMap<Uuid, String> = HashMap::new();
    let mut visits: HashMap<Uuid, String> = HashMap::new();
    for item in &direct {
        let of = |id: Option<Uuid>| id.and_then(|id| signs.get(&id)).map(Vec::as_slice).unwrap_or_default();
        let Some(because) = because(item, of(item.shown_id), if own { of(item.kept_id) } else { &[] }) else { continue };
        if item.category == Category::Problems.number() {
            visits.extend(item.visit_id.map(|visit| (visit, item.title.clone())));
            problems.insert(item.item_id, item.title.clone());
        }
        found.insert(item.item_id, belonging(item, because));
    }
    let (named_by, at): (HashMap<Uuid, Uuid>, Vec<Uuid>) = (naming(record, &problems).await?, visits.keys().copied().collect());
    let beside: Vec<Uuid> =
        named_by.keys().chain(&at).copied().filter(|item| !found.contains_key(item)).collect::<HashSet<_>>().into_iter().collect();
    if !beside.is_empty() {
        let items = candidates!("i.item_id = any($2)", patient.0, &beside).fetch_all(record.connection()).await?;
        for item in &items {
            let noted = visits.get(&item.item_id).filter(|_| item.category == Category::Visits.number()).cloned().map(Because::Noted);
            let names = || named_by.get(&item.item_id).and_then(|problem| problems.get(problem)).cloned().map(Because::Names);
            // What an insurance was told names everything; it is found by what it says itself.
            let is_told = item.category != Category::Insurance.number();
            if let Some(because) = noted.or_else(names).filter(|_| is_told) {
                found.insert(item.item_id, belonging(item, because));
            }
        }
    }
    let mut all: Vec<Belonging> = found.into_values().collect();
    all.sort_by_key(|one| (std::cmp::Reverse(one.at), one.behind, one.item));
    let mut seen: HashSet<Uuid> = HashSet::new();
    all.retain(|one| one.twin.is_none_or(|twin| seen.insert(twin)));
    Ok(all)
}

fn belonging(item: &Candidate, because: Because) -> Belonging {
    let category = Category::from_number(item.category).unwrap_or(Category::Own);
    Belonging { item: ItemId(item.item_id), category, at: item.first_at, because, twin: item.twin, behind: item.behind }
}

/// What names one of these problems, with one that it names. Both are visible to the reader, or
/// there is no row; and others than the patient are told of it only where the page of the item
/// tells them.
async fn naming(record: &mut Record, problems: &HashMap<Uuid, String>) -> Result<HashMap<Uuid, Uuid>, Error> {
    if problems.is_empty() {
        return Ok(HashMap::new());
    }
    let (patient, own, ids): (_, _, Vec<Uuid>) = (record.whose().patient, record.is_own(), problems.keys().copied().collect());
    let rows = sqlx::query!(
        r#"select distinct on (r.item_id) r.item_id, r.target_id as "target_id!" from item_reference r
        where r.patient_id = $1 and r.target_id = any($2)
            and not ($3 and coalesce((select i.waits from item i where i.patient_id = r.patient_id and i.item_id = r.item_id), false))
            and ($3 or (select true from item i where i.patient_id = r.patient_id and i.item_id = r.item_id
                and i.resource_type || '.' || r.path = any($4)))
        order by r.item_id, r.target_id"#,
        patient.0,
        &ids,
        own,
        fhir::told()
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.item_id, row.target_id)).collect())
}

/// Why an item belongs, if it does: by its code; a medicine by its ingredient; by what else it
/// says, where that is what it is about.
fn because(item: &Candidate, shown: &[Sign], kept: &[Sign]) -> Option<Because> {
    let is = |category: Category| item.category == category.number();
    if is(Category::Insurance) || is(Category::Details) || is(Category::Own) {
        return None;
    }
    let by_rule = |sign: &Sign| match sign {
        Sign::Code(why) => Some(Because::Rule(*why)),
        Sign::Ingredient(why) if is(Category::Medicines) => Some(Because::Rule(*why)),
        _ => None,
    };
    if let Some(because) = shown.iter().chain(kept).find_map(by_rule) {
        return Some(because);
    }
    // A text that speaks of it: a problem by its name, a visit by its reason, a plan, a note.
    let speaks = [Category::Problems, Category::Visits, Category::Plans, Category::Documents];
    if !speaks.into_iter().any(is) {
        return None;
    }
    let is_note = is(Category::Documents);
    shown.iter().chain(kept).find_map(|sign| match sign {
        Sign::Word(words) => Some(Because::Word(words.clone())),
        Sign::Ingredient(why) if is_note => Some(Because::Rule(*why)),
        _ => None,
    })
}
