//! What was measured over time: a chart, and a table with the same numbers.

use chartkey_domain::{id::PatientId, names};
use chartkey_portal::{
    entry::Value,
    trends::{Drawn, Point, Trend},
};
use leptos::prelude::*;
use time::OffsetDateTime;

use super::{
    disputed::disputed,
    entry::{Called, address, called},
    flag::{Lies, range_flag},
    icon::uses_marks,
    line::{mark, range_words, short},
    result::{shortened, unit},
    source::from_source,
    when::when,
};
use crate::{
    catalogue::Say,
    islands::{TrendPoint, TrendPointer},
};

/// The plot inside the picture, in percent: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (9.0, 97.0, 12.0, 84.0);
/// More readings than these would lie on each other.
const LABELLED: usize = 8;
/// By what a pair is called whose numbers came one by one.
const PAIR: &str = "http://loinc.org|85354-9";

/// Where everything of a chart lies, in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The points, from the oldest to the newest.
    pub spots: Vec<Spot>,
    /// The range of the newest point: upper and lower edge; an open side runs to the edge of the plot.
    pub band: Option<(f64, f64)>,
    /// The years that begin inside the chart.
    pub years: Vec<(f64, i32)>,
    /// The ends of the scale.
    pub scale: (f64, f64),
}

/// Where a point lies, in percent: a number, or the numbers of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// From the start edge.
    pub x: f64,
    /// The number, or the first of a pair, from the upper edge.
    pub first: Option<f64>,
    /// The second of a pair.
    pub second: Option<f64>,
}

/// The time that charts which stand under one another have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    from: OffsetDateTime,
    to: OffsetDateTime,
}

impl Span {
    /// The time of everything that is drawn of these.
    #[must_use]
    pub fn of<'a>(trends: impl IntoIterator<Item = &'a Trend>) -> Option<Self> {
        let times: Vec<_> = trends.into_iter().flat_map(drawn).filter_map(|point| Some(point.entry.when?.0)).collect();
        Some(Self { from: times.iter().min().copied()?, to: times.iter().max().copied()? })
    }
}

/// What of a trend is drawn, from the oldest to the newest.
fn drawn(trend: &Trend) -> Vec<&Point> {
    let is_drawn = |point: &&Point| point.entry.when.is_some() && matches!(point.drawn, Drawn::Numbers(..));
    trend.points.iter().rev().filter(is_drawn).collect()
}

/// The numbers of a point.
const fn numbers(point: &Point) -> (Option<f64>, Option<f64>) {
    match point.drawn {
        Drawn::Numbers(first, second) => (first, second),
        _ => (None, None),
    }
}

/// Lays out points, from the oldest to the newest, in a span of time. `None` where there is none.
#[must_use]
pub fn chart(points: &[&Point], span: Span) -> Option<Chart> {
    let newest = &points.last()?.value;
    let is_pair = points.iter().any(|point| numbers(point).1.is_some());
    let (low, high) = if is_pair { (None, None) } else { (newest.low, newest.high) };
    let heights = points.iter().flat_map(|point| <[_; 2]>::from(numbers(point))).chain([low, high]).flatten();
    let (bottom, top) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(bottom, top), number| (bottom.min(number), top.max(number)));
    let room = if top > bottom { (top - bottom) * 0.12 } else { bottom.abs().max(1.0) * 0.2 };
    // What is never below zero has no scale below zero.
    let floor = if bottom >= 0.0 { (bottom - room).max(0.0) } else { bottom - room };
    let scale = (floor, top + room);
    let (left, right, above, below) = PLOT;
    let (first, last) = (span.from.unix_timestamp(), span.to.unix_timestamp());
    #[expect(clippy::cast_precision_loss, reason = "seconds of human lives are exact in a double")]
    let x = |at: i64| {
        if last > first {
            left + 3.0 + (at - first) as f64 / (last - first) as f64 * (right - left - 6.0)
        } else {
            f64::midpoint(left, right)
        }
    };
    let y = |number: f64| below - (number - scale.0) / (scale.1 - scale.0) * (below - above);
    let band = (low.is_some() || high.is_some()).then(|| (high.map_or(above, y), low.map_or(below, y)));
    let (begins, ends) = (span.from.year(), span.to.year());
    let step = ((ends - begins) / 6 + 1).max(1);
    let years = (begins + 1..=ends)
        .filter(|year| (ends - year) % step == 0)
        .filter_map(|year| {
            let start = time::Date::from_calendar_date(year, time::Month::January, 1).ok()?.midnight().assume_utc().unix_timestamp();
            // A year at the very edge would not have room for its own digits.
            (start >= first && x(start) < right - 3.0).then(|| (x(start), year))
        })
        .collect();
    let spots = points
        .iter()
        .filter_map(|point| {
            let (first, second) = numbers(point);
            Some(Spot { x: x(point.entry.when?.0.unix_timestamp()), first: first.map(y), second: second.map(y) })
        })
        .collect();
    Some(Chart { spots, band, years, scale })
}

