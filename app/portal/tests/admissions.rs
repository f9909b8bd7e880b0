//! Independent clinicians are let in when the operator has admitted them, and for nothing that their provider says.

mod harness;
mod people;

use std::collections::BTreeMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    grant::{Grantee, Purpose},
    id::{GrantId, OrganizationId},
};
use chartkey_portal::{
    Error, Standing,
    admissions::NewAdmission,
    audit::Why,
    codes::CodeState,
    organizations::{NewOrganization, Proof},
    sessions::{NewSession, SessionKey},
    sharing::NewGrant,
    sign_in::{SignedIn, VerifiedClinician},
};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

const CHECKED: &str = "Passport seen by video; licence found in the register of the chamber.";

async fn independents(house: &House, slug: &str) -> OrganizationId {
    let new = NewOrganization {
        name: "Independent clinicians".to_owned(),
        slug: slug.to_owned(),
        issuer: issuer(slug),
        client_id: "chartkey".to_owned(),
        client_secret: None,
        profession_claim: "profession".to_owned(),
        identifier_claim: None,
        professions: BTreeMap::new(),
        proof: Proof::default(),
    };
    house.portal.add_organization(new).await.unwrap()
}

fn issuer(slug: &str) -> String {
    format!("https://{slug}.example/")
}

fn admission(slug: &str) -> NewAdmission {
    NewAdmission {
        slug: slug.to_owned(),
        subject: "sub-1".to_owned(),
        name: "Dr Okafor".to_owned(),
        profession: "physician".to_owned(),
        identifier: Some("L-77".to_owned()),
        checked: CHECKED.to_owned(),
    }
}

/// What their provider says of them, who may call themselves anything.
async fn sign_in(house: &House, organization: OrganizationId, slug: &str) -> Result<SignedIn, Error> {
    let clinician = VerifiedClinician {
        organization,
        organization_name: "Independent clinicians".to_owned(),
        issuer: issuer(slug),
        subject: "sub-1".to_owned(),
        name: "The Great Healer".to_owned(),
        profession: String::new(),
        identifier: Some("made up".to_owned()),
        language: "en",
        session: None,
    };
    house.portal.sign_in_clinician(clinician).await
}

fn visitor(house: &House, signed_in: &SignedIn) -> Visitor {
    let SignedIn { actor, name, organization_name, signed_in_by, at, .. } = signed_in.clone();
    Visitor {
        actor,
        name,
        organization_name,
        signed_in_by,
        signed_in_at: at,
        session_ends_at: at + Duration::DAY,
        purposes: [(house.patient, Purpose::Treatment)].into(),
    }
}

/// Ines gives them her results.
async fn give(house: &House, signed_in: &SignedIn) -> GrantId {
    let Actor::Clinician { account, organization, .. } = signed_in.actor else { panic!("{signed_in:?}") };
    let new = house.draft(Purpose::Treatment).await;
    let new = NewGrant { grantee: Grantee::Clinician { account, organization }, ..new };
    house.portal.give_grant(&house.ines(), new).await.unwrap()
}

