//! How far a new installation is: from an empty database to the first record that
//! its patient holds.

use crate::{Error, Portal};

/// What there is by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// An organization at which clinicians sign in.
    pub has_organization: bool,
    /// A record.
    pub has_record: bool,
    /// A code with which a patient claims a record.
    pub has_invitation: bool,
    /// A person with an account.
    pub has_person: bool,
    /// A record that its patient holds: the set-up is over.
    pub has_holder: bool,
}

impl Portal {
    /// How far the set-up is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_up_progress(&self) -> Result<Progress, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
        let progress = sqlx::query_as!(
            Progress,
            r#"select exists (select from organization) as "has_organization!", exists (select from patient) as "has_record!",
                exists (select from claim_code) as "has_invitation!", exists (select from account where kind = 'person') as "has_person!",
                exists (select from patient_holder) as "has_holder!""#
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        Ok(progress)
    }
}
