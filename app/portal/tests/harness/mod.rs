//! The ground of every test against PostgreSQL: a database of its own, two
//! pools, and the proof that the portal's pool cannot go round row security.
//!
//! `#[sqlx::test]` hands out the cluster's superuser, who would bypass every
//! policy: a test takes the two-argument form and lays its ground with
//! [`Ground::lay`].

#![allow(dead_code, reason = "each test binary uses its own part of the harness")]

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

/// A test's database.
pub struct Ground {
    /// As the superuser: lays out rows and tampers with them.
    pub superuser: PgPool,
    /// As the server works: `chartkey_runtime`.
    pub runtime: PgPool,
}

impl Ground {
    /// Connects as both, and asserts that the runtime role sees nothing unless
    /// a decision has been told to PostgreSQL.
    pub async fn lay(options: PgConnectOptions) -> Self {
        let superuser = PgPoolOptions::new().max_connections(4).connect_with(options.clone()).await.unwrap();
        let runtime = PgPoolOptions::new().max_connections(8).connect_with(options.username("chartkey_runtime")).await.unwrap();
        let ground = Self { superuser, runtime };
        let patient = ground.patient("Nobody").await;
        ground.item(patient, 6, "A result nobody may see").await;
        is_held_by_row_security(&ground.runtime).await.unwrap();
        ground
    }

    /// Lays out a patient of the source `test`.
    pub async fn patient(&self, name: &str) -> Uuid {
        sqlx::query_scalar(
            "with s as (insert into source values ('00000000-0000-0000-0000-000000000001', 'test') on conflict do nothing)
             insert into patient (patient_id, full_name, birth_date) values (gen_random_uuid(), $1, '1961-03-14') returning patient_id",
        )
        .bind(name)
        .fetch_one(&self.superuser)
        .await
        .unwrap()
    }

    /// Lays out one item of a category, without labels, of today.
    pub async fn item(&self, patient: Uuid, category: i16, title: &str) -> Uuid {
        sqlx::query_scalar(
            "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at,
                               precision, title, added_at)
             values ($1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Observation', gen_random_uuid()::text, $2, 1, $3,
                     now(), now(), 4, $4, now())
             returning item_id",
        )
        .bind(patient)
        .bind(category)
        .bind(chartkey_portal::LABEL_TABLE_VERSION)
        .bind(title)
        .fetch_one(&self.superuser)
        .await
        .unwrap()
    }

    /// Lays out a person's account; the password cannot be used.
    pub async fn person(&self, name: &str) -> Uuid {
        sqlx::query_scalar(
            "insert into account (kind, display_name, email, password_hash)
             values ('person', $1, gen_random_uuid() || '@example.org', 'none') returning account_id",
        )
        .bind(name)
        .fetch_one(&self.superuser)
        .await
        .unwrap()
    }

    /// Makes a record an account's own.
    pub async fn hold(&self, patient: Uuid, account: Uuid) {
        sqlx::query("insert into patient_holder (patient_id, account_id) values ($1, $2)")
            .bind(patient)
            .bind(account)
            .execute(&self.superuser)
            .await
            .unwrap();
    }

    /// Lays out an organization that admits physicians and nurses.
    pub async fn organization(&self, slug: &str) -> Uuid {
        sqlx::query_scalar(
            r#"insert into organization (slug, name, issuer, client_id, professions)
               values ($1, $1, 'http://127.0.0.1:1/' || $1, 'chartkey', '{"physician": "physician", "nurse": "nurse"}') returning organization_id"#,
        )
        .bind(slug)
        .fetch_one(&self.superuser)
        .await
        .unwrap()
    }

    /// Lays out a clinician of an organization.
    pub async fn clinician(&self, organization: Uuid, name: &str, profession: &str) -> Uuid {
        sqlx::query_scalar(
            "with a as (insert into account (kind, display_name) values ('clinician', $2) returning account_id)
             insert into clinician (account_id, organization_id, issuer, subject, profession)
             select account_id, $1, 'http://127.0.0.1:1/', account_id::text, $3 from a returning account_id",
        )
        .bind(organization)
        .bind(name)
        .bind(profession)
        .fetch_one(&self.superuser)
        .await
        .unwrap()
    }
}

/// Whether the pool's role is held by row security: neither superuser nor
/// BYPASSRLS nor the owner, and blind without a decision. There has to be a row
/// that it could see otherwise.
pub async fn is_held_by_row_security(pool: &PgPool) -> Result<(), String> {
    let (name, above): (String, bool) = sqlx::query_as(
        "select current_user::text, rolsuper or rolbypassrls
             or exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_has_role(relowner, 'member'))
         from pg_roles where rolname = current_user",
    )
    .fetch_one(pool)
    .await
    .map_err(|error| error.to_string())?;
    if above {
        return Err(format!("{name} goes round row security: connect as chartkey_runtime"));
    }
    let seen: i64 =
        sqlx::query_scalar("select (select count(*) from item) + (select count(*) from patient) + (select count(*) from item_version)")
            .fetch_one(pool)
            .await
            .map_err(|error| error.to_string())?;
    if seen == 0 { Ok(()) } else { Err(format!("{name} sees {seen} rows without a decision")) }
}
