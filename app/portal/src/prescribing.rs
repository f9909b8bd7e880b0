//! "Ask the patient before prescribing": the one thing that is said of what is not shown, where the patient has chosen it.
//!
//! Whoever opens the record through shares that keep any problem, medicine or allergy from them reads one line, the same
//! whatever it is. `gate.decide` says whether.

use chartkey_domain::account::Visitor;

use crate::{
    Error, Opened, Portal,
    audit::{Shown, What},
    fresh,
    pool::detached,
};

impl Portal {
    /// Whether the visitor has chosen that clinicians are told to ask first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no record.
    pub async fn asks_first(&self, visitor: &Visitor) -> Result<Opened<bool>, Error> {
        let mut record = self.open_own(visitor).await?;
        let is_chosen =
            sqlx::query_scalar!(r#"select exists (select from asks_first where patient_id = $1) as "is!""#, record.whose().patient.0)
                .fetch_one(record.connection())
                .await?;
        record.close("prescribing", Shown::default(), is_chosen).await
    }

    /// Chooses it, or not any more.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] where it says more than before and the sign-in is not fresh, [`Error::NotFound`] where the
    /// visitor has no record.
    pub async fn choose_asks_first(&self, visitor: &Visitor, is_chosen: bool) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient;
            let changed = if is_chosen {
                fresh::require(record.connection(), &visitor).await?;
                sqlx::query!("insert into asks_first (patient_id) values ($1) on conflict do nothing", patient.0)
            } else {
                sqlx::query!("delete from asks_first where patient_id = $1", patient.0)
            };
            // The same once more changes nothing, and is no event.
            if changed.execute(record.connection()).await?.rows_affected() > 0 {
                let action = if is_chosen { "asks-first" } else { "asks-first-no-more" };
                record.finish(What { action: action.to_owned(), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }
}
