//! A record that somebody holds and a doctor may see parts of: what the tests of searching are about.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::collections::BTreeMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    category::Categories,
    grant::Purpose,
    id::{AccountId, OrganizationId, PatientId},
    lens::Lens,
};
use chartkey_portal::{
    Portal,
    import::{self, ImportOptions},
    search::{Looked, Search, Window, lens::Because},
    secrets::Pepper,
    sessions::{NewSession, SessionKey},
};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    files::{bundle, take},
    harness::Ground,
};

/// The record, who holds it and the doctor.
pub struct House {
    pub ground: Ground,
    pub portal: Portal,
    pub patient: PatientId,
    pub holder: Visitor,
    pub doctor: Visitor,
}

fn visitor(actor: Actor, now: OffsetDateTime) -> Visitor {
    Visitor {
        actor,
        name: "Somebody".to_owned(),
        organization_name: None,
        signed_in_by: "password".to_owned(),
        signed_in_at: now,
        session_ends_at: now + Duration::days(1),
        purposes: BTreeMap::new(),
    }
}

impl House {
    pub async fn build(options: PgConnectOptions) -> Self {
        let ground = Ground::lay(options).await;
        let portal = Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap();
        let now: OffsetDateTime = sqlx::query_scalar("select clock_timestamp()").fetch_one(&ground.superuser).await.unwrap();
        let holder = visitor(Actor::Person { account: AccountId(ground.person("Holder").await) }, now);
        let organization = ground.organization("northfield").await;
        let account = AccountId(ground.clinician(organization, "Dr Lee", "physician").await);
        let doctor = Actor::Clinician { account, organization: OrganizationId(organization), profession: "physician".to_owned() };
        Self { patient: PatientId(Uuid::nil()), holder, doctor: visitor(doctor, now), ground, portal }
    }

    pub async fn with(mut self, file: impl std::io::Read) -> Self {
        let mut connection = self.ground.runtime.acquire().await.unwrap();
        let report = import::run(&mut connection, file, &ImportOptions::new("clinic", "test"), |_| {}).await.unwrap();
        self.patient = report.patients[0];
        self.ground.hold(self.patient.0, self.holder.actor.account().0).await;
        self.doctor.purposes.insert(self.patient, Purpose::Treatment);
        self
    }

    /// Gives the doctor these categories, with these labels.
    pub async fn give(&self, categories: Categories, labels: i16) {
        sqlx::query("delete from access_grant").execute(&self.ground.superuser).await.unwrap();
        let Actor::Clinician { account, organization, .. } = &self.doctor.actor else { unreachable!() };
        sqlx::query(
            "insert into access_grant (patient_id, lineage_id, grantee_account_id, organization_id, purpose, categories, labels, sentence)
             values ($1, gen_random_uuid(), $2, $3, 'treatment', $4, $5, 'A share.')",
        )
        .bind(self.patient.0)
        .bind(account.0)
        .bind(organization.0)
        .bind(categories.bits())
        .bind(labels)
        .execute(&self.ground.superuser)
        .await
        .unwrap();
    }

    /// What the page of a search shows.
    pub async fn found(&self, visitor: &Visitor, words: &str) -> Search {
        let key = self.session(visitor, &Uuid::new_v4().to_string()).await;
        let search = self.portal.begin_search(visitor, key.clone(), self.patient, words).await.unwrap();
        match self.portal.search(visitor, &key, self.patient, search, Window::Few).await.unwrap().view {
            Looked::Words(search) => search,
            Looked::Lens(lens, _) => panic!("{}", lens.slug),
        }
    }

    /// What the page of a lens shows: the titles, each with the reason.
    pub async fn belongs(&self, visitor: &Visitor, slug: &str) -> Vec<(String, Because)> {
        let key = self.session(visitor, &Uuid::new_v4().to_string()).await;
        let search = self.portal.begin_lens(visitor, key.clone(), self.patient, Lens::from_slug(slug).unwrap()).await.unwrap();
        match self.portal.search(visitor, &key, self.patient, search, Window::Few).await.unwrap().view {
            Looked::Lens(lens, seen) if lens.slug == slug => {
                seen.groups.into_iter().flat_map(|group| group.rows).map(|(entry, because)| (entry.title, because)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    pub async fn take(&self, resources: &[&str]) {
        let mut connection = self.ground.runtime.acquire().await.unwrap();
        take(&mut connection, "clinic", bundle(resources).as_bytes()).await.unwrap();
    }

    /// Every text with where it stands, for comparing.
    pub async fn written(&self) -> String {
        let written = "select string_agg(t.text, ' ' order by t.text) from (
            select p.phrase_id::text as text, p.patient_id from phrase p
            union all select i.item_id || ' ' || concat(i.shown_id, i.kept_id), i.patient_id from item i
            union all select a.item_id || ' ' || concat(a.shown_id, a.kept_id), a.patient_id from attachment a) t
            where t.patient_id in (select patient_id from subject)";
        sqlx::query_scalar(written).fetch_one(&self.ground.superuser).await.unwrap()
    }

    /// Makes all records such as another version of the words, or none, has left them.
    pub async fn forget(&self) {
        for statement in [
            "update item set shown_id = null, kept_id = null",
            "update attachment set shown_id = null, kept_id = null",
            "delete from phrase",
            "update patient set phrased_by = 0",
        ] {
            sqlx::query(statement).execute(&self.ground.superuser).await.unwrap();
        }
    }

    /// Reads them again, as the worker does; how many could not be read.
    pub async fn read_again(&self) -> usize {
        let (mut last, mut failed) = (None, 0);
        while let Some((patient, read)) = self.portal.phrase_next(last).await.unwrap() {
            last = Some(patient);
            failed += usize::from(read.is_err());
        }
        failed
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.ground.superuser).await.unwrap()
    }

    pub async fn session(&self, visitor: &Visitor, cookie: &str) -> SessionKey {
        let key = SessionKey::of(cookie);
        let session = NewSession {
            account: visitor.actor.account(),
            signed_in_at: visitor.signed_in_at,
            data: json!({}),
            device: Default::default(),
            idle: Duration::minutes(30),
            absolute: Duration::hours(12),
        };
        self.portal.begin_session(key.clone(), session).await.unwrap();
        key
    }
}
