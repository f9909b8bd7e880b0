//! One item of a record: what it tells, and what stands near it.

use std::collections::HashMap;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
    when::Moment,
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    documents::bring,
    entry::{Entry, entries},
    fhir::{
        self, Content, FactValue, Part, Told,
        document::reading::{self, Reading},
    },
    keys::Aside,
    record::Record,
    search::in_turn,
    series::together,
    trends::Trend,
};

/// One item with its facts.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The item.
    pub entry: Entry,
    /// What it tells this reader, in order.
    pub facts: Vec<Fact>,
    /// What can be read or downloaded, of documents only.
    pub contents: Vec<Content>,
    /// How each of these is shown.
    pub readings: Vec<Reading>,
    /// The language that the source says its texts are in, as a BCP 47 tag.
    pub language: Option<String>,
    /// The same measured at other times, and this time, where there is more than words of one time.
    pub trend: Option<Trend>,
    /// Others of its kind, newest first: its renewals, its other records.
    pub kin: Vec<Entry>,
    /// The resource as it came in. The patient's only, and only where asked for.
    pub original: Option<String>,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The message key of its name, such as `fact.performer`.
    pub name: &'static str,
    /// What it says.
    pub said: Said,
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// As the source wrote it.
    Text(String),
    /// A date or a moment.
    Moment(Moment),
    /// A period; either end may be missing.
    Period(Option<Moment>, Option<Moment>),
    /// Another item of this record that the reader may see.
    Item(ItemId, Category, String),
}

/// What is asked for beside the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Original {
    /// Leave it where it is.
    Leave,
    /// Show the resource as it came in, to the patient.
    Show,
}

#[derive(Debug, Deserialize)]
struct ReferenceRow {
    path: String,
    item: Option<Uuid>,
    category: Option<i16>,
    title: Option<String>,
    display: Option<String>,
}

impl Portal {
    /// One item. To anybody but the patient a fact of another category, free text
    /// and the name of what they may not see are left out.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such item in this category for this visitor.
    pub async fn item(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        category: Category,
        item: ItemId,
        original: Original,
    ) -> Result<Opened<Detail>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let row = entries!(
            measured "where i.patient_id = $1 and i.item_id = $2 and i.category = $3",
            patient.0,
            item.0,
            category.number()
        )
        .fetch_optional(record.connection())
        .await?;
        let Some(row) = row else { return record.refuse().await };
        let entry = Entry::from(row);
        let (raw, references) = source(&mut record, item).await?;
        let facts = told(&raw, &references, record.is_own());
        let (raw, contents, readings) = if category == Category::Documents {
            let (raw, mut contents) = in_turn(move || {
                let contents = fhir::document(&raw).unwrap_or_default();
                (raw, contents)
            })
            .await?;
            bring(&mut record, item, &mut contents).await?;
            let (contents, readings) = in_turn(move || {
                let readings = reading::all(&contents);
                (contents, readings)
            })
            .await?;
            (raw, contents, readings)
        } else {
            (raw, Vec::new(), Vec::new())
        };
        let kin = kin(&mut record, &entry).await?;
        let (trend, kin) = match &entry.series {
            Some(series) => (Trend::of(series.clone(), kin).filter(Trend::is_worth_a_look), Vec::new()),
            None => (None, kin),
        };
        let aside = Aside::of(&mut record, category).await?;
        let language = fhir::language(&raw);
        let original = (original == Original::Show && record.is_own()).then_some(raw);
        let mut shown = Shown::default();
        let points = trend.iter().flat_map(|trend| &trend.points).map(|point| &point.entry);
        shown.entries(std::iter::once(&entry).chain(points).chain(&kin));
        for fact in &facts {
            if let Said::Item(item, category, _) = fact.said {
                shown.add(item, category);
            }
        }
        record.close("item", shown, Detail { entry, facts, contents, readings, language, trend, kin, original, aside }).await
    }
}

