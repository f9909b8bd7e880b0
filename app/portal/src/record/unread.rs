//! What has come into a record since somebody looked who reads it through a grant. Their list of patients says so without opening
//! a record, so it is asked with their eyes when something comes in: what is in force, the policy, and row security.

use chartkey_domain::{
    account::Actor,
    grant::{Grantee, Purpose},
    id::{GrantId, PatientId},
    policy::{Decision, decide},
};

use super::{Loaded, tell};
use crate::{Error, LABEL_TABLE_VERSION, Portal};

/// A grantee, by one of the grants that name them.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) actor: Actor,
    pub(crate) grant: GrantId,
    pub(crate) purpose: Purpose,
}

impl Portal {
    /// Notes where in the log the newest came that the reader may see through this grant and has not looked at. It writes no event,
    /// because nothing is handed out.
    pub(crate) async fn note_unread(&self, patient: PatientId, reader: &Reader) -> Result<(), Error> {
        let account = reader.actor.account().0;
        let mut transaction = self.pool.begin().await?;
        let entered = sqlx::query!(r#"select own as "own!", at as "at!" from gate.enter($1, $2)"#, account, patient.0)
            .fetch_one(&mut *transaction)
            .await?;
        let mut loaded = Loaded::load(&mut transaction, patient).await?;
        // What another grant to them shows is not this one's; what this one rests on is somebody else's.
        loaded.in_force.grants.retain(|grant| grant.id == reader.grant || !names(&grant.grantee, &reader.actor));
        let Decision::Shared(permission) = decide(&reader.actor, Some(reader.purpose), &loaded.in_force, entered.at) else {
            transaction.rollback().await?;
            return Ok(());
        };
        tell(&mut transaction, &loaded, &permission, LABEL_TABLE_VERSION).await?;
        sqlx::query!(
            "delete from grant_news where patient_id = $1 and grant_id = $2 and account_id = $3",
            patient.0,
            reader.grant.0,
            account
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "with came as materialized (
                select a.seq, a.added_at from arrival a
                join viewer_mark m on m.patient_id = a.patient_id and m.account_id = $3
                where a.patient_id = $1 and a.seq > m.seen_seq
            )
            insert into grant_news (patient_id, grant_id, account_id, seq)
            select $1, $2, $3, max(c.seq) from came c
            where (select true from item i where i.patient_id = $1 and i.added_at = c.added_at and not i.is_error
                -- What another source told before is not new, unless it has been changed since.
                and (i.twin is null or i.version_no > 1 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin
                    and (b.added_at, b.behind) < (i.added_at, i.behind) limit 1) is null)
                limit 1)
            having count(*) > 0
            on conflict (patient_id, grant_id, account_id) do update set seq = excluded.seq",
            patient.0,
            reader.grant.0,
            account
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Whether a grant is to this reader.
fn names(grantee: &Grantee, actor: &Actor) -> bool {
    match (grantee, actor) {
        (Grantee::Professions { organization, .. }, Actor::Clinician { organization: theirs, .. }) => organization == theirs,
        (Grantee::Professions { .. }, Actor::Person { .. }) => false,
        (Grantee::Clinician { account, .. } | Grantee::Carer { account }, _) => *account == actor.account(),
    }
}
