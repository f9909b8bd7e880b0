//! Whose record was opened by whom, between two moments: what an operator answers
//! when somebody asks, without opening a record themselves.

use std::collections::BTreeMap;

use chartkey_domain::id::{AccountId, PatientId};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

use super::{Chain, Event, What, Who, Why, append};
use crate::{Error, Portal, pool::detached};

/// What one visitor did with one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Looks {
    /// The record.
    pub patient: PatientId,
    /// `person`, `clinician` or `operator`.
    pub kind: String,
    /// The account; an operator has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Their name, as it was at the last look.
    pub name: String,
    /// The organization that vouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The kind of [`Why`] it was allowed for, as its event has it: `own`, `grant`, `operator` …
    pub why: String,
    /// What was done, and how often.
    pub actions: BTreeMap<String, u64>,
    /// The first of them.
    #[serde(with = "time::serde::rfc3339")]
    pub first: OffsetDateTime,
    /// The last of them.
    #[serde(with = "time::serde::rfc3339")]
    pub last: OffsetDateTime,
}

/// The parts of an event that the report is about.
#[derive(Deserialize)]
struct Line {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    who: Who,
    what: Action,
    why: Reason,
}

#[derive(Deserialize)]
struct Action {
    action: String,
}

/// Of why it was allowed, its kind alone ([`Why`]).
#[derive(Deserialize)]
struct Reason {
    kind: String,
}

type Key = (PatientId, String, Option<AccountId>, String);

impl Portal {
    /// What was done with records at or after `from` and before `to`, by record and
    /// visitor. It rests on the bytes that the chains hash, not on columns beside them.
    /// That it was asked, and why, is an event of the system chain, written first.
    ///
    /// # Errors
    /// [`Error::Internal`] where an event cannot be read: `verify-log` says which.
    pub async fn report(&self, from: OffsetDateTime, to: OffsetDateTime, reason: &str) -> Result<Vec<Looks>, Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            portal.note_report(from, to, reason).await?;
            portal.count_looks(from, to).await
        })
        .await
    }

    async fn note_report(&self, from: OffsetDateTime, to: OffsetDateTime, reason: String) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        let at = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(&mut *transaction).await?;
        let what = What { action: "reported".to_owned(), text: Some(format!("{from} to {to}")), ..What::default() };
        let event = Event { at, who: self.who(), what, why: Why::Operator { reason } };
        append(&mut transaction, Chain::System, &event).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn count_looks(&self, from: OffsetDateTime, to: OffsetDateTime) -> Result<Vec<Looks>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
        let mut found: BTreeMap<Key, Looks> = BTreeMap::new();
        {
            // An event begins with its moment, to the second in 19 letters: RFC 8785 sorts the keys.
            let mut lines = sqlx::query!(
                r#"select chain, bytes from event
                where chain like 'patient/%' and encode(substring(bytes from 8 for 19), 'escape') between $1 and $2"#,
                second(from),
                second(to)
            )
            .fetch(&mut *transaction);
            while let Some(line) = lines.try_next().await? {
                let unread = |cause: serde_json::Error| Error::internal(format!("an event of {} cannot be read: {cause}", line.chain));
                let Line { at, who, what, why } = serde_json::from_slice(&line.bytes).map_err(unread)?;
                let patient = line.chain.strip_prefix("patient/").and_then(|patient| patient.parse().ok());
                if let Some(patient) = patient.filter(|_| (from..to).contains(&at)) {
                    note(&mut found, patient, at, who, what.action, why.kind);
                }
            }
        }
        transaction.rollback().await?;
        Ok(found.into_values().collect())
    }
}

fn note(found: &mut BTreeMap<Key, Looks>, patient: PatientId, at: OffsetDateTime, who: Who, action: String, why: String) {
    let name = if who.account.is_none() { who.name.clone() } else { String::new() };
    let looks = found.entry((patient, format!("{} {name}", who.kind), who.account, why.clone())).or_insert_with(|| Looks {
        patient,
        kind: who.kind.clone(),
        account: who.account,
        name: who.name.clone(),
        organization: who.organization.clone(),
        why,
        actions: BTreeMap::new(),
        first: at,
        last: at,
    });
    *looks.actions.entry(action).or_default() += 1;
    looks.first = looks.first.min(at);
    if at >= looks.last {
        (looks.last, looks.name, looks.organization) = (at, who.name, who.organization);
    }
}

/// `2026-11-25T08:30:00`, as an event begins.
pub(crate) fn second(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", at.year(), u8::from(at.month()), at.day(), at.hour(), at.minute(), at.second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn an_event_begins_with_the_second_that_the_report_looks_for() {
        let at = datetime!(2026-11-05 07:03:09.12 +2);
        let event = Event { at: at.to_offset(UtcOffset::UTC), who: Who::nobody(), what: What::default(), why: Why::Own };
        let bytes = serde_json_canonicalizer::to_vec(&event).unwrap();
        assert_eq!(bytes.get(7..26), Some(second(at).as_bytes()));
    }
}
