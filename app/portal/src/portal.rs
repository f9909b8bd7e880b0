//! The portal and its pool.

use sqlx::PgPool;

/// Everything the application can do. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Portal {
    pub(crate) pool: PgPool,
}

impl Portal {
    /// A portal over a pool that connects as the runtime role.
    #[must_use]
    pub const fn over(pool: PgPool) -> Self {
        Self { pool }
    }
}
