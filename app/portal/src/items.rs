//! One item of a record: what it tells, and what stands near it.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
    when::Moment,
};
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    documents::bring,
    entry::{Entry, Twin, entries},
    fhir::{
        self, Content,
        document::reading::{self, Reading},
    },
    keys::Aside,
    parts::Source,
    record::Record,
    search::in_turn,
    series::together,
    trends::Trend,
};

/// One item with its facts. Of what waits for its patient there is its entry alone.
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
    /// Whether this reader may take a copy of each.
    pub copies: Vec<bool>,
    /// The language that the source says its texts are in, as a BCP 47 tag.
    pub language: Option<String>,
    /// The same measured at other times, and this time, where there is more than words of one time.
    pub trend: Option<Trend>,
    /// Others of its kind, newest first: its renewals, its other records.
    pub kin: Vec<Entry>,
    /// What the patient has taken it apart from. The patient's only.
    pub parted: Vec<Twin>,
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

impl Portal {
    /// One item. To anybody but the patient its parts are shown by their own category and
    /// labels, and the name of what they may not see is left out.
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
            told "where i.patient_id = $1 and i.item_id = $2 and i.category = $3",
            patient.0,
            item.0,
            category.number()
        )
        .fetch_optional(record.connection())
        .await?;
        let Some(mut row) = row else { return record.refuse().await };
        let source = Source::of(&mut row);
        let entry = Entry::from(row);
        if entry.waits {
            return waiting(record, entry).await;
        }
        let Some(mut source) = source else { return record.refuse().await };
        let (facts, parted) = (source.facts(&record), std::mem::take(&mut source.parted));
        let (raw, contents, readings, copies) = if category == Category::Documents {
            let (source, mut contents) = in_turn(move || {
                let contents = fhir::document(source.raw()).unwrap_or_default();
                (source, contents)
            })
            .await?;
            bring(&mut record, item, &mut contents).await?;
            let shown = source.shown(&record, &contents);
            let mut each = shown.iter();
            contents.retain(|_| each.next().is_some_and(Option::is_some));
            let raw = source.into_raw();
            let (contents, readings) = in_turn(move || {
                let readings = reading::all(&contents);
                (contents, readings)
            })
            .await?;
            (raw, contents, readings, shown.into_iter().flatten().collect())
        } else {
            (source.into_raw(), Vec::new(), Vec::new(), Vec::new())
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
        parted.iter().for_each(|twin| shown.add(twin.id, category));
        shown.named(&facts);
        record
            .close("item", shown, Detail { entry, facts, contents, readings, copies, language, trend, kin, parted, original, aside })
            .await
    }
}

/// What the patient is told of what waits for them: that it is here.
async fn waiting(mut record: Record, entry: Entry) -> Result<Opened<Detail>, Error> {
    let aside = Aside::of(&mut record, entry.category).await?;
    let mut shown = Shown::default();
    shown.entries([&entry]);
    let detail = Detail {
        entry,
        facts: Vec::new(),
        contents: Vec::new(),
        readings: Vec::new(),
        copies: Vec::new(),
        language: None,
        trend: None,
        kin: Vec::new(),
        parted: Vec::new(),
        original: None,
        aside,
    };
    record.close("waiting", shown, detail).await
}

/// Others of the same kind: what a measurement is measured with, the renewals of a
/// medicine, the records of a problem.
async fn kin(record: &mut Record, entry: &Entry) -> Result<Vec<Entry>, Error> {
    let patient = record.whose().patient;
    let rows = match (&entry.series, entry.category) {
        (Some(series), _) => {
            entries!(
                "where i.patient_id = $1 and i.item_id = any (array( \
                    select n.item_id from ( \
                        select o.item_id, row_number() over (partition by o.is_by_hand order by o.sort_at desc, o.item_id desc) as nth \
                        from unnest($2::text[]) s (series) cross join lateral ( \
                            (select item_id, sort_at, false as is_by_hand from item where patient_id = $1 and series = s.series and source_id <> (select gate.by_hand()) \
                                and not is_error and value_text is not null and first_at is not null and (not waits or (select gate.own_patient()) is null) \
                                and (item.behind = 0 or (select true from item b where b.patient_id = item.patient_id and b.twin = item.twin and b.behind < item.behind \
                                    and b.series = any ($2) limit 1) is null) \
                            order by sort_at desc, item_id desc limit 24) \
                            union all (select item_id, sort_at, true from item where patient_id = $1 and series = s.series and source_id = (select gate.by_hand()) \
                                and not is_error and value_text is not null and first_at is not null and (not waits or (select gate.own_patient()) is null) \
                            order by sort_at desc, item_id desc limit 24)) o) n where n.nth <= 24)) \
                 order by i.sort_at desc, i.item_id desc",
                patient.0,
                &together(series)
            )
            .fetch_all(record.connection())
            .await?
        }
        (None, Category::Medicines | Category::Problems | Category::Vaccines) => {
            let twins: Vec<Uuid> = entry.twins.iter().map(|twin| twin.id.0).collect();
            entries!(
                "where i.patient_id = $1 and i.category = $2 and i.title = $3 and i.item_id <> $4 and not i.is_error \
                 and i.item_id <> all ($5) and (i.behind = 0 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin and b.behind < i.behind \
                    and b.title = $3 limit 1) is null) \
                 order by i.sort_at desc, i.item_id desc limit 50",
                patient.0,
                entry.category.number(),
                entry.title,
                entry.id.0,
                &twins
            )
            .fetch_all(record.connection())
            .await?
        }
        _ => Vec::new(),
    };
    Ok(rows.into_iter().map(Entry::from).collect())
}
