//! A patient with a record, and a clinic: whom the tests of sharing are about.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::collections::BTreeMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    category::{Categories, Category},
    draft::{Draft, Recipient},
    grant::{Grantee, Purpose},
    id::{AccountId, GrantId, ItemId, OrganizationId, PatientId},
};
use chartkey_portal::{
    Portal,
    audit::Event,
    codes::CodeState,
    import::{self, ImportOptions, Into},
    secrets::Pepper,
    sharing::{NewGrant, Sentence},
};
use sqlx::{AssertSqlSafe, PgPool};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::harness::Ground;

/// Ines, who holds a record with two results; a doctor and a nurse of one clinic.
pub struct House {
    pub portal: Portal,
    pub superuser: PgPool,
    pub patient: PatientId,
    pub organization: OrganizationId,
    pub ines: AccountId,
    pub doctor: AccountId,
    pub nurse: AccountId,
    pub ground: Ground,
}

/// Any sentence.
pub fn sentence() -> Sentence {
    Sentence { text: "**Dr Lindqvist** can see your **results**.".into(), language: "en".into(), catalogue_version: "1".into() }
}

/// Takes one resource about the patient of the house.
pub async fn take(house: &House, resource: &str) {
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let into = Into::Patient(house.patient);
    import::run(&mut connection, resource.as_bytes(), &ImportOptions { into, ..ImportOptions::new("clinic", "test") }, |_| {})
        .await
        .unwrap();
}

/// What has this identifier at its source.
pub async fn item(house: &House, fhir_id: &str) -> ItemId {
    let item: Uuid = sqlx::query_scalar("select item_id from item where patient_id = $1 and fhir_id = $2")
        .bind(house.patient.0)
        .bind(fhir_id)
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    ItemId(item)
}

/// What is called so.
pub async fn item_called(house: &House, title: &str) -> ItemId {
    let item: Uuid = sqlx::query_scalar("select item_id from item where title = $1").bind(title).fetch_one(&house.superuser).await.unwrap();
    ItemId(item)
}

impl House {
    pub async fn build(ground: Ground) -> Self {
        let patient = ground.patient("Ines").await;
        ground.item(patient, Category::Results.number(), "Haemoglobin").await;
        ground.item(patient, Category::Results.number(), "Ferritin").await;
        ground.item(patient, Category::Problems.number(), "A hidden problem").await;
        let ines = ground.person("Ines").await;
        ground.hold(patient, ines).await;
        let organization = ground.organization("northfield").await;
        let doctor = ground.clinician(organization, "Dr Lindqvist", "physician").await;
        let nurse = ground.clinician(organization, "Nurse Abel", "nurse").await;
        let portal = Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap();
        Self {
            portal,
            superuser: ground.superuser.clone(),
            patient: PatientId(patient),
            organization: OrganizationId(organization),
            ines: AccountId(ines),
            doctor: AccountId(doctor),
            nurse: AccountId(nurse),
            ground,
        }
    }

    pub fn ines(&self) -> Visitor {
        person(self.ines, "Ines")
    }

    pub async fn stranger(&self) -> Visitor {
        person(AccountId(self.ground.person("Somebody").await), "Somebody")
    }

    pub fn doctor(&self, purpose: Option<Purpose>) -> Visitor {
        self.clinician(self.doctor, "Dr Lindqvist", "physician", purpose)
    }

    pub fn nurse(&self, purpose: Option<Purpose>) -> Visitor {
        self.clinician(self.nurse, "Nurse Abel", "nurse", purpose)
    }

    fn clinician(&self, account: AccountId, name: &str, profession: &str, purpose: Option<Purpose>) -> Visitor {
        Visitor {
            actor: Actor::Clinician { account, organization: self.organization, profession: profession.to_owned() },
            organization_name: Some("Northfield".to_owned()),
            signed_in_by: "oidc http://127.0.0.1:1/".to_owned(),
            purposes: purpose.map(|purpose| (self.patient, purpose)).into_iter().collect(),
            ..person(account, name)
        }
    }

    /// The same clinician as somebody of another organization.
    pub fn at(&self, organization: OrganizationId, visitor: &Visitor) -> Visitor {
        let Actor::Clinician { account, profession, .. } = visitor.actor.clone() else { panic!("a clinician") };
        Visitor { actor: Actor::Clinician { account, organization, profession }, ..visitor.clone() }
    }

    /// A clinician has proved at their provider, at this sign-in, who they are.
    pub async fn prove(&self, visitor: &Visitor) {
        sqlx::query("update clinician set proven_at = $2 where account_id = $1")
            .bind(visitor.actor.account().0)
            .bind(visitor.signed_in_at)
            .execute(&self.superuser)
            .await
            .unwrap();
    }

