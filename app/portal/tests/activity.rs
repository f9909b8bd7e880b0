//! The access log as the patient reads it.

mod harness;
mod people;

use chartkey_domain::{grant::Purpose, verdict::Verdict};
use chartkey_portal::{Error, Standing, activity::Filter, audit::Why};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

#[sqlx::test(migrations = "../../migrations")]
async fn a_look_is_told_with_its_reader_and_the_sentence_of_its_grant(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    let log = house.portal.activity(&house.ines(), Filter::Others, None).await.unwrap().view;
    let [look] = log.entries.as_slice() else { panic!("{log:?}") };
    assert_eq!((look.event.who.name.as_str(), look.event.what.items), ("Dr Lindqvist", 2));
    let Why::Grant { purpose, grants, .. } = &look.event.why else { panic!("{look:?}") };
    assert_eq!((*purpose, grants[0].sentence.as_str()), (Some(Purpose::Treatment), sentence().text.as_str()));
    assert!(look.stoppable);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_log_is_grouped_by_who_was_there_whoever_was_there_last_first(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (doctor, nurse) = (house.doctor(Some(Purpose::Treatment)), house.nurse(None));
    for _ in 0..2 {
        house.portal.results(&doctor, house.patient, None, false).await.unwrap();
    }
    // A share with a profession: its first look is by somebody whom the patient did not name.
    house.tamper("update access_grant set grantee_account_id = null, professions = array['physician']").await;
    let people = async || house.portal.activity(&house.ines(), Filter::People, None).await.unwrap().view;
    let log = people().await;
    let [only] = log.people.as_slice() else { panic!("{log:?}") };
    let theirs = house.portal.activity(&house.ines(), Filter::Person(doctor.actor.account()), None).await.unwrap().view.entries;
    let unusual = theirs.iter().filter(|entry| matches!(entry.verdict, Verdict::Unusual(_))).count();
    assert!(unusual > 0, "the first look is, and at night both are");
    assert_eq!((only.who.account, only.entries, only.unusual), (Some(doctor.actor.account()), 2, unusual));
    assert!(log.entries.is_empty() && log.older.is_none(), "the patient's own entries are in no group");
    // Who was refused is there, too, and before whoever was there earlier.
    assert!(matches!(house.portal.results(&nurse, house.patient, None, false).await, Err(Error::NotFound)));
    house.portal.tell_refusals().await.unwrap();
    let names: Vec<_> = people().await.people.into_iter().map(|person| person.who.name).collect();
    assert_eq!(names, ["Nurse Abel", "Dr Lindqvist"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_look_that_is_not_recognised_stops_its_grant_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    house.give(Purpose::Treatment).await;
    house.portal.results(&doctor, house.patient, None, false).await.unwrap();
    let seq = house.portal.activity(&house.ines(), Filter::Others, None).await.unwrap().view.entries[0].seq;
    assert_eq!(house.portal.not_recognised(&house.ines(), seq).await.unwrap(), 1);
    assert_eq!(house.portal.standing(&doctor, house.patient).await.unwrap(), Standing::Closed);
    assert!(matches!(house.portal.results(&doctor, house.patient, None, false).await, Err(Error::NotFound)));
    assert_eq!(house.portal.not_recognised(&house.ines(), seq).await.unwrap(), 0, "again has no effect");
    assert!(!house.portal.activity(&house.ines(), Filter::Others, None).await.unwrap().view.entries[0].stoppable);
    assert!(matches!(house.portal.not_recognised(&house.ines(), 1).await, Err(Error::NotFound)), "one's own doing");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_log_is_paged_by_place_and_opening_it_is_an_entry(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for _ in 0..50 {
        house.portal.sharing(&house.ines()).await.unwrap();
    }
    let first = house.portal.activity(&house.ines(), Filter::All, None).await.unwrap().view;
    let seqs: Vec<_> = first.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (11..=50).rev().collect::<Vec<_>>());
    let second = house.portal.activity(&house.ines(), Filter::All, first.older).await.unwrap().view;
    assert_eq!(second.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=10).rev().collect::<Vec<_>>());
    assert_eq!(second.older, None);
    let newest = house.portal.activity(&house.ines(), Filter::All, None).await.unwrap().view;
    assert_eq!(newest.entries[0].event.what.page.as_deref(), Some("activity"));
    assert!(newest.entries.iter().all(|entry| entry.verdict == Verdict::You));
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_else_reads_the_log(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    for visitor in [house.stranger().await, house.doctor(Some(Purpose::Treatment))] {
        assert!(matches!(house.portal.activity(&visitor, Filter::All, None).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.not_recognised(&visitor, 1).await, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn refusals_are_told_once_an_hour_as_one_line_for_each_who_asked(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for _ in 0..3 {
        assert!(matches!(house.portal.results(&house.doctor(None), house.patient, None, false).await, Err(Error::NotFound)));
    }
    let nobody = chartkey_domain::id::PatientId(people::nothing());
    assert!(matches!(house.portal.results(&house.nurse(None), nobody, None, false).await, Err(Error::NotFound)));
    assert_eq!(house.portal.tell_refusals().await.unwrap(), 1);
    assert_eq!(house.portal.tell_refusals().await.unwrap(), 0);
    let log = house.portal.activity(&house.ines(), Filter::Refused, None).await.unwrap().view;
    let [entry] = log.entries.as_slice() else { panic!("{log:?}") };
    assert_eq!((entry.event.who.name.as_str(), entry.event.what.items), ("Dr Lindqvist", 3));
}
