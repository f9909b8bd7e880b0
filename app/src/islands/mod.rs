//! The interactive parts: all that is compiled to WebAssembly besides the stubs
//! of the server functions. An island gets points, never records.

mod trend_pointer;

pub use trend_pointer::{TrendPoint, TrendPointer};
