//! What everybody may read: the keys and the roots, never a leaf.

use crate::{Error, Portal};

/// Roots in one answer at most.
const MOST: i64 = 1_000;
/// Roots in an answer to whoever does not say from which on.
const NEWEST: i64 = 24;

/// What an auditor is told before the lines.
const HEAD: &str = "\
# Every hour Chartkey signs one root over the access logs of everybody it keeps a record for.
# A line is the text that was signed, and the Ed25519 signature of it behind the last space:
# chartkey-key-1 KEY FIRST-ROOT MADE KEY-BEFORE SIGNATURE-OF-THE-KEY-BEFORE
# chartkey-root-1 NUMBER TIME HEIGHT TREE PREVIOUS SKIP RESTORED KEY SIGNATURE
# PREVIOUS is the SHA-256 of the text of the root before, SKIP that of the root NUMBER & (NUMBER - 1).
# The newest roots; from an earlier one on, a thousand at a time: ?from=1
";

impl Portal {
    /// Keys and roots as lines of text: from the root of this number on, or the newest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn published_log(&self, from: Option<i64>) -> Result<String, Error> {
        let lines = sqlx::query_scalar!(
            r#"(select line as "line!" from log_key order by place)
            union all
            (select line from (
                select number, line from log_root
                where number >= coalesce($1, (select max(number) from log_root) - $2 + 1)
                order by number limit $3
            ) roots order by number)"#,
            from,
            NEWEST,
            MOST
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(lines.into_iter().fold(HEAD.to_owned(), |text, line| text + &line + "\n"))
    }
}
