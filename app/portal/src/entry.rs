//! One item of a record as lists show it: the columns beside the bytes.

use chartkey_domain::{
    category::Category,
    id::{CorrectionId, ItemId},
    when::Precision,
};
use serde::Deserialize;
use sqlx::types::Json;
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::{import::own::is_by_hand, parts::Telling};

/// The most statements that stand with one row; the queries carry it.
const STATEMENTS: usize = 3;

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
    /// `system|code` of what the title says, in the source's order: what plain names are found by.
    pub codes: Vec<String>,
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
    /// The same as others have delivered it, as far as the reader may see that.
    pub twins: Vec<Twin>,
    /// When this version came in.
    pub added_at: OffsetDateTime,
    /// That its patient says it is wrong, while they do.
    pub disputed: Option<Disputed>,
    /// Whether it waits until its patient opens it: then nothing of what it found is here. Never true for
    /// anybody else.
    pub waits: bool,
}

impl Entry {
    /// Whether its patient wrote it by hand.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        is_by_hand(&self.source)
    }
}

/// What a patient says is wrong, of what a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    /// What they say: of the item itself and its twins first, then of others that the row stands for, newest first. Never empty,
    /// at most three.
    pub statements: Vec<Statement>,
    /// Of how many more records that the row stands for they say so.
    pub more: i64,
    /// Whether the reader is that patient.
    pub is_readers: bool,
}

/// What they say of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which correction.
    pub correction: CorrectionId,
    /// In the patient's own words; `None` where the reader may not know them.
    pub words: Option<String>,
    /// Whether the item has come in anew since it was said.
    pub is_earlier: bool,
    /// The item that it is about, where the row shows another one of the same name.
    pub of: Option<Other>,
}

/// Another item that a row stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Which.
    pub id: ItemId,
    /// When, and how exactly the source said so; `None`: not recorded.
    pub when: Option<(OffsetDateTime, Precision)>,
}

impl Disputed {
    /// Of what was read those that are about the item that is shown, or a twin of it, and those about others.
    pub(crate) fn of(shown: ItemId, twins: &[Twin], rows: Option<Json<Vec<SaidRow>>>, more: i64, is_readers: bool) -> Option<Self> {
        let statement = |row: SaidRow| {
            let at = row.at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
            let when = at.map(|at| (local(at, row.utc_offset), precision(row.precision)));
            let other = Other { id: ItemId(row.item), when };
            let is_other = other.id != shown && twins.iter().all(|twin| twin.id != other.id);
            Statement {
                correction: CorrectionId(row.correction),
                words: row.words,
                is_earlier: row.is_earlier,
                of: is_other.then_some(other),
            }
        };
        let mut rows = rows?.0;
        rows.sort_by_key(|row| row.item != shown.0);
        let mut statements: Vec<_> = rows.into_iter().map(statement).collect();
        statements.sort_by_key(|statement| statement.of.is_some());
        (!statements.is_empty()).then(|| Self { statements, more, is_readers }.cut())
    }

    /// The same beside another item, which a row shows in the place of this one.
    pub(crate) fn beside(mut self, id: ItemId, when: Option<(OffsetDateTime, Precision)>) -> Self {
        for statement in &mut self.statements {
            statement.of.get_or_insert(Other { id, when });
        }
        self
    }

    /// What is said of two items that one row stands for.
    pub(crate) fn and(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(mut both), Some(other)) => {
                both.statements.extend(other.statements);
                both.more += other.more;
                Some(both.cut())
            }
            (one, other) => one.or(other),
        }
    }

    /// What there is no room for is counted.
    fn cut(mut self) -> Self {
        self.more += i64::try_from(self.statements.len().saturating_sub(STATEMENTS)).unwrap_or(i64::MAX);
        self.statements.truncate(STATEMENTS);
        self
    }

    /// The other items that it is about.
    pub(crate) fn others(&self) -> impl Iterator<Item = ItemId> {
        self.statements.iter().filter_map(|statement| Some(statement.of.as_ref()?.id))
    }
}

/// What is said of an item, as `gate.said` gathers it.
#[derive(Debug, Deserialize)]
pub(crate) struct SaidRow {
    correction: Uuid,
    words: Option<String>,
    item: Uuid,
    is_earlier: bool,
    at: Option<i64>,
    precision: Option<i16>,
    utc_offset: Option<i16>,
}

/// The same thing as another source tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Twin {
    /// Which item that is.
    pub id: ItemId,
    /// Who delivered it.
    pub source: String,
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
    /// The low end as written.
    pub low_text: Option<String>,
    /// The high end as written.
    pub high_text: Option<String>,
    /// The range as written.
    pub range: Option<String>,
    /// The laboratory's interpretation, as coded: H, L, N …
    pub interpretation: Option<String>,
}