fn percent(place: f64) -> String {
    format!("{place:.1}%")
}

/// What a trend is called: as its newest entry; a pair whose numbers came one by one has a name
/// of its own.
#[must_use]
pub fn trend_called(say: Say, trend: &Trend) -> Option<Called> {
    let newest = &trend.points.first()?.entry;
    let is_pair = trend.points.iter().any(|point| numbers(point).1.is_some());
    let is_whole = |point: &Point| matches!(point.drawn, Drawn::Numbers(Some(_), Some(_)));
    if !is_pair {
        return Some(called(say, newest));
    }
    if let Some(whole) = trend.points.iter().find(|point| is_whole(point)) {
        return Some(called(say, &whole.entry));
    }
    let name = say.plain_words(names::plain(&[PAIR.to_owned()])?).name.to_owned();
    Some(Called { name, beside: None, is_ours: true })
}

/// The chart of a trend, in the island that shows what is pointed at.
pub fn trend(say: Say, name: &str, trend: &Trend, span: Option<Span>) -> Option<AnyView> {
    let points = drawn(trend);
    let chart = chart(&points, span?)?;
    let pointed = chart
        .spots
        .iter()
        .zip(&points)
        .filter_map(|(spot, point)| Some(TrendPoint { x: spot.x, y: spot.first.or(spot.second)?, says: reading(say, point) }))
        .collect::<Vec<_>>();
    let picture = picture(say, name, &points, &chart);
    Some(view! { <TrendPointer points=pointed>{picture}</TrendPointer> }.into_any())
}

/// The chart alone, as a page shows it that asks for no script.
pub fn still(say: Say, name: &str, trend: &Trend) -> Option<AnyView> {
    let points = drawn(trend);
    let chart = chart(&points, Span::of([trend])?)?;
    Some(picture(say, name, &points, &chart).into_any())
}

fn reading(say: Say, point: &Point) -> String {
    let date = point.entry.when.map(|(first, precision)| say.when(first, precision)).unwrap_or_default();
    let value = point.value.text.as_deref().map(shortened).unwrap_or_default();
    let unit = point.value.unit.as_deref().and_then(unit).unwrap_or_default();
    say.reading(&date, &value, &unit)
}

