//! What people see: pages and components on the server, islands in the browser.
//!
//! This is the only file that asks for a feature. What is compiled to
//! WebAssembly is `islands` and the stubs of `api`; everything else stays here.

#![recursion_limit = "256"]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

/// Whether this build makes PDF files; where it does not, no page says a word of them.
pub const WRITES_PDF: bool = cfg!(feature = "pdf");

/// Whether a file can say whose it is: where its font lacks letters of a name, paper is made by the browser alone.
#[cfg(feature = "ssr")]
#[must_use]
pub fn writes_pdf_of(name: &str) -> bool {
    #[cfg(feature = "pdf")]
    return pdf::has_letters_of(name);
    #[cfg(not(feature = "pdf"))]
    {
        let _ = name;
        false
    }
}

pub mod api;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod catalogue;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod endpoints;
#[cfg(feature = "ssr")]
pub mod installed;
#[cfg(feature = "ssr")]
pub mod pack;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod paper;
#[cfg(feature = "pdf")]
pub mod pdf;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod table;