/// The report that a result came in.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportHead {
    /// Which.
    pub id: ItemId,
    /// Where it belongs.
    pub category: Category,
    /// What it is called, in the source's words.
    pub title: String,
    /// `system|code` of the same.
    pub codes: Vec<String>,
    /// Who asked for it, or made it.
    pub author: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// That its patient says it is wrong, while they do.
    pub disputed: Option<Disputed>,
}

/// The value before.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// Which item says so.
    pub id: ItemId,
    /// As the source wrote it.
    pub text: String,
    /// When.
    pub first: OffsetDateTime,
    /// How exactly the source said when.
    pub precision: Precision,
    /// That its patient says it is wrong, while they do.
    pub disputed: Option<Disputed>,
}

/// The row behind an [`Entry`].
#[derive(Debug)]
pub(crate) struct EntryRow {
    pub item_id: Uuid,
    pub category: i16,
    pub resource_type: String,
    pub title: String,
    pub codes: Vec<String>,
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
    pub range_low_text: Option<String>,
    pub range_high_text: Option<String>,
    pub range_text: Option<String>,
    pub interpretation: Option<String>,
    pub series: Option<String>,
    pub utc_offset: Option<i16>,
    pub author: Option<String>,
    pub place: Option<String>,
    pub source: String,
    pub twins: Option<Json<Vec<Twin>>>,
    pub added_at: OffsetDateTime,
    pub said: Option<Json<Vec<SaidRow>>>,
    pub said_more: i64,
    pub is_readers: bool,
    pub waits: bool,
    pub report_id: Option<Uuid>,
    pub report_category: Option<i16>,
    pub report_title: Option<String>,
    pub report_codes: Option<Vec<String>>,
    pub report_author: Option<String>,
    pub report_place: Option<String>,
    pub report_said: Option<Json<Vec<SaidRow>>>,
    pub before_id: Option<Uuid>,
    pub before_text: Option<String>,
    pub before_at: Option<OffsetDateTime>,
    pub before_precision: Option<i16>,
    pub before_utc_offset: Option<i16>,
    pub before_said: Option<Json<Vec<SaidRow>>>,
    pub bytes: Option<Vec<u8>>,
    pub telling: Option<Json<Telling>>,
}

/// A category as stored; one that this build does not know is the patient's only.
pub(crate) fn category(number: i16) -> Category {
    Category::from_number(number).unwrap_or(Category::Own)
}

/// A precision as stored.
pub(crate) fn precision(number: Option<i16>) -> Precision {
    number.and_then(Precision::from_number).unwrap_or(Precision::Instant)
}

/// A moment on the clock of its source, so that its date is the one that the source wrote.
pub(crate) fn local(moment: OffsetDateTime, minutes: Option<i16>) -> OffsetDateTime {
    let offset = UtcOffset::from_whole_seconds(i32::from(minutes.unwrap_or(0)) * 60).unwrap_or(UtcOffset::UTC);
    moment.checked_to_offset(offset).unwrap_or(moment)
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let report = row.report_id.zip(row.report_title).map(|(id, title)| ReportHead {
            id: ItemId(id),
            category: row.report_category.map_or(Category::Own, category),
            title,
            codes: row.report_codes.unwrap_or_default(),
            author: row.report_author,
            place: row.report_place,
            disputed: Disputed::of(ItemId(id), &[], row.report_said, 0, row.is_readers),
        });
        let before = row.before_id.zip(row.before_text).zip(row.before_at).map(|((id, text), first)| Before {
            id: ItemId(id),
            text,
            first: local(first, row.before_utc_offset),
            precision: precision(row.before_precision),
            disputed: Disputed::of(ItemId(id), &[], row.before_said, 0, row.is_readers),
        });
        let twins = row.twins.map(|twins| twins.0).unwrap_or_default();
        let disputed = Disputed::of(ItemId(row.item_id), &twins, row.said, row.said_more, row.is_readers);
        Self {
            id: ItemId(row.item_id),
            category: category(row.category),
            resource_type: row.resource_type,
            title: row.title,
            codes: row.codes,
            status: row.status,
            is_error: row.is_error,
            is_private: row.is_private,
            when: row.first_at.map(|first| (local(first, row.utc_offset), precision(row.precision))),
            last_at: row.last_at.map(|last| local(last, row.utc_offset)),
            value: if row.waits {
                Value::default()
            } else {
                Value {
                    text: row.value_text,
                    number: row.value_num,
                    unit: row.unit,
                    low: row.range_low,
                    high: row.range_high,
                    low_text: row.range_low_text,
                    high_text: row.range_high_text,
                    range: row.range_text,
                    interpretation: row.interpretation,
                }
            },
            // A trend of it would draw it.
            series: row.series.filter(|_| !row.waits),
            report,
            before: before.filter(|_| !row.waits),
            author: row.author,
            place: row.place,
            source: row.source,
            twins,
            added_at: row.added_at,
            disputed,
            waits: row.waits,
        }
    }
}

