//! The portal: one value that everything goes through.

use std::sync::Arc;

use chartkey_domain::{ages::Ages, id::PreviewId};
use sqlx::{PgPool, postgres::PgConnectOptions};

use crate::{
    Error, audit::Who, journal::Journal, passkeys::webauthn::RelyingParty, passwords::Passwords, pool, pool::Strict, seal::Seal,
    secrets::Pepper, tally::Counters,
};

/// Everything the portal can do. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Portal {
    pub(crate) pool: PgPool,
    pub(crate) pepper: Pepper,
    pub(crate) passwords: Passwords,
    operator: Arc<str>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) journal: Option<Arc<Journal>>,
    pub(crate) seal: Option<Arc<Seal>>,
    pub(crate) strict: Strict,
    pub(crate) ages: Ages,
    /// Who asks for passkeys; `None`: there are none.
    pub(crate) relying_party: Option<Arc<RelyingParty>>,
    /// With whose eyes every record is opened; `None`: with the visitor's own.
    pub(crate) preview: Option<PreviewId>,
}

impl Portal {
    /// Connects as the runtime role.
    ///
    /// # Errors
    /// [`Error::Internal`] where the role could read past row security: a superuser,
    /// an owner of the tables, or a role with BYPASSRLS.
    pub async fn connect(url: &str, pepper: Pepper, connections: u32) -> Result<Self, Error> {
        let options = url.parse::<PgConnectOptions>()?.application_name("chartkey");
        let strict = Strict::default();
        let pool = pool::guarded_in(connections, &strict).connect_with(options).await?;
        let portal = Self { strict, ..Self::new(pool, pepper)? };
        portal.refuse_a_role_that_sees_everything().await?;
        Ok(portal)
    }

    /// A portal over connections that somebody else made, for tests of the pool
    /// itself and for harnesses. Nothing is checked.
    ///
    /// # Errors
    /// Only where the pepper cannot be used.
    pub fn new(pool: PgPool, pepper: Pepper) -> Result<Self, Error> {
        let passwords = Passwords::new(pepper.clone());
        Ok(Self {
            pool,
            passwords,
            pepper,
            operator: "operator".into(),
            counters: Arc::default(),
            journal: None,
            seal: None,
            strict: Strict::default(),
            ages: Ages::default(),
            relying_party: None,
            preview: None,
        })
    }

    /// The same portal for a patient who looks at their own record with the eyes of the grantee of a grant, or of its
    /// draft. It opens no other record and changes nothing; what the pages read is what that grantee would.
    #[must_use]
    pub const fn previewing(mut self, preview: PreviewId) -> Self {
        self.preview = Some(preview);
        self
    }

    /// The same portal where children grow up at these ages.
    #[must_use]
    pub const fn with_ages(mut self, ages: Ages) -> Self {
        self.ages = ages;
        self
    }

    /// The same portal in the hands of an operator of this name, which stands in the
    /// log beside what they do.
    #[must_use]
    pub fn acting_as(mut self, name: &str) -> Self {
        self.operator = name.into();
        self
    }

    /// The name of the operator.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// The operator, as the log names them.
    pub(crate) fn who(&self) -> Who {
        Who::operator(&self.operator)
    }

    /// The connections, for what is not the portal's: listening for notifications
    /// and tests.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether the database answers and every migration of this build is in it.
    ///
    /// # Errors
    /// [`Error::Internal`] where a migration is missing, [`Error::Database`] where the
    /// database does not answer.
    pub async fn ready(&self) -> Result<(), Error> {
        // The table is made by the migrator itself, so no macro can check it.
        let applied: Vec<i64> = sqlx::query_scalar("select version from _sqlx_migrations where success").fetch_all(&self.pool).await?;
        let missing = crate::setup::MIGRATIONS.iter().any(|migration| !applied.contains(&migration.version));
        if missing { Err(Error::internal("the database lacks migrations; run chartkey migrate")) } else { Ok(()) }
    }

    async fn refuse_a_role_that_sees_everything(&self) -> Result<(), Error> {
        let role = sqlx::query!(
            r#"select
                r.rolsuper as "superuser!",
                r.rolbypassrls as "bypasses!",
                exists (
                    select from pg_class c
                    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity
                        and pg_has_role(current_user, c.relowner, 'member')
                ) as "owner!"
            from pg_roles r where r.rolname = current_user"#
        )
        .fetch_one(&self.pool)
        .await?;
        let what = match () {
            () if role.superuser => "a superuser",
            () if role.bypasses => "a role with BYPASSRLS",
            () if role.owner => "an owner of the tables",
            () => return Ok(()),
        };
        Err(Error::internal(format!("DATABASE_URL is {what}, for whom row security does not hold; use the role chartkey_runtime")))
    }
}
