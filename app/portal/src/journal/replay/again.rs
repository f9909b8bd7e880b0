//! Taking away again, act by act.

use std::collections::BTreeMap;

use chartkey_domain::id::{AccountId, GrantId, PatientId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::TakenAway;
use crate::{
    Error,
    audit::{self, Chain, Event, What, Who, Why},
    corrections::CorrectionEnding,
    journal::Act,
};

mod accounts;

/// A replay in its transaction.
pub(super) struct Again<'c> {
    connection: &'c mut PgConnection,
    at: OffsetDateTime,
    /// What is stored in the place of a password that was replaced since.
    nobody: &'c str,
    who: Who,
    taken: TakenAway,
    /// Written at the end, chain after chain.
    events: BTreeMap<Uuid, Vec<What>>,
    accounts: Vec<(Uuid, &'static str)>,
}

impl<'c> Again<'c> {
    pub fn begin(connection: &'c mut PgConnection, at: OffsetDateTime, nobody: &'c str, who: Who) -> Self {
        Self { connection, at, nobody, who, taken: TakenAway::default(), events: BTreeMap::new(), accounts: Vec::new() }
    }

    pub async fn take(&mut self, act: Act) -> Result<(), Error> {
        match act {
            Act::Grant { patient, grant, state, ends_at } => self.grant(patient, grant, &state, ends_at).await,
            Act::Block { in_force: false, .. }
            | Act::Exclusion { in_force: false, .. }
            | Act::Holder { in_force: true, .. }
            | Act::AsksFirst { in_force: true, .. }
            | Act::Admission { in_force: true, .. }
            | Act::Death { reported_at: None, .. }
            | Act::SecondFactor { in_force: false, .. }
            | Act::ByHand { in_force: false, .. } => Ok(()),
            Act::Block { patient, account, organization, of, .. } => self.block(patient, account, organization, of).await,
            Act::Exclusion { patient, item, account, organization, of, .. } => {
                self.exclusion(patient, item, account, organization, of).await
            }
            Act::Undone { patient, import } => self.undone(patient, import).await,
            Act::Code { patient, code } => self.code(patient, code).await,
            Act::Claim { claim } => self.claim(claim).await,
            Act::Holder { patient, account, .. } => self.holder(patient, account).await,
            Act::Password { account, digest } => self.password(account, digest.as_deref()).await,
            Act::Email { account, since } => self.email(account, since).await,
            Act::SecondFactor { account, made_at, .. } => self.second_factor(account, made_at).await,
            Act::RecoveryCode { account, code } => self.recovery_code(account, code).await,
            Act::Passkey { account, passkey } => self.passkey(account, passkey).await,
            Act::Correction { patient, correction, state } => self.correction(patient, correction, state.as_deref()).await,
            Act::ByHand { patient, item, .. } => self.by_hand(patient, item).await,
            Act::Lowering { patient, item, labels } => self.lowering(patient, item, labels).await,
            Act::AsksFirst { patient, .. } => self.asks_first(patient).await,
            Act::Death { patient, reported_at: Some(at) } => self.death(patient, at).await,
            Act::IncapacityPlan { patient, account, labels, may_delegate } => {
                self.incapacity_plan(patient, account, labels, may_delegate).await
            }
            Act::Admission { admission, .. } => self.admission(admission).await,
            Act::EmergencyPlan { patient, categories, labels, code, contact } => {
                self.emergency_plan(patient, categories, labels, code, contact.as_deref()).await
            }
        }
    }

    /// Opens the record to the transaction, as its holder's own.
    async fn own(&mut self, patient: Uuid) -> Result<(), Error> {
        sqlx::query!(
            "select set_config('chartkey.patient', $1::uuid::text, true) as patient, set_config('chartkey.own', 'on', true) as own",
            patient
        )
        .fetch_one(&mut *self.connection)
        .await?;
        Ok(())
    }

    async fn grant(&mut self, patient: Uuid, grant: Uuid, state: &str, ends_at: Option<OffsetDateTime>) -> Result<(), Error> {
        self.own(patient).await?;
        // A state that is not known closes: what replaced a grant may not be there any more.
        let target = match state {
            "active" => "active",
            "paused" => "paused",
            _ => "withdrawn",
        };
        if target != "active" {
            let taken = sqlx::query_scalar!(
                "update access_grant set state = $3, ended_at = case when $3 = 'withdrawn' then now() end
                where patient_id = $1 and grant_id = $2 and (state = 'active' or state = 'paused' and $3 = 'withdrawn')
                returning sentence",
                patient,
                grant,
                target
            )
            .fetch_optional(&mut *self.connection)
            .await?;
            if let Some(sentence) = taken {
                let (count, action) = match target {
                    "paused" => (&mut self.taken.grants_paused, "grant-paused"),
                    _ => (&mut self.taken.grants_withdrawn, "grant-withdrawn"),
                };
                *count += 1;
                self.tell(patient, grant, target, action, sentence).await?;
            }
        }
        let Some(ends_at) = ends_at else { return Ok(()) };
        let shortened = sqlx::query_scalar!(
            "update access_grant set ends_at = $3
            where patient_id = $1 and grant_id = $2 and state in ('active', 'paused') and (ends_at is null or ends_at > $3)
            returning sentence",
            patient,
            grant,
            ends_at
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        if let Some(sentence) = shortened {
            self.taken.grants_shortened += 1;
            self.note(patient, What { grant: Some(GrantId(grant)), text: Some(sentence), ..did("kept-closed") });
        }
        Ok(())
    }

    /// The story of a grant goes on in its own words.
    async fn tell(&mut self, patient: Uuid, grant: Uuid, kind: &str, action: &str, sentence: String) -> Result<(), Error> {
        sqlx::query!(
            "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
            select patient_id, grant_id, event_no + 1, $3, $4, language, catalogue_version, 'restore'
            from grant_event where patient_id = $1 and grant_id = $2 order by event_no desc limit 1",
            patient,
            grant,
            kind,
            sentence
        )
        .execute(&mut *self.connection)
        .await?;
        self.note(patient, What { grant: Some(GrantId(grant)), text: Some(sentence), ..did(action) });
        Ok(())
    }

    async fn block(&mut self, patient: Uuid, account: Option<Uuid>, organization: Option<Uuid>, of: Option<Uuid>) -> Result<(), Error> {
        self.own(patient).await?;
        if !self.knows(patient, account, organization).await? {
            return self.pause_for_unknown(patient, of).await;
        }
        let blocked = sqlx::query!(
            "insert into block (patient_id, account_id, organization_id) values ($1, $2, $3) on conflict do nothing",
            patient,
            account,
            organization
        )
        .execute(&mut *self.connection)
        .await?;
        if blocked.rows_affected() > 0 {
            self.taken.blocks += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    async fn exclusion(
        &mut self,
        patient: Uuid,
        item: Uuid,
        account: Option<Uuid>,
        organization: Option<Uuid>,
        of: Option<Uuid>,
    ) -> Result<(), Error> {
        self.own(patient).await?;
        if !self.knows(patient, account, organization).await? {
            return self.pause_for_unknown(patient, of).await;
        }
        // The item may have come later; its identifier is computed, so it is the same when it comes again.
        let excluded = sqlx::query!(
            "insert into exclusion (patient_id, item_id, account_id, organization_id) values ($1, $2, $3, $4) on conflict do nothing",
            patient,
            item,
            account,
            organization
        )
        .execute(&mut *self.connection)
        .await?;
        if excluded.rows_affected() > 0 {
            self.taken.blocks += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    /// Whether the database has the record, and the account or organization.
    async fn knows(&mut self, patient: Uuid, account: Option<Uuid>, organization: Option<Uuid>) -> Result<bool, Error> {
        Ok(sqlx::query_scalar!(
            r#"select exists (select from patient where patient_id = $1)
                and ($2::uuid is null or exists (select from account where account_id = $2))
                and ($3::uuid is null or exists (select from organization where organization_id = $3)) as "knows!""#,
            patient,
            account,
            organization
        )
        .fetch_one(&mut *self.connection)
        .await?)
    }

    /// Somebody was kept out who had no account yet at that moment: with their next sign-in they
    /// are new, and what their organization was given would let them in.
    async fn pause_for_unknown(&mut self, patient: Uuid, of: Option<Uuid>) -> Result<(), Error> {
        let Some(organization) = of else { return Ok(()) };
        let paused = sqlx::query!(
            "update access_grant set state = 'paused'
            where patient_id = $1 and organization_id = $2 and grantee_account_id is null and state = 'active'
            returning grant_id, sentence",
            patient,
            organization
        )
        .fetch_all(&mut *self.connection)
        .await?;
        for grant in paused {
            self.taken.paused_for_unknown += 1;
            self.tell(patient, grant.grant_id, "paused", "grant-paused", grant.sentence).await?;
        }
        Ok(())
    }

    /// What the file brought is hidden from everybody but the patient, who may take it back again.
    async fn undone(&mut self, patient: Uuid, import: Uuid) -> Result<(), Error> {
        self.own(patient).await?;
        sqlx::query!("update delivery set shown_at = null where patient_id = $1 and import_id = $2", patient, import)
            .execute(&mut *self.connection)
            .await?;
        // Where it waited at that moment, it is not read again.
        let discarded = sqlx::query!(
            "update upload set state = 'discarded', said = null where patient_id = $1 and import_id = $2 and state in ('waiting', 'reading', 'asking')",
            patient,
            import
        )
        .execute(&mut *self.connection)
        .await?
        .rows_affected();
        sqlx::query!("delete from upload_piece where patient_id = $1 and import_id = $2", patient, import)
            .execute(&mut *self.connection)
            .await?;
        let hidden =
            sqlx::query_scalar!(r#"select gate.settle_privacy($1) as "hidden!""#, patient).fetch_one(&mut *self.connection).await?;
        if hidden > 0 || discarded > 0 {
            self.taken.made_private += u32::try_from(hidden).unwrap_or(u32::MAX);
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    async fn code(&mut self, patient: Uuid, code: Uuid) -> Result<(), Error> {
        self.own(patient).await?;
        let ended = sqlx::query!(
            "update grant_code set state = 'cancelled' where patient_id = $1 and code_id = $2 and state in ('waiting', 'redeemed')",
            patient,
            code
        )
        .execute(&mut *self.connection)
        .await?;
        if ended.rows_affected() > 0 {
            self.taken.codes += 1;
            self.note(patient, did("code-cancelled"));
        }
        Ok(())
    }

    async fn claim(&mut self, claim: Uuid) -> Result<(), Error> {
        let ended = sqlx::query_scalar!(
            "update claim_code set ends_at = now() where claim_id = $1 and claimed_by is null and ends_at > now() returning patient_id",
            claim
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        if let Some(patient) = ended {
            self.taken.codes += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    async fn holder(&mut self, patient: Uuid, account: Uuid) -> Result<(), Error> {
        let removed = sqlx::query!("delete from patient_holder where patient_id = $1 and account_id = $2", patient, account)
            .execute(&mut *self.connection)
            .await?;
        if removed.rows_affected() > 0 {
            self.taken.holders += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    async fn correction(&mut self, patient: Uuid, correction: Uuid, state: Option<&str>) -> Result<(), Error> {
        self.own(patient).await?;
        let ending = if state == Some("resolved") { CorrectionEnding::Resolved } else { CorrectionEnding::Withdrawn };
        let ended = sqlx::query!(
            "update correction set state = $3, ended_at = now() where patient_id = $1 and correction_id = $2 and ended_at is null",
            patient,
            correction,
            ending.state().slug()
        )
        .execute(&mut *self.connection)
        .await?;
        if ended.rows_affected() > 0 {
            self.taken.corrections += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    /// What was hidden is hidden again; so is what was taken back, which its patient may take back again.
    async fn by_hand(&mut self, patient: Uuid, item: Uuid) -> Result<(), Error> {
        self.own(patient).await?;
        let hidden = sqlx::query!(
            "update item set is_private = true where patient_id = $1 and item_id = $2 and not is_private and not is_error",
            patient,
            item
        )
        .execute(&mut *self.connection)
        .await?;
        if hidden.rows_affected() > 0 {
            self.taken.made_private += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    /// What was marked again is; what was lowered since is not, as nothing opens here. The labels count again with the marks of what
    /// the item names when the record is labelled.
    async fn lowering(&mut self, patient: Uuid, item: Uuid, labels: i16) -> Result<(), Error> {
        self.own(patient).await?;
        let marked = sqlx::query!(
            "with marked as (
                update lowering l set labels = l.labels & $3 from lowering b
                where l.patient_id = $1 and l.item_id = $2 and l.labels & ~$3::smallint <> 0
                    and b.patient_id = l.patient_id and b.item_id = l.item_id
                returning b.labels & ~$3::smallint as labels)
            update item i set labels = i.labels | m.labels from marked m where i.patient_id = $1 and i.item_id = $2",
            patient,
            item,
            labels
        )
        .execute(&mut *self.connection)
        .await?;
        if marked.rows_affected() > 0 {
            self.taken.made_private += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    /// A plan that is not the last one is none: nothing opens until its patient has decided again.
    async fn emergency_plan(
        &mut self,
        patient: Uuid,
        categories: i32,
        labels: i16,
        code: Uuid,
        contact: Option<&str>,
    ) -> Result<(), Error> {
        self.own(patient).await?;
        let removed = sqlx::query!(
            "delete from emergency_plan where patient_id = $1 and ((categories, labels, code_id) <> ($2, $3, $4)
                or encode(sha256(convert_to(contact_email, 'UTF8')), 'hex') is distinct from $5)",
            patient,
            categories,
            labels,
            code,
            contact
        )
        .execute(&mut *self.connection)
        .await?;
        if removed.rows_affected() > 0 {
            self.taken.emergency_plans += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    async fn death(&mut self, patient: Uuid, at: OffsetDateTime) -> Result<(), Error> {
        self.own(patient).await?;
        let reported = sqlx::query!(
            "insert into death_report (patient_id, reported_at) select patient_id, $2 from patient where patient_id = $1 on conflict do nothing",
            patient,
            at
        )
        .execute(&mut *self.connection)
        .await?;
        if reported.rows_affected() > 0 {
            self.taken.deaths += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    /// As with an emergency: nobody is named until the patient has named somebody again.
    async fn incapacity_plan(&mut self, patient: Uuid, account: Option<Uuid>, labels: i16, may_delegate: bool) -> Result<(), Error> {
        self.own(patient).await?;
        let removed = sqlx::query!(
            "delete from incapacity_plan where patient_id = $1
                and (account_id is distinct from $2 or labels <> $3 or may_delegate <> $4)",
            patient,
            account,
            labels,
            may_delegate
        )
        .execute(&mut *self.connection)
        .await?;
        if removed.rows_affected() > 0 {
            self.taken.stand_ins += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    async fn asks_first(&mut self, patient: Uuid) -> Result<(), Error> {
        self.own(patient).await?;
        let removed = sqlx::query!("delete from asks_first where patient_id = $1", patient).execute(&mut *self.connection).await?;
        if removed.rows_affected() > 0 {
            self.taken.told_no_more += 1;
            self.note(patient, did("kept-closed"));
        }
        Ok(())
    }

    /// Their sessions end with everybody's.
    async fn admission(&mut self, admission: Uuid) -> Result<(), Error> {
        let account = sqlx::query_scalar!(
            r#"with dismissed as (
                update admission set dismissed_at = now() where admission_id = $1 and dismissed_at is null returning organization_id, subject
            )
            select c.account_id as "account?" from dismissed d
            left join clinician c on c.organization_id = d.organization_id and c.subject = d.subject"#,
            admission
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        let Some(account) = account else { return Ok(()) };
        self.taken.clinicians_dismissed += 1;
        let patients = sqlx::query_scalar!(
            "select distinct patient_id from access_grant where grantee_account_id = $1 and state in ('active', 'paused')",
            account
        )
        .fetch_all(&mut *self.connection)
        .await?;
        for patient in patients {
            self.note(patient, did("clinician-dismissed"));
        }
        Ok(())
    }

    fn note(&mut self, patient: Uuid, what: What) {
        self.events.entry(patient).or_default().push(what);
    }

    /// Ends what is short-lived, and writes the events.
    pub async fn end(mut self) -> Result<TakenAway, Error> {
        // Sessions that were ended since are there again, and so are links that were used: none of them is kept.
        let sessions = sqlx::query!("delete from session").execute(&mut *self.connection).await?.rows_affected();
        self.taken.sessions = u32::try_from(sessions).unwrap_or(u32::MAX);
        sqlx::query!("delete from mail_token").execute(&mut *self.connection).await?;
        sqlx::query!("delete from sign_in_attempt").execute(&mut *self.connection).await?;
        // Nor a loss of a second factor that its holder may have stopped, nor a sign-in that lacks its code.
        sqlx::query!("delete from factor_loss").execute(&mut *self.connection).await?;
        sqlx::query!("delete from half_sign_in").execute(&mut *self.connection).await?;
        sqlx::query!("delete from passkey_question").execute(&mut *self.connection).await?;
        let why = Why::Operator { reason: "closed again after a restore".to_owned() };
        self.accounts.sort_unstable();
        for (account, action) in &self.accounts {
            let account = AccountId(*account);
            let at = audit::enter_account(self.connection, account).await?;
            let event = Event { at, who: self.who.clone(), what: did(action), why: why.clone() };
            audit::append(self.connection, Chain::Account(account), &event).await?;
        }
        for (patient, whats) in std::mem::take(&mut self.events) {
            self.own(patient).await?;
            for what in whats {
                let event = Event { at: self.at, who: self.who.clone(), what, why: why.clone() };
                audit::append(self.connection, Chain::Patient(PatientId(patient)), &event).await?;
            }
        }
        Ok(self.taken)
    }
}

fn did(action: &str) -> What {
    What { action: action.to_owned(), ..What::default() }
}
