//! One thing over time: a chart, and a table with the same numbers.

use chartkey_domain::id::PatientId;
use chartkey_portal::entry::Entry;
use leptos::prelude::*;

use super::{
    entry::address,
    flag::{Lies, range_flag},
    icon::uses_marks,
    line::{mark, short},
    result::{shortened, unit},
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

/// Where everything of a chart lies, in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The points, from the oldest to the newest.
    pub points: Vec<(f64, f64)>,
    /// The range of the newest point: upper and lower edge; an open side runs to the edge of the plot.
    pub band: Option<(f64, f64)>,
    /// The years that begin inside the chart.
    pub years: Vec<(f64, i32)>,
    /// The ends of the scale.
    pub scale: (f64, f64),
}

/// Lays out a series, from the oldest to the newest. `None` where nothing has a
/// number and a date.
#[must_use]
pub fn chart(entries: &[Entry]) -> Option<Chart> {
    let points: Vec<(i64, f64)> = entries
        .iter()
        .filter_map(|entry| Some((entry.when?.0.unix_timestamp(), entry.value.number.filter(|number| number.is_finite())?)))
        .collect();
    let newest = entries.last()?;
    let (low, high) = (newest.value.low, newest.value.high);
    let (first, last) = (points.first()?.0, points.last()?.0);
    let heights = points.iter().map(|(_, number)| *number).chain(low).chain(high);
    let (bottom, top) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(bottom, top), number| (bottom.min(number), top.max(number)));
    let room = if top > bottom { (top - bottom) * 0.12 } else { bottom.abs().max(1.0) * 0.2 };
    // What is never below zero has no scale below zero.
    let floor = if bottom >= 0.0 { (bottom - room).max(0.0) } else { bottom - room };
    let scale = (floor, top + room);
    let (left, right, above, below) = PLOT;
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
    let (begins, ends) = (entries.iter().find_map(|entry| entry.when)?.0.year(), newest.when?.0.year());
    let step = ((ends - begins) / 6 + 1).max(1);
    let years = (begins + 1..=ends)
        .filter(|year| (ends - year) % step == 0)
        .filter_map(|year| {
            let start = time::Date::from_calendar_date(year, time::Month::January, 1).ok()?.midnight().assume_utc().unix_timestamp();
            // A year at the very edge would not have room for its own digits.
            (start >= first && x(start) < right - 3.0).then(|| (x(start), year))
        })
        .collect();
    Some(Chart { points: points.iter().map(|(at, number)| (x(*at), y(*number))).collect(), band, years, scale })
}

fn percent(place: f64) -> String {
    format!("{place:.1}%")
}

/// The chart of a series (newest first, as it is read), in the island that shows
/// what is pointed at.
pub fn trend(say: Say, name: &str, newest_first: &[Entry]) -> Option<AnyView> {
    let entries: Vec<Entry> =
        newest_first.iter().rev().filter(|entry| entry.when.is_some() && entry.value.number.is_some()).cloned().collect();
    let chart = chart(&entries)?;
    let points =
        chart.points.iter().zip(&entries).map(|((x, y), entry)| TrendPoint { x: *x, y: *y, says: reading(say, entry) }).collect::<Vec<_>>();
    let picture = picture(say, name, &entries, &chart);
    Some(view! { <TrendPointer points=points>{picture}</TrendPointer> }.into_any())
}

/// The chart alone, as a page shows it that asks for no script.
pub fn still(say: Say, name: &str, newest_first: &[Entry]) -> Option<AnyView> {
    let entries: Vec<Entry> =
        newest_first.iter().rev().filter(|entry| entry.when.is_some() && entry.value.number.is_some()).cloned().collect();
    let chart = chart(&entries)?;
    Some(picture(say, name, &entries, &chart).into_any())
}

fn reading(say: Say, entry: &Entry) -> String {
    let date = entry.when.map(|(first, precision)| say.when(first, precision)).unwrap_or_default();
    let value = entry.value.text.as_deref().map(shortened).unwrap_or_default();
    let unit = entry.value.unit.as_deref().and_then(unit).unwrap_or_default();
    say.reading(&date, &value, &unit)
}

