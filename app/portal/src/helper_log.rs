//! The log of a record as somebody who helps reads it: what they did themselves, and looks of others at nothing but what they
//! may see too. What is not on it leaves no gap: no count, no place in the chain, no digest.

use chartkey_domain::{
    account::{Actor, Visitor},
    id::PatientId,
    label::Labels,
};
use serde::Deserialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::{Chain, Event, Shown, Who, Why},
    fhir::labels::of_words,
};

/// Entries on one page; more where the last of them were at one moment.
pub const ENTRIES: usize = 40;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: OffsetDateTime,
    /// Whether it is the reader's own.
    pub is_yours: bool,
    /// What.
    pub did: Did,
}

/// Who did what, as far as somebody who helps learns it: what others were given is between them and the patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Did {
    /// Who.
    pub who: Who,
    /// A stable word, as [`crate::audit::What`] has it.
    pub action: String,
    /// The page, or what was done there.
    pub page: Option<String>,
    /// The categories of what was shown, by slug.
    pub categories: Vec<String>,
    /// Whether the record was open to them in an emergency.
    pub is_emergency: bool,
}

/// A page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelperLog {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// What came before this time is on the next page, if there is one.
    pub older: Option<OffsetDateTime>,
}

impl Portal {
    /// What came before `before`, or the newest.
    ///
    /// # Errors
    /// [`Error::NotFound`] for everybody who does not help: the patient's is [`Self::activity`], and a clinician has none.
    pub async fn helper_log(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        before: Option<OffsetDateTime>,
    ) -> Result<Opened<HelperLog>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if record.is_own() || !matches!(visitor.actor, Actor::Person { .. }) {
            return record.refuse().await;
        }
        sqlx::query!("select set_config('chartkey.task', 'helper-log', true)").fetch_one(record.connection()).await?;
        let rows = sqlx::query!(
            r#"select at, account_id, entry as "did: Json<Did>" from (
                select at, seq, account_id, entry from helper_log where patient_id = $1 and at < coalesce($2::timestamptz, 'infinity')
                order by at desc fetch first $3 rows with ties
            ) page order by at desc, seq desc"#,
            patient.0,
            before,
            i64::try_from(ENTRIES).map_err(Error::internal)?
        )
        .fetch_all(record.connection())
        .await?;
        let last = rows.last().map(|row| row.at).filter(|_| rows.len() >= ENTRIES);
        let older = match last {
            Some(last) => {
                let is_more = sqlx::query_scalar!(
                    r#"select exists (select from helper_log where patient_id = $1 and at < $2) as "is!""#,
                    patient.0,
                    last
                );
                is_more.fetch_one(record.connection()).await?.then_some(last)
            }
            None => None,
        };
        sqlx::query!("select set_config('chartkey.task', '', true)").fetch_one(record.connection()).await?;
        let own = visitor.actor.account().0;
        let entries = rows.into_iter().map(|row| Entry { at: row.at, is_yours: row.account_id == own, did: row.did.0 }).collect();
        record.close("activity", Shown::default(), HelperLog { entries, older }).await
    }

    /// Forgets what is older than two years. Returns how many entries.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_helper_logs(&self) -> Result<u64, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'worker', true)").fetch_one(&mut *transaction).await?;
        let forgotten = sqlx::query!("delete from helper_log where at < now() - interval '2 years'");
        let forgotten = forgotten.execute(&mut *transaction).await?.rows_affected();
        transaction.commit().await?;
        Ok(forgotten)
    }
}

/// What an event leaves for those who help.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// The items that it has shown; none where nobody but who did it reads of it.
    pub(crate) items: Vec<Uuid>,
    /// The sensitive labels that the profession and the organization suggest, as bits.
    pub(crate) said: i16,
}

/// What others read of, where they may see it too: looks, and nothing of what was written, asked or answered.
const LOOKS: [&str; 2] = ["read", "export"];

/// What else is done by whoever is going to help.
const BEGINNINGS: [&str; 2] = ["code-redeemed", "carer-registered"];

/// What an event leaves for those who help: looks through a share, and all that somebody does who helps.
pub(crate) fn left_by(chain: Chain, Event { who, what, why, .. }: &Event) -> Option<Left> {
    let Chain::Patient(_) = chain else { return None };
    let is_look = LOOKS.contains(&what.action.as_str());
    let items: Vec<_> = what.shown.iter().filter(|_| is_look).map(|item| item.0).collect();
    let is_through_a_share = matches!(why, Why::Grant { .. });
    let is_by_a_helper = who.is_person() && (is_through_a_share || BEGINNINGS.contains(&what.action.as_str()));
    if !is_by_a_helper && (items.is_empty() || !is_through_a_share) {
        return None;
    }
    let door = [who.profession.as_deref(), who.organization.as_deref()].into_iter().flatten();
    let said = door.map(of_words).fold(Labels::NONE, Labels::union);
    Some(Left { items, said: i16::from(said.bits()) })
}

#[cfg(test)]
mod tests {
    use chartkey_domain::{category::Category, id::ItemId};

    use super::*;

    fn left(action: &str, organization: &str, why: Why) -> Option<Left> {
        let mut shown = Shown::default();
        shown.add(ItemId(Uuid::from_u128(1)), Category::Results);
        let who = Who { kind: "clinician".to_owned(), organization: Some(organization.to_owned()), ..Who::nobody() };
        let event = Event { at: OffsetDateTime::UNIX_EPOCH, who, what: shown.what(action, "results"), why };
        left_by(Chain::Patient(PatientId(Uuid::from_u128(2))), &event)
    }

    #[test]
    fn looks_are_left_and_nothing_else_of_others() {
        let share = || Why::Grant { purpose: None, grants: Vec::new(), emergency: None };
        let items = vec![Uuid::from_u128(1)];
        assert_eq!(left("read", "Northfield", share()), Some(Left { items: items.clone(), said: 0 }));
        assert_eq!(left("correction-answered", "Northfield", share()), None);
        assert_eq!(left("read", "Northfield", Why::Own), None, "the patient's own");
        let clinic = left("read", "Northfield HIV clinic", share()).unwrap();
        assert!(clinic.items == items && clinic.said != 0, "{clinic:?}");
    }
}
