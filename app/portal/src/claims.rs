//! Claiming a record: a code from whoever keeps it, and the birth date. In the same way somebody is registered as a carer.

use chartkey_domain::{
    account::{Actor, Visitor},
    ages::Birthday,
    draft::Terms,
    id::{AccountId, GrantId, PatientId},
};
use sqlx::{Connection, PgConnection, types::Json};
use time::Date;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Who, Why},
    pool::detached,
    secrets::{random_code, typed_code},
    sharing::Sentence,
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
    /// [`Error::NotFound`] where there is no such record, [`Error::Invalid`] with `too-young` where its patient is too young for an account
    /// of their own.
    pub async fn invite(&self, patient: PatientId, reason: &str) -> Result<String, Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let (born, today) = grown(&mut transaction, patient).await?;
            if born.and_then(|born| Birthday::of(&born, portal.ages.account)).is_some_and(|old_enough| today < old_enough.last) {
                return Err(Error::Invalid("too-young"));
            }
            sqlx::query!(
                "update claim_code set ends_at = now() where patient_id = $1 and help is null and claimed_at is null and ends_at > now()",
                patient.0
            )
            .execute(&mut *transaction)
            .await?;
            let code = portal.store_claim(&mut transaction, patient, None).await?;
            note(&mut transaction, patient, portal.who(), "claim-code-made", Why::Operator { reason }, None).await?;
            transaction.commit().await?;
            Ok(code)
        })
        .await
    }

    /// Keeps a new code for a record; with `help` it is a carer's.
    pub(crate) async fn store_claim(
        &self,
        connection: &mut PgConnection,
        patient: PatientId,
        help: Option<&Terms>,
    ) -> Result<String, Error> {
        let code = random_code();
        sqlx::query!(
            "insert into claim_code (patient_id, code_hash, ends_at, help) values ($1, $2, now() + interval '14 days', $3)",
            patient.0,
            self.pepper.digest("claim", &typed_code(&code)),
            help.map(Json) as _
        )
        .execute(connection)
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

    /// Claims the record that `code` was made for, if the birth date is its patient's; by a code for a carer it lets the visitor help,
    /// with the sentence that `word` makes of what they are given. A code bears five wrong birth dates.
    ///
    /// # Errors
    /// [`Error::NotFound`], the same whether the code is wrong, void, used or ended,
    /// the birth date wrong, the record somebody's already, or the tries too many; [`Error::Conflict`] with `helps-already` where both are
    /// right, and the visitor helps with the record, or has.
    pub async fn claim(
        &self,
        visitor: &Visitor,
        code: &str,
        born: Date,
        address: &str,
        word: impl FnOnce(&Terms) -> Sentence + Send + 'static,
    ) -> Result<Claimed, Error> {
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
            let claimed = portal.prove_claim(account, who, hash, born, word).await?.ok_or(Error::NotFound)?;
            let mut transaction = portal.pool.begin().await?;
            subjects.forgive(&mut transaction).await?;
            transaction.commit().await?;
            Ok(claimed)
        })
        .await
    }

    async fn prove_claim(
        &self,
        account: AccountId,
        who: Who,
        hash: Vec<u8>,
        born: Date,
        word: impl FnOnce(&Terms) -> Sentence + Send,
    ) -> Result<Option<Claimed>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'sign-in', true)").fetch_one(&mut *transaction).await?;
        let Some(claim) = sqlx::query!(
            r#"select claim_id, patient_id, claimed_at is not null as "is_claimed!", help as "help: Json<Terms>" from claim_code
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
        let claimed = if claim.help.is_some() { Claimed::Helps } else { Claimed::Own(patient) };
        if claim.is_claimed {
            return Ok(right.then_some(claimed));
        }
        let mut tried = transaction.begin().await?;
        sqlx::query!("update claim_code set claimed_by = $2, claimed_at = now() where claim_id = $1", claim.claim_id, account.0)
            .execute(&mut *tried)
            .await?;
        let words = match claim.help {
            _ if !right => None,
            Some(Json(terms)) => {
                self.register(&mut tried, patient, account, terms, word).await?.map(|(text, grant)| (text, Some(grant))).map(Some)
            }
            None => hold(&mut tried, patient, account).await?.then_some(None),
        };
        let is_claimed = words.is_some();
        if is_claimed {
            tried.commit().await?;
        } else {
            tried.rollback().await?;
            sqlx::query!("update claim_code set tries_left = tries_left - 1 where claim_id = $1", claim.claim_id)
                .execute(&mut *transaction)
                .await?;
        }
        let (action, why) = match (is_claimed, claimed) {
            (true, Claimed::Own(_)) => ("record-claimed", Why::Own),
            (true, Claimed::Helps) => ("carer-registered", Why::Registered),
            (false, _) => ("claim-refused", Why::Refused),
        };
        note(&mut transaction, patient, who, action, why, words.flatten()).await?;
        transaction.commit().await?;
        Ok(is_claimed.then_some(claimed))
    }
}

/// What a code has made of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// The visitor's own.
    Own(PatientId),
    /// One that they help with.
    Helps,
}

/// Makes an account the holder of a record that nobody holds; false where somebody does.
///
/// # Errors
/// [`Error::Conflict`] with `helps-already` for whoever has helped with it: they are not whose it is.
async fn hold(connection: &mut PgConnection, patient: PatientId, account: AccountId) -> Result<bool, Error> {
    let helps = sqlx::query_scalar!(
        r#"select exists (select from access_grant where patient_id = $1 and grantee_account_id = $2 and organization_id is null) as "helps!""#,
        patient.0,
        account.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if helps {
        return Err(Error::Conflict("helps-already"));
    }
    let held = sqlx::query!(
        "insert into patient_holder (patient_id, account_id) values ($1, $2) on conflict (patient_id) do nothing",
        patient.0,
        account.0
    )
    .execute(connection)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// The birth date of a patient as its source gave it, and the day, in a transaction of the operator's from here on.
pub(crate) async fn grown(connection: &mut PgConnection, patient: PatientId) -> Result<(Option<String>, Date), Error> {
    sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *connection).await?;
    let row = sqlx::query!(r#"select birth_date, now() as "now!" from patient where patient_id = $1"#, patient.0)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((row.birth_date, row.now.date()))
}

/// Appends to the patient's chain what became of a code.
pub(crate) async fn note(
    connection: &mut PgConnection,
    patient: PatientId,
    who: Who,
    action: &str,
    why: Why,
    words: Option<(String, Option<GrantId>)>,
) -> Result<(), Error> {
    let account = who.account.map(|account| account.0.to_string()).unwrap_or_default();
    let entered = sqlx::query!(
        r#"select set_config('chartkey.patient', $1::uuid::text, true) as "patient!", set_config('chartkey.account', $2, true) as "account!", now() as "at!""#,
        patient.0,
        account
    );
    let at = entered.fetch_one(&mut *connection).await?.at;
    let (text, grant) = words.unzip();
    let event = Event { at, who, what: What { action: action.to_owned(), text, grant: grant.flatten(), ..What::default() }, why };
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
