//! Where the points of a trend lie.

use chartkey_portal::trends::{Drawn, Point, Trend};
use time::OffsetDateTime;

/// The plot inside the picture, in percent: left, right, top, bottom.
pub(super) const PLOT: (f64, f64, f64, f64) = (16.0, 97.0, 12.0, 84.0);

/// Where everything of a chart lies, in percent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chart {
    /// The points, from the oldest to the newest.
    pub spots: Vec<Spot>,
    /// The range that all points have which have any: upper and lower edge; an open side runs to the
    /// edge of the plot.
    pub band: Option<(f64, f64)>,
    /// The years that begin inside the chart.
    pub years: Vec<(f64, i32)>,
    /// The ends of the scale.
    pub scale: (f64, f64),
}

/// Where a point lies, in percent: a number, the numbers of a pair, or a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    /// From the start edge.
    pub x: f64,
    /// The number, or the first of a pair, from the upper edge.
    pub first: Option<f64>,
    /// The second of a pair.
    pub second: Option<f64>,
    /// The number that it lies below or above.
    pub limit: Option<f64>,
    /// Its own range, where not all points have the same: upper and lower edge.
    pub range: Option<(f64, f64)>,
    /// Only points of one stretch are joined: nothing lies between them that is no number.
    pub stretch: usize,
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
        let times: Vec<_> =
            trends.into_iter().flat_map(timed).filter(|point| is_drawn(point)).filter_map(|point| Some(point.entry.when?.0)).collect();
        Some(Self { from: times.iter().min().copied()?, to: times.iter().max().copied()? })
    }
}

/// What of a trend has a time, from the oldest to the newest.
pub(super) fn timed(trend: &Trend) -> Vec<&Point> {
    trend.points.iter().rev().filter(|point| point.entry.when.is_some()).collect()
}

/// Whether a point has a place in the picture.
pub(super) const fn is_drawn(point: &Point) -> bool {
    !matches!(point.drawn, Drawn::Words | Drawn::OtherUnit)
}

/// The numbers of a point.
pub(super) const fn numbers(point: &Point) -> (Option<f64>, Option<f64>) {
    match point.drawn {
        Drawn::Numbers(first, second) => (first, second),
        _ => (None, None),
    }
}

/// The number that a point lies below or above.
const fn limit(point: &Point) -> Option<f64> {
    match point.drawn {
        Drawn::Below(bound) | Drawn::Above(bound) => Some(bound),
        _ => None,
    }
}

/// The range of a point, where it has any and is drawn.
pub(super) fn range_of(point: &Point) -> Option<(Option<f64>, Option<f64>)> {
    let range = (point.value.low, point.value.high);
    (is_drawn(point) && range != (None, None)).then_some(range)
}