fn picture(say: Say, name: &str, points: &[&Point], chart: &Chart) -> impl IntoView + use<> {
    uses_marks();
    let (left, right, above, below) = PLOT;
    let from = points.first().map(|point| reading(say, point)).unwrap_or_default();
    let to = points.last().map(|point| reading(say, point)).unwrap_or_default();
    let label = say.trend_says(name, &from, &to);
    let band = chart.band.map(|(upper, lower)| {
        view! {
            <rect class="band" x=percent(left) width=percent(100.0 - left) y=percent(upper) height=percent((lower - upper).max(0.5))/>
            <text class="end on-band" x="98%" y=percent(f64::midpoint(upper, lower) + 2.0)>{say.laboratory_s_range()}</text>
        }
    });
    let limits = points.last().map(|newest| (newest.value.low, newest.value.high)).unwrap_or_default();
    let limit = |number: Option<f64>, at: Option<f64>| {
        number.zip(at).map(|(number, at)| {
            view! {
                <line class="limit" x1=percent(left) x2="100%" y1=percent(at) y2=percent(at)/>
                <text class="end" x=percent(left - 1.5) y=percent(at + 2.0)>{short(number)}</text>
            }
        })
    };
    let run = |of: fn(&Spot) -> Option<f64>| {
        let spots: Vec<(f64, f64)> = chart.spots.iter().filter_map(|spot| Some((spot.x, of(spot)?))).collect();
        let pairs = spots.windows(2).filter_map(|pair| match pair {
            [(x1, y1), (x2, y2)] => Some(view! { <line class="run" x1=percent(*x1) y1=percent(*y1) x2=percent(*x2) y2=percent(*y2)/> }),
            _ => None,
        });
        pairs.collect_view()
    };
    let runs = (run(|spot| spot.first), run(|spot| spot.second));
    let labelled = points.len() <= LABELLED;
    let last = points.len().saturating_sub(1);
    let marks = chart
        .spots
        .iter()
        .zip(points)
        .enumerate()
        .map(|(index, (spot, point))| {
            let (lies, x) = (Lies::of(&point.value), spot.x);
            let upper = spot.first.or(spot.second);
            let text = upper.filter(|_| labelled || index == last).map(|y| {
                let class = if x > 85.0 { "reading end" } else { "reading middle" };
                view! { <text class=class x=percent(x.min(97.0)) y=percent(y - 5.5)>{point.value.text.as_deref().map(shortened)}</text> }
            });
            let joint = spot.first.zip(spot.second).map(|(y1, y2)| {
                view! { <line class="joint" x1=percent(x) x2=percent(x) y1=percent(y1) y2=percent(y2)/> }
            });
            let marks = [spot.first, spot.second].into_iter().flatten().map(|y| {
                view! { <svg x=percent(x) y=percent(y) overflow="visible"><use_ class=format!("mark {}", lies.class()) href=mark(lies)/></svg> }
            });
            view! { {joint}{marks.collect_view()}{text} }
        })
        .collect_view();
    let years = chart.years.iter().map(|(x, year)| view! { <text class="middle" x=percent(*x) y="98%">{*year}</text> }).collect_view();
    let chart_is_wide = chart.scale.1 - chart.scale.0 > 10.0;
    let ends = chart.band.is_none().then(|| {
        let line = |at: f64, number: f64| {
            view! {
                <line class="grid" x1=percent(left) x2=percent(right + 3.0) y1=percent(at) y2=percent(at)/>
                <text class="end" x=percent(left - 1.5) y=percent(at + 2.0)>{short(if chart_is_wide { number.round() } else { (number * 100.0).round() / 100.0 })}</text>
            }
        };
        (line(above, chart.scale.1), line(below, chart.scale.0))
    });
    let (upper, lower) = chart.band.map_or((None, None), |(upper, lower)| (Some(upper), Some(lower)));
    view! {
        <svg class="trend" role="img" aria-label=label>
            {band}{ends}{limit(limits.1, upper)}{limit(limits.0, lower)}{runs}{marks}{years}
        </svg>
    }
}

