//! Events in the chains of the access log.

use chartkey_domain::id::AccountId;
use serde_json::{Map, Value};
use sqlx::{Postgres, Transaction};

use crate::error::Error;

/// Appends what happened to an account to its own chain.
pub(crate) async fn account_event(
    transaction: &mut Transaction<'_, Postgres>,
    account: AccountId,
    action: &str,
    facts: &[(&str, &str)],
) -> Result<(), Error> {
    let now = sqlx::query_scalar!(r#"select set_config('chartkey.account', $1, true) || now()::text as "now!""#, account.to_string())
        .fetch_one(&mut **transaction)
        .await?;
    let mut event = Map::from_iter([("action".to_owned(), Value::from(action)), ("at".to_owned(), Value::from(now))]);
    event.extend(facts.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
    let bytes = serde_json_canonicalizer::to_vec(&event).map_err(|cause| Error::Broken { what: cause.to_string() })?;
    sqlx::query!("select gate.append($1, $2)", format!("account/{account}"), bytes).fetch_one(&mut **transaction).await?;
    Ok(())
}

/// Appends what happened to a record as a whole to the patient's chain; `by` is
/// nobody where the operator did it.
pub(crate) async fn patient_event(
    transaction: &mut Transaction<'_, Postgres>,
    patient: chartkey_domain::id::PatientId,
    by: Option<AccountId>,
    action: &str,
) -> Result<(), Error> {
    let now = sqlx::query_scalar!(r#"select set_config('chartkey.patient', $1, true) || now()::text as "now!""#, patient.to_string())
        .fetch_one(&mut **transaction)
        .await?;
    let mut event = Map::from_iter([("action".to_owned(), Value::from(action)), ("at".to_owned(), Value::from(now))]);
    if let Some(by) = by {
        event.insert("account".to_owned(), Value::from(by.to_string()));
    }
    let bytes = serde_json_canonicalizer::to_vec(&event).map_err(|cause| Error::Broken { what: cause.to_string() })?;
    sqlx::query!("select gate.append($1, $2)", format!("patient/{patient}"), bytes).fetch_one(&mut **transaction).await?;
    Ok(())
}

/// Appends what the operator did to the system's chain.
pub(crate) async fn system_event(transaction: &mut Transaction<'_, Postgres>, action: &str, facts: &[(&str, &str)]) -> Result<(), Error> {
    let now = sqlx::query_scalar!(r#"select now()::text as "now!""#).fetch_one(&mut **transaction).await?;
    let mut event = Map::from_iter([("action".to_owned(), Value::from(action)), ("at".to_owned(), Value::from(now))]);
    event.extend(facts.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
    let bytes = serde_json_canonicalizer::to_vec(&event).map_err(|cause| Error::Broken { what: cause.to_string() })?;
    sqlx::query!("select gate.append('system', $1)", bytes).fetch_one(&mut **transaction).await?;
    Ok(())
}