/// Lays out points, from the oldest to the newest, in a span of time. `None` where none is a number.
#[must_use]
pub(super) fn chart(points: &[&Point], span: Span) -> Option<Chart> {
    points.iter().find(|point| matches!(point.drawn, Drawn::Numbers(..)))?;
    let is_pair = points.iter().any(|point| numbers(point).1.is_some());
    let ranges: Vec<_> = points.iter().filter(|_| !is_pair).filter_map(|point| range_of(point)).collect();
    let shared = ranges.first().copied().filter(|first| ranges.iter().all(|range| range == first));
    let heights = points.iter().flat_map(|point| <[_; 2]>::from(numbers(point)).into_iter().chain([limit(point)]));
    let heights = heights.chain(ranges.iter().flat_map(|range| <[_; 2]>::from(*range))).flatten();
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
    let edges = |(low, high): (Option<f64>, Option<f64>)| (high.map_or(above, y), low.map_or(below, y));
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
    let mut stretch = 0;
    let spots = points
        .iter()
        .filter_map(|point| {
            let (first, second) = numbers(point);
            stretch += usize::from(first.is_none() && second.is_none());
            let x = x(point.entry.when?.0.unix_timestamp());
            let range = range_of(point).filter(|_| !is_pair && shared.is_none()).map(edges);
            is_drawn(point).then(|| Spot { x, first: first.map(y), second: second.map(y), limit: limit(point).map(y), range, stretch })
        })
        .collect();
    Some(Chart { spots, band: shared.map(edges), years, scale })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use chartkey_domain::{category::Category, id::ItemId, when::Precision};
    use chartkey_portal::entry::{Entry, Value};
    use time::{Duration, macros::datetime};

    pub fn entry(first: OffsetDateTime, number: f64) -> Entry {
        Entry {
            disputed: None,
            waits: false,
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
            twins: Vec::new(),
            added_at: first,
        }
    }

    fn laid_out(newest_first: Vec<Entry>) -> Option<Chart> {
        let trend = Trend::of(String::new(), newest_first)?;
        chart(&timed(&trend), Span::of([&trend])?)
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
        let (long, short) = (chart(&timed(&long), span).unwrap(), chart(&timed(&short), span).unwrap());
        assert!((short.spots[0].x - f64::midpoint(long.spots[0].x, long.spots[1].x)).abs() < 0.01);
        assert_eq!(long.years, short.years);
    }

    #[test]
    fn a_range_is_a_band_only_where_every_laboratory_has_the_same() {
        let start = datetime!(2024-02-01 0:00 UTC);
        let bare = |day: i64| {
            let mut entry = entry(start + Duration::days(day), 140.0);
            (entry.value.low, entry.value.high) = (None, None);
            entry
        };
        let shared = laid_out(vec![entry(start + Duration::days(9), 150.0), bare(5), entry(start, 130.0)]).unwrap();
        assert!(shared.band.is_some() && shared.spots.iter().all(|spot| spot.range.is_none()), "{shared:?}");
        let mut other = entry(start, 130.0);
        other.value.high = Some(160.0);
        let chart = laid_out(vec![entry(start + Duration::days(9), 150.0), bare(5), other]).unwrap();
        let [Spot { range: Some(own), .. }, Spot { range: None, .. }, Spot { range: Some(newest), .. }] = chart.spots[..] else {
            panic!("{chart:?}")
        };
        assert!(chart.band.is_none() && own.0 < newest.0 && (own.1 - newest.1).abs() < 1e-9, "{chart:?}");
    }

    #[test]
    fn nothing_is_joined_over_what_is_no_number_and_a_limit_has_its_place() {
        let start = datetime!(2024-02-01 0:00 UTC);
        let at = |day: i64, number: f64| entry(start + Duration::days(day), number);
        let said = |day: i64, text: &str| {
            let mut entry = at(day, 0.0);
            (entry.value.number, entry.value.text) = (None, Some(text.to_owned()));
            entry
        };
        let newest_first = vec![said(9, "lost"), at(7, 144.0), at(6, 142.0), said(5, "lost"), at(4, 141.0), said(3, "< 135"), at(2, 140.0)];
        let chart = laid_out(newest_first).unwrap();
        let stretches: Vec<_> = chart.spots.iter().map(|spot| (spot.limit.is_some(), spot.stretch)).collect();
        assert_eq!(stretches, [(false, 0), (true, 1), (false, 1), (false, 2), (false, 2)]);
        assert!(chart.spots[1].limit > chart.spots[0].first, "135 lies below 140");
        assert_eq!(laid_out(vec![said(1, "< 135")]), None);
    }

    #[test]
    fn the_numbers_of_a_pair_lie_over_one_another() {
        let codes = vec!["http://loinc.org|85354-9".to_owned()];
        let value = Value { text: Some("120 / 80".into()), unit: Some("mmHg".into()), ..Value::default() };
        let pair = Entry { codes, value, ..entry(datetime!(2024-02-01 0:00 UTC), 0.0) };
        let trend = Trend::of(chartkey_portal::fhir::project::series("http://loinc.org|85354-9", Some("mmHg")), vec![pair]).unwrap();
        let chart = chart(&timed(&trend), Span::of([&trend]).unwrap()).unwrap();
        assert!(matches!(chart.spots.as_slice(), [Spot { first: Some(first), second: Some(second), .. }] if first < second), "{chart:?}");
    }
}