/// The same numbers in a table, newest first, and what could not be drawn.
pub fn table(say: Say, patient: PatientId, name: &str, trend: &Trend) -> impl IntoView + use<> {
    let common = trend.unit().and_then(unit);
    let rows = trend
        .points
        .iter()
        .map(|point| {
            let (entry, value) = (&point.entry, &point.value);
            let href = address(patient, entry.category, entry.id);
            let place = entry.place.clone().or_else(|| entry.author.clone());
            let from = [place, Some(from_source(say, &entry.source))].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let own = value.unit.as_deref().and_then(unit).filter(|own| Some(own) != common.as_ref());
            let told: Vec<String> =
                [range(say, value), written(say, point), why_not(say, point).map(str::to_owned)].into_iter().flatten().collect();
            view! {
                <tr>
                    <td>
                        <a href=href>{entry.when.map(|(first, precision)| when(say, first, precision))}</a>
                        <br/><span class="small quiet">{from}</span>
                        {entry.disputed.as_ref().map(|said| disputed(say, said))}
                    </td>
                    <td class="number">
                        <b>{value.text.clone()}</b>{own.map(|own| format!(" {own}"))}{range_flag(say, value).map(|flag| view! { <br/>{flag} })}
                        {told.into_iter().map(|told| view! { <br/><span class="small quiet">{told}</span> }).collect_view()}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="measured">
            <caption class="hide">{say.table_says(name)}</caption>
            <thead><tr><th scope="col">{say.date_and_place()}</th><th scope="col" class="number">{common.unwrap_or_else(|| say.value().to_owned())}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// The laboratory's range, where it gave one.
fn range(say: Say, value: &Value) -> Option<String> {
    (value.low.is_some() || value.high.is_some() || value.range.is_some()).then(|| say.range_is(&range_words(say, value)))
}

/// A value as its source wrote it, where the page tells it in another unit.
fn written(say: Say, point: &Point) -> Option<String> {
    let value = &point.entry.value;
    point
        .is_turned
        .then(|| say.written_as(value.text.as_deref().unwrap_or_default(), &value.unit.as_deref().and_then(unit).unwrap_or_default()))
}

/// Why a value is not in the picture.
fn why_not(say: Say, point: &Point) -> Option<&'static str> {
    match point.drawn {
        Drawn::Numbers(..) => None,
        Drawn::Limit => Some(say.not_drawn_limit()),
        Drawn::Words => Some(say.not_drawn_words()),
        Drawn::OtherUnit => Some(say.not_drawn_unit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chartkey_domain::{category::Category, id::ItemId, when::Precision};
    use chartkey_portal::entry::Entry;
    use time::{Duration, macros::datetime};

    fn entry(first: OffsetDateTime, number: f64) -> Entry {
        Entry {
            disputed: None,
            id: ItemId(uuid::Uuid::nil()),
            category: Category::Results,
            resource_type: "Observation".into(),
            title: "Sodium".into(),
            codes: Vec::new(),
            status: None,
            is_error: false,
            is_private: false,
            when: Some((first, Precision::Day)),
            last_at: None,
            value: Value { number: Some(number), text: Some(number.to_string()), low: Some(133.0), high: Some(146.0), ..Value::default() },
            series: None,
            report: None,
            before: None,
            author: None,
            place: None,
            source: "Laboratory".into(),
            added_at: first,
        }
    }

    fn laid_out(newest_first: Vec<Entry>) -> Option<Chart> {
        let trend = Trend::of(String::new(), newest_first)?;
        chart(&drawn(&trend), Span::of([&trend])?)
    }

    #[test]
    fn time_runs_from_left_to_right_and_more_is_higher() {
        let start = datetime!(2024-02-01 0:00 UTC);
        let entries = vec![entry(start + Duration::days(800), 150.0), entry(start + Duration::days(400), 140.0), entry(start, 130.0)];
        let chart = laid_out(entries).unwrap();
        assert!(chart.spots.windows(2).all(|pair| pair[0].x < pair[1].x && pair[0].first > pair[1].first), "{chart:?}");
        let ((upper, lower), middle) = (chart.band.unwrap(), chart.spots[1].first.unwrap());
        assert!(upper < middle && middle < lower, "140 lies in the range");
        assert_eq!(chart.years.iter().map(|(_, year)| *year).collect::<Vec<_>>(), [2025, 2026]);
    }

    #[test]
    fn one_point_and_equal_points_have_a_place() {
        let start = datetime!(2024-02-01 0:00 UTC);
        for entries in [vec![entry(start, 140.0)], vec![entry(start, 140.0), entry(start, 140.0)]] {
            let chart = laid_out(entries).unwrap();
            let is_inside = |place: f64| (0.0..=100.0).contains(&place);
            assert!(chart.spots.iter().all(|spot| is_inside(spot.x) && spot.first.is_some_and(is_inside)), "{chart:?}");
        }
        assert_eq!(laid_out(Vec::new()), None);
    }

    #[test]
    fn charts_under_one_another_have_one_axis_of_time() {
        let start = datetime!(2024-02-01 0:00 UTC);
        let long = Trend::of(String::new(), vec![entry(start + Duration::days(800), 150.0), entry(start, 130.0)]).unwrap();
        let short = Trend::of(String::new(), vec![entry(start + Duration::days(400), 7.0)]).unwrap();
        let span = Span::of([&long, &short]).unwrap();
        let (long, short) = (chart(&drawn(&long), span).unwrap(), chart(&drawn(&short), span).unwrap());
        assert!((short.spots[0].x - f64::midpoint(long.spots[0].x, long.spots[1].x)).abs() < 0.01);
        assert_eq!(long.years, short.years);
    }

    #[test]
    fn the_numbers_of_a_pair_lie_over_one_another() {
        let codes = vec!["http://loinc.org|85354-9".to_owned()];
        let value = Value { text: Some("120 / 80".into()), unit: Some("mmHg".into()), ..Value::default() };
        let pair = Entry { codes, value, ..entry(datetime!(2024-02-01 0:00 UTC), 0.0) };
        let trend = Trend::of(chartkey_portal::fhir::project::series("http://loinc.org|85354-9", Some("mmHg")), vec![pair]).unwrap();
        let chart = chart(&drawn(&trend), Span::of([&trend]).unwrap()).unwrap();
        assert!(matches!(chart.spots.as_slice(), [Spot { first: Some(first), second: Some(second), .. }] if first < second), "{chart:?}");
    }
}
