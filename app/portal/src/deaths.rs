//! A death that was reported. For 30 days what is shared goes on, since those who treated somebody have to finish; nothing of the record is
//! changed any more, and it is read as before. Where the report is wrong, whoever it is about says so in one step.
//!
//! Whether a record is changed is asked where the log is written, with the head of its chain held: a report and a change come one after
//! the other.

use chartkey_domain::{account::Visitor, id::PatientId};
use sqlx::PgConnection;

use crate::{
    Error, Portal,
    audit::{Chain, What, Why},
    caring::helpers,
    claims::{grown, note},
    fresh,
    letters::{self, LetterSubject},
    notices::{self, Notice},
    operator::tell_holder,
    pool::detached,
};

/// What still stands in the log of a record after a death was reported. Any other act is refused.
const GOES_ON: &[&str] = &[
    // Whoever may read it does, and takes a copy.
    "read",
    "export",
    "exported",
    "previewed",
    "result-opened",
    "emergency-read",
    "log-begun-anew",
    // What is open is closed, also by a restore.
    "kept-closed",
    "upload-discarded",
    "grant-withdrawn",
    "grant-paused",
    "sharing-stopped",
    "help-ended",
    "share-taken-back",
    "helped-stop",
    "carer-ended",
    "stand-in-removed",
    "incapacity-void",
    "incapacity-over",
    "incapacity-ended",
    "not-recognised",
    "blocked",
    "code-cancelled",
    "code-redeemer-refused",
    "request-refused",
    "share-name-removed",
    "clinician-dismissed",
    "clinician-admitted",
    // Whoever asks for something learns from no answer that a death was reported.
    "code-redeemed",
    "claim-refused",
    "access-asked",
    "request-explained",
    "request-withdrawn",
    "refused",
    "emergency-opened",
    "emergency-needed",
    "emergency-not-needed",
    // What a source delivers late is not lost.
    "imported",
    REPORTED,
    UNDONE,
];

const REPORTED: &str = "death-reported";
const UNDONE: &str = "death-undone";
/// For how many days what is shared goes on.
pub const DAYS: i32 = 30;

/// Refuses a change of a record whose patient was reported to have died. Asked after the event was appended.
///
/// # Errors
/// [`Error::Conflict`] with `death-reported`.
pub(crate) async fn refuse_change(connection: &mut PgConnection, chain: &Chain, action: &str) -> Result<(), Error> {
    let Chain::Patient(patient) = chain else { return Ok(()) };
    if GOES_ON.contains(&action) {
        return Ok(());
    }
    let is_reported = sqlx::query_scalar!(r#"select exists (select from death_report where patient_id = $1) as "is!""#, patient.0)
        .fetch_one(connection)
        .await?;
    if is_reported { Err(Error::Conflict(REPORTED)) } else { Ok(()) }
}

impl Portal {
    /// Writes down that a death was reported of a patient. What is shared ends 30 days from now at the latest ([`DAYS`], `gate.ends`), codes
    /// with which the record is claimed end at once, and whoever holds the record, or helps with it, is told by a message.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such record, [`Error::Conflict`] with `death-reported` where that is written down already.
    pub async fn report_death(&self, patient: PatientId, reason: &str) -> Result<(), Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            grown(&mut transaction, patient).await?;
            sqlx::query!(
                "update claim_code set ends_at = now() where patient_id = $1 and claimed_at is null and ends_at > now()",
                patient.0
            )
            .execute(&mut *transaction)
            .await?;
            // After what others change first, so that nobody waits for the other.
            hold_log(&mut transaction, patient).await?;
            let reported = sqlx::query!("insert into death_report (patient_id) values ($1) on conflict do nothing", patient.0);
            if reported.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(Error::Conflict(REPORTED));
            }
            tell(&mut transaction, patient).await?;
            note(&mut transaction, patient, portal.who(), REPORTED, Why::Operator { reason }, None).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Takes the report back for the operator. What was shared lasts again as long as it was given for, if nobody has stopped it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no death was reported of such a record.
    pub async fn undo_death_report(&self, patient: PatientId, reason: &str) -> Result<(), Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            grown(&mut transaction, patient).await?;
            hold_log(&mut transaction, patient).await?;
            if !undo(&mut transaction, patient).await? {
                return Err(Error::NotFound);
            }
            tell(&mut transaction, patient).await?;
            note(&mut transaction, patient, portal.who(), UNDONE, Why::Operator { reason }, None).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Whoever holds a record says that the report is wrong. The same once more changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor holds no record, [`Error::SignInAgain`] where their sign-in is not fresh: shares last longer
    /// again.
    pub async fn undo_own_death_report(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            fresh::require(record.connection(), &visitor).await?;
            let patient = record.whose().patient;
            hold_log(record.connection(), patient).await?;
            if undo(record.connection(), patient).await? {
                tell(record.connection(), patient).await?;
                record.finish(What { action: UNDONE.to_owned(), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }
}

/// Holds the log of a record until the end of the transaction: who changes it just now has done so by then, or finds what is done here.
async fn hold_log(connection: &mut PgConnection, patient: PatientId) -> Result<(), Error> {
    sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut *connection).await?;
    sqlx::query_scalar!("select seq from chain_head where chain = $1 for update", Chain::Patient(patient).to_string())
        .fetch_optional(connection)
        .await?;
    Ok(())
}

async fn undo(connection: &mut PgConnection, patient: PatientId) -> Result<bool, Error> {
    let undone = sqlx::query!("delete from death_report where patient_id = $1", patient.0).execute(connection).await?;
    Ok(undone.rows_affected() > 0)
}

/// Tells whoever holds the record, and whoever helps with it, that there is something to look at.
async fn tell(connection: &mut PgConnection, patient: PatientId) -> Result<(), Error> {
    for helper in helpers(connection, patient).await? {
        letters::tell(connection, helper, LetterSubject::HelpChanging).await?;
    }
    notices::send(connection, Notice::of_holder(patient)).await?;
    tell_holder(connection, patient).await
}
