//! Claiming a record: a code from whoever keeps it, and the birth date.

use chartkey_domain::{
    account::{Actor, Visitor},
    id::{AccountId, PatientId},
};
use sqlx::PgConnection;
use time::Date;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Who, Why},
    pool::detached,
    secrets::{random_code, typed_code},
    sign_in::Subjects,
};

/// Tries in a row, over all codes, that cost an account or an address no wait.
const FREE_TRIES: i64 = 5;
const FREE_FOR_ADDRESS: i64 = 30;

impl Portal {
    /// Makes a code with which the patient claims their record within 14 days. Codes
    /// that were waiting for the same record end. Shown once; only its digest is kept.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such record.
    pub async fn invite(&self, patient: PatientId, reason: &str) -> Result<String, Error> {
        let code = random_code();
        let hash = self.pepper.digest("claim", &typed_code(&code));
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            sqlx::query!(
                "update claim_code set ends_at = now() where patient_id = $1 and claimed_at is null and ends_at > now()",
                patient.0
            )
            .execute(&mut *transaction)
            .await?;
            let made = sqlx::query!(
                "insert into claim_code (patient_id, code_hash, ends_at)
                select patient_id, $2, now() + interval '14 days' from patient where patient_id = $1",
                patient.0,
                hash
            )
            .execute(&mut *transaction)
            .await?;
            if made.rows_affected() == 0 {
                return Err(Error::NotFound);
            }
            note(&mut transaction, patient, portal.who(), "claim-code-made", Why::Operator { reason: reason.clone() }).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await?;
        Ok(code)
    }

    /// The record that an account holds, the first of them, if any.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn held_record(&self, account: AccountId) -> Result<Option<PatientId>, Error> {
        let mut transaction = self.pool.begin().await?;
        audit::enter_account(&mut transaction, account).await?;
        let patient = sqlx::query_scalar!("select patient_id from patient_holder where account_id = $1 order by since limit 1", account.0)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(patient.map(PatientId))
    }

    /// Claims the record that `code` was made for, if the birth date is its patient's.
    /// A code bears five wrong birth dates.
    ///
    /// # Errors
    /// [`Error::NotFound`], the same whether the code is wrong, void, used or ended,
    /// the birth date wrong, the record somebody's already, or the tries too many.
    pub async fn claim(&self, visitor: &Visitor, code: &str, born: Date, address: &str) -> Result<PatientId, Error> {
        let Actor::Person { account } = visitor.actor else { return Err(Error::NotFound) };
        let (portal, who) = (self.clone(), Who::from(visitor));
        let hash = self.pepper.digest("claim", &typed_code(code));
        let subjects = Subjects {
            account: (self.pepper.digest("claim", &account.to_string()), FREE_TRIES),
            address: (self.pepper.digest("claim-address", address), FREE_FOR_ADDRESS),
        };
        detached(async move {
            if !portal.count(&subjects).await? {
                return Err(Error::NotFound);
            }
            let patient = portal.prove_claim(account, who, hash, born).await?.ok_or(Error::NotFound)?;
            let mut transaction = portal.pool.begin().await?;
            subjects.forgive(&mut transaction).await?;
            transaction.commit().await?;
            Ok(patient)
        })
        .await
    }

    async fn prove_claim(&self, account: AccountId, who: Who, hash: Vec<u8>, born: Date) -> Result<Option<PatientId>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'sign-in', true)").fetch_one(&mut *transaction).await?;
        let Some(claim) = sqlx::query!(
            r#"select claim_id, patient_id, claimed_at is not null as "is_claimed!" from claim_code
            where code_hash = $1 and (
                (claimed_at is null and tries_left > 0 and ends_at > now())
                -- The second click of a double one.
                or (claimed_by = $2 and claimed_at > now() - interval '1 minute')
            )
            for update"#,
            hash,
            account.0
        )
        .fetch_optional(&mut *transaction)
        .await?
        else {
            return Ok(None);
        };
        let patient = PatientId(claim.patient_id);
        let recorded =
            sqlx::query_scalar!("select birth_date from patient where patient_id = $1", patient.0).fetch_one(&mut *transaction).await?;
        let right = recorded.is_some_and(|recorded| is_birth_date(&recorded, born));
        if claim.is_claimed {
            return Ok(right.then_some(patient));
        }
        let held = right
            && sqlx::query!(
                "insert into patient_holder (patient_id, account_id) values ($1, $2) on conflict (patient_id) do nothing",
                patient.0,
                account.0
            )
            .execute(&mut *transaction)
            .await?
            .rows_affected()
                == 1;
        if held {
            sqlx::query!("update claim_code set claimed_by = $2, claimed_at = now() where claim_id = $1", claim.claim_id, account.0)
                .execute(&mut *transaction)
                .await?;
        } else {
            sqlx::query!("update claim_code set tries_left = tries_left - 1 where claim_id = $1", claim.claim_id)
                .execute(&mut *transaction)
                .await?;
        }
        let action = if held { "record-claimed" } else { "claim-refused" };
        note(&mut transaction, patient, who, action, if held { Why::Own } else { Why::Refused }).await?;
        transaction.commit().await?;
        Ok(held.then_some(patient))
    }
}

/// Appends to the patient's chain what became of a code.
async fn note(connection: &mut PgConnection, patient: PatientId, who: Who, action: &str, why: Why) -> Result<(), Error> {
    let at = sqlx::query!(r#"select set_config('chartkey.patient', $1::uuid::text, true) as "patient!", now() as "at!""#, patient.0)
        .fetch_one(&mut *connection)
        .await?
        .at;
    let event = Event { at, who, what: What { action: action.to_owned(), ..What::default() }, why };
    audit::append(connection, Chain::Patient(patient), &event).await
}

/// Whether the typed date is the recorded one; a recorded year or month is met by
/// each of its days.
fn is_birth_date(recorded: &str, typed: Date) -> bool {
    let typed = format!("{:04}-{:02}-{:02}", typed.year(), u8::from(typed.month()), typed.day());
    matches!(recorded.len(), 4 | 7 | 10) && typed.starts_with(recorded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_birth_date_is_compared_as_far_as_it_is_known() {
        let typed = date!(1980 - 05 - 17);
        for (recorded, is) in [("1980-05-17", true), ("1980-05", true), ("1980", true), ("1980-05-1", false), ("", false), ("1981", false)]
        {
            assert_eq!(is_birth_date(recorded, typed), is, "{recorded}");
        }
    }
}
