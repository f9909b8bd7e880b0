//! FHIR R4, read tolerantly: what the columns of the record need, and nothing
//! thrown away. Pure: text in, facts out. One file a family of resource types.

pub(crate) mod added;
pub mod alike;
mod claim;
mod condition;
pub(crate) mod correction;
mod device;
pub mod document;
mod encounter;
pub mod facts;
pub mod json;
pub mod labels;
mod medication;
mod note;
pub mod observation;
pub mod parts;
pub mod person;
mod plan;
mod procedure;
pub mod project;
mod read;
pub mod report;
mod shape;
pub mod texts;
pub mod types;
mod when;
pub(crate) mod written;

pub use condition::Reactions;
pub use document::{Content, document, language};
pub use facts::{FactValue, For, Told, facts};
pub use labels::LABEL_TABLE_VERSION;
pub use project::{Projection, project};
pub use shape::told;
