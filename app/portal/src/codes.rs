//! Codes: a short-lived secret that becomes a grant for whoever redeems it after
//! signing in, once the patient has confirmed who that is. By itself it opens nothing.
//!
//! A code is derived from its row's identifier and the key outside the database, so
//! it can be shown again while it waits and a copy of the database redeems nothing.
//! Its first letters find it, so that a wrong try counts against the code meant.

use chartkey_domain::{
    account::{Actor, Visitor},
    draft::Terms,
    grant::Grantee,
    id::{AccountId, CodeId, DraftId, GrantId, OrganizationId, PatientId},
    understanding::Answered,
};
use sqlx::{Postgres, Transaction, types::Json};
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    admissions::Checked,
    audit::{self, Chain, Event, Shown, What, Why},
    fresh, notices,
    notices::Notice,
    pool::detached,
    record::Record,
    secrets::{in_fours, letters_of, typed_code},
    sharing::{self, Sentence},
};

/// How long a code can be redeemed, in hours.
pub const CODE_HOURS: i32 = 24;

/// 55 bits, of which the selector is public to the database.
const LENGTH: usize = 11;
const SELECTOR: usize = 4;

/// Tries that cost a clinician no wait, over all codes.
const FREE_TRIES: i64 = 10;

/// Where a code stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeState {
    /// Nobody has redeemed it. The code as it is typed.
    Waiting(String),
    /// A clinician has, and the patient decides.
    Redeemed(Redeemer),
    /// Somebody who wants to help the patient has, and the patient decides.
    RedeemedByCarer(Carer),
}

/// Who redeemed a code to help the patient. Nobody vouches for them but the patient, who knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carer {
    /// Their account.
    pub account: AccountId,
    /// What they call themselves.
    pub name: String,
    /// The e-mail address with which they sign in.
    pub email: String,
}

/// Who redeemed a code, or asks for a share, and who vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemer {
    /// Their account.
    pub account: AccountId,
    /// The name that their organization gives.
    pub name: String,
    /// Their profession at their last sign-in.
    pub profession: String,
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// The provider that verified them.
    pub issuer: String,
    /// When they last signed in there.
    pub signed_in_at: OffsetDateTime,
    /// How the operator has checked them, where their organization vouches for nobody.
    pub checked: Option<Checked>,
}

/// A code as the patient sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Which.
    pub id: CodeId,
    /// What it becomes.
    pub terms: Terms,
    /// Whether it is for somebody who helps the patient, and no clinician.
    pub for_carer: bool,
    /// Where it stands.
    pub state: CodeState,
    /// Whether its sentence is kept, so that what it shows can be looked at in advance and given on paper.
    pub is_worded: bool,
    /// Until when it can be redeemed.
    pub ends_at: OffsetDateTime,
}

/// What became of a code, to whoever redeemed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The patient has not decided.
    Waits,
    /// They have confirmed: there is a grant.
    Given,
    /// They have not.
    Refused,
}

impl Portal {
    /// What became of the codes that the visitor has redeemed within a day, the newest first, and when they did.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn redeemed(&self, visitor: &Visitor) -> Result<Vec<(OffsetDateTime, Outcome)>, Error> {
        let account = visitor.actor.account();
        let (mut transaction, _) = self.enter(visitor).await?;
        let rows = sqlx::query!(
            r#"select redeemed_at as "at!", state from grant_code
            where redeemed_by = $1 and redeemed_at > now() - interval '1 day' order by redeemed_at desc limit 20"#,
            account.0
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        let outcome = |state: &str| match state {
            "confirmed" => Outcome::Given,
            "refused" => Outcome::Refused,
            _ => Outcome::Waits,
        };
        Ok(rows.into_iter().map(|row| (row.at, outcome(&row.state))).collect())
    }

