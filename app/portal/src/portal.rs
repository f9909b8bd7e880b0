//! The handle through which everything is asked.

/// Everything the portal can do. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Portal {
    pool: sqlx::PgPool,
}

impl Portal {
    /// A portal over this pool, whose connections are of the runtime role.
    #[must_use]
    pub const fn new(pool: sqlx::PgPool) -> Self {
        Self { pool }
    }

    /// The pool, for the door.
    #[must_use]
    pub const fn pool(&self) -> &sqlx::PgPool {
        &self.pool
    }
}
