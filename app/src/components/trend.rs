//! What was measured over time: a chart, and a table with the same numbers.

use chartkey_domain::{id::PatientId, names};
use chartkey_portal::{
    import::own::is_by_hand,
    trends::{Drawn, Point, Trend},
};
use leptos::prelude::*;

use super::{
    disputed::disputed,
    entry::{Called, address, called, date_of, delivered, entry_when},
    flag::{Lies, range_flag},
    icon::uses_marks,
    line::{high_end, low_end, mark, range_words},
    result::{shortened, unit},
    source::{by_hand, by_whom},
};
use crate::{
    catalogue::Say,
    islands::{TrendPoint, TrendPointer},
};

mod chart;

pub use chart::Span;
use chart::{Chart, PLOT, Spot, chart, is_drawn, numbers, range_of, timed};

/// More readings than these would lie on each other.
const LABELLED: usize = 8;
/// By what a pair is called whose numbers came one by one.
const PAIR: &str = "http://loinc.org|85354-9";

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
    let points = timed(trend);
    let chart = chart(&points, span?)?;
    let pointed = chart
        .spots
        .iter()
        .zip(points.iter().filter(|point| is_drawn(point)))
        .filter_map(|(spot, point)| {
            Some(TrendPoint { x: spot.x, y: spot.first.or(spot.second).or(spot.limit)?, says: pointed_at(say, point) })
        })
        .collect::<Vec<_>>();
    let picture = picture(say, name, &points, &chart);
    let doubted = doubted(say, &points).map(|words| view! { <p class="says">{words}</p> });
    Some(view! { <TrendPointer points=pointed>{picture}</TrendPointer>{hand_key(say, trend)}{doubted} }.into_any())
}

/// The chart alone, as a page shows it that asks for no script.
pub fn still(say: Say, name: &str, trend: &Trend) -> Option<AnyView> {
    let points = timed(trend);
    let chart = chart(&points, Span::of([trend])?)?;
    let doubted = doubted(say, &points).map(|words| view! { <p class="says">{words}</p> });
    Some(view! { {picture(say, name, &points, &chart)}{hand_key(say, trend)}{doubted} }.into_any())
}

/// What the mark of the patient's own readings means, where there are any.
fn hand_key(say: Say, trend: &Trend) -> Option<AnyView> {
    let source = &trend.points.iter().find(|point| point.entry.is_by_hand())?.entry.source;
    let mark = view! { <svg class="hand-key" aria-hidden="true" viewBox="-9 -9 18 18"><use_ class="mark hand" href="#m-hand"/></svg> };
    Some(view! { <p class="small quiet">{mark}" "{by_whom(say, source)}</p> }.into_any())
}

/// Of which of the points that are drawn the patient says that they are wrong.
fn doubted(say: Say, points: &[&Point]) -> Option<String> {
    let readings: Vec<_> =
        points.iter().filter(|point| is_drawn(point) && point.entry.disputed.is_some()).map(|point| reading(say, point)).collect();
    (!readings.is_empty()).then(|| say.points_said_wrong(&readings.join("; ")))
}

/// What is told of a point that is pointed at.
fn pointed_at(say: Say, point: &Point) -> String {
    let reading = reading(say, point);
    if point.entry.disputed.is_some() { format!("{reading} · {}", say.said_to_be_wrong()) } else { reading }
}

fn reading(say: Say, point: &Point) -> String {
    let date = date_of(say, &point.entry).unwrap_or_default();
    let value = point.value.text.as_deref().map(shortened).unwrap_or_default();
    let unit = point.value.unit.as_deref().and_then(unit).unwrap_or_default();
    let reading = say.reading(&date, &value, &unit);
    let source = &point.entry.source;
    if is_by_hand(source) { format!("{reading} ({})", by_whom(say, source).to_lowercase()) } else { reading }
}

