//! A share that its clinician passes on: part of it, to one colleague, and for no longer than it lasts.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, Terms},
    grant::{GrantState, Grantee, Purpose},
    id::GrantId,
    label::Labels,
    policy::Whom,
    verdict::{Reason, Verdict},
};
use chartkey_portal::{
    Error,
    activity::Filter,
    news::Look,
    sharing::{NewGrant, Sentence},
};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Date, OffsetDateTime};

/// The house, and a share of results and problems with the doctor, who may pass it on.
async fn given(options: PgConnectOptions) -> (House, GrantId) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = give(&house, true).await;
    (house, grant)
}

async fn give(house: &House, may_delegate: bool) -> GrantId {
    let draft = Draft {
        purpose: Some(Purpose::Treatment),
        categories: [Category::Results, Category::Problems].into_iter().collect(),
        may_delegate,
        ..Draft::default()
    };
    let id = house.portal.begin_draft(&house.ines(), draft).await.unwrap();
    let kept = house.portal.draft(&house.ines(), id).await.unwrap();
    let grantee = Grantee::Clinician { account: house.doctor, organization: house.organization };
    let new = NewGrant { draft: id, grantee, terms: kept.draft.terms(kept.today).unwrap(), sentence: sentence() };
    house.portal.give_grant(&house.ines(), new).await.unwrap()
}

/// The doctor, who has proved at their provider just now who they are.
async fn doctor(house: &House) -> Visitor {
    let doctor = house.doctor(Some(Purpose::Treatment));
    prove(house, doctor.signed_in_at).await;
    doctor
}

async fn prove(house: &House, at: OffsetDateTime) {
    sqlx::query("update clinician set proven_at = $2 where account_id = $1")
        .bind(house.doctor.0)
        .bind(at)
        .execute(&house.superuser)
        .await
        .unwrap();
}

fn nurse(house: &House) -> Grantee {
    Grantee::Clinician { account: house.nurse, organization: house.organization }
}

fn passed_on(text: &str) -> Sentence {
    Sentence { text: text.to_owned(), ..sentence() }
}

/// The results alone, until the share ends.
async fn results_of(house: &House, doctor: &Visitor, grant: GrantId) -> Terms {
    let passable = house.portal.passable(doctor, grant).await.unwrap();
    passable.terms.passed_on(Categories::NONE.with(Category::Results), Labels::NONE, Date::MAX)
}

/// The doctor passes the results on to the nurse. Returns what the nurse was given.
async fn pass(house: &House, grant: GrantId) -> GrantId {
    let doctor = doctor(house).await;
    let terms = results_of(house, &doctor, grant).await;
    house.portal.pass_on(&doctor, grant, &nurse(house), &terms, &passed_on("passed")).await.unwrap();
    house.portal.passable(&doctor, grant).await.unwrap().passed[0].grant
}

async fn reads(house: &House) -> (bool, bool) {
    let nurse = house.nurse(Some(Purpose::Treatment));
    let results = house.portal.results(&nurse, house.patient, None, false).await;
    let problems = house.portal.list(&nurse, house.patient, Category::Problems, None, false).await;
    (results.is_ok_and(|opened| !opened.view.reports.is_empty()), problems.is_ok_and(|opened| !opened.view.entries.is_empty()))
}

