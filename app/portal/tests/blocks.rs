//! Whom a patient has blocked: nothing reaches them, in whatever account they sign in.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    grant::{Grantee, Purpose},
    id::{AccountId, OrganizationId},
    policy::Whom,
};
use chartkey_portal::{Error, codes::CodeState};
use harness::Ground;
use people::{House, nothing, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

async fn reads(house: &House, visitor: &Visitor) -> bool {
    match house.portal.results(visitor, house.patient, None, false).await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

/// How many grants a clinician has in their list of patients.
async fn listed(house: &House, visitor: &Visitor) -> usize {
    let list = house.portal.shared_list(visitor).await.unwrap();
    list.open.len() + list.ended.len()
}

/// A grant of results to the nurse, beside the one to the doctor.
async fn give_nurse(house: &House) -> Visitor {
    let nurse = house.nurse(Some(Purpose::Treatment));
    let grantee = Grantee::Clinician { account: nurse.actor.account(), organization: house.organization };
    let mut new = house.draft(Purpose::Treatment).await;
    new.grantee = grantee;
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    nurse
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_blocked_gets_nothing_until_the_patient_lets_them(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (doctor, nurse) = (house.doctor(Some(Purpose::Treatment)), give_nurse(&house).await);
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let whom = Whom::Account(doctor.actor.account());
    assert!(reads(&house, &doctor).await && listed(&house, &doctor).await == 1);
    let before = portal.standing(&doctor, patient).await.unwrap();

    portal.block(&ines, whom).await.unwrap();
    portal.block(&ines, whom).await.unwrap();
    assert!(!reads(&house, &doctor).await);
    assert_eq!(listed(&house, &doctor).await, 0);
    assert_ne!(portal.standing(&doctor, patient).await.unwrap(), before, "an open page of theirs closes");
    assert!(reads(&house, &nurse).await && listed(&house, &nurse).await == 1, "nobody else notices");
    let blocked = portal.blocked(&ines).await.unwrap().view;
    let told: Vec<_> = blocked.iter().map(|blocked| (blocked.whom, blocked.name.as_deref(), blocked.organization.as_str())).collect();
    assert_eq!(told, [(whom, Some("Dr Lindqvist"), "northfield")]);
    let list = portal.sharing(&ines).await.unwrap().view;
    let of_doctor: Vec<_> = list.grants.iter().map(|grant| (grant.name.as_deref(), grant.is_blocked, grant.in_force(list.now))).collect();
    assert_eq!(of_doctor, [(Some("Nurse Abel"), false, true), (Some("Dr Lindqvist"), true, false)]);
    let look = house.portal.home(&ines, patient, chartkey_portal::news::Look::Opened).await.unwrap().view;
    assert_eq!(look.grants.len(), 1, "who has access now");
    // Nothing new is shared with them either.
    let new = house.draft(Purpose::Coordination).await;
    assert!(matches!(portal.give_grant(&ines, new).await, Err(Error::Conflict("blocked"))));

    let long_ago = Visitor { signed_in_at: ines.signed_in_at - Duration::hours(2), ..ines.clone() };
    assert!(matches!(portal.unblock(&long_ago, whom).await, Err(Error::SignInAgain)), "what opens needs a fresh sign-in");
    assert!(!reads(&house, &doctor).await);
    portal.unblock(&ines, whom).await.unwrap();
    portal.unblock(&ines, whom).await.unwrap();
    assert!(reads(&house, &doctor).await && listed(&house, &doctor).await == 1);
    assert_eq!(portal.blocked(&ines).await.unwrap().view, []);
    let done: Vec<_> =
        house.events().await.into_iter().map(|event| event.what).filter(|what| what.page.as_deref() == Some("blocked")).collect();
    let changes: Vec<_> =
        done.iter().filter(|what| what.action != "read").map(|what| (what.action.as_str(), what.text.as_deref())).collect();
    let name = Some("Dr Lindqvist, northfield");
    assert_eq!(changes, [("blocked", name), ("unblocked", name)], "to ask twice is one change");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_is_blocked_in_every_account_that_is_known_to_be_theirs(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (doctor, other) = (house.doctor(Some(Purpose::Treatment)), give_nurse(&house).await);
    let (portal, ines) = (&house.portal, house.ines());
    let whom = Whom::Account(doctor.actor.account());
    portal.block(&ines, whom).await.unwrap();
    house.tamper("update account set display_name = 'Dr Lindqvist'").await;
    assert!(reads(&house, &other).await, "one name is not one person");

    // Organizations assert of both what identifies one clinician.
    house.tamper("update clinician set identifier = '1234567893'").await;
    follow(&house, whom, &other).await;

    // One provider knows both by one subject, at two organizations that are registered here.
    house.tamper("insert into organization (slug, name, issuer, client_id, professions) select 'southfield', 'southfield', issuer, client_id, professions from organization").await;
    house
        .tamper("update clinician set identifier = null, issuer = 'http://one.example', subject = 'one' where profession = 'physician'")
        .await;
    house
        .tamper(
            "update clinician set identifier = null, issuer = 'http://one.example', subject = 'one',
                organization_id = (select organization_id from organization where slug = 'southfield') where profession = 'nurse'",
        )
        .await;
    house
        .tamper("update access_grant g set organization_id = c.organization_id from clinician c where c.account_id = g.grantee_account_id")
        .await;
    let southfield = sqlx::query_scalar("select organization_id from organization where slug = 'southfield'").fetch_one(&house.superuser);
    let other = house.at(OrganizationId(southfield.await.unwrap()), &other);
    follow(&house, whom, &other).await;
}

/// What is shared with somebody is open exactly while nobody like this is blocked.
async fn follow(house: &House, whom: Whom, other: &Visitor) {
    let (portal, ines) = (&house.portal, house.ines());
    portal.block(&ines, whom).await.unwrap();
    assert!(!reads(house, other).await && listed(house, other).await == 0);
    portal.unblock(&ines, whom).await.unwrap();
    assert!(reads(house, other).await && listed(house, other).await == 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_blocked_organization_is_everybody_there_and_what_nobody_is_called_is_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (doctor, nurse) = (house.doctor(Some(Purpose::Treatment)), give_nurse(&house).await);
    let (portal, ines) = (&house.portal, house.ines());
    // A code that is out opens nothing to them either.
    let draft = house.draft(Purpose::Treatment).await;
    portal.make_code(&ines, draft.draft, draft.terms, sentence()).await.unwrap();
    let CodeState::Waiting(typed) = portal.codes(&ines).await.unwrap().view.remove(0).state else { panic!("it waits") };

    portal.block(&ines, Whom::Organization(house.organization)).await.unwrap();
    for visitor in [&doctor, &nurse] {
        assert!(!reads(&house, visitor).await && listed(&house, visitor).await == 0);
        assert!(matches!(portal.redeem_code(visitor, &typed).await, Err(Error::NotFound)));
    }
    portal.unblock(&ines, Whom::Organization(house.organization)).await.unwrap();
    assert!(reads(&house, &doctor).await && reads(&house, &nurse).await);

    for nobody in [Whom::Account(AccountId(nothing())), Whom::Organization(OrganizationId(nothing())), Whom::Account(ines.actor.account())]
    {
        assert!(matches!(portal.block(&ines, nobody).await, Err(Error::NotFound)), "{nobody:?}");
    }
    for without in [doctor.clone(), house.stranger().await] {
        assert!(matches!(portal.block(&without, Whom::Account(nurse.actor.account())).await, Err(Error::NotFound)));
        assert!(matches!(portal.blocked(&without).await, Err(Error::NotFound)));
    }
    assert!(reads(&house, &nurse).await);
}
