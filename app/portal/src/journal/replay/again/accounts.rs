//! What protects an account: where the database cannot know it any more, the account asks for
//! more instead of less.

use time::OffsetDateTime;
use uuid::Uuid;

use super::Again;
use crate::{Error, accounts::NOWHERE};

impl Again<'_> {
    /// A password that was replaced must not be right again, and the new one is not known.
    pub(super) async fn password(&mut self, account: Uuid, digest: Option<&str>) -> Result<(), Error> {
        let Some(digest) = digest else { return Ok(()) };
        let voided = sqlx::query!(
            "update account set password_hash = $3
            where account_id = $1 and password_hash is not null and encode(sha256(convert_to(password_hash, 'UTF8')), 'hex') <> $2",
            account,
            digest,
            self.nobody
        )
        .execute(&mut *self.connection)
        .await?;
        self.voided(account, voided.rows_affected());
        Ok(())
    }

    /// Links must not go again to an address that was left: somebody else may read it now. The new
    /// one is not known, so the account has one that nothing reaches until its holder says it.
    pub(super) async fn email(&mut self, account: Uuid, since: OffsetDateTime) -> Result<(), Error> {
        let left = sqlx::query!(
            "update account set email = 'restored-' || account_id || $3 where account_id = $1 and email is not null and email_since < $2",
            account,
            since,
            NOWHERE
        )
        .execute(&mut *self.connection)
        .await?;
        if left.rows_affected() > 0 {
            self.taken.addresses += 1;
            self.accounts.push((account, "address-voided"));
        }
        Ok(())
    }

    /// Where the second factor is not there any more, a password alone must not open the account:
    /// a new one is chosen with a link, so that the mailbox is needed.
    pub(super) async fn second_factor(&mut self, account: Uuid, made_at: OffsetDateTime) -> Result<(), Error> {
        let voided = sqlx::query!(
            "update account a set password_hash = $3 where account_id = $1 and password_hash <> $3
                and not exists (select from second_factor f where f.account_id = a.account_id and f.made_at = $2 and f.confirmed_at is not null)",
            account,
            made_at,
            self.nobody
        )
        .execute(&mut *self.connection)
        .await?;
        self.voided(account, voided.rows_affected());
        Ok(())
    }

    pub(super) async fn recovery_code(&mut self, account: Uuid, code: Uuid) -> Result<(), Error> {
        let used = sqlx::query!(
            "update recovery_code set used_at = now()
            where account_id = $1 and left(encode(code_hash, 'hex'), 32)::uuid = $2 and used_at is null",
            account,
            code
        )
        .execute(&mut *self.connection)
        .await?;
        self.taken.recovery_codes += u32::try_from(used.rows_affected()).unwrap_or(u32::MAX);
        Ok(())
    }

    pub(super) async fn passkey(&mut self, account: Uuid, passkey: Uuid) -> Result<(), Error> {
        let removed = sqlx::query!("delete from passkey where account_id = $1 and passkey_id = $2", account, passkey)
            .execute(&mut *self.connection)
            .await?;
        if removed.rows_affected() > 0 {
            self.taken.passkeys += 1;
            self.accounts.push((account, "passkey-removed"));
        }
        Ok(())
    }

    /// A password that opens nothing any more, and one more thing that was taken away.
    fn voided(&mut self, account: Uuid, rows: u64) {
        if rows > 0 {
            self.taken.passwords += 1;
            self.accounts.push((account, "password-voided"));
        }
    }
}
