//! A death that was reported: what still goes on, what ends when, and that it is undone where it is wrong.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End},
    grant::Purpose,
    id::GrantId,
};
use chartkey_portal::{Error, letters::LetterSubject, registering::Help};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Duration, OffsetDateTime};

const WHY: &str = "the registry office, by letter; called back";

async fn house(options: PgConnectOptions) -> House {
    House::build(Ground::lay(options).await).await
}

async fn report(house: &House) {
    house.portal.report_death(house.patient, WHY).await.unwrap();
}

/// As if the report was made so many days earlier.
async fn days_later(house: &House, days: i64) {
    house.tamper(&format!("update death_report set reported_at = reported_at - interval '{days} days'")).await;
}

async fn sees(house: &House, visitor: &Visitor) -> bool {
    house.portal.results(visitor, house.patient, None, false).await.is_ok()
}

/// When a share ends for whoever has it, in days from now.
async fn ends_in(house: &House, grant: GrantId) -> Option<i64> {
    let (ends_at, now): (Option<OffsetDateTime>, OffsetDateTime) =
        sqlx::query_as("select gate.ends(g), now() from access_grant g where grant_id = $1")
            .bind(grant.0)
            .fetch_one(&house.superuser)
            .await
            .unwrap();
    ends_at.map(|end| (end - now + Duration::hours(1)).whole_days())
}

