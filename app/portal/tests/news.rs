//! What is new to whom: since their own last visit, within what they may see.

mod harness;
mod people;

use chartkey_domain::{account::Visitor, category::Category, grant::Purpose};
use chartkey_portal::{
    codes::CodeState,
    home::Waiting,
    news::{Look, News},
};
use harness::Ground;
use people::{House, sentence, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// An observation of the laboratory, taken so many days ago.
fn result(id: &str, name: &str, days_ago: i64) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/a"}},"code":{{"text":"{name}"}},
            "category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],
            "effectiveDateTime":"{}","valueQuantity":{{"value":5,"unit":"g"}}}}"#,
        day(-days_ago)
    )
}

/// So many days from today, as FHIR writes it.
fn day(ahead: i64) -> String {
    #[expect(clippy::disallowed_methods, reason = "what is new depends on how long ago it happened")]
    let today = time::OffsetDateTime::now_utc().date();
    (today + time::Duration::days(ahead)).to_string()
}

fn bundle(resources: &[String]) -> String {
    let entries: Vec<String> = resources.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
}

async fn home(house: &House) -> News {
    house.portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view.news
}

/// What a clinician is told is new.
async fn summary(house: &House, visitor: &Visitor) -> News {
    house.portal.summary(visitor, house.patient, Look::Opened).await.unwrap().view.news.unwrap()
}

/// As if everybody had last looked so long ago.
async fn later(house: &House, minutes: i32) {
    house.tamper(&format!("update viewer_mark set seen_at = seen_at - interval '{minutes} minutes'")).await;
}

