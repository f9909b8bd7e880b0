//! The operator: what they do stands in the log with their name and their reason.

mod harness;
mod people;

use chartkey_domain::grant::Purpose;
use chartkey_portal::{
    Error,
    audit::Why,
    letters::LetterSubject,
    rehearsal::{reset, tasks::Task},
};
use harness::Ground;
use people::House;
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::{Duration, OffsetDateTime};

async fn now(house: &House) -> OffsetDateTime {
    sqlx::query_scalar("select clock_timestamp()").fetch_one(&house.superuser).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_report_says_whose_record_was_opened_by_whom(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let before = now(&house).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    for _ in 0..3 {
        house.portal.results(&doctor, house.patient, None, false).await.unwrap();
    }
    house.portal.results(&house.ines(), house.patient, None, false).await.unwrap();
    let between = now(&house).await;
    house.portal.export_file(house.patient, "asked for it", std::io::sink()).await.unwrap();
    let after = now(&house).await + Duration::SECOND;

    let portal = house.portal.clone().acting_as("anna");
    let looks = portal.report(before, between, "a patient asked").await.unwrap();
    let said: Vec<_> =
        looks.iter().map(|look| (look.kind.as_str(), look.name.as_str(), look.why.as_str(), look.actions.get("read").copied())).collect();
    assert_eq!(said, [("clinician", "Dr Lindqvist", "grant", Some(3)), ("person", "Ines", "own", Some(1))]);
    assert!(
        looks.iter().all(|look| look.patient == house.patient && before <= look.first && look.first <= look.last && look.last < between)
    );
    assert_eq!(looks[0].organization.as_deref(), Some("Northfield"));
    let all = portal.report(before, after, "a patient asked").await.unwrap();
    assert!(all.iter().any(|look| (look.kind.as_str(), look.actions.get("exported")) == ("operator", Some(&1))));
    assert!(portal.report(after, after + Duration::DAY, "a patient asked").await.unwrap().is_empty());

    let asked: Vec<String> = sqlx::query_scalar(
        "select event #>> '{who,name}' || ': ' || (event #>> '{why,reason}')
        from (select seq, convert_from(bytes, 'UTF8')::jsonb as event from event where chain = 'system') said
        where event #>> '{what,action}' = 'reported' order by seq",
    )
    .fetch_all(&house.superuser)
    .await
    .unwrap();
    assert_eq!(asked, ["anna: a patient asked"; 3]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_exports_a_record_is_named_and_its_holder_is_told(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let portal = house.portal.clone().acting_as("anna");
    portal.export_file(house.patient, "moves to another practice", std::io::sink()).await.unwrap();
    let event = house.events().await.pop().unwrap();
    assert_eq!((event.who.kind.as_str(), event.who.name.as_str(), event.what.action.as_str()), ("operator", "anna", "exported"));
    assert_eq!(event.why, Why::Operator { reason: "moves to another practice".to_owned() });
    let told = portal.due_letters().await.unwrap();
    assert_eq!(told.iter().map(|due| (due.letter.subject, due.letter.token.as_str())).collect::<Vec<_>>(), [(LetterSubject::News, "")]);
    house.tamper("delete from patient_holder").await;
    portal.export_file(house.patient, "nobody holds it now", std::io::sink()).await.unwrap();
    assert!(portal.due_letters().await.unwrap().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_task_is_done_when_the_log_says_so(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    assert!(matches!(house.portal.tasks().await, Err(Error::NotFound)), "elsewhere than in a rehearsal there are none");
    house.tamper("insert into rehearsal (seed) values (1)").await;
    house.give(Purpose::Treatment).await;
    house.portal.begin_tasks().await.unwrap();
    let done =
        async || -> Vec<Task> { house.portal.tasks().await.unwrap().into_iter().filter(|(_, done)| *done).map(|(task, _)| task).collect() };
    assert_eq!(done().await, [], "what the rehearsal did itself is nobody's doing");
    house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    assert_eq!(done().await, [Task::OpenShared]);
    house.portal.results(&house.ines(), house.patient, None, false).await.unwrap();
    house.give(Purpose::Coordination).await;
    assert_eq!(done().await, [Task::FindResult, Task::Share, Task::OpenShared]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_a_rehearsal_can_be_emptied(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options.clone()).await).await;
    let migrator = options.username("chartkey_migrator").to_url_lossy().to_string();
    let count = "select (select count(*) from item) + (select count(*) from event) + (select count(*) from account)";
    house.portal.results(&house.ines(), house.patient, None, false).await.unwrap();
    let before = house.counted(count).await;
    assert!(matches!(reset::empty(&migrator).await, Err(Error::Conflict(_))));
    assert_eq!(house.counted(count).await, before);
    house.tamper("insert into rehearsal (seed) values (1)").await;
    reset::empty(&migrator).await.unwrap();
    assert_eq!(house.counted(count).await, 0);
    assert_eq!(house.counted("select count(*) from rehearsal").await, 0);
    house.portal.begin_rehearsal(2).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_set_up_is_over_once_a_patient_holds_a_record(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let progress = house.portal.set_up_progress().await.unwrap();
    assert!(progress.has_organization && progress.has_record && progress.has_person && progress.has_holder && !progress.has_invitation);
    house.tamper("delete from patient_holder").await;
    house.portal.invite(house.patient, "a test").await.unwrap();
    let progress = house.portal.set_up_progress().await.unwrap();
    assert!(progress.has_invitation && !progress.has_holder);
}