    /// Makes a code of a draft.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of the question to be answered again,
    /// [`Error::Conflict`] where the draft has become one already,
    /// [`Error::SignInAgain`] where the sign-in is not fresh,
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn make_code(&self, visitor: &Visitor, draft: DraftId, terms: Terms, sentence: Sentence) -> Result<CodeId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            fresh::require(record.connection(), &visitor).await?;
            terms.check(record.now().date()).map_err(|problem| Error::Invalid(problem.code()))?;
            let taken = sharing::take_draft(&mut record, draft).await?.ok_or(Error::Conflict("made"))?;
            if taken.for_carer {
                sharing::ends_by_adulthood(&record, portal.ages, &terms)?;
            }
            let code = portal.store_code(&mut record, &terms, &taken, &sentence).await?;
            let what = What { action: "code-made".to_owned(), text: Some(sentence.text), ..What::default() };
            record.finish(what).await?;
            Ok(code)
        })
        .await
    }

    /// Two waiting codes with the same first letters are rare and cannot be told
    /// apart, so another is made.
    async fn store_code(&self, record: &mut Record, terms: &Terms, taken: &sharing::Taken, sentence: &Sentence) -> Result<CodeId, Error> {
        let patient = record.whose().patient;
        for _ in 0..8 {
            let id = CodeId(uuid::Uuid::new_v4());
            let secret = self.secret(id);
            let selector: String = secret.chars().take(SELECTOR).collect();
            let stored = sqlx::query!(
                "insert into grant_code (code_id, patient_id, selector, draft, ends_at, answered, for_carer, words)
                values ($1, $2, $3, $4, now() + make_interval(hours => $5), $6, $7, $8) on conflict do nothing",
                id.0,
                patient.0,
                selector,
                Json(terms) as _,
                CODE_HOURS,
                Json(&taken.answered) as _,
                taken.for_carer,
                Json(sentence) as _
            )
            .execute(record.connection())
            .await?;
            if stored.rows_affected() == 1 {
                return Ok(id);
            }
        }
        Err(Error::internal("no free selector for a code"))
    }

    /// The codes that wait for somebody, or for the patient to decide.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn codes(&self, visitor: &Visitor) -> Result<Opened<Vec<Code>>, Error> {
        let mut record = self.open_own(visitor).await?;
        let codes = self.waiting(&mut record, None).await?;
        record.close("codes", Shown::default(), codes).await
    }

    async fn waiting(&self, record: &mut Record, only: Option<CodeId>) -> Result<Vec<Code>, Error> {
        let patient = record.whose().patient;
        let rows = sqlx::query!(
            r#"select g.code_id, g.draft as "terms: Json<Terms>", g.state, g.ends_at, g.for_carer, g.words is not null as "is_worded!", a.account_id as "account?",
                a.display_name as "name?", a.email, c.profession as "profession?", c.organization_id as "organization?", o.name as "organization_name?", c.issuer as "issuer?",
                c.signed_in_at as "signed_in_at?", m.checked as "checked?", m.admitted_at as "admitted_at?"
            from grant_code g
            left join account a on a.account_id = g.redeemed_by
            left join clinician c on c.account_id = a.account_id
            left join organization o on o.organization_id = c.organization_id
            left join admission m on m.organization_id = c.organization_id and m.subject = c.subject
            where g.patient_id = $1 and ($2::uuid is null or g.code_id = $2)
                and (g.state = 'redeemed' or (g.state = 'waiting' and g.ends_at > now()))
            order by g.created_at desc, g.code_id limit 100"#,
            patient.0,
            only.map(|only| only.0)
        )
        .fetch_all(record.connection())
        .await?;
        let codes = rows.into_iter().filter_map(|row| {
            let id = CodeId(row.code_id);
            let state = if row.state == "waiting" {
                CodeState::Waiting(in_fours(&self.secret(id)))
            } else if row.for_carer {
                CodeState::RedeemedByCarer(Carer { account: AccountId(row.account?), name: row.name?, email: row.email? })
            } else {
                CodeState::Redeemed(Redeemer {
                    account: AccountId(row.account?),
                    name: row.name?,
                    profession: row.profession?,
                    organization: OrganizationId(row.organization?),
                    organization_name: row.organization_name?,
                    issuer: row.issuer?,
                    signed_in_at: row.signed_in_at?,
                    checked: Checked::of(row.checked, row.admitted_at),
                })
            };
            let mut terms = row.terms.0;
            // Whom nobody vouches for passes nothing on, and the sentence does not say so.
            if matches!(&state, CodeState::Redeemed(redeemer) if redeemer.checked.is_some()) {
                terms.may_delegate = false;
            }
            Some(Code { id, terms, for_carer: row.for_carer, state, is_worded: row.is_worded, ends_at: row.ends_at })
        });
        Ok(codes.collect())
    }

    /// Redeems a code as typed: a clinician one for clinicians, anybody else one for carers. It opens nothing: the patient
    /// has to confirm.
    ///
    /// # Errors
    /// [`Error::NotFound`], the same whether it is wrong, for others, one's own, used, void or too old,
    /// [`Error::TooManyTries`] where they have tried too often lately.
    pub async fn redeem_code(&self, visitor: &Visitor, typed: &str) -> Result<(), Error> {
        let account = visitor.actor.account();
        let (portal, visitor, typed) = (self.clone(), visitor.clone(), typed_code(typed));
        detached(async move {
            let subject = portal.pepper.digest("redeem", &account.to_string());
            let anywhere = portal.pepper.digest("redeem-anywhere", &account.to_string());
            if !portal.count_try(&subject, FREE_TRIES, &anywhere, i64::MAX).await? {
                return Err(Error::TooManyTries);
            }
            portal.try_code(&visitor, &typed).await?;
            sqlx::query!("delete from sign_in_failure where subject_hash = $1", subject).execute(&portal.pool).await?;
            Ok(())
        })
        .await
    }

    async fn try_code(&self, visitor: &Visitor, typed: &str) -> Result<(), Error> {
        let (mut transaction, at) = self.enter(visitor).await?;
        let selector: String = typed.chars().take(SELECTOR).collect();
        sqlx::query!(
            "select set_config('chartkey.task', 'redeem', true) as task, set_config('chartkey.selector', $1, true) as selector",
            selector
        )
        .fetch_one(&mut *transaction)
        .await?;
        let found = sqlx::query!(
            r#"select code_id, patient_id, state = 'redeemed' as "is_redeemed!" from grant_code
            where selector = $1 and ends_at > now() and for_carer = $3 and (
                (state = 'waiting' and tries_left > 0)
                -- The second click of a double one.
                or (state = 'redeemed' and redeemed_by = $2 and redeemed_at > now() - interval '1 minute')
            )
            for update"#,
            selector,
            visitor.actor.account().0,
            matches!(visitor.actor, Actor::Person { .. })
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let blocked = match &found {
            Some(found) => {
                self.is_blocked(&mut transaction, visitor, PatientId(found.patient_id)).await?
                    || holds(&mut transaction, visitor, PatientId(found.patient_id)).await?
            }
            None => false,
        };
        let right = found.as_ref().filter(|found| !blocked && self.same(typed, &self.secret(CodeId(found.code_id))));
        if let Some(found) = found.as_ref().filter(|found| found.is_redeemed) {
            transaction.rollback().await?;
            return if right.is_some_and(|right| right.code_id == found.code_id) { Ok(()) } else { Err(Error::NotFound) };
        }
        let (chain, what, why) = match (right, &found) {
            (Some(found), _) => {
                sqlx::query!(
                    "update grant_code set state = 'redeemed', redeemed_by = $2, redeemed_at = now() where code_id = $1",
                    found.code_id,
                    visitor.actor.account().0
                )
                .execute(&mut *transaction)
                .await?;
                let patient = PatientId(found.patient_id);
                notices::send(&mut transaction, Notice::of_holder(patient)).await?;
                (Chain::Patient(patient), "code-redeemed", Why::Code)
            }
            (None, Some(found)) => {
                sqlx::query!(
                    "update grant_code set tries_left = tries_left - 1, state = case when tries_left = 1 then 'cancelled' else state end
                    where code_id = $1",
                    found.code_id
                )
                .execute(&mut *transaction)
                .await?;
                (Chain::System, "code-refused", Why::Refused)
            }
            (None, None) => (Chain::System, "code-refused", Why::Refused),
        };
        let redeemed = right.is_some();
        let event = Event { at, who: visitor.into(), what: What { action: what.to_owned(), ..What::default() }, why };
        audit::append(&mut transaction, chain, &event).await?;
        transaction.commit().await?;
        if redeemed { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Whether the patient has blocked them; the record becomes the transaction's.
    pub(crate) async fn is_blocked(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        visitor: &Visitor,
        patient: PatientId,
    ) -> Result<bool, Error> {
        let (account, organization) = match &visitor.actor {
            Actor::Person { account } => (account, None),
            Actor::Clinician { account, organization, .. } => (account, Some(organization.0)),
        };
        sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut **transaction).await?;
        let blocked = sqlx::query_scalar!(r#"select gate.is_blocked($1, $2, $3) as "blocked!""#, patient.0, account.0, organization)
            .fetch_one(&mut **transaction)
            .await?;
        Ok(blocked)
    }

    /// Whether a code of the visitor's has become a grant.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn is_confirmed(&self, visitor: &Visitor, code: CodeId) -> Result<bool, Error> {
        let mut record = self.open_own(visitor).await?;
        let state = state(&mut record, code).await?;
        record.close("codes", Shown::default(), state.as_deref() == Some("confirmed")).await.map(|opened| opened.view)
    }

    /// Confirms who redeemed a code: only now there is a grant.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it does not wait for this, [`Error::Conflict`] where
    /// somebody else than `expected` has redeemed it, [`Error::SignInAgain`] where the
    /// sign-in is not fresh.
    pub async fn confirm_code(&self, visitor: &Visitor, code: CodeId, expected: AccountId, sentence: Sentence) -> Result<GrantId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            fresh::require(record.connection(), &visitor).await?;
            let Some(Code { terms, state, .. }) = portal.waiting(&mut record, Some(code)).await?.pop() else {
                return Err(Error::NotFound);
            };
            let (account, grantee) = match state {
                CodeState::Waiting(_) => return Err(Error::NotFound),
                CodeState::Redeemed(Redeemer { account, organization, .. }) => (account, Grantee::Clinician { account, organization }),
                CodeState::RedeemedByCarer(Carer { account, .. }) => (account, Grantee::Carer { account }),
            };
            if account != expected {
                return Err(Error::Conflict("redeemer"));
            }
            if !settle(&mut record, code, "redeemed", "confirmed").await? {
                return Err(Error::NotFound);
            }
            let answered = sqlx::query_scalar!(
                r#"select answered as "answered: Json<Vec<Answered>>" from grant_code where patient_id = $1 and code_id = $2"#,
                record.whose().patient.0,
                code.0
            )
            .fetch_one(record.connection())
            .await?;
            let grant = sharing::insert(&mut record, portal.ages, &grantee, &terms, &sentence, &answered.0).await?;
            let what = What { text: Some(sentence.text), ..sharing::about("grant-given", grant) };
            record.finish(what).await?;
            Ok(grant)
        })
        .await
    }

    /// Refuses who redeemed a code, or calls back one that nobody has redeemed.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it waits for neither.
    pub async fn refuse_code(&self, visitor: &Visitor, code: CodeId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            if let Some(refused) = void(&mut record, code).await? {
                record.finish(What { action: refused.to_owned(), ..What::default() }).await?;
                return Ok(());
            }
            match state(&mut record, code).await?.as_deref() {
                Some("refused" | "cancelled") => Ok(()),
                _ => Err(Error::NotFound),
            }
        })
        .await
    }

    /// The code of a row, without dashes.
    fn secret(&self, id: CodeId) -> String {
        letters_of(&self.pepper.digest("grant-code", &id.to_string()), LENGTH)
    }

    /// Compared by digest, so that the time says nothing of how much was right.
    fn same(&self, typed: &str, secret: &str) -> bool {
        self.pepper.digest("same-code", typed) == self.pepper.digest("same-code", secret)
    }
}