async fn listed(house: &House) -> usize {
    house.portal.shared_list(&house.nurse(None)).await.unwrap().open.len()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_colleague_sees_what_was_passed_on_and_the_patient_is_told(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    let (portal, doctor) = (&house.portal, doctor(&house).await);
    assert_eq!((reads(&house).await, listed(&house).await), ((false, false), 0));
    let terms = results_of(&house, &doctor, grant).await;
    for _ in 0..2 {
        portal.pass_on(&doctor, grant, &nurse(&house), &terms, &passed_on("passed")).await.unwrap();
    }
    assert_eq!(
        house.counted("select count(*) from access_grant where parent_grant_id is not null").await,
        1,
        "a double click passes on once"
    );
    assert_eq!((reads(&house).await, listed(&house).await), ((true, false), 1));
    let again = portal.pass_on(&doctor, grant, &nurse(&house), &terms, &passed_on("another")).await;
    assert!(matches!(again, Err(Error::Conflict("passed-on"))), "to one colleague at a time");

    // Told by mail, on top of the first page, in the log, and on the page of the share.
    assert_eq!(house.counted("select count(*) from letter where subject = 'news'").await, 1);
    let home = portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view;
    let top = &home.grants[0];
    assert!(top.stays_on_top && top.is_passed_on && top.sentence == "passed");
    let told = house.events().await.into_iter().find(|event| event.what.action == "passed-on").unwrap();
    assert_eq!((told.who.account, told.what.text.as_deref()), (Some(house.doctor), Some("passed")));
    let story = portal.grant(&house.ines(), grant).await.unwrap().view;
    let [passed] = story.passed.as_slice() else { panic!("{:?}", story.passed) };
    let by = passed.passed_on.as_ref().unwrap();
    assert_eq!((by.of, by.by.as_str(), passed.may_change), (grant, "Dr Lindqvist", false));

    // A share that the patient gives the colleague themselves stands beside it.
    let own = NewGrant { grantee: nurse(&house), ..house.draft(Purpose::Treatment).await };
    portal.give_grant(&house.ines(), own).await.unwrap();
    assert_eq!(listed(&house).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_passes_on_more_than_they_may(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    let (portal, ready) = (&house.portal, doctor(&house).await);
    let terms = results_of(&house, &ready, grant).await;
    let wider = [
        Terms { categories: terms.categories.with(Category::Visits), ..terms.clone() },
        Terms { labels: Labels::ALL, ..terms.clone() },
        Terms { may_export: true, ..terms.clone() },
        Terms { may_write: true, ..terms.clone() },
        Terms { may_delegate: true, ..terms.clone() },
        Terms { purpose: Purpose::SecondOpinion, ..terms.clone() },
        Terms { until: terms.until.and_then(Date::next_day), ..terms.clone() },
        Terms { categories: Categories::NONE, ..terms.clone() },
    ];
    for terms in wider {
        let passed = portal.pass_on(&ready, grant, &nurse(&house), &terms, &passed_on("passed")).await;
        assert!(matches!(passed, Err(Error::Invalid("grant-what"))), "{terms:?}: {passed:?}");
    }
    let open = Terms { until: None, ..terms.clone() };
    assert!(matches!(portal.pass_on(&ready, grant, &nurse(&house), &open, &passed_on("a")).await, Err(Error::Invalid("grant-end"))));
    let itself = Grantee::Clinician { account: house.doctor, organization: house.organization };
    let everybody = Grantee::Professions { organization: house.organization, professions: vec!["nurse".to_owned()] };
    for to in [itself, everybody] {
        assert!(matches!(portal.pass_on(&ready, grant, &to, &terms, &passed_on("a")).await, Err(Error::Invalid("grant-who"))), "{to:?}");
    }
    prove(&house, ready.signed_in_at - time::Duration::SECOND).await;
    let silent = portal.pass_on(&ready, grant, &nurse(&house), &terms, &passed_on("a")).await;
    assert!(matches!(silent, Err(Error::SignInAgain)), "a session at the provider alone");
    assert_eq!(house.counted("select count(*) from access_grant").await, 1);

    // The colleague passes nothing on, nor does anybody to whom it was not allowed; nobody takes back what others passed on.
    let passed = pass(&house, grant).await;
    let colleague = house.nurse(Some(Purpose::Treatment));
    assert!(matches!(portal.passable(&colleague, passed).await, Err(Error::NotFound)));
    assert!(matches!(portal.passable(&colleague, grant).await, Err(Error::NotFound)));
    assert!(matches!(portal.take_back(&colleague, passed).await, Err(Error::NotFound)));
    let plain = give(&house, false).await;
    assert!(matches!(portal.passable(&ready, plain).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_refuses_what_is_more_than_the_share(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    let insert = async |changed: (&str, &str)| {
        let (organization, nurse) = (format!("'{}'", house.organization), format!("'{}'", house.nurse));
        let parent = format!("'{grant}'");
        let columns = [
            ("categories", "64"),
            ("labels", "0"),
            ("purpose", "'treatment'"),
            ("ends_at", "now() + interval '1 day'"),
            ("may_export", "false"),
            ("may_delegate", "false"),
            ("made_by_account_id", "gate.account()"),
            ("state", "'active'"),
            ("parent_grant_id", parent.as_str()),
            ("organization_id", organization.as_str()),
            ("grantee_account_id", nurse.as_str()),
        ];
        house.try_share(&house.passing(house.doctor), "", &columns, changed).await
    };
    assert!(insert(("", "")).await.is_ok());
    let other = house.ground.person("Somebody").await;
    let made_by = format!("'{other}'");
    for changed in [
        ("categories", "192"),
        ("labels", "1"),
        ("purpose", "'coordination'"),
        ("ends_at", "now() + interval '40 days'"),
        ("ends_at", "null"),
        ("may_export", "true"),
        ("may_delegate", "true"),
        ("made_by_account_id", made_by.as_str()),
        ("state", "'paused'"),
    ] {
        assert_eq!(insert(changed).await.unwrap_err(), "42501", "{changed:?}");
    }
    house.portal.block(&house.ines(), Whom::Account(house.doctor)).await.unwrap();
    assert_eq!(insert(("", "")).await.unwrap_err(), "42501", "whoever is blocked");
    house.portal.unblock(&house.ines(), Whom::Account(house.doctor)).await.unwrap();
    house.portal.pause_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(insert(("", "")).await.unwrap_err(), "42501", "the share is paused");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_passed_on_goes_no_further_than_the_share(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    let state = async |grant| portal.grant(&house.ines(), grant).await.unwrap().view.grant.state;

    // A pause is one for both, and each goes on when the patient says so.
    let passed = pass(&house, grant).await;
    portal.pause_grant(&ines, grant).await.unwrap();
    assert_eq!((reads(&house).await.0, listed(&house).await, state(passed).await), (false, 0, GrantState::Paused));
    assert!(matches!(portal.resume_grant(&ines, passed).await, Err(Error::NotFound)), "not without what it is part of");
    portal.resume_grant(&ines, grant).await.unwrap();
    assert!(!reads(&house).await.0);
    portal.resume_grant(&ines, passed).await.unwrap();
    assert!(reads(&house).await.0);

    // Whoever passed it on takes it back, once.
    for _ in 0..2 {
        portal.take_back(&doctor(&house).await, passed).await.unwrap();
    }
    assert_eq!((reads(&house).await.0, state(passed).await), (false, GrantState::Withdrawn));
    let kinds: Vec<_> = portal.grant(&ines, passed).await.unwrap().view.story.into_iter().map(|line| line.kind).collect();
    assert_eq!(kinds, ["passed-on", "paused", "resumed", "taken-back"]);

    // It ends with a block of who passed it on, with a new version, and with the share.
    let passed = pass(&house, grant).await;
    portal.block(&ines, Whom::Account(house.doctor)).await.unwrap();
    assert_eq!((reads(&house).await.0, state(passed).await), (false, GrantState::Withdrawn));
    portal.unblock(&ines, Whom::Account(house.doctor)).await.unwrap();
    assert!(!reads(&house).await.0, "nothing comes back by itself");
    let passed = pass(&house, grant).await;
    let grant = give(&house, true).await;
    assert_eq!((reads(&house).await.0, state(passed).await), (false, GrantState::Withdrawn));
    let passed = pass(&house, grant).await;
    portal.withdraw_grant(&ines, grant).await.unwrap();
    assert_eq!((reads(&house).await.0, listed(&house).await, state(passed).await), (false, 0, GrantState::Withdrawn));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_patient_has_stopped_is_not_passed_on_again(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house).await);
    let terms = results_of(&house, &doctor, grant).await;
    let again = async |grant| {
        prove(&house, doctor.signed_in_at).await;
        portal.pass_on(&doctor, grant, &nurse(&house), &terms, &passed_on("passed")).await
    };

    // Ended alone: the doctor keeps theirs.
    let passed = pass(&house, grant).await;
    portal.withdraw_grant(&ines, passed).await.unwrap();
    assert!(!reads(&house).await.0 && portal.passable(&doctor, grant).await.unwrap().passed.is_empty());
    assert!(matches!(again(grant).await, Err(Error::Conflict("passing-stopped"))));

    // A new version is a new word. A pause is not got round by taking it back.
    let grant = give(&house, true).await;
    let passed = pass(&house, grant).await;
    portal.pause_grant(&ines, passed).await.unwrap();
    portal.take_back(&doctor, passed).await.unwrap();
    assert!(matches!(again(grant).await, Err(Error::Conflict("passing-stopped"))));

    // Nor does it go on and on.
    let grant = give(&house, true).await;
    for _ in 0..5 {
        let passed = pass(&house, grant).await;
        portal.take_back(&doctor, passed).await.unwrap();
    }
    assert!(matches!(again(grant).await, Err(Error::TooManyTries)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_block_ends_what_was_passed_on_by_and_to_somebody(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    let state = async |grant| portal.grant(&house.ines(), grant).await.unwrap().view.grant.state;
    // Whoever is blocked reads no difference in passing something on to them, and nothing opens when they no longer are.
    portal.block(&ines, Whom::Account(house.nurse)).await.unwrap();
    let passed = pass(&house, grant).await;
    assert_eq!((reads(&house).await.0, listed(&house).await, state(passed).await), (false, 0, GrantState::Active));
    portal.unblock(&ines, Whom::Account(house.nurse)).await.unwrap();
    assert_eq!((reads(&house).await.0, listed(&house).await, state(passed).await), (false, 0, GrantState::Withdrawn));

    let grant = give(&house, true).await;
    let passed = pass(&house, grant).await;
    portal.block(&ines, Whom::Organization(house.organization)).await.unwrap();
    assert_eq!(state(passed).await, GrantState::Withdrawn);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_colleague_whom_the_patient_did_not_name_is_looked_at_twice(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    pass(&house, grant).await;
    assert!(reads(&house).await.0);
    let theirs = house.portal.activity(&house.ines(), Filter::Person(house.nurse), None).await.unwrap().view.entries;
    let first = theirs.iter().min_by_key(|entry| entry.seq).unwrap();
    assert!(matches!(&first.verdict, Verdict::Unusual(reasons) if reasons.contains(&Reason::FirstTime)), "{:?}", first.verdict);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_colleague_sees_nothing_that_is_kept_from_who_passed_it_on(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, grant) = given(options).await;
    pass(&house, grant).await;
    assert!(reads(&house).await.0);
    let mut heard = house.portal.listen().await.unwrap();
    let items = house.portal.results(&house.ines(), house.patient, None, false).await.unwrap().view.reports;
    for item in items.iter().flat_map(|report| &report.results).map(|entry| entry.id) {
        house.portal.keep_from(&house.ines(), house.patient, item, Whom::Account(house.doctor)).await.unwrap();
        let told = [heard.next().await.unwrap().unwrap(), heard.next().await.unwrap().unwrap()];
        assert!(told.iter().any(|notice| notice.account == Some(house.nurse)), "their open pages ask again: {told:?}");
    }
    assert!(!reads(&house).await.0);
}
