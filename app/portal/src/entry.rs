//! One item of a record as lists show it: the columns beside the bytes.

use chartkey_domain::{category::Category, id::ItemId, when::Precision};
use serde::Deserialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

/// An item as a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which.
    pub id: ItemId,
    /// Where it belongs.
    pub category: Category,
    /// Its FHIR resource type.
    pub resource_type: String,
    /// What it is, in the source's words.
    pub title: String,
    /// Its status, as coded.
    pub status: Option<String>,
    /// Whether it was entered in error.
    pub is_error: bool,
    /// Whether the patient keeps it private. Never true for anybody else.
    pub is_private: bool,
    /// When, and how exactly the source said so; `None`: not recorded.
    pub when: Option<(OffsetDateTime, Precision)>,
    /// Its last moment; `None`: not recorded, or it has not ended.
    pub last_at: Option<OffsetDateTime>,
    /// What was measured or found, if anything was.
    pub value: Value,
    /// What belongs into one trend; fit for an address.
    pub series: Option<String>,
    /// The report that it belongs to, where the query asked for it and the reader may see it.
    pub report: Option<ReportHead>,
    /// The value before in the same series, where the query asked for it.
    pub before: Option<Before>,
    /// Who made it.
    pub author: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Who delivered it.
    pub source: String,
    /// When this version came in.
    pub added_at: OffsetDateTime,
}

/// A value as the source wrote it, with the laboratory's own range.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Value {
    /// As written: `1.50` stays `1.50`.
    pub text: Option<String>,
    /// As a number, for lines and charts only.
    pub number: Option<f64>,
    /// Its unit.
    pub unit: Option<String>,
    /// The low end of the range.
    pub low: Option<f64>,
    /// The high end of the range.
    pub high: Option<f64>,
    /// The range as written.
    pub range: Option<String>,
    /// The laboratory's interpretation, as coded: H, L, N …
    pub interpretation: Option<String>,
}

/// The report that a result came in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ReportHead {
    /// Which.
    pub id: ItemId,
    /// Where it belongs.
    category: i16,
    /// What it is called.
    pub title: String,
    /// Who asked for it, or made it.
    pub author: Option<String>,
    /// Where.
    pub place: Option<String>,
}

impl ReportHead {
    /// Where it belongs.
    #[must_use]
    pub fn category(&self) -> Category {
        Category::from_number(self.category).unwrap_or(Category::Own)
    }
}

/// The value before.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Before {
    /// Which item says so.
    pub id: ItemId,
    /// As the source wrote it.
    pub text: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub first: OffsetDateTime,
    precision: i16,
}

impl Before {
    /// How exactly the source said when.
    #[must_use]
    pub fn precision(&self) -> Precision {
        Precision::from_number(self.precision).unwrap_or(Precision::Instant)
    }
}

/// What some queries read beside an item.
#[derive(Debug, Deserialize)]
pub(crate) struct Beside {
    report: Option<ReportHead>,
    before: Option<Before>,
}

/// The row behind an [`Entry`].
#[derive(Debug)]
pub(crate) struct EntryRow {
    pub item_id: Uuid,
    pub category: i16,
    pub resource_type: String,
    pub title: String,
    pub status: Option<String>,
    pub is_error: bool,
    pub is_private: bool,
    pub first_at: Option<OffsetDateTime>,
    pub last_at: Option<OffsetDateTime>,
    pub precision: Option<i16>,
    pub value_text: Option<String>,
    pub value_num: Option<f64>,
    pub unit: Option<String>,
    pub range_low: Option<f64>,
    pub range_high: Option<f64>,
    pub range_text: Option<String>,
    pub interpretation: Option<String>,
    pub series: Option<String>,
    pub author: Option<String>,
    pub place: Option<String>,
    pub source: String,
    pub added_at: OffsetDateTime,
    pub beside: Option<Json<Beside>>,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let (report, before) = row.beside.map_or((None, None), |Json(beside)| (beside.report, beside.before));
        Self {
            id: ItemId(row.item_id),
            category: Category::from_number(row.category).unwrap_or(Category::Own),
            resource_type: row.resource_type,
            title: row.title,
            status: row.status,
            is_error: row.is_error,
            is_private: row.is_private,
            when: row.first_at.map(|first| (first, row.precision.and_then(Precision::from_number).unwrap_or(Precision::Instant))),
            last_at: row.last_at,
            value: Value {
                text: row.value_text,
                number: row.value_num,
                unit: row.unit,
                low: row.range_low,
                high: row.range_high,
                range: row.range_text,
                interpretation: row.interpretation,
            },
            series: row.series,
            report,
            before,
            author: row.author,
            place: row.place,
            source: row.source,
            added_at: row.added_at,
        }
    }
}

/// `query_as!` over the columns of [`EntryRow`]; the item is `i`. The literal is
/// what follows `from item i join source s`. With `measured`, the report and the
/// value before come with each row, in the same statement. The names of people and
/// places are for the patient: to others they are told beside the item, by the
/// references whose targets they may see.
macro_rules! entries {
    (measured $rest:literal $(, $argument:expr)* $(,)?) => {
        $crate::entry::entries!(@ "jsonb_build_object( \
                'report', (select jsonb_build_object('id', r.item_id, 'category', r.category, 'title', r.title, \
                        'author', case when (select gate.own_patient()) is not null then r.author end, \
                        'place', case when (select gate.own_patient()) is not null then r.place end) \
                    from item r where r.patient_id = i.patient_id and r.item_id = i.report_id), \
                'before', (select jsonb_build_object('id', p.item_id, 'text', p.value_text, 'precision', p.precision, \
                        'first', to_char(p.first_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) \
                    from item p where p.patient_id = i.patient_id and p.series = i.series and p.sort_at < i.sort_at \
                        and not p.is_error and p.value_text is not null and p.first_at is not null \
                    order by p.sort_at desc limit 1))", $rest $(, $argument)*)
    };
    (@ $beside:literal, $rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            $crate::entry::EntryRow,
            "select i.item_id, i.category, i.resource_type, i.title, i.status, i.is_error, i.is_private, i.first_at, i.last_at, i.precision, \
             i.value_text, i.value_num, i.unit, i.range_low, i.range_high, i.range_text, i.interpretation, i.series, \
             case when (select gate.own_patient()) is not null then i.author end as author, \
             case when (select gate.own_patient()) is not null then i.place end as place, \
             s.name as source, i.added_at, "
                + $beside
                + " as \"beside: sqlx::types::Json<crate::entry::Beside>\" from item i join source s on s.source_id = i.source_id "
                + $rest,
            $($argument),*
        )
    };
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        $crate::entry::entries!(@ "null::jsonb", $rest $(, $argument)*)
    };
}
pub(crate) use entries;