/// The bytes of the version in force, and what it refers to as far as this
/// reader may see it.
pub(crate) async fn source(record: &mut Record, item: ItemId) -> Result<(String, Vec<Reference>), Error> {
    let patient = record.whose().patient;
    let own = record.is_own();
    let row = sqlx::query!(
        r#"select v.bytes,
            coalesce((select jsonb_agg(jsonb_build_object('path', r.path, 'item', t.item_id, 'category', t.category,
                    'title', coalesce(t.title, a.title), 'display', r.display) order by r.ordinal)
                from item_reference r
                left join item t on t.patient_id = r.patient_id and t.item_id = r.target_id
                left join attachment a on a.patient_id = r.patient_id and a.item_id = r.target_id
                where r.patient_id = i.patient_id and r.item_id = i.item_id), '[]') as "refers!: Json<Vec<ReferenceRow>>"
        from item i
        join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
        where i.patient_id = $1 and i.item_id = $2"#,
        patient.0,
        item.0
    )
    .fetch_optional(record.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let references = row
        .refers
        .0
        .into_iter()
        .map(|reference| {
            let target = reference.item.map(ItemId).zip(reference.category.and_then(Category::from_number));
            // The words of the source go with the reference, unless its target is visible or the reader is the patient.
            let words = if own { reference.display.or(reference.title) } else { reference.title };
            Reference { path: reference.path, target, words }
        })
        .collect();
    Ok((String::from_utf8_lossy(&row.bytes).into_owned(), references))
}

/// A reference as this reader may see it.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    path: String,
    target: Option<(ItemId, Category)>,
    words: Option<String>,
}

fn told(raw: &str, references: &[Reference], own: bool) -> Vec<Fact> {
    let mut by_path: HashMap<&str, Vec<&Reference>> = HashMap::new();
    for reference in references {
        by_path.entry(&reference.path).or_default().push(reference);
    }
    let at = |path: &str, index: usize| by_path.get(path).and_then(|found| found.get(index)).copied();
    let said = |told: Told| -> Option<Fact> {
        if told.part == Part::Other && !own {
            return None;
        }
        let said = match told.value {
            FactValue::Text(text) => Said::Text(text),
            FactValue::Moment { moment, .. } => Said::Moment(moment),
            FactValue::Period { from, to } => Said::Period(from, to),
            FactValue::Reference { path, index, display } => {
                let reference = at(&path, index);
                let words = reference.and_then(|reference| reference.words.clone()).or(display.filter(|_| own));
                match (reference.and_then(|reference| reference.target), words) {
                    (Some((item, category)), Some(words)) => Said::Item(item, category, words),
                    (None, Some(words)) => Said::Text(words),
                    (_, None) => return None,
                }
            }
        };
        Some(Fact { name: told.name, said })
    };
    let mut facts: Vec<Fact> = fhir::facts(raw).unwrap_or_default().into_iter().filter_map(said).collect();
    facts.dedup();
    facts
}

/// Others of the same kind: what a measurement is measured with, the renewals of a
/// medicine, the records of a problem.
async fn kin(record: &mut Record, entry: &Entry) -> Result<Vec<Entry>, Error> {
    let patient = record.whose().patient;
    let rows = match (&entry.series, entry.category) {
        (Some(series), _) => {
            entries!(
                "where i.patient_id = $1 and i.item_id = any (array( \
                    select o.item_id from unnest($2::text[]) s (series) cross join lateral ( \
                        select item_id, sort_at from item where patient_id = $1 and series = s.series \
                            and not is_error and value_text is not null and first_at is not null \
                        order by sort_at desc, item_id desc limit 24) o \
                    order by o.sort_at desc, o.item_id desc limit 24)) \
                 order by i.sort_at desc, i.item_id desc",
                patient.0,
                &together(series)
            )
            .fetch_all(record.connection())
            .await?
        }
        (None, Category::Medicines | Category::Problems | Category::Vaccines) => {
            entries!(
                "where i.patient_id = $1 and i.category = $2 and i.title = $3 and i.item_id <> $4 and not i.is_error \
                 order by i.sort_at desc, i.item_id desc limit 50",
                patient.0,
                entry.category.number(),
                entry.title,
                entry.id.0
            )
            .fetch_all(record.connection())
            .await?
        }
        _ => Vec::new(),
    };
    Ok(rows.into_iter().map(Entry::from).collect())
}