fn picture(say: Say, name: &str, entries: &[Entry], chart: &Chart) -> impl IntoView + use<> {
    uses_marks();
    let (left, right, above, below) = PLOT;
    let from = entries.first().map(|entry| reading(say, entry)).unwrap_or_default();
    let to = entries.last().map(|entry| reading(say, entry)).unwrap_or_default();
    let label = say.trend_says(name, &from, &to);
    let band = chart.band.map(|(upper, lower)| {
        view! {
            <rect class="band" x=percent(left) width=percent(100.0 - left) y=percent(upper) height=percent((lower - upper).max(0.5))/>
            <text class="end on-band" x="98%" y=percent(f64::midpoint(upper, lower) + 2.0)>{say.laboratory_s_range()}</text>
        }
    });
    let limits = entries.last().map(|newest| (newest.value.low, newest.value.high)).unwrap_or_default();
    let limit = |number: Option<f64>, at: Option<f64>| {
        number.zip(at).map(|(number, at)| {
            view! {
                <line class="limit" x1=percent(left) x2="100%" y1=percent(at) y2=percent(at)/>
                <text class="end" x=percent(left - 1.5) y=percent(at + 2.0)>{short(number)}</text>
            }
        })
    };
    let runs = chart
        .points
        .windows(2)
        .filter_map(|pair| match pair {
            [(x1, y1), (x2, y2)] => Some(view! { <line class="run" x1=percent(*x1) y1=percent(*y1) x2=percent(*x2) y2=percent(*y2)/> }),
            _ => None,
        })
        .collect_view();
    let labelled = entries.len() <= LABELLED;
    let last = entries.len().saturating_sub(1);
    let marks = chart
        .points
        .iter()
        .zip(entries)
        .enumerate()
        .map(|(index, ((x, y), entry))| {
            let lies = Lies::of(&entry.value);
            let text = (labelled || index == last).then(|| {
                let class = if *x > 85.0 { "reading end" } else { "reading middle" };
                view! { <text class=class x=percent(x.min(97.0)) y=percent(*y - 5.5)>{entry.value.text.as_deref().map(shortened)}</text> }
            });
            view! {
                <svg x=percent(*x) y=percent(*y) overflow="visible"><use_ class=format!("mark {}", lies.class()) href=mark(lies)/></svg>
                {text}
            }
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

/// The same numbers in a table, newest first.
pub fn table(say: Say, patient: PatientId, name: &str, newest_first: &[Entry]) -> impl IntoView + use<> {
    let unit = newest_first.first().and_then(|entry| unit(entry.value.unit.as_deref()?)).unwrap_or_else(|| say.value().to_owned());
    let rows = newest_first
        .iter()
        .map(|entry| {
            let href = address(patient, entry.category, entry.id);
            view! {
                <tr>
                    <td>
                        <a href=href>{entry.when.map(|(first, precision)| when(say, first, precision))}</a>
                        <br/><span class="small quiet">{entry.place.clone().or_else(|| entry.author.clone()).unwrap_or_else(|| say.from(&entry.source))}</span>
                    </td>
                    <td class="number"><b>{entry.value.text.clone()}</b><br/>{range_flag(say, &entry.value)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table>
            <caption class="hide">{say.table_says(name)}</caption>
            <thead><tr><th scope="col">{say.date_and_place()}</th><th scope="col" class="number">{unit}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chartkey_domain::{category::Category, id::ItemId, when::Precision};
    use chartkey_portal::entry::Value;
    use time::{Duration, OffsetDateTime, macros::datetime};

    fn entry(first: OffsetDateTime, number: f64) -> Entry {
        Entry {
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
            value: Value { number: Some(number), low: Some(133.0), high: Some(146.0), ..Value::default() },
            series: None,
            report: None,
            before: None,
            author: None,
            place: None,
            source: "Laboratory".into(),
            added_at: first,
        }
    }

    #[test]
    fn time_runs_from_left_to_right_and_more_is_higher() {
        let start = datetime!(2024-02-01 0:00 UTC);
        let chart =
            chart(&[entry(start, 130.0), entry(start + Duration::days(400), 140.0), entry(start + Duration::days(800), 150.0)]).unwrap();
        assert!(chart.points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1), "{chart:?}");
        let (upper, lower) = chart.band.unwrap();
        assert!(upper < chart.points[1].1 && chart.points[1].1 < lower, "140 lies in the range");
        assert_eq!(chart.years.iter().map(|(_, year)| *year).collect::<Vec<_>>(), [2025, 2026]);
    }

    #[test]
    fn one_point_and_equal_points_have_a_place() {
        let start = datetime!(2024-02-01 0:00 UTC);
        for entries in [vec![entry(start, 140.0)], vec![entry(start, 140.0), entry(start, 140.0)]] {
            let chart = chart(&entries).unwrap();
            assert!(chart.points.iter().all(|(x, y)| (0.0..=100.0).contains(x) && (0.0..=100.0).contains(y)), "{chart:?}");
        }
        assert_eq!(chart(&[]), None);
    }
}