/// `query_as!` over the columns of [`EntryRow`]; the item is `i`. The literal is
/// what follows `from item i join source s`, and what its patient says is wrong of it, `k`. With `measured`, the report and the
/// value before come with each row, in the same statement; with `told`, also what the item `$2` tells, for
/// [`crate::parts::Source`]. What the patient wrote by hand and what others did is never before one another. To anybody but the patient
/// a name goes with a reference whose target they cannot see, and to the patient the value of what
/// waits for them: here, so that no list can show it. With `by`, the first
/// literals begin what follows: lists that differ in the index they are read by. What several sources
/// tell of is one row where a list asks for no row of which one before is visible, and is in that list; `behind`
/// says whether that needs to be asked. What is said of a twin is said of the row.
///
/// With `once`, a row of an allergy, a medicine, a problem or a vaccine stands for all that means the same (`gate.meaning`), and what is said of any of them
/// comes with it: the newest three, and how many there are beside. The first argument is the patient.
macro_rules! entries {
    (once measured $rest:literal $(, $argument:expr)* $(,)?) => { $crate::entry::entries!(@once measured $rest $(, $argument)*) };
    (once $rest:literal $(, $argument:expr)* $(,)?) => { $crate::entry::entries!(@once plain $rest $(, $argument)*) };
    (measured $rest:literal $(, $argument:expr)* $(,)?) => { $crate::entry::entries!(@each measured [] $rest $(, $argument)*) };
    (told $rest:literal $(, $argument:expr)* $(,)?) => { $crate::entry::entries!(@each told [] $rest $(, $argument)*) };
    (@once $kind:ident $rest:literal $(, $argument:expr)*) => {
        $crate::entry::entries!(@$kind
            "left join gate.said_of_meanings($1) k \
                on k.category = i.category and k.meaning = gate.meaning(i.title, i.codes, i.title_key, i.resource_type, i.item_id, i.status) and k.is_error = i.is_error \
                    and k.is_by_hand = (i.source_id = (select gate.by_hand())) and (k.only_id is null or k.only_id = i.item_id) ",
            [],
            $rest $(, $argument)*)
    };
    (@each $kind:ident [$($way:literal)*] $rest:literal $(, $argument:expr)*) => {
        $crate::entry::entries!(@$kind
            "cross join lateral (select case when (select gate.disputes()) then gate.said_of(i.patient_id, i.item_id, i.twin) end as said, \
                0::bigint as more offset 0) k ",
            [$($way)*],
            $rest $(, $argument)*)
    };
    (@measured $said:literal, [], $rest:literal $(, $argument:expr)*) => {
        $crate::entry::entries!(@beside "null::bytea as bytes, null::jsonb as \"telling?: _\"", $said, $rest $(, $argument)*)
    };
    (@told $said:literal, [], $rest:literal $(, $argument:expr)*) => {
        $crate::entry::entries!(@beside
            "case when i.item_id = $2 and (not i.waits or (select gate.own_patient()) is null) then (select v.bytes from item_version v \
                where v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no) end as bytes, \
             case when i.item_id = $2 then (select jsonb_build_object('version', i.version_no, 'labels', i.labels, 'labelled_by', i.labelled_by, \
                'lowered', coalesce((select w.labels from lowering w where w.patient_id = i.patient_id and w.item_id = i.item_id), 0), \
                'parted', case when i.parted is not null and (select gate.own_patient()) is not null then \
                    (select jsonb_agg(jsonb_build_object('id', w.item_id, 'source', o.name) order by o.name, w.item_id) \
                    from item w join source o on o.source_id = w.source_id \
                    where w.patient_id = i.patient_id and w.parted = i.parted and w.item_id <> i.item_id) end, \
                'refers', coalesce(jsonb_agg(jsonb_build_object('path', r.path, 'is_known', r.target_id is not null, 'item', t.item_id, \
                    'category', t.category, 'title', coalesce(t.title, a.title), 'labels', coalesce(t.labels, a.own_labels), \
                    'waits', coalesce(t.waits, false) and (select gate.own_patient()) is not null, 'display', r.display) order by r.ordinal), '[]')) \
                from item_reference r \
                left join item t on t.patient_id = r.patient_id and t.item_id = r.target_id \
                left join attachment a on a.patient_id = r.patient_id and a.item_id = r.target_id \
                where r.patient_id = i.patient_id and r.item_id = i.item_id) end as \"telling?: _\"",
            $said,
            $rest $(, $argument)*)
    };
    (@beside $telling:literal, $said:literal, $rest:literal $(, $argument:expr)*) => {
        $crate::entry::entries!(@
            $telling,
            "r.item_id as \"report_id?\", r.category as \"report_category?\", r.title as \"report_title?\", \
             r.codes as \"report_codes?\", \
             case when r.author_is_named or (select gate.own_patient()) is not null then r.author end as report_author, \
             case when r.place_is_named or (select gate.own_patient()) is not null then r.place end as report_place, \
             case when (select gate.disputes()) then gate.said_here(r.patient_id, r.item_id, r.twin) end as \"report_said?: _\", \
             p.item_id as \"before_id?\", p.value_text as \"before_text?\", p.first_at as \"before_at?\", \
             p.precision as \"before_precision?\", p.utc_offset as \"before_utc_offset?\", \
             case when (select gate.disputes()) then gate.said_here(i.patient_id, p.item_id, p.twin) end as \"before_said?: _\"",
            $said,
            ["left join item r on r.patient_id = i.patient_id and r.item_id = i.report_id \
             left join lateral (select b.item_id, b.twin, b.value_text, b.first_at, b.precision, b.utc_offset from item b \
                where b.patient_id = i.patient_id and b.series = i.series and b.sort_at < i.sort_at \
                    and (b.source_id = (select gate.by_hand())) = (i.source_id = (select gate.by_hand())) \
                    and not b.is_error and b.value_text is not null and b.first_at is not null \
                    and (not b.waits or (select gate.own_patient()) is null) \
                order by b.sort_at desc limit 1) p on true"],
            $rest $(, $argument)*)
    };
    (@plain $said:literal, [$($way:literal)*], $rest:literal $(, $argument:expr)*) => {
        $crate::entry::entries!(@
            "null::bytea as bytes, null::jsonb as \"telling?: _\"",
            "null::uuid as report_id, null::smallint as report_category, null::text as report_title, null::text[] as report_codes, null::text as report_author, \
             null::text as report_place, null::jsonb as \"report_said?: _\", null::uuid as before_id, null::text as before_text, \
             null::timestamptz as before_at, null::smallint as before_precision, null::smallint as before_utc_offset, null::jsonb as \"before_said?: _\"",
            $said,
            [$($way)*],
            $rest $(, $argument)*)
    };
    (@ $telling:literal, $beside:literal, $said:literal, [$($join:literal)*], $rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            $crate::entry::EntryRow,
            "select i.item_id, i.category, i.resource_type, i.title, i.codes, i.status, i.is_error, \
             case when i.is_private and i.twin is not null then gate.are_private(i.patient_id, i.twin) else i.is_private end
                or i.item_id = any ((select gate.kept_to_oneself())::uuid[]) as \"is_private!\", i.first_at, i.last_at, i.precision, \
             i.utc_offset, i.value_text, i.value_num, i.unit, i.range_low, i.range_high, i.range_low_text, i.range_high_text, i.range_text, i.interpretation, i.series, \
             case when i.author_is_named or (select gate.own_patient()) is not null then i.author end as author, \
             case when i.place_is_named or (select gate.own_patient()) is not null then i.place end as place, \
             (select o.name from source o where o.source_id = i.source_id) as \"source!\", i.added_at, k.said as \"said?: _\", coalesce(k.more, 0) as \"said_more!\", \
             (select gate.own_patient()) is not null as \"is_readers!\", i.waits and (select gate.own_patient()) is not null as \"waits!\", \
             case when i.twin is not null then gate.twins(i.patient_id, i.twin, i.item_id) end as \"twins?: _\", "
                + $beside
                + ", "
                + $telling
                + " from item i "
                + $said
                $(+ $join + " ")*
                + $rest,
            $($argument),*
        )
    };
    ($rest:literal $(, $argument:expr)* $(,)?) => { $crate::entry::entries!(@each plain [] $rest $(, $argument)*) };
    (by $($way:literal)*, $rest:literal $(, $argument:expr)* $(,)?) => { $crate::entry::entries!(@each plain [$($way)*] $rest $(, $argument)*) };
}
pub(crate) use entries;
