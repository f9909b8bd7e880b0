//! The end: the patient is back, or a clinician says that it is over.

use chartkey_domain::id::{AccountId, GrantId, PatientId};
use sqlx::PgConnection;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Who, Why},
    letters::{self, LetterSubject},
    notices,
    sharing::{Columns, about, add_to_story, hold, notice},
};

impl Portal {
    /// Ends what stands in for somebody who has just signed in, and what clinicians have said of them and nobody has confirmed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn is_back(&self, account: AccountId) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        let patient = sqlx::query_scalar!("select gate.own_record($1)", account.0).fetch_one(&mut *transaction).await?;
        let Some(patient) = patient.map(PatientId) else { return Ok(()) };
        let at =
            sqlx::query_scalar!(r#"select at as "at!" from gate.enter($1, $2)"#, account.0, patient.0).fetch_one(&mut *transaction).await?;
        lock(&mut transaction, patient).await?;
        let void = sqlx::query!(
            "update incapacity_statement set void_at = now() where patient_id = $1 and begun_at is null and void_at is null",
            patient.0
        )
        .execute(&mut *transaction)
        .await?;
        let ended = end(&mut transaction, patient, "back", "").await?;
        let what = match ended {
            Some((grant, sentence)) => What { text: Some(sentence), ..about("incapacity-ended", grant) },
            None if void.rows_affected() > 0 => What { action: "incapacity-void".to_owned(), ..What::default() },
            None => return Ok(()),
        };
        let name =
            sqlx::query_scalar!("select display_name from account where account_id = $1", account.0).fetch_one(&mut *transaction).await?;
        let event = Event { at, who: Who::account(account, &name), what, why: Why::Own };
        audit::append(&mut transaction, Chain::Patient(patient), &event).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Ends what stands in for a patient, with what was shared of it, also where its time is over; `None` where nothing does. Whoever stood
/// in is told by a message.
pub(super) async fn end(
    connection: &mut PgConnection,
    patient: PatientId,
    kind: &str,
    signed_in: &str,
) -> Result<Option<(GrantId, String)>, Error> {
    let Some(it) = sqlx::query!(
        "update access_grant set state = 'withdrawn', ended_at = now()
        where patient_id = $1 and purpose = 'incapacity' and state in ('active', 'paused') returning grant_id, grantee_account_id, sentence",
        patient.0
    )
    .fetch_optional(&mut *connection)
    .await?
    else {
        return Ok(None);
    };
    // Whoever is sharing it just now has done so by then, or finds it ended.
    hold(connection, GrantId(it.grant_id)).await?;
    let with_it = sqlx::query!(
        "update access_grant set state = 'withdrawn', ended_at = now()
        where patient_id = $1 and parent_grant_id = $2 and state in ('active', 'paused')
        returning grant_id, grantee_account_id, organization_id, sentence",
        patient.0,
        it.grant_id
    )
    .fetch_all(&mut *connection)
    .await?;
    for one in with_it {
        add_to_story(connection, patient, GrantId(one.grant_id), "ended-with", &one.sentence, signed_in).await?;
        let columns = Columns { account: one.grantee_account_id, organization: one.organization_id, professions: None };
        notices::send(connection, notice(patient, &columns)).await?;
    }
    add_to_story(connection, patient, GrantId(it.grant_id), kind, &it.sentence, signed_in).await?;
    let columns = Columns { account: it.grantee_account_id, organization: None, professions: None };
    notices::send(connection, notice(patient, &columns)).await?;
    if let Some(account) = it.grantee_account_id {
        letters::tell(connection, account, LetterSubject::HelpChanging).await?;
    }
    Ok(Some((GrantId(it.grant_id), it.sentence)))
}

/// One at a time: of two who say it at the same moment the second finds what the first has said, and whoever is back finds all of it.
pub(super) async fn lock(connection: &mut PgConnection, patient: PatientId) -> Result<(), Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('incapacity ' || $1::uuid::text, 0))", patient.0)
        .execute(connection)
        .await?;
    Ok(())
}
