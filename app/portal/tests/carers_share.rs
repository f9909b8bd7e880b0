//! A carer who shares in the patient's place, as the patient allowed: with clinicians, at most what the carer sees.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End, Terms},
    grant::{GrantState, Grantee, Purpose},
    id::GrantId,
    label::Labels,
    policy::Whom,
};
use chartkey_portal::{
    Error,
    news::Look,
    sharing::{NewGrant, Sentence},
};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// The house, with somebody who helps Ines with her results and problems until she ends it, and may share them.
async fn helped(options: PgConnectOptions) -> (House, Visitor, GrantId) {
    let house = House::build(Ground::lay(options).await).await;
    let (carer, grant) = house.carer(helping()).await;
    house.tamper("delete from letter").await;
    (house, carer, grant)
}

fn helping() -> Draft {
    let categories = [Category::Results, Category::Problems].into_iter().collect();
    Draft { categories, end: End::Open, may_delegate: true, ..Draft::default() }
}

fn doctor(house: &House) -> Grantee {
    Grantee::Clinician { account: house.doctor, organization: house.organization }
}

fn nurses(house: &House) -> Grantee {
    Grantee::Professions { organization: house.organization, professions: vec!["nurse".to_owned()] }
}

fn shared(text: &str) -> Sentence {
    Sentence { text: text.to_owned(), ..sentence() }
}

/// The results alone, for a week, to treat her.
async fn results_of(house: &House, carer: &Visitor, grant: GrantId) -> Terms {
    let passable = house.portal.passable(carer, grant).await.unwrap();
    let until = passable.now.date().checked_add(time::Duration::WEEK).unwrap();
    let terms = passable.terms.passed_on(Categories::NONE.with(Category::Results), Labels::NONE, until);
    Terms { purpose: Purpose::Treatment, ..terms }
}

/// The carer shares the results with these. Returns what they were given.
async fn share(house: &House, carer: &Visitor, grant: GrantId, to: Grantee) -> GrantId {
    let terms = results_of(house, carer, grant).await;
    house.portal.pass_on(carer, grant, &to, &terms, &shared("shared")).await.unwrap();
    house.portal.passable(carer, grant).await.unwrap().passed[0].grant
}

/// How many results and problems somebody sees.
async fn sees(house: &House, visitor: &Visitor) -> (usize, usize) {
    let results = house.portal.results(visitor, house.patient, None, false).await;
    let results = results.map_or(0, |opened| opened.view.reports.iter().map(|report| report.results.len()).sum());
    let problems = house.portal.list(visitor, house.patient, Category::Problems, None, false).await;
    (results, problems.map_or(0, |opened| opened.view.entries.len()))
}

async fn state(house: &House, grant: GrantId) -> GrantState {
    house.portal.grant(&house.ines(), grant).await.unwrap().view.grant.state
}

