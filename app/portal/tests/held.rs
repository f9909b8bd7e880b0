//! Row security holds the role that the server works as, on every table.

mod harness;

use harness::{Ground, is_held_by_row_security};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

#[sqlx::test(migrations = "../../migrations")]
async fn the_harness_refuses_a_superuser(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let refusal = is_held_by_row_security(&ground.superuser).await.unwrap_err();
    assert!(refusal.contains("goes round row security"), "{refusal}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_table_with_a_patient_is_under_forced_row_security(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let open: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)
           and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('patient_id', 'bytes'))",
    )
    .fetch_all(&ground.superuser)
    .await
    .unwrap();
    assert_eq!(open, Vec::<String>::new());
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_but_the_owner_can_change_or_remove_an_event(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    sqlx::query("select gate.append('system', '{}')").execute(&ground.runtime).await.unwrap();
    for statement in ["update event set bytes = ''", "delete from event", "truncate event"] {
        let refusal = sqlx::query(statement).execute(&ground.runtime).await.unwrap_err();
        assert!(refusal.to_string().contains("permission denied"), "{statement}: {refusal}");
    }
}