/// Whether the record is their own: nobody is their own carer.
async fn holds(transaction: &mut Transaction<'_, Postgres>, visitor: &Visitor, patient: PatientId) -> Result<bool, Error> {
    let holds = sqlx::query_scalar!(
        r#"select exists (select from patient_holder where account_id = $1 and patient_id = $2) as "holds!""#,
        visitor.actor.account().0,
        patient.0
    );
    Ok(holds.fetch_one(&mut **transaction).await?)
}

/// Refuses who redeemed a code, or calls back one that nobody has redeemed, inside another change; in one statement, so that whoever
/// redeems it meanwhile is refused. Returns the action in the log; `None` where it waits for neither.
pub(crate) async fn void(record: &mut Record, code: CodeId) -> Result<Option<&'static str>, Error> {
    let voided = sqlx::query!(
        "update grant_code set state = case state when 'redeemed' then 'refused' else 'cancelled' end
        where patient_id = $1 and code_id = $2 and state in ('waiting', 'redeemed') returning state, redeemed_by",
        record.whose().patient.0,
        code.0
    )
    .fetch_optional(record.connection())
    .await?;
    let Some(voided) = voided else { return Ok(None) };
    if voided.state == "cancelled" {
        return Ok(Some("code-cancelled"));
    }
    let redeemer = voided.redeemed_by.map(AccountId);
    notices::send(record.connection(), Notice { account: redeemer, ..Notice::default() }).await?;
    Ok(Some("code-redeemer-refused"))
}

/// The guarded step of a code; false where it is not where the step starts.
async fn settle(record: &mut Record, code: CodeId, from: &str, to: &str) -> Result<bool, Error> {
    let patient = record.whose().patient;
    let settled =
        sqlx::query!("update grant_code set state = $4 where patient_id = $1 and code_id = $2 and state = $3", patient.0, code.0, from, to)
            .execute(record.connection())
            .await?;
    Ok(settled.rows_affected() == 1)
}

async fn state(record: &mut Record, code: CodeId) -> Result<Option<String>, Error> {
    let patient = record.whose().patient;
    let state = sqlx::query_scalar!("select state from grant_code where patient_id = $1 and code_id = $2", patient.0, code.0);
    Ok(state.fetch_optional(record.connection()).await?)
}
