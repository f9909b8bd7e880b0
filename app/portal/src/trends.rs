//! One thing measured over time, whatever codes and units its sources write.

use chartkey_domain::{
    account::Visitor,
    exact::Written,
    id::PatientId,
    meanings::{Meaning, Part, Turned},
    ucum::Unit,
};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, Value, entries},
    fhir::observation::GAP,
    keys::Aside,
    series::{Means, means, together},
};

/// So many trends stand under one another at most.
pub const TOGETHER: usize = 4;

/// So many points a trend has at most, those that the patient wrote by hand and those of others each; the
/// query carries it.
pub const POINTS: usize = 100;

/// What was measured, over time.
#[derive(Debug, Clone)]
pub struct Trends {
    /// The one that was asked for.
    pub asked: Trend,
    /// Those that stand under it.
    pub beside: Vec<Trend>,
    /// What came with the newest of it, and could stand under it too.
    pub others: Vec<Entry>,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

/// Everything of one meaning.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The series that it was asked for by; fit for an address.
    pub series: String,
    /// The newest [`POINTS`] of the patient's own and as many of others, newest first; never empty.
    pub points: Vec<Point>,
}

/// One time it was measured.
#[derive(Debug, Clone)]
pub struct Point {
    /// As the source wrote it.
    pub entry: Entry,
    /// The same in the unit of the newest, as far as it turns into that.
    pub value: Value,
    /// Whether the value was turned from another unit.
    pub is_turned: bool,
    /// What of it can be drawn.
    pub drawn: Drawn,
}

/// What of a value can be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drawn {
    /// A number, or the numbers of a pair, of which one may be missing.
    Numbers(Option<f64>, Option<f64>),
    /// A limit that it lies below, such as "< 0.5".
    Below(f64),
    /// A limit that it lies above.
    Above(f64),
    /// Nothing: it is words, a titre or a ratio.
    Words,
    /// Nothing: its unit does not turn into that of the others.
    OtherUnit,
}

impl Portal {
    /// A series over time with everything of the same meaning, and others under it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor can see no point of it.
    pub async fn trend(&self, visitor: &Visitor, patient: PatientId, series: &str, beside: &[String]) -> Result<Opened<Trends>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let groups = groups(series, beside);
        let (mut all, mut places) = (Vec::new(), Vec::new());
        for (place, (_, group)) in (1_i32..).zip(&groups) {
            places.extend(group.iter().map(|_| place));
            all.extend(group.iter().cloned());
        }
        // The newest of each series by its index, of those the newest of each trend, the patient's own apart; and what
        // came with the newest of the first, in its report or else at its visit.
        let rows = entries!(
            "where i.patient_id = $1 and i.item_id = any (array( \
                (select n.item_id from ( \
                    select o.item_id, row_number() over (partition by s.place, o.is_by_hand order by o.sort_at desc, o.item_id desc) as nth \
                    from unnest($2::text[], $3::int[]) s (series, place) cross join lateral ( \
                        (select item_id, sort_at, false as is_by_hand from item where patient_id = $1 and series = s.series and source_id <> (select gate.by_hand()) \
                            and not is_error and value_text is not null and first_at is not null and (not waits or (select gate.own_patient()) is null) \
                            and (item.behind = 0 or (select true from item b where b.patient_id = item.patient_id and b.twin = item.twin and b.behind < item.behind \
                                and b.series in (select g.series from unnest($2::text[], $3::int[]) g (series, place) where g.place = s.place) limit 1) is null) \
                        order by sort_at desc, item_id desc limit 100) \
                        union all (select item_id, sort_at, true from item where patient_id = $1 and series = s.series and source_id = (select gate.by_hand()) \
                            and not is_error and value_text is not null and first_at is not null and (not waits or (select gate.own_patient()) is null) \
                        order by sort_at desc, item_id desc limit 100)) o) n where n.nth <= 100) \
                union all (select w.item_id from ( \
                    select o.* from unnest($2::text[], $3::int[]) s (series, place) cross join lateral ( \
                        select report_id, visit_id, category, sort_at, item_id from item where patient_id = $1 and series = s.series \
                            and not is_error and value_text is not null and first_at is not null and (not waits or (select gate.own_patient()) is null) \
                            and (item.behind = 0 or (select true from item b where b.patient_id = item.patient_id and b.twin = item.twin and b.behind < item.behind \
                                and b.series in (select g.series from unnest($2::text[], $3::int[]) g (series, place) where g.place = s.place) limit 1) is null) \
                        order by sort_at desc, item_id desc limit 1) o \
                    where s.place = 1 order by o.sort_at desc, o.item_id desc limit 1) newest cross join lateral ( \
                        (select item_id from item where patient_id = $1 and report_id = newest.report_id \
                            and series is not null and value_num is not null and first_at is not null and not is_error and (not waits or (select gate.own_patient()) is null) \
                            order by title, item_id limit 100) \
                        union all (select item_id from item where patient_id = $1 and newest.report_id is null and visit_id = newest.visit_id \
                            and category = newest.category and series is not null and value_num is not null and first_at is not null and not is_error and (not waits or (select gate.own_patient()) is null) \
                            order by title, item_id limit 100)) w))) \
             order by i.sort_at desc, i.item_id desc",
            patient.0,
            &all,
            &places
        )
        .fetch_all(record.connection())
        .await?;
        let mut rows: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let mut trends = Vec::new();
        for (series, group) in groups {
            let (of_it, others) = rows.into_iter().partition(|entry| entry.series.as_ref().is_some_and(|own| group.contains(own)));
            rows = others;
            if let Some(trend) = Trend::of(series, of_it) {
                trends.push(trend);
            } else if trends.is_empty() {
                return record.refuse().await;
            }
        }
        let mut trends = trends.into_iter();
        let Some(asked) = trends.next() else { return record.refuse().await };
        let Some(newest) = asked.points.first() else { return record.refuse().await };
        let aside = Aside::of(&mut record, newest.entry.category).await?;
        let trends = Trends { beside: trends.collect(), others: one_of_each(rows), aside, asked };
        let mut shown = Shown::default();
        shown.entries(std::iter::once(&trends.asked).chain(&trends.beside).flat_map(|trend| &trend.points).map(|point| &point.entry));
        shown.entries(&trends.others);
        record.close("trend", shown, trends).await
    }
}

