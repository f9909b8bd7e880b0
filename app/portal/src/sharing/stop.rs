//! Stopping everything at once.

use chartkey_domain::{
    account::Visitor,
    id::{CodeId, GrantId},
};

use super::ending::withdraw;
use crate::{Error, Portal, audit::What, codes, pool::detached};

impl Portal {
    /// Ends every grant of the visitor's record and voids every code, at once and for good. No message is sent: an open page
    /// covers itself as it does after any withdrawal. Where nothing is out, nothing is written.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no record.
    pub async fn stop_sharing(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient;
            let codes = sqlx::query_scalar!(
                "select code_id from grant_code where patient_id = $1 and (state = 'redeemed' or state = 'waiting' and ends_at > now())
                order by code_id",
                patient.0
            )
            .fetch_all(record.connection())
            .await?;
            let mut stopped = 0;
            for code in codes {
                stopped += usize::from(codes::void(&mut record, CodeId(code)).await?.is_some());
            }
            // What took the place of one while it was waited for is found in the next round.
            loop {
                let grants = sqlx::query_scalar!(
                    "select grant_id from access_grant
                    where patient_id = $1 and state in ('active', 'paused') and (ends_at is null or ends_at > now())
                    -- What was passed on comes after what it is part of, as everywhere.
                    order by parent_grant_id is not null, grant_id",
                    patient.0
                )
                .fetch_all(record.connection())
                .await?;
                if grants.is_empty() {
                    break;
                }
                for grant in grants {
                    stopped += usize::from(withdraw(&mut record, GrantId(grant)).await?.is_some());
                }
            }
            if stopped > 0 {
                record.finish(What { action: "sharing-stopped".to_owned(), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }
}
