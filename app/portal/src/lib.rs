//! Everything the portal can do.
