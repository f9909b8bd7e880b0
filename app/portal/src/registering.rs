//! Carers whom a practice registers: of a child, or of somebody who cannot look after their record. They get a code at the practice, which
//! has seen who they are, and show with the birth date that they know whose it is.

use chartkey_domain::{
    ages::Birthday,
    category::Category,
    draft::Terms,
    grant::{Grantee, Purpose},
    id::{AccountId, PatientId},
    label::Labels,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::Why,
    claims::{grown, note},
    letters::{self, LetterSubject},
    notices::{self, Notice},
    pool::detached,
    sharing::{Columns, Sentence, labels_until, notice},
};

/// What a practice lets a carer do, beside looking at what is not sensitive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Help {
    /// Look at what is sensitive, too: of a child, until a birthday.
    pub sensitive: bool,
    /// Share it with clinicians.
    pub may_share: bool,
    /// The last day; without one it lasts until a birthday, or until somebody ends it.
    pub until: Option<Date>,
}

impl Portal {
    /// Makes a code by which somebody becomes a patient's carer within 14 days, once they know the birth date. Shown once; only its digest
    /// is kept. They see everything that shares can reach.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such record; [`Error::Invalid`] with `birth-date` where the record has none, `sensitive` where
    /// the patient is too old for others to be given what is sensitive, `until` where the day has passed or comes after the one on which
    /// carers of a child stop.
    pub async fn invite_carer(&self, patient: PatientId, help: Help, reason: &str) -> Result<String, Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let (born, today) = grown(&mut transaction, patient).await?;
            let at = |age| born.as_deref().and_then(|born| Birthday::of(born, age)).ok_or(Error::Invalid("birth-date"));
            if help.sensitive && today >= at(portal.ages.sensitive)?.first {
                return Err(Error::Invalid("sensitive"));
            }
            let of_age = at(portal.ages.adult)?.first;
            let last = (today < of_age).then(|| of_age.previous_day()).flatten();
            let is_later = help.until.zip(last).is_some_and(|(until, last)| until > last);
            if is_later || help.until.is_some_and(|until| until < today) {
                return Err(Error::Invalid("until"));
            }
            let terms = Terms {
                purpose: Purpose::Coordination,
                purpose_text: None,
                categories: Category::SHAREABLE.into_iter().collect(),
                labels: if help.sensitive { Labels::ALL } else { Labels::NONE },
                things: Vec::new(),
                from: None,
                to: None,
                until: help.until.or(last),
                includes_new: true,
                may_export: false,
                may_write: false,
                may_delegate: help.may_share,
            };
            let code = portal.store_claim(&mut transaction, patient, Some(&terms)).await?;
            note(&mut transaction, patient, portal.who(), "carer-code-made", Why::Operator { reason }, None).await?;
            transaction.commit().await?;
            Ok(code)
        })
        .await
    }

    /// Makes the account that has proved it with a code a carer. False where they are the patient, or help already. Whoever holds the
    /// record is told.
    pub(crate) async fn register(
        &self,
        connection: &mut PgConnection,
        patient: PatientId,
        account: AccountId,
        terms: &Terms,
        sentence: &Sentence,
    ) -> Result<bool, Error> {
        sqlx::query!(r#"select set_config('chartkey.patient', $1::uuid::text, true) as "patient!""#, patient.0)
            .fetch_one(&mut *connection)
            .await?;
        let known = sqlx::query!(
            r#"select birth_date, now() as "now!", gate.is_blocked($1, $2, null) as "is_blocked!",
                (select h.account_id from patient_holder h where h.patient_id = $1) as "holder?"
            from patient where patient_id = $1"#,
            patient.0,
            account.0
        )
        .fetch_one(&mut *connection)
        .await?;
        // A birthday may have come since the code was made.
        let labels_until = labels_until(self.ages, known.birth_date.as_deref(), terms, known.now);
        let is_over = terms.until.is_some_and(|until| until < known.now.date()) || labels_until.is_none() && !terms.labels.is_empty();
        if is_over || known.is_blocked || known.holder == Some(account.0) {
            return Ok(false);
        }
        let grant = Uuid::new_v4();
        let columns = Columns::from(&Grantee::Carer { account });
        let made = sqlx::query!(
            "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, purpose, categories, labels, labels_until,
                includes_new, may_export, may_delegate, ends_at, sentence)
            values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
            patient.0,
            grant,
            account.0,
            terms.purpose.slug(),
            terms.categories.bits(),
            i16::from(terms.labels.bits()),
            labels_until,
            terms.includes_new,
            terms.may_export,
            terms.may_delegate,
            terms.ends_at(),
            sentence.text
        )
        .execute(&mut *connection)
        .await?;
        if made.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!(
            "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
            values ($1, $2, 1, 'registered', $3, $4, $5, 'code')",
            patient.0,
            grant,
            sentence.text,
            sentence.language,
            sentence.catalogue_version
        )
        .execute(&mut *connection)
        .await?;
        notices::send(connection, notice(patient, &columns)).await?;
        notices::send(connection, Notice::of_holder(patient)).await?;
        if let Some(holder) = known.holder {
            letters::tell(connection, holder, LetterSubject::News).await?;
        }
        Ok(true)
    }
}