/// The trends that were asked for, each with all of its series; none twice.
fn groups(series: &str, beside: &[String]) -> Vec<(String, Vec<String>)> {
    let mut groups = vec![(series.to_owned(), together(series))];
    for series in beside {
        if groups.len() < TOGETHER && !groups.iter().any(|(_, group)| group.contains(series)) {
            groups.push((series.clone(), together(series)));
        }
    }
    groups
}

/// One entry of each meaning.
fn one_of_each(entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen: Vec<String> = Vec::new();
    let mut of_each = Vec::new();
    for entry in entries {
        let Some(series) = entry.series.clone() else { continue };
        if !seen.contains(&series) {
            seen.extend(together(&series));
            of_each.push(entry);
        }
    }
    of_each.sort_by(|one, other| one.title.cmp(&other.title));
    of_each
}

impl Trend {
    /// A trend of entries that are of one series or one meaning, newest first; nothing where there
    /// is none.
    #[must_use]
    pub fn of(series: String, entries: Vec<Entry>) -> Option<Self> {
        let meaning = means(&series).map(|means| means.meaning);
        let unit = Common::of(meaning, &entries);
        let mut room = [POINTS; 2];
        let points: Vec<Point> = entries
            .into_iter()
            .filter(|entry| {
                let [others, own] = &mut room;
                let room = if entry.is_by_hand() { own } else { others };
                std::mem::replace(room, room.saturating_sub(1)) > 0
            })
            .map(|entry| unit.point(entry))
            .collect();
        (!points.is_empty()).then_some(Self { series, points })
    }

    /// Whether it tells more than the words of one time.
    pub(crate) fn is_worth_a_look(&self) -> bool {
        self.points.len() > 1 || self.points.iter().any(|point| matches!(point.drawn, Drawn::Numbers(..)))
    }

    /// The unit that its values are told in, as a source writes it.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.points.iter().find(|point| matches!(point.drawn, Drawn::Numbers(..)))?.value.unit.as_deref()
    }
}

/// The unit of a trend: that of the newest number, of the newest with a unit that is known if there is one.
struct Common {
    meaning: Option<&'static Meaning>,
    /// As the source wrote it, and which it is. Nothing where no entry is a number.
    written: Option<(Option<String>, Option<&'static Unit>)>,
}

impl Common {
    fn of(meaning: Option<&'static Meaning>, entries: &[Entry]) -> Self {
        let numbers = entries.iter().filter(|entry| matches!(drawn(meaning, entry), Drawn::Numbers(..)));
        let units: Vec<_> = numbers.map(|entry| (entry.value.unit.clone(), known(entry))).collect();
        let written = units.iter().find(|(_, unit)| unit.is_some()).or_else(|| units.first()).cloned();
        Self { meaning, written }
    }

