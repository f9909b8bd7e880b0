//! One thing that several sources tell of, as it is shown: once, marked as one, taken apart by its patient,
//! and to a grantee as if there were no more than they may see.

mod files;
mod harness;
mod people;
mod twinned;

use std::io::Read;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
    id::ItemId,
    lens::Lens,
};
use chartkey_portal::{Error, entry::Entry, import::own::hand_of, items::Original, news::Look, timeline::Filter};
use files::bundle;
use harness::Ground;
use people::House;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use twinned::{AT, add, item, measured, shown, take, tell, total, two, with};
use uuid::Uuid;

#[sqlx::test(migrations = "../../migrations")]
async fn every_list_shows_it_once_with_both_sources(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    assert_eq!(total(&house).await, 3);
    for visitor in [&ines, &doctor] {
        let entries = shown(&house, visitor).await;
        let [entry] = entries.as_slice() else { panic!("{entries:?}") };
        let [twin] = entry.twins.as_slice() else { panic!("{entry:?}") };
        let mut sources = [entry.source.as_str(), twin.source.as_str()];
        sources.sort_unstable();
        assert_eq!(sources, ["clinic", "hospital"]);
        let of = async |item| house.portal.item(visitor, house.patient, Category::Results, item, Original::Leave).await.unwrap().view;
        let (one, other) = (of(entry.id).await, of(twin.id).await);
        assert_eq!(one.entry.twins[0].id, other.entry.id);
        assert_eq!(other.entry.twins[0].id, one.entry.id, "each has a page of its own");
        assert_eq!(one.trend.unwrap().points.len(), 1, "and is one point");
        let series = entry.series.clone().unwrap();
        let trend = house.portal.trend(visitor, house.patient, &series, &[]).await.unwrap().view;
        assert_eq!(trend.asked.points.len(), 1);
        let glucose = |entries: &[Entry]| entries.iter().filter(|entry| entry.title == "Glucose").count();
        let line = house.portal.timeline(visitor, house.patient, Filter::default(), None).await.unwrap().view;
        assert_eq!(glucose(&line.entries), 1);
        assert_eq!(line.choices.years.iter().find(|(year, _)| *year == 2024), Some(&(2024, 1)));
        assert_eq!(glucose(&house.portal.summary(visitor, house.patient, Look::Opened).await.unwrap().view.results), 1);
        for source in &line.choices.sources {
            let filter = Filter { source: Some(source.id), ..Filter::default() };
            let of_source = house.portal.timeline(visitor, house.patient, filter, None).await.unwrap().view;
            let expected = usize::from(source.name != "test");
            assert_eq!(glucose(&of_source.entries), expected, "what a source tells is found under it: {}", source.name);
        }
    }
    let looks = house.events().await;
    assert!(looks.iter().any(|look| look.what.page.as_deref() == Some("item") && look.what.items == 2), "both were shown");
}

