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
    Error, LABEL_TABLE_VERSION,
    helper_log::{ENTRIES, Entry},
    items::Original,
    timeline::Filter,
};
use harness::Ground;
use people::{House, item, item_called, take};
use sqlx::{
    AssertSqlSafe, Postgres, Transaction,
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
    let said =
        entries.iter().map(|Entry { did, .. }| (did.who.name.as_str(), did.action.as_str(), did.page.as_deref(), did.categories.join(" ")));
    said.collect()
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
    assert_eq!(house.counted("select count(*) from helper_log").await, 0, "nothing is kept where nobody helps");

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
        ("Somebody", "code-redeemed", None, String::new()),
    ];
    assert_eq!(said(&entries), looks, "neither what the patient looks at, nor anything with a problem on it, nor what had nothing");
    assert_eq!(entries.iter().map(|entry| entry.is_yours).collect::<Vec<_>>(), [true, true, false, false, true]);
    assert_eq!(entries[2].did.who.organization.as_deref(), Some("Northfield"));
    let entries = log(&house, &carer).await;
    assert_eq!(said(&entries)[0], page("Somebody", "activity", ""), "it is written down, too");

    // What is kept from them takes the looks at it along, and nothing of their own.
    portal.keep_from(&ines, patient, ferritin, Whom::Account(carer.actor.account())).await.unwrap();
    let entries = log(&house, &carer).await;
    let others: Vec<_> = said(&entries).into_iter().filter(|(name, ..)| *name != "Somebody").collect();
    assert_eq!(others, [page("Dr Lindqvist", "item", "results")]);
    assert!(said(&entries).contains(&page("Somebody", "results", "results")));
    portal.show_again(&ines, patient, ferritin, Whom::Account(carer.actor.account())).await.unwrap();
    assert_eq!(log(&house, &carer).await.iter().filter(|entry| !entry.is_yours).count(), 2);

    // Nor what shows that somebody sees what is sensitive and closed to them.
    let hiv = "update access_grant set labels = 1 where purpose = 'treatment'";
    house.tamper(hiv).await;
    portal.item(&treats, patient, Category::Results, vitamin, Original::Leave).await.unwrap();
    assert_eq!(log(&house, &carer).await.iter().filter(|entry| !entry.is_yours).count(), 2, "one more look, and it is not there");
    house.tamper("update access_grant set labels = 1 where organization_id is null").await;
    assert_eq!(log(&house, &carer).await.iter().filter(|entry| !entry.is_yours).count(), 3);

    // It is theirs alone.
    for other in [&ines, &treats, &house.stranger().await] {
        assert!(matches!(portal.helper_log(other, patient, None).await, Err(Error::NotFound)), "{other:?}");
    }
    portal.withdraw_grant(&ines, grant).await.unwrap();
    assert!(matches!(portal.helper_log(&carer, patient, None).await, Err(Error::NotFound)));
    let kept = house.counted("select count(*) from helper_log").await;
    portal.results(&treats, patient, None, false).await.unwrap();
    assert_eq!(house.counted("select count(*) from helper_log").await, kept);
}

