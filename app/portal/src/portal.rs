//! The portal and its pool.

use sqlx::PgPool;

/// Everything the application can do. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Portal {
    pub(crate) pool: PgPool,
}