fn picture(say: Say, name: &str, points: &[&Point], chart: &Chart) -> impl IntoView + use<> {
    uses_marks();
    let (left, right, above, below) = PLOT;
    let from = points.first().map(|point| reading(say, point)).unwrap_or_default();
    let to = points.last().map(|point| reading(say, point)).unwrap_or_default();
    let label = [Some(say.trend_says(name, &from, &to)), doubted(say, points)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let band = chart.band.map(|(upper, lower)| {
        view! { <rect class="band" x=percent(left) width=percent(100.0 - left) y=percent(upper) height=percent((lower - upper).max(0.5))/> }
    });
    let ranges = chart.spots.iter().filter_map(|spot| {
        let (upper, lower) = spot.range?;
        Some(view! { <rect class="band" x=percent(spot.x - 1.5) width="3%" y=percent(upper) height=percent((lower - upper).max(0.5))/> })
    });
    let ranges = ranges.collect_view();
    // Beneath the picture: within it, on a phone, the words would lie over values.
    let has_own = chart.spots.iter().any(|spot| spot.range.is_some());
    let shaded = if chart.band.is_some() { Some(say.shaded_range()) } else { has_own.then(|| say.each_its_range()) };
    let of_band = points.iter().rev().find(|point| chart.band.is_some() && range_of(point).is_some());
    let edge = |words: Option<String>, at: f64| {
        words.map(|words| {
            view! {
                <line class="limit" x1=percent(left) x2="100%" y1=percent(at) y2=percent(at)/>
                <text class="end" x=percent(left - 1.5) y=percent(at + 2.0)>{words}</text>
            }
        })
    };
    let edges = chart.band.zip(of_band).map(|((upper, lower), point)| {
        view! { {edge(high_end(&point.value), upper)}{edge(low_end(&point.value), lower)} }
    });
    let run = |of: fn(&Spot) -> Option<f64>| {
        let spots: Vec<(f64, f64, usize)> = chart.spots.iter().filter_map(|spot| Some((spot.x, of(spot)?, spot.stretch))).collect();
        let pairs = spots.windows(2).filter_map(|pair| match pair {
            [(x1, y1, one), (x2, y2, other)] if one == other => {
                Some(view! { <line class="run" x1=percent(*x1) y1=percent(*y1) x2=percent(*x2) y2=percent(*y2)/> })
            }
            _ => None,
        });
        pairs.collect_view()
    };
    let runs = (run(|spot| spot.first), run(|spot| spot.second));
    let labelled = chart.spots.len() <= LABELLED;
    let last = chart.spots.len().saturating_sub(1);
    let marks = chart
        .spots
        .iter()
        .zip(points.iter().filter(|point| is_drawn(point)))
        .enumerate()
        .map(|(index, (spot, point))| {
            let (lies, x) = (Lies::of(&point.value), spot.x);
            let is_above = matches!(point.drawn, Drawn::Above(_));
            // The words stand where the arrow does not.
            let upper = spot.first.or(spot.second).or(spot.limit.map(|y| if is_above { y + 13.0 } else { y }));
            let text = upper.filter(|_| labelled || index == last).map(|y| {
                let class = if x > 85.0 { "reading end" } else { "reading middle" };
                view! { <text class=class x=percent(x.min(97.0)) y=percent(y - 5.5)>{point.value.text.as_deref().map(shortened)}</text> }
            });
            let joint = spot.first.zip(spot.second).map(|(y1, y2)| {
                view! { <line class="joint" x1=percent(x) x2=percent(x) y1=percent(y1) y2=percent(y2)/> }
            });
            let marks = [spot.first, spot.second].into_iter().flatten().map(|y| {
                let (class, href) = if point.entry.is_by_hand() { ("hand", "#m-hand") } else { (lies.class(), mark(lies)) };
                view! { <svg x=percent(x) y=percent(y) overflow="visible"><use_ class=format!("mark {class}") href=href/></svg> }
            });
            // An open arrow, from the limit to where the value lies.
            let arrow = spot.limit.map(|y| {
                let path = if is_above { "M-6 0H6M0 0V-14M-4-10 0-14 4-10" } else { "M-6 0H6M0 0V14M-4 10 0 14 4 10" };
                view! { <svg x=percent(x) y=percent(y) overflow="visible"><path class="bound" d=path/></svg> }
            });
            let rings = point.entry.disputed.iter().flat_map(|_| [spot.first, spot.second, spot.limit]).flatten();
            let rings = rings.map(|y| view! { <circle class="doubt" cx=percent(x) cy=percent(y) r="12"/> });
            view! { {joint}{rings.collect_view()}{marks.collect_view()}{arrow}{text} }
        })
        .collect_view();
    let years = chart.years.iter().map(|(x, year)| view! { <text class="middle" x=percent(*x) y="98%">{*year}</text> }).collect_view();
    let ends = chart.band.is_none().then(|| {
        let line = |at: f64, number: f64| {
            view! {
                <line class="grid" x1=percent(left) x2=percent(right + 3.0) y1=percent(at) y2=percent(at)/>
                <text class="end" x=percent(left - 1.5) y=percent(at + 2.0)>{on_scale(number, chart.scale)}</text>
            }
        };
        (line(above, chart.scale.1), line(below, chart.scale.0))
    });
    let common = points.iter().rev().find(|point| matches!(point.drawn, Drawn::Numbers(..)));
    let common = common.and_then(|point| unit(point.value.unit.as_deref()?)).map(|unit| view! { <text x="0" y="5%">{unit}</text> });
    view! {
        <svg class="trend" role="img" aria-label=label>
            {band}{ranges}{ends}{edges}{runs}{marks}{years}{common}
        </svg>
        {shaded.map(|shaded| view! { <p class="quiet small">{shaded}</p> })}
    }
}

/// A number at the edge of a scale, with two digits of what the scale spans.
fn on_scale(number: f64, scale: (f64, f64)) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of digits, clamped")]
    let decimals = (1.0 - (scale.1 - scale.0).log10().floor()).clamp(0.0, 12.0) as usize;
    format!("{number:.decimals$}")
}