async fn is_open(house: &House, visitor: &Visitor) -> bool {
    house.portal.standing(visitor, house.patient).await.unwrap() != Standing::Closed
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_whom_the_operator_has_admitted_is_let_in_and_under_the_name_that_was_checked(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let here = independents(&house, "alone").await;
    let accounts = house.counted("select count(*) from account").await;
    assert!(matches!(sign_in(&house, here, "alone").await, Err(Error::NotFound)));
    assert_eq!(house.counted("select count(*) from account").await, accounts, "without an account");

    house.portal.admit(admission("alone")).await.unwrap();
    assert!(matches!(house.portal.admit(admission("alone")).await, Err(Error::Conflict(_))));
    let signed_in = sign_in(&house, here, "alone").await.unwrap();
    let Actor::Clinician { account, profession, .. } = &signed_in.actor else { panic!("{signed_in:?}") };
    assert_eq!((signed_in.name.as_str(), profession.as_str()), ("Dr Okafor", "physician"));
    let known: (String, String) =
        sqlx::query_as("select display_name, identifier from account join clinician using (account_id) where account_id = $1")
            .bind(account.0)
            .fetch_one(&house.superuser)
            .await
            .unwrap();
    assert_eq!(known, ("Dr Okafor".to_owned(), "L-77".to_owned()), "whatever their provider says");
    // And where an organization vouches for its professions, nobody is admitted one by one.
    assert!(matches!(house.portal.admit(admission("northfield")).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.admissions("northfield").await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_subject_of_another_issuer_is_somebody_else(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (here, there) = (independents(&house, "alone").await, independents(&house, "apart").await);
    house.portal.admit(admission("alone")).await.unwrap();
    sign_in(&house, here, "alone").await.unwrap();
    assert!(matches!(sign_in(&house, there, "apart").await, Err(Error::NotFound)));
    house.portal.admit(NewAdmission { name: "Dr Other".to_owned(), identifier: None, ..admission("apart") }).await.unwrap();
    let (one, other) = (sign_in(&house, here, "alone").await.unwrap(), sign_in(&house, there, "apart").await.unwrap());
    assert_ne!(one.actor.account(), other.actor.account());
    give(&house, &one).await;
    assert!(is_open(&house, &visitor(&house, &one)).await && !is_open(&house, &visitor(&house, &other)).await);
    house.portal.dismiss("apart", "sub-1", "left").await.unwrap();
    assert!(is_open(&house, &visitor(&house, &one)).await, "who was not dismissed");
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_dismissed_has_nothing_until_they_are_admitted_again(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let here = independents(&house, "alone").await;
    house.portal.admit(admission("alone")).await.unwrap();
    let signed_in = sign_in(&house, here, "alone").await.unwrap();
    let (doctor, ines) = (visitor(&house, &signed_in), house.ines());
    let grant = give(&house, &signed_in).await;
    let key = SessionKey::of("cookie");
    let session = |signed_in: &SignedIn| NewSession {
        account: signed_in.actor.account(),
        signed_in_at: signed_in.at,
        data: serde_json::json!({}),
        device: Default::default(),
        idle: Duration::HOUR,
        absolute: Duration::HOUR,
    };
    assert!(house.portal.begin_session(key.clone(), session(&signed_in)).await.unwrap());
    // A code that they have used waits for Ines.
    let new = house.draft(Purpose::Treatment).await;
    let code = house.portal.make_code(&ines, new.draft, new.terms, sentence()).await.unwrap();
    let CodeState::Waiting(typed) = house.portal.codes(&ines).await.unwrap().view.remove(0).state else { panic!() };
    house.portal.redeem_code(&doctor, &typed).await.unwrap();
    let CodeState::Redeemed(redeemer) = house.portal.codes(&ines).await.unwrap().view.remove(0).state else { panic!() };
    assert_eq!(redeemer.checked.unwrap().how, CHECKED);
    let whole = house.portal.grant(&ines, grant).await.unwrap().view.grant;
    assert_eq!((whole.checked.unwrap().how.as_str(), whole.is_dismissed), (CHECKED, false));

    house.portal.clone().acting_as("anna").dismiss("alone", "sub-1", "licence ended").await.unwrap();
    assert!(house.portal.session(&key).await.unwrap().is_none(), "their sessions end");
    assert!(!house.portal.begin_session(SessionKey::of("other"), session(&signed_in)).await.unwrap(), "so does a sign-in from before");
    assert!(matches!(sign_in(&house, here, "alone").await, Err(Error::NotFound)));
    assert!(!is_open(&house, &doctor).await, "what they were given opens nothing");
    assert!(matches!(house.portal.results(&doctor, house.patient, None, false).await, Err(Error::NotFound)));
    let whole = house.portal.grant(&ines, grant).await.unwrap().view;
    assert!(whole.grant.is_dismissed && !whole.grant.in_force(whole.now));
    assert!(house.portal.codes(&ines).await.unwrap().view.is_empty(), "the code is refused");
    let confirmed = house.portal.confirm_code(&ines, code, signed_in.actor.account(), sentence()).await;
    assert!(matches!(confirmed, Err(Error::NotFound)), "{confirmed:?}");
    let known = house.portal.known_organizations(&ines).await.unwrap();
    assert!(known.iter().all(|known| known.clinicians.iter().all(|clinician| clinician.account != signed_in.actor.account())));
    let new = NewGrant {
        grantee: Grantee::Clinician { account: signed_in.actor.account(), organization: here },
        ..house.draft(Purpose::Coordination).await
    };
    assert!(matches!(house.portal.give_grant(&ines, new).await, Err(Error::Invalid("grant-who"))));
    assert!(matches!(house.portal.dismiss("alone", "sub-1", "again").await, Err(Error::NotFound)));

    house.portal.admit(NewAdmission { name: "Dr Okafor-Lind".to_owned(), ..admission("alone") }).await.unwrap();
    assert!(is_open(&house, &doctor).await, "what they were given opens again");
    assert_eq!(house.portal.grant(&ines, grant).await.unwrap().view.grant.name.as_deref(), Some("Dr Okafor-Lind"));
    assert!(house.portal.session(&key).await.unwrap().is_none(), "no session comes back");
    sign_in(&house, here, "alone").await.unwrap();

    let changes: Vec<_> = house.events().await.into_iter().filter(|event| event.what.action.starts_with("clinician-")).collect();
    let [dismissed, admitted] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((dismissed.what.action.as_str(), dismissed.who.name.as_str()), ("clinician-dismissed", "anna"));
    assert_eq!(dismissed.why, Why::Operator { reason: "licence ended".to_owned() });
    assert_eq!(dismissed.what.text.as_deref(), Some("Dr Okafor, Independent clinicians"));
    assert_eq!(admitted.why, Why::Operator { reason: CHECKED.to_owned() });
    assert_eq!(house.counted("select count(*) from letter where subject = 'news'").await, 2, "their patient is written to");
    let of_system =
        house.counted("select count(*) from event where chain = 'system' and convert_from(bytes, 'UTF8') like '%clinician-%'").await;
    assert_eq!(of_system, 3, "admitted, dismissed, admitted again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_admission_says_how_it_was_checked_and_no_more_than_fits(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    independents(&house, "alone").await;
    let long = "x".repeat(1_001);
    for (wrong, what) in [
        (NewAdmission { checked: " \n ".to_owned(), ..admission("alone") }, "checked"),
        (NewAdmission { checked: long.clone(), ..admission("alone") }, "checked"),
        (NewAdmission { name: "Dr\nOkafor".to_owned(), ..admission("alone") }, "name"),
        (NewAdmission { name: long.clone(), ..admission("alone") }, "name"),
        (NewAdmission { profession: String::new(), ..admission("alone") }, "profession"),
        (NewAdmission { identifier: Some(String::new()), ..admission("alone") }, "licence"),
        (NewAdmission { subject: String::new(), ..admission("alone") }, "subject"),
        (NewAdmission { subject: long, ..admission("alone") }, "subject"),
    ] {
        let refused = house.portal.admit(wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(field)) if field == what), "{what}: {refused:?}");
    }
    house.portal.admit(NewAdmission { checked: "x".repeat(1_000), identifier: None, ..admission("alone") }).await.unwrap();
    let [only] = &house.portal.admissions("alone").await.unwrap()[..] else { panic!() };
    assert_eq!((only.admitted_by.as_str(), only.identifier.as_deref(), only.dismissed_at), ("operator", None, None));
}
