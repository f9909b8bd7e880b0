//! The interactive parts: all that is compiled to WebAssembly besides the stubs
//! of the server functions. An island gets points, never records.

mod search_as_you_type;
mod trend_pointer;

pub use search_as_you_type::SearchAsYouType;
pub use trend_pointer::{TrendPoint, TrendPointer};
