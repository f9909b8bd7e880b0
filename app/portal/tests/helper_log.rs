//! The log as somebody who helps reads it: their own doings, and looks of others at nothing but what they may see too.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End, Recipient},
    grant::Purpose,
    id::AccountId,
    policy::Whom,
};
use chartkey_portal::{
    Error,
    helper_log::{ENTRIES, Entry, Reason},
    items::Original,
    timeline::Filter,
};
use harness::Ground;
use people::{House, item, item_called, take};
use sqlx::{
    AssertSqlSafe,
    postgres::{PgConnectOptions, PgPoolOptions},
};

fn results() -> Draft {
    Draft {
        recipient: Some(Recipient::CarerCode),
        categories: Categories::NONE.with(Category::Results),
        end: End::Open,
        ..Draft::default()
    }
}

/// The entries of the first page, newest first.
async fn log(house: &House, carer: &Visitor) -> Vec<Entry> {
    house.portal.helper_log(carer, house.patient, None).await.unwrap().view.entries
}

/// Who did what with what.
fn said(entries: &[Entry]) -> Vec<(&str, &str, Option<&str>, String)> {
    entries
        .iter()
        .map(|entry| (entry.who.name.as_str(), entry.action.as_str(), entry.page.as_deref(), entry.categories.join(" ")))
        .collect()
}

/// The doctor sees results and problems for a second opinion.
async fn give_more(house: &House) {
    let mut more = house.draft(Purpose::SecondOpinion).await;
    more.terms.categories = more.terms.categories.with(Category::Problems);
    house.portal.give_grant(&house.ines(), more).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_helps_reads_their_own_and_looks_at_what_they_may_see_too(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    take(
        &house,
        r#"{"resourceType":"Observation","id":"d","status":"final","code":{"text":"Vitamin D"},"valueQuantity":{"value":41,"unit":"nmol/L"},
            "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}]}"#,
    )
    .await;
    house.give(Purpose::Treatment).await;
    give_more(&house).await;
    let (treats, advises) = (house.doctor(Some(Purpose::Treatment)), house.doctor(Some(Purpose::SecondOpinion)));
    portal.results(&treats, patient, None, false).await.unwrap();
    assert_eq!(house.counted("select count(*) from event_shown").await, 0, "nothing is kept where nobody helps");

    let (carer, grant) = house.carer(results()).await;
    let (ferritin, vitamin) = (item_called(&house, "Ferritin").await, item(&house, "d").await);
    portal.results(&ines, patient, None, false).await.unwrap();
    portal.results(&treats, patient, None, false).await.unwrap();
    portal.item(&treats, patient, Category::Results, vitamin, Original::Leave).await.unwrap();
    portal.list(&advises, patient, Category::Problems, None, false).await.unwrap();
    portal.timeline(&advises, patient, Filter::default(), None).await.unwrap();
    portal.list(&treats, patient, Category::Problems, None, false).await.unwrap();
    portal.results(&carer, patient, None, false).await.unwrap();
    portal.list(&carer, patient, Category::Problems, None, false).await.unwrap();

    let page = |name, page, categories: &str| (name, "read", Some(page), categories.to_owned());
    let entries = log(&house, &carer).await;
    let looks = [
        page("Somebody", "problems", ""),
        page("Somebody", "results", "results"),
        page("Dr Lindqvist", "item", "results"),
        page("Dr Lindqvist", "results", "results"),
    ];
    assert_eq!(said(&entries), looks, "neither what the patient looks at, nor anything with a problem on it, nor what had nothing");
    assert!(matches!(&entries[0].why, Reason::Yours(grants) if grants.len() == 1 && grants[0].id == grant), "{:?}", entries[0]);
    assert_eq!((&entries[2].why, entries[2].who.organization.as_deref()), (&Reason::Given, Some("Northfield")));
    let entries = log(&house, &carer).await;
    assert_eq!(said(&entries)[0], page("Somebody", "activity", ""), "it is written down, too");

    // What is kept from them takes the looks at it along, and nothing of their own.
    portal.keep_from(&ines, patient, ferritin, Whom::Account(carer.actor.account())).await.unwrap();
    let entries = log(&house, &carer).await;
    let others: Vec<_> = said(&entries).into_iter().filter(|(name, ..)| *name != "Somebody").collect();
    assert_eq!(others, [page("Dr Lindqvist", "item", "results")]);
    assert!(said(&entries).contains(&page("Somebody", "results", "results")));
    portal.show_again(&ines, patient, ferritin, Whom::Account(carer.actor.account())).await.unwrap();
    assert_eq!(log(&house, &carer).await.iter().filter(|entry| entry.why == Reason::Given).count(), 2);

    // It is theirs alone.
    for other in [&ines, &treats, &house.stranger().await] {
        assert!(matches!(portal.helper_log(other, patient, None).await, Err(Error::NotFound)), "{other:?}");
    }
    portal.withdraw_grant(&ines, grant).await.unwrap();
    assert!(matches!(portal.helper_log(&carer, patient, None).await, Err(Error::NotFound)));
    let kept = house.counted("select count(*) from event_shown").await;
    portal.results(&treats, patient, None, false).await.unwrap();
    assert_eq!(house.counted("select count(*) from event_shown").await, kept);
}

#[sqlx::test(migrations = "../../migrations")]
async fn its_pages_meet_without_a_gap(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (carer, _) = house.carer(results()).await;
    for _ in 0..ENTRIES + 6 {
        house.portal.results(&carer, house.patient, None, false).await.unwrap();
    }
    // The last of the first page and two that follow were at one moment.
    house
        .tamper(
            "update event_shown s set shown_at = same.at from (
                select min(shown_at) as at, array_agg(seq) as seqs from (select seq, shown_at from event_shown order by shown_at desc offset 39 limit 3) s
            ) same where s.seq = any (same.seqs)",
        )
        .await;
    let all: Vec<i64> =
        sqlx::query_scalar("select seq from event_shown order by shown_at desc, seq desc").fetch_all(&house.superuser).await.unwrap();
    let first = house.portal.helper_log(&carer, house.patient, None).await.unwrap().view;
    assert_eq!(first.entries.len(), ENTRIES + 2, "what was at one moment is on one page");
    let second = house.portal.helper_log(&carer, house.patient, first.older).await.unwrap().view;
    assert_eq!((first.entries.len() + second.entries.len(), second.older), (all.len(), None));
    let times: Vec<_> = first.entries.iter().chain(&second.entries).map(|entry| entry.at).collect();
    assert!(times.is_sorted_by(|one, next| one >= next));
    assert!(second.entries[0].at < first.entries.last().unwrap().at);
}

