//! Everything by date, whole and in parts: each part is what the whole says it is.

mod files;
mod harness;
mod people;

use std::collections::{BTreeMap, BTreeSet};

use chartkey_domain::{
    account::Visitor,
    category::Category,
    grant::Purpose,
    id::{ItemId, PatientId},
};
use chartkey_portal::{
    entry::Entry,
    import::{self, ImportOptions},
    timeline::{Filter, MANY, Timeline},
};
use files::shared;
use harness::Ground;
use people::{House, nothing, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Date, macros::date};

/// A record of the shared ones, which is Ines's own and of which the doctor may see a part: without labels, and only of
/// some years.
async fn shared_record(house: &House, file: &str) -> PatientId {
    let bytes = std::fs::read(shared().join(file)).unwrap();
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let report = import::run(&mut connection, bytes.as_slice(), &ImportOptions::new("Larkspur", "test"), |_| {}).await.unwrap();
    let patient = report.patients[0];
    let more = r#"{"resourceType":"Observation","id":"bare","status":"final","code":{"text":"Without a date"}}"#;
    let into = import::Into::Patient(patient);
    import::run(&mut connection, more.as_bytes(), &ImportOptions { into, ..ImportOptions::new("Eastbrook", "test") }, |_| {})
        .await
        .unwrap();
    for statement in [
        "insert into patient_holder (patient_id, account_id) values ($1, $2) on conflict do nothing",
        "insert into access_grant (patient_id, lineage_id, grantee_account_id, organization_id, purpose, categories, labels, data_from, ends_at, sentence)
         select $1, gen_random_uuid(), c.account_id, c.organization_id, 'treatment', (1 << 6) | (1 << 3) | (1 << 9), 31, timestamptz '1995-03-04 00:00Z',
                now() + interval '30 days', 'A part.' from clinician c where c.profession = 'physician' and $2::uuid is not null",
    ] {
        sqlx::query(statement).bind(patient.0).bind(house.ines().actor.account().0).execute(&house.superuser).await.unwrap();
    }
    patient
}

