//! Everything the portal can do.

pub mod fhir;
