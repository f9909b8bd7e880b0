//! When a resource happened, as one interval.

use chartkey_domain::when::{Interval, Moment};

use super::{json::Json, shape::Shape};

/// The interval of a resource; `None` where the source does not say. What lasts
/// (a problem, a plan) and has not ended is open.
pub fn interval(resource: &Json<'_>, shape: &Shape, status: Option<&str>) -> Option<Interval> {
    let (start, end) = shape.when.iter().flat_map(|path| resource.all(path)).find_map(span)?;
    let mut over = status.is_some_and(|status| shape.over.contains(&status));
    let mut end = end;
    for value in shape.end.iter().flat_map(|path| resource.all(path)) {
        match span(value) {
            Some((first, last)) => end = end.or(Some(last.unwrap_or(first))),
            // "In remission", an age, or only that it has ended.
            None => over |= *value != Json::Bool(false) && !value.is_null(),
        }
    }
    let last = match end {
        Some(end) => Some(end.last),
        None if shape.lasts && !over => None,
        None => Some(start.last),
    };
    // An end before the start is an error of the source; the start is believed.
    let last = last.map(|last| if last < start.first { start.last } else { last });
    Some(Interval { first: start.first, last, precision: start.precision })
}

/// The interval of one value: a date, a period or a timing.
pub fn of(value: &Json<'_>) -> Option<Interval> {
    let (start, end) = span(value)?;
    Some(Interval { first: start.first, last: Some(end.map_or(start.last, |end| end.last.max(start.first))), precision: start.precision })
}

/// A date, a period or a timing as its first and last moment.
fn span(value: &Json<'_>) -> Option<(Moment, Option<Moment>)> {
    if let Some(text) = value.str() {
        return Moment::parse(text).map(|moment| (moment, None));
    }
    let at = |key| value.get(key).str().and_then(Moment::parse);
    match (at("start"), at("end")) {
        (Some(start), end) => return Some((start, end)),
        (None, Some(end)) => return Some((end, Some(end))),
        (None, None) => {}
    }
    let bounds = value.get("repeat").get("boundsPeriod");
    if bounds.is_object() {
        return span(bounds);
    }
    let mut events = value.get("event").items().iter().filter_map(Json::str).filter_map(Moment::parse);
    let first = events.next()?;
    let (first, last) = events.fold((first, first), |(first, last), event| {
        (if event.first < first.first { event } else { first }, if event.last > last.last { event } else { last })
    });
    Some((first, Some(last)))
}

#[cfg(test)]
mod tests {
    use super::{super::shape::shape, *};
    use time::macros::datetime;

    fn when(text: &str) -> Option<Interval> {
        let json = Json::parse(text).unwrap();
        let status = json.get("status").str().or_else(|| json.all("clinicalStatus.coding.code").first().and_then(|code| code.str()));
        interval(&json, shape(json.get("resourceType").str().unwrap()), status)
    }

    #[test]
    fn what_lasts_and_has_not_ended_is_open() {
        let open = when(r#"{"resourceType":"Condition","onsetDateTime":"2018","recordedDate":"2020-01-01"}"#).unwrap();
        assert_eq!((open.first, open.last), (datetime!(2018-01-01 0:00 UTC), None));
        let ended = when(r#"{"resourceType":"Condition","onsetDateTime":"2018","abatementDateTime":"2019-02"}"#).unwrap();
        assert_eq!(ended.last, Some(datetime!(2019-02-28 23:59:59.999_999 UTC)));
        for over in [r#""abatementString":"as a child""#, r#""clinicalStatus":{"coding":[{"code":"resolved"}]}"#] {
            let over = when(&format!(r#"{{"resourceType":"Condition","onsetDateTime":"2018",{over}}}"#)).unwrap();
            assert_eq!(over.last, Some(datetime!(2018-12-31 23:59:59.999_999 UTC)));
        }
        assert_eq!(when(r#"{"resourceType":"MedicationRequest","status":"active","authoredOn":"2018-01-01"}"#).unwrap().last, None);
        assert!(when(r#"{"resourceType":"MedicationRequest","status":"stopped","authoredOn":"2018-01-01"}"#).unwrap().last.is_some());
    }

    #[test]
    fn what_happened_is_its_period_and_never_open() {
        let visit = when(r#"{"resourceType":"Encounter","period":{"start":"2018-01-01","end":"2018-01-03"}}"#).unwrap();
        assert_eq!((visit.first, visit.last), (datetime!(2018-01-01 0:00 UTC), Some(datetime!(2018-01-03 23:59:59.999_999 UTC))));
        assert!(when(r#"{"resourceType":"Encounter","period":{"start":"2018-01-01"}}"#).unwrap().last.is_some());
        let backwards = when(r#"{"resourceType":"Encounter","period":{"start":"2018-01-03","end":"2018-01-01"}}"#).unwrap();
        assert_eq!(backwards.last, Some(datetime!(2018-01-03 23:59:59.999_999 UTC)));
    }

    #[test]
    fn what_happened_comes_before_what_was_recorded() {
        let observed = when(r#"{"resourceType":"Observation","issued":"2020-05-05T10:00:00Z","effectiveDateTime":"2018-08"}"#).unwrap();
        assert_eq!(observed.first, datetime!(2018-08-01 0:00 UTC));
        assert!(when(r#"{"resourceType":"Observation","effectivePeriod":{"stop":"2018"}}"#).is_none());
    }
}
