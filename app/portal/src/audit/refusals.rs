//! Refusals, told to the patient once an hour.
//!
//! A refusal is written to the system chain, with the same work for a record that
//! exists and one that does not. Only here, apart from any request, it is looked up
//! whose record was asked for; each patient gets one line for each who asked.

use std::collections::BTreeMap;

use chartkey_domain::id::PatientId;
use sqlx::{PgConnection, types::Json};

use super::{Chain, Event, What, Who, Why, append};
use crate::{Error, Portal, pool::detached};

/// The action of the event in the system chain that says how far refusals were told.
const TOLD: &str = "refusals-told";

impl Portal {
    /// Tells patients of refusals since the last time, if that was an hour ago or
    /// more. Returns how many lines were written. Running it twice tells once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_refusals(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let entered = sqlx::query!(
                r#"select set_config('chartkey.task', 'operator', true) as "task!", now() as "at!",
                    pg_try_advisory_xact_lock(hashtextextended('tell refusals', 0)) as "alone!""#
            )
            .fetch_one(&mut *transaction)
            .await?;
            let last = last(&mut transaction).await?;
            let recent = last.as_ref().is_some_and(|(_, event)| entered.at - event.at < time::Duration::HOUR);
            if !entered.alone || recent {
                return Ok(0);
            }
            let (asked, seq) = asked(&mut transaction, last.map_or(0, |(seq, _)| seq)).await?;
            let Some(seq) = seq else { return Ok(0) };
            let told = asked.len();
            for ((patient, _), (who, count)) in asked {
                sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut *transaction).await?;
                let what = What { action: "refused".to_owned(), items: count, ..What::default() };
                append(&mut transaction, Chain::Patient(patient), &Event { at: entered.at, who, what, why: Why::Refused }).await?;
            }
            let what = What { action: TOLD.to_owned(), text: Some(seq.to_string()), ..What::default() };
            let why = Why::Operator { reason: "every hour".to_owned() };
            append(&mut transaction, Chain::System, &Event { at: entered.at, who: Who::worker(), what, why }).await?;
            transaction.commit().await?;
            Ok(told)
        })
        .await
    }
}

/// The last telling: up to which place, and its event.
async fn last(connection: &mut PgConnection) -> Result<Option<(i64, Event)>, Error> {
    let event = sqlx::query_scalar!(
        r#"select convert_from(bytes, 'UTF8')::jsonb as "event!: Json<Event>" from event
        where chain = 'system' and convert_from(bytes, 'UTF8')::jsonb -> 'what' ->> 'action' = $1
        order by seq desc limit 1"#,
        TOLD
    )
    .fetch_optional(connection)
    .await?;
    Ok(event.and_then(|Json(event)| Some((event.what.text.as_ref()?.parse().ok()?, event))))
}

/// Whose records were asked for by whom, how often, in the order of the chains; and
/// the place of the last refusal.
type Asked = BTreeMap<(PatientId, String), (Who, u32)>;

async fn asked(connection: &mut PgConnection, after: i64) -> Result<(Asked, Option<i64>), Error> {
    let rows = sqlx::query!(
        r#"select e.seq, convert_from(e.bytes, 'UTF8')::jsonb as "event!: Json<Event>"
        from event e
        join patient p on p.patient_id = (convert_from(e.bytes, 'UTF8')::jsonb -> 'what' ->> 'patient')::uuid
        where e.chain = 'system' and e.seq > $1 and convert_from(e.bytes, 'UTF8')::jsonb -> 'why' ->> 'kind' = 'refused'
        order by e.seq limit 10000"#,
        after
    )
    .fetch_all(connection)
    .await?;
    let last = rows.last().map(|row| row.seq);
    let mut asked = Asked::new();
    for row in rows {
        let Json(event) = row.event;
        let Some(patient) = event.what.patient else { continue };
        let by = event.who.account.map(|account| account.to_string()).unwrap_or_default();
        asked.entry((patient, by)).or_insert((event.who, 0)).1 += 1;
    }
    Ok((asked, last))
}