    fn point(&self, entry: Entry) -> Point {
        let drawn = drawn(self.meaning, &entry);
        let Some((written, unit)) = &self.written else { return Point { value: entry.value.clone(), entry, is_turned: false, drawn } };
        let own = known(&entry);
        let is_same = entry.value.unit == *written || (own.is_some() && own.map(|own| own.code) == unit.map(|unit| unit.code));
        if is_same {
            let value = Value { unit: written.clone(), ..entry.value.clone() };
            return Point { value, entry, is_turned: false, drawn };
        }
        let turned = self.meaning.zip(own).zip(*unit).and_then(|((meaning, own), unit)| turned(meaning, &entry, own, unit, drawn));
        let Some((value, drawn)) = turned else {
            let drawn = if drawn == Drawn::Words { drawn } else { Drawn::OtherUnit };
            return Point { value: entry.value.clone(), entry, is_turned: false, drawn };
        };
        Point { value: Value { unit: written.clone(), ..value }, entry, is_turned: true, drawn }
    }
}

/// The unit of a value, where its meaning has it: by what its series was made of, which is the unit as
/// displayed or its code of UCUM.
fn known(entry: &Entry) -> Option<&'static Unit> {
    means(entry.series.as_deref()?)?.unit
}

/// What of a value can be drawn, in its own unit.
fn drawn(meaning: Option<&'static Meaning>, entry: &Entry) -> Drawn {
    let is_pair = meaning.is_some_and(|meaning| meaning.codes.iter().any(|code| code.part != Part::Whole));
    let part = entry.series.as_deref().and_then(means).map_or(Part::Whole, |Means { part, .. }| part);
    if let Some(number) = entry.value.number.filter(|number| number.is_finite()) {
        return match part {
            Part::Second => Drawn::Numbers(None, Some(number)),
            // Nobody says which of the two it is.
            Part::Whole if is_pair => Drawn::Words,
            Part::Whole | Part::First => Drawn::Numbers(Some(number), None),
        };
    }
    let text = entry.value.text.as_deref().unwrap_or_default();
    match text.split_once(" / ") {
        Some((first, second)) if is_pair => {
            half(first).zip(half(second)).map_or(Drawn::Words, |(first, second)| Drawn::Numbers(first, second))
        }
        Some(_) => Drawn::Words,
        None => match Written::parse(text).map(|written| (written.comparator, written.number.near())) {
            Some(("", _)) | None => Drawn::Words,
            Some(("<" | "<=" | "≤", bound)) => Drawn::Below(bound),
            Some((_, bound)) => Drawn::Above(bound),
        },
    }
}

/// One number of a pair; the gap is none.
fn half(text: &str) -> Option<Option<f64>> {
    if text == GAP {
        return Some(None);
    }
    Written::parse(text).filter(|written| written.comparator.is_empty()).map(|written| Some(written.number.near()))
}

/// A value in another unit, with the laboratory's range. A range in words stays of the unit before, and says so.
fn turned(meaning: &Meaning, entry: &Entry, from: &Unit, to: &Unit, drawn: Drawn) -> Option<(Value, Drawn)> {
    let value = &entry.value;
    let turn = |written: &str| meaning.turn(written, from, to)?.pop();
    let numbers = value.text.as_deref()?.split(" / ").map(|text| if text == GAP { Some(None) } else { turn(text).map(Some) });
    let all: Vec<Option<Turned>> = numbers.collect::<Option<_>>()?;
    let text = all.iter().map(|turned| turned.as_ref().map_or(GAP, |turned| turned.text.as_str())).collect::<Vec<_>>().join(" / ");
    let end = |written: &Option<String>, number: Option<f64>| turn(&written.clone().or_else(|| number.map(|number| number.to_string()))?);
    let (low, high) = (end(&value.low_text, value.low), end(&value.high_text, value.high));
    let number = |turned: &Option<Turned>| turned.as_ref().map(|turned| turned.number);
    let drawn = match (drawn, all.as_slice()) {
        (Drawn::Numbers(Some(_), None), [one]) => Drawn::Numbers(number(one), None),
        (Drawn::Numbers(None, Some(_)), [one]) => Drawn::Numbers(None, number(one)),
        (Drawn::Numbers(..), [one, two]) => Drawn::Numbers(number(one), number(two)),
        (Drawn::Numbers(..), _) => return None,
        (Drawn::Below(_), [Some(one)]) => Drawn::Below(one.number),
        (Drawn::Above(_), [Some(one)]) => Drawn::Above(one.number),
        (drawn, _) => drawn,
    };
    let exact = all.first().and_then(Option::as_ref).filter(|turned| turned.is_exact);
    let range = value.range.as_ref().filter(|_| low.is_none() && high.is_none()).map(|range| {
        let unit = value.unit.as_deref().filter(|unit| !range.contains(unit));
        unit.map_or_else(|| range.clone(), |unit| format!("{range} {unit}"))
    });
    let value = Value {
        text: Some(text),
        number: value.number.and(exact).map(|turned| turned.number),
        unit: None,
        low: number(&low),
        high: number(&high),
        low_text: low.map(|low| low.text),
        high_text: high.map(|high| high.text),
        range,
        interpretation: value.interpretation.clone(),
    };
    Some((value, drawn))
}