/// A grant that leaves out what comes later: whoever it is, they see the one as if it were alone.
#[sqlx::test(migrations = "../../migrations")]
async fn a_grantee_who_sees_one_finds_no_trace_of_the_other(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    // Each source is the first and the second once, whichever comes first in their order.
    for (day, first, second) in [("2024-03-01", "clinic", "hospital"), ("2024-03-02", "hospital", "clinic")] {
        take(&house, house.patient, first, &measured(&format!("a-{day}"), 110.0, "mg/dL", day)).await;
        sqlx::query("update access_grant set includes_new = false, created_at = clock_timestamp()")
            .execute(&house.superuser)
            .await
            .unwrap();
        let before = shown(&house, &doctor).await;
        take(&house, house.patient, second, &measured(&format!("b-{day}"), 110.0, "mg/dL", day)).await;
        let after = shown(&house, &doctor).await;
        assert_eq!(after, before, "nothing that they see has changed");
        assert!(after[0].twins.is_empty());
        let hidden = item(&house, &format!("b-{day}")).await;
        let page = house.portal.item(&doctor, house.patient, Category::Results, hidden, Original::Leave).await;
        assert!(matches!(page, Err(Error::NotFound)));
        let own = shown(&house, &house.ines()).await;
        assert_eq!(own[0].twins.len(), 1, "the patient sees one thing of two sources");
    }
    assert_eq!(shown(&house, &house.ines()).await.len(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_patient_takes_it_apart_and_puts_it_together_again(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let (here, there) = (item(&house, "here").await, item(&house, "there").await);
    for visitor in [&doctor, &house.stranger().await] {
        assert!(matches!(house.portal.take_apart(visitor, house.patient, here).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.put_together(visitor, house.patient, here).await, Err(Error::NotFound)));
    }
    house.portal.put_together(&ines, house.patient, here).await.unwrap();
    assert_eq!(shown(&house, &ines).await.len(), 1, "it is not apart");
    assert_eq!(house.portal.take_apart(&ines, house.patient, there).await.unwrap(), Category::Results);
    house.portal.take_apart(&ines, house.patient, there).await.unwrap();
    for visitor in [&ines, &doctor] {
        let entries = shown(&house, visitor).await;
        assert_eq!(entries.len(), 2);
        assert!(entries.iter().all(|entry| entry.twins.is_empty()));
    }
    assert_eq!(total(&house).await, 4);
    let page =
        async |visitor: &Visitor| house.portal.item(visitor, house.patient, Category::Results, here, Original::Leave).await.unwrap().view;
    assert_eq!(page(&ines).await.parted[0].id, there);
    assert!(page(&doctor).await.parted.is_empty(), "what the patient thinks of it is theirs");
    // It stays apart, whatever comes in; and a third source is not taken for either.
    take(&house, house.patient, "hospital", &measured("unrelated", 90.0, "mg/dL", AT)).await;
    take(&house, house.patient, "laboratory", &measured("third", 110.0, "mg/dL", AT)).await;
    assert_eq!(shown(&house, &ines).await.len(), 4);
    assert_eq!(house.portal.put_together(&ines, house.patient, here).await.unwrap(), Category::Results);
    let entries = shown(&house, &ines).await;
    assert_eq!(entries.len(), 2);
    assert_eq!(entries.iter().map(|entry| entry.twins.len()).sum::<usize>(), 2, "all three are one");
    assert_eq!(total(&house).await, 4);
    let did: Vec<String> = house.events().await.into_iter().map(|event| event.what.action).filter(|action| action != "read").collect();
    assert_eq!(did.iter().filter(|action| *action == "taken-apart").count(), 1);
    assert_eq!(did.iter().filter(|action| *action == "put-together").count(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_later_version_says_parts_and_joins(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let ines = house.ines();
    take(&house, house.patient, "hospital", &measured("there", 111.0, "mg/dL", AT)).await;
    assert_eq!((shown(&house, &ines).await.len(), total(&house).await), (2, 4), "its value was corrected");
    take(&house, house.patient, "clinic", &measured("here", 111.0, "mg/dL", AT)).await;
    assert_eq!((shown(&house, &ines).await.len(), total(&house).await), (1, 3), "so was the other");
    take(&house, house.patient, "clinic", &measured("here-again", 111.0, "mg/dL", AT)).await;
    assert_eq!((shown(&house, &ines).await.len(), total(&house).await), (2, 4), "what is one stays one");
    let wrong = measured("here-again", 111.0, "mg/dL", AT).replace("\"final\"", "\"entered-in-error\"");
    take(&house, house.patient, "clinic", &wrong).await;
    assert_eq!(shown(&house, &ines).await.len(), 1, "what was entered in error is compared with nothing");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_known_already_is_not_new_from_another_source(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    house.portal.home(&ines, house.patient, Look::Opened).await.unwrap();
    sqlx::query("update viewer_mark set since_seq = seen_seq, since_at = timestamptz '2024-03-02'")
        .execute(&house.superuser)
        .await
        .unwrap();
    take(&house, house.patient, "hospital", &bundle(&[&measured("there", 110.0, "mg/dL", AT), &measured("more", 120.0, "mg/dL", AT)]))
        .await;
    let news = house.portal.home(&ines, house.patient, Look::Opened).await.unwrap().view.news;
    assert_eq!(news.fresh.iter().map(|fresh| fresh.items).sum::<i64>(), 1, "{news:?}");
}

/// What a reader sees stays as it is whatever comes of the same that they do not see, and whatever becomes of that.
#[sqlx::test(migrations = "../../migrations")]
async fn a_second_telling_takes_nothing_apart_and_its_end_joins_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let other = "2024-03-02T08:00:00Z";
    let wrong = |id: &str, at: &str| measured(id, 110.0, "mg/dL", at).replace("\"final\"", "\"entered-in-error\"");
    take(
        &house,
        house.patient,
        "clinic",
        &bundle(&[&measured("first", 110.0, "mg/dL", other), &measured("second", 110.0, "mg/dL", other)]),
    )
    .await;
    take(&house, house.patient, "hospital", &measured("third", 110.0, "mg/dL", other)).await;
    let hidden = item(&house, "second").await;
    tell(&house, "insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization", hidden)
        .await;
    house.tamper("update access_grant set includes_new = false, created_at = clock_timestamp()").await;
    let before = shown(&house, &doctor).await;
    assert_eq!(before.iter().map(|entry| entry.twins.len()).collect::<Vec<_>>(), [0, 0, 1]);
    take(&house, house.patient, "clinic", &measured("here-again", 110.0, "mg/dL", AT)).await;
    assert_eq!(shown(&house, &doctor).await, before, "a second one came");
    assert_eq!(shown(&house, &ines).await.len(), 5);
    take(&house, house.patient, "clinic", &bundle(&[&wrong("second", other), &wrong("here-again", AT)])).await;
    assert_eq!(shown(&house, &doctor).await, before, "both were wrong");
    // What nobody has told twice is compared with what is one, and with nothing that is not.
    take(&house, house.patient, "laboratory", &bundle(&[&measured("new", 110.0, "mg/dL", AT), &measured("newer", 110.0, "mg/dL", other)]))
        .await;
    let twins: Vec<usize> = shown(&house, &ines).await.iter().map(|entry| entry.twins.len()).collect();
    assert_eq!(twins, [0, 0, 0, 2]);
    // Gone for good from all sources but one, it can be one with what comes.
    take(&house, house.patient, "hospital", &wrong("third", other)).await;
    take(&house, house.patient, "laboratory", &wrong("newer", other)).await;
    take(&house, house.patient, "hospital", &measured("fourth", 110.0, "mg/dL", other)).await;
    let twins: Vec<usize> = shown(&house, &ines).await.iter().map(|entry| entry.twins.len()).collect();
    assert_eq!(twins, [1, 2]);
}

/// Records that were there before are compared when their words are read again.
#[sqlx::test(migrations = "../../migrations")]
async fn older_records_are_compared_when_they_are_read_again(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    for statement in
        ["update item set alike = null, twin = null, behind = 0", "update item_total set behind = 0", "update patient set phrased_by = 0"]
    {
        sqlx::query(statement).execute(&house.superuser).await.unwrap();
    }
    assert_eq!(shown(&house, &house.ines()).await.len(), 2);
    let mut last = None;
    while let Some((patient, written)) = house.portal.phrase_next(last).await.unwrap() {
        written.unwrap();
        last = Some(patient);
    }
    assert_eq!((shown(&house, &house.ines()).await.len(), total(&house).await), (1, 3));
}

/// One visit of two sources has the parts of both.
#[sqlx::test(migrations = "../../migrations")]
async fn a_visit_of_two_sources_has_the_parts_of_both(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for (source, part) in [("clinic", "Blood draw"), ("hospital", "Spirometry")] {
        let visit = json!({
            "resourceType": "Encounter", "id": "visit", "status": "finished", "class": {"code": "AMB"}, "type": [{"text": "Check-up"}],
            "period": {"start": AT, "end": "2024-03-01T09:00:00Z"}
        })
        .to_string();
        let done = |id: &str, name: &str| {
            json!({
                "resourceType": "Procedure", "id": id, "status": "completed", "code": {"text": name}, "performedDateTime": AT,
                "encounter": {"reference": "Encounter/visit"}
            })
            .to_string()
        };
        take(&house, house.patient, source, &bundle(&[&visit, &done("part", part), &done("shared", "Pulse oximetry")])).await;
    }
    let ines = house.ines();
    let visits = house.portal.visits(&ines, house.patient, None, None, false).await.unwrap().view;
    let [visit] = visits.entries.as_slice() else { panic!("{visits:?}") };
    let parts = house.portal.visit(&ines, house.patient, visit.id).await.unwrap().view.parts;
    let mut names: Vec<_> = parts.iter().map(|part| part.title.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Blood draw", "Pulse oximetry", "Spirometry"]);
}

/// What lies outside the range of one laboratory does so whichever source comes first in their order.
#[sqlx::test(migrations = "../../migrations")]
async fn what_one_source_flags_is_flagged(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let flagged = json!({
        "interpretation": [{"coding": [{"code": "HH"}]}],
        "referenceRange": [{"low": {"value": 70, "unit": "mg/dL"}, "high": {"value": 99, "unit": "mg/dL"}}]
    });
    for (day, first, second) in [("2024-03-02", "clinic", "hospital"), ("2024-03-03", "hospital", "clinic")] {
        let told = measured(day, 400.0, "mg/dL", day);
        take(&house, house.patient, first, &with(&told, flagged.clone())).await;
        take(&house, house.patient, second, &told).await;
        for visitor in [&ines, &doctor] {
            let entries = shown(&house, visitor).await;
            let newest = entries.first().unwrap();
            assert_eq!((newest.twins.len(), newest.value.interpretation.as_deref()), (1, Some("HH")), "{first}");
            assert_eq!(newest.value.high, Some(99.0));
        }
        let paper = house.portal.paper(&ines, house.patient).await.unwrap().view;
        assert_eq!(paper.results.iter().filter(|entry| entry.title == "Glucose").count(), 1, "{first}");
    }
    assert_eq!(shown(&house, &ines).await.len(), 2);
}

/// What one source tells without its visit is of the visit of the other all the same.
#[sqlx::test(migrations = "../../migrations")]
async fn a_list_of_less_than_all_looks_for_the_one_before_in_itself(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    for (day, first, second) in [("2024-03-01", "clinic", "hospital"), ("2024-03-02", "hospital", "clinic")] {
        let [start, end] = ["08", "09"].map(|hour| format!("{day}T{hour}:00:00Z"));
        let visit = json!({
            "resourceType": "Encounter", "id": format!("visit-{day}"), "status": "finished", "class": {"code": "AMB"}, "type": [{"text": day}],
            "period": {"start": start, "end": end}
        })
        .to_string();
        let done = json!({"resourceType": "Procedure", "id": day, "status": "completed", "code": {"text": "Spirometry"}, "performedDateTime": start})
            .to_string();
        let at_it = with(&done, json!({"encounter": {"reference": format!("Encounter/visit-{day}")}}));
        take(&house, house.patient, first, &bundle(&[&visit, &at_it])).await;
        take(&house, house.patient, second, &done).await;
        let visit = item(&house, &format!("visit-{day}")).await;
        let parts = house.portal.visit(&ines, house.patient, visit).await.unwrap().view.parts;
        let [part] = parts.as_slice() else { panic!("{parts:?}") };
        assert_eq!((part.title.as_str(), part.twins.len()), ("Spirometry", 1));
        // A code of the source's own is in a series of its own.
        for (source, code) in [(first, "a"), (second, "b")] {
            let own = json!({"code": {"text": "Vital capacity", "coding": [{"system": format!("urn:{source}"), "code": code}]}});
            let id = format!("capacity-{code}-{day}");
            take(&house, house.patient, source, &with(&measured(&id, 5.0, "L", &start), own)).await;
        }
        for code in ["a", "b"] {
            let one = item(&house, &format!("capacity-{code}-{day}")).await;
            let page = house.portal.item(&ines, house.patient, Category::Results, one, Original::Leave).await.unwrap().view;
            assert_eq!(page.entry.twins.len(), 1);
            let series = page.entry.series.unwrap();
            let points = house.portal.trend(&ines, house.patient, &series, &[]).await.unwrap().view.asked.points;
            assert!(points.iter().any(|point| point.entry.id == one), "{first} {code}: it is in its own trend");
            assert!(page.trend.unwrap().points.iter().any(|point| point.entry.id == one));
        }
    }
}

/// What its patient wrote by hand is theirs, whoever tells the same.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_written_by_hand_is_one_with_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, house.patient, "mine", &measured("mine", 110.0, "mg/dL", AT)).await;
    house.tamper(&format!("update source set name = '{}' where name = 'mine'", hand_of(house.patient))).await;
    for source in ["clinic", "hospital"] {
        take(&house, house.patient, source, &measured(source, 110.0, "mg/dL", AT)).await;
    }
    let entries = shown(&house, &house.ines()).await;
    let mut twins: Vec<_> = entries.iter().map(|entry| (entry.is_by_hand(), entry.twins.len())).collect();
    twins.sort_unstable();
    assert_eq!(twins, [(false, 1), (true, 0)]);
}

/// A report that lists the same results is one with another, and one that lists less, or what cannot be compared, is not.
#[sqlx::test(migrations = "../../migrations")]
async fn reports_are_one_by_their_results(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let panel = |results: &[&str]| {
        let results: Vec<_> = results.iter().map(|id| json!({"reference": format!("Observation/{id}")})).collect();
        json!({
            "resourceType": "DiagnosticReport", "id": "panel", "status": "final", "effectiveDateTime": AT,
            "code": {"text": "Panel", "coding": [{"system": "http://loinc.org", "code": "24323-8"}]}, "result": results
        })
        .to_string()
    };
    let other = "2024-03-01T08:01:00Z";
    let (one, two) = (measured("one", 110.0, "mg/dL", AT), measured("two", 120.0, "mg/dL", other));
    let reports = async || {
        let results = house.portal.results(&house.ines(), house.patient, None, false).await.unwrap().view;
        let list = house.portal.list(&house.ines(), house.patient, Category::Results, None, false).await.unwrap().view;
        let panels = list.entries.iter().filter(|entry| entry.title == "Panel").count();
        (results.reports.iter().filter(|report| report.head.as_ref().is_some_and(|head| head.title == "Panel")).count(), panels)
    };
    // Its results come later, as files do in whatever order.
    take(&house, house.patient, "clinic", &bundle(&[&one, &two, &panel(&["one", "two"])])).await;
    take(&house, house.patient, "hospital", &panel(&["one", "two"])).await;
    assert_eq!(reports().await.1, 2, "nothing is known of what the other lists");
    take(&house, house.patient, "hospital", &bundle(&[&one, &two])).await;
    assert_eq!(reports().await, (1, 1));
    assert_eq!(shown(&house, &house.ines()).await.len(), 2);
    take(&house, house.patient, "hospital", &panel(&["one"])).await;
    assert_eq!(reports().await.1, 2, "one lists less");
    take(&house, house.patient, "hospital", &with(&panel(&["one", "two"]), json!({"issued": other}))).await;
    assert_eq!(reports().await, (1, 1));
    take(&house, house.patient, "hospital", &measured("two", 121.0, "mg/dL", other)).await;
    assert_eq!(reports().await.1, 2, "a result of it has another value");
    take(&house, house.patient, "hospital", &two).await;
    assert_eq!(reports().await, (1, 1));
    // To whom a result is kept from, its report is one whatever becomes of it.
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let kept = "insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization limit 1";
    let hidden: Uuid = sqlx::query_scalar("select item_id from item where fhir_id = 'two' and twin is not null limit 1")
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    tell(&house, kept, ItemId(hidden)).await;
    let seen = async || {
        let results = house.portal.results(&doctor, house.patient, None, false).await.unwrap().view;
        let list = house.portal.list(&doctor, house.patient, Category::Results, None, false).await.unwrap().view;
        (format!("{:?}", results.reports), list.entries)
    };
    let before = seen().await;
    assert_eq!(before.1.iter().filter(|entry| entry.title == "Panel").map(|entry| entry.twins.len()).collect::<Vec<_>>(), [1]);
    take(&house, house.patient, "hospital", &measured("two", 122.0, "mg/dL", other)).await;
    assert_eq!(seen().await, before);
}

/// Whoever sees a report may not see what it lists of another kind or of another day, nor what is kept from them, and the report stays one
/// for them whatever becomes of that.
#[sqlx::test(migrations = "../../migrations")]
async fn a_report_stays_one_whatever_becomes_of_what_not_everybody_sees_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let of_vitals = json!({"category": [{"coding": [{"code": "vital-signs"}]}]});
    let weight = |value: f64| with(&measured("weight", value, "kg", AT), of_vitals.clone());
    let late = |value: f64| measured("late", value, "mg/dL", "2024-03-02T08:00:00Z");
    let kept = |value: f64| measured("kept", value, "mg/dL", AT);
    let listed = ["one", "weight", "late", "kept"].map(|id| json!({"reference": format!("Observation/{id}")}));
    let panel = json!({
        "resourceType": "DiagnosticReport", "id": "panel", "status": "final", "effectiveDateTime": AT,
        "code": {"text": "Panel", "coding": [{"system": "http://loinc.org", "code": "24323-8"}]}, "result": listed
    })
    .to_string();
    let all = [measured("one", 110.0, "mg/dL", AT), weight(70.0), late(120.0), kept(130.0), panel];
    let all = bundle(&all.each_ref().map(String::as_str));
    take(&house, house.patient, "clinic", &all).await;
    let hidden = item(&house, "kept").await;
    tell(&house, "insert into exclusion (patient_id, item_id, account_id) select $1, $2, account_id from clinician limit 1", hidden).await;
    take(&house, house.patient, "hospital", &all).await;
    let panels = async || {
        let list = house.portal.list(&house.ines(), house.patient, Category::Results, None, false).await.unwrap().view;
        list.entries.iter().filter(|entry| entry.title == "Panel").map(|entry| entry.twins.len()).collect::<Vec<_>>()
    };
    assert_eq!(panels().await, [1]);
    let gone = |of: &str| with(of, json!({"status": "entered-in-error"}));
    for changed in [weight(71.0), late(121.0), kept(131.0), gone(&weight(71.0)), gone(&late(121.0)), gone(&kept(131.0))] {
        take(&house, house.patient, "hospital", &changed).await;
        assert_eq!(panels().await, [1], "{changed}");
    }
    take(&house, house.patient, "hospital", &measured("one", 111.0, "mg/dL", AT)).await;
    assert_eq!(panels().await, [0, 0], "whoever sees the report sees this");
}

/// Two files of the patient's own are two sources: an export from each of two portals joins what a clinic tells.
#[sqlx::test(migrations = "../../migrations")]
async fn two_own_files_are_joined_with_the_clinics(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    add(&house, &measured("mine-too", 110.0, "mg/dL", AT)).await;
    let [one] = shown(&house, &house.ines()).await.try_into().unwrap();
    assert_eq!((one.twins.len(), total(&house).await), (2, 3));
    add(&house, &bundle(&[&measured("once", 90.0, "mg/dL", AT), &measured("twice", 90.0, "mg/dL", AT)])).await;
    assert_eq!(shown(&house, &house.ines()).await.len(), 3, "what one file tells twice stays apart");
}

/// What another source knew is no news; what was changed is, whoever else tells it.
#[sqlx::test(migrations = "../../migrations")]
async fn a_correction_is_news(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let ines = house.ines();
    let marked = async || {
        house.portal.home(&ines, house.patient, Look::Opened).await.unwrap();
        let statement = "update viewer_mark set since_seq = seen_seq, since_at = timestamptz '2024-03-02'";
        sqlx::query(statement).execute(&house.superuser).await.unwrap();
    };
    let news = async || {
        let news = house.portal.home(&ines, house.patient, Look::Opened).await.unwrap().view.news;
        news.fresh.iter().map(|fresh| fresh.items).sum::<i64>()
    };
    for (source, id) in [("clinic", "here"), ("hospital", "there")] {
        marked().await;
        let flagged = json!({"interpretation": [{"coding": [{"code": "HH"}]}]});
        take(&house, house.patient, source, &with(&measured(id, 110.0, "mg/dL", AT), flagged)).await;
        assert_eq!(news().await, 1, "{source}");
    }
}

/// Search, a lens, what is taken away, what is counted before sharing: each has it once, for each reader.
#[sqlx::test(migrations = "../../migrations")]
async fn it_is_found_taken_and_counted_once(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let problem = |id: &str| {
        json!({
            "resourceType": "Condition", "id": id, "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2019",
            "code": {"text": "Asthma", "coding": [{"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma"}]}
        })
        .to_string()
    };
    for (source, id) in [("clinic", "here-too"), ("hospital", "there-too")] {
        take(&house, house.patient, source, &problem(id)).await;
    }
    let both = Categories::NONE.with(Category::Results).with(Category::Problems).bits();
    house.tamper(&format!("update access_grant set categories = {both}, labels = 63")).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let counts = async |category: Category| {
        let parts = house.portal.choices_to_share(&ines, &[], false).await.unwrap().view.parts.categories;
        parts.into_iter().find(|(of, ..)| *of == category).map(|(_, count, _)| count)
    };
    assert_eq!((counts(Category::Results).await, counts(Category::Problems).await), (Some(3), Some(2)));
    for visitor in [&ines, &doctor] {
        for (words, category) in [("glucose", Category::Results), ("asthma", Category::Problems)] {
            let found = house.portal.look_up(visitor, house.patient, words.to_owned()).await.unwrap().view;
            let group = found.groups.iter().find(|group| group.category == category).unwrap();
            assert_eq!((group.total, group.rows[0].entry.twins.len()), (1, 1), "{words}");
        }
        for (lens, title) in [("diabetes", "Glucose"), ("asthma", "Asthma")] {
            let belonging = house.portal.belonging(visitor, house.patient, Lens::from_slug(lens).unwrap()).await.unwrap();
            let titles: Vec<String> = sqlx::query_scalar("select title from item where patient_id = $1 and item_id = any ($2)")
                .bind(house.patient.0)
                .bind(belonging.iter().map(|id| id.0).collect::<Vec<_>>())
                .fetch_all(&house.superuser)
                .await
                .unwrap();
            assert_eq!(titles.iter().filter(|one| *one == title).count(), 1, "{lens}");
        }
    }
    let pack = house.portal.take_pack(&ines, house.patient).await.unwrap().view.overview;
    let named = |entries: &[Entry], title: &str| entries.iter().filter(|entry| entry.title == title).count();
    assert_eq!((named(&pack.results, "Glucose"), named(&pack.problems, "Asthma")), (1, 1));
    let mut lines = String::new();
    let line = |entry: &Entry| Ok(format!("{}\n", entry.title).into_bytes());
    house.portal.take_results(&ines, house.patient, Vec::new(), line).await.unwrap().view.file.read_to_string(&mut lines).unwrap();
    assert_eq!(lines.lines().filter(|line| *line == "Glucose").count(), 1);
    let printed = house.portal.printed_summaries(&doctor).await.unwrap().patients.remove(0).view;
    assert_eq!(named(&printed.problems, "Asthma"), 1);
}
