//! What has happened to one's own account, newest first: its chain of the access log.

use chartkey_domain::account::Visitor;
use time::OffsetDateTime;

use crate::{Error, Portal, audit::Chain};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// When.
    pub at: OffsetDateTime,
    /// The stable word of what was done.
    pub action: String,
}

/// As many as are shown.
const NEWEST: i64 = 20;

impl Portal {
    /// The newest entries of the visitor's own account.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn account_log(&self, visitor: &Visitor) -> Result<Vec<AccountEvent>, Error> {
        let (mut transaction, _) = self.enter(visitor).await?;
        let events = sqlx::query_as!(
            AccountEvent,
            r#"select (event ->> 'at')::timestamptz as "at!", event #>> '{what,action}' as "action!"
            from (
                select seq, convert_from(bytes, 'UTF8')::jsonb as event from event where chain = $1 order by seq desc limit $2
            ) newest
            order by seq desc"#,
            Chain::Account(visitor.actor.account()).to_string(),
            NEWEST
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        Ok(events)
    }
}