/// The same numbers in a table, newest first, and what could not be drawn.
pub fn table(say: Say, patient: PatientId, name: &str, trend: &Trend) -> impl IntoView + use<> {
    let common = trend.unit().and_then(unit);
    let is_pictured = trend.points.iter().any(|point| matches!(point.drawn, Drawn::Numbers(..)));
    let rows = trend
        .points
        .iter()
        .map(|point| {
            let (entry, value) = (&point.entry, &point.value);
            let href = address(patient, entry.category, entry.id);
            let place = entry.place.clone().or_else(|| entry.author.clone());
            let by_hand = by_hand(say, &entry.source);
            let from = by_hand.is_none().then(|| delivered(say, entry));
            let from = [place, from].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let own = value.unit.as_deref().and_then(unit);
            let own = match own {
                None if point.drawn == Drawn::OtherUnit && common.is_some() => Some(say.no_unit_given().to_owned()),
                own => own.filter(|own| Some(own) != common.as_ref()),
            };
            let told: Vec<String> =
                [range(say, point), written(say, point), how_drawn(say, point, is_pictured).map(str::to_owned)].into_iter().flatten().collect();
            view! {
                <tr>
                    <td>
                        <a href=href>{entry_when(say, entry)}</a>
                        <br/>{by_hand}<span class="small quiet">{from}</span>
                        {entry.disputed.as_ref().map(|said| disputed(say, patient, said))}
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

/// The laboratory's range, where it gave one; one in words is of the unit that was written.
fn range(say: Say, point: &Point) -> Option<String> {
    let value = &point.value;
    if value.low.is_some() || value.high.is_some() {
        return Some(say.range_is(&range_words(say, value)));
    }
    value.range.as_deref().map(|range| if point.is_turned { say.range_as_written(range) } else { say.range_is(range) })
}

/// A value as its source wrote it, where the page tells it in another unit.
fn written(say: Say, point: &Point) -> Option<String> {
    let value = &point.entry.value;
    point
        .is_turned
        .then(|| say.written_as(value.text.as_deref().unwrap_or_default(), &value.unit.as_deref().and_then(unit).unwrap_or_default()))
}

/// How a value is in the picture that is no number, or why it is not.
fn how_drawn(say: Say, point: &Point, is_pictured: bool) -> Option<&'static str> {
    match point.drawn {
        Drawn::Numbers(..) => None,
        Drawn::Below(_) | Drawn::Above(_) if is_pictured => Some(say.drawn_limit()),
        Drawn::Below(_) | Drawn::Above(_) => Some(say.not_drawn_limit()),
        Drawn::Words => Some(say.not_drawn_words()),
        Drawn::OtherUnit => Some(say.not_drawn_unit()),
    }
}

#[cfg(test)]
mod tests {
    use super::{chart::tests::entry, *};
    use crate::catalogue::Language;
    use chartkey_portal::entry::{Entry, Value};
    use time::{Duration, macros::datetime};

    fn told(newest_first: Vec<Entry>) -> (String, String) {
        let series = newest_first.first().and_then(|entry| entry.series.clone()).unwrap_or_default();
        let trend = Trend::of(series, newest_first).unwrap();
        let say = Say::of(Language::English);
        let picture = still(say, "Glucose", &trend).unwrap().to_html();
        (picture, table(say, PatientId(uuid::Uuid::nil()), "Glucose", &trend).to_html())
    }

    #[test]
    fn the_picture_names_the_last_value_and_the_table_says_what_a_value_is_told_without() {
        let start = datetime!(2024-02-01 0:00 UTC);
        let glucose = |day: i64, code: &str, text: &str, unit: Option<&str>, range: Option<&str>| {
            let number = text.parse().ok();
            let (unit, range) = (unit.map(str::to_owned), range.map(str::to_owned));
            let series = chartkey_portal::fhir::project::series(&format!("http://loinc.org|{code}"), unit.as_deref());
            let value = Value { text: Some(text.to_owned()), number, unit, range, ..Value::default() };
            Entry { value, series: Some(series), ..entry(start + Duration::days(day), 0.0) }
        };
        let (picture, table) = told(vec![
            glucose(6, "14749-6", "sample lost", None, None),
            glucose(5, "14749-6", "5.5", Some("mmol/L"), None),
            glucose(4, "2345-7", "90", Some("mg/dL"), Some("70-99")),
            glucose(3, "14749-6", "< 4.0", Some("mmol/L"), None),
            glucose(2, "14749-6", "5.1", Some("mmol/L"), None),
            glucose(1, "14749-6", "7", None, None),
        ]);
        let count = |class: &str| picture.matches(&format!("class=\"{class}\"")).count();
        assert_eq!((count("run"), count("bound"), count("band")), (1, 1, 0), "{picture}");
        assert!(picture.contains("sample lost") && picture.contains(">mmol/L<"), "{picture}");
        let plain = table.replace("<!>", "");
        for said in ["7</b> (no unit given)", "Range as written: 70-99 mg/dL", "written as 90 mg/dL", "Drawn as an arrow", "Range in words"]
        {
            assert!(plain.contains(said), "{said}: {plain}");
        }
        assert_eq!(plain.matches("No range given").count(), 3, "{plain}");
    }

    #[test]
    fn the_ends_of_a_small_scale_have_two_digits_of_its_span() {
        for (number, scale, expected) in [(0.0312, (0.0, 0.0312), "0.031"), (160.2, (120.0, 160.2), "160"), (7.25, (4.1, 7.25), "7.2")] {
            assert_eq!(on_scale(number, scale), expected);
        }
    }

    #[test]
    fn a_point_that_is_said_to_be_wrong_is_told_of_with_the_picture() {
        use chartkey_domain::id::CorrectionId;
        use chartkey_portal::entry::{Disputed, Statement};

        let statement =
            Statement { correction: CorrectionId(uuid::Uuid::nil()), words: Some("Not mine.".into()), is_earlier: false, of: None };
        let disputed = Some(Disputed { statements: vec![statement], more: 0, is_readers: true });
        let right = entry(datetime!(2025-03-01 0:00 UTC), 140.0);
        let wrong = Entry { disputed, ..entry(datetime!(2026-03-01 0:00 UTC), 150.0) };
        let trend = Trend::of(String::new(), vec![wrong, right]).unwrap();
        let points = timed(&trend);
        let say = Say::of(Language::English);
        let told = doubted(say, &points).unwrap();
        assert!(told.contains("2026") && !told.contains("2025"), "{told}");
        assert!(pointed_at(say, points[1]).ends_with(" · said to be wrong"));
        assert!(!pointed_at(say, points[0]).contains("wrong"));
        assert_eq!(doubted(say, &points[..1]), None);
    }
}
