//! What a run reads: a record, and two people who are signed in.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

/// How many results the patient has.
pub const RESULTS: i32 = 10_000;
/// The version of the label table that items have to be labelled by.
pub const LABEL_TABLE: i16 = chartkey_portal::LABEL_TABLE_VERSION;

/// One patient with results in reports of five, two years of them, and what else
/// a record of that size would hold.
///
/// # Errors
/// A database that is not empty, or not migrated.
pub async fn lay_record(connection: &mut PgConnection) -> Result<Uuid> {
    let patient = Uuid::from_u128(0xbe9c);
    for statement in [
        "insert into source values ('00000000-0000-0000-0000-000000000001', 'Eastbrook Laboratory')",
        "insert into patient (patient_id, full_name, birth_date, sex) values ($1, 'Ines Okonjo-Marsh', '1961-03-14', 'female')",
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision,
                title, value_text, value_num, unit, range_low, range_high, interpretation, series, report_id, author, place, added_at, status)
         select $1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Observation', n::text, case when n % 10 = 0 then 7 else 6 end, 1,
                LABELS, at, at, 4, 'Creatinine [Mass/volume] in Serum or Plasma ' || n % 40, '1.' || n % 100, 1 + (n % 100) / 100.0, 'mg/dL',
                0.6, 1.3, case when n % 7 = 0 then 'H' else 'N' end, md5('creatinine ' || n % 40)::uuid::text,
                md5((n / 5)::text)::uuid, 'Dr Samuel Adeyemi', 'Larkspur Practice', at, 'final'
         from generate_series(1, RESULTS) n, lateral (select now() - make_interval(mins => n * 100) as at) t",
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision,
                title, author, place, added_at, status)
         select $1, md5((n)::text)::uuid, '00000000-0000-0000-0000-000000000001', 'DiagnosticReport', 'r' || n, 6, 1, LABELS, at, at, 4,
                'Kidney function ' || n % 8, 'Dr Samuel Adeyemi', 'Larkspur Practice', at, 'final'
         from generate_series(0, RESULTS / 5) n, lateral (select now() - make_interval(mins => n * 500) as at) t",
    ] {
        let statement = statement.replace("LABELS", &LABEL_TABLE.to_string()).replace("RESULTS", &RESULTS.to_string());
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.clone()));
        if statement.contains("$1") {
            query = query.bind(patient);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(patient)
}

/// Signs somebody in without the pages: the patient, or a physician with a grant
/// for results and vital signs. Returns the cookie.
pub(crate) async fn session(connection: &mut PgConnection, patient: Uuid, clinician: bool) -> Result<String> {
    let account: Uuid = if clinician {
        sqlx::query_scalar(
            r#"with o as (insert into organization (slug, name, issuer, client_id, professions)
                    values ('northfield', 'Northfield Heart Clinic', 'http://127.0.0.1:1', 'chartkey', '{"physician": "physician"}') returning organization_id),
                a as (insert into account (kind, display_name) values ('clinician', 'Dr Hana Lindqvist') returning account_id),
                c as (insert into clinician (account_id, organization_id, issuer, subject, profession)
                    select account_id, organization_id, 'http://127.0.0.1:1', 'hana', 'physician' from a, o),
                g as (insert into access_grant (patient_id, lineage_id, grantee_account_id, organization_id, purpose, categories, ends_at, sentence)
                    select $1, gen_random_uuid(), account_id, organization_id, 'treatment', (1 << 6) | (1 << 7), now() + interval '30 days',
                        '**Dr Hana Lindqvist** can see your **results and vital signs**.' from a, o)
               select account_id from a"#,
        )
        .bind(patient)
        .fetch_one(&mut *connection)
        .await?
    } else {
        sqlx::query_scalar(
            "with a as (insert into account (kind, display_name, email, password_hash) values ('person', 'Ines Okonjo-Marsh', $1::uuid::text || '@example.org', 'none') returning account_id),
                h as (insert into patient_holder (patient_id, account_id) select $1, account_id from a)
             select account_id from a",
        )
        .bind(patient)
        .fetch_one(&mut *connection)
        .await?
    };
    let organization: Option<Uuid> = sqlx::query_scalar("select organization_id from clinician where account_id = $1")
        .bind(account)
        .fetch_optional(&mut *connection)
        .await?;
    let actor = match organization {
        None => serde_json::json!({ "Person": { "account": account } }),
        Some(organization) => {
            serde_json::json!({ "Clinician": { "account": account, "organization": organization, "profession": "physician" } })
        }
    };
    let kept = serde_json::json!({
        "signed_in": { "actor": actor, "name": "Somebody", "organization_name": organization.map(|_| "Northfield Heart Clinic"),
            "signed_in_by": "bench", "at": "2026-01-01T00:00:00Z" },
        "record": (!clinician).then_some(patient), "purposes": if clinician { serde_json::json!({ patient.to_string(): "treatment" }) } else { serde_json::json!({}) },
    });
    let id = tower_sessions::session::Id::default().to_string();
    sqlx::query(
        "insert into session (session_key, account_id, data, signed_in_at, idle_until, ends_at) values ($1, $2, $3, now(), now() + interval '8 hours', now() + interval '8 hours')",
    )
    .bind(Sha256::digest(&id).as_slice())
    .bind(account)
    .bind(kept)
    .execute(connection)
    .await?;
    Ok(format!("chartkey={id}"))
}

/// So many sessions more, of the same account as the one of this cookie.
pub(crate) async fn sessions_beside(connection: &mut PgConnection, cookie: &str, count: usize) -> Result<Vec<String>> {
    let (name, id) = cookie.split_once('=').context("a cookie has a name")?;
    let ids: Vec<String> = (0..count).map(|_| tower_sessions::session::Id::default().to_string()).collect();
    let keys: Vec<Vec<u8>> = ids.iter().map(|id| Sha256::digest(id).to_vec()).collect();
    sqlx::query(
        "insert into session (session_key, account_id, data, signed_in_at, idle_until, ends_at)
         select key, account_id, data, signed_in_at, idle_until, ends_at from session, unnest($2::bytea[]) key where session_key = $1",
    )
    .bind(Sha256::digest(id).as_slice())
    .bind(keys)
    .execute(connection)
    .await?;
    Ok(ids.iter().map(|id| format!("{name}={id}")).collect())
}
