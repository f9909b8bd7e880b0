//! What a browser was asked and has not answered yet. It is taken once, whether its answer holds or not.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// What an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Another passkey.
    Add,
    /// A sign-in, of whomever.
    SignIn,
    /// A fresh proof in a session that is alive.
    Again,
}

impl Purpose {
    const fn slug(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign-in",
            Self::Again => "again",
        }
    }
}

/// Keeps a question for whoever holds what `holder` is the digest of, in the place of one before.
pub(crate) async fn keep(
    connection: &mut PgConnection,
    holder: &[u8],
    purpose: Purpose,
    account: Option<Uuid>,
    question: &Value,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into passkey_question (holder_hash, purpose, account_id, question) values ($1, $2, $3, $4)
        on conflict (holder_hash, purpose) do update
            set account_id = excluded.account_id, question = excluded.question, ends_at = excluded.ends_at",
        holder,
        purpose.slug(),
        account,
        question
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes it. `None`: there is none, it was taken, it is older than five minutes, or it was put to somebody else.
pub(crate) async fn take(
    connection: &mut PgConnection,
    holder: &[u8],
    purpose: Purpose,
    account: Option<Uuid>,
) -> Result<Option<Value>, Error> {
    Ok(sqlx::query_scalar!(
        "delete from passkey_question
        where holder_hash = $1 and purpose = $2 and account_id is not distinct from $3 and ends_at > now()
        returning question",
        holder,
        purpose.slug(),
        account
    )
    .fetch_optional(connection)
    .await?)
}
