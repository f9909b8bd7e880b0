//! The language of an account: that of its pages and of its messages.

use chartkey_domain::account::Visitor;

use crate::{
    Error, Portal,
    audit::{self, Who},
    pool::detached,
};

impl Portal {
    /// Chooses the language of the visitor's account. `tag` is a BCP 47 tag that the caller
    /// knows. Choosing the same once more changes nothing, and is no event.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn choose_language(&self, visitor: &Visitor, tag: &'static str) -> Result<(), Error> {
        let (portal, account, who) = (self.clone(), visitor.actor.account(), Who::from(visitor));
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let changed = sqlx::query!("update account set language = $2 where account_id = $1 and language <> $2", account.0, tag)
                .execute(&mut *transaction)
                .await?;
            if changed.rows_affected() == 1 {
                audit::append_to_account(&mut transaction, who, account, "language-changed").await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}
