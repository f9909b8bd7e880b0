//! Answers to the questions before a grant, kept between the pages. A draft is its
//! account's alone, lives a day, and ends when it becomes a grant or a code.

use chartkey_domain::{account::Visitor, draft::Draft, id::DraftId};
use sqlx::{Postgres, Transaction, types::Json};
use time::{Date, OffsetDateTime};

use crate::{Error, Portal, audit, pool::detached};

/// A draft as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDraft {
    /// Which.
    pub id: DraftId,
    /// The answers so far.
    pub draft: Draft,
    /// The day by the database's clock, in UTC.
    pub today: Date,
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
        let fields = sqlx::query_scalar!(
            r#"select fields as "fields: Json<Draft>" from draft where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now()"#,
            id.0,
            visitor.actor.account().0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        let Json(draft) = fields.ok_or(Error::NotFound)?;
        Ok(KeptDraft { id, draft, today: now.date() })
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
                "update draft set fields = $3 where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now()",
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

    /// Removes drafts that have ended. Returns how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_drafts(&self) -> Result<u64, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'worker', true)").fetch_one(&mut *transaction).await?;
        let swept = sqlx::query!("delete from draft where ends_at < now()").execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(swept.rows_affected())
    }

    /// A transaction that knows its account and opens no record, and its time.
    pub(crate) async fn enter(&self, visitor: &Visitor) -> Result<(Transaction<'static, Postgres>, OffsetDateTime), Error> {
        let mut transaction = self.pool.begin().await?;
        let now = audit::enter_account(&mut transaction, visitor.actor.account()).await?;
        Ok((transaction, now))
    }
}