#[sqlx::test(migrations = "../../migrations")]
async fn its_pages_meet_without_a_gap(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    give_more(&house).await;
    let (carer, _) = house.carer(results()).await;
    let advises = house.doctor(Some(Purpose::SecondOpinion));
    for _ in 0..ENTRIES + 6 {
        house.portal.results(&carer, house.patient, None, false).await.unwrap();
        // Which they do not read of.
        house.portal.list(&advises, house.patient, Category::Problems, None, false).await.unwrap();
    }
    // The last of the first page and two that follow were at one moment.
    house
        .tamper(
            "update helper_log s set at = same.at from (
                select min(at) as at, array_agg(seq) as seqs from (
                    select seq, at from helper_log where entry ->> 'page' = 'results' order by at desc offset 39 limit 3) s
            ) same where s.seq = any (same.seqs)",
        )
        .await;
    let all = ENTRIES + 6 + 1;
    let page = async |before| house.portal.helper_log(&carer, house.patient, before).await.unwrap().view;
    let first = page(None).await;
    assert_eq!(first.entries.len(), ENTRIES + 2, "what was at one moment is on one page");
    let second = page(first.older).await;
    assert_eq!((first.entries.len() + second.entries.len(), second.older), (all, None));
    let times: Vec<_> = first.entries.iter().chain(&second.entries).map(|entry| entry.at).collect();
    assert!(times.is_sorted_by(|one, next| one >= next));
    assert!(second.entries[0].at < first.entries.last().unwrap().at);

    // What is full and at its end leads nowhere, and what is old is forgotten.
    house
        .tamper("update helper_log set at = '2020-02-02' where entry ->> 'page' = 'activity' or entry ->> 'action' = 'code-redeemed'")
        .await;
    assert_eq!(house.portal.sweep_helper_logs().await.unwrap(), 3);
    house
        .tamper("delete from helper_log where seq in (select seq from helper_log where entry ->> 'page' = 'results' order by at limit 6)")
        .await;
    let only = page(None).await;
    assert_eq!((only.entries.len(), only.older), (ENTRIES, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_shows_nobody_else_what_was_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (carer, _) = house.carer(results()).await;
    house.give(Purpose::Treatment).await;
    house.portal.results(&house.doctor(Some(Purpose::Treatment)), house.patient, None, false).await.unwrap();
    house.portal.results(&carer, house.patient, None, false).await.unwrap();
    assert_eq!(house.counted("select count(*) from helper_log").await, 3, "with the code");
    let helper = carer.actor.account();
    // A table that shows everything of a record, as it would be told for whoever sees all of it.
    let open = format!(
        "select gate.decide(array_fill(-1::bigint, array[{}]), '{{}}', 2, '{{}}', 1, '{{}}', '{{}}', '{{}}', {LABEL_TABLE_VERSION}::smallint, '{{}}')",
        17 * 4
    );
    let seen = async |account: AccountId, before: &str, task: &str| {
        let mut transaction = entered(&house, account).await;
        sqlx::raw_sql(AssertSqlSafe(before.to_owned())).execute(&mut *transaction).await.unwrap();
        sqlx::query("select set_config('chartkey.task', $1, true)").bind(task).execute(&mut *transaction).await.unwrap();
        let count: i64 = sqlx::query_scalar("select count(*) from helper_log").fetch_one(&mut *transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        count
    };
    assert_eq!(seen(helper, "", "helper-log").await, 0, "nothing before anything was decided");
    assert_eq!(seen(helper, &open, "").await, 0, "nothing for another page");
    assert_eq!(seen(house.doctor, &open, "helper-log").await, 0, "nothing for a clinician");
    assert_eq!(seen(helper, &open, "helper-log").await, 3);
    house.tamper("update item set is_private = true where title = 'Ferritin'").await;
    assert_eq!(seen(helper, &open, "helper-log").await, 2, "their own");

    // Nobody writes for another, or into another record.
    for (patient, account) in [(house.patient.0, house.doctor.0), (people::nothing(), helper.0)] {
        let mut transaction = entered(&house, helper).await;
        let refused =
            sqlx::query("insert into helper_log (patient_id, seq, account_id, entry, items, labels) values ($1, 9000, $2, '{}', '{}', 0)")
                .bind(patient)
                .bind(account)
                .execute(&mut *transaction)
                .await
                .unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"));
    }
}

/// A transaction of this account with the record of the house, before anything was decided.
async fn entered(house: &House, account: AccountId) -> Transaction<'static, Postgres> {
    let mut transaction = house.ground.runtime.begin().await.unwrap();
    for (setting, value) in [("chartkey.account", account.to_string()), ("chartkey.patient", house.patient.to_string())] {
        sqlx::query("select set_config($1, $2, true)").bind(setting).bind(value).execute(&mut *transaction).await.unwrap();
    }
    transaction
}
