//! What was shared with a clinician and has ended, for as long as the list keeps it: they are told that it has, and may ask again.

use chartkey_domain::{
    account::{Actor, Visitor},
    draft::Draft,
    id::{GrantId, PatientId},
};
use sqlx::PgConnection;

use super::{Of, SharedEntry, note, rows};
use crate::{Error, Portal, sharing::terms_of};

impl Portal {
    /// The share of this patient's that ended last, where nothing of theirs is in force for the visitor any more and the list
    /// ([`Self::shared_list`]) still has it. It tells what stands there, and nothing of a record.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ended_share(&self, visitor: &Visitor, patient: PatientId) -> Result<Option<GrantId>, Error> {
        let (mut transaction, now) = self.enter(visitor).await?;
        let rows = rows(&mut transaction, visitor, Of::Patient(patient)).await?;
        let over = rows.iter().filter(|row| row.entry.may_be_asked()).max_by_key(|row| row.over_at).map(|row| row.entry.grant);
        let over = over.filter(|_| !rows.iter().any(|row| row.entry.is_open));
        match over {
            None => transaction.rollback().await?,
            Some(grant) => {
                note(&mut transaction, visitor, now, "shared-ended", rows.len(), Of::Grant(grant)).await?;
                transaction.commit().await?;
            }
        }
        Ok(over)
    }

    /// A share that the visitor has, or had within 90 days, and can ask for again.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    pub async fn once_shared(&self, visitor: &Visitor, grant: GrantId) -> Result<SharedEntry, Error> {
        let (rows, _) = self.entries(visitor, "shared-again", Of::Grant(grant)).await?;
        rows.into_iter().map(|row| row.entry).find(SharedEntry::may_be_asked).ok_or(Error::NotFound)
    }
}

/// Whose such a share is, and what it shows or showed, as answers to the questions before a grant.
///
/// # Errors
/// As [`Portal::once_shared`].
pub(crate) async fn once_shared(connection: &mut PgConnection, visitor: &Visitor, grant: GrantId) -> Result<(PatientId, Draft), Error> {
    let Actor::Clinician { .. } = visitor.actor else { return Err(Error::NotFound) };
    let found = rows(&mut *connection, visitor, Of::Grant(grant)).await?.into_iter().find(|row| row.entry.may_be_asked());
    let found = found.ok_or(Error::NotFound)?;
    let draft = terms_of(connection, found.patient, grant).await?;
    Ok((found.patient, draft))
}
