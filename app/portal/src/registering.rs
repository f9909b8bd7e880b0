//! Carers of children, whom a practice registers. They get a code at the practice, which has seen who they are, and show with the birth
//! date that they know whose it is. A patient who has an account lets others help by themselves.

use chartkey_domain::{
    ages::Birthday,
    category::Category,
    draft::Terms,
    grant::{Grantee, Purpose},
    id::{AccountId, GrantId, PatientId},
    label::Labels,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::{
    Error, Portal,
    accounts::Email,
    audit::Why,
    claims::{grown, note},
    letters::{self, LetterSubject},
    notices,
    operator::tell_holder,
    pool::detached,
    sharing::{Columns, Sentence, add_to_story, hold, labels_until, notice},
};

/// What a practice lets a carer do, beside looking at what is not sensitive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Help {
    /// Look at what is sensitive, too: of a child, until a birthday.
    pub sensitive: bool,
    /// Share it with clinicians.
    pub may_share: bool,
    /// The last day; without one it lasts until the child is of age.
    pub until: Option<Date>,
}

impl Portal {
    /// Makes a code by which somebody becomes a patient's carer within 14 days, once they know the birth date. Shown once; only its digest
    /// is kept. They see everything that shares can reach.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such record; [`Error::Conflict`] where the patient has an account; [`Error::Invalid`] with
    /// `birth-date` where the record has none, `of-age` where the patient is no child, `sensitive` where they are too old for others to be
    /// given what is sensitive, `until` where the day has passed or comes after the last on which they are a child.
    pub async fn invite_carer(&self, patient: PatientId, help: Help, reason: &str) -> Result<String, Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let (born, today) = grown(&mut transaction, patient).await?;
            if is_held(&mut transaction, patient).await? {
                return Err(Error::Conflict("held"));
            }
            let at = |age| born.as_deref().and_then(|born| Birthday::of(born, age)).ok_or(Error::Invalid("birth-date"));
            let of_age = at(portal.ages.adult)?.first;
            let last = of_age.previous_day().filter(|last| today <= *last).ok_or(Error::Invalid("of-age"))?;
            if help.sensitive && today >= at(portal.ages.sensitive)?.first {
                return Err(Error::Invalid("sensitive"));
            }
            let until = help.until.unwrap_or(last);
            if until > last || until < today {
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
                until: Some(until),
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

    /// Ends what a practice has registered of a record, for one account or for all, with what was shared of it; and the codes for carers
    /// that nobody has used. Returns how many grants.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is neither.
    pub async fn end_carers(&self, patient: PatientId, carer: Option<&Email>, reason: &str) -> Result<usize, Error> {
        let (portal, reason, email) = (self.clone(), reason.to_owned(), carer.map(|email| email.as_str().to_owned()));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            grown(&mut transaction, patient).await?;
            let codes = sqlx::query!(
                "update claim_code set ends_at = now() where patient_id = $1 and help is not null and claimed_at is null and ends_at > now()",
                patient.0
            )
            .execute(&mut *transaction)
            .await?;
            let carers = sqlx::query!(
                r#"select g.grant_id, g.grantee_account_id as "account!", g.sentence from access_grant g
                join account a on a.account_id = g.grantee_account_id
                where g.patient_id = $1 and g.organization_id is null and g.state in ('active', 'paused') and ($2::text is null or a.email = $2)
                    and (select true from grant_event e
                        where e.patient_id = g.patient_id and e.grant_id = g.grant_id and e.kind = 'registered') is not null
                order by g.grant_id"#,
                patient.0,
                email
            )
            .fetch_all(&mut *transaction)
            .await?;
            if codes.rows_affected() == 0 && carers.is_empty() {
                return Err(Error::NotFound);
            }
            for carer in &carers {
                end(&mut transaction, patient, GrantId(carer.grant_id)).await?;
                letters::tell(&mut transaction, carer.account, LetterSubject::News).await?;
            }
            tell_holder(&mut transaction, patient).await?;
            let sentences = carers.iter().map(|carer| carer.sentence.as_str()).collect::<Vec<_>>().join(" ");
            let words = (!carers.is_empty()).then_some((sentences, carers.first().map(|carer| GrantId(carer.grant_id))));
            note(&mut transaction, patient, portal.who(), "carer-ended", Why::Operator { reason }, words).await?;
            transaction.commit().await?;
            Ok(carers.len())
        })
        .await
    }

    /// Makes the account that has proved it with a code a carer. `None` where the record is somebody's by now, or the day has passed.
    ///
    /// # Errors
    /// [`Error::Conflict`] with `helps-already` where they help with it.
    pub(crate) async fn register(
        &self,
        connection: &mut PgConnection,
        patient: PatientId,
        account: AccountId,
        terms: Terms,
        word: impl FnOnce(&Terms) -> Sentence,
    ) -> Result<Option<(String, GrantId)>, Error> {
        sqlx::query!(r#"select set_config('chartkey.patient', $1::uuid::text, true) as "patient!""#, patient.0)
            .fetch_one(&mut *connection)
            .await?;
        let known = sqlx::query!(r#"select birth_date, now() as "now!" from patient where patient_id = $1"#, patient.0)
            .fetch_one(&mut *connection)
            .await?;
        if terms.until.is_none_or(|until| until < known.now.date()) || is_held(connection, patient).await? {
            return Ok(None);
        }
        sqlx::query!(
            "update access_grant set state = 'replaced', ended_at = now()
            where patient_id = $1 and grantee_account_id = $2 and organization_id is null and state in ('active', 'paused') and ends_at <= now()",
            patient.0,
            account.0
        )
        .execute(&mut *connection)
        .await?;
        // A birthday may have come since the code was made.
        let labels_until = labels_until(self.ages, known.birth_date.as_deref(), &terms, known.now);
        let terms = Terms { labels: if labels_until.is_some() { terms.labels } else { Labels::NONE }, ..terms };
        let (grant, sentence) = (Uuid::new_v4(), word(&terms));
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
            return Err(Error::Conflict("helps-already"));
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
        notices::send(connection, notice(patient, &Columns::from(&Grantee::Carer { account }))).await?;
        Ok(Some((sentence.text, GrantId(grant))))
    }
}

async fn is_held(connection: &mut PgConnection, patient: PatientId) -> Result<bool, Error> {
    let held = sqlx::query_scalar!(r#"select exists (select from patient_holder where patient_id = $1) as "held!""#, patient.0);
    Ok(held.fetch_one(connection).await?)
}

/// Ends a grant and what was shared of it, in a transaction of the operator's.
async fn end(connection: &mut PgConnection, patient: PatientId, grant: GrantId) -> Result<(), Error> {
    // Whoever is sharing it just now has done so by then, or finds it ended.
    hold(connection, grant).await?;
    let ended = sqlx::query!(
        "update access_grant set state = 'withdrawn', ended_at = now()
        where patient_id = $1 and (grant_id = $2 or parent_grant_id = $2) and state in ('active', 'paused')
        returning grant_id, grantee_account_id, organization_id, sentence",
        patient.0,
        grant.0
    )
    .fetch_all(&mut *connection)
    .await?;
    for ended in ended {
        let kind = if ended.grant_id == grant.0 { "unregistered" } else { "ended-with" };
        add_to_story(connection, patient, GrantId(ended.grant_id), kind, &ended.sentence, "operator").await?;
        let columns = Columns { account: ended.grantee_account_id, organization: ended.organization_id, professions: None };
        notices::send(connection, notice(patient, &columns)).await?;
    }
    Ok(())
}