    /// A checked draft of a grant of results to the doctor.
    pub async fn draft(&self, purpose: Purpose) -> NewGrant {
        let draft = Draft {
            purpose: Some(purpose),
            purpose_text: "in my words".to_owned(),
            categories: Categories::NONE.with(Category::Results),
            ..Draft::default()
        };
        let id = self.portal.begin_draft(&self.ines(), draft).await.unwrap();
        let kept = self.portal.draft(&self.ines(), id).await.unwrap();
        NewGrant {
            draft: id,
            grantee: Grantee::Clinician { account: self.doctor, organization: self.organization },
            terms: kept.draft.terms(kept.today).unwrap(),
            sentence: sentence(),
        }
    }

    /// Gives the doctor the results for 30 days.
    pub async fn give(&self, purpose: Purpose) -> GrantId {
        self.portal.give_grant(&self.ines(), self.draft(purpose).await).await.unwrap()
    }

    /// Somebody who helps Ines from now on, with what a draft says.
    pub async fn carer(&self, draft: Draft) -> (Visitor, GrantId) {
        let (ines, carer) = (self.ines(), self.stranger().await);
        let draft = Draft { recipient: Some(Recipient::CarerCode), ..draft };
        let id = self.portal.begin_draft(&ines, draft).await.unwrap();
        let kept = self.portal.draft(&ines, id).await.unwrap();
        let made = self.portal.make_code(&ines, id, kept.draft.terms(kept.today).unwrap(), sentence()).await.unwrap();
        let code = self.portal.codes(&ines).await.unwrap().view.into_iter().find(|code| code.id == made).unwrap();
        let CodeState::Waiting(typed) = code.state else { panic!("{code:?}") };
        self.portal.redeem_code(&carer, &typed).await.unwrap();
        let grant = self.portal.confirm_code(&ines, made, carer.actor.account(), sentence()).await.unwrap();
        (carer, grant)
    }

    /// Tries to write a share as the server would, with these settings and, of these columns, one changed; `before` is done first. Nothing
    /// of it stays. What PostgreSQL refuses is its SQLSTATE.
    pub async fn try_share(
        &self,
        settings: &[(&str, String)],
        before: &str,
        columns: &[(&str, &str)],
        changed: (&str, &str),
    ) -> Result<(), String> {
        let columns = columns.iter().map(|(column, value)| if *column == changed.0 { changed } else { (*column, *value) });
        let (names, values): (Vec<_>, Vec<_>) = columns.unzip();
        let statement = format!(
            "insert into access_grant (patient_id, grant_id, lineage_id, sentence, {}) values ('{}', gen_random_uuid(), gen_random_uuid(), 'a', {})",
            names.join(", "),
            self.patient,
            values.join(", ")
        );
        let mut transaction = self.ground.runtime.begin().await.unwrap();
        for (setting, value) in settings {
            sqlx::query("select set_config($1, $2, true)").bind(setting).bind(value).execute(&mut *transaction).await.unwrap();
        }
        sqlx::raw_sql(AssertSqlSafe(before.to_owned())).execute(&mut *transaction).await.unwrap();
        let done = sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await;
        transaction.rollback().await.unwrap();
        done.map(drop).map_err(|cause| cause.as_database_error().and_then(|cause| cause.code()).unwrap_or_default().into_owned())
    }

    /// The settings of an account that passes something on.
    pub fn passing(&self, account: AccountId) -> [(&'static str, String); 3] {
        [("chartkey.account", account.to_string()), ("chartkey.patient", self.patient.to_string()), ("chartkey.task", "pass-on".to_owned())]
    }

    /// The patient's chain, oldest first.
    pub async fn events(&self) -> Vec<Event> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("select bytes from event where chain = $1 order by seq")
            .bind(format!("patient/{}", self.patient))
            .fetch_all(&self.superuser)
            .await
            .unwrap();
        rows.iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect()
    }

    /// What somebody with the database counts.
    pub async fn counted(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.superuser).await.unwrap()
    }

    /// Changes rows as somebody with the database could.
    pub async fn tamper(&self, statement: &str) {
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&self.superuser).await.unwrap();
    }
}

fn person(account: AccountId, name: &str) -> Visitor {
    #[expect(clippy::disallowed_methods, reason = "they have signed in just now, as the database's clock on this machine says too")]
    let signed_in_at = OffsetDateTime::now_utc();
    Visitor {
        actor: Actor::Person { account },
        name: name.to_owned(),
        organization_name: None,
        signed_in_by: "password".to_owned(),
        signed_in_at,
        session_ends_at: signed_in_at + Duration::days(3650),
        purposes: BTreeMap::new(),
    }
}

/// An identifier of nothing.
pub fn nothing() -> Uuid {
    Uuid::from_u128(42)
}
