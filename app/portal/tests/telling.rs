//! What a patient is written to about: of a first look and of a request, once, unless they have chosen not to be.

mod harness;
mod people;

use chartkey_domain::{grant::Purpose, telling::Telling};
use chartkey_portal::{Error, letters::LetterSubject, news::Look};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What waits to be sent, which is then gone.
async fn letters(house: &House) -> Vec<LetterSubject> {
    let due = house.portal.due_letters().await.unwrap();
    house.tamper("delete from letter").await;
    due.into_iter().map(|due| due.letter.subject).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_first_look_of_each_reader_is_told_once_and_ones_own_never(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    portal.home(&ines, house.patient, Look::Opened).await.unwrap();
    assert_eq!((portal.tell_news().await.unwrap(), letters(&house).await), (0, vec![]), "her own");
    portal.summary(&doctor, house.patient, Look::Opened).await.unwrap();
    let both = tokio::join!(portal.tell_news(), portal.tell_news());
    assert_eq!(both.0.unwrap() + both.1.unwrap(), 1, "two workers tell it once");
    assert_eq!(letters(&house).await, [LetterSubject::News]);
    portal.summary(&doctor, house.patient, Look::Opened).await.unwrap();
    assert_eq!((portal.tell_news().await.unwrap(), letters(&house).await), (0, vec![]), "the second look is none");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_turned_off_is_not_told_and_turning_it_off_needs_a_fresh_sign_in(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    assert_eq!(portal.tellings(&ines).await.unwrap(), Telling::ALL, "everything, until something is chosen");
    let mut earlier = house.ines();
    earlier.signed_in_at -= time::Duration::hours(2);
    assert!(matches!(portal.choose_tellings(&earlier, &[]).await, Err(Error::SignInAgain)));
    assert!(matches!(portal.choose_tellings(&doctor, &[]).await, Err(Error::NotFound)));
    portal.choose_tellings(&ines, &[Telling::Request]).await.unwrap();
    portal.choose_tellings(&ines, &[Telling::Request]).await.unwrap();
    assert_eq!(portal.tellings(&ines).await.unwrap(), [Telling::Request]);
    let chosen = "select count(*) from event where chain like 'account/%' and convert_from(bytes, 'UTF8') like '%messages-chosen%'";
    assert_eq!(house.counted(chosen).await, 1, "the same once more is no change");

    portal.summary(&doctor, house.patient, Look::Opened).await.unwrap();
    house.tamper("update access_grant set starts_at = now() - interval '30 days', ends_at = now() + interval '2 days'").await;
    assert_eq!((portal.tell_news().await.unwrap(), portal.tell_endings().await.unwrap()), (0, 1));
    assert_eq!(letters(&house).await, []);
    // What was not told is not told later.
    portal.choose_tellings(&ines, &Telling::ALL).await.unwrap();
    assert_eq!(portal.tell_news().await.unwrap(), 0);

    house
        .tamper(
            "insert into access_request (account_id, organization_id, patient_id, name_hash, terms, length, words)
            select c.account_id, c.organization_id, p.patient_id, sha256(''), '{}', 'week', 'Why.' from clinician c, patient_holder p limit 1",
        )
        .await;
    assert_eq!(portal.tell_news().await.unwrap(), 1);
    assert_eq!(letters(&house).await, [LetterSubject::News]);
    assert_eq!(portal.tell_news().await.unwrap(), 0);
}