#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_shows_nobody_else_what_was_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (carer, _) = house.carer(results()).await;
    house.give(Purpose::Treatment).await;
    house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    house.portal.results(&carer, house.patient, None, false).await.unwrap();
    assert_eq!(house.counted("select count(*) from event_shown").await, 2);
    let helper = carer.actor.account();
    // A table that shows everything of a record, as it would be told for whoever sees all of it.
    let open = format!(
        "select gate.decide(array_fill(-1::bigint, array[{}]), '{{}}', 2, '{{}}', 1, '{{}}', '{{}}', '{{}}', {}::smallint, '{{}}')",
        17 * 4,
        1
    );
    let seen = async |account: AccountId, before: &str, task: &str| {
        let mut transaction = house.ground.runtime.begin().await.unwrap();
        for (setting, value) in [("chartkey.account", account.to_string()), ("chartkey.patient", house.patient.to_string())] {
            sqlx::query("select set_config($1, $2, true)").bind(setting).bind(value).execute(&mut *transaction).await.unwrap();
        }
        sqlx::raw_sql(AssertSqlSafe(before.to_owned())).execute(&mut *transaction).await.unwrap();
        sqlx::query("select set_config('chartkey.task', $1, true)").bind(task).execute(&mut *transaction).await.unwrap();
        let counts: (i64, i64) =
            sqlx::query_as("select (select count(*) from event_shown), (select count(*) from event where chain like 'patient/%')")
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
        transaction.rollback().await.unwrap();
        counts
    };
    assert_eq!(seen(helper, "", "helper-log").await, (0, 0), "nothing before anything was decided");
    assert_eq!(seen(helper, &open, "").await, (0, 0), "nothing for another page");
    assert_eq!(seen(house.doctor, &open, "helper-log").await, (0, 0), "nothing for a clinician");
    let (shown, events) = seen(helper, &open, "helper-log").await;
    assert_eq!(shown, events);
    assert!(shown >= 1, "their own");

    // Nobody writes for another, or into another record.
    let mut transaction = house.ground.runtime.begin().await.unwrap();
    for (setting, value) in [("chartkey.account", helper.to_string()), ("chartkey.patient", house.patient.to_string())] {
        sqlx::query("select set_config($1, $2, true)").bind(setting).bind(value).execute(&mut *transaction).await.unwrap();
    }
    for (chain, account) in [(format!("patient/{}", house.patient), house.doctor.0), (format!("patient/{}", people::nothing()), helper.0)] {
        sqlx::query("savepoint here").execute(&mut *transaction).await.unwrap();
        let refused = sqlx::query("insert into event_shown (chain, seq, account_id, items) values ($1, 9000, $2, '{}')")
            .bind(chain)
            .bind(account)
            .execute(&mut *transaction)
            .await
            .unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"));
        sqlx::query("rollback to savepoint here").execute(&mut *transaction).await.unwrap();
    }
}
