//! Telling patients which of their shares end soon.

use std::collections::BTreeSet;

use chartkey_domain::telling::Telling;

use crate::{
    Error, Portal,
    letters::{self, LetterSubject},
    pool::detached,
    telling::holders,
};

impl Portal {
    /// Writes to whoever holds a record of which a share ends soon, and wants to be told: once for each share, and one message for all that are found
    /// together. Returns how many shares.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_endings(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            // Another worker that has begun to tell of one is waited for, and has told.
            let told = sqlx::query_scalar!(
                "insert into ending_told (patient_id, grant_id)
                select g.patient_id, g.grant_id from access_grant g
                where g.state = 'active' and g.ends_at > now() and g.ends_at <= now() + interval '7 days' and g.purpose <> 'emergency' and g.parent_grant_id is null
                    and gate.ends_soon(g.starts_at, g.ends_at)
                    and (select true from ending_told t where t.patient_id = g.patient_id and t.grant_id = g.grant_id) is null
                order by g.patient_id, g.grant_id
                on conflict do nothing returning patient_id"
            )
            .fetch_all(&mut *transaction)
            .await?;
            let patients: Vec<_> = told.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            for holder in holders(&mut transaction, &patients, Telling::Ending).await? {
                letters::tell(&mut transaction, holder, LetterSubject::ShareEnding).await?;
            }
            transaction.commit().await?;
            Ok(told.len())
        })
        .await
    }
}