/// The names of what is new, with how many there are.
fn told(news: &News) -> Vec<(String, i64)> {
    news.fresh.iter().flat_map(|fresh| &fresh.kinds).map(|kind| (kind.newest.title.clone(), kind.count)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_in_since_the_last_visit_is_new_until_this_one_has_ended(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    assert_eq!(home(&house).await, News::default(), "a first visit calls nothing new");
    take(&house, &bundle(&[result("1", "Sodium", 3), result("2", "Sodium", 2), result("3", "Iron", 1)])).await;
    later(&house, 31).await;
    let new = [("Iron".to_owned(), 1), ("Sodium".to_owned(), 2)];
    for look in ["the first", "again", "once more"] {
        let news = home(&house).await;
        assert_eq!(told(&news), new, "{look}");
        assert_eq!((news.fresh[0].category, news.fresh[0].items, news.fresh[0].more_kinds), (Category::Results, 3, 0));
        assert!(news.since.is_some());
        later(&house, 29).await;
    }
    take(&house, &result("4", "Zinc", 1)).await;
    assert_eq!(told(&home(&house).await).len(), 3, "what comes while it lasts is new as well");
    later(&house, 31).await;
    assert!(told(&home(&house).await).is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_still_being_brought_during_a_look_is_new_at_the_next_visit(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    home(&house).await;
    later(&house, 31).await;
    // An import that has begun, and commits after the look.
    let mut import = house.superuser.begin().await.unwrap();
    sqlx::query(
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, title, added_at)
         select $1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Observation', 'slow', 6, 1, $2, now(), now(), 'Slow', now()",
    )
    .bind(house.patient.0)
    .bind(chartkey_portal::LABEL_TABLE_VERSION)
    .execute(&mut *import)
    .await
    .unwrap();
    assert!(told(&home(&house).await).is_empty());
    sqlx::query("insert into arrival select $1::uuid, gate.append(chain, bytes), now() from event where chain = 'patient/' || $1::uuid::text and seq = 1")
        .bind(house.patient.0)
        .execute(&mut *import)
        .await
        .unwrap();
    import.commit().await.unwrap();
    later(&house, 31).await;
    assert_eq!(told(&home(&house).await), [("Slow".to_owned(), 1)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_page_that_nobody_has_read_yet_moves_no_mark(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    home(&house).await;
    take(&house, &result("1", "Sodium", 1)).await;
    later(&house, 31).await;
    let before = house.counted("select sum(seen_seq)::bigint from viewer_mark").await;
    house.portal.home(&house.ines(), house.patient, Look::Ahead).await.unwrap();
    assert_eq!(house.counted("select sum(seen_seq)::bigint from viewer_mark").await, before);
    assert_eq!(told(&home(&house).await).len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_thousand_old_results_do_not_bury_a_new_one(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    home(&house).await;
    later(&house, 31).await;
    let old = (0..2_000).map(|number| result(&format!("old-{number}"), "Sodium", 3_000 + number));
    let undated = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/a"},"code":{"text":"Asthma"}}"#.to_owned();
    take(&house, &bundle(&old.chain([undated, result("new", "Sodium", 2)]).collect::<Vec<_>>())).await;
    let news = home(&house).await;
    assert_eq!(told(&news), [("Sodium".to_owned(), 1)]);
    assert_eq!(news.older, [(Category::Results, 2_000), (Category::Problems, 1)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_category_names_its_five_newest_kinds_and_how_many_more_there_are(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    home(&house).await;
    later(&house, 31).await;
    let kinds: Vec<_> = (1..=8).map(|number| result(&number.to_string(), &format!("Test {number}"), number)).collect();
    take(&house, &bundle(&kinds)).await;
    let news = home(&house).await;
    assert_eq!(told(&news), [1, 2, 3, 4, 5].map(|number| (format!("Test {number}"), 1)));
    assert_eq!((news.fresh[0].items, news.fresh[0].more_kinds), (8, 3));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_new_to_a_grantee_lies_within_their_grant_and_is_counted_from_their_own_look(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    summary(&house, &doctor).await;
    later(&house, 31).await;
    let problem = |id: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","subject":{{"reference":"Patient/a"}},"code":{{"text":"Hidden"}},"recordedDate":"{}"}}"#,
            day(-1)
        )
    };
    take(&house, &problem("1")).await;
    let hidden = summary(&house, &doctor).await;
    assert_eq!((hidden.fresh.len(), hidden.older.len()), (0, 0), "what is kept from them leaves no trace");
    take(&house, &bundle(&[problem("2"), result("1", "Sodium", 1), result("2", "Iron", 2_000)])).await;
    let news = summary(&house, &doctor).await;
    assert_eq!(told(&news), [("Sodium".to_owned(), 1)]);
    assert_eq!(news.older, [(Category::Results, 1)]);
    // The patient has not looked yet, and the doctor's looks are not theirs.
    assert_eq!(home(&house).await, News::default());
    assert!(house.portal.summary(&house.ines(), house.patient, Look::Opened).await.unwrap().view.news.is_none());
    house.tamper("update item set is_private = true where title = 'Sodium'").await;
    assert!(told(&summary(&house, &doctor).await).is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mark_is_seen_by_its_reader_alone_and_only_while_the_record_is_open(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    summary(&house, &doctor).await;
    home(&house).await;
    take(&house, &result("1", "Sodium", 1)).await;
    assert_eq!(house.counted("select count(*) from viewer_mark").await, 2);
    for (visitor, marks, arrivals) in [(house.ines(), 1_i64, 1_i64), (doctor, 0, 0), (house.nurse(None), 0, 0)] {
        let mut transaction = house.portal.pool().begin().await.unwrap();
        // The door was entered and nothing decided yet: to anybody but the patient the record is closed.
        sqlx::query("select from gate.enter($1, $2)")
            .bind(visitor.actor.account().0)
            .bind(house.patient.0)
            .execute(&mut *transaction)
            .await
            .unwrap();
        let seen: (i64, i64) = sqlx::query_as("select (select count(*) from viewer_mark), (select count(*) from arrival)")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(seen, (marks, arrivals), "{}", visitor.name);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_first_page_says_what_waits_and_the_visit_that_comes_next(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let opened = async || house.portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view;
    let before = opened().await;
    let undecided = Waiting { is_undecided: true, ..Waiting::default() };
    assert_eq!(before.waiting, undecided, "what opens in an emergency is to be decided");
    assert!(before.next_visit.is_none() && before.grants.is_empty());

    let new = house.draft(Purpose::Treatment).await;
    house.portal.make_code(&house.ines(), new.draft, new.terms, sentence()).await.unwrap();
    let code = house.portal.codes(&house.ines()).await.unwrap().view.pop().unwrap();
    assert_eq!(opened().await.waiting.codes, 0, "a code that nobody has used waits for somebody else");
    let CodeState::Waiting(typed) = code.state else { panic!("{code:?}") };
    house.portal.redeem_code(&house.doctor(None), &typed).await.unwrap();
    assert_eq!(opened().await.waiting.codes, 1);

    let visit = |id: &str, kind: &str, status: &str, ahead: i64| {
        let when = if kind == "Appointment" {
            format!(r#""start":"{}T09:00:00Z""#, day(ahead))
        } else {
            format!(r#""period":{{"start":"{}"}}"#, day(ahead))
        };
        let whose = r#""subject":{"reference":"Patient/a"},"participant":[{"actor":{"reference":"Patient/a"}}]"#;
        format!(r#"{{"resourceType":"{kind}","id":"{id}","status":"{status}",{whose},{when},"serviceType":[{{"text":"{id}"}}]}}"#)
    };
    take(
        &house,
        &bundle(&[
            visit("cancelled", "Appointment", "cancelled", 1),
            visit("missed", "Appointment", "noshow", 2),
            visit("later", "Appointment", "booked", 9),
            visit("next", "Encounter", "planned", 5),
            visit("past", "Appointment", "fulfilled", -5),
        ]),
    )
    .await;
    let next = opened().await.next_visit.unwrap();
    let asked: String =
        sqlx::query_scalar("select fhir_id from item where item_id = $1").bind(next.id.0).fetch_one(&house.superuser).await.unwrap();
    assert_eq!(asked, "next");

    house.give(Purpose::Coordination).await;
    assert_eq!(opened().await.grants.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_unusual_look_waits_until_the_visit_in_which_it_was_told_has_ended(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let waiting = async || house.portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view.waiting.unusual;
    assert_eq!(waiting().await, 0);
    // Somebody whom the patient did not name, by their profession, for the first time.
    let mut new = house.draft(Purpose::Treatment).await;
    new.grantee =
        chartkey_domain::grant::Grantee::Professions { organization: house.organization, professions: vec!["physician".to_owned()] };
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    later(&house, 31).await;
    assert_eq!((waiting().await, waiting().await), (1, 1));
    later(&house, 31).await;
    assert_eq!(waiting().await, 0);
}