async fn story(house: &House, grant: GrantId) -> Vec<String> {
    house.portal.grant(&house.ines(), grant).await.unwrap().view.story.into_iter().map(|line| line.kind).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_carer_shares_what_they_see_and_the_patient_is_told(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer, grant) = helped(options).await;
    let (portal, looks) = (&house.portal, house.doctor(Some(Purpose::Treatment)));
    assert!(portal.cared_for(&carer).await.unwrap().0[0].may_share);
    assert_eq!(sees(&house, &looks).await, (0, 0));
    let terms = results_of(&house, &carer, grant).await;
    for _ in 0..2 {
        portal.pass_on(&carer, grant, &doctor(&house), &terms, &shared("shared")).await.unwrap();
    }
    assert_eq!(house.counted("select count(*) from access_grant where parent_grant_id is not null").await, 1, "a double click shares once");
    assert_eq!(sees(&house, &looks).await, (2, 0));
    let list = portal.shared_list(&house.doctor(None)).await.unwrap().open;
    assert_eq!(list.iter().map(|entry| (entry.sentence.as_str(), entry.may_pass_on)).collect::<Vec<_>>(), [("shared", false)]);

    // With the same clinician for something else, and with others: but not twice for the same.
    let again = portal.pass_on(&carer, grant, &doctor(&house), &terms, &shared("another")).await;
    assert!(matches!(again, Err(Error::Conflict("helped-before"))));
    let second = Terms { purpose: Purpose::SecondOpinion, ..terms.clone() };
    portal.pass_on(&carer, grant, &doctor(&house), &second, &shared("a second opinion")).await.unwrap();
    assert_eq!(sees(&house, &house.nurse(Some(Purpose::Treatment))).await, (0, 0));
    portal.pass_on(&carer, grant, &nurses(&house), &terms, &shared("the nurses")).await.unwrap();
    assert_eq!(sees(&house, &house.nurse(Some(Purpose::Treatment))).await, (2, 0));
    let passed = portal.passable(&carer, grant).await.unwrap().passed;
    assert_eq!(passed.iter().map(|one| one.sentence.as_str()).collect::<Vec<_>>(), ["the nurses", "a second opinion", "shared"]);

    // Told by mail, on top of the first page, in the log, and on the page of what the carer was given.
    assert_eq!(house.counted("select count(*) from letter where subject = 'news'").await, 3);
    let home = portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view;
    let top = home.grants.iter().filter(|grant| grant.stays_on_top && grant.is_by_carer).count();
    assert_eq!((top, home.grants.len()), (3, 4));
    let told = house.events().await.into_iter().find(|event| event.what.action == "helped-share").unwrap();
    assert_eq!((told.who.account, told.what.text.as_deref()), (Some(carer.actor.account()), Some("shared")));
    let whole = portal.grant(&house.ines(), grant).await.unwrap().view;
    assert_eq!(whole.passed.len(), 3);
    let by = whole.passed[0].passed_on.as_ref().unwrap();
    assert_eq!((by.of, by.by.as_str(), by.is_help, whole.passed[0].may_change), (grant, "Somebody", true, false));

    // What the patient gives the same people stands beside it.
    let own = NewGrant { grantee: nurses(&house), ..house.draft(Purpose::Treatment).await };
    portal.give_grant(&house.ines(), own).await.unwrap();
    assert_eq!(portal.shared_list(&house.nurse(None)).await.unwrap().open.len(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_shares_more_than_they_see(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer, grant) = helped(options).await;
    let portal = &house.portal;
    let terms = results_of(&house, &carer, grant).await;
    let try_to = async |terms: Terms, to: Grantee| portal.pass_on(&carer, grant, &to, &terms, &shared("a")).await;
    let wider = [
        Terms { categories: terms.categories.with(Category::Visits), ..terms.clone() },
        Terms { labels: Labels::ALL, ..terms.clone() },
        Terms { may_export: true, ..terms.clone() },
        Terms { may_write: true, ..terms.clone() },
        Terms { may_delegate: true, ..terms.clone() },
        Terms { includes_new: false, ..terms.clone() },
        Terms { categories: Categories::NONE, ..terms.clone() },
    ];
    for terms in wider {
        let tried = try_to(terms.clone(), doctor(&house)).await;
        assert!(matches!(tried, Err(Error::Invalid("grant-what"))), "{terms:?}: {tried:?}");
    }
    assert!(matches!(try_to(Terms { until: None, ..terms.clone() }, doctor(&house)).await, Err(Error::Invalid("grant-end"))));
    let other = Terms { purpose: Purpose::Other, ..terms.clone() };
    assert!(matches!(try_to(other, doctor(&house)).await, Err(Error::Invalid("grant-purpose"))));
    // Longer than 90 days, whatever the carer's own share says: PostgreSQL refuses it.
    let long = Terms { until: terms.until.and_then(|until| until.checked_add(time::Duration::days(90))), ..terms.clone() };
    assert!(matches!(try_to(long, doctor(&house)).await, Err(Error::NotFound)));
    let friend = house.stranger().await.actor.account();
    for to in [Grantee::Carer { account: friend }, Grantee::Clinician { account: friend, organization: house.organization }] {
        assert!(matches!(try_to(terms.clone(), to.clone()).await, Err(Error::Invalid("grant-who"))), "{to:?}");
    }
    let mut stale = carer.clone();
    stale.signed_in_at -= time::Duration::minutes(6);
    let tried = portal.pass_on(&stale, grant, &doctor(&house), &terms, &shared("a")).await;
    assert!(matches!(tried, Err(Error::SignInAgain)));
    assert_eq!(house.counted("select count(*) from access_grant").await, 1);

    // Nobody else shares by it; who was not allowed to does not, and nothing that was shared so is passed on.
    let passed = share(&house, &carer, grant, doctor(&house)).await;
    for (who, which) in [(house.stranger().await, grant), (house.ines(), grant), (house.doctor(None), passed), (house.doctor(None), grant)]
    {
        assert!(matches!(portal.passable(&who, which).await, Err(Error::NotFound)));
        assert!(matches!(portal.take_back(&who, passed).await, Err(Error::NotFound)));
    }
    let (looks, only) = house.carer(Draft { may_delegate: false, ..helping() }).await;
    assert!(!portal.cared_for(&looks).await.unwrap().0[0].may_share);
    assert!(matches!(portal.passable(&looks, only).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_carer_shared_ends_when_they_stop_helping(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer, grant) = helped(options).await;
    let looks = house.doctor(Some(Purpose::Treatment));
    let passed = share(&house, &carer, grant, doctor(&house)).await;
    assert_eq!(sees(&house, &looks).await, (2, 0));
    house.portal.stop_helping(&carer, grant).await.unwrap();
    assert_eq!((sees(&house, &looks).await, state(&house, passed).await), ((0, 0), GrantState::Withdrawn));
    assert_eq!(story(&house, passed).await, ["passed-on", "ended-with"]);
    assert!(matches!(house.portal.passable(&carer, grant).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_carer_shared_goes_no_further_than_what_they_see(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer, grant) = helped(options).await;
    let (portal, ines, looks) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    let nurse = house.nurse(Some(Purpose::Treatment));
    let passed = share(&house, &carer, grant, nurses(&house)).await;
    share(&house, &carer, grant, doctor(&house)).await;

    // What is kept from the carer is kept from everybody they share with, whose open pages ask again.
    let result = portal.results(&ines, house.patient, None, false).await.unwrap().view.reports[0].results[0].id;
    let mut heard = portal.listen().await.unwrap();
    portal.keep_from(&ines, house.patient, result, Whom::Account(carer.actor.account())).await.unwrap();
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(heard.next().await.unwrap().unwrap());
    }
    assert!(told.iter().any(|notice| notice.organization == Some(house.organization)), "{told:?}");
    assert!(told.iter().any(|notice| notice.account == Some(house.doctor)), "{told:?}");
    assert_eq!((sees(&house, &looks).await, sees(&house, &nurse).await), ((1, 0), (1, 0)));
    portal.show_again(&ines, house.patient, result, Whom::Account(carer.actor.account())).await.unwrap();

    // A pause is one for both.
    portal.pause_grant(&ines, grant).await.unwrap();
    assert_eq!((sees(&house, &looks).await, state(&house, passed).await), ((0, 0), GrantState::Paused));
    portal.resume_grant(&ines, grant).await.unwrap();
    portal.resume_grant(&ines, passed).await.unwrap();
    assert_eq!((sees(&house, &looks).await, sees(&house, &nurse).await), ((0, 0), (2, 0)));

    // The carer ends one of them, once; the patient the other, and it is not shared again.
    for _ in 0..2 {
        portal.take_back(&carer, passed).await.unwrap();
    }
    assert_eq!((sees(&house, &nurse).await, story(&house, passed).await.pop().as_deref()), ((0, 0), Some("taken-back")));
    assert!(house.events().await.iter().any(|event| event.what.action == "helped-stop"));
    let passed = share(&house, &carer, grant, nurses(&house)).await;
    portal.withdraw_grant(&ines, passed).await.unwrap();
    let terms = results_of(&house, &carer, grant).await;
    // Nor for something else, nor with one of them.
    let other = Terms { purpose: Purpose::SecondOpinion, ..terms.clone() };
    let nurse = Grantee::Clinician { account: house.nurse, organization: house.organization };
    for (to, terms) in [(nurses(&house), &terms), (nurses(&house), &other), (nurse, &terms)] {
        let again = portal.pass_on(&carer, grant, &to, terms, &shared("again")).await;
        assert!(matches!(again, Err(Error::Conflict("passing-stopped"))), "{to:?}: {again:?}");
    }

    // With the carer everything ends that they have shared.
    let elsewhere = house.ground.organization("elsewhere").await;
    let doctors = Grantee::Professions { organization: elsewhere.into(), professions: vec!["physician".to_owned()] };
    portal.pass_on(&carer, grant, &doctors, &terms, &shared("other")).await.unwrap();
    portal.withdraw_grant(&ines, grant).await.unwrap();
    assert_eq!(house.counted("select count(*) from access_grant where state in ('active', 'paused')").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_patient_changes_what_a_carer_sees_without_a_code(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer, grant) = helped(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    let passed = share(&house, &carer, grant, doctor(&house)).await;
    assert!(portal.grant(&ines, grant).await.unwrap().view.grant.may_change);
    let id = portal.change_grant(&ines, grant).await.unwrap();
    let kept = portal.draft(&ines, id).await.unwrap();
    assert_eq!((kept.carer.as_deref(), kept.draft.end, kept.draft.may_delegate), (Some("Somebody"), End::Open, true));
    let narrower = Draft { categories: Categories::NONE.with(Category::Results), may_delegate: false, ..kept.draft };
    let grantee = Grantee::Carer { account: carer.actor.account() };
    let terms = narrower.terms(kept.today).unwrap();
    let changed = portal.give_grant(&ines, NewGrant { draft: id, grantee, terms, sentence: shared("less") }).await.unwrap();
    assert_eq!(sees(&house, &carer).await, (2, 0));
    assert!(matches!(portal.passable(&carer, changed).await, Err(Error::NotFound)));
    assert_eq!((state(&house, grant).await, state(&house, passed).await), (GrantState::Replaced, GrantState::Withdrawn));
    assert_eq!(sees(&house, &house.doctor(Some(Purpose::Treatment))).await, (0, 0), "what they had shared ends with a new version");
    // Nobody is made a carer so who is none, nor who has stopped by themselves.
    let stranger = Grantee::Carer { account: house.stranger().await.actor.account() };
    let id = portal.change_grant(&ines, changed).await.unwrap();
    let new = NewGrant { draft: id, grantee: stranger, terms: house.draft(Purpose::Coordination).await.terms, sentence: sentence() };
    assert!(matches!(portal.give_grant(&ines, new).await, Err(Error::Invalid("grant-who"))));
    portal.stop_helping(&carer, changed).await.unwrap();
    for version in [grant, changed] {
        assert!(matches!(portal.change_grant(&ines, version).await, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_refuses_a_carer_what_is_more_than_they_see(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer, grant) = helped(options).await;
    let insert = async |changed: (&str, &str)| {
        let (organization, nurse) = (format!("'{}'", house.organization), format!("'{}'", house.nurse));
        let parent = format!("'{grant}'");
        let columns = [
            ("categories", "64"),
            ("labels", "0"),
            ("purpose", "'treatment'"),
            ("ends_at", "now() + interval '89 days'"),
            ("may_export", "false"),
            ("may_delegate", "false"),
            ("made_by_account_id", "gate.account()"),
            ("parent_grant_id", parent.as_str()),
            ("organization_id", organization.as_str()),
            ("grantee_account_id", nurse.as_str()),
        ];
        house.try_share(&house.passing(carer.actor.account()), "", &columns, changed).await
    };
    assert!(insert(("", "")).await.is_ok());
    assert!(insert(("purpose", "'coordination'")).await.is_ok());
    let friend = format!("'{}'", house.stranger().await.actor.account());
    for changed in [
        ("categories", "65"),
        ("labels", "1"),
        ("purpose", "'emergency'"),
        ("ends_at", "now() + interval '92 days'"),
        ("ends_at", "null"),
        ("may_export", "true"),
        ("may_delegate", "true"),
        ("made_by_account_id", friend.as_str()),
        ("grantee_account_id", friend.as_str()),
    ] {
        assert_eq!(insert(changed).await.unwrap_err(), "42501", "{changed:?}");
    }
    house.portal.pause_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(insert(("", "")).await.unwrap_err(), "42501", "what they were given is paused");
}
