//! Whether anything was changed, counted by PostgreSQL as it happens.

use sqlx::{AssertSqlSafe, PgPool};

use super::world::World;

/// What is of a record and its sharing.
const RECORD: &[&str] = &[
    "access_grant",
    "grant_item",
    "grant_event",
    "exclusion",
    "lowering",
    "block",
    "grant_code",
    "access_request",
    "access_request_message",
    "share_name",
    "waiting_kind",
    "upload",
    "item_again",
    "item_version",
    "delivery",
    "upload_piece",
    "emergency_review",
    "correction",
    "correction_message",
    "emergency_plan",
    "emergency_look",
    "asks_first",
    "incapacity_plan",
    "incapacity_statement",
    "death_report",
    "patient_holder",
    "claim_code",
    "item",
    "import",
];

/// What stands beside it.
const AROUND: &[&str] = &[
    "birthday_told",
    "ending_told",
    "draft",
    "admission",
    "practice_request",
    "account",
    "second_factor",
    "passkey",
    "untold",
    "recovery_code",
    "factor_loss",
];

/// Every committed change of a row is a number from now on; one that leaves the row as it was is none.
pub async fn watch(superuser: &PgPool) {
    let mut statements = vec![
        "create schema watched".to_owned(),
        "create table watched.change (number bigint generated always as identity, is_record boolean not null)".to_owned(),
        "create index on watched.change (is_record, number)".to_owned(),
        "create function watched.note() returns trigger language plpgsql security definer set search_path = pg_catalog as
         $$ begin insert into watched.change (is_record) values (tg_argv[0]::boolean); return null; end $$"
            .to_owned(),
    ];
    for (table, is_record) in RECORD.iter().map(|table| (table, true)).chain(AROUND.iter().map(|table| (table, false))) {
        statements.push(format!(
            "create trigger watched after insert or delete on {table} for each row execute function watched.note('{is_record}')"
        ));
        statements.push(format!(
            "create trigger watched_update after update on {table} for each row when (old.* is distinct from new.*)
             execute function watched.note('{is_record}')"
        ));
    }
    sqlx::raw_sql(AssertSqlSafe(statements.join(";"))).execute(superuser).await.unwrap();
}

/// The last change so far, of a record and of what stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    pub of_records: i64,
    around: i64,
}

impl World {
    /// Of everything about sharing, holding and signing in, and every item.
    pub async fn changes(&self) -> Changes {
        let last = "select coalesce((select max(number) from watched.change where is_record), 0),
                           coalesce((select max(number) from watched.change where not is_record), 0)";
        let (of_records, around) = sqlx::query_as(last).fetch_one(&self.house.superuser).await.unwrap();
        Changes { of_records, around }
    }
}
