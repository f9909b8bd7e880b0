//! Claiming a record: code and birth date, five tries, one answer.

mod harness;

use chartkey_domain::{
    account::{Actor, Visitor},
    draft::Terms,
    id::{AccountId, OrganizationId, PatientId},
};
use chartkey_portal::{Error, Portal, claims::Claimed, secrets::Pepper};
use harness::Ground;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Date, OffsetDateTime, macros::date};

const BORN: Date = date!(1961 - 03 - 14);
const WRONG: Date = date!(1961 - 03 - 15);

struct Clinic {
    portal: Portal,
    ground: Ground,
    patient: PatientId,
}

impl Clinic {
    async fn build(options: PgConnectOptions) -> Self {
        let ground = Ground::lay(options).await;
        let patient = PatientId(ground.patient("Mara").await);
        Self { portal: Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap(), ground, patient }
    }

    async fn person(&self) -> Visitor {
        visitor(Actor::Person { account: AccountId(self.ground.person("Mara").await) })
    }

    async fn code(&self) -> String {
        self.portal.invite(self.patient, "asked at the desk").await.unwrap()
    }

    async fn claim(&self, visitor: &Visitor, code: &str, born: Date) -> Result<PatientId, Error> {
        // Each person from an address of their own.
        let word = |_: &Terms| panic!("nobody is made a carer");
        match self.portal.claim(visitor, code, born, &visitor.actor.account().to_string(), word).await? {
            Claimed::Own(patient) => Ok(patient),
            Claimed::Helps => panic!("it is their own"),
        }
    }

    async fn actions(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select convert_from(bytes, 'UTF8')::jsonb #>> '{what,action}' from event where chain = 'patient/' || $1::text order by seq",
        )
        .bind(self.patient.0)
        .fetch_all(&self.ground.superuser)
        .await
        .unwrap()
    }
}

fn visitor(actor: Actor) -> Visitor {
    Visitor {
        actor,
        name: "Mara".into(),
        organization_name: None,
        signed_in_by: "password".into(),
        signed_in_at: OffsetDateTime::UNIX_EPOCH,
        session_ends_at: OffsetDateTime::UNIX_EPOCH,
        purposes: Default::default(),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn code_and_birth_date_make_a_record_ones_own(_: PgPoolOptions, options: PgConnectOptions) {
    let clinic = Clinic::build(options).await;
    let (mara, code) = (clinic.person().await, clinic.code().await);
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(clinic.claim(&mara, &typed, BORN).await.unwrap(), clinic.patient);
    assert_eq!(clinic.portal.held_record(mara.actor.account()).await.unwrap(), Some(clinic.patient));
    assert_eq!(clinic.claim(&mara, &typed, BORN).await.unwrap(), clinic.patient, "the second click of a double one");
    assert!(clinic.claim(&mara, &typed, WRONG).await.is_err());
    assert_eq!(clinic.actions().await, ["claim-code-made", "record-claimed"]);
    let stored: Vec<u8> = sqlx::query_scalar("select code_hash from claim_code").fetch_one(&clinic.ground.superuser).await.unwrap();
    assert!(!String::from_utf8_lossy(&stored).contains(&code));
}

#[sqlx::test(migrations = "../../migrations")]
async fn after_five_wrong_birth_dates_the_code_is_void(_: PgPoolOptions, options: PgConnectOptions) {
    let clinic = Clinic::build(options).await;
    let code = clinic.code().await;
    for _ in 0..5 {
        // Another person each time: it is the code that bears five.
        assert!(matches!(clinic.claim(&clinic.person().await, &code, WRONG).await, Err(Error::NotFound)));
    }
    let mara = clinic.person().await;
    assert!(matches!(clinic.claim(&mara, &code, BORN).await, Err(Error::NotFound)));
    assert_eq!(clinic.claim(&mara, &clinic.code().await, BORN).await.unwrap(), clinic.patient, "a new code works");
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_tries_at_once_are_five_tries(_: PgPoolOptions, options: PgConnectOptions) {
    let clinic = Clinic::build(options).await;
    let code = clinic.code().await;
    let mut people = Vec::new();
    for _ in 0..9 {
        people.push(clinic.person().await);
    }
    futures::future::join_all(people.iter().map(|person| clinic.claim(person, &code, WRONG))).await;
    assert_eq!(clinic.actions().await.iter().filter(|action| *action == "claim-refused").count(), 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_failure_is_the_same(_: PgPoolOptions, options: PgConnectOptions) {
    let clinic = Clinic::build(options).await;
    let (mara, mallory) = (clinic.person().await, clinic.person().await);
    let (old, code) = (clinic.code().await, clinic.code().await);
    let organization = clinic.ground.organization("north").await;
    let doctor = visitor(Actor::Clinician {
        account: AccountId(clinic.ground.clinician(organization, "Dr Lee", "physician").await),
        organization: OrganizationId(organization),
        profession: "physician".into(),
    });
    for (what, answer) in [
        ("a code that never was", clinic.claim(&mara, "2222-2222-2222", BORN).await),
        ("a code that another has replaced", clinic.claim(&mara, &old, BORN).await),
        ("a wrong birth date", clinic.claim(&mara, &code, WRONG).await),
        ("a clinician", clinic.claim(&doctor, &code, BORN).await),
    ] {
        assert!(matches!(answer, Err(Error::NotFound)), "{what}: {answer:?}");
    }
    clinic.claim(&mara, &code, BORN).await.unwrap();
    assert!(matches!(clinic.claim(&mallory, &code, BORN).await, Err(Error::NotFound)), "a used code");
    let again = clinic.code().await;
    assert!(matches!(clinic.claim(&mallory, &again, BORN).await, Err(Error::NotFound)), "somebody's record already");
    assert!(clinic.portal.held_record(mallory.actor.account()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn guessing_codes_costs_waits_that_look_like_wrong_codes(_: PgPoolOptions, options: PgConnectOptions) {
    let clinic = Clinic::build(options).await;
    let (mallory, code) = (clinic.person().await, clinic.code().await);
    for _ in 0..5 {
        assert!(matches!(clinic.claim(&mallory, "2222-2222-2222", BORN).await, Err(Error::NotFound)));
    }
    assert!(matches!(clinic.claim(&mallory, &code, BORN).await, Err(Error::NotFound)), "the right one, but during the wait");
    assert_eq!(clinic.actions().await, ["claim-code-made"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_claims_what_is_theirs_uses_up_nobodys_tries(_: PgPoolOptions, options: PgConnectOptions) {
    let clinic = Clinic::build(options).await;
    let (ines, code) = (clinic.person().await, clinic.code().await);
    // A clinic's whole waiting room has one address; the second click of a double one stands for the others.
    for claim in 0..31 {
        assert!(clinic.claim(&ines, &code, BORN).await.is_ok(), "claim {claim}");
    }
}
