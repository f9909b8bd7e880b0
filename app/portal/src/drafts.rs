//! Answers to the questions before a grant, kept between the pages. A draft is its
//! account's alone, lives a day, and ends when it becomes a grant or a code.

use chartkey_domain::{
    account::Visitor,
    draft::{Draft, Recipient},
    grant::Grantee,
    id::DraftId,
    understanding::Answered,
};
use sqlx::{Postgres, Transaction, types::Json};
use time::{Date, OffsetDateTime};

use crate::{Error, Portal, audit, pool::detached, sharing::Sentence, tally::count};

/// A draft as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDraft {
    /// Which.
    pub id: DraftId,
    /// The answers so far.
    pub draft: Draft,
    /// What the carer is called whom they name.
    pub carer: Option<String>,
    /// The day by the database's clock, in UTC.
    pub today: Date,
    /// The questions about understanding that were answered, in order.
    pub answered: Vec<Answered>,
    /// What tells these answers from any others.
    pub mark: String,
}

impl Portal {
    /// Keeps the answers as a new draft.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_draft(&self, visitor: &Visitor, draft: Draft) -> Result<DraftId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut transaction, _) = portal.enter(&visitor).await?;
            let id = sqlx::query_scalar!(
                "insert into draft (account_id, kind, fields) values ($1, 'grant', $2) returning draft_id",
                visitor.actor.account().0,
                Json(draft) as _
            )
            .fetch_one(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(DraftId(id))
        })
        .await
    }

    /// A draft of the visitor's.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or no more.
    pub async fn draft(&self, visitor: &Visitor, id: DraftId) -> Result<KeptDraft, Error> {
        let (mut transaction, now) = self.enter(visitor).await?;
        let kept = sqlx::query!(
            r#"select fields as "fields: Json<Draft>", answered as "answered: Json<Vec<Answered>>", md5(fields::text) as "mark!" from draft where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now()"#,
            id.0,
            visitor.actor.account().0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let kept = kept.ok_or(Error::NotFound)?;
        let carer = match kept.fields.0.recipient {
            Some(Recipient::Known(Grantee::Carer { account })) => {
                sqlx::query_scalar!("select display_name from account where account_id = $1", account.0)
                    .fetch_optional(&mut *transaction)
                    .await?
            }
            _ => None,
        };
        transaction.rollback().await?;
        Ok(KeptDraft { id, draft: kept.fields.0, carer, today: now.date(), answered: kept.answered.0, mark: kept.mark })
    }

    /// Keeps the answers in the place of those before.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such draft, or no more.
    pub async fn keep_draft(&self, visitor: &Visitor, id: DraftId, draft: Draft) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut transaction, _) = portal.enter(&visitor).await?;
            let kept = sqlx::query!(
                "update draft set fields = $3, words = null where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now()",
                id.0,
                visitor.actor.account().0,
                Json(draft) as _
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            if kept.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
        })
        .await
    }

    /// Keeps the sentence of a draft as the patient has it before them, to see what it shows ([`Self::previewing`]).
    ///
    /// # Errors
    /// As [`Self::keep_draft`].
    pub async fn word_draft(&self, visitor: &Visitor, id: DraftId, sentence: Sentence) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut transaction, _) = portal.enter(&visitor).await?;
            let worded = sqlx::query!(
                "update draft set words = $3 where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now()",
                id.0,
                visitor.actor.account().0,
                Json(sentence) as _
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            if worded.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
        })
        .await
    }

    /// Keeps the answer to a question about understanding. The first answer to a question is the one that counts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_answer(&self, visitor: &Visitor, id: DraftId, answered: Answered) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut transaction, _) = portal.enter(&visitor).await?;
            let kept = sqlx::query!(
                "update draft set answered = answered || jsonb_build_array($3::jsonb)
                where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now()
                    and not answered @> jsonb_build_array(jsonb_build_object('about', $4::text, 'isShown', $5::boolean))",
                id.0,
                visitor.actor.account().0,
                Json(&answered) as _,
                answered.about,
                answered.is_shown
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            if kept.rows_affected() == 1 {
                count(match answered.is_right() {
                    Some(true) => &portal.counters.understood,
                    Some(false) => &portal.counters.misunderstood,
                    None => &portal.counters.unsure,
                });
            }
            Ok(())
        })
        .await
    }

    /// Removes drafts that have ended, and what was noted of previews that nobody looks at any more. Returns how many drafts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_drafts(&self) -> Result<u64, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'worker', true)").fetch_one(&mut *transaction).await?;
        let swept = sqlx::query!("delete from draft where ends_at < now()").execute(&mut *transaction).await?;
        sqlx::query!("delete from preview_mark where at < now() - interval '1 day'").execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(swept.rows_affected())
    }

    /// A transaction that knows its account and opens no record, and its time.
    pub(crate) async fn enter(&self, visitor: &Visitor) -> Result<(Transaction<'static, Postgres>, OffsetDateTime), Error> {
        // A preview opens one record and does nothing beside it.
        if self.preview.is_some() {
            return Err(Error::NotFound);
        }
        let mut transaction = self.pool.begin().await?;
        let now = audit::enter_account(&mut transaction, visitor.actor.account()).await?;
        Ok((transaction, now))
    }
}