/// Whoever reads it, with their name for it.
fn readers(house: &House, patient: PatientId) -> [(&'static str, Visitor); 2] {
    let doctor = Visitor { purposes: [(patient, Purpose::Treatment)].into(), ..house.doctor(None) };
    [("the patient", house.ines()), ("a clinician", doctor)]
}

/// Every entry, page by page; none twice.
async fn walk(house: &House, visitor: &Visitor, patient: PatientId, filter: Filter) -> (Vec<Entry>, Timeline) {
    let (mut entries, mut after, mut first): (Vec<Entry>, _, Option<Timeline>) = (Vec::new(), None, None);
    loop {
        let page = house.portal.timeline(visitor, patient, filter, after).await.unwrap().view;
        entries.extend(page.entries.iter().cloned());
        after = page.next;
        first.get_or_insert(page);
        if after.is_none() {
            break;
        }
    }
    let each: BTreeSet<_> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(each.len(), entries.len(), "twice: {filter:?}");
    (entries, first.unwrap())
}

fn ids<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<ItemId> {
    entries.into_iter().map(|entry| entry.id).collect()
}

fn date_of(entry: &Entry) -> Option<Date> {
    entry.when.map(|(first, _)| first.date())
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_part_is_the_whole_restricted_for_the_patient_and_for_a_grantee(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let patient = shared_record(&house, "synthea/large-4-organisations-von.json").await;
    let mut sizes = Vec::new();
    for (who, visitor) in readers(&house, patient) {
        let (all, first) = walk(&house, &visitor, patient, Filter::default()).await;
        sizes.push(all.len());
        let same = async |filter: Filter, oracle: &dyn Fn(&Entry) -> bool| {
            let (part, _) = walk(&house, &visitor, patient, filter).await;
            assert_eq!(ids(&part), ids(all.iter().filter(|entry| oracle(entry))), "{who}: {filter:?}");
            part.len()
        };
        for category in Category::SHAREABLE {
            same(Filter { category: Some(category), ..Filter::default() }, &|entry| entry.category == category).await;
        }
        let choices = &first.choices;
        let names = |name: fn(&Entry) -> Option<&String>| all.iter().filter_map(name).cloned().collect::<BTreeSet<_>>();
        let offered = |choices: &[chartkey_portal::timeline::Choice<ItemId>]| {
            choices.iter().map(|choice| choice.name.clone()).collect::<BTreeSet<_>>()
        };
        assert_eq!(offered(&choices.people), names(|entry| entry.author.as_ref()), "{who}");
        assert_eq!(offered(&choices.places), names(|entry| entry.place.as_ref()), "{who}");
        for person in &choices.people {
            let filter = Filter { person: Some(person.id), ..Filter::default() };
            assert!(same(filter, &|entry| entry.author.as_ref() == Some(&person.name)).await > 0);
            let both = Filter { category: Some(Category::Visits), from: Some(date!(2015 - 01 - 01)), ..filter };
            same(both, &|entry| {
                entry.author.as_ref() == Some(&person.name)
                    && entry.category == Category::Visits
                    && date_of(entry).is_some_and(|date| date >= date!(2015 - 01 - 01))
            })
            .await;
        }
        for place in &choices.places {
            let filter = Filter { place: Some(place.id), ..Filter::default() };
            assert!(same(filter, &|entry| entry.place.as_ref() == Some(&place.name)).await > 0);
        }
        assert_eq!(choices.sources.len(), all.iter().map(|entry| &entry.source).collect::<BTreeSet<_>>().len(), "{who}");
        for source in &choices.sources {
            let filter = Filter { source: Some(source.id), ..Filter::default() };
            assert!(same(filter, &|entry| entry.source == source.name).await > 0);
        }
        let (from, to) = (date!(2014 - 07 - 01), date!(2018 - 12 - 31));
        same(Filter { from: Some(from), to: Some(to), ..Filter::default() }, &|entry| {
            date_of(entry).is_some_and(|date| date >= from && date <= to)
        })
        .await;
        same(Filter { to: Some(to), ..Filter::default() }, &|entry| date_of(entry).is_none_or(|date| date <= to)).await;
        // The years are those that the reader sees, with how much of each.
        let mut counted: BTreeMap<i32, i64> = BTreeMap::new();
        all.iter().filter_map(date_of).for_each(|date| *counted.entry(date.year()).or_default() += 1);
        let counted: Vec<_> = counted.into_iter().rev().map(|(year, items)| (year, items.min(MANY + 1))).collect();
        assert_eq!(choices.years, counted, "{who}");
    }
    assert!(sizes[0] > 500 && sizes[1] > 50 && sizes[1] < sizes[0], "{sizes:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_and_where_are_named_by_an_item_and_one_that_is_not_to_be_seen_finds_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    house
        .tamper(
            "update item set author = 'Dr ' || title, place = 'Ward', author_is_named = title <> 'Ferritin', place_is_named = true
             where title in ('Haemoglobin', 'Ferritin', 'A hidden problem')",
        )
        .await;
    let item = async |title: &str| {
        ItemId(sqlx::query_scalar("select item_id from item where title = $1").bind(title).fetch_one(&house.superuser).await.unwrap())
    };
    let (seen, nameless, hidden) = (item("Haemoglobin").await, item("Ferritin").await, item("A hidden problem").await);
    let by = |person| Filter { person: Some(person), ..Filter::default() };
    for (visitor, person, found) in [
        (house.ines(), seen, 1),
        (house.ines(), nameless, 1),
        (house.ines(), hidden, 1),
        (house.ines(), ItemId(nothing()), 0),
        (doctor.clone(), seen, 1),
        (doctor.clone(), nameless, 0),
        (doctor.clone(), hidden, 0),
        (doctor.clone(), ItemId(nothing()), 0),
    ] {
        let page = house.portal.timeline(&visitor, house.patient, by(person), None).await.unwrap().view;
        assert_eq!(page.entries.len(), found, "{} {person}", visitor.name);
        assert_eq!(page.choices.people.iter().filter(|choice| choice.is_chosen).count(), found);
    }
    let page = house.portal.timeline(&doctor, house.patient, Filter { place: Some(hidden), ..Filter::default() }, None).await.unwrap().view;
    assert_eq!((page.entries.len(), page.choices.places.len()), (0, 1), "not by an item that is kept from them, though they see the place");
    let page =
        house.portal.timeline(&doctor, house.patient, Filter { place: Some(nameless), ..Filter::default() }, None).await.unwrap().view;
    assert_eq!(page.entries.len(), 2, "a place is one, whichever of its items names it");
    assert_eq!(page.choices.people.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>(), ["Dr Haemoglobin"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn days_and_years_are_those_of_the_clock_that_wrote_them(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.tamper("delete from item").await;
    for (id, start) in [("boston", "2018-12-31T20:00:00-05:00"), ("tokyo", "2019-01-01T08:00:00+09:00"), ("first", "0001")] {
        take(&house, &format!(r#"{{"resourceType":"Encounter","id":"{id}","subject":{{"reference":"Patient/a"}},"class":{{"display":"{id}"}},"period":{{"start":"{start}"}}}}"#)).await;
    }
    let titles = async |filter: Filter| {
        let page = house.portal.timeline(&house.ines(), house.patient, filter, None).await.unwrap().view;
        page.entries.into_iter().map(|entry| entry.title).collect::<Vec<_>>()
    };
    let day = |day| Filter { from: Some(day), to: Some(day), ..Filter::default() };
    assert_eq!(titles(day(date!(2018 - 12 - 31))).await, ["boston"]);
    assert_eq!(titles(day(date!(2019 - 01 - 01))).await, ["tokyo"]);
    let page = house.portal.timeline(&house.ines(), house.patient, Filter::default(), None).await.unwrap().view;
    assert_eq!(page.choices.years, [(2019, 1), (2018, 1), (1, 1)]);
    let visits = house.portal.visits(&house.ines(), house.patient, None, None, false).await.unwrap().view;
    assert_eq!(visits.years, [2019, 2018, 1]);
}
