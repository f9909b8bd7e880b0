//! What staff try in a rehearsal. The log says whether it was done: nobody ticks a box.

use crate::{Error, Portal};

/// Whose task it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Who keeps the records in order, at the command line.
    Reception,
    /// A patient.
    Patient,
    /// A clinician.
    Clinician,
}

macro_rules! tasks {
    ($($(#[$doc:meta])* $name:ident = $role:ident, $kind:literal, $action:literal, $page:expr;)*) => {
        /// One thing to try.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Task {
            $($(#[$doc])* $name,)*
        }

        impl Task {
            /// Every task, in the order in which to try them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Whose it is.
            #[must_use]
            pub const fn role(self) -> Role {
                match self { $(Self::$name => Role::$role,)* }
            }

            /// The event that shows it was done: who, what, and on which page.
            const fn event(self) -> (&'static str, &'static str, Option<&'static str>) {
                match self { $(Self::$name => ($kind, $action, $page),)* }
            }
        }
    };
}

tasks! {
    /// Take in a file.
    Import = Reception, "operator", "imported", None;
    /// Make a code with which its patient claims it.
    Invite = Reception, "operator", "claim-code-made", None;
    /// Claim a record.
    Claim = Patient, "person", "record-claimed", None;
    /// Find a result.
    FindResult = Patient, "person", "read", Some("results");
    /// Share something.
    Share = Patient, "person", "grant-given", None;
    /// Sign in at the organization.
    SignIn = Clinician, "clinician", "signed-in", None;
    /// Open what was shared.
    OpenShared = Clinician, "clinician", "read", None;
    /// See who has looked.
    SeeLog = Patient, "person", "read", Some("activity");
    /// Take access away.
    Withdraw = Patient, "person", "grant-withdrawn", None;
    /// Use a patient's code.
    Redeem = Clinician, "clinician", "code-redeemed", None;
    /// Answer who opened what.
    Report = Reception, "operator", "reported", None;
}

impl Portal {
    /// From now on people do things: what the rehearsal did itself is over.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_tasks(&self) -> Result<(), Error> {
        sqlx::query!("update rehearsal set ready_at = clock_timestamp()").execute(&self.pool).await?;
        Ok(())
    }

    /// Every task, and whether it was done since the rehearsal began.
    ///
    /// # Errors
    /// [`Error::NotFound`] where this is no rehearsal.
    pub async fn tasks(&self) -> Result<Vec<(Task, bool)>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
        let ready = sqlx::query_scalar!("select ready_at from rehearsal").fetch_optional(&mut *transaction).await?.flatten();
        let ready = ready.ok_or(Error::NotFound)?;
        let done = sqlx::query!(
            r#"select distinct event #>> '{who,kind}' as "kind!", event #>> '{what,action}' as "action!", event #>> '{what,page}' as page
            from (select convert_from(bytes, 'UTF8')::jsonb as event from event) said
            where (event ->> 'at')::timestamptz > $1"#,
            ready
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        let was_done = |task: Task| {
            let (kind, action, page) = task.event();
            done.iter()
                .any(|event| event.kind == kind && event.action == action && page.is_none_or(|page| event.page.as_deref() == Some(page)))
        };
        Ok(Task::ALL.iter().map(|task| (*task, was_done(*task))).collect())
    }
}