/// A share of results with the doctor until the patient stops it, one with a carer, and a short one.
async fn shared(house: &House) -> (GrantId, (Visitor, GrantId), GrantId) {
    let open = house.give(Purpose::Treatment).await;
    house.tamper("update access_grant set ends_at = null").await;
    let help = Draft { categories: Categories::NONE.with(Category::Results), end: End::Open, ..Draft::default() };
    let carer = house.carer(help).await;
    let short = house.give(Purpose::Coordination).await;
    house.tamper(&format!("update access_grant set ends_at = now() + interval '5 days' where grant_id = '{short}'")).await;
    (open, carer, short)
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_shared_goes_on_for_30_days_and_ends(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (doctor, (open, (carer, help), short)) = (house.doctor(Some(Purpose::Treatment)), shared(&house).await);
    house.tamper("delete from letter").await;
    report(&house).await;
    let told = house.portal.due_letters().await.unwrap();
    assert_eq!(
        told.iter().map(|due| due.letter.subject).collect::<Vec<_>>(),
        [LetterSubject::HelpChanging, LetterSubject::News],
        "the carer and the patient"
    );
    assert_eq!(ends_in(&house, open).await, Some(30));
    assert_eq!(ends_in(&house, help).await, Some(30));
    assert_eq!(ends_in(&house, short).await, Some(5), "no share lasts longer for it");
    assert!(sees(&house, &doctor).await && sees(&house, &carer).await && sees(&house, &house.ines()).await);
    let seen = house.portal.results(&doctor, house.patient, None, false).await.unwrap().whose;
    assert!(seen.death_reported_at.is_some(), "whoever reads it is told");
    let told = house.portal.results(&house.ines(), house.patient, None, false).await.unwrap().whose;
    assert_eq!(told.death_reported_at, seen.death_reported_at);
    let event = house.events().await.into_iter().find(|event| event.what.action == "death-reported").unwrap();
    assert_eq!((event.who.kind.as_str(), serde_json::to_value(&event.why).unwrap()["reason"].as_str()), ("operator", Some(WHY)));
    days_later(&house, 29).await;
    assert!(sees(&house, &doctor).await && sees(&house, &carer).await);
    days_later(&house, 1).await;
    assert!(!sees(&house, &doctor).await && !sees(&house, &carer).await);
    let listed = house.portal.shared_list(&doctor).await.unwrap();
    let of =
        |grant: GrantId| listed.ended.iter().any(|entry| entry.grant == grant) && !listed.open.iter().any(|entry| entry.grant == grant);
    assert!(of(open), "it stands among what has ended");
    assert!(house.portal.cared_for(&carer).await.unwrap().0.is_empty());
    assert!(sees(&house, &house.ines()).await, "the record stays, and its log");
    assert!(matches!(house.portal.report_death(house.patient, WHY).await, Err(Error::Conflict("death-reported"))));
}

#[sqlx::test(migrations = "../../migrations")]
async fn where_it_is_wrong_everything_lasts_as_it_did(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    let (open, (carer, help), short) = shared(&house).await;
    let given = [ends_in(&house, open).await, ends_in(&house, help).await, ends_in(&house, short).await];
    assert_eq!(given, [None, None, Some(5)]);
    let now = async || [ends_in(&house, open).await, ends_in(&house, help).await, ends_in(&house, short).await];
    assert!(matches!(portal.undo_death_report(house.patient, "nothing was").await, Err(Error::NotFound)));
    portal.undo_own_death_report(&ines).await.unwrap();
    report(&house).await;
    assert_ne!(now().await, given);
    let stale = Visitor { signed_in_at: ines.signed_in_at - Duration::minutes(6), ..ines.clone() };
    assert!(matches!(portal.undo_own_death_report(&stale).await, Err(Error::SignInAgain)), "shares last longer again");
    for nobody in [&carer, &doctor] {
        assert!(matches!(portal.undo_own_death_report(nobody).await, Err(Error::NotFound)));
    }
    for _ in 0..2 {
        portal.undo_own_death_report(&ines).await.unwrap();
        assert_eq!(now().await, given);
    }
    // What has ended meanwhile is there again; what was stopped is not.
    report(&house).await;
    days_later(&house, 31).await;
    portal.withdraw_grant(&ines, help).await.unwrap();
    assert!(!sees(&house, &doctor).await);
    portal.undo_death_report(house.patient, "another person of that name").await.unwrap();
    assert!(sees(&house, &doctor).await && !sees(&house, &carer).await);
    let told = house.events().await.into_iter().filter(|event| event.what.action == "death-undone").map(|event| event.who.kind);
    assert_eq!(told.collect::<Vec<_>>(), ["person", "operator"]);
    // Stopped while nobody saw it any more, it stays stopped.
    report(&house).await;
    days_later(&house, 31).await;
    portal.stop_sharing(&ines).await.unwrap();
    portal.undo_own_death_report(&ines).await.unwrap();
    assert!(!sees(&house, &doctor).await);
    house.give(Purpose::Coordination).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_gets_to_a_record_anew(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let portal = &house.portal;
    house.tamper("delete from patient_holder").await;
    house.tamper("update patient set birth_date = (current_date - interval '15 years')::date::text").await;
    portal.invite(house.patient, "asked for").await.unwrap();
    portal.invite_carer(house.patient, Help::default(), "the father").await.unwrap();
    let waiting = async || house.counted("select count(*) from claim_code where ends_at > now()").await;
    assert_eq!(waiting().await, 2);
    report(&house).await;
    assert_eq!(waiting().await, 0);
    assert!(matches!(portal.invite(house.patient, "again").await, Err(Error::Conflict("death-reported"))));
    assert!(matches!(portal.invite_carer(house.patient, Help::default(), "again").await, Err(Error::Conflict("death-reported"))));
    assert_eq!(waiting().await, 0);
    people::take(
        &house,
        r#"{"resourceType":"Observation","id":"late","status":"final","code":{"text":"Histology"},"subject":{"reference":"Patient/ines"}}"#,
    )
    .await;
    assert_eq!(house.counted("select count(*) from item where fhir_id = 'late'").await, 1, "what a source delivers late is not lost");
    let nobody = chartkey_domain::id::PatientId(people::nothing());
    assert!(matches!(portal.report_death(nobody, WHY).await, Err(Error::NotFound)));
}

/// Whoever gives a share at the moment of the report has given it before, and it ends with the others, or is refused; whoever stops one is
/// held up by nothing.
#[sqlx::test(migrations = "../../migrations")]
async fn a_share_that_is_given_at_that_moment_ends_with_the_others_or_is_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let house = house(options).await;
    let (portal, mut given, mut refused) = (&house.portal, 0, 0);
    for race in 0..24 {
        let beside = house.give(Purpose::Coordination).await;
        let draft = house.draft(Purpose::Treatment).await;
        let draft = chartkey_portal::sharing::NewGrant { terms: chartkey_domain::draft::Terms { until: None, ..draft.terms }, ..draft };
        let late = async {
            tokio::time::sleep(std::time::Duration::from_millis(race % 12)).await;
            portal.report_death(house.patient, WHY).await.unwrap();
        };
        let ines = house.ines();
        let (given_to, paused, ()) = tokio::join!(portal.give_grant(&ines, draft), portal.pause_grant(&ines, beside), late);
        paused.unwrap();
        match given_to {
            Ok(grant) => {
                given += 1;
                assert_eq!(ends_in(&house, grant).await, Some(30), "race {race}");
                portal.withdraw_grant(&ines, grant).await.unwrap();
            }
            Err(Error::Conflict("death-reported")) => refused += 1,
            Err(error) => panic!("race {race}: {error}"),
        }
        portal.undo_own_death_report(&ines).await.unwrap();
    }
    assert!(given > 0 && refused > 0, "{given} before, {refused} after");
}
